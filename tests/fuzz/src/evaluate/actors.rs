//! Actors and services. Only one party speaks to each, and waits for its answers: so a message may be handled as
//! soon as it is sent, and the order in which the real ones run cannot be seen.

use super::value::Process;
use super::{Environment, Machine, Outcome, Stop, Value};
use crate::program::{ActorEnd, Expression};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

impl Process {
    pub fn new(actor: usize, state: Vec<Value>) -> Process {
        Process { now: Cell::new(actor), state: RefCell::new(Some(state)), reason: RefCell::default() }
    }

    fn end(&self, reason: &str) {
        *self.state.borrow_mut() = None;
        *self.reason.borrow_mut() = reason.into();
    }
}

impl Machine<'_> {
    /// Sends a message, and gives what the actor answers, if it does.
    pub fn message(
        &mut self,
        pid: &Expression,
        message: usize,
        payload: &[Expression],
        environment: &Environment,
    ) -> Outcome<Option<Value>> {
        let Value::Actor(process) = self.evaluate(pid, environment)? else { unreachable!("an address") };
        let payload = self.all(payload, environment)?;
        let Some(state) = process.state.borrow().clone() else { return Ok(None) };
        match self.handle(process.now.get(), &state, message, &payload) {
            Ok((answer, next)) => {
                match next {
                    Some((actor, state)) => {
                        process.now.set(actor);
                        *process.state.borrow_mut() = Some(state);
                    }
                    None => process.end("it has ended"),
                }
                Ok(answer)
            }
            // Its crash is its own: whoever asked hears of the end only.
            Err(Stop::Crash(text)) => {
                process.end(&text);
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }

    #[allow(clippy::type_complexity)]
    fn handle(
        &mut self,
        actor: usize,
        state: &[Value],
        message: usize,
        payload: &[Value],
    ) -> Outcome<(Option<Value>, Option<(usize, Vec<Value>)>)> {
        let program = self.program;
        let actor = &program.actors[actor];
        let mut around = Environment::default();
        for ((name, _), value) in actor.parameters.iter().zip(state) {
            around.bind(*name, value.clone());
        }
        for arm in actor.arms.iter().filter(|arm| arm.message == message) {
            let mut environment = around.clone();
            let mut matched = true;
            for (pattern, value) in arm.payload.iter().zip(payload) {
                matched = matched && self.matches(pattern, value, &mut environment)?;
            }
            if matched && self.holds(arm.guard.as_ref(), &environment)? {
                let answer =
                    arm.answer.as_ref().map(|block| self.block(block, environment.clone())).transpose()?;
                let next = match self.become_next(&arm.end, &environment) {
                    // What was answered before the crash has arrived.
                    Err(Stop::Crash(_)) if answer.is_some() => None,
                    next => next?,
                };
                return Ok((answer, next));
            }
        }
        Err(Stop::Crash("non-exhaustive match".into()))
    }

    fn become_next(
        &mut self,
        end: &ActorEnd,
        environment: &Environment,
    ) -> Outcome<Option<(usize, Vec<Value>)>> {
        Ok(match end {
            ActorEnd::Become(actor, state) => Some((*actor, self.all(state, environment)?)),
            ActorEnd::Choose(condition, then, otherwise) => {
                let chosen = if self.truth(condition, environment)? { then } else { otherwise };
                self.become_next(chosen, environment)?
            }
            ActorEnd::Finish => None,
        })
    }

    pub fn start(&mut self, service: usize, arguments: &[Expression], environment: &Environment) -> Outcome {
        let arguments = self.all(arguments, environment)?;
        let program = self.program;
        let state = self.enter(&program.services[service].init, Environment::default(), arguments)?;
        Ok(Value::Service(Rc::new(Process::new(service, vec![state]))))
    }

    pub fn call_service(
        &mut self,
        pid: &Expression,
        handler: usize,
        arguments: &[Expression],
        gently: bool,
        environment: &Environment,
    ) -> Outcome {
        let Value::Service(process) = self.evaluate(pid, environment)? else { unreachable!("an address") };
        let arguments = self.all(arguments, environment)?;
        let program = self.program;
        let handler = &program.services[process.now.get()].handlers[handler];
        let state = process.state.borrow().clone();
        let mut answer = None;
        if let Some(state) = state {
            let mut inside = Environment::default();
            inside.bind(handler.state, state[0].clone());
            for ((name, _), value) in handler.parameters.iter().zip(arguments) {
                inside.bind(*name, value);
            }
            match self.block(&handler.body, inside) {
                Ok(value) | Err(Stop::Return(value)) => {
                    let (state, reply) = match (&handler.reply, value) {
                        (Some(_), Value::Tuple(parts)) => (parts[0].clone(), Some(parts[1].clone())),
                        (_, state) => (state, None),
                    };
                    *process.state.borrow_mut() = Some(vec![state]);
                    answer = reply;
                }
                Err(Stop::Crash(text)) => process.end(&text),
                Err(stop) => return Err(stop),
            }
        }
        match (&handler.reply, gently) {
            (None, _) => Ok(Value::Unit),
            (Some(_), true) => Ok(Value::option(answer)),
            // The text of the caller's own end names the reason, but not always the same one: whether the crash or
            // the ended actor is met first.
            (Some(_), false) => {
                answer.ok_or(Stop::Unspecified("the end of the caller of a service that has ended"))
            }
        }
    }
}
