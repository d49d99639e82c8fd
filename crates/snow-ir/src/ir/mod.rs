//! The monomorphic intermediate representation: functions of basic blocks in SSA
//! form with block parameters, the same shape as Cranelift's, one level above it.
//!
//! There are no types any more, only classes of machine values. Objects are made
//! and read by word, as `snow_abi` lays them out.

mod classes;
mod operands;

use cranelift_entity::{PrimaryMap, entity_impl};
use snow_syntax::span::Span;

/// A function of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FuncId(u32);
entity_impl!(FuncId, "f");

/// A basic block of a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(u32);
entity_impl!(BlockId, "b");

impl BlockId {
    /// The block at which a function begins; its parameters are the function's.
    pub const ENTRY: BlockId = BlockId(0);
}

/// The result of an instruction, or a parameter of a block: defined once in its function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(u32);
entity_impl!(Value, "v");

/// A constant object of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StaticId(u32);
entity_impl!(StaticId, "s");

#[derive(Clone, Debug)]
pub struct Test {
    pub name: String,
    pub file: u32,
    pub span: Span,
    pub entry: FuncId,
    /// Does it need the system's clock, sockets and workers?
    pub system: bool,
}

/// The constant objects of a program.
pub type Statics = PrimaryMap<StaticId, Static>;

#[derive(Clone, Debug, Default)]
pub struct Program {
    pub functions: PrimaryMap<FuncId, Function>,
    /// Constant objects, placed outside every heap.
    pub statics: Statics,
    /// Entry of the program: a function marked `entry`, which ignores its argument.
    pub main: Option<FuncId>,
    pub tests: Vec<Test>,
    /// Paths of the source files by index, for crash messages.
    pub files: Vec<String>,
}

/// Does this path of a source file mean one of the standard library?
pub fn is_standard(path: &str) -> bool {
    path.starts_with("std:")
}

/// A constant object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Static {
    /// A String or Bytes.
    Bytes(Vec<u8>),
    /// A fixed object: header as in `abi::header`, then its words.
    Object { header: u64, words: Vec<StaticWord> },
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum StaticWord {
    /// Int, bits of a Float, Bool, or an immediate.
    Raw(u64),
    Static(StaticId),
    /// The code address of a function (closures without captures).
    Function(FuncId),
}

/// What a machine value is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// i64: Int, Unit (0), Pid, enumerations without payload, handles.
    Int,
    /// f64
    Float,
    /// One byte, 0 or 1.
    Bool,
    /// A heap pointer, a pointer to a static object, or an immediate. A root for the collector.
    Ref,
    /// Sixteen bytes in a vector register.
    Vector,
    /// A raw address of bytes, made by `Op::Address` only. It may be live across a safepoint: the code
    /// generator then derives it anew from its Bytes or Buffer, which it keeps alive as long.
    /// Never a block parameter, argument, result, or field.
    Address,
}

#[derive(Clone, Debug)]
pub struct Function {
    /// Symbol and display name: `List.map<Int, String>`.
    pub name: String,
    pub file: u32,
    pub blocks: PrimaryMap<BlockId, Block>,
    /// The class of each value.
    pub values: PrimaryMap<Value, Class>,
    /// Every function returns one value (Unit is Int 0).
    pub result: Class,
    /// Called through a closure: the closure object is an extra first parameter (class Ref).
    pub closure: bool,
    /// Of a closure: in which words of its object the references are that it captures, and their names. For messages.
    pub captures: Vec<(u32, String)>,
    /// Reached from the runtime (main, tests, spawned actors): one Ref parameter, result class Int.
    /// `Op::FunctionAddress` of such a function gives the address of its entry stub. Named `entry …`.
    pub entry: bool,
    /// A hint: never inline (cold or deliberately separate).
    pub cold: bool,
}

impl Function {
    /// The parameters: those of the first block.
    pub fn params(&self) -> &[Value] {
        &self.blocks[BlockId::ENTRY].params
    }
}

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub params: Vec<Value>,
    pub instructions: Vec<Instruction>,
    pub terminator: Terminator,
    /// Rarely run.
    pub cold: bool,
}

#[derive(Clone, Debug)]
pub struct Instruction {
    /// `None` for operations without a result.
    pub result: Option<Value>,
    pub op: Op,
    /// For crash messages and line tables; the file is in `origin`.
    pub span: Span,
    /// File of the span: differs from the function's after inlining.
    pub file: u32,
}

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
    /// A word of the actor's record, at one of the offsets of `abi::record` (second results, own pid).
    Record {
        offset: i32,
        class: Class,
    },
    /// Switches to the scheduler until the actor is woken.
    Park,
    /// Parks if the time slice is over. Inserted by a pass, not by lowering.
    Poll,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub enum Terminator {
    Jump(BlockId, Vec<Value>),
    /// Condition (Bool), then, else.
    Branch(Value, (BlockId, Vec<Value>), (BlockId, Vec<Value>)),
    /// On an Int.
    Switch(Value, Vec<(i64, BlockId)>, BlockId),
    Return(Value),
    TailCall {
        function: FuncId,
        arguments: Vec<Value>,
        span: Span,
    },
    TailCallClosure {
        closure: Value,
        arguments: Vec<Value>,
        span: Span,
    },
    /// Ends the actor with a fixed message.
    Panic {
        message: String,
        span: Span,
        file: u32,
    },
    /// Ends the actor with a message made at run time (Ref to a String).
    PanicWith {
        message: Value,
        span: Span,
        file: u32,
    },
    #[default]
    Unreachable,
}
