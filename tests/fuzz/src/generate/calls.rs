//! Calls: of functions, methods, the library's functions, and function values.

use super::{Generator, Wish};
use crate::library::{self, Signature};
use crate::program::{Bound, Callee, Expression, Head, Kind, Style, Type};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Library functions by the heads of their results; those that give any type are under `Never`.
fn by_result(head: Head) -> &'static [usize] {
    static INDEX: OnceLock<HashMap<Head, Vec<usize>>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index: HashMap<Head, Vec<usize>> = HashMap::new();
        for (number, function) in library::functions().iter().enumerate() {
            let head = match function.result.head {
                // `panic` is a production of its own.
                Head::Never => continue,
                Head::Parameter(_) => Head::Never,
                head => head,
            };
            index.entry(head).or_default().push(number);
        }
        index
    });
    index.get(&head).map_or(&[], |functions| functions)
}

impl Generator {
    fn style(&mut self, arguments: &[Expression]) -> Style {
        if arguments.is_empty() || !self.random.one_in(4) {
            return Style::Plain;
        }
        self.used("pipe");
        Style::Pipe
    }

    /// A call of a function made before, at the types that make its result this one.
    pub fn call(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let number = self.some_function(ty)?;
        let function = self.program.functions[number].clone();
        let arguments = self.instance(&function.body.result, ty, &function.bounds)?;
        if !function.body.parameters.iter().all(|parameter| self.can_be_made(&parameter.with(&arguments))) {
            return None;
        }
        if !function.bounds.is_empty() {
            self.used("call of a generic function");
        }
        let arguments: Vec<Expression> = function
            .body
            .parameters
            .iter()
            .map(|parameter| {
                let known = !parameter.has_parameters() && function.annotated;
                self.argument(&parameter.with(&arguments), Wish { known, ..wish.deeper() })
            })
            .collect();
        let style = self.style(&arguments);
        Some(Expression::new(ty.clone(), Kind::Call(Callee::Function(number), arguments, style)))
    }

    /// Where a counted recursion begins, the count must be small.
    fn argument(&mut self, ty: &Type, wish: Wish) -> Expression {
        if ty.head == Head::Int && !self.random.one_in(3) {
            return self.small_int();
        }
        self.expression(ty, wish)
    }

    fn some_function(&mut self, ty: &Type) -> Option<usize> {
        let fitting: Vec<usize> = (0..self.program.functions.len())
            .filter(|number| {
                let function = &self.program.functions[*number];
                function.body.result.matches(ty, &mut vec![None; function.bounds.len()])
            })
            .collect();
        (!fitting.is_empty()).then(|| self.random.pick(&fitting))
    }

    /// Values for type parameters with which the result is the type wanted; others are chosen.
    pub fn instance(&mut self, result: &Type, ty: &Type, bounds: &[Vec<Bound>]) -> Option<Vec<Type>> {
        let mut found = vec![None; bounds.len()];
        if !result.matches(ty, &mut found) {
            return None;
        }
        let mut all = Vec::new();
        for (own, bounds) in found.into_iter().zip(bounds) {
            let own = match own {
                Some(own) => own,
                None => self.free_type(bounds)?,
            };
            if !Self::is_sendable(&own) || !bounds.iter().all(|bound| self.has(&own, *bound)) {
                return None;
            }
            all.push(own);
        }
        Some(all)
    }

    /// Have all keys in it what keys need? Only then are there values of the type.
    pub fn can_be_made(&self, ty: &Type) -> bool {
        let keyed = matches!(ty.head, Head::Map | Head::Set);
        (!keyed || self.has(&ty.arguments[0], Bound::Hash) && self.has(&ty.arguments[0], Bound::Eq))
            && ty.arguments.iter().all(|part| self.can_be_made(part))
    }

    /// A type for a parameter that the result says nothing about: often that of a variable.
    fn free_type(&mut self, bounds: &[Bound]) -> Option<Type> {
        let fitting: Vec<Type> = self
            .scope
            .variables()
            .iter()
            .map(|variable| variable.ty.clone())
            .filter(|ty| Self::is_sendable(ty) && bounds.iter().all(|bound| self.has(ty, *bound)))
            .collect();
        if !fitting.is_empty() && self.random.one_in(2) {
            return Some(self.random.pick(&fitting));
        }
        self.type_with(bounds)
    }

    pub fn recursive_call(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let recursion = self.context.recursion.clone()?;
        let number = self.random.pick(&recursion.functions);
        let function = self.program.functions[number].clone();
        if recursion.calls == 0 || function.body.result != *ty {
            return None;
        }
        let smaller = self.smaller(&recursion, &function.body.parameters[0])?;
        self.context.recursion.as_mut()?.calls -= 1;
        let mut arguments = vec![smaller];
        for parameter in &function.body.parameters[1..] {
            arguments.push(self.expression(parameter, wish.deeper().known()));
        }
        Some(Expression::new(ty.clone(), Kind::Call(Callee::Function(number), arguments, Style::Plain)))
    }

    pub fn call_library(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let of_head = by_result(ty.head);
        let of_any = by_result(Head::Never);
        for _ in 0..4 {
            let fixed = !of_head.is_empty() && (self.random.one_in(2) || of_any.is_empty());
            let number = self.random.pick(if fixed { of_head } else { of_any });
            let signature = &library::functions()[number];
            if ty.head == Head::Vector && !fixed || signature.has_effect && !self.has_first(signature) {
                continue;
            }
            if let Some(types) = self.instance(&signature.result, ty, &signature.bounds)
                && signature.parameters.iter().all(|parameter| self.can_be_made(&parameter.with(&types)))
            {
                return Some(self.library_call(number, signature, &types, ty, wish));
            }
        }
        None
    }

