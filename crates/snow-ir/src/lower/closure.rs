//! Closures: their code, which gets the values that it captures through the closure object, and groups of
//! local functions that call each other.

use crate::ir::{BlockId, Class, FuncId, Op, Value};
use crate::layout::Layout;
use crate::lower::function::{Binding, FunctionLowering};
use crate::lower::local_uses;
use snow_check::hir::{Closure, Expr, ExprKind, LocalId, Type};
use std::rc::Rc;

/// Recursive closures share one set of captures, so that each can make the others from its own.
pub(crate) struct Group {
    pub locals: Vec<LocalId>,
    pub functions: Vec<FuncId>,
    pub captures: Vec<LocalId>,
}

impl<'p> FunctionLowering<'_, 'p> {
    /// The closure object and its code.
    pub fn closure_value(&mut self, closure: &'p Closure) -> (Value, FuncId) {
        let captures = self.captures([&closure.body]);
        let id = self.context.reserve();
        self.closure_function(id, closure, &captures, None);
        (self.closure_object(id, &captures), id)
    }

    /// Binds closures that call themselves or each other.
    pub fn let_recursive(&mut self, group: &'p [(LocalId, Expr)]) {
        // A guard is lowered several times: what it has bound before is out of scope.
        group.iter().for_each(|(local, _)| drop(self.locals.remove(local)));
        let closures: Vec<(LocalId, &'p Closure)> = group
            .iter()
            .filter_map(|(local, value)| match &value.kind {
                ExprKind::Closure(closure) => Some((*local, &**closure)),
                _ => None,
            })
            .collect();
        if closures.len() != group.len() {
            return self.fail("only functions may refer to themselves".to_owned());
        }
        let captures = self.captures(closures.iter().map(|(_, closure)| &closure.body));
        let functions = closures.iter().map(|_| self.context.reserve()).collect();
        let locals = closures.iter().map(|(local, _)| *local).collect();
        let group = Rc::new(Group { locals, functions, captures });
        for (index, (_, closure)) in closures.iter().enumerate() {
            self.closure_function(group.functions[index], closure, &group.captures, Some((&group, index)));
        }
        for (local, function) in group.locals.iter().zip(&group.functions) {
            if self.used.contains(local) {
                let value = self.closure_object(*function, &group.captures);
                self.locals.insert(*local, Binding::Value(value, Some(*function)));
            }
        }
    }

    /// The value of a local, and its code when it is a known closure.
    pub fn local(&mut self, local: LocalId, type_arguments: &[Type]) -> (Value, Option<FuncId>) {
        match self.locals.get(&local).cloned() {
            Some(Binding::Value(value, known)) => (value, known),
            Some(Binding::Sibling(group, index)) => {
                let function = group.functions[index];
                (self.closure_object(function, &group.captures), Some(function))
            }
            Some(Binding::Polymorphic { parameters, value, copy }) => {
                let arguments = self.substitution.apply_all(type_arguments);
                self.polymorphic(local, parameters, value, copy, arguments)
            }
            None => {
                if self.builder.reachable() {
                    self.fail(format!("local {} is used where it has no value", local.0));
                }
                (self.dummy(Class::Int), None)
            }
        }
    }

    fn polymorphic(
        &mut self,
        local: LocalId,
        parameters: &'p [u32],
        value: &'p Expr,
        copy: u32,
        arguments: Vec<Type>,
    ) -> (Value, Option<FuncId>) {
        let key = (copy, local, arguments.clone());
        if let Some((function, captures)) = self.context.polymorphic.get(&key).cloned() {
            return (self.closure_object(function, &captures), Some(function));
        }
        let extended = self.substitution.extended(parameters, arguments);
        let outside = std::mem::replace(&mut self.substitution, extended);
        let found = match &value.kind {
            ExprKind::Closure(closure) => {
                let captures = self.captures([&closure.body]);
                let function = self.context.reserve();
                self.context.copies += 1;
                let number = std::mem::replace(&mut self.copy, self.context.copies);
                self.closure_function(function, closure, &captures, None);
                self.copy = number;
                let object = self.closure_object(function, &captures);
                self.context.polymorphic.insert(key, (function, captures));
                (object, Some(function))
            }
            _ => (self.expr(value, false), None),
        };
        self.substitution = outside;
        found
    }

    /// The locals in scope that these expressions read, those that polymorphic locals need included.
    fn captures<'e>(&self, roots: impl IntoIterator<Item = &'e Expr>) -> Vec<LocalId>
    where
        'p: 'e,
    {
        let mut captures = Vec::new();
        let mut waiting = local_uses::in_exprs(roots);
        waiting.reverse();
        let mut seen = std::collections::HashSet::new();
        while let Some(local) = waiting.pop() {
            if !seen.insert(local) {
                continue;
            }
            match self.locals.get(&local) {
                Some(Binding::Polymorphic { value, .. }) => waiting.extend(local_uses::in_exprs([*value])),
                Some(_) => captures.push(local),
                None => {}
            }
        }
        captures
    }

    /// A closure object of this code with the present values of what it captures.
    fn closure_object(&mut self, function: FuncId, captures: &[LocalId]) -> Value {
        if captures.is_empty() {
            let closure = self.context.static_closure(function);
            return self.builder.static_object(closure);
        }
        let values: Vec<Value> = captures.iter().map(|local| self.local(*local, &[]).0).collect();
        let layout = Layout::closure(&self.builder.classes(&values));
        let code = self.builder.emit(Op::FunctionAddress(function), Class::Int);
        let fields = std::iter::once(code).chain(layout.order.iter().map(|field| values[*field])).collect();
        self.builder.emit(Op::New { header: layout.closure_header(), fields }, Class::Ref)
    }

    /// Lowers a closure's code. `group`: it is a member of recursive closures.
    fn closure_function(
        &mut self,
        id: FuncId,
        closure: &'p Closure,
        captures: &[LocalId],
        group: Option<(&Rc<Group>, usize)>,
    ) {
        // Only classes and known code matter here; what making the values emits is dead code.
        let position = self.builder.position();
        self.builder.resume(None);
        let outside: Vec<(Value, Option<FuncId>)> =
            captures.iter().map(|local| self.local(*local, &[])).collect();
        self.builder.resume(position);
        let values: Vec<Value> = outside.iter().map(|(value, _)| *value).collect();
        let classes = self.builder.classes(&values);
        if classes.contains(&Class::Vector) {
            self.fail("a U8x16 cannot be captured".to_owned());
        }
        let layout = Layout::closure(&classes);

        self.closures += 1;
        let name = format!("{} closure {}", self.builder.name(), self.closures);
        let result = self.class_of(&closure.result);
        let inherited =
            self.locals.iter().filter(|(_, binding)| matches!(binding, Binding::Polymorphic { .. }));
        let inherited: Vec<_> = inherited.map(|(local, binding)| (*local, binding.clone())).collect();
        let (file, span) = (self.builder.file, self.builder.span);
        let mut inner = FunctionLowering::new(
            &mut *self.context,
            id,
            name,
            file as usize,
            result,
            self.substitution.clone(),
        );
        inner.copy = self.copy;
        inner.used = Rc::clone(&self.used);
        inner.names = self.names;
        inner.builder.span = span;
        inner.builder.function_mut().closure = true;
        inner.locals.extend(inherited);
        let object = inner.builder.block_param(BlockId::ENTRY, Class::Ref);
        inner.closure = Some(object);
        for (index, local) in captures.iter().enumerate() {
            let word = layout.words[index];
            let value = inner.builder.load(object, word, classes[index]);
            if classes[index] == Class::Ref
                && let Some(known) = self.names.get(local.0 as usize)
            {
                inner.builder.function_mut().captures.push((word, known.name.clone()));
            }
            inner.locals.insert(*local, Binding::Value(value, outside[index].1));
        }
        if let Some((group, own)) = group {
            for (index, local) in group.locals.iter().enumerate() {
                let binding = match index == own {
                    true => Binding::Value(object, Some(id)),
                    false => Binding::Sibling(Rc::clone(group), index),
                };
                inner.locals.insert(*local, binding);
            }
        }
        inner.parameters(&closure.params);
        inner.expr(&closure.body, true);
        let function = inner.done();
        self.context.define(id, function);
    }
}
