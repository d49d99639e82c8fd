//! Lowering: from the typed tree to SSA form, in one monomorphic copy of each function that the program
//! reaches.
//!
//! `monomorphise` has the list of copies to make; `function` makes one of them, with `builder` for the SSA
//! form; the other files lower one kind of expression each. `match_compiler` compiles `case`, `tail_call` has
//! the rule for tail calls, and `park` is where an actor waits.

mod actor;
mod bit_construction;
mod bit_loops;
mod builder;
mod call;
mod closure;
mod constant;
mod control_flow;
mod expression;
mod extern_functions;
mod function;
mod list;
mod local_uses;
mod match_compiler;
mod monomorphise;
mod park;
mod primitive;
mod receive;
mod statement;
mod static_dispatch;
mod string_concat;
mod tail_call;
mod types;

use crate::ir;
use monomorphise::Context;
use snow_check::hir;
use snow_syntax::span::Span;

/// Where a program begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// At `fn main()`.
    Main,
    /// At each test.
    Tests,
}

/// Why a correct program cannot be compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LowerError {
    /// Index of the source file.
    pub file: u32,
    pub span: Span,
    pub message: String,
}

/// Lowers all that is reached from the entry. `files` are the paths by index, for crash messages.
pub fn lower(program: &hir::Program, files: &[String], entry: Entry) -> Result<ir::Program, LowerError> {
    let mut context = Context::new(program, files);
    let mut main = None;
    let mut tests = Vec::new();
    match entry {
        Entry::Main => match program.main {
            Some(function) => main = Some(context.start(function)),
            None => {
                let message = "there is no `fn main()`".to_owned();
                return Err(LowerError { file: 0, span: Span::default(), message });
            }
        },
        Entry::Tests => {
            for test in &program.tests {
                let entry = context.start(test.function);
                tests.push(ir::Test {
                    name: test.name.clone(),
                    file: test.file as u32,
                    span: test.span,
                    entry,
                    system: test.system,
                });
            }
        }
    }
    let (functions, statics) = context.finish()?;
    Ok(ir::Program { functions, statics, main, tests, files: files.to_vec() })
}
