//! Bits at a place or of a number that is known only when the program runs: read and written byte by byte.

use crate::ir::{BinaryOp, BlockId, Class, Function, Op, Terminator, Value};
use crate::lower::builder::Builder;
use crate::lower::function::FunctionLowering;
use crate::lower::monomorphise::Work;
use snow_syntax::span::Span;

impl FunctionLowering<'_, '_> {
    /// Calls a function that lowering makes itself.
    pub fn call_work(&mut self, work: Work, arguments: Vec<Value>, class: Class) -> Value {
        let function = self.context.function(work);
        self.builder.emit(Op::Call { function, arguments }, class)
    }
}

/// A loop with a turn for each byte that the bits are in.
struct Turns {
    header: BlockId,
    exit: BlockId,
}

impl Turns {
    /// Begins the body of a loop whose turns hand on these values: the present bit, how many are left, which ends it when
    /// none is, and others. Returns them as the body has them.
    fn begin<const N: usize>(builder: &mut Builder, first: [Value; N]) -> (Turns, [Value; N]) {
        let (header, body, exit) = (builder.block(), builder.block(), builder.block());
        let values = first.map(|_| builder.block_param(header, Class::Int));
        builder.jump(header, first.to_vec());
        builder.switch_to(header);
        let done = builder.equal(values[1], 0);
        builder.branch(done, exit, body);
        builder.switch_to(body);
        (Turns { header, exit }, values)
    }
}

/// The part of a byte that one turn deals with.
struct Turn {
    /// The byte's position.
    at: Value,
    /// How many bits of it come before, and how many are taken, at the most all the others.
    unread: Value,
    taken: Value,
    /// As many ones as are taken.
    ones: Value,
}

/// `fn(object, bit, count) -> Int`: the bits of a Bytes or Buffer from a bit on, at most 64, as an unsigned number.
pub(crate) fn read_function() -> Function {
    let mut builder = builder("read bits");
    let object = builder.block_param(BlockId::ENTRY, Class::Ref);
    let [bit, count] = [0, 1].map(|_| builder.block_param(BlockId::ENTRY, Class::Int));
    let zero = builder.int(0);
    let (turns, [bit_here, left, value]) = Turns::begin(&mut builder, [bit, count, zero]);
    let turn = turn(&mut builder, bit_here, left);
    let address = builder.emit(Op::Address(object), Class::Address);
    let byte = load(&mut builder, address, turn.at);
    let behind = builder.binary(BinaryOp::Subtract, turn.unread, turn.taken);
    let part = builder.binary(BinaryOp::ShiftRightUnsigned, byte, behind);
    let part = builder.binary(BinaryOp::And, part, turn.ones);
    let moved = builder.binary(BinaryOp::ShiftLeft, value, turn.taken);
    let value_next = builder.binary(BinaryOp::Or, moved, part);
    let bit_next = builder.binary(BinaryOp::Add, bit_here, turn.taken);
    let left_next = builder.binary(BinaryOp::Subtract, left, turn.taken);
    builder.jump(turns.header, vec![bit_next, left_next, value_next]);

    builder.switch_to(turns.exit);
    builder.terminate(Terminator::Return(value));
    builder.finish()
}

/// `fn(bytes, bit, value, count) -> Int`: writes the low bits of a value, at most 64, from a bit on into a Bytes that
/// nobody has seen, and returns the bit behind them. The bits before are kept; those behind, in the last byte, are 0.
pub(crate) fn write_function() -> Function {
    let mut builder = builder("write bits");
    let bytes = builder.block_param(BlockId::ENTRY, Class::Ref);
    let [bit, value, count] = [0, 1, 2].map(|_| builder.block_param(BlockId::ENTRY, Class::Int));
    let (turns, [bit_here, left]) = Turns::begin(&mut builder, [bit, count]);
    let turn = turn(&mut builder, bit_here, left);
    let address = builder.emit(Op::Address(bytes), Class::Address);
    let before = load(&mut builder, address, turn.at);
    let before = builder.binary(BinaryOp::ShiftRightUnsigned, before, turn.unread);
    let before = builder.binary(BinaryOp::ShiftLeft, before, turn.unread);
    let left_next = builder.binary(BinaryOp::Subtract, left, turn.taken);
    let part = builder.binary(BinaryOp::ShiftRightUnsigned, value, left_next);
    let part = builder.binary(BinaryOp::And, part, turn.ones);
    let behind = builder.binary(BinaryOp::Subtract, turn.unread, turn.taken);
    let part = builder.binary(BinaryOp::ShiftLeft, part, behind);
    let byte = builder.binary(BinaryOp::Or, before, part);
    builder.effect(Op::StoreBytes { address, offset: turn.at, value: byte, width: 1, big: true });
    let bit_next = builder.binary(BinaryOp::Add, bit_here, turn.taken);
    builder.jump(turns.header, vec![bit_next, left_next]);

    builder.switch_to(turns.exit);
    builder.terminate(Terminator::Return(bit_here));
    builder.finish()
}

fn builder(name: &str) -> Builder {
    let mut builder = Builder::new(name.to_owned(), 0, Class::Int);
    // It stands nowhere in the source.
    builder.span = Span { start: u32::MAX, end: u32::MAX };
    builder
}

fn turn(builder: &mut Builder, bit: Value, left: Value) -> Turn {
    let [three, seven, eight] = [3, 7, 8].map(|number| builder.int(number));
    let at = builder.binary(BinaryOp::ShiftRightUnsigned, bit, three);
    let lead = builder.binary(BinaryOp::And, bit, seven);
    let unread = builder.binary(BinaryOp::Subtract, eight, lead);
    let fewer = builder.binary(BinaryOp::Less, left, unread);
    let taken = builder.emit(Op::Select(fewer, left, unread), Class::Int);
    let one = builder.int(1);
    let power = builder.binary(BinaryOp::ShiftLeft, one, taken);
    let ones = builder.binary(BinaryOp::Subtract, power, one);
    Turn { at, unread, taken, ones }
}

fn load(builder: &mut Builder, address: Value, offset: Value) -> Value {
    builder.emit(Op::LoadBytes { address, offset, width: 1, big: true, signed: false }, Class::Int)
}
