//! Branches, matches, loops, and ways out.

use super::{Generator, Wish};
use crate::program::{
    Arm, Block, Expression, For, ForBinding, Head, Kind, Leave, OPTION, Pattern, RESULT, Type,
};

impl Generator {
    pub fn condition(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let condition = self.expression(&Type::bool(), wish.deeper().known());
        let then = self.block(ty, wish.deeper());
        let otherwise = self.block(ty, wish.deeper());
        Some(Expression::new(ty.clone(), Kind::If(Box::new(condition), then, Some(otherwise))))
    }

    pub fn condition_alone(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let condition = self.expression(&Type::bool(), wish.deeper().known());
        let then = self.block(ty, wish.deeper());
        Some(Expression::new(ty.clone(), Kind::If(Box::new(condition), then, None)))
    }

    /// A `case` that covers everything: by all constructors, or by a last arm that takes what is left.
    pub fn case(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let subject_type = self.subject_type();
        let subject = match subject_type.has_parameters() {
            true => self.variable(&subject_type)?,
            false => self.expression(&subject_type, wish.deeper().unknown()),
        };
        let mut arms = Vec::new();
        let patterns = if self.random.one_in(3) { self.covering(&subject_type) } else { None };
        match patterns {
            Some(patterns) => {
                self.used("case over all constructors");
                for (pattern, bound) in patterns {
                    arms.push(self.arm(pattern, bound, ty, wish, false));
                }
            }
            None => {
                for _ in 0..self.random.between(1, 4) {
                    let (pattern, bound) = self.pattern(&subject_type, 3);
                    arms.push(self.arm(pattern, bound, ty, wish, true));
                }
                let (pattern, bound) = self.catch_all(&subject_type);
                arms.push(self.arm(pattern, bound, ty, wish, false));
            }
        }
        Some(Expression::new(ty.clone(), Kind::Case(Box::new(subject), arms)))
    }

    /// What is worth matching: mostly the type of something in scope.
    fn subject_type(&mut self) -> Type {
        let matched: Vec<Type> = self
            .scope
            .variables()
            .iter()
            .map(|variable| variable.ty.clone())
            .filter(|ty| {
                matches!(
                    ty.head,
                    Head::Declared(_) | Head::Tuple | Head::List | Head::Bytes | Head::Int | Head::String
                ) || ty.head == Head::Bool
            })
            .collect();
        if !matched.is_empty() && self.random.below(4) > 0 {
            return self.random.pick(&matched);
        }
        if self.random.one_in(3) {
            let count = self.random.between(2, 5);
            let parts =
                (0..count).map(|_| self.random.pick(&[Type::int(), Type::bool(), Type::string()])).collect();
            return Type::of(Head::Tuple, parts);
        }
        self.plain_type(2)
    }

    pub fn catch_all(&mut self, ty: &Type) -> (Pattern, Vec<(u32, Type)>) {
        if self.random.one_in(2) {
            return (Pattern::Wildcard, Vec::new());
        }
        let name = self.fresh();
        (Pattern::Variable(name), vec![(name, ty.clone())])
    }

    fn arm(
        &mut self,
        pattern: Pattern,
        bound: Vec<(u32, Type)>,
        ty: &Type,
        wish: Wish,
        may_guard: bool,
    ) -> Arm {
        self.scoped(|generator| {
            let level = generator.context.level;
            for (name, ty) in bound {
                generator.scope.bind(name, ty, level);
            }
            let guard = if may_guard { generator.some_guard() } else { None };
            let body = if generator.random.one_in(3) {
                generator.block(ty, wish.deeper())
            } else {
                Block::of(generator.expression(ty, wish.deeper()))
            };
            Arm { pattern, guard, body }
        })
    }

    pub fn some_guard(&mut self) -> Option<Expression> {
        if !self.random.one_in(3) {
            return None;
        }
        self.used("guard");
        let around = std::mem::replace(&mut self.context.guard, true);
        let guard = self.expression(&Type::bool(), Wish { depth: 2, known: true });
        self.context.guard = around;
        Some(guard)
    }

