//! The typed tree (HIR): what the checker hands to `snow-ir`.
//!
//! Everything is resolved: names to definitions, operators to interface methods,
//! sugar to core forms. Types may still mention the type parameters of the
//! function they stand in (`Type::Param`); `snow-ir` substitutes them when it
//! makes monomorphic copies. A program with errors has no typed tree.

pub mod impls;
pub mod visit;

use snow_syntax::span::Span;
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TypeId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FnId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct InterfaceId(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ConstId(pub u32);
/// Unique within its function (closures and local functions inside included).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LocalId(pub u32);

#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Indexed by `TypeId`.
    pub types: Vec<TypeDef>,
    /// Indexed by `FnId`.
    pub functions: Vec<FnDef>,
    /// Indexed by `InterfaceId`.
    pub interfaces: Vec<InterfaceDef>,
    pub impls: Vec<ImplDef>,
    /// Indexed by `ConstId`.
    pub constants: Vec<ConstDef>,
    pub tests: Vec<TestDef>,
    pub main: Option<FnId>,
    pub lang: LangItems,
}

/// Definitions in the standard library that the language itself refers to.
#[derive(Clone, Debug, Default)]
pub struct LangItems {
    /// `type Option<T> do None; Some(T) end`: constructor 0 is `None`.
    pub option: Option<TypeId>,
    /// `type Result<T, E> do Ok(T); Err(E) end`: constructor 0 is `Ok`.
    pub result: Option<TypeId>,
    /// `struct List<T> do storage :: Array<T>; start :: Int; length :: Int end`: the view of an array.
    pub list: Option<TypeId>,
    pub range: Option<TypeId>,
    pub map: Option<TypeId>,
    /// `struct View do buffer :: Buffer; at :: Int end`: the bytes of a Buffer from a position on.
    pub view: Option<TypeId>,
    /// By interface name: Add Sub Mul Div Mod Neg Eq Ord Not Display Debug Hash Default …
    pub interfaces: HashMap<String, InterfaceId>,
    /// Library functions that lowering calls by a fixed name, e.g. `List.prepend`, `List.concat`,
    /// `String.concat` (`Module.function` → definition). The checker fills it with every public
    /// function of the standard library modules List, String, Bytes, Map, Range and the prelude.
    pub functions: HashMap<String, FnId>,
}

/// Names are for messages: identity is the id.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// `Plane.Point`, as printed.
    pub name: String,
    /// Where it is declared: index of the source file, and the line, from 1.
    pub file: usize,
    pub line: u32,
    pub type_params: usize,
    pub kind: TypeDefKind,
    /// How many constructors have no payload: counted once, as it is asked for with each value of the type.
    pub without_payload: usize,
}

#[derive(Clone, Debug)]
pub enum TypeDefKind {
    /// Fields in declaration order; their types mention `Param(0..type_params)`.
    Struct(Vec<(String, Type)>),
    /// Constructors in declaration order.
    Sum(Vec<Constructor>),
}

