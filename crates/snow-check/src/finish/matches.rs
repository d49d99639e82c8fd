//! What is said of matches: values that no arm takes, and arms that take none.

use super::Finish;
use crate::exhaustive::{self, Checked};
use crate::hir::*;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl Finish<'_, '_, '_> {
    pub(super) fn check_irrefutable(&mut self, pattern: &Pattern) {
        let row = exhaustive::Row { pattern, guarded: false };
        if let Checked::Missing(missing) =
            exhaustive::check(self.definitions, self.infer.program.language.list, &pattern.ty, &[row]).0
        {
            self.report(
                Diagnostic::error(
                    "E0012",
                    self.file(),
                    pattern.span,
                    "this pattern does not match every value",
                )
                .label(listing(&missing))
                .help("use `case`, and say what happens otherwise"),
            );
        }
    }

    /// Are all values matched, and can each arm match? Settles what happens to a value that none matches.
    pub(super) fn check_match(
        &mut self,
        scrutinee: &Type,
        arms: &[Arm],
        fallthrough: &mut Fallthrough,
        span: Span,
    ) {
        let Fallthrough::Unchecked(origin) = *fallthrough else { return };
        let rows: Vec<exhaustive::Row> = arms
            .iter()
            .map(|arm| exhaustive::Row { pattern: &arm.pattern, guarded: arm.guard.is_some() })
            .collect();
        let list = self.infer.program.language.list;
        let (checked, unreachable) = exhaustive::check(self.definitions, list, scrutinee, &rows);
        if origin != Origin::Let {
            for index in unreachable {
                self.report(
                    Diagnostic::warning(
                        "W0001",
                        self.file(),
                        arms[index].pattern.span,
                        "this can never match",
                    )
                    .label("what comes before takes all of it")
                    .help("remove it, or move it up"),
                );
            }
        }
        *fallthrough = match checked {
            Checked::Exhaustive => Fallthrough::Impossible,
            Checked::TooLarge | Checked::Missing(_) => Fallthrough::Panic(match origin {
                Origin::Receive | Origin::ReceiveOfTest => "no arm of the `receive` matches the message",
                Origin::Case | Origin::Clauses | Origin::Let => "non-exhaustive match",
            }),
        };
        if let Checked::Missing(missing) = checked
            && let Some(diagnostic) = incomplete(origin, self.file(), span, &listing(&missing))
        {
            self.report(diagnostic);
        }
    }
}

/// What is said of arms that leave something out.
fn incomplete(origin: Origin, file: usize, span: Span, missing: &str) -> Option<Diagnostic> {
    let diagnostic = match origin {
        Origin::Case => Diagnostic::error("E0012", file, span, "this `case` does not cover every value")
            .label(missing)
            .help("add arms for what is missing, or `_ -> …` for all the rest"),
        Origin::Clauses => Diagnostic::warning("E0012", file, span, "these clauses do not cover every value")
            .label(format!("{missing}: that panics"))
            .help("add clauses for what is missing"),
        Origin::Receive => {
            Diagnostic::warning("E0012", file, span, "this `receive` does not cover every message")
                .label(format!("{missing}: that ends the actor"))
                .help("add arms for what is missing, or `_ -> …` for all the rest")
        }
        Origin::ReceiveOfTest => return None,
        Origin::Let => Diagnostic::error("E0012", file, span, "this pattern does not match every value"),
    };
    Some(diagnostic)
}

fn listing(missing: &[String]) -> String {
    let quoted: Vec<String> = missing.iter().map(|pattern| format!("`{pattern}`")).collect();
    let verb = if missing.len() == 1 { "is" } else { "are" };
    format!("{} {verb} not matched", quoted.join(", "))
}
