//! Value numbering over the dominator tree: operations that compute the same value are done once.
//! On the way down the tree, each operation is simplified first (`constant_folding`); branches that are
//! decided by the branches before them (`known_ranges`) become jumps; and calls of closures whose code is
//! known become calls of functions.
//!
//! Loads take part: each kind of memory has a version, which changes where something may have been written,
//! and a load with the same operands and the same version gives the same value.
//! (Preston Briggs, Keith Cooper and Taylor Simpson, "Value numbering", 1997: the hash-based technique over
//! the dominator tree.)
//!
//! Relies on nothing; leaves unreachable blocks and unused operations to the passes behind it. Costs one
//! walk over the function.

mod counters;
mod memory_versions;

use super::block_merging::{Replacements, replace_values};
use super::constant_folding::{Folded, fold};
use super::known_ranges::Facts;
use super::memory_writes::{Writes, written_objects};
use crate::control_flow_graph::{Graph, Step};
use crate::ir::{
    BinaryOp, Block, BlockId, Class, FuncId, Function, Instruction, Op, Static, StaticWord, Statics,
    Terminator, UnaryOp, Value,
};
use cranelift_entity::{EntitySet, SecondaryMap};
use memory_versions::{Memory, loop_writes};
use rustc_hash::FxHashMap;

/// Numbers the values of a function; was anything simplified?
pub fn number_values(function: &mut Function, statics: &Statics) -> bool {
    let graph = Graph::of(function);
    let places = places(function);
    let written = written_objects(function);
    let loop_writes = loop_writes(function, &graph);
    let mut known = SecondaryMap::new();
    known.resize(function.values.len());
    let mut numbering = Numbering {
        known,
        replaced: Replacements::new(),
        function,
        graph: &graph,
        statics,
        written,
        places,
        loop_writes,
        available: FxHashMap::default(),
        added: Vec::new(),
        facts: Facts::default(),
        case_of: SecondaryMap::new(),
        memory: Memory::default(),
        at_end: SecondaryMap::new(),
        memories: 0,
        changed: false,
    };
    let mut marks = Vec::new();
    for step in graph.walk() {
        match step {
            Step::Enter(block) => {
                marks.push((numbering.added.len(), numbering.facts.mark()));
                numbering.enter(block);
            }
            Step::Leave(_) => {
                let (added, facts) = marks.pop().unwrap_or_default();
                numbering.facts.forget(facts);
                for key in numbering.added.drain(added..) {
                    numbering.available.remove(&key);
                }
            }
        }
    }
    let Numbering { changed, replaced, .. } = numbering;
    if changed {
        replace_values(function, &replaced);
    }
    changed
}

/// An operation, and the state of what it reads.
type Key = (Op, u32);

struct Numbering<'a> {
    function: &'a mut Function,
    graph: &'a Graph,
    statics: &'a Statics,
    written: EntitySet<Value>,
    /// Where each value was defined by an instruction: block and index.
    places: SecondaryMap<Value, Option<(BlockId, u32)>>,
    loop_writes: FxHashMap<BlockId, Writes>,
    /// How each value was made, as far as the walk has come.
    known: SecondaryMap<Value, Option<Op>>,
    replaced: Replacements,
    /// What was done on every way here.
    available: FxHashMap<Key, Value>,
    added: Vec<Key>,
    facts: Facts,
    /// The case in which a switch leads to a block; of those with one way in, the only one.
    case_of: SecondaryMap<BlockId, Option<i64>>,
    memory: Memory,
    at_end: SecondaryMap<BlockId, Memory>,
    memories: u32,
    changed: bool,
}

