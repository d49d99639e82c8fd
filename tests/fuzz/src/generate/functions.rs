//! Functions, and the cases that call them.

use super::scope::{Context, Recursion, Smaller};
use super::{Generator, Wish};
use crate::program::{
    BinaryOperator, Block, Bound, Callee, Case, Clause, Closure, Expression, Function, Head, Kind, Leave,
    Pattern, Statement, Style, Type,
};

/// How many expressions a function may have.
const BUDGET: usize = 60;

/// And a large one.
const LARGE: usize = 500;

impl Generator {
    pub fn function(&mut self) {
        self.context = Context::default();
        match self.random.below(10) {
            0 | 1 => self.counted(1),
            2 => self.counted(2),
            3 => self.over_parts(),
            4 | 5 => self.generic(),
            6 => self.clauses(),
            _ => self.plain(),
        }
    }

    /// Starts anew for an item: nothing is in scope.
    pub fn enter(&mut self, bounds: Vec<Vec<Bound>>, returns: &Type) {
        self.scope = super::scope::Scope::default();
        self.context = Context { bounds, returns: Some(returns.clone()), ..Context::default() };
        self.budget = BUDGET;
    }

    /// How many levels a body has. Now and then one is large: many values live at the same time.
    fn body_depth(&mut self) -> usize {
        if self.random.one_in(14) {
            self.used("large function");
            self.budget = LARGE;
            return 7;
        }
        4
    }

    pub fn bind_all(&mut self, parameters: &[Type]) -> Vec<u32> {
        let level = self.context.level;
        let names: Vec<u32> = parameters.iter().map(|_| self.fresh()).collect();
        for (name, ty) in names.iter().zip(parameters) {
            self.scope.bind(*name, ty.clone(), level);
        }
        names
    }

    fn add(&mut self, bounds: Vec<Vec<Bound>>, body: Closure) {
        let home = self.home;
        self.program.functions.push(Function { home, bounds, body, annotated: true });
    }

    /// Adds a function that may leave its types to be found.
    fn add_inferred(&mut self, body: Closure, annotated: bool) {
        if !annotated {
            self.used("function without types");
        }
        let home = self.home;
        self.program.functions.push(Function { home, bounds: Vec::new(), body, annotated });
    }

    fn parameter_types(&mut self) -> Vec<Type> {
        let count = self.random.below(4);
        (0..count)
            .map(|_| if self.random.one_in(5) { self.local_type(2) } else { self.plain_type(2) })
            .collect()
    }

    /// A text, or a type that other errors become.
    fn error_type(&mut self) -> Type {
        if self.program.conversions.is_empty() || self.random.one_in(3) {
            return Type::string();
        }
        let number = self.random.below(self.program.conversions.len());
        self.program.conversions[number].to.clone()
    }

    fn result_type(&mut self) -> Type {
        match self.random.below(12) {
            0 => Type::option(self.plain_type(1)),
            1 => {
                let error = self.error_type();
                Type::result(self.plain_type(1), error)
            }
            2 => Type::function(vec![self.plain_type(1)], self.plain_type(1)),
            3 => Type::list(Type::result(self.simple_type(), Type::string())),
            _ => self.plain_type(2),
        }
    }

    fn body(&mut self, result: &Type) -> Block {
        let depth = self.body_depth();
        self.block(result, Wish { depth, known: true })
    }

    fn plain(&mut self) {
        self.used("plain function");
        let (parameters, result) = (self.parameter_types(), self.result_type());
        self.enter(Vec::new(), &result);
        let names = self.bind_all(&parameters);
        let annotated = !self.random.one_in(5);
        self.context.inferred = !annotated;
        let depth = self.body_depth();
        let body = self.block(&result, Wish { depth, known: annotated });
        let clauses = vec![Clause::simple(&names, body)];
        self.add_inferred(Closure { parameters, result, clauses }, annotated);
    }

