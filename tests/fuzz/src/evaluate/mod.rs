//! The judge: works out what each case of a program must print, over the fuzzer's own tree.

mod actors;
mod bits;
mod block;
mod expression;
mod operators;
mod order;
mod pattern;
mod show;
mod value;

pub use order::{compare, hash, partial_compare};
pub use value::{Environment, Function, Process, Value};

use crate::program::{Closure, Program};
use std::rc::Rc;

/// How many steps a case may take. One that takes more is left out of its program.
const FUEL: u64 = 60_000;

/// The longest text, list or buffer.
pub const LONGEST: usize = 1 << 14;

/// Calls within calls; the evaluator's own stack is finite.
const DEEPEST: usize = 3_000;

/// The stack for that.
const STACK: usize = 1 << 30;

/// Why an expression has no value.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The actor ends, with this text.
    Crash(String),
    Return(Value),
    Break,
    Continue,
    /// The language does not say what happens: the case proves nothing.
    Unspecified(&'static str),
    /// It takes too long, or too much memory.
    OutOfFuel,
}

pub type Outcome<T = Value> = Result<T, Stop>;

/// What runs a program.
pub struct Machine<'a> {
    pub program: &'a Program,
    fuel: u64,
    depth: usize,
}

/// What becomes of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Prints(String),
    /// It is left out, for this reason.
    LeftOut(&'static str),
}

/// Works out all cases, and keeps those of which it is known what they must print.
pub fn judge(program: &mut Program) {
    let verdicts = verdicts(program);
    let mut verdicts = verdicts.into_iter();
    program.cases.retain_mut(|case| match verdicts.next().expect("one for each case") {
        Verdict::Prints(text) => {
            case.expected = text;
            true
        }
        Verdict::LeftOut(_) => false,
    });
}

/// Works out all cases, on a stack that is deep enough.
pub fn verdicts(program: &Program) -> Vec<Verdict> {
    std::thread::scope(|scope| {
        let work = || (0..program.cases.len()).map(|number| verdict(program, number)).collect();
        let builder = std::thread::Builder::new().stack_size(STACK);
        builder
            .spawn_scoped(scope, work)
            .expect("a thread starts")
            .join()
            .expect("the evaluator has an answer")
    })
}

fn verdict(program: &Program, number: usize) -> Verdict {
    let case = &program.cases[number];
    let mut machine = Machine { program, fuel: FUEL, depth: 0 };
    let debug = program.shown_by(&case.call.ty) == crate::program::Bound::Debug;
    let value = machine.evaluate(&case.call, &Environment::default());
    let shown = value.and_then(|value| machine.text_of(&value, debug));
    match shown {
        Ok(text) => Verdict::Prints(format!("Ok({text})")),
        Err(Stop::Crash(text)) => Verdict::Prints(format!("Err({text})")),
        Err(Stop::Unspecified(why)) => Verdict::LeftOut(why),
        Err(Stop::OutOfFuel) => Verdict::LeftOut("it takes too long"),
        Err(Stop::Return(_) | Stop::Break | Stop::Continue) => unreachable!("a call ends these"),
    }
}

impl Machine<'_> {
    /// Takes so much fuel.
    pub fn burn(&mut self, amount: usize) -> Outcome<()> {
        match self.fuel.checked_sub(amount as u64) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => Err(Stop::OutOfFuel),
        }
    }

    /// For something of this length, which must not be too long.
    pub fn room(&mut self, length: usize) -> Outcome<()> {
        if length > LONGEST { Err(Stop::OutOfFuel) } else { self.burn(length / 8) }
    }

    /// Calls a value.
    pub fn apply(&mut self, function: &Value, arguments: Vec<Value>) -> Outcome {
        let Value::Function(function) = function else { unreachable!("{function:?} is no function") };
        match function {
            Function::Closure(closure, environment) => {
                let closure: Rc<Closure> = closure.clone();
                self.enter(&closure, environment.clone(), arguments)
            }
            Function::Named(number) => {
                let program = self.program;
                self.enter(&program.functions[*number].body, Environment::default(), arguments)
            }
            Function::Library(number) => crate::library::call(self, *number, arguments),
            Function::Constructor(declaration, constructor) => Ok(Value::Data {
                declaration: *declaration,
                constructor: *constructor,
                fields: arguments.into(),
            }),
        }
    }

    /// Runs the first clause that the arguments match.
    pub fn enter(&mut self, closure: &Closure, around: Environment, arguments: Vec<Value>) -> Outcome {
        self.burn(1)?;
        if self.depth == DEEPEST {
            return Err(Stop::OutOfFuel);
        }
        self.depth += 1;
        let outcome = self.clauses(closure, around, &arguments);
        self.depth -= 1;
        match outcome {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn clauses(&mut self, closure: &Closure, around: Environment, arguments: &[Value]) -> Outcome {
        for clause in &closure.clauses {
            let mut environment = around.clone();
            let mut matched = true;
            for (pattern, argument) in clause.patterns.iter().zip(arguments) {
                matched = matched && self.matches(pattern, argument, &mut environment)?;
            }
            if matched && self.holds(clause.guard.as_ref(), &environment)? {
                return self.block(&clause.body, environment);
            }
        }
        Err(Stop::Crash("non-exhaustive match".into()))
    }
}
