//! Two types that do not fit together: what is told, and how one could be made of the other.

use super::{Infer, count_arguments};
use crate::hir;
use crate::program::TypeKind;
use crate::types::{Head, Ty};
use crate::unify::Clash;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl Infer<'_, '_> {
    pub(super) fn report_clash(
        &mut self,
        clash: Clash,
        found: &Ty,
        expected: &Ty,
        span: Span,
        code: &'static str,
    ) {
        let (found_text, expected_text) = (self.print(found), self.print(expected));
        let diagnostic = match clash {
            Clash::Different => {
                let message = format!("expected {expected_text}, found {found_text}");
                let diagnostic = Diagnostic::error(code, self.file(), span, message)
                    .label(format!("this is {}", with_article(&found_text)));
                let help = self.other_quotes(found, expected, span);
                let help = help.or_else(|| self.pair_or_two(found, expected, span));
                match help.or_else(|| self.help_for(found, expected)) {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                }
            }
            Clash::Infinite => {
                Diagnostic::error("E0002", self.file(), span, "the type of this would contain itself")
                    .label(format!("{found_text} and {expected_text} would have to be the same"))
                    .help(
                        "this often means that a function is handed to itself, or a list is put into itself",
                    )
            }
            Clash::TooLarge => Diagnostic::error("E0002", self.file(), span, "the type of this is too large")
                .help("give its parts names: a struct for what belongs together"),
        };
        let diagnostic =
            self.tell_apart(diagnostic, [(expected, "that is expected"), (found, "that is found")]);
        self.report(diagnostic);
    }

    /// A closure of several parameters where one of a tuple is wanted, or the reverse: shows the other form, and takes
    /// the parts' types for known, so that no more is said about them.
    fn pair_or_two(&mut self, found: &Ty, expected: &Ty, span: Span) -> Option<String> {
        let params = |infer: &Self, ty: &Ty| Some(infer.shallow(ty).as_fun()?.0.to_vec());
        let (own, wanted) = (params(self, found)?, params(self, expected)?);
        let parts = |infer: &Self, params: &[Ty]| match params {
            [only] => match infer.shallow(only) {
                Ty::Con(Head::Tuple, parts) => Some(parts.to_vec()),
                _ => None,
            },
            _ => None,
        };
        let (own_parts, wanted_parts) = (parts(self, &own), parts(self, &wanted));
        let source = self.program.modules[self.body.module].source;
        let closure = source.get(span.start as usize..span.end as usize)?.strip_prefix("fn")?;
        let written = closure.split("->").next()?.split(" do").next()?.trim();
        let inside =
            written.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(written).trim();
        let count = wanted.len().max(own.len());
        let what = if count == 2 { "pair".to_string() } else { format!("tuple of {count}") };
        let (pairs, help) = match (own_parts, wanted_parts) {
            (_, Some(parts)) if own.len() > 1 && own.len() == parts.len() => {
                let help = format!(
                    "`fn {written}` takes {}, and one {what} is wanted: `fn(({inside})) -> …`",
                    count_arguments(count)
                );
                (own.into_iter().zip(parts), help)
            }
            (Some(parts), _) if wanted.len() > 1 && wanted.len() == parts.len() => {
                let help = format!(
                    "`fn {written}` takes one {what}, and {} are wanted: `fn {inside} -> …`",
                    count_arguments(count)
                );
                (parts.into_iter().zip(wanted), help)
            }
            _ => return None,
        };
        for (one, other) in pairs {
            let _ = self.variables.unify(&one, &other);
        }
        Some(help)
    }

    /// A text in single quotes was meant, or a character in double ones.
    pub(super) fn other_quotes(&self, found: &Ty, expected: &Ty, span: Span) -> Option<String> {
        let source = self.program.modules[self.body.module].source;
        let mut literal = source.get(span.start as usize..span.end as usize)?.chars();
        let quote = literal.next()?;
        match (self.shallow(found).head()?, self.shallow(expected).head()?, quote) {
            (Head::Int, Head::String, '\'') => {
                Some("a text stands in double quotes; a character in single quotes is a number".to_string())
            }
            (Head::String, Head::Int, '"') => {
                let character = literal.next().filter(|_| literal.as_str() == "\"")?;
                Some(format!(
                    "`String.to_int(…)` reads a number; a character is one in single quotes: `'{character}'`"
                ))
            }
            _ => None,
        }
    }

    /// How the expected type could be made from what is there.
    fn help_for(&self, found: &Ty, expected: &Ty) -> Option<String> {
        let (found, expected) = (self.shallow(found), self.shallow(expected));
        let (Ty::Con(found_head, _), Ty::Con(expected_head, arguments)) = (&found, &expected) else {
            return None;
        };
        let language = &self.program.language;
        let is = |head: &Head, ty: Option<hir::TypeId>| matches!(head, Head::Named(id) if Some(*id) == ty);
        let holds = |inner: Option<&Ty>| {
            inner.is_some_and(|inner| match (self.shallow(inner), found_head) {
                (Ty::Con(head, _), found) => head == *found,
                _ => false,
            })
        };
        if is(expected_head, language.option) && holds(arguments.first()) {
            return Some("wrap it: `Some(…)`".to_string());
        }
        if is(expected_head, language.result) && holds(arguments.first()) {
            return Some("wrap it: `Ok(…)`".to_string());
        }
        if *expected_head == Head::Fun {
            return Some(match (found.as_fun(), expected.as_fun()) {
                (Some((own, _)), Some((params, _))) if own.len() != params.len() => format!(
                    "this takes {}, a function of {} is wanted: a closure makes one of the other, `fn … -> … end`",
                    count_arguments(own.len()),
                    count_arguments(params.len())
                ),
                (Some(_), _) => return None,
                _ => "a function is wanted: a closure, `fn … -> … end`, or a function's name without parentheses"
                    .to_string(),
            });
        }
        if is(found_head, language.option) || is(found_head, language.result) {
            return Some("take it apart with `case`, or with `?` to hand a failure on".to_string());
        }
        if *found_head == Head::Unit && is(expected_head, language.option) {
            return Some("what is absent is `None`; an `if` without `else` gives `()`".to_string());
        }
        if let Some(help) = self.constructor_of_both(found_head, expected_head) {
            return Some(help);
        }
        match (found_head, expected_head) {
            (Head::Int, Head::Float) => Some("`Int.to_float(…)` converts it".to_string()),
            (Head::Float, Head::Int) => Some("`Float.to_int(…)` converts it".to_string()),
            (Head::Int | Head::Float | Head::Bool, Head::String) => {
                Some("`to_string(…)` or \"${…}\" makes a text of it".to_string())
            }
            (Head::String, Head::Int) => Some("`String.to_int(…)` reads a number".to_string()),
            (Head::Bytes, Head::String) => Some("`String.from_utf8(…)` checks and converts it".to_string()),
            (Head::Buffer, view) if is(view, language.view) => {
                Some("`Buffer.view(buffer, 0)` is a view of it, from a position on".to_string())
            }
            (view, Head::Bytes) if is(view, language.view) => Some(
                "a pattern copies bytes out of a view: `<<part::bytes(n), _::bytes>>`; a function whose patterns are for a \
                 view says so: `input :: Buffer.View`"
                    .to_string(),
            ),
            (Head::String, Head::Bytes) => Some("`String.to_bytes(…)` converts it".to_string()),
            (Head::Fun, _) if *expected_head != Head::Fun => Some("call it: `…()`".to_string()),
            _ => None,
        }
    }

    /// Two types with a constructor of the same name: the wrong one was found.
    fn constructor_of_both(&self, found: &Head, expected: &Head) -> Option<String> {
        let (Head::Named(found), Head::Named(expected)) = (found, expected) else { return None };
        let (found, expected) = (self.program.type_info(*found), self.program.type_info(*expected));
        let (TypeKind::Sum(found), TypeKind::Sum(_)) = (&found.kind, &expected.kind) else { return None };
        let (both, _) = found.iter().find(|(name, _)| expected.numbers.contains_key(name.as_str()))?;
        let name = &expected.short;
        Some(format!(
            "both have a constructor `{both}`: `{name}.{both}` is the one of the type that is expected"
        ))
    }
}

/// `an Int`, `a String`
pub(super) fn with_article(name: &str) -> String {
    let vowel = name.starts_with(['A', 'E', 'I', 'O']);
    format!("{} {name}", if vowel { "an" } else { "a" })
}
