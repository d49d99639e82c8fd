//! Computes what is known already: constants, fields of objects made here, tests of
//! known constructors, calls of known closures, the same operation twice.

use super::blocks::replace_values;
use super::dead;
use super::graph::Graph;
use crate::ir::{
    BinaryOp, Block, BlockId, Class, FuncId, Function, Instruction, Op, Static, StaticWord, Terminator,
    UnaryOp, Value,
};
use crate::layout;
use std::collections::HashMap;

pub fn fold(function: &mut Function, statics: &[Static]) -> bool {
    let graph = Graph::of(function);
    let written = written_objects(function);
    let mut folder = Folder {
        known: vec![None; function.values.len()],
        replaced: vec![None; function.values.len()],
        statics,
        written,
        available: HashMap::new(),
        changed: false,
    };
    for block in &graph.order {
        let mut taken = std::mem::take(&mut function.blocks[block.0 as usize]);
        folder.block(*block, &mut taken, &graph);
        function.blocks[block.0 as usize] = taken;
    }
    let changed = folder.changed;
    replace_values(function, &folder.replaced);
    changed
}

/// What an operation amounts to, given what is known of its operands.
pub enum Folded {
    Same(Value),
    Becomes(Op),
}

/// Objects into which something is stored after they are made: their fields are not what `New` said.
fn written_objects(function: &Function) -> Vec<bool> {
    let mut written = vec![false; function.values.len()];
    for instruction in function.blocks.iter().flat_map(|block| &block.instructions) {
        if let Op::Store { object, .. } = instruction.op {
            written[object.0 as usize] = true;
        }
    }
    written
}

struct Folder<'a> {
    /// How each value was made, where that is of interest.
    known: Vec<Option<Op>>,
    replaced: Vec<Option<Value>>,
    statics: &'a [Static],
    written: Vec<bool>,
    /// Movable operations done so far: where, and their result.
    available: HashMap<Op, Vec<(BlockId, Value)>>,
    changed: bool,
}

