//! The operations of the intermediate form: on numbers and vectors, on objects, arrays and bytes, calls, and
//! what concerns the actor.

use super::{Class, FuncId, StaticId, Value};

/// An operation on two values. Each has operands of one class, and a result of the same class or a Bool.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    // Int x Int -> Int, wrapping. Shift counts are taken modulo 64. Division is unguarded: lowering
    // has branched around zero and MIN / -1 already.
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    // Int x Int -> Bool
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    LessUnsigned,
    LessEqualUnsigned,
    // Float
    FloatAdd,
    FloatSubtract,
    FloatMultiply,
    FloatDivide,
    // Float x Float -> Bool
    FloatEqual,
    FloatLess,
    FloatLessEqual,
    // Bool x Bool -> Bool
    BoolAnd,
    BoolOr,
    BoolEqual,
    // Ref x Ref -> Bool: identity
    Same,
    // Vector x Vector -> Vector, by byte
    VectorAnd,
    VectorOr,
    VectorXor,
    VectorAdd,
    VectorSubtract,
    VectorSubtractSaturating,
    /// Each byte 0xFF where equal, else 0.
    VectorEqual,
    /// 0xFF where a > b, unsigned.
    VectorGreater,
    /// Table lookup: byte i is a[b[i] & 15], or 0 where b[i] >= 128 (b[i] in 16..128 may not occur).
    VectorLookup,
}

/// An operation on one value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    Negate,
    BitNot,
    CountOnes,
    LeadingZeros,
    TrailingZeros,
    SwapBytes,
    FloatNegate,
    FloatSqrt,
    FloatFloor,
    FloatCeil,
    FloatTruncate,
    IntToFloat,
    /// Toward zero, saturating; NaN gives 0.
    FloatToInt,
    FloatBits,
    FloatFromBits,
    BoolNot,
    BoolToInt,
    /// Low bit of an Int.
    IntToBool,
    /// Is this Ref the null reference (an empty array slot, no message)?
    IsNull,
    /// Does this Ref hold an immediate (constructor without payload)?
    IsImmediate,
    /// Constructor number of an immediate.
    ImmediateTag,
    /// Constructor number in an object's header.
    HeaderTag,
    /// Low byte in all lanes.
    VectorSplat,
    VectorAnyTrue,
    /// The top bit of each byte as a 16-bit mask.
    VectorHighBits,
}

/// What an instruction does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    Int(i64),
    /// Bits of the number.
    Float(u64),
    Bool(bool),
    /// A constructor without payload.
    Immediate(u32),
    Static(StaticId),
    VectorConst([u8; 16]),
    FunctionAddress(FuncId),
    Unary(UnaryOp, Value),
    Binary(BinaryOp, Value, Value),
    /// Byte shift of each lane to the right by a constant 0..8 bits (logical).
    VectorShiftRight(Value, u8),
    /// Bytes `16 - n ..` of `a` followed by the first bytes of `b`, n in 1..16: (a, b, n).
    VectorAlign(Value, Value, u8),
    Select(Value, Value, Value),
    /// A new object: header and words 1.. in order (Ref fields first, as the header says).
    New {
        header: u64,
        fields: Vec<Value>,
    },
    /// A new array object for `n` elements (Int): all zero. References or raw words.
    NewArray {
        references: bool,
        capacity: Value,
    },
    /// Word `index` (1 is the first behind the header) of an object. `Bool` reads a whole word.
    /// The word never changes once others can see the object, so that the load may move freely.
    Load {
        object: Value,
        word: u32,
        class: Class,
    },
    /// As `Load`, for words that change: an array's front and back, a buffer's length and capacity.
    LoadMutable {
        object: Value,
        word: u32,
        class: Class,
    },
    /// Only on objects that no one else has seen, or on arrays' and buffers' own bookkeeping.
    Store {
        object: Value,
        word: u32,
        value: Value,
    },
    /// Element of an array, no check.
    ArrayGet {
        array: Value,
        index: Value,
        class: Class,
    },
    ArraySet {
        array: Value,
        index: Value,
        value: Value,
    },
    /// Address of the first byte of a Bytes, String or Buffer.
    Address(Value),
    /// `width` 1, 2, 4 or 8 bytes at address + offset, no check; class Int, zero- or sign-extended.
    LoadBytes {
        address: Value,
        offset: Value,
        width: u8,
        big: bool,
        signed: bool,
    },
    StoreBytes {
        address: Value,
        offset: Value,
        value: Value,
        width: u8,
        big: bool,
    },
    LoadVector {
        address: Value,
        offset: Value,
    },
    StoreVector {
        address: Value,
        offset: Value,
        value: Value,
    },
    Call {
        function: FuncId,
        arguments: Vec<Value>,
    },
    /// The closure is passed as the first argument.
    CallClosure {
        closure: Value,
        arguments: Vec<Value>,
        result: Class,
    },
    /// An intrinsic of the runtime, by name; the actor's record is passed by the code generator.
    Runtime {
        name: &'static str,
        arguments: Vec<Value>,
        result: Class,
    },
    /// A word of the actor's record, at one of the offsets of `abi::record` (what an intrinsic has returned behind the first word, own Pid).
    Record {
        offset: i32,
        class: Class,
    },
    /// Switches to the scheduler until the actor is woken.
    Park,
    /// Parks if the time slice is over. Inserted by a pass, not by lowering.
    Poll,
}
