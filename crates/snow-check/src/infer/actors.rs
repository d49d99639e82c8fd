//! Actors: `spawn`, `send`, `receive` and `self()`. What an actor calls as its last act: see `tail_calls`.

use super::dropped_values::Ending;
use super::functions::{InferredActor, InferredBody};
use super::names::Callable;
use super::{ActorFrame, Infer};
use crate::expand::{OWN_ADDRESS, SERVICE_LOOP};
use crate::hir::{self, Callee, ExprKind};
use crate::types::{Head, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    pub(super) fn actor(
        &mut self,
        actor: &'a ast::ActorDecl,
        params: &[Ty],
        message: Ty,
    ) -> (Vec<hir::Param>, InferredBody) {
        let frame = ActorFrame { message: message.clone(), receives: false, is_test: false, address: None };
        let patterns: Vec<&ast::Pattern> = actor.params.iter().map(|param| &param.pattern).collect();
        // `terminate` has no mailbox. It sees the parameters as they were when the actor last began anew, if they
        // are names: what a pattern binds belongs to the body.
        let mut terminate = None;
        let sees_params = patterns.iter().all(|pattern| self.is_plain(pattern));
        if !sees_params {
            terminate = actor.terminate.as_ref().map(|block| self.terminate(block));
        }
        let (tree_params, body) = self.fold_single(&patterns, params, |infer| {
            if sees_params {
                terminate = actor.terminate.as_ref().map(|block| infer.terminate(block));
            }
            infer.body.actor = Some(frame);
            infer.enter_function(Ty::unit(), true);
            let body = infer.discarded_ending(&actor.body, Ending::tail(true));
            infer.drop_value(body)
        });
        // Parameters may hold what cannot be sent: the actor that goes on as this one has it already.
        self.sent.push((message.clone(), actor.name.span, self.body.module, "a message"));
        let body = self.with_address(body);
        (tree_params, InferredBody::Actor(Box::new(InferredActor { message, body, terminate })))
    }

    fn terminate(&mut self, block: &'a ast::Block) -> hir::Expr {
        self.enter_function(Ty::unit(), true);
        self.body.terminates = true;
        let body = self.discarded_block(block);
        self.body.terminates = false;
        self.body.results.pop();
        self.drop_value(body)
    }

    /// Binds the actor's address where closures use it.
    pub(super) fn with_address(&mut self, body: hir::Expr) -> hir::Expr {
        let Some(frame) = &self.body.actor else { return body };
        let Some(local) = frame.address else { return body };
        let (address, span) = (Ty::pid(frame.message.clone()), body.span);
        let value = self.make(ExprKind::SelfPid, address.clone(), span);
        let pattern = hir::Pattern { ty: self.tree_type(address), span, kind: hir::PatternKind::Bind(local) };
        let ty = self.type_of(&body);
        let block = hir::Block {
            statements: vec![hir::Stmt::Let(pattern, value, hir::Fallthrough::Impossible)],
            value: Some(Box::new(body)),
        };
        self.make(ExprKind::Block(block), ty, span)
    }

    pub(super) fn in_closure_of_actor(&self) -> bool {
        self.body.results.iter().any(|frame| frame.is_closure)
    }

    pub(super) fn self_pid(&mut self, span: Span) -> hir::Expr {
        // A handler of a service gets the address of its actor as a hidden argument.
        if let Some(address) = self.local_by_name(OWN_ADDRESS, span) {
            return address;
        }
        let Some(frame) = &self.body.actor else {
            let (message, help) = if self.body.terminates {
                (
                    "`self()` in a `terminate` block",
                    "nothing that is sent to the actor is received any more; a parameter of it can hold its address",
                )
            } else {
                (
                    "`self()` outside of an actor",
                    "only an `actor` has an address of its own: hand it to functions as an argument",
                )
            };
            self.error_with("E0015", span, message, help);
            return self.broken(span);
        };
        let address = Ty::pid(frame.message.clone());
        if !self.in_closure_of_actor() {
            return self.make(ExprKind::SelfPid, address, span);
        }
        let known = frame.address;
        let local = known.unwrap_or_else(|| self.new_local("self", address));
        if let Some(frame) = &mut self.body.actor {
            frame.address = Some(local);
        }
        self.local_expr(local, span)
    }

    pub(super) fn receive(
        &mut self,
        arms: &'a [ast::Arm],
        after: Option<&'a ast::After>,
        expected: Option<&Ty>,
        span: Span,
        ending: Ending,
        discard: bool,
    ) -> hir::Expr {
        let in_closure = self.in_closure_of_actor();
        let mut origin = hir::Origin::Receive;
        let message = match &mut self.body.actor {
            Some(frame) if !in_closure => {
                frame.receives = true;
                if frame.is_test {
                    origin = hir::Origin::ReceiveOfTest;
                }
                frame.message.clone()
            }
            frame => {
                let (message, help) = if frame.is_some() {
                    ("`receive` in a closure", "a closure may run anywhere: receive outside of it")
                } else if self.body.terminates {
                    (
                        "`receive` in a `terminate` block",
                        "the actor receives nothing any more: `Reply.ask` can still ask another one",
                    )
                } else {
                    (
                        "`receive` outside of an actor",
                        "only an `actor` has a mailbox: write `actor name() do … end`",
                    )
                };
                self.error_with("E0017", span, message, help);
                Ty::Error
            }
        };
        let result = match (discard, expected) {
            (true, _) => None,
            (false, Some(expected)) => Some(expected.clone()),
            (false, None) => Some(self.fresh()),
        };
        let arms: Vec<hir::Arm> =
            arms.iter().map(|arm| self.arm(arm, &message, result.as_ref(), ending)).collect();
        let after = after.map(|after| {
            let milliseconds = self.check(&after.milliseconds, &Ty::int());
            let body = match &result {
                Some(result) => self.block(&after.body, Some(result), ending.tail),
                None => {
                    let body = self.discarded_ending(&after.body, ending);
                    self.drop_value(body)
                }
            };
            (Box::new(milliseconds), Box::new(body))
        });
        let mut bodies: Vec<&hir::Expr> = arms.iter().map(|arm| &arm.body).collect();
        bodies.extend(after.iter().map(|(_, body)| &**body));
        let none_returns =
            !bodies.is_empty() && bodies.iter().all(|body| self.variables.is_never(&self.type_of(body)));
        let ty = if none_returns { Ty::never() } else { result.unwrap_or_else(Ty::unit) };
        let message = self.tree_type(message);
        let fallthrough = hir::Fallthrough::Unchecked(origin);
        self.make(ExprKind::Receive { message, arms, fallthrough, after }, ty, span)
    }

    /// An actor where a function is wanted: the function that starts it and gives its address.
    pub(super) fn actor_value(&mut self, actor: Callable, span: Span) -> hir::Expr {
        let params = self.numbered_params(&actor.params);
        let arguments: Vec<hir::Expr> =
            params.iter().map(|param| self.local_expr(param.local, span)).collect();
        self.note_sent(&arguments, "an argument of an actor");
        let ty = Ty::fun(actor.params, actor.result.clone());
        let body = self.make(ExprKind::Spawn(actor.target, arguments), actor.result.clone(), span);
        let result = self.tree_type(actor.result);
        self.make(ExprKind::Closure(Box::new(hir::Closure { params, body, result })), ty, span)
    }

    pub(super) fn spawn(&mut self, arguments: &'a [ast::Expr], span: Span) -> hir::Expr {
        let Some((actor, rest)) = arguments.split_first() else {
            self.error_with("E0016", span, "`spawn` needs an actor", "write `spawn(name, arguments…)`");
            return self.broken(span);
        };
        let rest: Vec<&ast::Expr> = rest.iter().collect();
        if let Some((functions, name)) = self.named_functions(actor) {
            let by_arity = functions.iter().find(|id| self.program.function(**id).arity == rest.len());
            let chosen = *by_arity.unwrap_or(&functions[0]);
            if !self.program.function(chosen).is_actor() {
                self.error_with(
                    "E0016",
                    actor.span,
                    format!("`{name}` is a function, not an actor"),
                    format!("declare it with `actor {name}(…) do … end`"),
                );
                for argument in rest {
                    self.expr(argument, None);
                }
                return self.broken(span);
            }
            let Some(callable) = self.callable_function(chosen, span) else { return self.broken(span) };
            if let (SERVICE_LOOP, [state]) = (&*name, &rest[..]) {
                let state = self.first_state(state, &callable.params[0]);
                self.note_sent(std::slice::from_ref(&state), "the state of a service");
                return self.make(ExprKind::Spawn(callable.target, vec![state]), callable.result, span);
            }
            let Some(tree) = self.arguments(&format!("`{name}`"), &callable.params, rest, actor.span) else {
                return self.broken(span);
            };
            self.note_sent(&tree, "an argument of `spawn`");
            return self.make(ExprKind::Spawn(callable.target, tree), callable.result, span);
        }
        if let Some(name) = self.started_by_a_function(actor) {
            self.error_with(
                "E0016",
                actor.span,
                format!("`{name}` is not an actor, but a module"),
                format!("`{name}.start(…)` starts it"),
            );
            for argument in rest {
                self.expr(argument, None);
            }
            return self.broken(span);
        }
        let value = self.expr(actor, None);
        let ty = self.type_of(&value);
        let gives_address = |ty: &Ty| matches!(ty, Ty::Con(Head::Pid, _) | Ty::Var(_) | Ty::Error);
        let is_actor = match ty.as_fun() {
            Some((_, result)) => gives_address(&self.shallow(result)),
            None => matches!(ty, Ty::Var(_)),
        };
        match &ty {
            Ty::Error => {
                for argument in rest {
                    self.expr(argument, None);
                }
                return self.broken(span);
            }
            _ if !is_actor => {
                let text = self.print(&ty);
                let help = match ty.as_fun() {
                    Some(_) => {
                        "declare an actor: `actor name(…) do … end`; `Job.async(f)` runs a closure in an actor of its own"
                    }
                    None => "declare an actor: `actor name(…) do … end`",
                };
                self.error_with("E0016", actor.span, format!("`spawn` starts actors, this is {text}"), help);
                return self.broken(span);
            }
            _ => {}
        }
        let message = self.fresh();
        let address = Ty::pid(message);
        let params: Vec<Ty> = match ty.as_fun() {
            Some((params, _)) if params.len() == rest.len() => params.to_vec(),
            Some((params, _)) => {
                let params = params.to_vec();
                self.arguments("this actor", &params, rest, actor.span);
                return self.broken(span);
            }
            None => rest.iter().map(|_| self.fresh()).collect(),
        };
        let wanted = Ty::fun(params.clone(), address.clone());
        self.coerce(&ty, &wanted, actor.span);
        let Some(tree) = self.arguments("this actor", &params, rest, actor.span) else {
            return self.broken(span);
        };
        // A function that starts an actor: calling it is what `spawn` does.
        self.note_sent(&tree, "an argument of `spawn`");
        self.make(ExprKind::Call(Callee::Value(Box::new(value)), tree), address, span)
    }

    /// A service or another module with a function `start`, where an actor should be named.
    fn started_by_a_function(&self, actor: &ast::Expr) -> Option<String> {
        let ast::ExprKind::Name(name) = &actor.kind else { return None };
        if self.find_local(name).is_some() || self.program.value(self.body.module, name).is_ok() {
            return None;
        }
        let module = self.program.qualifier(self.body.module, name)?;
        self.program.member_from(self.body.module, module, "start").is_ok().then(|| name.clone())
    }

    fn note_sent(&mut self, values: &[hir::Expr], what: &'static str) {
        for value in values {
            let ty = self.type_of(value);
            self.sent.push((ty, value.span, self.body.module, what));
        }
    }

    pub(super) fn send(&mut self, arguments: &'a [ast::Expr], span: Span) -> hir::Expr {
        let [pid, message] = arguments else {
            for argument in arguments {
                self.expr(argument, None);
            }
            let text = format!("`send` takes 2 arguments, {} given", arguments.len());
            self.error_with("E0003", span, text, "write `send(pid, message)`");
            return self.broken(span);
        };
        let pid = self.expr(pid, None);
        let ty = self.type_of(&pid);
        let message = match &ty {
            Ty::Con(Head::UntypedPid, _) | Ty::Error => self.expr(message, None),
            _ => {
                let wanted = self.fresh();
                let pid_span = pid.span;
                self.coerce(&ty, &Ty::pid(wanted.clone()), pid_span);
                let message = self.expr(message, Some(&wanted));
                let found = self.type_of(&message);
                let (untyped, never) = (
                    matches!(
                        (&found, self.shallow(&wanted)),
                        (Ty::Con(Head::Pid, _), Ty::Con(Head::UntypedPid, _))
                    ),
                    self.variables.is_never(&found),
                );
                if !untyped && !never && self.variables.unify(&wanted, &found).is_err() {
                    let text = format!(
                        "this actor takes messages of type {}, not {}",
                        self.print(&wanted),
                        self.print(&found)
                    );
                    let diagnostic = Diagnostic::error("E0014", self.file(), message.span, text)
                        .also(pid_span, "the address");
                    let roles = [(&wanted, "that the actor takes"), (&found, "that is sent")];
                    self.report(self.tell_apart(diagnostic, roles));
                }
                message
            }
        };
        self.note_sent(std::slice::from_ref(&message), "a message");
        self.make(ExprKind::Send(Box::new(pid), Box::new(message)), Ty::unit(), span)
    }

    /// `start:` of a supervisor's child.
    pub(super) fn child_start(&mut self, start: &'a ast::Expr) -> hir::Expr {
        let closure = self.expr(start, None);
        let ty = self.type_of(&closure);
        let Some((_, result)) = ty.as_fun() else { return closure };
        match self.shallow(result) {
            Ty::Error | Ty::Con(Head::Pid | Head::UntypedPid | Head::Never, _) | Ty::Var(_) => closure,
            other => {
                let found = self.print(&other);
                self.error_with(
                    "E0018",
                    start.span,
                    format!("`start` gives the address of the child, this gives {found}"),
                    "end it with the `spawn` of the child: `fn -> spawn(actor) end`",
                );
                self.broken(start.span)
            }
        }
    }

    /// What the `init` of a service gives must be what its handlers go on with: only together they are wrong.
    fn first_state(&mut self, state: &'a ast::Expr, wanted: &Ty) -> hir::Expr {
        let tree = self.expr(state, None);
        let given = self.type_of(&tree);
        if self.variables.unify(wanted, &given).is_err() {
            let message = format!(
                "`init` gives {}, the calls and casts go on with {}",
                super::clashes::with_article(&self.print(&given)),
                super::clashes::with_article(&self.print(wanted)),
            );
            let help = "a call gives `(state, reply)`, in this order, and a cast gives the state";
            self.error_with("E0001", state.span, message, help);
        }
        tree
    }

    /// `link(pid)` is a function of the library.
    pub(super) fn link(&mut self, arguments: &'a [ast::Expr], span: Span) -> hir::Expr {
        let Some(function) = self.program.library_function("Process", "link", 1) else {
            self.error_with(
                "E0031",
                span,
                "`link` needs the module `Process`, which is not part of this program",
                "add `import Process`",
            );
            return self.broken(span);
        };
        let Some(callable) = self.callable_function(function, span) else { return self.broken(span) };
        let Some(tree) = self.arguments("`link`", &callable.params, arguments.iter().collect(), span) else {
            return self.broken(span);
        };
        self.call_target(callable.target, tree, callable.result, span)
    }
}
