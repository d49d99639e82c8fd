//! Families of actors, services, and what is said to them.

use super::{Generator, Wish};
use crate::program::{
    Actor, ActorEnd, Block, Clause, Closure, Expression, Handler, Head, Kind, ReceiveArm, Service, Type,
};

impl Generator {
    pub fn actor_families(&mut self) {
        for _ in 0..self.random.between(1, 2) {
            self.family();
        }
    }

    /// Actors that take the same messages, and become each other.
    fn family(&mut self) {
        let family = self.program.actors.len();
        let count = self.random.between(1, 3);
        let kinds = self.random.between(1, 3);
        let mut messages: Vec<(Vec<Type>, Option<Type>)> = Vec::new();
        for kind in 0..kinds {
            let payload = (0..self.random.below(3)).map(|_| self.plain_type(1)).collect();
            // The first is a question: an actor that nobody hears of proves little.
            let answer = (kind == 0 || self.random.one_in(2)).then(|| self.plain_type(1));
            messages.push((payload, answer));
        }
        for number in family..family + count {
            self.used(if number == family { "actor" } else { "actor that is become" });
            let state: Vec<Type> = (0..self.random.between(0, 2)).map(|_| self.plain_type(1)).collect();
            let parameters = state.into_iter().map(|ty| (self.fresh(), ty)).collect();
            let messages = if number == family { messages.clone() } else { Vec::new() };
            self.program.actors.push(Actor { family, messages, parameters, arms: Vec::new() });
        }
        for number in family..family + count {
            for message in 0..messages.len() {
                let arms = self.arms(number, message, family, count);
                self.program.actors[number].arms.extend(arms);
            }
        }
    }

    fn arms(&mut self, actor: usize, message: usize, family: usize, count: usize) -> Vec<ReceiveArm> {
        let (payload, answer) = self.program.actors[family].messages[message].clone();
        let state = self.program.actors[actor].parameters.clone();
        let mut arms = Vec::new();
        let special = self.random.below(2);
        for position in 0..=special {
            self.enter(Vec::new(), &Type::unit());
            self.context.returns = None;
            self.context.level = 1;
            self.budget = 40;
            for (name, ty) in &state {
                self.scope.bind(*name, ty.clone(), 1);
            }
            let last = position == special;
            let (patterns, guard) = if last {
                (self.bind_all(&payload).into_iter().map(crate::program::Pattern::Variable).collect(), None)
            } else {
                (self.clause_patterns(&payload), Some(()))
            };
            let guard = guard.and_then(|()| self.some_guard());
            let answer =
                answer.as_ref().map(|ty| Block::of(self.expression(ty, Wish { depth: 3, known: true })));
            let pauses = answer.is_some() && self.random.one_in(8);
            if pauses {
                self.used("receive with after");
            }
            let end = self.end(family, count, 1);
            arms.push(ReceiveArm { message, payload: patterns, guard, pauses, answer, end });
        }
        arms
    }

    fn end(&mut self, family: usize, count: usize, depth: usize) -> ActorEnd {
        match self.random.below(8) {
            0 => ActorEnd::Finish,
            1 | 2 if depth > 0 => {
                let condition = self.expression(&Type::bool(), Wish { depth: 2, known: true });
                let then = Box::new(self.end(family, count, depth - 1));
                ActorEnd::Choose(condition, then, Box::new(self.end(family, count, depth - 1)))
            }
            _ => {
                let next = family + self.random.below(count);
                let types = self.program.actors[next].parameters.clone();
                let state =
                    types.iter().map(|(_, ty)| self.expression(ty, Wish { depth: 2, known: true })).collect();
                ActorEnd::Become(next, state)
            }
        }
    }

    pub fn services(&mut self) {
        self.used("service");
        let state = self.plain_type(1);
        let parameters: Vec<Type> = (0..self.random.below(3)).map(|_| self.plain_type(1)).collect();
        self.enter(Vec::new(), &state);
        self.budget = 30;
        let names = self.bind_all(&parameters);
        let body = self.block(&state, Wish { depth: 3, known: true });
        let init = Closure { parameters, result: state.clone(), clauses: vec![Clause::simple(&names, body)] };
        let mut handlers = Vec::new();
        for position in 0..self.random.between(1, 3) {
            let parameters: Vec<Type> = (0..self.random.below(2)).map(|_| self.plain_type(1)).collect();
            let reply = (position == 0 || self.random.one_in(2)).then(|| self.plain_type(1));
            let result = match &reply {
                Some(reply) => Type::of(Head::Tuple, vec![state.clone(), reply.clone()]),
                None => state.clone(),
            };
            self.enter(Vec::new(), &result);
            self.context.level = 1;
            self.budget = 30;
            let own = self.fresh();
            self.scope.bind(own, state.clone(), 1);
            let names = self.bind_all(&parameters);
            let body = self.block(&result, Wish { depth: 3, known: true });
            let parameters = names.into_iter().zip(parameters).collect();
            handlers.push(Handler { parameters, reply, state: own, body });
        }
        self.program.services.push(Service { state, init, handlers });
    }