impl Folder<'_> {
    fn block(&mut self, id: BlockId, block: &mut Block, graph: &Graph) {
        let mut loads: HashMap<(Value, u32), Value> = HashMap::new();
        let mut kept = Vec::with_capacity(block.instructions.len());
        for mut instruction in std::mem::take(&mut block.instructions) {
            instruction.op.operands_mut(&mut |value| *value = self.current(*value));
            if let Some(op) = self.direct_call(&instruction.op) {
                instruction.op = op;
                self.changed = true;
            }
            let Some(result) = instruction.result else {
                if clobbers(&instruction.op) {
                    loads.clear();
                }
                kept.push(instruction);
                continue;
            };
            match fold_op(
                &instruction.op,
                &|value| self.known[value.0 as usize].as_ref(),
                self.statics,
                &self.written,
            ) {
                Some(Folded::Same(value)) => {
                    self.replaced[result.0 as usize] = Some(value);
                    self.changed = true;
                    continue;
                }
                Some(Folded::Becomes(op)) => {
                    instruction.op = op;
                    self.changed = true;
                }
                None => {}
            }
            if let Some(earlier) = self.earlier(&instruction, id, graph, &mut loads) {
                self.replaced[result.0 as usize] = Some(earlier);
                self.changed = true;
                continue;
            }
            if worth_knowing(&instruction.op) {
                self.known[result.0 as usize] = Some(instruction.op.clone());
            }
            kept.push(instruction);
        }
        block.instructions = kept;
        block.terminator.operands_mut(&mut |value| *value = self.current(*value));
        self.terminator(&mut block.terminator);
    }

    fn current(&self, mut value: Value) -> Value {
        while let Some(next) = self.replaced[value.0 as usize] {
            value = next;
        }
        value
    }

    /// The same operation, done before on every way here.
    fn earlier(
        &mut self,
        instruction: &Instruction,
        block: BlockId,
        graph: &Graph,
        loads: &mut HashMap<(Value, u32), Value>,
    ) -> Option<Value> {
        let result = instruction.result?;
        if clobbers(&instruction.op) {
            loads.clear();
        }
        if let Op::LoadMutable { object, word, .. } = instruction.op {
            let earlier = *loads.entry((object, word)).or_insert(result);
            return (earlier != result).then_some(earlier);
        }
        let fixed = match &instruction.op {
            // A fresh object that is still being filled.
            Op::Load { object, .. } => !self.written[object.0 as usize],
            // The code generator derives an address again behind a call.
            Op::Address(_) => true,
            op => dead::pure(op),
        };
        if !fixed {
            return None;
        }
        let done = self.available.entry(instruction.op.clone()).or_default();
        if let Some((_, value)) = done.iter().find(|(earlier, _)| graph.dominates(*earlier, block)) {
            return Some(*value);
        }
        done.push((block, result));
        None
    }

    /// A call through a closure whose code is known is an ordinary call.
    fn direct_call(&self, op: &Op) -> Option<Op> {
        let Op::CallClosure { closure, arguments, .. } = op else { return None };
        let function = self.code_of(*closure)?;
        let arguments = std::iter::once(*closure).chain(arguments.iter().copied()).collect();
        Some(Op::Call { function, arguments })
    }

    fn code_of(&self, closure: Value) -> Option<FuncId> {
        match self.known[closure.0 as usize].as_ref()? {
            Op::New { fields, .. } => match self.known[fields.first()?.0 as usize].as_ref()? {
                Op::FunctionAddress(function) => Some(*function),
                _ => None,
            },
            Op::Static(id) => match &self.statics[id.0 as usize] {
                Static::Object { words, .. } => match words.first()? {
                    StaticWord::Function(function) => Some(*function),
                    _ => None,
                },
                Static::Bytes(_) => None,
            },
            _ => None,
        }
    }

    fn terminator(&mut self, terminator: &mut Terminator) {
        let known = |value: &Value| self.known[value.0 as usize].as_ref();
        let next = match terminator {
            Terminator::Branch(condition, then, otherwise) => match known(condition) {
                Some(Op::Bool(true)) => Terminator::Jump(then.0, then.1.clone()),
                Some(Op::Bool(false)) => Terminator::Jump(otherwise.0, otherwise.1.clone()),
                Some(Op::Unary(UnaryOp::BoolNot, inner)) => {
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
        *terminator = next;
        self.changed = true;
    }
}

/// May it change a word of an object that others can see?
pub fn clobbers(op: &Op) -> bool {
    matches!(op, Op::Store { .. } | Op::Call { .. } | Op::CallClosure { .. } | Op::Runtime { .. } | Op::Park)
}

fn worth_knowing(op: &Op) -> bool {
    matches!(
        op,
        Op::Int(_)
            | Op::Float(_)
            | Op::Bool(_)
            | Op::Immediate(_)
            | Op::Static(_)
            | Op::FunctionAddress(_)
            | Op::New { .. }
            | Op::Unary(..)
            | Op::Binary(..)
    )
}

/// Folds one operation. `known` tells how an operand was made.
pub fn fold_op<'a>(
    op: &Op,
    known: &dyn Fn(Value) -> Option<&'a Op>,
    statics: &[Static],
    written: &[bool],
) -> Option<Folded> {
    match op {
        Op::Load { object, word, class } => {
            fold_load(*object, *word, *class, known(*object)?, statics, written)
        }
        Op::Unary(op, operand) => fold_unary(*op, known(*operand)?, statics).map(Folded::Becomes),
        Op::Binary(op, a, b) => fold_binary(*op, *a, *b, known(*a), known(*b)),
        Op::Select(condition, a, b) => match known(*condition) {
            Some(Op::Bool(true)) => Some(Folded::Same(*a)),
            Some(Op::Bool(false)) => Some(Folded::Same(*b)),
            _ => (a == b).then_some(Folded::Same(*a)),
        },
        _ => None,
    }
}

fn fold_load(
    object: Value,
    word: u32,
    class: Class,
    made: &Op,
    statics: &[Static],
    written: &[bool],
) -> Option<Folded> {
    match made {
        Op::New { fields, .. } if !written.get(object.0 as usize).copied().unwrap_or(true) => {
            fields.get(word as usize - 1).copied().map(Folded::Same)
        }
        // Arrays' bookkeeping changes; a shared array's never does, since nothing is written to it.
        Op::Static(id) => match &statics[id.0 as usize] {
            Static::Object { words, .. } => match (words.get(word as usize - 1)?, class) {
                (StaticWord::Raw(word), Class::Int) => Some(Folded::Becomes(Op::Int(*word as i64))),
                (StaticWord::Raw(word), Class::Bool) => Some(Folded::Becomes(Op::Bool(*word != 0))),
                (StaticWord::Raw(word), Class::Float) => Some(Folded::Becomes(Op::Float(*word))),
                (StaticWord::Static(id), Class::Ref) => Some(Folded::Becomes(Op::Static(*id))),
                (StaticWord::Raw(word), Class::Ref) if word & 1 == 1 => {
                    Some(Folded::Becomes(Op::Immediate((word >> 1) as u32)))
                }
                _ => None,
            },
            Static::Bytes(bytes) if word == 1 => Some(Folded::Becomes(Op::Int(bytes.len() as i64))),
            Static::Bytes(_) => None,
        },
        _ => None,
    }
}

fn fold_unary(op: UnaryOp, operand: &Op, statics: &[Static]) -> Option<Op> {
    use UnaryOp::*;
    Some(match (op, operand) {
        (IsImmediate, Op::Immediate(_)) => Op::Bool(true),
        (IsImmediate, Op::New { .. } | Op::Static(_)) => Op::Bool(false),
        (IsNull, Op::Immediate(_) | Op::New { .. } | Op::Static(_)) => Op::Bool(false),
        (ImmediateTag, Op::Immediate(tag)) => Op::Int(i64::from(*tag)),
        (HeaderTag, Op::New { header, .. }) => Op::Int(layout::tag_of(*header)),
        (HeaderTag, Op::Static(id)) => match &statics[id.0 as usize] {
            Static::Object { header, .. } => Op::Int(layout::tag_of(*header)),
            Static::Bytes(_) => return None,
        },
        (Negate, Op::Int(number)) => Op::Int(number.wrapping_neg()),
        (BitNot, Op::Int(number)) => Op::Int(!number),
        (BoolNot, Op::Bool(value)) => Op::Bool(!value),
        (BoolToInt, Op::Bool(value)) => Op::Int(i64::from(*value)),
        (IntToBool, Op::Int(number)) => Op::Bool(number & 1 == 1),
        (IntToFloat, Op::Int(number)) => Op::Float((*number as f64).to_bits()),
        (FloatNegate, Op::Float(bits)) => Op::Float((-f64::from_bits(*bits)).to_bits()),
        _ => return None,
    })
}

fn fold_binary(
    op: BinaryOp,
    a: Value,
    b: Value,
    known_a: Option<&Op>,
    known_b: Option<&Op>,
) -> Option<Folded> {
    if let (Some(Op::Int(a)), Some(Op::Int(b))) = (known_a, known_b) {
        return fold_ints(op, *a, *b).map(Folded::Becomes);
    }
    if let (Some(Op::Bool(a)), Some(Op::Bool(b))) = (known_a, known_b) {
        return fold_bools(op, *a, *b).map(Folded::Becomes);
    }
    let zero = |known: Option<&Op>| matches!(known, Some(Op::Int(0)));
    let one = |known: Option<&Op>| matches!(known, Some(Op::Int(1)));
    use BinaryOp::*;
    match op {
        Add | Or | Xor if zero(known_b) => Some(Folded::Same(a)),
        Add | Or | Xor if zero(known_a) => Some(Folded::Same(b)),
        Subtract | ShiftLeft | ShiftRight | ShiftRightUnsigned if zero(known_b) => Some(Folded::Same(a)),
        Multiply if one(known_b) => Some(Folded::Same(a)),
        Multiply if one(known_a) => Some(Folded::Same(b)),
        Multiply | And if zero(known_a) || zero(known_b) => Some(Folded::Becomes(Op::Int(0))),
        Equal | LessEqual | GreaterEqual | LessEqualUnsigned if a == b => {
            Some(Folded::Becomes(Op::Bool(true)))
        }
        NotEqual | Less | Greater | LessUnsigned if a == b => Some(Folded::Becomes(Op::Bool(false))),
        Same if a == b => Some(Folded::Becomes(Op::Bool(true))),
        BoolAnd if matches!(known_b, Some(Op::Bool(true))) || a == b => Some(Folded::Same(a)),
        BoolAnd if matches!(known_a, Some(Op::Bool(true))) => Some(Folded::Same(b)),
        BoolOr if matches!(known_b, Some(Op::Bool(false))) || a == b => Some(Folded::Same(a)),
        BoolOr if matches!(known_a, Some(Op::Bool(false))) => Some(Folded::Same(b)),
        BoolEqual if matches!(known_b, Some(Op::Bool(true))) => Some(Folded::Same(a)),
        BoolEqual if matches!(known_b, Some(Op::Bool(false))) => {
            Some(Folded::Becomes(Op::Unary(UnaryOp::BoolNot, a)))
        }
        _ => None,
    }
}

fn fold_ints(op: BinaryOp, a: i64, b: i64) -> Option<Op> {
    use BinaryOp::*;
    let count = (b & 63) as u32;
    Some(match op {
        Add => Op::Int(a.wrapping_add(b)),
        Subtract => Op::Int(a.wrapping_sub(b)),
        Multiply => Op::Int(a.wrapping_mul(b)),
        Divide => Op::Int(a.checked_div(b)?),
        Remainder => Op::Int(a.checked_rem(b)?),
        And => Op::Int(a & b),
        Or => Op::Int(a | b),
        Xor => Op::Int(a ^ b),
        ShiftLeft => Op::Int(a << count),
        ShiftRight => Op::Int(a >> count),
        ShiftRightUnsigned => Op::Int(((a as u64) >> count) as i64),
        Equal => Op::Bool(a == b),
        NotEqual => Op::Bool(a != b),
        Less => Op::Bool(a < b),
        LessEqual => Op::Bool(a <= b),
        Greater => Op::Bool(a > b),
        GreaterEqual => Op::Bool(a >= b),
        LessUnsigned => Op::Bool((a as u64) < b as u64),
        LessEqualUnsigned => Op::Bool(a as u64 <= b as u64),
        _ => return None,
    })
}

fn fold_bools(op: BinaryOp, a: bool, b: bool) -> Option<Op> {
    Some(Op::Bool(match op {
        BinaryOp::BoolAnd => a && b,
        BinaryOp::BoolOr => a || b,
        BinaryOp::BoolEqual => a == b,
        _ => return None,
    }))
}
