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
                _ => {
                    let made = |value: Value| self.known[value].as_ref();
                    let counts = |(case, block): &&(i64, BlockId)| {
                        block != otherwise && self.facts.may_be(*value, *case, &made)
                    };
                    let left: Vec<(i64, BlockId)> = cases.iter().filter(counts).copied().collect();
                    match left.len() {
                        0 => Terminator::Jump(*otherwise, vec![]),
                        some if some < cases.len() => Terminator::Switch(*value, left, *otherwise),
                        _ => return,
                    }
                }
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