    fn clauses(&mut self) {
        self.used("function of several clauses");
        let count = self.random.between(1, 3);
        let parameters: Vec<Type> = (0..count).map(|_| self.plain_type(2)).collect();
        let result = self.result_type();
        let mut clauses = Vec::new();
        self.enter(Vec::new(), &result);
        for _ in 0..self.random.between(1, 4) {
            clauses.push(self.scoped(|generator| {
                let patterns = generator.clause_patterns(&parameters);
                let mut guard = generator.some_guard();
                if patterns.iter().all(|pattern| matches!(pattern, Pattern::Variable(_) | Pattern::Wildcard))
                {
                    // Without a guard it would have to be the last one.
                    guard = guard.or_else(|| Some(generator.guard()));
                }
                let body = generator.body(&result);
                Clause { patterns, guard, body }
            }));
        }
        let names = self.bind_all(&parameters);
        let body = self.body(&result);
        clauses.push(Clause::simple(&names, body));
        self.add(Vec::new(), Closure { parameters, result, clauses });
    }

    fn guard(&mut self) -> Expression {
        self.context.guard = true;
        let guard = self.expression(&Type::bool(), Wish { depth: 2, known: true });
        self.context.guard = false;
        guard
    }

    /// Functions that call each other with a count that gets smaller: loops when the calls stand in tail position.
    fn counted(&mut self, count: usize) {
        self.used(if count == 1 { "counted recursion" } else { "mutual recursion" });
        let first = self.program.functions.len();
        let functions: Vec<usize> = (first..first + count).collect();
        let result = self.result_type();
        for _ in 0..count {
            let mut parameters = vec![Type::int()];
            parameters.extend(self.parameter_types());
            // The bodies follow when all have their types.
            let body = Closure { parameters, result: result.clone(), clauses: Vec::new() };
            self.add(Vec::new(), body);
        }
        for number in &functions {
            let parameters = self.program.functions[*number].body.parameters.clone();
            self.enter(Vec::new(), &result);
            let names = self.bind_all(&parameters);
            self.context.recursion = None;
            let end = self.expression(&result, Wish { depth: 3, known: true });
            let smaller = Smaller::Counted(names[0]);
            self.context.recursion = Some(Recursion { functions: functions.clone(), smaller, calls: 2 });
            let mut body = if self.random.one_in(2) {
                let wish = Wish { depth: 4, known: true };
                self.block_ending(wish, |generator| {
                    if let Some(call) = generator.recursive_call(&result, wish.deeper()) {
                        generator.used("tail call");
                        return call;
                    }
                    generator.expression(&result, wish)
                })
            } else {
                self.body(&result)
            };
            let zero = Expression::int(0);
            let count = Expression::variable(names[0], Type::int());
            let ended = Expression::binary(Type::bool(), BinaryOperator::LessEqual, count, zero);
            body.statements.insert(0, Statement::LeaveIf(ended, Leave::Return(Box::new(end))));
            self.program.functions[*number].body.clauses.push(Clause::simple(&names, body));
        }
    }

    /// A function that takes a list or a recursive value apart, and calls itself with the parts.
    fn over_parts(&mut self) {
        let recursive: Vec<Type> = (0..self.program.declarations.len())
            .filter(|number| self.is_recursive(*number))
            .map(|number| {
                let parameters = self.program.declarations[number].parameters;
                Type::of(Head::Declared(number), vec![Type::int(); parameters])
            })
            .collect();
        let over = if !recursive.is_empty() && self.random.below(3) > 0 {
            self.used("recursion over a type's parts");
            self.random.pick(&recursive)
        } else {
            self.used("recursion over a list");
            Type::list(self.plain_type(1))
        };
        let number = self.program.functions.len();
        let result = self.result_type();
        let mut parameters = vec![over.clone()];
        parameters.extend((0..self.random.below(2)).map(|_| self.plain_type(1)));
        let body = Closure { parameters: parameters.clone(), result: result.clone(), clauses: Vec::new() };
        self.add(Vec::new(), body);
        self.enter(Vec::new(), &result);
        let patterns = self.covering(&over).expect("lists and sum types are covered");
        for (pattern, bound) in patterns {
            let clause = self.scoped(|generator| {
                let level = generator.context.level;
                for (name, ty) in &bound {
                    generator.scope.bind(*name, ty.clone(), level);
                }
                let names = generator.bind_all(&parameters[1..]);
                let parts: Vec<u32> =
                    bound.iter().filter(|(_, ty)| *ty == over).map(|(name, _)| *name).collect();
                generator.context.recursion = (!parts.is_empty()).then(|| Recursion {
                    functions: vec![number],
                    calls: parts.len().min(2),
                    smaller: Smaller::Parts(parts),
                });
                let body = generator.body(&result);
                let mut patterns = vec![pattern];
                patterns.extend(names.into_iter().map(Pattern::Variable));
                Clause { patterns, guard: None, body }
            });
            self.program.functions[number].body.clauses.push(clause);
        }
    }

