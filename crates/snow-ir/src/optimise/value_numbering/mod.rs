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

use super::block_merging::{Replacements, replace_values};
use super::constant_folding::{Folded, fold};
use super::dead_code;
use super::known_ranges::{ALL, Facts, Range};
use crate::control_flow_graph::{Graph, Step};
use crate::ir::{
    BinaryOp, Block, BlockId, Class, FuncId, Function, Instruction, Op, Static, StaticWord, Statics,
    Terminator, UnaryOp, Value,
};
use cranelift_entity::{EntitySet, SecondaryMap};
use rustc_hash::FxHashMap;

/// A counter that starts within these bounds and moves by at most so much a turn meets no end of the
/// integers: that would take years.
const COUNTER_START: i64 = 1 << 62;
const COUNTER_STEP: i64 = 64;

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

/// The states of what loads may find changed: loads in the same state find the same.
#[derive(Clone, Copy, Default)]
struct Memory {
    /// Of the bookkeeping words of arrays and buffers, by word.
    words: [u32; 4],
    arrays: u32,
    bytes: u32,
}

impl Memory {
    /// Where the other state is another one, a fresh one.
    fn or_fresh(self, other: Memory, fresh: u32) -> Memory {
        let or_fresh = |a, b| if a == b { a } else { fresh };
        let words = [0, 1, 2, 3].map(|word| or_fresh(self.words[word], other.words[word]));
        Memory {
            words,
            arrays: or_fresh(self.arrays, other.arrays),
            bytes: or_fresh(self.bytes, other.bytes),
        }
    }

    /// The state after something may have been written.
    fn after(mut self, writes: Writes, fresh: u32) -> Memory {
        (0..4).filter(|word| writes.words[*word]).for_each(|word| self.words[word] = fresh);
        if writes.arrays {
            self.arrays = fresh;
        }
        if writes.bytes {
            self.bytes = fresh;
        }
        self
    }
}

/// What code may write.
#[derive(Clone, Copy, Default)]
struct Writes {
    words: [bool; 4],
    arrays: bool,
    bytes: bool,
}

impl Writes {
    fn add(&mut self, op: &Op) {
        match op {
            Op::Store { word, .. } => self.words[*word as usize & 3] = true,
            Op::ArraySet { .. } => self.arrays = true,
            Op::StoreBytes { .. } | Op::StoreVector { .. } => self.bytes = true,
            // Nobody else touches what this actor can reach, so a poll changes nothing.
            Op::Call { .. } | Op::CallClosure { .. } | Op::Runtime { .. } | Op::Park => {
                *self = Writes { words: [true; 4], arrays: true, bytes: true };
            }
            _ => {}
        }
    }
}

