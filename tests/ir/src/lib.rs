//! What tests of the intermediate form share: an interpreter that says what a program means, random programs,
//! programs written as text, and a builder of functions.

pub mod build;
pub mod interpreter;
pub mod random;
mod text_parser;

pub use text_parser::program;

use interpreter::{Data, Machine, int};

use snow_ir::ir::{FuncId, Function, Program};
use snow_ir::{text, verify};

/// The first function of the text, after a pass over it, as text. Verifies it before and after, and
/// compares what it does with each row of Int arguments.
pub fn check(source: &str, rows: &[&[i64]], pass: impl FnOnce(&mut Program)) -> String {
    let mut program = program(source);
    verify::verify(&program).unwrap_or_else(|errors| panic!("before: {errors:#?}\n{source}"));
    let before: Vec<_> = rows.iter().map(|row| run(&program, row)).collect();
    pass(&mut program);
    let shown = text::function(&program.functions[first()], &program);
    verify::verify(&program).unwrap_or_else(|errors| panic!("after: {errors:#?}\n{shown}"));
    let after: Vec<_> = rows.iter().map(|row| run(&program, row)).collect();
    assert_eq!(before, after, "what it gives, before and after\n{shown}");
    shown
}

/// As `check`, for passes over one function.
pub fn check_function(source: &str, rows: &[&[i64]], pass: impl FnOnce(&mut Function)) -> String {
    check(source, rows, |program| pass(&mut program.functions[first()]))
}

/// The function that tests are about.
pub fn first() -> FuncId {
    FuncId::from_u32(0)
}

/// The result of the first function, or the message of its panic.
pub fn run(program: &Program, arguments: &[i64]) -> Result<i64, String> {
    let arguments = arguments.iter().map(|number| Data::Int(*number)).collect();
    Machine::new(program).run(first(), arguments).map(|value| int(&value))
}

/// How often a text occurs.
pub fn count(shown: &str, what: &str) -> usize {
    shown.matches(what).count()
}
