//! The diagnostics about matches: for values that no arm matches, and for arms that match none.

use super::{Checked, Row, check};
use crate::hir::*;
use crate::program::Language;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// What the checks of all matches of one file have in common.
pub struct Matches<'d> {
    pub definitions: &'d [TypeDef],
    /// The library's types that have patterns of their own: `List`, and the views of a Buffer.
    pub language: &'d Language,
    pub file: usize,
}

impl Matches<'_> {
    /// Does the pattern match every value of its type, as that of a `for` must?
    pub fn irrefutable(&self, pattern: &Pattern) -> Option<Diagnostic> {
        let row = Row { pattern, guarded: false };
        let Checked::Missing(missing) = check(self.definitions, self.language, &pattern.ty, &[row]).0 else {
            return None;
        };
        let message = "this pattern does not match every value";
        let diagnostic = Diagnostic::error("E0012", self.file, pattern.span, message)
            .label(listing(&missing))
            .help("use `case`, and say what happens otherwise");
        Some(diagnostic)
    }

    /// Are all values matched, and can each arm match? Settles what happens to a value that none matches.
    pub fn complete(
        &self,
        scrutinee: &Type,
        arms: &[Arm],
        fallthrough: &mut Fallthrough,
        span: Span,
    ) -> Vec<Diagnostic> {
        let Fallthrough::Unchecked(origin) = *fallthrough else { return Vec::new() };
        let rows: Vec<Row> =
            arms.iter().map(|arm| Row { pattern: &arm.pattern, guarded: arm.guard.is_some() }).collect();
        let (checked, unreachable) = check(self.definitions, self.language, scrutinee, &rows);
        let mut diagnostics = Vec::new();
        if origin != Origin::Let {
            diagnostics.extend(unreachable.into_iter().map(|index| {
                Diagnostic::warning("W0001", self.file, arms[index].pattern.span, "this can never match")
                    .label("what comes before takes all of it")
                    .help("remove it, or move it up")
            }));
        }
        *fallthrough = match checked {
            Checked::Exhaustive => Fallthrough::Impossible,
            Checked::TooLarge | Checked::Missing(_) => Fallthrough::Panic(match origin {
                Origin::Receive | Origin::ReceiveOfTest => "no arm of the `receive` matches the message",
                Origin::Case | Origin::Clauses | Origin::Let => "non-exhaustive match",
            }),
        };
        diagnostics.extend(match checked {
            Checked::Exhaustive => None,
            Checked::Missing(missing) => incomplete(origin, self.file, span, &listing(&missing)),
            Checked::TooLarge => too_large(origin, self.file, span),
        });
        for arm in arms {
            if arm.guard.is_some() && combinations(&arm.pattern) > MAX_COMBINATIONS {
                let message = "the guard of this arm would have to be tried for too many combinations";
                let diagnostic = Diagnostic::error("E0012", self.file, arm.pattern.span, message)
                    .label("the alternatives of this pattern overlap, and bind names")
                    .help("use fewer alternatives, or match less at a time: with a `case` inside the arm");
                diagnostics.push(diagnostic);
            }
        }
        diagnostics
    }
}

/// How often a guard may be tried: once for each way in which the pattern matches.
const MAX_COMBINATIONS: usize = 1_000;

/// In how many ways a pattern may match one value, with other values for the names that it binds.
fn combinations(pattern: &Pattern) -> usize {
    let all =
        |parts: &[Pattern]| parts.iter().map(combinations).fold(1, |all: usize, one| all.saturating_mul(one));
    match &pattern.kind {
        PatternKind::Or(alternatives) => {
            let ways = alternatives.iter().map(combinations);
            match !binds(pattern) || are_apart(alternatives) {
                true => ways.max().unwrap_or(1),
                false => ways.fold(0, usize::saturating_add),
            }
        }
        PatternKind::As(inside, _) => combinations(inside),
        PatternKind::Tuple(parts)
        | PatternKind::Constructor(_, parts)
        | PatternKind::Struct(parts)
        | PatternKind::List(parts) => all(parts),
        PatternKind::Cons(first, rest) => all(first).saturating_mul(combinations(rest)),
        PatternKind::Bits(segments) => {
            segments.iter().fold(1, |ways, segment| ways.saturating_mul(combinations(&segment.value)))
        }
        _ => 1,
    }
}

/// Can only one of the alternatives match a value, since their constructors differ?
fn are_apart(alternatives: &[Pattern]) -> bool {
    let mut seen = std::collections::HashSet::new();
    alternatives.iter().all(|pattern| match &pattern.kind {
        PatternKind::Constructor(index, _) => seen.insert(*index),
        _ => false,
    })
}

fn binds(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Bind(_) | PatternKind::As(..) => true,
        PatternKind::Tuple(parts)
        | PatternKind::Constructor(_, parts)
        | PatternKind::Struct(parts)
        | PatternKind::List(parts)
        | PatternKind::Or(parts) => parts.iter().any(binds),
        PatternKind::Cons(first, rest) => first.iter().any(binds) || binds(rest),
        PatternKind::Bits(segments) => segments.iter().any(|segment| binds(&segment.value)),
        _ => false,
    }
}

/// What is said when it takes too long to find out whether something is left out.
fn too_large(origin: Origin, file: usize, span: Span) -> Option<Diagnostic> {
    let (code, what, help) = match origin {
        Origin::Case => ("E0012", "this `case` covers every value", "end it with `_ -> …`"),
        Origin::Clauses => {
            ("E0012", "these clauses cover every value", "end them with one that takes everything")
        }
        Origin::Receive => ("W0004", "this `receive` covers every message", "end it with `_ -> …`"),
        Origin::ReceiveOfTest => return None,
        Origin::Let => ("E0012", "this pattern matches every value", "use `case`"),
    };
    let message = format!("it would take too long to find out whether {what}");
    // Clauses and a `receive` may leave something out: then they panic.
    let make = match origin {
        Origin::Clauses | Origin::Receive => Diagnostic::warning,
        _ => Diagnostic::error,
    };
    Some(make(code, file, span, message.as_str()).help(format!("{help}, or match fewer values at a time")))
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
            Diagnostic::warning("W0004", file, span, "this `receive` does not cover every message")
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