    /// An actor or a service that is started.
    pub fn start(&mut self, ty: &Type, wish: Wish) -> Expression {
        let kind = match ty.head {
            Head::Actor(actor) => {
                let types = self.program.actors[actor].parameters.clone();
                self.used("spawn");
                Kind::Spawn(
                    actor,
                    types.iter().map(|(_, ty)| self.expression(ty, wish.deeper().known())).collect(),
                )
            }
            Head::Service(service) => {
                let types = self.program.services[service].init.parameters.clone();
                self.used("start of a service");
                Kind::Start(
                    service,
                    types.iter().map(|ty| self.expression(ty, wish.deeper().known())).collect(),
                )
            }
            _ => unreachable!("{ty:?} is no address"),
        };
        Expression::new(ty.clone(), kind)
    }

    /// Addresses in scope whose actor has a message of this kind.
    fn addressed(&self, wanted: impl Fn(&Option<Type>) -> bool) -> Vec<(u32, usize, usize)> {
        let mut all = Vec::new();
        for variable in self.scope.variables() {
            if let Head::Actor(actor) = variable.ty.head {
                for (message, (_, answer)) in self.program.actors[actor].messages.iter().enumerate() {
                    if wanted(answer) {
                        all.push((variable.name, actor, message));
                    }
                }
            }
        }
        all
    }

    pub fn ask(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let answer = &ty.arguments[0];
        let fitting = self.addressed(|own| own.as_ref() == Some(answer));
        if fitting.is_empty() {
            return None;
        }
        let (name, actor, message) = self.random.pick(&fitting);
        let pid = Expression::variable(name, Type::plain(Head::Actor(actor)));
        let payload = self.payload(actor, message, wish, true);
        Some(Expression::new(ty.clone(), Kind::Ask(Box::new(pid), message, payload)))
    }

    pub fn send(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let fitting = self.addressed(Option::is_none);
        if fitting.is_empty() {
            return None;
        }
        let (name, actor, message) = self.random.pick(&fitting);
        let pid = Expression::variable(name, Type::plain(Head::Actor(actor)));
        let payload = self.payload(actor, message, wish, false);
        Some(Expression::new(ty.clone(), Kind::Send(Box::new(pid), message, payload)))
    }

    /// Anything that this actor or service can be told or asked.
    pub fn say(&mut self, pid: &Expression, wish: Wish) -> Expression {
        let boxed = Box::new(pid.clone());
        match pid.ty.head {
            Head::Actor(actor) => {
                let message = self.random.below(self.program.actors[actor].messages.len());
                let answer = self.program.actors[actor].messages[message].1.clone();
                let payload = self.payload(actor, message, wish, answer.is_some());
                match answer {
                    Some(answer) => {
                        self.used("question to an actor");
                        Expression::new(Type::option(answer), Kind::Ask(boxed, message, payload))
                    }
                    None => {
                        self.used("message to an actor");
                        Expression::new(Type::unit(), Kind::Send(boxed, message, payload))
                    }
                }
            }
            Head::Service(service) => {
                let handler = self.random.below(self.program.services[service].handlers.len());
                let own = self.program.services[service].handlers[handler].clone();
                let arguments =
                    own.parameters.iter().map(|(_, ty)| self.expression(ty, wish.deeper().known())).collect();
                let gently = own.reply.is_some() && self.random.one_in(2);
                let ty = match own.reply {
                    None => Type::unit(),
                    Some(reply) if gently => Type::option(reply),
                    Some(reply) => reply,
                };
                self.used("call of a service");
                Expression::new(ty, Kind::CallService(boxed, handler, arguments, gently))
            }
            _ => unreachable!("{:?} is no address", pid.ty),
        }
    }

    /// What a question holds is worked out inside a closure, out of which nothing leads.
    fn payload(&mut self, actor: usize, message: usize, wish: Wish, enclosed: bool) -> Vec<Expression> {
        let types = self.program.actors[actor].messages[message].0.clone();
        let around = self.context.clone();
        if enclosed {
            self.context.returns = None;
            self.context.in_loop = false;
            self.context.level += 1;
        }
        let payload = types.iter().map(|ty| self.expression(ty, wish.deeper().known())).collect();
        self.context = around;
        payload
    }

    pub fn call_service(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let mut fitting = Vec::new();
        for variable in self.scope.variables() {
            let Head::Service(service) = variable.ty.head else { continue };
            for (handler, own) in self.program.services[service].handlers.iter().enumerate() {
                match &own.reply {
                    None if ty.head == Head::Unit => fitting.push((variable.name, service, handler, false)),
                    Some(reply) if reply == ty => fitting.push((variable.name, service, handler, false)),
                    Some(reply) if *ty == Type::option(reply.clone()) => {
                        fitting.push((variable.name, service, handler, true));
                    }
                    _ => {}
                }
            }
        }
        if fitting.is_empty() {
            return None;
        }
        let (name, service, handler, gently) = self.random.pick(&fitting);
        let types = self.program.services[service].handlers[handler].parameters.clone();
        let pid = Expression::variable(name, Type::plain(Head::Service(service)));
        let arguments = types.iter().map(|(_, ty)| self.expression(ty, wish.deeper().known())).collect();
        let pid = Box::new(pid);
        Some(Expression::new(ty.clone(), Kind::CallService(pid, handler, arguments, gently)))
    }
}
