//! Operators and interpolation.

use super::{Generator, Wish};
use crate::program::{BinaryOperator, Bound, Expression, Head, Kind, TextPart, Type, UnaryOperator};

impl Generator {
    pub fn arithmetic(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        use BinaryOperator::{Add, Divide, Multiply, Remainder, Subtract};
        let operand = |generator: &mut Generator| generator.expression(ty, wish.deeper());
        if self.random.one_in(9) {
            let operand = Box::new(operand(self));
            // A sign before a number would be one of its literal.
            if !matches!(operand.kind, Kind::Int(_) | Kind::Float(_)) {
                return Some(Expression::new(ty.clone(), Kind::Unary(UnaryOperator::Negate, operand)));
            }
        }
        let operator =
            self.random.pick(&[Add, Add, Add, Subtract, Subtract, Multiply, Multiply, Divide, Remainder]);
        let left = operand(self);
        let mut right = operand(self);
        let divides = matches!(operator, Divide | Remainder) && ty.head == Head::Int;
        if divides && !self.random.one_in(5) {
            // Mostly not zero.
            let one = Expression::int(1);
            right = self.library("Int.bor", vec![right, one], ty);
        } else if divides {
            self.used("division that may crash");
        }
        Some(Expression::binary(ty.clone(), operator, left, right))
    }

    /// `+` of a type that implements it.
    pub fn own_addition(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        if !self.has(ty, Bound::Add) {
            return None;
        }
        let left = self.expression(ty, wish.deeper().unknown());
        let right = self.expression(ty, wish.deeper().known());
        Some(Expression::binary(ty.clone(), BinaryOperator::Add, left, right))
    }

    pub fn comparison(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        use BinaryOperator::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        let operator = self.random.pick(&[Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual]);
        let bound = if matches!(operator, Equal | NotEqual) { Bound::Eq } else { Bound::Ord };
        let operands = if self.context.guard && !self.random.one_in(3) {
            Type::int()
        } else {
            let local = self.local_type(1);
            if self.has(&local, bound) { local } else { Type::int() }
        };
        if operands.head == Head::Float {
            self.used("comparison of Floats");
        }
        let left = self.expression(&operands, wish.deeper().unknown());
        let right = self.expression(&operands, wish.deeper().known());
        Some(Expression::binary(ty.clone(), operator, left, right))
    }

    pub fn logic(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        if self.random.one_in(3) {
            let operand = Box::new(self.expression(ty, wish.deeper()));
            return Some(Expression::new(ty.clone(), Kind::Unary(UnaryOperator::Not, operand)));
        }
        let operator = self.random.pick(&[BinaryOperator::And, BinaryOperator::Or]);
        let left = self.expression(ty, wish.deeper());
        let right = self.expression(ty, wish.deeper());
        Some(Expression::binary(ty.clone(), operator, left, right))
    }

    pub fn concatenation(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let left = self.expression(ty, wish.deeper());
        let right = self.expression(ty, wish.deeper());
        Some(Expression::binary(ty.clone(), BinaryOperator::Concat, left, right))
    }

    pub fn range(&mut self, ty: &Type, _: Wish) -> Option<Expression> {
        let first = self.small_int();
        let stop = self.small_int();
        Some(Expression::binary(ty.clone(), BinaryOperator::Range, first, stop))
    }

    pub fn interpolation(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let mut parts = Vec::new();
        for _ in 0..self.random.between(1, 3) {
            if self.random.one_in(2) {
                parts.push(TextPart::Text(
                    self.random.pick(&["<", ": ", " é ", "$", "{", "\"", "\\", "%{", "#"]).into(),
                ));
            }
            let shown = self.shown_type();
            parts.push(TextPart::Value(self.expression(&shown, wish.deeper().unknown())));
        }
        Some(Expression::new(ty.clone(), Kind::Text(parts)))
    }

    /// An Int that is likely to be a position.
    pub fn small_int(&mut self) -> Expression {
        let ty = Type::int();
        match self.random.below(6) {
            0 => {
                let any = self.expression(&ty, Wish { depth: 1, known: true });
                let mask = Expression::int(self.random.pick(&[1, 3, 7]));
                self.library("Int.band", vec![any, mask], &ty)
            }
            1 | 2 => self.variable(&ty).unwrap_or_else(|| Expression::int(1)),
            _ => Expression::int(self.random.below(6) as i64 - 1),
        }
    }
}
