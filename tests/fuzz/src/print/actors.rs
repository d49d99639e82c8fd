//! Actors, services, and what is said to them.

use super::types::message_type;
use super::{Printer, variable};
use crate::program::{Actor, ActorEnd, Expression, Head, ReceiveArm, Service, Type};

/// Longer than any machine needs to answer.
const PATIENCE: u32 = 60_000;

/// A message's constructor.
fn message_name(family: usize, message: usize) -> String {
    format!("Say{family}_{message}")
}

impl Printer<'_> {
    pub fn actors(&mut self) {
        let program = self.program;
        for (number, actor) in program.actors.iter().enumerate() {
            if actor.family == number {
                self.messages(number, actor);
            }
            self.actor(number, actor);
        }
        for (number, service) in program.services.iter().enumerate() {
            self.service(number, service);
        }
        if !program.actors.is_empty() || !program.services.is_empty() {
            self.write("fn answered<R>(outcome :: Result<R, CallError>) -> Option<R> = Result.to_option(outcome)\n\n");
        }
    }

    fn messages(&mut self, family: usize, actor: &Actor) {
        self.write(format!("type {} do", message_type(family)));
        self.indent += 1;
        for (number, (payload, answer)) in actor.messages.iter().enumerate() {
            self.newline();
            self.write(message_name(family, number));
            let mut fields = payload.clone();
            self.open("(");
            self.list(&fields, |printer, field| printer.ty(field));
            if let Some(answer) = answer {
                self.write(if fields.is_empty() { "Reply<" } else { ", Reply<" });
                self.ty(answer);
                self.write(">");
                fields.push(Type::unit());
            }
            self.close(")");
            if fields.is_empty() {
                self.text.truncate(self.text.len() - 2);
            }
        }
        self.indent -= 1;
        self.newline();
        self.write("end\n\n");
    }

    fn actor(&mut self, number: usize, actor: &Actor) {
        self.open(&format!("actor actor{number}("));
        self.list(&actor.parameters, |printer, (name, ty)| {
            printer.write(format!("{} :: ", variable(*name)));
            printer.ty(ty);
        });
        self.close(") do");
        self.indent += 1;
        self.newline();
        self.write("receive do");
        self.indent += 1;
        for arm in &actor.arms {
            self.newline();
            self.receive_arm(actor.family, arm);
        }
        self.indent -= 1;
        self.newline();
        self.write("end");
        self.indent -= 1;
        self.newline();
        self.write("end\n\n");
    }

    fn receive_arm(&mut self, family: usize, arm: &ReceiveArm) {
        self.write(message_name(family, arm.message));
        let reply = arm.answer.is_some();
        if reply || !arm.payload.is_empty() {
            self.open("(");
            self.list(&arm.payload, |printer, part| printer.pattern(part));
            if reply {
                self.write(if arm.payload.is_empty() { "reply" } else { ", reply" });
            }
            self.close(")");
        }
        self.guard(arm.guard.as_ref());
        self.write(" -> do");
        self.indent += 1;
        self.newline();
        if arm.pauses {
            self.write("receive do");
            self.newline();
            self.write("  _ -> panic(\"a message that nobody has sent\")");
            self.newline();
            self.write("  after 1 -> ()");
            self.newline();
            self.write("end");
            self.newline();
        }
        if let Some(answer) = &arm.answer {
            self.write("Reply.answer(reply, ");
            self.brackets += 1;
            if answer.statements.is_empty() {
                self.expression(&answer.value);
            } else {
                self.write("if true do");
                self.body(answer);
                self.write("else panic(\"never\") end");
            }
            self.brackets -= 1;
            self.write(")");
            self.newline();
        }
        self.end(&arm.end);
        self.indent -= 1;
        self.newline();
        self.write("end");
    }

    fn end(&mut self, end: &ActorEnd) {
        match end {
            ActorEnd::Become(actor, state) => {
                self.write(format!("actor{actor}"));
                self.enclosed_list("(", state, ")");
            }
            ActorEnd::Choose(condition, then, otherwise) => {
                self.write("if ");
                self.expression(condition);
                self.write(" do ");
                self.end(then);
                self.write(" else ");
                self.end(otherwise);
                self.write(" end");
            }
            ActorEnd::Finish => self.write("()"),
        }
    }

    pub fn send(&mut self, pid: &Expression, message: usize, payload: &[Expression]) {
        self.open("send(");
        self.expression(pid);
        self.write(", ");
        self.write(message_name(self.family(pid), message));
        if !payload.is_empty() {
            self.enclosed_list("(", payload, ")");
        }
        self.close(")");
    }

    pub fn ask(&mut self, pid: &Expression, message: usize, payload: &[Expression]) {
        self.open("answered(Reply.ask(");
        self.expression(pid);
        self.open(&format!(", {PATIENCE}, fn reply -> {}(", message_name(self.family(pid), message)));
        for value in payload {
            self.expression(value);
            self.write(", ");
        }
        self.close("reply) end");
        self.close("))");
    }

    fn family(&self, pid: &Expression) -> usize {
        // A mutant may speak to anything.
        let Head::Actor(actor) = pid.ty.head else { return 0 };
        self.program.actors[actor].family
    }

    fn service(&mut self, number: usize, service: &Service) {
        self.write(format!("service Service{number} do"));
        self.indent += 1;
        self.newline();
        let init = &service.init.clauses[0];
        self.open("fn init(");
        let pairs: Vec<_> = init.patterns.iter().zip(&service.init.parameters).collect();
        self.list(&pairs, |printer, (pattern, ty)| {
            printer.pattern(pattern);
            printer.write(" :: ");
            printer.ty(ty);
        });
        self.close(") -> ");
        self.ty(&service.state);
        self.write(" do");
        self.body(&init.body);
        self.write("end");
        for (position, handler) in service.handlers.iter().enumerate() {
            self.newline();
            self.write(if handler.reply.is_some() { "call" } else { "cast" });
            self.open(&format!(" Do{position}("));
            self.list(&handler.parameters, |printer, (name, ty)| {
                printer.write(format!("{} :: ", variable(*name)));
                printer.ty(ty);
            });
            self.close(")");
            if let Some(reply) = &handler.reply {
                self.write(" :: ");
                self.ty(reply);
            }
            self.write(format!(" do |{}|", variable(handler.state)));
            self.body(&handler.body);
            self.write("end");
        }
        self.indent -= 1;
        self.newline();
        self.write("end\n\n");
    }

    pub fn call_service(&mut self, pid: &Expression, handler: usize, arguments: &[Expression], gently: bool) {
        let service = if let Head::Service(service) = pid.ty.head { service } else { 0 };
        self.open(&match gently {
            true => format!("answered(Service{service}.try_do{handler}("),
            false => format!("Service{service}.do{handler}("),
        });
        self.expression(pid);
        if gently {
            self.write(format!(", {PATIENCE}"));
        }
        for argument in arguments {
            self.write(", ");
            self.expression(argument);
        }
        self.close(if gently { "))" } else { ")" });
    }
}