impl Numbering<'_> {
    fn enter(&mut self, id: BlockId) {
        self.learn_from_edge(id);
        self.learn_counters(id);
        let mut block = std::mem::take(&mut self.function.blocks[id]);
        let mut kept = Vec::with_capacity(block.instructions.len());
        for instruction in std::mem::take(&mut block.instructions) {
            self.instruction(instruction, &mut kept);
        }
        block.instructions = kept;
        block.terminator.operands_mut(&mut |value| *value = current(&self.replaced, *value));
        self.terminator(&mut block);
        if let Terminator::Switch(_, cases, _) = &block.terminator {
            cases.iter().for_each(|(case, to)| self.case_of[*to] = Some(*case));
        }
        self.function.blocks[id] = block;
        self.at_end[id] = self.memory;
    }

    /// A block with one way in knows what decided it, and finds memory as that way left it.
    fn learn_from_edge(&mut self, block: BlockId) {
        let from = match self.graph.predecessors[block][..] {
            [from] if block != BlockId::ENTRY => from,
            _ => {
                self.memory = self.merged_memory(block);
                return;
            }
        };
        self.memory = self.at_end[from];
        let known = |value: Value| self.known[value].as_ref();
        match &self.function.blocks[from].terminator {
            Terminator::Branch(condition, then, _) => {
                self.facts.assume(*condition, then.0 == block, &known);
            }
            Terminator::Switch(value, _, otherwise) if *otherwise != block => {
                if let Some(case) = self.case_of[block] {
                    self.facts.assume_constant(*value, case, &known);
                }
            }
            _ => {}
        }
    }

    fn made(&self, value: Value) -> Option<&Op> {
        let value = current(&self.replaced, value);
        if let Some(op) = &self.known[value] {
            return Some(op);
        }
        let (block, index) = self.places[value]?;
        let instruction = self.function.blocks[block].instructions.get(index as usize)?;
        (instruction.result == Some(value)).then_some(&instruction.op)
    }

    fn instruction(&mut self, mut instruction: Instruction, kept: &mut Vec<Instruction>) {
        instruction.op.operands_mut(&mut |value| *value = current(&self.replaced, *value));
        if let Some(op) = self.direct_call(&instruction.op) {
            instruction.op = op;
            self.changed = true;
        }
        self.note_writes(&instruction.op);
        let Some(result) = instruction.result else {
            kept.push(instruction);
            return;
        };
        // What one folding uncovers, the next one may use: twice at most for the rules there are.
        for _ in 0..4 {
            match self.fold(&instruction.op) {
                // On a way that is never taken, a field may be read as what another constructor has there.
                Some(Folded::Same(value)) if self.function.values[value] != self.function.values[result] => {
                    break;
                }
                Some(Folded::Same(value)) => {
                    self.replaced[result] = Some(value);
                    self.changed = true;
                    return;
                }
                Some(Folded::Becomes(op)) => instruction.op = op,
                Some(Folded::WithConstant(op, value, number)) => {
                    let number = self.constant(number, &instruction, kept);
                    instruction.op = Op::Binary(op, value, number);
                }
                None => break,
            }
            self.changed = true;
        }
        if let Some(state) = self.reads(&instruction.op) {
            let key = (instruction.op.clone(), state);
            if let Some(earlier) = self.available.get(&key) {
                self.replaced[result] = Some(*earlier);
                self.changed = true;
                return;
            }
            self.available.insert(key.clone(), result);
            self.added.push(key);
        }
        self.known[result] = Some(instruction.op.clone());
        kept.push(instruction);
    }

    fn fold(&self, op: &Op) -> Option<Folded> {
        let made = |value: Value| self.known[value].as_ref();
        let known = |value: Value| self.facts.constant(value).or_else(|| made(value));
        if let Some(folded) = fold(op, &known, self.statics, &self.written) {
            return Some(folded);
        }
        let Op::Binary(op, a, b) = op else { return None };
        if op.operand() == Class::Int && op.result() == Class::Bool {
            return self.facts.compare(*op, *a, *b, &made).map(|holds| Folded::Becomes(Op::Bool(holds)));
        }
        match (op, known(*b)) {
            // A mask that takes nothing away.
            (BinaryOp::And, Some(Op::Int(mask))) if *mask > 0 && mask & mask.wrapping_add(1) == 0 => {
                let (from, to) = self.facts.range(*a, &made);
                (from >= 0 && to <= *mask).then_some(Folded::Same(*a))
            }
            _ => None,
        }
    }

    /// A constant to stand before this instruction.
    fn constant(&mut self, number: i64, before: &Instruction, kept: &mut Vec<Instruction>) -> Value {
        let key = (Op::Int(number), 0);
        if let Some(value) = self.available.get(&key) {
            return *value;
        }
        let value = self.function.values.push(Class::Int);
        self.known[value] = Some(Op::Int(number));
        kept.push(Instruction {
            result: Some(value),
            op: Op::Int(number),
            span: before.span,
            file: before.file,
        });
        self.available.insert(key.clone(), value);
        self.added.push(key);
        value
    }

    /// A call through a closure whose code is known is an ordinary call.
    fn direct_call(&self, op: &Op) -> Option<Op> {
        let Op::CallClosure { closure, arguments, .. } = op else { return None };
        let function = self.code_of(*closure)?;
        let arguments = std::iter::once(*closure).chain(arguments.iter().copied()).collect();
        Some(Op::Call { function, arguments })
    }

    fn code_of(&self, closure: Value) -> Option<FuncId> {
        match self.known[closure].as_ref()? {
            Op::New { fields, .. } => match self.known[*fields.first()?].as_ref()? {
                Op::FunctionAddress(function) => Some(*function),
                _ => None,
            },
            Op::Static(id) => match &self.statics[*id] {
                Static::Object { words, .. } => match words.first()? {
                    StaticWord::Function(function) => Some(*function),
                    _ => None,
                },
                Static::Bytes(_) => None,
            },
            _ => None,
        }
    }

    fn terminator(&mut self, block: &mut Block) {
        let known = |value: &Value| self.facts.constant(*value).or_else(|| self.known[*value].as_ref());
        let truth = |value: &Value| match known(value) {
            Some(Op::Bool(truth)) => Some(*truth),
            _ => self.facts.truth(*value),
        };
        let next = match &block.terminator {
            Terminator::Branch(condition, then, otherwise) => match (truth(condition), known(condition)) {
                (Some(true), _) => Terminator::Jump(then.0, then.1.clone()),
                (Some(false), _) => Terminator::Jump(otherwise.0, otherwise.1.clone()),
                (_, Some(Op::Unary(UnaryOp::BoolNot, inner))) => {
                    Terminator::Branch(*inner, otherwise.clone(), then.clone())
                }
                _ if then == otherwise => Terminator::Jump(then.0, then.1.clone()),
                _ => return,
            },
            Terminator::Switch(value, cases, otherwise) => match known(value) {
                Some(Op::Int(number)) => {
                    let case = cases.iter().find(|(case, _)| case == number);
                    Terminator::Jump(case.map_or(*otherwise, |(_, block)| *block), vec![])
                }
                _ if cases.iter().all(|(_, block)| block == otherwise) => {
                    Terminator::Jump(*otherwise, vec![])
                }
                _ if cases.iter().any(|(_, block)| block == otherwise) => {
                    let cases = cases.iter().filter(|(_, block)| block != otherwise);
                    Terminator::Switch(*value, cases.copied().collect(), *otherwise)
                }
                _ => return,
            },
            Terminator::TailCallClosure { closure, arguments, span } => match self.code_of(*closure) {
                Some(function) => Terminator::TailCall {
                    function,
                    arguments: std::iter::once(*closure).chain(arguments.iter().copied()).collect(),
                    span: *span,
                },
                None => return,
            },
            _ => return,
        };
        block.terminator = next;
        self.changed = true;
    }
}

