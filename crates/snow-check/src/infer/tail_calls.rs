//! The rule for a tail call of an actor: only as its last act may an actor call another one by name, and it becomes
//! that one.
//!
//! It keeps its address, so both take the same messages. Which expressions are the last act is handed down as `tail`
//! by the forms that they stand in: blocks, branches and arms. Calls of functions need no rule: each one that is the last
//! act of its function leaves no frame behind.

use super::Infer;
use crate::hir::{self, ExprKind, FnId};
use crate::types::{Head, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    /// An actor called by name: the one that calls goes on as the other.
    pub(super) fn call_actor(
        &mut self,
        id: FnId,
        name: &str,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
        name_span: Span,
        tail: bool,
    ) -> hir::Expr {
        let own = self.body.actor.as_ref().map(|frame| (frame.message.clone(), frame.is_test));
        let in_closure = self.in_closure_of_actor();
        let problem = match &own {
            None => Some((
                format!("the actor `{name}` is called outside of an actor"),
                format!("`spawn({name}, …)` starts it"),
            )),
            Some((_, true)) => Some((
                format!("the actor `{name}` is called in a test"),
                format!("`spawn({name}, …)` starts it"),
            )),
            Some(_) if in_closure => Some((
                format!("the actor `{name}` is called in a closure"),
                format!(
                    "an actor goes on as another one outside of closures; `spawn({name}, …)` starts a new one"
                ),
            )),
            Some(_) if !tail => Some((
                format!("the actor `{name}` is called before the end of this actor"),
                format!(
                    "a call of an actor is the last thing that an actor does: it goes on as `{name}`; `spawn({name}, …)` starts a new one"
                ),
            )),
            Some(_) => None,
        };
        if let Some((message, help)) = problem {
            self.error_with("E0080", name_span, message, help);
            for argument in arguments {
                self.expr(argument, None);
            }
            return self.broken(span);
        }
        let Some(callable) = self.callable_function(id, span) else { return self.broken(span) };
        let Some(tree) = self.arguments(&format!("`{name}`"), &callable.params, arguments, name_span) else {
            return self.broken(span);
        };
        if let (Some((message, _)), Ty::Con(Head::Pid, theirs)) = (&own, self.shallow(&callable.result))
            && self.variables.unify(message, &theirs[0]).is_err()
        {
            let theirs = &theirs[0];
            let (own_text, text) = (self.print(message), self.print(theirs));
            let text = format!("this actor takes messages of type {own_text}, `{name}` takes {text}");
            let diagnostic = Diagnostic::error("E0014", self.file(), name_span, text).help(
                "an actor can go on only as one that takes the same messages: the addresses stay valid",
            );
            let roles = [(message, "that this actor takes"), (theirs, "that the other one takes")];
            self.report(self.tell_apart(diagnostic, roles));
        }
        self.make(ExprKind::Become(callable.target, tree), Ty::never(), span)
    }
}
