//! Blocks and statements.

use super::{Generator, Wish};
use crate::library;
use crate::program::{BinaryOperator, Block, Expression, Head, Kind, Leave, Pattern, Statement, Type};

impl Generator {
    /// A block with a value of this type.
    pub fn block(&mut self, ty: &Type, wish: Wish) -> Block {
        self.block_ending(wish, |generator| generator.expression(ty, wish))
    }

    /// A block whose value is made where all of its names are in scope.
    pub fn block_ending(&mut self, wish: Wish, value: impl FnOnce(&mut Generator) -> Expression) -> Block {
        self.scoped(|generator| {
            let mut statements = Vec::new();
            let most = if wish.depth > 2 { 4 } else { 2 };
            for _ in 0..generator.random.below(most) {
                if generator.budget > 0 {
                    generator.statement(&mut statements, wish.deeper());
                }
            }
            Block { statements, value: Box::new(value(generator)) }
        })
    }

    fn statement(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        match self.random.below(17) {
            0..=5 => self.binding(into, wish),
            6 => self.destructuring(into, wish),
            7 | 8 => self.effect(into, wish),
            9 => self.leave_if(into, wish),
            10 => self.counted_while(into, wish),
            11 => self.vector(into),
            12 if self.context.level == 0 => self.address(into, wish),
            13 => self.bytes_loop(into),
            14 => self.library_binding(into, wish),
            15 => self.local_function(into, wish),
            _ => self.binding(into, wish),
        }
    }

    fn bind(&mut self, into: &mut Vec<Statement>, value: Expression, annotated: bool) -> u32 {
        let name = self.name();
        let level = self.context.level;
        self.scope.bind(name, value.ty.clone(), level);
        into.push(Statement::Let(Pattern::Variable(name), annotated, value));
        name
    }

    fn binding(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let ty = self.local_type(2);
        let annotated = self.random.one_in(3);
        self.used(if annotated { "let with a type" } else { "let" });
        let value = self.expression(&ty, Wish { known: annotated, ..wish });
        self.bind(into, value, annotated);
    }

    fn destructuring(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let count = self.random.between(2, 3);
        let ty = Type::of(Head::Tuple, (0..count).map(|_| self.plain_type(1)).collect());
        let value = self.expression(&ty, wish.unknown());
        let (pattern, bound) = self.irrefutable(&ty);
        let level = self.context.level;
        for (name, ty) in bound {
            self.scope.bind(name, ty, level);
        }
        self.used("let with a pattern");
        into.push(Statement::Let(pattern, false, value));
    }

    /// Something done to a buffer or a cell in scope.
    fn effect(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let changed: Vec<Type> = self
            .scope
            .variables()
            .iter()
            .map(|variable| variable.ty.clone())
            .filter(|ty| matches!(ty.head, Head::Buffer | Head::Cell))
            .collect();
        if changed.is_empty() {
            let bytes = self.expression(&Type::plain(Head::Bytes), wish.deeper().known());
            let buffer = Type::plain(Head::Buffer);
            let buffer = self.library("Buffer.from_bytes", vec![bytes], &buffer);
            self.bind(into, buffer, false);
            return;
        }
        let ty = self.random.pick(&changed);
        let module = if ty.head == Head::Cell { "Cell." } else { "Buffer." };
        let fitting: Vec<usize> = library::functions()
            .iter()
            .enumerate()
            .filter(|(_, function)| function.has_effect && function.name.starts_with(module))
            .map(|(number, _)| number)
            .collect();
        let number = self.random.pick(&fitting);
        let types = ty.arguments.clone();
        let call = self.library_call(number, &library::functions()[number], &types, &Type::unit(), wish);
        self.used("effect");
        into.push(Statement::Expression(call));
    }

    fn leave_if(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let condition = self.expression(&Type::bool(), wish.deeper().known());
        if let Some(leave) = self.leave(wish.deeper()) {
            self.used("leaving early");
            into.push(Statement::LeaveIf(condition, leave));
        }
    }

    /// A `while` with a counter in a cell, and an accumulator beside it.
    fn counted_while(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let int = Type::int();
        let cell = Type::of(Head::Cell, vec![int.clone()]);
        let level = self.context.level;
        let zero = Expression::int(0);
        let first = self.library("Cell.new", vec![zero], &cell);
        let counter = self.fresh();
        into.push(Statement::Let(Pattern::Variable(counter), false, first));
        let read = |generator: &mut Generator| {
            let counter = Expression::variable(counter, cell.clone());
            generator.library("Cell.get", vec![counter], &int)
        };
        let limit = Expression::int(self.random.between(1, 20) as i64);
        let now = read(self);
        let condition = Expression::binary(Type::bool(), BinaryOperator::Less, now, limit);
        let body = self.scoped(|generator| {
            let mut statements = Vec::new();
            let now = read(generator);
            let one = Expression::int(1);
            let next = Expression::binary(int.clone(), BinaryOperator::Add, now, one);
            let counter = Expression::variable(counter, cell.clone());
            let step = generator.library("Cell.set", vec![counter, next], &Type::unit());
            statements.push(Statement::Expression(step));
            let now = read(generator);
            let name = generator.fresh();
            generator.scope.bind(name, int.clone(), level);
            statements.push(Statement::Let(Pattern::Variable(name), false, now));
            let around = std::mem::replace(&mut generator.context.in_loop, true);
            for _ in 0..generator.random.between(1, 3) {
                generator.statement(&mut statements, wish.deeper().deeper());
            }
            if generator.random.one_in(3) {
                let condition = generator.expression(&Type::bool(), wish.deeper().known());
                statements.push(Statement::LeaveIf(condition, Leave::Break));
            }
            generator.context.in_loop = around;
            Block { statements, value: Box::new(Expression::unit()) }
        });
        self.scope.bind(counter, cell.clone(), level);
        self.used("while");
        into.push(Statement::Expression(Expression::new(
            Type::unit(),
            Kind::While(Box::new(condition), body),
        )));
    }

