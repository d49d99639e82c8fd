//! Expressions.

use crate::ir::{Class, Op, Terminator, UnaryOp, Value};
use crate::layout::Layout;
use crate::lower::function::FunctionLowering;
use crate::lower::types;
use snow_abi::{MAX_TAG, MAX_WORDS};
use snow_check::hir::{Expr, ExprKind, Type};

impl<'p> FunctionLowering<'_, 'p> {
    /// The value of an expression. In tail position (`tail`) it is returned from the function, and
    /// control does not come back. Neither does it from an expression that ends the actor or leaves
    /// a loop: the value is then a placeholder.
    pub fn expr(&mut self, expr: &'p Expr, tail: bool) -> Value {
        if !self.builder.reachable() {
            let class = self.class_of(&expr.ty);
            return self.builder.undefined(class);
        }
        let outside = std::mem::replace(&mut self.builder.span, expr.span);
        let value = self.expr_inside(expr, tail);
        self.builder.span = outside;
        value
    }

    fn expr_inside(&mut self, expr: &'p Expr, tail: bool) -> Value {
        match &expr.kind {
            // These hand the tail position on to their parts, or have one of their own.
            ExprKind::Block(block) => return self.block(block, &expr.ty, tail),
            ExprKind::If(condition, then, otherwise) => {
                return self.if_else(condition, then, otherwise, &expr.ty, tail);
            }
            ExprKind::Match(scrutinee, arms, fallthrough) => {
                return self.match_expr(scrutinee, arms, fallthrough, &expr.ty, tail);
            }
            ExprKind::Call(callee, arguments) => return self.call(callee, arguments, &expr.ty, tail),
            ExprKind::Become(target, arguments) => return self.become_actor(target, arguments),
            ExprKind::Receive { message, arms, fallthrough, after } => {
                return self.receive(message, arms, fallthrough, after.as_ref(), &expr.ty, tail);
            }
            ExprKind::Return(value) => {
                self.expr(value, true);
                return self.gone(&expr.ty);
            }
            _ => {}
        }
        let value = self.plain(expr);
        // No such value exists, so control does not come here: what would use it is not written.
        let never = match &expr.ty {
            Type::Never => true,
            Type::Param(_) => self.substitution.apply(&expr.ty) == Type::Never,
            _ => false,
        };
        if never {
            self.builder.terminate(Terminator::Unreachable);
            return self.gone(&expr.ty);
        }
        if tail {
            self.give_back(value);
        }
        value
    }

    /// Stands for the value of an expression that control does not leave.
    pub fn gone(&mut self, ty: &Type) -> Value {
        let class = self.class_of(ty);
        self.builder.undefined(class)
    }

    /// Expressions whose parts are never in tail position.
    fn plain(&mut self, expr: &'p Expr) -> Value {
        match &expr.kind {
            ExprKind::Int(number) => self.builder.int(*number),
            ExprKind::Float(number) => self.builder.emit(Op::Float(number.to_bits()), Class::Float),
            ExprKind::Bool(value) => self.builder.bool(*value),
            ExprKind::Unit => self.builder.unit(),
            ExprKind::String(text) => self.text(text),
            ExprKind::Local(local, type_arguments) => self.local(*local, type_arguments).0,
            ExprKind::Const(constant, types) => self.constant(*constant, types),
            ExprKind::Function(target) => self.function_value(target, &expr.ty),
            ExprKind::Construct(index, arguments) => {
                let values = self.exprs(arguments);
                let ty = self.substitution.apply(&expr.ty);
                self.construct(&ty, *index, &values)
            }
            ExprKind::Struct(fields) => {
                let mut values = vec![None; fields.len()];
                for (index, field) in fields {
                    let value = self.expr(field, false);
                    if let Some(slot) = values.get_mut(*index) {
                        *slot = Some(value);
                    }
                }
                let values: Vec<Value> = values.into_iter().flatten().collect();
                self.object(0, &values)
            }
            ExprKind::Update(base, fields) => self.update(base, fields),
            ExprKind::Field(base, index) => {
                let object = self.expr(base, false);
                let (word, class) = self.field_place(&base.ty, *index);
                self.builder.load(object, word, class)
            }
            ExprKind::Tuple(parts) => {
                let values = self.exprs(parts);
                self.object(0, &values)
            }
            ExprKind::List(elements) => self.list(elements, &expr.ty),
            ExprKind::Closure(closure) => self.closure_value(closure).0,
            ExprKind::And(..) | ExprKind::Or(..) => self.short_circuit(expr),
            ExprKind::Not(inner) => {
                let value = self.expr(inner, false);
                self.builder.unary(UnaryOp::BoolNot, value)
            }
            ExprKind::Concat(parts) => self.concat(parts),
            ExprKind::While(condition, body) => self.while_loop(condition, body),
            ExprKind::For(parts) => self.for_loop(parts, &expr.ty),
            ExprKind::Break => self.leave_loop(true),
            ExprKind::Continue => self.leave_loop(false),
            ExprKind::Try { operand, convert } => self.try_operator(operand, convert.as_ref()),
            ExprKind::Spawn(target, arguments) => self.spawn(target, arguments),
            ExprKind::Send(pid, message) => self.send(pid, message),
            ExprKind::SelfPid => self.own_address(),
            ExprKind::Bits(segments) => self.bits(segments),
            ExprKind::Panic(message) => self.panic(message),
            ExprKind::Block(_)
            | ExprKind::If(..)
            | ExprKind::Match(..)
            | ExprKind::Call(..)
            | ExprKind::Become(..)
            | ExprKind::Receive { .. }
            | ExprKind::Return(_) => unreachable!("they know of their tail position"),
        }
    }

    pub fn exprs(&mut self, all: &'p [Expr]) -> Vec<Value> {
        all.iter().map(|expr| self.expr(expr, false)).collect()
    }

    pub fn text(&mut self, text: &str) -> Value {
        let id = self.context.static_bytes(text.as_bytes());
        self.builder.static_object(id)
    }

    /// A constructor applied to all its arguments; `ty` is concrete.
    pub fn construct(&mut self, ty: &Type, index: usize, values: &[Value]) -> Value {
        match (types::class(self.context.program, ty), values) {
            (Class::Int, _) => self.builder.int(index as i64),
            (_, []) => self.builder.emit(Op::Immediate(index as u32), Class::Ref),
            _ => self.object(index as u32, values),
        }
    }

    /// A fixed object of fields in declaration order.
    pub fn object(&mut self, tag: u32, values: &[Value]) -> Value {
        if values.len() as u32 > MAX_WORDS || tag > MAX_TAG {
            self.fail("too many fields or constructors".to_owned());
        }
        if values.iter().any(|value| self.builder.class(*value) == Class::Vector) {
            self.fail("a U8x16 cannot be part of another value".to_owned());
        }
        self.builder.new_object(tag, values)
    }

    /// Word and class of a struct's or tuple's field.
    fn field_place(&mut self, ty: &Type, index: usize) -> (u32, Class) {
        let ty = self.substitution.apply(ty);
        let classes = self.field_classes(&ty);
        match classes.get(index) {
            Some(class) => (Layout::fixed(&classes).words[index], *class),
            None => {
                self.fail("there is no such field".to_owned());
                (1, Class::Int)
            }
        }
    }

    /// Classes of the fields of a concrete struct or tuple type.
    pub fn field_classes(&self, ty: &Type) -> Vec<Class> {
        let program = self.context.program;
        types::fields(program, ty).iter().map(|ty| types::class(program, ty)).collect()
    }

    fn update(&mut self, base: &'p Expr, fields: &'p [(usize, Expr)]) -> Value {
        let object = self.expr(base, false);
        let given: Vec<(usize, Value)> =
            fields.iter().map(|(index, value)| (*index, self.expr(value, false))).collect();
        let classes = self.field_classes(&self.substitution.apply(&base.ty));
        let words = Layout::fixed(&classes).words;
        let values: Vec<Value> = (0..classes.len())
            .map(|index| match given.iter().rfind(|(field, _)| *field == index) {
                Some((_, value)) => *value,
                None => self.builder.load(object, words[index], classes[index]),
            })
            .collect();
        self.object(0, &values)
    }

    fn panic(&mut self, message: &'p Expr) -> Value {
        if let ExprKind::String(text) = &message.kind {
            self.builder.panic(text);
        } else {
            let message = self.expr(message, false);
            self.panic_with(message);
        }
        self.gone(&Type::Never)
    }

    pub fn panic_with(&mut self, message: Value) {
        let (span, file) = (self.builder.span, self.builder.file);
        self.builder.terminate(Terminator::PanicWith { message, span, file });
    }
}