    pub fn loop_over(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let element = ty.arguments[0].clone();
        let (iterable, binds, bound) = self.iteration(wish);
        Some(self.scoped(|generator| {
            let level = generator.context.level;
            for (name, ty) in bound {
                generator.scope.bind(name, ty, level);
            }
            let condition = generator.random.one_in(3).then(|| {
                generator.used("for with a condition");
                generator.expression(&Type::bool(), wish.deeper().known())
            });
            let around = std::mem::replace(&mut generator.context.in_loop, true);
            let body = generator.block(&element, wish.deeper());
            generator.context.in_loop = around;
            Expression::new(ty.clone(), Kind::For(Box::new(For { binds, iterable, condition, body })))
        }))
    }

    /// What a loop goes over, and what it binds.
    fn iteration(&mut self, wish: Wish) -> (Expression, ForBinding, Vec<(u32, Type)>) {
        let over = match self.random.below(5) {
            0 | 1 => Type::plain(Head::Range),
            2 | 3 => Type::list(self.plain_type(1)),
            _ if self.random.one_in(2) => Type::of(Head::Set, vec![self.key_type()]),
            _ => Type::of(Head::Map, vec![self.key_type(), self.plain_type(1)]),
        };
        let iterable = self.expression(&over, wish.deeper().unknown());
        let name = self.fresh();
        match over.head {
            Head::Range => {
                self.used("for over a range");
                (iterable, ForBinding::One(Pattern::Variable(name)), vec![(name, Type::int())])
            }
            Head::Map => {
                self.used("for over a map");
                let value = self.fresh();
                let bound = vec![(name, over.arguments[0].clone()), (value, over.arguments[1].clone())];
                (iterable, ForBinding::Pair(name, value), bound)
            }
            head => {
                self.used(if head == Head::Set { "for over a set" } else { "for over a list" });
                let element = over.arguments[0].clone();
                if element.head == Head::Tuple && self.random.one_in(2) {
                    self.used("for with a tuple pattern");
                    let (pattern, bound) = self.irrefutable(&element);
                    return (iterable, ForBinding::One(pattern), bound);
                }
                (iterable, ForBinding::One(Pattern::Variable(name)), vec![(name, element)])
            }
        }
    }

    /// `e?`, in a function whose result is of the same kind.
    pub fn unwrap(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        // `?` asks for a result that is written.
        let returns = self.context.returns.clone().filter(|_| !self.context.inferred)?;
        let mut conversion = None;
        let operand = match returns.head {
            Head::Declared(OPTION) => Type::option(ty.clone()),
            Head::Declared(RESULT) => {
                // A closure's result is not written, so that nothing says what its errors become.
                conversion =
                    (self.context.level == 0).then(|| self.conversion_to(&returns.arguments[1])).flatten();
                let error = conversion.map(|number| self.program.conversions[number].from.clone());
                Type::result(ty.clone(), error.unwrap_or_else(|| returns.arguments[1].clone()))
            }
            _ => return None,
        };
        let operand = self.expression(&operand, wish.deeper().unknown());
        Some(Expression::new(ty.clone(), Kind::Try(Box::new(operand), conversion)))
    }

    /// A `return`, `break` or `continue` where a value is wanted.
    pub fn leave_expression(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        if !wish.known {
            return None;
        }
        let leave = self.leave(wish)?;
        Some(Expression::new(ty.clone(), Kind::Leave(leave)))
    }

    pub fn leave(&mut self, wish: Wish) -> Option<Leave> {
        if self.context.in_loop && self.random.below(3) > 0 {
            let leave = if self.random.one_in(2) { Leave::Break } else { Leave::Continue };
            self.used(if matches!(leave, Leave::Break) { "break" } else { "continue" });
            return Some(leave);
        }
        let returns = self.context.returns.clone()?;
        self.used("return");
        Some(Leave::Return(Box::new(self.expression(&returns, wish.deeper().known()))))
    }
}
