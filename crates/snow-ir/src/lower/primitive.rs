//! Operators on numbers and Bools: methods of the language's interfaces that are machine operations instead
//! of calls.

use crate::ir::{BinaryOp, Class, Terminator, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::types;
use snow_check::hir::{InterfaceId, Program, Type};

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Primitive {
    Unary(UnaryOp),
    Binary(BinaryOp),
    /// The contrary of a comparison.
    Not(BinaryOp),
    /// The comparison with its operands exchanged.
    Swapped(BinaryOp),
    Divide,
    Remainder,
    FloatRemainder,
    /// A method that takes a `Never`: there is nothing that it could be called with.
    Unreachable,
    /// After an error.
    Unresolved,
}

/// The operation that a method of a built-in interface is for this type.
pub(crate) fn of_method(
    program: &Program,
    interface: InterfaceId,
    index: usize,
    self_type: &Type,
) -> Option<Primitive> {
    use Primitive::{Binary, Not, Swapped, Unary};
    if !matches!(self_type, Type::Int | Type::Float | Type::Bool) {
        return None;
    }
    let definition = program.interfaces.get(interface.0 as usize)?;
    if program.lang.interfaces.get(&definition.name) != Some(&interface) {
        return None;
    }
    let method = definition.methods.get(index)?;
    Some(match (self_type, definition.name.as_str(), method.as_str()) {
        (Type::Int, "Add", _) => Binary(BinaryOp::Add),
        (Type::Int, "Sub", _) => Binary(BinaryOp::Subtract),
        (Type::Int, "Mul", _) => Binary(BinaryOp::Multiply),
        (Type::Int, "Div", _) => Primitive::Divide,
        (Type::Int, "Mod", _) => Primitive::Remainder,
        (Type::Int, "Neg", _) => Unary(UnaryOp::Negate),
        (Type::Int, "Eq", "eq") => Binary(BinaryOp::Equal),
        (Type::Int, "Eq", "ne") => Binary(BinaryOp::NotEqual),
        (Type::Int, "Ord", "lt") => Binary(BinaryOp::Less),
        (Type::Int, "Ord", "at_most") => Binary(BinaryOp::LessEqual),
        (Type::Int, "Ord", "gt") => Binary(BinaryOp::Greater),
        (Type::Int, "Ord", "ge") => Binary(BinaryOp::GreaterEqual),
        (Type::Float, "Add", _) => Binary(BinaryOp::FloatAdd),
        (Type::Float, "Sub", _) => Binary(BinaryOp::FloatSubtract),
        (Type::Float, "Mul", _) => Binary(BinaryOp::FloatMultiply),
        (Type::Float, "Div", _) => Binary(BinaryOp::FloatDivide),
        (Type::Float, "Mod", _) => Primitive::FloatRemainder,
        (Type::Float, "Neg", _) => Unary(UnaryOp::FloatNegate),
        (Type::Float, "Eq", "eq") => Binary(BinaryOp::FloatEqual),
        (Type::Float, "Eq", "ne") => Not(BinaryOp::FloatEqual),
        (Type::Float, "Ord", "lt") => Binary(BinaryOp::FloatLess),
        (Type::Float, "Ord", "at_most") => Binary(BinaryOp::FloatLessEqual),
        (Type::Float, "Ord", "gt") => Swapped(BinaryOp::FloatLess),
        (Type::Float, "Ord", "ge") => Swapped(BinaryOp::FloatLessEqual),
        (Type::Bool, "Eq", "eq") => Binary(BinaryOp::BoolEqual),
        (Type::Bool, "Eq", "ne") => Not(BinaryOp::BoolEqual),
        (Type::Bool, "Not", _) => Unary(UnaryOp::BoolNot),
        _ => return None,
    })
}

impl FunctionLowering<'_, '_> {
    pub fn primitive(&mut self, primitive: Primitive, values: &[Value], ty: &Type) -> Value {
        match (primitive, values) {
            (Primitive::Unary(op), [a]) => self.builder.unary(op, *a),
            (Primitive::Binary(op), [a, b]) => self.builder.binary(op, *a, *b),
            (Primitive::Swapped(op), [a, b]) => self.builder.binary(op, *b, *a),
            (Primitive::Not(op), [a, b]) => {
                let value = self.builder.binary(op, *a, *b);
                self.builder.unary(UnaryOp::BoolNot, value)
            }
            (Primitive::Divide, [a, b]) => self.divide(BinaryOp::Divide, *a, *b),
            (Primitive::Remainder, [a, b]) => self.divide(BinaryOp::Remainder, *a, *b),
            (Primitive::FloatRemainder, [a, b]) => {
                self.builder.runtime("float_rem", vec![*a, *b], Class::Float)
            }
            (Primitive::Unreachable, _) => {
                self.builder.terminate(Terminator::Unreachable);
                self.gone(ty)
            }
            _ => {
                let class = types::class(self.context.program, ty);
                self.dummy(class)
            }
        }
    }

    /// Division or remainder, unless the divisor is zero or the quotient would be too large.
    pub fn divide(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        if !matches!(self.builder.constant(b), Some(constant) if constant != 0 && constant != -1) {
            let zero = self.builder.equal(b, 0);
            self.panic_if(zero, "division by zero");
            let careful = self.builder.cold_block();
            let safe = self.builder.block();
            let minus_one = self.builder.equal(b, -1);
            self.builder.branch(minus_one, careful, safe);
            self.builder.switch_to(careful);
            let smallest = self.builder.equal(a, i64::MIN);
            self.panic_if(smallest, "integer overflow in division");
            self.builder.jump(safe, Vec::new());
            self.builder.switch_to(safe);
        }
        self.builder.binary(op, a, b)
    }

    /// Ends the actor if the condition holds.
    pub fn panic_if(&mut self, condition: Value, message: &str) {
        let bad = self.builder.cold_block();
        let good = self.builder.block();
        self.builder.branch(condition, bad, good);
        self.builder.switch_to(bad);
        self.builder.panic(message);
        self.builder.switch_to(good);
    }
}