    fn is_recursive(&self, number: usize) -> bool {
        let declared = &self.program.declarations[number];
        let own = Head::Declared(number);
        !declared.is_struct
            && declared.constructors.iter().flat_map(|own| &own.fields).any(|ty| ty.mentions(own))
    }

    pub fn smaller(&mut self, recursion: &Recursion, ty: &Type) -> Option<Expression> {
        match &recursion.smaller {
            Smaller::Counted(name) => {
                let count = Expression::variable(*name, Type::int());
                let less = self.random.pick(&[1, 1, 2]);
                Some(Expression::binary(Type::int(), BinaryOperator::Subtract, count, Expression::int(less)))
            }
            Smaller::Parts(names) => {
                let name = self.random.pick(names);
                let in_sight = self.scope.variables().iter().any(|own| own.name == name && own.ty == *ty);
                in_sight.then(|| Expression::variable(name, ty.clone()))
            }
        }
    }

    fn generic(&mut self) {
        self.used("generic function");
        let count = self.random.between(1, 2);
        let mut bounds = Vec::new();
        for _ in 0..count {
            let mut own = Vec::new();
            for bound in [Bound::Eq, Bound::Ord, Bound::Display, Bound::Hash, Bound::Debug] {
                if self.random.one_in(3) {
                    own.push(bound);
                }
            }
            if !self.program.interfaces.is_empty() && self.random.one_in(3) {
                self.used("bound by an interface of the program");
                own.push(Bound::Interface(self.random.below(self.program.interfaces.len())));
            }
            bounds.push(own);
        }
        self.context.bounds = bounds.clone();
        let mut parameters: Vec<Type> =
            (0..count).map(|number| Type::plain(Head::Parameter(number))).collect();
        for _ in 0..self.random.below(3) {
            parameters.push(self.local_type(1));
        }
        let result = if self.random.one_in(2) { self.local_type(1) } else { self.plain_type(1) };
        let result = if Self::is_sendable(&result) { result } else { Type::string() };
        self.enter(bounds.clone(), &result);
        let names = self.bind_all(&parameters);
        let body = self.body(&result);
        self.add(bounds, Closure { parameters, result, clauses: vec![Clause::simple(&names, body)] });
    }

    /// Calls of every function whose result can be shown, with different arguments.
    pub fn cases(&mut self) {
        for number in 0..self.program.functions.len() {
            for _ in 0..self.random.between(1, 3) {
                if let Some(call) = self.case_of(number) {
                    self.program.cases.push(Case { call, expected: String::new() });
                }
            }
        }
    }

    fn case_of(&mut self, number: usize) -> Option<Expression> {
        self.home = self.program.homes.len() - 1;
        self.enter(Vec::new(), &Type::unit());
        self.context.returns = None;
        let function = self.program.functions[number].clone();
        let types =
            function.bounds.iter().map(|bounds| self.type_with(bounds)).collect::<Option<Vec<Type>>>()?;
        let fits = |ty: &Type, bounds: &[Bound]| bounds.iter().all(|bound| self.program.has(ty, *bound, &[]));
        if !types.iter().zip(&function.bounds).all(|(ty, bounds)| fits(ty, bounds)) {
            return None;
        }
        let result = function.body.result.with(&types);
        let shown = [Bound::Display, Bound::Debug].iter().any(|bound| self.program.has(&result, *bound, &[]));
        if !shown || !Self::is_sendable(&result) {
            return None;
        }
        let arguments = function
            .body
            .parameters
            .iter()
            .map(|parameter| {
                let ty = parameter.with(&types);
                let wish = Wish { depth: 1, known: !parameter.has_parameters() && function.annotated };
                if ty.head == Head::Int && self.random.below(3) > 0 {
                    // Where it counts a recursion, some go deep.
                    let most = if self.random.one_in(12) { 1000 } else { 10 };
                    return Expression::int(self.random.below(most) as i64);
                }
                self.expression(&ty, wish)
            })
            .collect();
        Some(Expression::new(result, Kind::Call(Callee::Function(number), arguments, Style::Plain)))
    }
}
