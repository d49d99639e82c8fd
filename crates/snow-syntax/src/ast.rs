//! The abstract syntax tree of one source file: what the checker reads.
//!
//! Every node knows its span. Operators, pipes and sugar stay as written; the
//! checker gives them their meaning. Where the source had an error, the parser
//! leaves `Error` nodes, about which nothing further may be reported.

use crate::mentioned_names::Mentions;
use crate::span::Span;

/// A name with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// What sugar and generated code mean by a name is the library's, whatever the program calls its own: this stands in front
/// of it, and no source can write it.
pub const LIBRARY: &str = "std:";

/// `Geometry.Plane`: at least one segment.
pub type Path = Vec<Name>;

#[derive(Clone, Debug, Default)]
pub struct File {
    /// The `##!` page.
    pub doc: Option<String>,
    pub items: Vec<Item>,
    /// What the file names; the checker needs only the items.
    pub mentions: Mentions,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub doc: Option<String>,
    pub public: bool,
    pub span: Span,
    pub kind: ItemKind,
}

#[derive(Clone, Debug)]
pub enum ItemKind {
    /// One clause; adjacent clauses of one name and arity form a function (the checker groups them).
    Fn(FnClause),
    Extern(ExternFn),
    Struct(StructDecl),
    Sum(SumDecl),
    Alias(AliasDecl),
    Interface(InterfaceDecl),
    Impl(ImplDecl),
    Actor(ActorDecl),
    Service(ServiceDecl),
    Supervisor(SupervisorDecl),
    Module(Name, Vec<Item>),
    Import(Import),
    /// Top-level `let`: a constant.
    Let(LetStmt),
    Test(TestDecl),
    /// A top-level expression: parsed so that it can be rejected clearly.
    Expr(Expr),
    Error,
}

/// `import Geometry.Plane as Flat`, or names of the module: `import Geometry.Plane.{distance, Point as Dot}`, which is
/// `from Geometry.Plane import distance, Point as Dot`. A public one hands on what it imports.
#[derive(Clone, Debug)]
pub struct Import {
    pub path: Path,
    /// What the module is called here.
    pub alias: Option<Name>,
    /// `None`: the module itself.
    pub names: Option<Vec<ImportedName>>,
}

#[derive(Clone, Debug)]
pub struct ImportedName {
    pub name: Name,
    pub alias: Option<Name>,
}

