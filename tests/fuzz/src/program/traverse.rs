//! Walks over all expressions of a program: for the reducer and the mutator.

use super::expression::For;
use super::{
    ActorEnd, Block, Callee, Closure, Expression, Kind, Leave, Pattern, PatternSize, Program, Statement,
    TextPart,
};

type Visit<'a> = dyn FnMut(&mut Expression) + 'a;

/// Hands every body of the program over: of functions, methods, actors, services, and the cases' calls.
pub fn each_body_mut(program: &mut Program, visit: &mut Visit) {
    for constant in &mut program.constants {
        visit(&mut constant.value);
    }
    for (_, method) in program.declarations.iter_mut().flat_map(|declaration| &mut declaration.own) {
        method.each(visit);
    }
    for interface in &mut program.interfaces {
        interface
            .methods
            .iter_mut()
            .filter_map(|method| method.default.as_mut())
            .for_each(|own| own.each(visit));
    }
    for implementation in &mut program.implementations {
        implementation.methods.iter_mut().flatten().for_each(|method| method.each(visit));
    }
    for conversion in &mut program.conversions {
        conversion.body.each(visit);
    }
    for function in &mut program.functions {
        function.body.each(visit);
    }
    for actor in &mut program.actors {
        for arm in &mut actor.arms {
            arm.guard.iter_mut().for_each(&mut *visit);
            arm.answer.iter_mut().for_each(|block| block.each(visit));
            arm.end.each(visit);
        }
    }
    for service in &mut program.services {
        service.init.each(visit);
        service.handlers.iter_mut().for_each(|handler| handler.body.each(visit));
    }
    for case in &mut program.cases {
        visit(&mut case.call);
    }
}

/// The same without changing anything.
pub fn each_body(program: &Program, visit: &mut dyn FnMut(&Expression)) {
    let mut copy = program.clone();
    each_body_mut(&mut copy, &mut |expression| visit(expression));
}

impl Expression {
    /// Hands over each expression directly below this one, those in its blocks and patterns, too.
    pub fn each_child(&mut self, visit: &mut Visit) {
        match &mut self.kind {
            Kind::Int(_)
            | Kind::Float(_)
            | Kind::Bool(_)
            | Kind::String(_)
            | Kind::Bytes(_)
            | Kind::Unit
            | Kind::Nothing
            | Kind::Variable(_)
            | Kind::Constant(_)
            | Kind::ConstructorValue(..)
            | Kind::FunctionValue(_)
            | Kind::LibraryValue(_)
            | Kind::Default
            | Kind::Leave(Leave::Break | Leave::Continue) => {}
            Kind::Tuple(parts) | Kind::List(parts) | Kind::Construct(_, parts) => {
                parts.iter_mut().for_each(visit)
            }
            Kind::Spawn(_, parts) | Kind::Start(_, parts) => parts.iter_mut().for_each(visit),
            Kind::Map(pairs) => {
                for (key, value) in pairs {
                    visit(key);
                    visit(value);
                }
            }
            Kind::Update(base, fields) => {
                visit(base);
                fields.iter_mut().for_each(|(_, value)| visit(value));
            }
            Kind::Field(inner, _)
            | Kind::Unary(_, inner)
            | Kind::Try(inner, _)
            | Kind::Ascribe(inner)
            | Kind::Leave(Leave::Return(inner)) => visit(inner),
            Kind::Binary(_, left, right) | Kind::JobMap(left, right) => {
                visit(left);
                visit(right);
            }
            Kind::Text(parts) => {
                for part in parts {
                    if let TextPart::Value(value) = part {
                        visit(value);
                    }
                }
            }
            Kind::If(condition, then, otherwise) => {
                visit(condition);
                then.each(visit);
                otherwise.iter_mut().for_each(|block| block.each(visit));
            }
            Kind::Case(subject, arms) => {
                visit(subject);
                for arm in arms {
                    arm.pattern.each(visit);
                    arm.guard.iter_mut().for_each(&mut *visit);
                    arm.body.each(visit);
                }
            }
            Kind::Call(callee, arguments, _) => {
                if let Callee::Value(callee) = callee {
                    visit(callee);
                }
                arguments.iter_mut().for_each(visit);
            }
            Kind::Closure(closure) => closure.each(visit),
            Kind::For(inner) => {
                let For { iterable, condition, body, .. } = &mut **inner;
                visit(iterable);
                condition.iter_mut().for_each(&mut *visit);
                body.each(visit);
            }
            Kind::While(condition, body) => {
                visit(condition);
                body.each(visit);
            }
            Kind::Bits(segments) => segments.iter_mut().for_each(|segment| visit(&mut segment.value)),
            Kind::Job(block) => block.each(visit),
            Kind::Send(pid, _, arguments)
            | Kind::Ask(pid, _, arguments)
            | Kind::CallService(pid, _, arguments, _) => {
                visit(pid);
                arguments.iter_mut().for_each(visit);
            }
        }
    }