/// By header, what the turns of each loop may write.
fn loop_writes(function: &Function, graph: &Graph) -> FxHashMap<BlockId, Writes> {
    let mut all = FxHashMap::default();
    for found in graph.loops() {
        let mut writes = Writes::default();
        let blocks = found.blocks.iter().map(|block| &function.blocks[*block]);
        blocks.flat_map(|block| &block.instructions).for_each(|instruction| writes.add(&instruction.op));
        all.insert(found.header, writes);
    }
    all
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

    /// Where ways meet that all leave memory in one state, it is in that state, unless a turn of a loop
    /// that begins here changes it.
    fn merged_memory(&mut self, block: BlockId) -> Memory {
        let fresh = self.fresh_memory();
        let mut merged: Option<Memory> = None;
        let mut natural = block != BlockId::ENTRY;
        for from in &self.graph.predecessors[block] {
            if self.graph.goes_back(*from, block) {
                natural &= self.graph.is_back_edge(*from, block);
                continue;
            }
            let end = self.at_end[*from];
            merged = Some(merged.map_or(end, |merged| merged.or_fresh(end, fresh)));
        }
        let unknown = Memory { words: [fresh; 4], arrays: fresh, bytes: fresh };
        match (merged, self.loop_writes.get(&block)) {
            (Some(merged), Some(writes)) if natural => merged.after(*writes, fresh),
            (Some(merged), None) if natural => merged,
            _ => unknown,
        }
    }

    /// A parameter of a loop that every turn raises stays at or above where it starts.
    fn learn_counters(&mut self, header: BlockId) {
        if header == BlockId::ENTRY || !self.graph.is_header(header) {
            return;
        }
        let params = self.function.blocks[header].params.clone();
        for (index, param) in params.into_iter().enumerate() {
            if self.function.values[param] != Class::Int {
                continue;
            }
            if let Some(range) = self.counter_range(header, param, index) {
                let known = |value: Value| self.known[value].as_ref();
                self.facts.assume_range(param, range, &known);
            }
        }
    }

    fn counter_range(&self, header: BlockId, param: Value, index: usize) -> Option<Range> {
        let known = |value: Value| self.known[value].as_ref();
        let (mut start, mut steps) = (None::<Range>, (0, 0));
        for from in &self.graph.predecessors[header] {
            let mut fits = true;
            self.function.blocks[*from].terminator.each_edge(|to, arguments| {
                if to != header {
                    return;
                }
                let argument = current(&self.replaced, arguments[index]);
                if !self.graph.is_back_edge(*from, header) {
                    let range = self.facts.range(argument, &known);
                    start = Some(start.map_or(range, |start| (start.0.min(range.0), start.1.max(range.1))));
                } else if let Some(step) = self.step(argument, param) {
                    steps = (steps.0.min(step), steps.1.max(step));
                } else {
                    fits = false;
                }
            });
            if !fits {
                return None;
            }
        }
        let (from, to) = start?;
        match steps {
            (0, 0) => Some((from, to)),
            (0, most) if most <= COUNTER_STEP && to <= COUNTER_START => Some((from, i64::MAX)),
            (least, 0) if least >= -COUNTER_STEP && from >= -COUNTER_START => Some((i64::MIN, to)),
            _ => None,
        }
        .filter(|range| *range != ALL)
    }

    /// What is added to a parameter to make the value of its next turn, in code not walked over yet.
    fn step(&self, value: Value, param: Value) -> Option<i64> {
        if value == param {
            return Some(0);
        }
        let number = |value: Value| match self.made(value) {
            Some(Op::Int(number)) => Some(*number),
            _ => None,
        };
        let is_param = |value: Value| current(&self.replaced, value) == param;
        match self.made(value)? {
            Op::Binary(BinaryOp::Add, a, b) if is_param(*a) => number(*b),
            Op::Binary(BinaryOp::Add, a, b) if is_param(*b) => number(*a),
            Op::Binary(BinaryOp::Subtract, a, b) if is_param(*a) => number(*b)?.checked_neg(),
            _ => None,
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

    fn fresh_memory(&mut self) -> u32 {
        self.memories += 1;
        self.memories
    }

    fn note_writes(&mut self, op: &Op) {
        let mut writes = Writes::default();
        writes.add(op);
        let fresh = self.fresh_memory();
        self.memory = self.memory.after(writes, fresh);
        if let Op::Store { object, word, value } = op {
            // What was stored is what is found.
            let class = self.function.values[*value];
            let key = (Op::LoadMutable { object: *object, word: *word, class }, fresh);
            self.available.insert(key.clone(), *value);
            self.added.push(key);
        }
    }

    /// The state of what an operation reads; `None` when doing it once is not as good as doing it twice.
    fn reads(&self, op: &Op) -> Option<u32> {
        match op {
            Op::LoadMutable { word, .. } => Some(self.memory.words[*word as usize & 3]),
            Op::ArrayGet { .. } => Some(self.memory.arrays),
            Op::LoadBytes { .. } | Op::LoadVector { .. } => Some(self.memory.bytes),
            // A fresh object that is still being filled.
            Op::Load { object, .. } if self.written.contains(*object) => None,
            // The code generator derives an address again behind a call.
            Op::Load { .. } | Op::Address(_) => Some(0),
            Op::Binary(BinaryOp::Divide | BinaryOp::Remainder, ..) | Op::Unary(UnaryOp::HeaderTag, _) => {
                Some(0)
            }
            op => dead_code::pure(op).then_some(0),
        }
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

/// Objects into which something is stored after they are made: their fields are not what `New` said.
pub fn written_objects(function: &Function) -> EntitySet<Value> {
    let mut written = EntitySet::with_capacity(function.values.len());
    for instruction in function.blocks.values().flat_map(|block| &block.instructions) {
        if let Op::Store { object, .. } = instruction.op {
            written.insert(object);
        }
    }
    written
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
