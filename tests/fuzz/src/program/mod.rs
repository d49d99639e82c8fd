//! A Snow program as the fuzzer sees it: a tree in which every expression knows its type.
//!
//! It is what the generator makes, the evaluator runs, the printer writes as text, and the reducer and the
//! mutator change. It shares nothing with the compiler's trees: a misunderstanding there must not be one here.

mod abilities;
mod actor;
mod declaration;
mod expression;
mod pattern;
mod traverse;
mod types;

pub use actor::{Actor, ActorEnd, Handler, ReceiveArm, Service};
pub use declaration::{Constructor, Declaration, Implementation, Interface, Method};
pub use expression::{
    BinaryOperator, Block, Callee, Closure, Expression, For, Kind, Leave, Segment, SegmentSize, Statement,
    Style, TextPart, UnaryOperator,
};
pub use pattern::{Arm, BitPattern, Clause, ForBinding, Pattern, PatternSize, simple_closure};
pub use traverse::{each_body, each_body_mut};
pub use types::{Bound, Head, OPTION, ORDERING, RESULT, Type};

/// A variable; it is printed as `v7`.
pub type Name = u32;

/// A whole program: files, and calls whose results it prints.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Where items stand, in the order in which they may refer to each other. The last one is `main.snow`.
    pub homes: Vec<Home>,
    /// The first ones are those of the library: see `declaration::OPTION` and its neighbours.
    pub declarations: Vec<Declaration>,
    pub interfaces: Vec<Interface>,
    pub implementations: Vec<Implementation>,
    pub conversions: Vec<Conversion>,
    pub constants: Vec<Constant>,
    pub functions: Vec<Function>,
    pub actors: Vec<Actor>,
    pub services: Vec<Service>,
    pub cases: Vec<Case>,
}

/// A place for items.
#[derive(Clone, Debug, PartialEq)]
pub enum Home {
    /// A file of this name, without its ending: `alpha` is the module `Alpha`.
    File(String),
    /// A module inside `main.snow`.
    Inline(String),
    Main,
}

/// `let limit = 5` at top level.
#[derive(Clone, Debug)]
pub struct Constant {
    pub home: usize,
    pub value: Expression,
}

/// `impl From<Int> for Problem`, which `?` goes through.
#[derive(Clone, Debug)]
pub struct Conversion {
    pub home: usize,
    pub from: Type,
    pub to: Type,
    pub body: Closure,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub home: usize,
    /// For each type parameter, what it must be able to do.
    pub bounds: Vec<Vec<Bound>>,
    pub body: Closure,
    /// Are the types of parameters and result written?
    pub annotated: bool,
}

/// One line of the output: a function and its arguments.
#[derive(Clone, Debug)]
pub struct Case {
    pub call: Expression,
    /// What the program must print for it, as the evaluator says.
    pub expected: String,
}

impl Program {
    /// Values that a case prints: for tests of the judge.
    pub fn expected_output(&self) -> String {
        self.cases.iter().enumerate().map(|(number, case)| format!("{number}: {}\n", case.expected)).collect()
    }

    /// The constructor's position among its type's, and what it holds, with the type's arguments put in.
    pub fn fields(&self, ty: &Type, constructor: usize) -> Vec<Type> {
        let Head::Declared(declaration) = ty.head else { unreachable!("{ty:?} has no constructors") };
        let constructor = &self.declarations[declaration].constructors[constructor];
        constructor.fields.iter().map(|field| field.with(&ty.arguments)).collect()
    }
}
