//! From the intermediate form (IR) to a loadable image of machine code.
//!
//! Each function is compiled by Cranelift on its own; code bytes, relocations, stack
//! maps and line tables are put together here, without a linker. `snowc run` and
//! `snowc build` take the same path and differ in [`Level`] only.
//!
//! Three rules hold in every function made here, because an actor parks by copying
//! its stack and its heap moves:
//! - the address of a stack slot is never a value of its own (`frame_checks`);
//! - a heap pointer that is needed after a call lies in a stack-map slot during the
//!   call and is loaded again behind it (`stack_maps`, `translate::safepoints`);
//! - an address into bytes is derived again behind a call (`translate::safepoints`).

#![forbid(unsafe_code)]

mod calling_convention;
mod compiled_function;
mod data_section;
mod entry_stubs;
mod error;
mod frame_checks;
mod link;
mod parallel;
mod stack_maps;
mod symbols;
mod target;
mod translate;

pub use error::CodegenError;
pub use target::Level;

use snow_abi::image::Image;
use snow_ir::ir::Program;

/// Compiles a whole program for this machine's architecture.
///
/// `sources` tells the line, counted from 1, of a byte offset in a file of
/// `Program::files`, or 0 when it is unknown.
///
/// # Panics
///
/// When the program breaks the rules that `snow_ir::verify` checks. Debug builds check
/// them all, and say which one it was.
pub fn compile(
    program: &Program,
    sources: &dyn Fn(u32, u32) -> u32,
    level: Level,
) -> Result<Image, CodegenError> {
    if cfg!(debug_assertions)
        && let Err(errors) = snow_ir::verify::verify(program)
    {
        panic!("the program is ill-formed:\n{}", errors.join("\n"));
    }
    let target = target::Target::new(level)?;
    let symbols = symbols::Symbols::of(program);
    let units = parallel::compile_all(program, &symbols, &target)?;
    link::image(program, &symbols, &target, units, sources)
}
