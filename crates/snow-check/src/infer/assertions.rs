//! `assert`: panics with the source text, and with both sides of a comparison.

use super::Infer;
use crate::hir::{self, ExprKind};
use crate::types::Ty;
use snow_syntax::ast::{self, BinaryOp};
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    pub(super) fn assertion(&mut self, condition: &'a ast::Expr, span: Span) -> hir::Expr {
        let headline = format!("assertion failed: {}", self.source_text(condition.span));
        if let ast::ExprKind::Binary(op, left, right) = &condition.kind
            && matches!(
                op,
                BinaryOp::Equal
                    | BinaryOp::NotEqual
                    | BinaryOp::Less
                    | BinaryOp::Greater
                    | BinaryOp::LessEqual
                    | BinaryOp::GreaterEqual
            )
        {
            let (left, right) = self.operands(left, right);
            let (left_let, left) = self.name_value("left", left);
            let (right_let, right) = self.name_value("right", right);
            let holds = self.comparison(*op, left.clone(), right.clone(), condition.span);
            let parts = vec![
                self.text_constant(format!("{headline}; left: "), span),
                self.text_of(left, true),
                self.text_constant("; right: ".to_string(), span),
                self.text_of(right, true),
            ];
            let message = self.make(ExprKind::Concat(parts), Ty::string(), span);
            let check = self.panic_unless(holds, message, span);
            let block = hir::Block { statements: vec![left_let, right_let], value: Some(Box::new(check)) };
            return self.make(ExprKind::Block(block), Ty::unit(), span);
        }
        let holds = self.check(condition, &Ty::bool());
        let message = self.text_constant(headline, span);
        self.panic_unless(holds, message, span)
    }

    fn panic_unless(&mut self, holds: hir::Expr, message: hir::Expr, span: Span) -> hir::Expr {
        let fine = self.make(ExprKind::Unit, Ty::unit(), span);
        let panic = self.make(ExprKind::Panic(Box::new(message)), Ty::never(), span);
        self.make(ExprKind::If(Box::new(holds), Box::new(fine), Box::new(panic)), Ty::unit(), span)
    }

    fn text_constant(&mut self, text: String, span: Span) -> hir::Expr {
        self.make(ExprKind::String(text), Ty::string(), span)
    }

    fn source_text(&self, span: Span) -> String {
        let source = self.program.modules[self.body.module].source;
        let text = source.get(span.start as usize..span.end as usize).unwrap_or("");
        // What ends an actor is told in one line.
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
