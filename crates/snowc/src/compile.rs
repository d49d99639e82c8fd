//! The stages of the compiler, one after the other: check, lower, optimise, and make the image.

use crate::project::{SourceFile, Sources};
use crate::report::{self, Failure};
use snow_abi::image::Image;
use snow_check::{SourceModule, hir};
use snow_codegen::{CodegenError, Level};
use snow_ir::{Entry, ir};
use snow_syntax::diagnostic::{Diagnostic, Severity};
use snow_syntax::span::{LineStarts, Span};

/// Checks; prints what there is to say.
pub fn check(sources: &mut Sources) -> Result<hir::Program, Failure> {
    let (program, diagnostics) = examine(sources);
    report::print(&diagnostics, &sources.files);
    program.ok_or(Failure::Reported)
}

/// What parser and checker say. The typed program is there when nothing of it is an error.
///
/// An error may name what there is to be named. So that this does not depend on which modules of the library the program
/// happened to need, a program with errors is looked at again with all that it could have named.
pub fn examine(sources: &mut Sources) -> (Option<hir::Program>, Vec<Diagnostic>) {
    let examined = examine_files(sources);
    if has_errors(&examined.1) && sources.add_what_is_handed_on() { examine_files(sources) } else { examined }
}

fn examine_files(sources: &Sources) -> (Option<hir::Program>, Vec<Diagnostic>) {
    let files = &sources.files;
    let mut diagnostics: Vec<Diagnostic> = files.iter().flat_map(|file| file.diagnostics.clone()).collect();
    if has_errors(&diagnostics) {
        return (None, diagnostics);
    }
    let modules: Vec<SourceModule> = files
        .iter()
        .enumerate()
        .map(|(index, file)| SourceModule {
            name: file.module.clone(),
            standard: file.standard,
            file: index,
            source: &file.text,
            ast: &file.tree,
        })
        .collect();
    let (program, found) = snow_check::check(&modules, &sources.library);
    // A warning about the library's own sources is of no use to the user.
    let of_interest = |found: &Diagnostic| found.severity == Severity::Error || !files[found.file].standard;
    diagnostics.extend(found.into_iter().filter(of_interest));
    let program = program.filter(|_| !has_errors(&diagnostics));
    if program.is_none() && !has_errors(&diagnostics) {
        let message = "the checker refuses this program without a reason: this is a mistake in the compiler";
        diagnostics.push(Diagnostic::error("C0003", 0, Span::default(), message));
    }
    (program, diagnostics)
}

/// To the optimised intermediate form.
pub fn lower(
    program: &hir::Program,
    files: &[SourceFile],
    entry: Entry,
    optimised: bool,
) -> Result<ir::Program, Failure> {
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    let mut lowered = snow_ir::lower(program, &paths, entry).map_err(|error| {
        let diagnostic = Diagnostic::error("C0001", error.file as usize, error.span, error.message);
        report::print(&[diagnostic], files);
        Failure::Reported
    })?;
    match optimised {
        true if snow_runtime::Options::from_env().is_ok_and(|options| options.torture) => {
            snow_ir::optimise::optimise_verified(&mut lowered);
        }
        true => snow_ir::optimise::optimise(&mut lowered),
        false => {}
    }
    Ok(lowered)
}

/// Machine code for a whole program.
pub fn compile(sources: &mut Sources, entry: Entry, level: Level) -> Result<Image, Failure> {
    let program = check(sources)?;
    image(&program, sources, entry, level)
}

/// Machine code for a program that has been checked.
pub fn image(
    program: &hir::Program,
    sources: &Sources,
    entry: Entry,
    level: Level,
) -> Result<Image, Failure> {
    let files = &sources.files;
    let lowered = lower(program, files, entry, true)?;
    let lines: Vec<LineStarts> = files.iter().map(|file| LineStarts::of(&file.text)).collect();
    let line = |file: u32, offset: u32| lines.get(file as usize).map_or(0, |lines| lines.line(offset));
    snow_codegen::compile(&lowered, &line, level).map_err(|error| match error {
        CodegenError::FrameTooLarge { place: Some((file, offset)), .. } => {
            let span = Span { start: offset, end: offset };
            let diagnostic = Diagnostic::error("C0002", file as usize, span, error.to_string())
                .help("it holds too many values at the same time: work in functions of their own");
            report::print(&[diagnostic], files);
            Failure::Reported
        }
        error => Failure::plain(error.to_string()),
    })
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
