//! Arguments as other languages have them: by name, left open, handed on by a pipe before a `?`.

use super::Infer;
use crate::types::{Head, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// A longer argument is not repeated in a help.
const LONGEST_ARGUMENT: usize = 20;

impl<'a> Infer<'_, 'a> {
    /// Are these no arguments at all? Then that is reported, and they have been looked at.
    pub(super) fn refuses_arguments(
        &mut self,
        name: &str,
        params: &[Ty],
        arguments: &[&'a ast::Expr],
        name_span: Span,
    ) -> bool {
        if arguments.iter().any(|argument| is_left_open(argument)) {
            self.refuse_open_arguments(arguments, name_span);
            return true;
        }
        let Some((last, before)) = arguments.split_last() else { return false };
        let Some(entries) = self.named_arguments(last) else { return false };
        let takes_a_map = match params.last().map(|param| self.shallow(param)) {
            Some(Ty::Con(Head::Named(id), _)) => Some(id) == self.program.language.map,
            Some(Ty::Con(..)) | None => false,
            Some(Ty::Var(_) | Ty::Error) => params.len() == arguments.len(),
        };
        if takes_a_map {
            return false;
        }
        let types: Vec<String> = params.iter().map(|ty| self.print(ty)).collect();
        let message = format!("{name} takes its arguments in their order, without names");
        let help = match types.is_empty() {
            true => "it takes no arguments".to_string(),
            false => format!(
                "write the values alone: ({}); `name: value` at the end of a call makes a map, for a function that takes one",
                types.join(", ")
            ),
        };
        self.error_with("E0063", last.span, message, help);
        let values = entries.iter().map(|(_, value)| value);
        for value in before.iter().copied().chain(values) {
            self.expr(value, None);
        }
        true
    }

    /// What was written `name: value` at the end of a call: a map, whose keys have no quotes.
    fn named_arguments(&self, argument: &'a ast::Expr) -> Option<&'a [(ast::Expr, ast::Expr)]> {
        let ast::ExprKind::Map(entries) = &argument.kind else { return None };
        let (key, _) = entries.first()?;
        let written = self.written(key.span)?;
        written.starts_with(|c: char| c == '_' || c.is_alphabetic()).then_some(entries)
    }

    /// `add(_, 2)`
    fn refuse_open_arguments(&mut self, arguments: &[&'a ast::Expr], name_span: Span) {
        let mut letters = ('a'..='z').map(String::from);
        let mut open = Vec::new();
        let mut place = name_span;
        let mut texts = Vec::new();
        for argument in arguments {
            if is_left_open(argument) {
                let letter = letters.next().unwrap_or_else(|| "…".to_string());
                if open.is_empty() {
                    place = argument.span;
                }
                open.push(letter.clone());
                texts.push(letter);
                continue;
            }
            let text = self.written(argument.span).filter(|text| text.len() <= LONGEST_ARGUMENT);
            texts.push(text.filter(|text| !text.contains('\n')).unwrap_or("…").to_string());
            self.expr(argument, None);
        }
        let source = self.program.modules[self.body.module].source;
        let before = source.get(..name_span.start as usize).unwrap_or("").trim_end();
        let callee = self.written(name_span).filter(|_| !before.ends_with('.'));
        let body = match callee {
            Some(callee) => format!("{callee}({})", texts.join(", ")),
            None => "…".to_string(),
        };
        if before.ends_with("|>") {
            let help = "a pipe hands its value over as the first argument, which is not written";
            return self.error_with(
                "E0004",
                place,
                "there is no `_` here: it is a pattern, and no value",
                help,
            );
        }
        let help =
            format!("what is left open is a parameter of a closure: `fn {} -> {body} end`", open.join(", "));
        self.error_with("E0004", place, "there is no `_` here: it is a pattern, and no value", help);
    }

    /// `value |> f(2)?`, where f takes the value, too: the `?` belongs to `f(2)`.
    pub(super) fn refuses_try_behind_pipe(&mut self, value: &'a ast::Expr, target: &'a ast::Expr) -> bool {
        let ast::ExprKind::Try(call) = &target.kind else { return false };
        let (callee, arguments) = match &call.kind {
            ast::ExprKind::Call(callee, arguments) => (&**callee, &arguments[..]),
            _ => (&**call, &[][..]),
        };
        let is_called = matches!(call.kind, ast::ExprKind::Call(..));
        let Some((functions, name)) = self.named_functions(callee) else { return false };
        let takes = |count: usize| functions.iter().any(|id| self.program.function(*id).arity == count);
        if !takes(arguments.len() + 1) || is_called && takes(arguments.len()) {
            return false;
        }
        let text = self.written(call.span).filter(|text| !text.contains('\n')).unwrap_or("…").to_string();
        let message = format!("this `?` stands behind `{name}` alone, and not behind the pipe");
        let help = format!("`?` holds tighter than `|>`: write `(… |> {text})?`");
        self.report(Diagnostic::error("E0037", self.file(), target.span, message).help(help));
        self.expr(value, None);
        for argument in arguments {
            self.expr(argument, None);
        }
        true
    }

    /// The source of something.
    fn written(&self, span: Span) -> Option<&'a str> {
        self.program.modules[self.body.module].source.get(span.start as usize..span.end as usize)
    }
}

fn is_left_open(argument: &ast::Expr) -> bool {
    matches!(&argument.kind, ast::ExprKind::Name(name) if name == "_")
}
