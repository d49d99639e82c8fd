//! Checks that a program in the intermediate form is well made: in tests, and in debug builds
//! behind each pass. What the code generator and the passes rely on, in blocks that can be reached:
//!
//! - Every value is defined once, on every way to each of its uses (`definitions`).
//! - Classes fit, and edges pass what blocks take (`classes`).
//! - An address is the result of `Op::Address`: it can be derived anew wherever it is needed. So no block
//!   takes one, no way of choosing gives one, and none is passed on, stored or returned (`classes`).
//! - Numbers that choose an instruction lie in their ranges, and a switch has each case once (`classes`).

mod classes;
mod definitions;

use crate::control_flow_graph::Graph;
use crate::ir::{BlockId, Class, FuncId, Function, Op, Program, StaticId};
use cranelift_entity::{EntityRef, PrimaryMap};

/// All that is wrong, one line each.
pub fn verify(program: &Program) -> Result<(), Vec<String>> {
    let rules = Rules::of(program);
    let mut errors = Vec::new();
    for function in program.functions.values() {
        if let Err(found) = rules.verify(function) {
            errors.extend(found.into_iter().map(|error| format!("{}: {error}", function.name)));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// What a function may refer to: enough of a program to verify one of its functions while others
/// are being worked on.
pub struct Rules {
    signatures: PrimaryMap<FuncId, Signature>,
    statics: usize,
}

struct Signature {
    name: String,
    params: Vec<Class>,
    result: Class,
}

impl Rules {
    pub fn of(program: &Program) -> Rules {
        let signature = |function: &Function| Signature {
            name: function.name.clone(),
            params: function.params().iter().map(|param| function.values[*param]).collect(),
            result: function.result,
        };
        Rules {
            signatures: program.functions.values().map(signature).collect(),
            statics: program.statics.len(),
        }
    }

    /// All that is wrong with a function, one line each.
    pub fn verify(&self, function: &Function) -> Result<(), Vec<String>> {
        let mut check = Check { rules: self, function, errors: Vec::new() };
        check.function();
        if check.errors.is_empty() { Ok(()) } else { Err(check.errors) }
    }

    fn has_static(&self, id: StaticId) -> bool {
        id.index() < self.statics
    }
}

struct Check<'a> {
    rules: &'a Rules,
    function: &'a Function,
    errors: Vec<String>,
}

impl Check<'_> {
    fn error(&mut self, error: String) {
        self.errors.push(error);
    }

    fn function(&mut self) {
        self.edges_lead_to_blocks();
        if !self.errors.is_empty() {
            return;
        }
        let graph = Graph::of(self.function);
        self.definitions(&graph);
        if !self.errors.is_empty() {
            return;
        }
        self.signature();
        graph.order.iter().for_each(|block| self.block(*block));
    }

    fn edges_lead_to_blocks(&mut self) {
        for (id, block) in &self.function.blocks {
            for successor in block.terminator.successors() {
                if !self.function.blocks.is_valid(successor) {
                    self.error(format!("{id} leads to {successor}, which does not exist"));
                }
            }
        }
    }

    /// What the runtime and closures call has the parameters that they give.
    fn signature(&mut self) {
        let params: Vec<Class> = self.function.params().iter().map(|param| self.class(*param)).collect();
        if self.function.entry && (params != [Class::Ref] || self.function.result != Class::Int) {
            self.error(format!("an entry takes a reference and gives an Int, not {params:?}"));
        }
        if self.function.closure && params.first() != Some(&Class::Ref) {
            self.error(format!("a closure takes its object first, not {params:?}"));
        }
        if self.function.result == Class::Address {
            self.error("an address is returned".to_owned());
        }
    }

    fn block(&mut self, id: BlockId) {
        let block = &self.function.blocks[id];
        for param in &block.params {
            if self.class(*param) == Class::Address {
                self.error(format!("{param} is an address, which no block may take"));
            }
        }
        for instruction in &block.instructions {
            let callee = |function: FuncId| self.rules.signatures.get(function).map(|callee| callee.result);
            match (instruction.op.class(self.function, callee), instruction.result) {
                (Some(class), Some(value)) => self.has_class(value, class),
                (None, None) => {}
                _ => self.error(format!("{:?} with or without a result", instruction.op)),
            }
            let gives_address = instruction.result.is_some_and(|result| self.class(result) == Class::Address);
            if gives_address && !matches!(instruction.op, Op::Address(_)) {
                self.error(format!("{:?} gives an address", instruction.op));
            }
            self.operands(&instruction.op);
        }
        self.terminator(&block.terminator);
    }
}