impl TypeDefKind {
    /// How many constructors have no payload.
    pub fn without_payload(&self) -> usize {
        match self {
            TypeDefKind::Sum(constructors) => {
                constructors.iter().filter(|one| one.payload.is_empty()).count()
            }
            TypeDefKind::Struct(_) => 0,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Constructor {
    pub name: String,
    pub payload: Vec<Type>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    Int,
    Float,
    Bool,
    Unit,
    /// Of expressions that do not return; any value of it is unreachable.
    Never,
    String,
    Bytes,
    /// Mutable, local to its actor.
    Buffer,
    U8x16,
    /// Of the standard library only: fixed storage for lists, see `List`.
    Array(Box<Type>),
    Tuple(Vec<Type>),
    Fun(Vec<Type>, Box<Type>),
    /// `None`: the untyped `Pid`.
    Pid(Option<Box<Type>>),
    Named(TypeId, Vec<Type>),
    /// A type parameter of the enclosing function, impl method (impl's parameters first) or, in a
    /// `TypeDef`, of the type. Polymorphic `let`s add parameters with further numbers.
    Param(u32),
}

#[derive(Clone, Debug)]
pub struct FnDef {
    /// `Plane.distance`, for messages and symbol names.
    pub name: String,
    /// Index of the source file (the checker's input order).
    pub file: usize,
    pub span: Span,
    /// Number of type parameters, impl parameters first.
    pub type_params: usize,
    pub params: Vec<Param>,
    pub result: Type,
    pub kind: FnKind,
    /// All locals of the body, closures included. Indexed by `LocalId`.
    pub locals: Vec<Local>,
}

#[derive(Clone, Debug)]
pub struct Local {
    pub name: String,
    pub ty: Type,
}

/// Clauses are already folded into a `Match` over the parameters (as a tuple when several).
#[derive(Clone, Debug)]
pub struct Param {
    pub local: LocalId,
    pub ty: Type,
}

// One for each function of a program: nothing is gained by another allocation.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub enum FnKind {
    Body(Expr),
    /// Takes part in tail calls that keep the process: the body's tail calls of actors with the same
    /// message type continue this process.
    Actor {
        message: Type,
        body: Expr,
        terminate: Option<Expr>,
    },
    /// Bound by `name` (without module) to an inline operation of `snow-ir` or an intrinsic of the runtime.
    Extern {
        name: String,
    },
}

#[derive(Clone, Debug)]
pub struct InterfaceDef {
    pub name: String,
    pub methods: Vec<String>,
    /// By method: does it take a value of the type that implements it? One of `Never` that does can never
    /// be called, and needs no impl.
    pub takes_self: Vec<bool>,
}

impl InterfaceDef {
    /// Code that never runs: there is no value to call the method with.
    pub fn is_unreachable(&self, method: usize, self_type: &Type) -> bool {
        *self_type == Type::Never && self.takes_self.get(method).is_some_and(|takes| *takes)
    }
}

/// `impl I<args> for target`: `methods[i]` implements method i of the interface (defaults are
/// functions of its own). Matching is one-way: `target` and `arguments` mention
/// `Param(0..type_params)`, which become the leading type arguments of the methods.
#[derive(Clone, Debug)]
pub struct ImplDef {
    pub interface: InterfaceId,
    pub type_params: usize,
    pub arguments: Vec<Type>,
    pub target: Type,
    /// What `where` asks for by interfaces with arguments: they tell the parameters that `target` does not mention, such
    /// as `T.Item`.
    pub bounds: Vec<ImplBound>,
    pub methods: Vec<FnId>,
}

#[derive(Clone, Debug)]
pub struct ImplBound {
    pub interface: InterfaceId,
    pub arguments: Vec<Type>,
    pub ty: Type,
}

#[derive(Clone, Debug)]
pub struct ConstDef {
    pub name: String,
    pub file: usize,
    /// Those of the struct whose field's default it is; a top-level `let` has none.
    pub type_params: usize,
    pub ty: Type,
    /// Literals, constructors, tuples, lists, structs, other constants, operators on numbers and
    /// strings, `U8x16.of(…)`: `snow-ir` inlines or folds it at each use.
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub struct TestDef {
    pub name: String,
    /// Does it need the system's clock, sockets and workers? Others run in deterministic mode.
    pub system: bool,
    pub file: usize,
    pub span: Span,
    /// A function without parameters, kind `Actor` (so that a test may receive) with message type
    /// inferred from its body (`Unit` if it does not receive).
    pub function: FnId,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub ty: Type,
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Int(i64),
    Float(f64),
    Bool(bool),
    Unit,
    String(String),
    /// `type_args` is not empty only for locals bound by `Stmt::LetPolymorphic`.
    Local(LocalId, Vec<Type>),
    /// With type arguments: the default of a field has those of its struct.
    Const(ConstId, Vec<Type>),
    /// A function, method or constructor as a value.
    Function(Target),
    Call(Callee, Vec<Expr>),
    /// Constructor by index; all arguments present. The type is in `ty`.
    Construct(usize, Vec<Expr>),
    /// Fields as (declaration index, value), in the order written, which is the order of evaluation.
    Struct(Vec<(usize, Expr)>),
    Update(Box<Expr>, Vec<(usize, Expr)>),
    /// Struct field or tuple element.
    Field(Box<Expr>, usize),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Block(Block),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Arms are tried in order. `Fallthrough` says what happens when none matches.
    Match(Box<Expr>, Vec<Arm>, Fallthrough),
    /// Local functions are closures bound by `Let`; recursive ones by `Stmt::LetRecursive`.
    Closure(Box<Closure>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// Parts are all of type String already.
    Concat(Vec<Expr>),
    /// Condition, body; type Unit.
    While(Box<Expr>, Box<Expr>),
    For(Box<For>),
    /// From the nearest function or closure.
    Return(Box<Expr>),
    Break,
    Continue,
    /// `e?` on `Option` or `Result` (told by the operand's type). `convert`: a `From` conversion of the error.
    Try {
        operand: Box<Expr>,
        convert: Option<Target>,
    },
    /// Starts an actor (or a supervisor, or the loop of a service).
    Spawn(Target, Vec<Expr>),
    Send(Box<Expr>, Box<Expr>),
    /// In tail position of an actor: become that actor (same message type). Type Never.
    Become(Target, Vec<Expr>),
    /// Arms match the oldest message, of type `message`.
    Receive {
        message: Type,
        arms: Vec<Arm>,
        fallthrough: Fallthrough,
        after: Option<(Box<Expr>, Box<Expr>)>,
    },
    SelfPid,
    /// Type Bytes.
    Bits(Vec<BitSegment<Expr>>),
    /// Ends the actor. The operand is a String. Type Never.
    Panic(Box<Expr>),
}

/// What happens to a value that no arm matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fallthrough {
    /// Not looked at yet. None of these is left in a checked program.
    Unchecked(Origin),
    /// Proven exhaustive.
    Impossible,
    /// Panic with this message.
    Panic(&'static str),
}

/// Where arms stand: what it means when they do not cover every value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// An error.
    Case,
    /// A warning; panics.
    Clauses,
    /// A warning; panics.
    Receive,
    /// Nothing: any other message fails the test, as it should.
    ReceiveOfTest,
    /// An error with advice of its own.
    Let,
}

/// What a call or a function value refers to, before copies are made.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    Function(FnId, Vec<Type>),
    /// Method `index` of `interface<arguments>` for `self_type`: the impl is chosen once `self_type`
    /// is concrete. `type_args` are the method's own.
    Method {
        interface: InterfaceId,
        arguments: Vec<Type>,
        index: usize,
        self_type: Type,
        type_args: Vec<Type>,
    },
    /// Constructor function of a sum type: the index; the sum type is the function type's result.
    Constructor(usize),
}

#[derive(Clone, Debug)]
pub enum Callee {
    Target(Target),
    Value(Box<Expr>),
}

#[derive(Clone, Debug)]
pub struct Block {
    pub statements: Vec<Stmt>,
    /// Absent: Unit.
    pub value: Option<Box<Expr>>,
}

#[derive(Clone, Debug)]
pub enum Stmt {
    /// The pattern is irrefutable, or `Fallthrough` says how it fails.
    Let(Pattern, Expr, Fallthrough),
    /// A closure used at several types: each use names its types for the parameters
    /// (`Type::Param` numbers, in this order) and is lowered there.
    LetPolymorphic(LocalId, Vec<u32>, Expr),
    /// Local functions that call themselves or each other; each value is a `Closure`.
    LetRecursive(Vec<(LocalId, Expr)>),
    Expr(Expr),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Expr,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Closure {
    pub params: Vec<Param>,
    /// Clauses are already folded into a `Match`.
    pub body: Expr,
    pub result: Type,
}

#[derive(Clone, Debug)]
pub struct For {
    pub pattern: Pattern,
    pub iterable: ForIterable,
    pub condition: Option<Expr>,
    pub body: Expr,
    /// Is the resulting list used? If not, the loop has type Unit in effect and builds none.
    pub collect: bool,
}

#[derive(Clone, Debug)]
pub enum ForIterable {
    /// Half-open: from, to.
    Range(Expr, Expr),
    /// A `List<T>` (maps and sets are turned into lists by calls), or a `Loop<T>` of `Iter.Loop`, whose steps are taken
    /// one by one.
    Elements(Expr),
}

#[derive(Clone, Debug)]
pub struct Pattern {
    pub ty: Type,
    pub span: Span,
    pub kind: PatternKind,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    Wildcard,
    Bind(LocalId),
    Int(i64),
    /// The numbers from the first to the last, which is not below it.
    Range(i64, i64),
    Float(f64),
    Bool(bool),
    String(String),
    Unit,
    Tuple(Vec<Pattern>),
    Constructor(usize, Vec<Pattern>),
    /// One pattern for each field, in declaration order.
    Struct(Vec<Pattern>),
    /// Exactly these elements.
    List(Vec<Pattern>),
    /// First elements, at least one, and the rest (a List).
    Cons(Vec<Pattern>, Box<Pattern>),
    Or(Vec<Pattern>),
    As(Box<Pattern>, LocalId),
    /// Over Bytes, or over a view of a Buffer.
    Bits(Vec<BitSegment<Pattern>>),
}

/// One segment of `<<…>>`. In a pattern, `Bits` and `Computed` segments have Int patterns, `Bytes` and
/// `Rest` segments Bytes patterns, a `View` the pattern of a view, `Text` a String; in an expression likewise,
/// where there is no `View`, and a `Text` is a `Rest`.
#[derive(Clone, Debug)]
pub struct BitSegment<V> {
    pub span: Span,
    pub value: V,
    pub size: BitSize,
    pub signed: bool,
    pub little: bool,
}

#[derive(Clone, Debug)]
pub enum BitSize {
    /// At most 64 bits; a little-endian segment has a multiple of 8.
    Bits(u32),
    /// So many bits: an Int expression, which in a pattern may use locals bound by earlier segments.
    Computed(Box<Expr>),
    /// So many bytes: the same holds for the expression.
    Bytes(Box<Expr>),
    /// All bytes that are left.
    Rest,
    /// All that is left of a view, as a view.
    View,
    /// In a pattern, as many bytes as its String has.
    Text,
}

impl BitSize {
    /// The expression that tells the size, where there is one.
    pub fn expression(&self) -> Option<&Expr> {
        match self {
            BitSize::Computed(size) | BitSize::Bytes(size) => Some(size),
            BitSize::Bits(_) | BitSize::Rest | BitSize::View | BitSize::Text => None,
        }
    }
}
