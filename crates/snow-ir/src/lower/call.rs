//! Calls of functions and closures, and functions as values. Which calls are tail calls: `tail_call`.

use crate::ir::{Class, FuncId, Op, Terminator, Value};
use crate::lower::function::{FunctionLowering, result_class};
use crate::lower::monomorphise::Work;
use crate::lower::static_dispatch::Resolved;
use snow_check::hir::{Callee, Expr, ExprKind, FnKind, Target, Type};

impl<'p> FunctionLowering<'_, 'p> {
    pub fn call(&mut self, callee: &'p Callee, arguments: &'p [Expr], ty: &Type, tail: bool) -> Value {
        let callee = match callee {
            Callee::Target(target) => return self.call_target(target, arguments, ty, tail),
            Callee::Value(callee) => callee,
        };
        if let ExprKind::Function(target) = &callee.kind {
            return self.call_target(target, arguments, ty, tail);
        }
        let (closure, known) = self.known(callee);
        let values = self.exprs(arguments);
        match known {
            Some(function) => {
                let result = self.class_of(ty);
                let arguments = std::iter::once(closure).chain(values).collect();
                self.call_function(function, arguments, result, ty, tail)
            }
            None => self.call_closure(closure, values, ty, tail),
        }
    }

    fn call_target(&mut self, target: &'p Target, arguments: &'p [Expr], ty: &Type, tail: bool) -> Value {
        let values = self.exprs(arguments);
        let resolved = self.resolve(target);
        let ty = self.substitution.apply(ty);
        self.call_resolved(resolved, values, &ty, tail)
    }

    /// `ty` is the concrete type of the result.
    pub fn call_resolved(&mut self, resolved: Resolved, values: Vec<Value>, ty: &Type, tail: bool) -> Value {
        let value = match resolved {
            Resolved::Constructor(index) => self.construct(ty, index, &values),
            Resolved::Primitive(primitive) => self.primitive(primitive, &values, ty),
            Resolved::Function(function, arguments) => {
                let definition = &self.context.program.functions[function.0 as usize];
                if let FnKind::Extern { .. } = definition.kind {
                    self.call_extern(function, &arguments, values, ty)
                } else {
                    let result = result_class(self.context, function, &arguments);
                    let id = self.context.copy_of(function, arguments);
                    return self.call_function(id, values, result, ty, tail);
                }
            }
        };
        if tail {
            self.give_back(value);
        }
        value
    }

    /// A call of known code. `result` is the class of what it returns.
    pub fn call_function(
        &mut self,
        function: FuncId,
        arguments: Vec<Value>,
        result: Class,
        ty: &Type,
        tail: bool,
    ) -> Value {
        if self.is_tail_call(tail, result) {
            self.tail_call(function, arguments);
            return self.gone(ty);
        }
        let value = self.builder.emit(Op::Call { function, arguments }, result);
        self.after_call(value, ty, tail)
    }

    /// A call through a closure object, which is passed along as the first argument.
    pub fn call_closure(&mut self, closure: Value, arguments: Vec<Value>, ty: &Type, tail: bool) -> Value {
        let result = self.class_of(ty);
        if self.is_tail_call(tail, result) {
            self.tail_call_closure(closure, arguments);
            return self.gone(ty);
        }
        let value = self.builder.emit(Op::CallClosure { closure, arguments, result }, result);
        self.after_call(value, ty, tail)
    }

    fn after_call(&mut self, value: Value, ty: &Type, tail: bool) -> Value {
        if *ty == Type::Never {
            self.builder.terminate(Terminator::Unreachable);
        } else if tail {
            self.give_back(value);
        }
        value
    }

    /// A function, constructor or operator as a closure that captures nothing.
    pub fn function_value(&mut self, target: &'p Target, ty: &Type) -> Value {
        let ty = self.substitution.apply(ty);
        let resolved = self.resolve(target);
        if !matches!(ty, Type::Fun(..)) {
            // A constructor without payload is a value already.
            if let Resolved::Constructor(index) = resolved {
                return self.construct(&ty, index, &[]);
            }
            self.fail("a function is used as something else".to_owned());
            return self.dummy(Class::Ref);
        }
        let function = self.context.function(Work::Value(resolved, ty));
        let closure = self.context.static_closure(function);
        self.builder.static_object(closure)
    }
}
