//! Patterns, and what stands behind them.

use super::{Block, Expression, Name, Type};

#[derive(Clone, Debug)]
pub enum Pattern {
    Wildcard,
    Variable(Name),
    Int(i64),
    Bool(bool),
    String(String),
    Unit,
    Tuple(Vec<Pattern>),
    /// The type's declaration and the constructor's position in it.
    Constructor(usize, usize, Vec<Pattern>),
    /// Some fields of a struct: declaration, and for each field its position. A field that binds its own name is
    /// written without a pattern.
    Struct(usize, Vec<(usize, Pattern)>),
    List(Vec<Pattern>),
    Cons(Box<Pattern>, Box<Pattern>),
    Or(Vec<Pattern>),
    As(Box<Pattern>, Name),
    Bits(Vec<BitPattern>),
}

/// A segment of a bit pattern.
#[derive(Clone, Debug)]
pub struct BitPattern {
    /// A wildcard, a variable, a number, or a text of `Text`.
    pub value: Pattern,
    pub size: PatternSize,
    pub little: bool,
    pub signed: bool,
}

#[derive(Clone, Debug)]
pub enum PatternSize {
    Bits(u32),
    /// So many bits; the number may use names bound further left.
    Computed(Expression),
    /// As many bytes as the text has.
    Text,
    /// So many bytes; the same holds for the number.
    Bytes(Expression),
    Rest,
}

/// What a `for` binds.
#[derive(Clone, Debug)]
pub enum ForBinding {
    One(Pattern),
    /// `{key, value}` of a map.
    Pair(Name, Name),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expression>,
    pub body: Block,
}

/// One clause of a function or closure.
#[derive(Clone, Debug)]
pub struct Clause {
    pub patterns: Vec<Pattern>,
    pub guard: Option<Expression>,
    pub body: Block,
}

impl Pattern {
    /// Does it match every value, seen without knowledge of types?
    pub fn is_irrefutable(&self) -> bool {
        match self {
            Pattern::Wildcard | Pattern::Variable(_) => true,
            Pattern::Tuple(parts) => parts.iter().all(Pattern::is_irrefutable),
            Pattern::As(inner, _) => inner.is_irrefutable(),
            _ => false,
        }
    }

    /// The names that it binds, in order.
    pub fn names(&self, into: &mut Vec<Name>) {
        match self {
            Pattern::Variable(name) => into.push(*name),
            Pattern::Tuple(parts) | Pattern::Constructor(_, _, parts) | Pattern::List(parts) => {
                parts.iter().for_each(|part| part.names(into));
            }
            Pattern::Struct(_, fields) => fields.iter().for_each(|(_, part)| part.names(into)),
            Pattern::Cons(head, tail) => {
                head.names(into);
                tail.names(into);
            }
            // All alternatives bind the same.
            Pattern::Or(parts) => parts[0].names(into),
            Pattern::As(inner, name) => {
                inner.names(into);
                into.push(*name);
            }
            Pattern::Bits(segments) => segments.iter().for_each(|segment| segment.value.names(into)),
            _ => {}
        }
    }
}

impl Clause {
    /// A clause with one variable for each parameter.
    pub fn simple(names: &[Name], body: Block) -> Clause {
        Clause { patterns: names.iter().map(|name| Pattern::Variable(*name)).collect(), guard: None, body }
    }
}

/// The parameter types with the result, for a clause that takes them as they are.
pub fn simple_closure(parameters: Vec<(Name, Type)>, body: Block) -> super::Closure {
    let (names, parameters): (Vec<Name>, Vec<Type>) = parameters.into_iter().unzip();
    let result = body.value.ty.clone();
    super::Closure { parameters, result, clauses: vec![Clause::simple(&names, body)] }
}
