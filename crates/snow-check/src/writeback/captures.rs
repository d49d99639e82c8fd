//! What closures hold: a vector never, a Buffer only while they stay with their actor.

use super::Finish;
use crate::hir::visit::VisitorMut;
use crate::hir::{Expr, LocalId, Type};
use snow_syntax::diagnostic::Diagnostic;

impl Finish<'_, '_, '_> {
    pub(super) fn bind(&mut self, local: LocalId, ty: &Type) {
        self.bound_at.insert(local, self.depth);
        match ty {
            Type::U8x16 => {
                self.vectors.insert(local);
            }
            Type::Named(id, _) if Some(*id) == self.infer.program.language.view => {
                self.buffers.insert(local);
            }
            Type::Buffer => {
                self.buffers.insert(local);
            }
            _ => {}
        }
    }

    /// Values that go to another actor; a closure among them must not hold a Buffer.
    pub(super) fn sent(&mut self, values: &mut [Expr]) {
        let before = self.captured_buffers.len();
        values.iter_mut().for_each(|value| self.visit_expr(value));
        let captured = self.captured_buffers.split_off(before);
        for (span, depth) in captured {
            if depth <= self.depth {
                let message = "a closure that holds a `Buffer` cannot be sent";
                self.report(Diagnostic::error("E0046", self.file(), span, message).help(
                    "a Buffer belongs to its actor: `Buffer.take_all` makes Bytes of it, which can be sent",
                ));
            }
        }
    }

    pub(super) fn use_local(&mut self, local: LocalId) {
        let Some(bound) = self.bound_at.get(&local).copied() else { return };
        if bound >= self.depth {
            return;
        }
        if self.buffers.contains(&local) {
            self.captured_buffers.push((self.span, bound));
        }
        if self.vectors.contains(&local) {
            self.report(
                Diagnostic::error("E0043", self.file(), self.span, "a closure cannot capture a `U8x16`")
                    .help("it lives in a register of the processor: make it inside of the closure"),
            );
        }
    }
}