impl ImportedName {
    /// What it is called here.
    pub fn own_name(&self) -> &Name {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

#[derive(Clone, Debug)]
pub struct TypeParam {
    pub name: Name,
}

/// `T: Interface` in a `where` clause.
#[derive(Clone, Debug)]
pub struct Bound {
    pub param: Name,
    pub interface: Path,
    pub arguments: Vec<TypeExpr>,
}

#[derive(Clone, Debug)]
pub struct FnClause {
    pub name: Name,
    pub type_params: Vec<TypeParam>,
    pub params: Vec<Param>,
    pub result: Option<TypeExpr>,
    pub bounds: Vec<Bound>,
    pub guard: Option<Expr>,
    pub body: Block,
}

/// A parameter is a pattern with an optional type. `self` is the variable pattern `self`.
#[derive(Clone, Debug)]
pub struct Param {
    pub pattern: Pattern,
    pub annotation: Option<TypeExpr>,
}

/// `extern fn name<T>(a :: Int) -> Int`: only in the standard library.
#[derive(Clone, Debug)]
pub struct ExternFn {
    pub name: Name,
    pub type_params: Vec<TypeParam>,
    pub params: Vec<Param>,
    pub result: Option<TypeExpr>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub doc: Option<String>,
    pub name: Name,
    pub annotation: TypeExpr,
    /// What a literal that leaves the field out gives it: a constant expression.
    pub default: Option<Expr>,
}

/// `None`: no `deriving` clause at all (the defaults apply); `Some([])`: derive nothing.
pub type Deriving = Option<Vec<Derived>>;

/// `Eq`, or `Json(user_name: "userName")`
#[derive(Clone, Debug)]
pub struct Derived {
    pub name: Name,
    /// Fields and constructors, and what they are called instead.
    pub renamings: Vec<(Name, String)>,
}

#[derive(Clone, Debug)]
pub struct StructDecl {
    /// Only its module may build, change, match and read it.
    pub opaque: bool,
    pub name: Name,
    pub type_params: Vec<TypeParam>,
    pub fields: Vec<Field>,
    pub deriving: Deriving,
}

#[derive(Clone, Debug)]
pub struct SumDecl {
    /// Only its module may build and match it.
    pub opaque: bool,
    pub name: Name,
    pub type_params: Vec<TypeParam>,
    pub variants: Vec<Variant>,
    pub deriving: Deriving,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub doc: Option<String>,
    pub name: Name,
    /// Positional; a label is documentation.
    pub payload: Vec<(Option<Name>, TypeExpr)>,
}

#[derive(Clone, Debug)]
pub struct AliasDecl {
    pub name: Name,
    pub type_params: Vec<TypeParam>,
    pub target: TypeExpr,
}

#[derive(Clone, Debug)]
pub struct InterfaceDecl {
    pub name: Name,
    pub type_params: Vec<TypeParam>,
    /// `type Item` lines.
    pub associated: Vec<Name>,
    pub methods: Vec<MethodDecl>,
}

#[derive(Clone, Debug)]
pub struct MethodDecl {
    pub doc: Option<String>,
    pub name: Name,
    pub params: Vec<Param>,
    pub result: Option<TypeExpr>,
    pub default: Option<Block>,
    pub span: Span,
}

/// `impl Add for Money`, `impl Eq for List<T> where T: Eq`, `impl Eq for (A, B) where …`.
#[derive(Clone, Debug)]
pub struct ImplDecl {
    pub interface: Path,
    pub arguments: Vec<TypeExpr>,
    /// Upper-case names in it that are no declared types are the impl's type parameters.
    pub target: TypeExpr,
    pub bounds: Vec<Bound>,
    /// `type Item = X` lines.
    pub associated: Vec<(Name, TypeExpr)>,
    pub methods: Vec<FnClause>,
}

#[derive(Clone, Debug)]
pub struct ActorDecl {
    pub name: Name,
    pub params: Vec<Param>,
    pub body: Block,
    pub terminate: Option<Block>,
}

#[derive(Clone, Debug)]
pub struct ServiceDecl {
    pub name: Name,
    pub init: Option<FnClause>,
    pub functions: Vec<FnClause>,
    pub handlers: Vec<Handler>,
}

#[derive(Clone, Debug)]
pub struct Handler {
    /// `call` or `cast`.
    pub is_call: bool,
    pub name: Name,
    pub params: Vec<Param>,
    pub reply: Option<TypeExpr>,
    pub state: Option<Name>,
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct SupervisorDecl {
    pub name: Name,
    pub params: Vec<Param>,
    pub settings: Vec<(Name, Expr)>,
    pub children: Vec<ChildDecl>,
}

#[derive(Clone, Debug)]
pub struct ChildDecl {
    pub name: Name,
    pub settings: Vec<(Name, Expr)>,
    pub span: Span,
}

/// `test "name" do … end`, `test "name" with system do … end`
#[derive(Clone, Debug)]
pub struct TestDecl {
    pub name: String,
    pub name_span: Span,
    /// Does it need the system's clock, sockets and workers?
    pub system: bool,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct TypeExpr {
    pub span: Span,
    pub kind: TypeKind,
}

#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `Int`, `Plane.Point`, `List<T>`; `T?` and `T!E` are `Option` and `Result` here already.
    Named(Path, Vec<TypeExpr>),
    Tuple(Vec<TypeExpr>),
    Unit,
    Fun(Vec<TypeExpr>, Box<TypeExpr>),
    Error,
}

/// Statements between `do` and `end`; its value is the last statement's when that is an expression.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub span: Span,
    pub statements: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub enum Stmt {
    Let(LetStmt),
    /// A named local function: one clause, grouped by the checker. It may capture.
    Fn(FnClause),
    Expr(Expr),
    Error(Span),
}

#[derive(Clone, Debug)]
pub struct LetStmt {
    pub span: Span,
    pub pattern: Pattern,
    pub annotation: Option<TypeExpr>,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    Range,
    /// `a..=b`
    RangeInclusive,
    /// `<>` and `++`
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Negate,
    Not,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    /// Out-of-range literals are reported by the parser and become 0. Characters are numbers here already.
    Int(i64),
    Float(f64),
    Bool(bool),
    /// `nil` and `()`
    Unit,
    String(Vec<StringPart>),
    /// A variable, function, constructor, or (as the base of a member access) a module or type.
    Name(String),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// `Pair { left: 1 }`; a field's name alone is `name: name` here already.
    Struct(Path, Vec<(Name, Expr)>),
    /// `%{base | field: value}`
    Update(Box<Expr>, Vec<(Name, Expr)>),
    /// `x.name` without a call
    Member(Box<Expr>, Name),
    /// `f(a, b)`; `x.name(a)` is a call of a `Member`. A trailing closure is the last argument.
    Call(Box<Expr>, Vec<Expr>),
    Index(Box<Expr>, Box<Expr>),
    Try(Box<Expr>),
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `x |> f(a)`
    Pipe(Box<Expr>, Box<Expr>),
    /// `if a do … else if b do … else … end`: at least one condition with its block.
    If(Vec<(Expr, Block)>, Option<Block>),
    Case(Box<Expr>, Vec<Arm>),
    Closure(Vec<ClosureClause>),
    For(Box<ForExpr>),
    While(Box<Expr>, Block),
    Return(Option<Box<Expr>>),
    Break,
    Continue,
    /// The first argument is the actor.
    Spawn(Vec<Expr>),
    Send(Vec<Expr>),
    Link(Vec<Expr>),
    /// `self()`
    SelfCall,
    Receive(Vec<Arm>, Option<Box<After>>),
    /// `<<…>>`
    Bits(Vec<BitSegment<Expr>>),
    /// `assert expr`
    Assert(Box<Expr>),
    /// A long chain of operators, calls or members: each step but the first has the value of the one
    /// before as `Previous`, once, where it is evaluated first. The last step's value is the chain's.
    Steps(Vec<Expr>),
    /// The value of the step before.
    Previous,
    /// The closure of a supervisor's child: it gives an address. Made by the checker, never by the parser.
    ChildStart(Box<Expr>),
    Error,
}

#[derive(Clone, Debug)]
pub enum StringPart {
    /// Escapes are decoded.
    Text(String),
    Expr(Expr),
}

/// `pattern [when guard] -> body`; the body is one expression or a `do … end` block.
#[derive(Clone, Debug)]
pub struct Arm {
    pub span: Span,
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct After {
    pub milliseconds: Expr,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct ClosureClause {
    pub span: Span,
    pub params: Vec<Param>,
    pub guard: Option<Expr>,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct ForExpr {
    pub pattern: ForPattern,
    pub iterable: Expr,
    pub condition: Option<Expr>,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub enum ForPattern {
    One(Pattern),
    /// `{k, v}` over a Map
    Pair(Name, Name),
}

#[derive(Clone, Debug)]
pub struct Pattern {
    pub span: Span,
    pub kind: PatternKind,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    Wildcard,
    /// A binding, or a nullary constructor: the checker decides by what is declared.
    Name(String),
    /// Also of a character: `'a'`.
    Int(i64),
    /// `'a'..='z'`, `1..4`: the first and the last number of it, in order.
    Range(i64, i64),
    Float(f64),
    Bool(bool),
    String(String),
    Unit,
    Tuple(Vec<Pattern>),
    /// `Some(x)`, `Shape.Disc(r)`, `Shape.Leaf`
    Constructor(Path, Vec<Pattern>),
    /// `Pair { left: p, right }`: the fields named, others ignored.
    Struct(Path, Vec<(Name, Pattern)>),
    List(Vec<Pattern>),
    /// `a :: b :: rest`: the elements before the rest, at least one.
    Cons(Vec<Pattern>, Box<Pattern>),
    Or(Vec<Pattern>),
    As(Box<Pattern>, Name),
    Bits(Vec<BitSegment<Pattern>>),
    Error,
}

/// One segment of `<<…>>`, in a pattern (`V = Pattern`) or in an expression (`V = Expr`).
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
    /// A number of bits; 8 when none is written.
    Bits(u32),
    /// `name::(n)`: n bits; in a pattern n may use names bound by earlier segments.
    Computed(Box<Expr>),
    /// `name::bytes(n)`: n bytes; the same holds for n.
    Bytes(Box<Expr>),
    /// A final `rest::bytes`.
    Rest,
    /// A final `rest::view`.
    View,
    /// As many bytes as the text has that stands there.
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
