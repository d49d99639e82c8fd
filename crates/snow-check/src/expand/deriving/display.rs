//! `Display` and `Debug`: `Point(1, 2)`, and `Point { x: 1, y: 2 }`. Tuples and constructors look alike in both.

use super::cases::{Case, SELF};
use super::{Deriving, Form};
use snow_syntax::ast::{Block, Expr, ExprKind, FnClause, StringPart};

impl<'d> Deriving<'d> {
    /// A part that has no Display is shown by its Debug, as interpolation does.
    pub(super) fn display(&self) -> FnClause {
        self.method("to_string", &[SELF], self.apart(|case, parts| self.text(case, parts, false)))
    }

    pub(super) fn debug(&self) -> FnClause {
        let text = |case, parts: Vec<Expr>| {
            let inspected = parts.into_iter().map(|part| self.call("inspect", vec![part])).collect();
            self.text(case, inspected, true)
        };
        self.method("inspect", &[SELF], self.apart(text))
    }

    fn text(&self, case: Case<'d>, parts: Vec<Expr>, debug: bool) -> Block {
        let (name, labels) = match self.form {
            Form::Struct(declaration) if debug => (&*declaration.name.text, Some(&declaration.fields)),
            Form::Struct(declaration) => (&*declaration.name.text, None),
            Form::Sum(declaration) => (&*declaration.variants[case.index].name.text, None),
            Form::Tuple(_) => ("", None),
        };
        let is_struct = matches!(self.form, Form::Struct(_));
        let (open, close) = match (labels, parts.is_empty()) {
            (Some(_), true) => (" {", "}"),
            (Some(_), false) => (" { ", " }"),
            (None, true) if !is_struct => ("", ""),
            (None, _) => ("(", ")"),
        };
        let mut text = Vec::new();
        let mut before = format!("{name}{open}");
        for (index, part) in parts.into_iter().enumerate() {
            if let Some(fields) = labels {
                before.push_str(&format!("{}: ", fields[index].name.text));
            }
            text.push(StringPart::Text(std::mem::replace(&mut before, ", ".to_string())));
            text.push(StringPart::Expr(part));
        }
        let end = if text.is_empty() { before + close } else { close.to_string() };
        text.push(StringPart::Text(end));
        self.at.block(vec![self.at.expr(ExprKind::String(text))])
    }
}