    /// Effects on what nobody else sees are not worth much.
    fn has_first(&self, signature: &Signature) -> bool {
        let first = signature.parameters.first().map(|ty| ty.head);
        self.scope.variables().iter().any(|variable| Some(variable.ty.head) == first)
    }

    pub fn library_call(
        &mut self,
        number: usize,
        signature: &Signature,
        types: &[Type],
        ty: &Type,
        wish: Wish,
    ) -> Expression {
        let mut arguments = Vec::new();
        for parameter in &signature.parameters {
            let own = parameter.with(types);
            let known = !parameter.has_parameters();
            arguments.push(match own.head {
                Head::Int if known && self.random.below(10) < 7 => self.small_int(),
                Head::Buffer | Head::Cell => {
                    let variable = self.variable(&own);
                    variable.unwrap_or_else(|| self.expression(&own, Wish { known, ..wish.deeper() }))
                }
                _ => self.expression(&own, Wish { known, ..wish.deeper() }),
            });
        }
        let mut style = self.style(&arguments);
        if matches!(signature.name, "List.get" | "Map.get") && self.random.one_in(2) {
            self.used("index");
            style = Style::Index;
        } else if style == Style::Plain
            && self.random.one_in(5)
            && self.has_method_form(signature, &arguments)
        {
            self.used("library call as a method");
            style = Style::Method;
        }
        Expression::new(ty.clone(), Kind::Call(Callee::Library(number), arguments, style))
    }

    /// `xs.length()`, where the receiver's type is known from its name.
    fn has_method_form(&self, signature: &Signature, arguments: &[Expression]) -> bool {
        let module = signature.name.split('.').next().unwrap_or_default();
        let fits = match arguments.first().map(|argument| argument.ty.head) {
            Some(Head::String) => module == "String",
            Some(Head::List) => module == "List",
            Some(Head::Map) => module == "Map",
            Some(Head::Set) => module == "Set",
            Some(Head::Range) => module == "Range",
            _ => false,
        };
        fits && !self.context.inferred
            && matches!(arguments[0].kind, Kind::Variable(_))
            && signature.parameters[0].head == arguments[0].ty.head
    }

    pub fn call_method(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let mut fitting = Vec::new();
        for (interface, declared) in self.program.interfaces.iter().enumerate() {
            for (method, own) in declared.methods.iter().enumerate() {
                if own.result == *ty {
                    fitting.push((interface, method));
                }
            }
        }
        if fitting.is_empty() {
            return None;
        }
        let (interface, method) = self.random.pick(&fitting);
        let bound = Bound::Interface(interface);
        let receivers: Vec<Type> = self
            .scope
            .variables()
            .iter()
            .map(|variable| variable.ty.clone())
            .filter(|own| self.has(own, bound))
            .collect();
        let receiver = if receivers.is_empty() {
            self.type_of_implementation(interface)?
        } else {
            self.random.pick(&receivers)
        };
        let parameters = self.program.interfaces[interface].methods[method].parameters.clone();
        // The method is found by the receiver's type, which only a variable tells of a type parameter.
        let receiver = match receiver.has_parameters() {
            true => self.variable(&receiver)?,
            false => self.expression(&receiver, wish.deeper().unknown()),
        };
        let receiver = if self.context.inferred { self.ascribed(receiver) } else { receiver };
        let mut arguments = vec![receiver];
        for parameter in &parameters {
            arguments.push(self.expression(parameter, wish.deeper().known()));
        }
        let style = if self.random.one_in(2) && !self.is_number(&arguments[0]) {
            Style::Method
        } else {
            Style::Plain
        };
        Some(Expression::new(ty.clone(), Kind::Call(Callee::Method(interface, method), arguments, style)))
    }

    fn is_number(&self, expression: &Expression) -> bool {
        matches!(expression.kind, Kind::Int(_) | Kind::Float(_))
    }

    fn type_of_implementation(&mut self, interface: usize) -> Option<Type> {
        let own: Vec<Type> = self
            .program
            .implementations
            .iter()
            .filter(|own| own.interface == interface && !own.target.has_parameters())
            .map(|own| own.target.clone())
            .collect();
        (!own.is_empty()).then(|| self.random.pick(&own))
    }

    /// A call of a variable that is a function.
    pub fn call_value(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let fitting: Vec<(u32, Type)> = self
            .scope
            .variables()
            .iter()
            .filter(|variable| variable.ty.head == Head::Function && variable.ty.signature().1 == ty)
            .map(|variable| (variable.name, variable.ty.clone()))
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let (name, function) = self.random.pick(&fitting);
        let (parameters, _) = function.signature();
        let arguments: Vec<Expression> =
            parameters.iter().map(|parameter| self.expression(parameter, wish.deeper().known())).collect();
        let callee = Callee::Value(Box::new(Expression::variable(name, function)));
        let style = self.style(&arguments);
        Some(Expression::new(ty.clone(), Kind::Call(callee, arguments, style)))
    }

    /// `(fn(x :: Int) -> … end)(1)`
    pub fn call_closure(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let parameters: Vec<Type> = (0..self.random.below(3)).map(|_| self.plain_type(1)).collect();
        let closure = self.closure(&Type::function(parameters.clone(), ty.clone()), wish.deeper());
        let arguments =
            parameters.iter().map(|parameter| self.expression(parameter, wish.deeper().known())).collect();
        let callee = Callee::Value(Box::new(closure));
        Some(Expression::new(ty.clone(), Kind::Call(callee, arguments, Style::Plain)))
    }
}