    /// A vector, bound where it is used: it cannot go far.
    fn vector(&mut self, into: &mut Vec<Statement>) {
        let ty = Type::plain(Head::Vector);
        self.used("vector");
        let vector = self.expression(&ty, Wish { depth: 3, known: true });
        self.bind(into, vector, false);
        let question = self.random.pick(&["U8x16.high_bits", "U8x16.any"]);
        let result = if question == "U8x16.any" { Type::bool() } else { Type::int() };
        let vector = self.expression(&ty, Wish { depth: 2, known: true });
        let asked = self.library(question, vec![vector], &result);
        self.bind(into, asked, false);
    }

    /// Bytes that are read before a loop and inside it; often constant ones.
    fn bytes_loop(&mut self, into: &mut Vec<Statement>) {
        let (int, bytes) = (Type::int(), Type::plain(Head::Bytes));
        let subject =
            self.some_constant(&bytes).unwrap_or_else(|| self.leaf(&bytes, Wish { depth: 0, known: true }));
        self.used("loop over Bytes");
        let at = self.small_int();
        let reader = self.random.pick(&["Bytes.get", "Bytes.u16", "Bytes.u16_be", "Bytes.u32"]);
        if self.random.one_in(2) {
            let before = self.library(reader, vec![subject.clone(), at], &int);
            let (name, level) = (self.fresh(), self.context.level);
            self.scope.bind(name, int.clone(), level);
            into.push(Statement::Let(Pattern::Variable(name), false, before));
        }
        let name = self.fresh();
        let length = self.library("Bytes.length", vec![subject.clone()], &int);
        let range =
            Expression::binary(Type::plain(Head::Range), BinaryOperator::Range, Expression::int(0), length);
        let at = Expression::variable(name, int.clone());
        let inside = self.library("Bytes.get", vec![subject, at], &int);
        let level = self.context.level;
        let value = self.scoped(|generator| {
            generator.scope.bind(name, int.clone(), level);
            let other = generator.leaf(&int, Wish { depth: 0, known: true });
            let operator = generator.random.pick(&[BinaryOperator::Add, BinaryOperator::Multiply]);
            Expression::binary(int.clone(), operator, inside, other)
        });
        let over = crate::program::For {
            binds: crate::program::ForBinding::One(Pattern::Variable(name)),
            iterable: range,
            condition: None,
            body: Block::of(value),
        };
        let list = Type::list(int);
        self.bind(into, Expression::new(list, Kind::For(Box::new(over))), false);
    }

    /// The address of an actor or service, to speak to later.
    fn address(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let families: Vec<usize> = (0..self.program.actors.len())
            .filter(|number| self.program.actors[*number].family == *number)
            .collect();
        let services = self.program.services.len();
        if families.is_empty() || services == 0 {
            return;
        }
        let ty = match self.random.below(3) {
            0 => Type::plain(Head::Service(self.random.below(services))),
            _ => Type::plain(Head::Actor(self.random.pick(&families))),
        };
        let start = self.start(&ty, wish);
        let name = self.bind(into, start, false);
        let pid = Expression::variable(name, ty);
        for _ in 0..self.random.between(1, 3) {
            let said = self.say(&pid, wish);
            if said.ty == Type::unit() && self.random.one_in(2) {
                into.push(Statement::Expression(said));
            } else {
                let name = self.fresh();
                let level = self.context.level;
                self.scope.bind(name, said.ty.clone(), level);
                into.push(Statement::Let(Pattern::Variable(name), false, said));
            }
        }
    }

    /// A named function that sees what is around it.
    fn local_function(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let parameters: Vec<Type> = (0..self.random.between(1, 2)).map(|_| self.plain_type(1)).collect();
        let ty = Type::function(parameters, self.plain_type(1));
        let made = self.closure(&ty, wish);
        let Kind::Closure(closure) = made.kind else { unreachable!("a closure was made") };
        if closure.clauses.len() > 1 {
            return;
        }
        let name = self.fresh();
        let level = self.context.level;
        self.scope.bind(name, ty, level);
        self.used("local function");
        into.push(Statement::Function(name, *closure));
    }

    /// What any function of the library gives.
    fn library_binding(&mut self, into: &mut Vec<Statement>, wish: Wish) {
        let number = self.random.below(library::functions().len());
        let signature = &library::functions()[number];
        if matches!(signature.result.head, Head::Never | Head::Vector) {
            return;
        }
        let types =
            signature.bounds.iter().map(|bounds| self.type_with(bounds)).collect::<Option<Vec<Type>>>();
        let Some(types) = types else { return };
        if !signature.parameters.iter().all(|parameter| self.can_be_made(&parameter.with(&types))) {
            return;
        }
        let ty = signature.result.with(&types);
        let call = self.library_call(number, signature, &types, &ty, wish.known());
        self.used("any function of the library");
        if signature.has_effect {
            into.push(Statement::Expression(call));
            return;
        }
        let call = self.clear(call);
        self.bind(into, call, false);
    }
}
