//! Interfaces with implementations.

use super::{Generator, Wish};
use crate::program::{Block, Bound, Clause, Closure, Head, Implementation, Interface, Method, Type};

impl Generator {
    pub fn interface(&mut self) {
        let number = self.program.interfaces.len();
        let home = self.home;
        self.program.interfaces.push(Interface { home, methods: Vec::new() });
        self.used("interface");
        let count = self.random.between(1, 3);
        for position in 0..count {
            let parameters: Vec<Type> = (0..self.random.below(2)).map(|_| self.plain_type(1)).collect();
            let result = self.plain_type(1);
            // A default may call the methods before it.
            let default = (position > 0 && self.random.one_in(2)).then(|| {
                self.used("default method");
                let own = Type::plain(Head::Parameter(0));
                let bounds = vec![vec![Bound::Interface(number)]];
                self.method_body(own, &parameters, &result, bounds)
            });
            self.program.interfaces[number].methods.push(Method { parameters, result, default });
        }
        self.implementations(number);
    }

    fn implementations(&mut self, interface: usize) {
        let mut targets = vec![Type::int()];
        for _ in 0..3 {
            if let Some(ty) = self.declared_type(0)
                && ty.arguments.is_empty()
                && !targets.contains(&ty)
            {
                targets.push(ty);
            }
        }
        for head in [Head::String, Head::Bool, Head::Float] {
            if self.random.one_in(3) {
                targets.push(Type::plain(head));
            }
        }
        for target in targets {
            self.implementation(interface, target, Vec::new());
        }
        if self.random.one_in(2) {
            self.used("implementation for lists");
            let list = Type::list(Type::plain(Head::Parameter(0)));
            self.implementation(interface, list, vec![vec![Bound::Interface(interface)]]);
        }
    }

    fn implementation(&mut self, interface: usize, target: Type, bounds: Vec<Vec<Bound>>) {
        let home = self.home;
        let declared = self.program.interfaces[interface].methods.clone();
        let mut methods = Vec::new();
        for method in &declared {
            let by_default = method.default.is_some() && self.random.one_in(2);
            methods.push((!by_default).then(|| {
                self.method_body(target.clone(), &method.parameters, &method.result, bounds.clone())
            }));
        }
        self.program.implementations.push(Implementation { home, interface, target, methods });
    }

    /// A body that calls no function of the program: the methods' callers are among them.
    pub fn method_body(
        &mut self,
        own: Type,
        parameters: &[Type],
        result: &Type,
        bounds: Vec<Vec<Bound>>,
    ) -> Closure {
        let functions = std::mem::take(&mut self.program.functions);
        // What is not complete yet is not called.
        self.enter(bounds, result);
        self.budget = 25;
        let mut all = vec![own];
        all.extend_from_slice(parameters);
        let names = self.bind_all(&all);
        let value = self.expression(result, Wish { depth: 3, known: true });
        self.program.functions = functions;
        let clauses = vec![Clause::simple(&names, Block::of(value))];
        Closure { parameters: all, result: result.clone(), clauses }
    }
}