fn current(replaced: &Replacements, mut value: Value) -> Value {
    while let Some(next) = replaced[value] {
        value = next;
    }
    value
}

fn places(function: &Function) -> SecondaryMap<Value, Option<(BlockId, u32)>> {
    let mut places = SecondaryMap::new();
    places.resize(function.values.len());
    for (block, content) in &function.blocks {
        for (index, instruction) in content.instructions.iter().enumerate() {
            if let Some(result) = instruction.result {
                places[result] = Some((block, index as u32));
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use crate::ir::Statics;
    use crate::optimise::testing::{check_function, count};
    use crate::optimise::{dead_code, renumbering};

    fn numbered(source: &str, rows: &[&[i64]]) -> String {
        check_function(source, rows, |function| {
            super::number_values(function, &Statics::new());
            renumbering::drop_unreachable(function);
            dead_code::remove(function);
        })
    }

    #[test]
    fn what_was_done_on_every_way_is_not_done_again() {
        let shown = numbered(
            "fn \"f\" -> int
            b0(v0: int, v1: int):
              v2 = multiply v0, v1
              v3 = less v0, v1
              branch v3, b1, b2
            b1():
              v4 = multiply v0, v1
              v5 = subtract v0, v1
              return v4
            b2():
              v6 = subtract v0, v1
              return v6",
            &[&[3, 4], &[4, 3]],
        );
        assert_eq!(count(&shown, "multiply"), 1, "{shown}");
        assert_eq!(count(&shown, "subtract"), 1, "{shown}");
    }

    #[test]
    fn a_check_behind_a_stronger_one_goes() {
        let shown = numbered(
            "fn \"f\" -> int
            b0(v0: int, v1: int):
              v2 = greater_equal v0, v1
              branch v2, b4, b1
            b1():
              v3 = greater v0, v1
              branch v3, b4, b2
            b2():
              v4 = equal v1, v0
              branch v4, b4, b3
            b3():
              return v0
            b4():
              return v1",
            &[&[3, 4], &[4, 3], &[4, 4]],
        );
        assert_eq!(count(&shown, "branch"), 1, "{shown}");
    }

    #[test]
    fn a_counter_that_starts_at_zero_is_not_negative() {
        let source = |start: &str| {
            format!(
                "fn \"f\" -> int
                b0(v0: int, v1: int):
                  v2 = int 0
                  v3 = int 1
                  jump b1({start})
                b1(v4: int):
                  v5 = equal v4, v0
                  branch v5, b4, b2
                b2():
                  v6 = less v4, v2
                  branch v6, b5, b3
                b3():
                  v7 = add v4, v3
                  jump b1(v7)
                b4():
                  return v4
                b5():
                  panic \"negative\""
            )
        };
        let shown = numbered(&source("v2"), &[&[5, 0], &[0, 0]]);
        assert!(!shown.contains("panic"), "{shown}");
        let shown = numbered(&source("v1"), &[&[5, 0], &[5, -2]]);
        assert!(shown.contains("panic"), "{shown}");
    }

    #[test]
    fn mutable_words_are_read_again_behind_writes() {
        let shown = numbered(
            "fn \"f\" -> int
            b0(v0: int):
              v1 = new array of words v0
              v2 = load mutable int v1[3]
              v3 = load mutable int v1[3]
              store v1[3], v0
              v4 = load mutable int v1[3]
              v5 = load mutable int v1[2]
              v6 = runtime bytes_new(v0) -> ref
              v7 = load mutable int v1[3]
              v8 = add v2, v3
              v9 = add v8, v4
              v10 = add v9, v7
              v11 = add v10, v5
              return v11",
            &[&[5]],
        );
        assert_eq!(count(&shown, "load mutable int v1[3]"), 2, "{shown}");
    }

    #[test]
    fn bytes_are_read_once_where_no_way_writes_any() {
        let source = |between: &str| {
            format!(
                "fn \"f\" -> int
                b0(v0: int):
                  v1 = int 8
                  v2 = runtime bytes_new(v1) -> ref
                  v3 = address v2
                  v4 = int 0
                  v5 = load u8 little v3 + v4
                  jump b1(v4)
                b1(v6: int):
                  v7 = less v6, v0
                  branch v7, b2, b3
                b2():
                  {between}
                  v8 = int 1
                  v9 = add v6, v8
                  jump b1(v9)
                b3():
                  v10 = load u8 little v3 + v4
                  v11 = add v10, v5
                  return v11"
            )
        };
        let shown = numbered(&source(""), &[&[3]]);
        assert_eq!(count(&shown, "load u8"), 1, "{shown}");
        let shown = numbered(&source("store u8 little v3 + v4, v6"), &[&[3]]);
        assert_eq!(count(&shown, "load u8"), 2, "{shown}");
    }

    #[test]
    fn a_field_of_another_constructor_is_not_taken_for_this_one() {
        // The tests of the tags are not decided here: nothing says that the last block is never reached.
        let source = |field: &str, class: &str, read: &str| {
            format!(
                "fn \"f\" -> int
                b0(v0: int, v1: bool, v6: {class}):
                  v2 = {field}
                  v3 = new object tag 1 words 1 references {} (v2)
                  branch v1, b2, b1
                b1():
                  return v0
                b2():
                  v4 = load {class} v3[1]
                  v5 = {read} v4, v6
                  branch v5, b1, b3
                b3():
                  return v0",
                u32::from(field.starts_with("imm"))
            )
        };
        for (field, class, read) in [
            ("immediate 3", "int", "equal"),
            ("immediate 3", "float", "float_less"),
            ("int 3", "float", "float_less"),
            ("int 3", "ref", "same"),
            ("float 1.5", "int", "less"),
        ] {
            let shown = numbered(&source(field, class, read), &[]);
            assert_eq!(count(&shown, &format!("load {class}")), 1, "{shown}");
        }
    }

    #[test]
    fn a_switch_tells_its_cases() {
        let shown = numbered(
            "fn \"f\" -> int
            b0(v0: int):
              switch v0, 1 -> b1, 2 -> b2, else b3
            b1():
              v1 = add v0, v0
              return v1
            b2():
              switch v0, 1 -> b1, 2 -> b4, else b3
            b3():
              return v0
            b4():
              return v0",
            &[&[1], &[2], &[3]],
        );
        assert_eq!(count(&shown, "switch"), 1, "{shown}");
    }
}
