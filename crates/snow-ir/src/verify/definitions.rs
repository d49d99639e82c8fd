//! Every value is defined once, and every way to a use of it comes by its definition: the block
//! that defines it dominates the block that uses it.

use super::Check;
use crate::control_flow_graph::Graph;
use crate::ir::{BlockId, Value};
use cranelift_entity::SecondaryMap;

/// Where a value is defined: block, and place in it (0 for parameters).
type Definitions = SecondaryMap<Value, Option<(BlockId, usize)>>;

impl Check<'_> {
    pub(super) fn definitions(&mut self, graph: &Graph) {
        let definitions = self.find_definitions();
        for &id in &graph.order {
            let block = &self.function.blocks[id];
            for (at, instruction) in block.instructions.iter().enumerate() {
                instruction
                    .op
                    .each_operand(|value| self.is_defined(&definitions, graph, value, (id, at + 1)));
            }
            block
                .terminator
                .each_operand(|value| self.is_defined(&definitions, graph, value, (id, usize::MAX)));
        }
    }

    fn find_definitions(&mut self) -> Definitions {
        let mut definitions = Definitions::new();
        let function = self.function;
        for (id, block) in &function.blocks {
            block.params.iter().for_each(|param| self.define(&mut definitions, *param, (id, 0)));
            for (at, instruction) in block.instructions.iter().enumerate() {
                if let Some(result) = instruction.result {
                    self.define(&mut definitions, result, (id, at + 1));
                }
            }
        }
        definitions
    }

    fn define(&mut self, definitions: &mut Definitions, value: Value, place: (BlockId, usize)) {
        if !self.function.values.is_valid(value) {
            self.error(format!("{value} has no class"));
        } else if definitions[value].is_some() {
            self.error(format!("{value} is defined twice"));
        } else {
            definitions[value] = Some(place);
        }
    }

    fn is_defined(
        &mut self,
        definitions: &Definitions,
        graph: &Graph,
        value: Value,
        (block, at): (BlockId, usize),
    ) {
        let Some((home, place)) = definitions[value] else {
            return self.error(format!("{value} is used in {block} and defined nowhere"));
        };
        let before = match home == block {
            true => place < at,
            false => graph.is_reachable(home) && graph.dominates(home, block),
        };
        if !before {
            self.error(format!("{value} of {home} is used in {block}, which it does not dominate"));
        }
    }
}