    /// Hands over this expression and all below it, from the outside to the inside.
    pub fn each_below(&mut self, visit: &mut Visit) {
        visit(self);
        self.each_child(&mut |child| child.each_below(visit));
    }

    /// How many expressions it is.
    pub fn size(&self) -> usize {
        let mut copy = self.clone();
        let mut count = 0;
        copy.each_below(&mut |_| count += 1);
        count
    }
}

impl Block {
    pub fn each(&mut self, visit: &mut Visit) {
        for statement in &mut self.statements {
            match statement {
                Statement::Let(pattern, _, value) => {
                    pattern.each(visit);
                    visit(value);
                }
                Statement::Function(_, closure) => closure.each(visit),
                Statement::Expression(value) => visit(value),
                Statement::LeaveIf(condition, leave) => {
                    visit(condition);
                    if let Leave::Return(value) = leave {
                        visit(value);
                    }
                }
            }
        }
        visit(&mut self.value);
    }

    /// Hands over this block and all blocks below it.
    pub fn each_block(&mut self, visit: &mut dyn FnMut(&mut Block)) {
        visit(self);
        self.each(&mut |expression| expression.each_block(visit));
    }
}

impl Closure {
    pub fn each(&mut self, visit: &mut Visit) {
        for clause in &mut self.clauses {
            clause.patterns.iter_mut().for_each(|pattern| pattern.each(visit));
            clause.guard.iter_mut().for_each(&mut *visit);
            clause.body.each(visit);
        }
    }
}

impl Expression {
    /// Hands over all blocks below it.
    pub fn each_block(&mut self, visit: &mut dyn FnMut(&mut Block)) {
        match &mut self.kind {
            Kind::If(condition, then, otherwise) => {
                condition.each_block(visit);
                then.each_block(visit);
                otherwise.iter_mut().for_each(|block| block.each_block(visit));
            }
            Kind::Case(subject, arms) => {
                subject.each_block(visit);
                arms.iter_mut().for_each(|arm| arm.body.each_block(visit));
            }
            Kind::Closure(closure) => {
                closure.clauses.iter_mut().for_each(|clause| clause.body.each_block(visit))
            }
            Kind::For(inner) => {
                inner.iterable.each_block(visit);
                inner.body.each_block(visit);
            }
            Kind::While(condition, body) => {
                condition.each_block(visit);
                body.each_block(visit);
            }
            Kind::Job(block) => block.each_block(visit),
            _ => self.each_child(&mut |child| child.each_block(visit)),
        }
    }
}

impl Pattern {
    /// Hands over the expressions in it: the sizes of bit segments.
    fn each(&mut self, visit: &mut Visit) {
        match self {
            Pattern::Tuple(parts)
            | Pattern::Constructor(_, _, parts)
            | Pattern::List(parts)
            | Pattern::Or(parts) => {
                parts.iter_mut().for_each(|part| part.each(visit));
            }
            Pattern::Struct(_, fields) => fields.iter_mut().for_each(|(_, part)| part.each(visit)),
            Pattern::Cons(head, tail) => {
                head.each(visit);
                tail.each(visit);
            }
            Pattern::As(inner, _) => inner.each(visit),
            Pattern::Bits(segments) => {
                for segment in segments {
                    if let PatternSize::Bytes(length) | PatternSize::Computed(length) = &mut segment.size {
                        visit(length);
                    }
                }
            }
            _ => {}
        }
    }
}

impl ActorEnd {
    fn each(&mut self, visit: &mut Visit) {
        match self {
            ActorEnd::Become(_, arguments) => arguments.iter_mut().for_each(visit),
            ActorEnd::Choose(condition, then, otherwise) => {
                visit(condition);
                then.each(visit);
                otherwise.each(visit);
            }
            ActorEnd::Finish => {}
        }
    }
}
