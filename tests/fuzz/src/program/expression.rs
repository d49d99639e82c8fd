//! Expressions, statements and blocks.

use super::{Arm, Clause, Name, Type};

#[derive(Clone, Debug)]
pub struct Expression {
    pub ty: Type,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Int(i64),
    /// By its bits, so that NaN is like the others. Only finite ones that are not negative are literals.
    Float(f64),
    Bool(bool),
    String(String),
    Bytes(Vec<u8>),
    Unit,
    /// No expression at all, where a block wants a value: only mutants have it.
    Nothing,
    Variable(Name),
    /// A top-level `let`.
    Constant(usize),
    Tuple(Vec<Expression>),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    /// A constructor, or a struct with all its fields in order.
    Construct(usize, Vec<Expression>),
    /// A constructor as a function value: `Some`.
    ConstructorValue(usize, usize),
    /// `%{base | field: value}`
    Update(Box<Expression>, Vec<(usize, Expression)>),
    Field(Box<Expression>, usize),
    Unary(UnaryOperator, Box<Expression>),
    Binary(BinaryOperator, Box<Expression>, Box<Expression>),
    Text(Vec<TextPart>),
    If(Box<Expression>, Block, Option<Block>),
    Case(Box<Expression>, Vec<Arm>),
    Call(Callee, Vec<Expression>, Style),
    /// A function of the program as a value.
    FunctionValue(usize),
    /// A function of the library as a value.
    LibraryValue(usize),
    Closure(Box<Closure>),
    For(Box<For>),
    While(Box<Expression>, Block),
    /// `e?`; an error of another type goes through a conversion, whose position this is.
    Try(Box<Expression>, Option<usize>),
    Leave(Leave),
    Bits(Vec<Segment>),
    /// `default()`
    Default,
    /// The same value behind a function whose type is written: for what has no type of its own, such as `None`.
    Ascribe(Box<Expression>),
    /// `Job.await(Job.async(fn -> … end))`
    Job(Box<Block>),
    /// `Job.map(list, f)`
    JobMap(Box<Expression>, Box<Expression>),
    /// `spawn(actor, state…)`
    Spawn(usize, Vec<Expression>),
    /// A message without an answer: constructor among the actor's, payload.
    Send(Box<Expression>, usize, Vec<Expression>),
    /// A question to an actor: `Reply.ask(pid, …)`, as an Option of the answer.
    Ask(Box<Expression>, usize, Vec<Expression>),
    /// `Stock.start(…)`
    Start(usize, Vec<Expression>),
    /// `Stock.take_out(pid, …)`: handler; with `try_`, an Option.
    CallService(Box<Expression>, usize, Vec<Expression>, bool),
}

#[derive(Clone, Debug)]
pub struct For {
    /// Two names over a map.
    pub binds: super::pattern::ForBinding,
    pub iterable: Expression,
    pub condition: Option<Expression>,
    pub body: Block,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum UnaryOperator {
    Negate,
    Not,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Concat,
    Range,
}

#[derive(Clone, Debug)]
pub enum TextPart {
    Text(String),
    Value(Expression),
}

#[derive(Clone, Debug)]
pub enum Callee {
    Function(usize),
    /// A position in the library's table.
    Library(usize),
    /// Interface and method.
    Method(usize, usize),
    Value(Box<Expression>),
}

/// How a call is written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Style {
    /// `f(a, b)`
    Plain,
    /// `a |> f(b)`
    Pipe,
    /// `a.f(b)`
    Method,
    /// `a[b]`: of `List.get` and `Map.get`.
    Index,
}

#[derive(Clone, Debug)]
pub enum Leave {
    Return(Box<Expression>),
    Break,
    Continue,
}

/// A function without a name, or the inside of one with a name.
#[derive(Clone, Debug)]
pub struct Closure {
    pub parameters: Vec<Type>,
    pub result: Type,
    pub clauses: Vec<Clause>,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub statements: Vec<Statement>,
    pub value: Box<Expression>,
}

#[derive(Clone, Debug)]
pub enum Statement {
    /// A `let`, with its type or without.
    Let(super::Pattern, bool, Expression),
    Expression(Expression),
    /// `fn name(…) … end` inside a block.
    Function(Name, Closure),
    /// `if condition do return value end`
    LeaveIf(Expression, Leave),
}

/// A segment of a bit construction.
#[derive(Clone, Debug)]
pub struct Segment {
    pub value: Expression,
    pub size: SegmentSize,
    pub little: bool,
    pub signed: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SegmentSize {
    Bits(u32),
    Bytes,
}

impl Expression {
    pub fn new(ty: Type, kind: Kind) -> Expression {
        Expression { ty, kind }
    }

    pub fn int(value: i64) -> Expression {
        Expression::new(Type::int(), Kind::Int(value))
    }

    pub fn bool(value: bool) -> Expression {
        Expression::new(Type::bool(), Kind::Bool(value))
    }

    pub fn unit() -> Expression {
        Expression::new(Type::unit(), Kind::Unit)
    }

    pub fn variable(name: Name, ty: Type) -> Expression {
        Expression::new(ty, Kind::Variable(name))
    }

    pub fn binary(ty: Type, operator: BinaryOperator, left: Expression, right: Expression) -> Expression {
        Expression::new(ty, Kind::Binary(operator, Box::new(left), Box::new(right)))
    }
}

impl Block {
    pub fn of(value: Expression) -> Block {
        Block { statements: Vec::new(), value: Box::new(value) }
    }
}
