//! The intermediate form (IR), without type parameters: functions of basic blocks in SSA
//! form with block parameters, the same shape as Cranelift's, one level above it.
//!
//! There are no types any more, only classes of machine values. Objects are made
//! and read by word, as `snow_abi` lays them out.

mod classes;
mod operands;
mod operations;
mod terminators;

pub use operations::{BinaryOp, Op, UnaryOp};
pub use terminators::Terminator;

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

/// A static object of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StaticId(u32);
entity_impl!(StaticId, "s");

/// A `test` block of the source.
#[derive(Clone, Debug)]
pub struct Test {
    pub name: String,
    pub file: u32,
    pub span: Span,
    pub entry: FuncId,
    /// Does it need the system's clock, sockets and workers?
    pub system: bool,
}

/// The static objects of a program.
pub type Statics = PrimaryMap<StaticId, Static>;

/// A program, or as much of one as its entry reaches.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub functions: PrimaryMap<FuncId, Function>,
    /// Static objects: constants, placed outside every heap.
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

/// A static object: a constant.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Static {
    /// A String or Bytes.
    Bytes(Vec<u8>),
    /// A fixed object: header as in `abi::header`, then its words.
    Object { header: u64, words: Vec<StaticWord> },
}

/// A word of a static object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum StaticWord {
    /// Int, bits of a Float, Bool, or an immediate.
    Raw(u64),
    Static(StaticId),
    /// The code address of a function (closures without captures).
    Function(FuncId),
}

/// The kind of a machine value: what is left of its type.
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

/// A function: a graph of basic blocks.
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

/// A basic block: instructions that run one after the other, and the way out.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub params: Vec<Value>,
    pub instructions: Vec<Instruction>,
    pub terminator: Terminator,
    /// Rarely run.
    pub cold: bool,
}

/// An operation, with its result and its place in the source.
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
