//! Interfaces with implementations.

use super::{Generator, Wish};
use crate::program::{
    Block, Bound, Clause, Closure, Conversion, Head, Implementation, Interface, Method, Type,
};

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

    /// `impl From<…> for …`, of a type of this home.
    pub fn conversion(&mut self) {
        let home = self.home;
        let own: Vec<usize> = (0..self.program.declarations.len())
            .filter(|number| {
                let declared = &self.program.declarations[*number];
                declared.home == home && !declared.predefined && declared.parameters == 0
            })
            .collect();
        if own.is_empty() {
            return;
        }
        let to = Type::plain(Head::Declared(self.random.pick(&own)));
        let from = self.random.pick(&[Type::string(), Type::int(), Type::list(Type::int())]);
        if self.program.conversions.iter().any(|known| known.from == from && known.to == to) {
            return;
        }
        self.used("conversion");
        let body = self.method_body(from.clone(), &[], &to, Vec::new());
        self.program.conversions.push(Conversion { home, from, to, body });
    }

    /// One of the conversions into this type of errors, or none.
    pub fn conversion_to(&mut self, error: &Type) -> Option<usize> {
        let known = &self.program.conversions;
        let fitting: Vec<usize> = (0..known.len()).filter(|number| known[*number].to == *error).collect();
        if fitting.is_empty() || self.random.one_in(3) {
            return None;
        }
        self.used("error that is converted");
        Some(self.random.pick(&fitting))
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
