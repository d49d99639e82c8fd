//! The table of productions, and the choice among them.

use super::{Generator, Wish};
use crate::program::{Bound, Expression, Head, Kind, OPTION, RESULT, Type};

/// Makes an expression of a type, if that is possible here.
type Make = fn(&mut Generator, &Type, Wish) -> Option<Expression>;

/// A way to make expressions.
pub struct Production {
    pub name: &'static str,
    weight: usize,
    /// May it be tried for this type?
    fits: fn(&Type) -> bool,
    make: Make,
    /// May it stand in a guard?
    quiet: bool,
}

const fn loud(name: &'static str, weight: usize, fits: fn(&Type) -> bool, make: Make) -> Production {
    Production { name, weight, fits, make, quiet: false }
}

const fn quiet(name: &'static str, weight: usize, fits: fn(&Type) -> bool, make: Make) -> Production {
    Production { name, weight, fits, make, quiet: true }
}

fn any(_: &Type) -> bool {
    true
}

fn number(ty: &Type) -> bool {
    matches!(ty.head, Head::Int | Head::Float)
}

/// Vectors live in registers: they are not handed through everything.
fn storable(ty: &Type) -> bool {
    !matches!(ty.head, Head::Vector | Head::Actor(_) | Head::Service(_))
}

pub const PRODUCTIONS: &[Production] = &[
    quiet("variable", 30, any, |generator, ty, _| generator.variable(ty)),
    quiet(
        "literal",
        8,
        |ty| !matches!(ty.head, Head::Parameter(_)),
        |generator, ty, wish| Some(generator.literal(ty, wish)),
    ),
    quiet("constant", 12, any, |generator, ty, _| generator.some_constant(ty)),
    quiet("arithmetic", 26, number, Generator::arithmetic),
    loud("own addition", 20, |ty| matches!(ty.head, Head::Declared(_)), Generator::own_addition),
    quiet("comparison", 30, |ty| ty.head == Head::Bool, Generator::comparison),
    quiet("logic", 14, |ty| ty.head == Head::Bool, Generator::logic),
    loud("concatenation", 12, |ty| matches!(ty.head, Head::String | Head::List), Generator::concatenation),
    loud("interpolation", 22, |ty| ty.head == Head::String, Generator::interpolation),
    loud("range", 10, |ty| ty.head == Head::Range, Generator::range),
    loud("tuple", 14, |ty| ty.head == Head::Tuple, Generator::tuple),
    loud("list", 12, |ty| ty.head == Head::List, Generator::list),
    loud("map literal", 14, |ty| ty.head == Head::Map, Generator::map_literal),
    loud(
        "constructor",
        26,
        |ty| matches!(ty.head, Head::Declared(_)),
        |generator, ty, wish| {
            let Head::Declared(declaration) = ty.head else { return None };
            let constructor =
                generator.random.below(generator.program.declarations[declaration].constructors.len());
            Some(generator.construct(ty, constructor, wish, false))
        },
    ),
    loud("struct update", 12, |ty| matches!(ty.head, Head::Declared(_)), Generator::update),
    loud("field", 14, storable, Generator::field),
    loud("if", 12, storable, Generator::condition),
    loud("if without else", 8, |ty| ty.head == Head::Unit, Generator::condition_alone),
    loud("case", 18, storable, Generator::case),
    loud("call", 30, storable, Generator::call),
    loud("recursive call", 40, storable, Generator::recursive_call),
    loud("library call", 30, any, Generator::call_library),
    loud("method call", 24, storable, Generator::call_method),
    loud("closure call", 12, storable, Generator::call_value),
    loud("immediate closure call", 4, storable, Generator::call_closure),
    loud(
        "closure",
        30,
        |ty| ty.head == Head::Function,
        |generator, ty, wish| Some(generator.closure(ty, wish)),
    ),
    loud("function value", 12, |ty| ty.head == Head::Function, Generator::function_value),
    loud("library function value", 6, |ty| ty.head == Head::Function, Generator::library_value),
    loud("constructor value", 12, |ty| ty.head == Head::Function, Generator::constructor_value),
    loud("for", 16, |ty| ty.head == Head::List, Generator::loop_over),
    loud("try", 12, storable, Generator::unwrap),
    loud("leave", 3, storable, Generator::leave_expression),
    loud("bits", 20, |ty| ty.head == Head::Bytes, Generator::bits),
    loud("default", 6, has_default, |_, ty, _| Some(Expression::new(ty.clone(), Kind::Default))),
    loud("job", 6, |ty| ty.head == Head::Declared(RESULT), Generator::job),
    loud("job map", 6, |ty| ty.head == Head::List, Generator::job_map),
    loud("question to an actor", 24, |ty| ty.head == Head::Declared(OPTION), Generator::ask),
    loud("message to an actor", 20, |ty| ty.head == Head::Unit, Generator::send),
    loud("call of a service", 12, storable, Generator::call_service),
    loud("panic", 1, storable, |generator, ty, wish| {
        let panic = generator.panic(ty);
        Some(if wish.known { panic } else { generator.ascribed(panic) })
    }),
];

fn has_default(ty: &Type) -> bool {
    match ty.head {
        Head::Int | Head::Float | Head::Bool | Head::String | Head::Bytes | Head::Unit => true,
        Head::List => !ty.has_parameters(),
        _ => false,
    }
}

impl Generator {
    /// An expression of this type.
    pub fn expression(&mut self, ty: &Type, wish: Wish) -> Expression {
        self.budget = self.budget.saturating_sub(1);
        let made = self.chosen(ty, wish);
        if wish.known { made } else { self.clear(made) }
    }

    /// The expression, for a place that does not say its type.
    pub fn clear(&mut self, made: Expression) -> Expression {
        if self.says_its_type(&made) {
            return made;
        }
        // A type parameter would be open behind the ascription, too.
        match self.variable(&made.ty) {
            Some(variable) if made.ty.has_parameters() => variable,
            _ => self.ascribed(made),
        }
    }

    fn chosen(&mut self, ty: &Type, wish: Wish) -> Expression {
        if wish.depth == 0 || self.budget == 0 {
            return self.leaf(ty, wish);
        }
        let guard = self.context.guard;
        let mut left: Vec<&Production> = PRODUCTIONS
            .iter()
            .filter(|production| (!guard || production.quiet) && (production.fits)(ty))
            .collect();
        while !left.is_empty() {
            let weights: Vec<usize> = left.iter().map(|production| production.weight).collect();
            let production = left.swap_remove(self.random.weighted(&weights));
            if let Some(made) = (production.make)(self, ty, wish) {
                self.used(production.name);
                debug_assert_eq!(made.ty, *ty, "{}", production.name);
                return made;
            }
        }
        self.leaf(ty, wish)
    }

    pub fn ascribed(&mut self, inner: Expression) -> Expression {
        if matches!(inner.kind, Kind::Ascribe(_)) || inner.ty.mentions(Head::Vector) {
            return inner;
        }
        self.used("ascription");
        Expression::new(inner.ty.clone(), Kind::Ascribe(Box::new(inner)))
    }

    /// Is the type clear from the expression alone? Carefully: where it might not be, no.
    fn says_its_type(&self, expression: &Expression) -> bool {
        let all = |parts: &[Expression]| parts.iter().all(|part| self.says_its_type(part));
        match &expression.kind {
            Kind::Tuple(parts) => all(parts),
            Kind::List(parts) => !parts.is_empty() && self.says_its_type(&parts[0]),
            Kind::Map(pairs) => {
                pairs.first().is_some_and(|(key, value)| self.says_its_type(key) && self.says_its_type(value))
            }
            Kind::Construct(constructor, parts) => {
                let Head::Declared(declaration) = expression.ty.head else { return false };
                let declared = &self.program.declarations[declaration];
                let fields = &declared.constructors[*constructor].fields;
                let told = (0..declared.parameters)
                    .all(|parameter| fields.iter().any(|field| field.mentions(Head::Parameter(parameter))));
                told && all(parts)
            }
            Kind::If(_, then, otherwise) => {
                otherwise.is_none()
                    || self.says_its_type(&then.value)
                    || otherwise.as_ref().is_some_and(|block| self.says_its_type(&block.value))
            }
            Kind::Case(_, arms) => arms.iter().any(|arm| self.says_its_type(&arm.body.value)),
            Kind::Default | Kind::Leave(_) | Kind::For(_) | Kind::Job(_) | Kind::JobMap(..) => false,
            Kind::ConstructorValue(..) | Kind::LibraryValue(_) => false,
            Kind::Call(..) | Kind::Try(..) | Kind::Closure(_) | Kind::FunctionValue(_) | Kind::Update(..) => {
                expression.ty.arguments.is_empty() && !self.is_panic(expression)
            }
            Kind::Binary(_, left, right) => self.says_its_type(left) || self.says_its_type(right),
            _ => true,
        }
    }

    fn is_panic(&self, expression: &Expression) -> bool {
        match &expression.kind {
            Kind::Call(crate::program::Callee::Library(number), ..) => {
                crate::library::functions()[*number].result.head == Head::Never
                    || matches!(crate::library::functions()[*number].result.head, Head::Parameter(_))
            }
            Kind::Call(..) | Kind::Try(..) => {
                !matches!(expression.ty.head, Head::Int | Head::String | Head::Bool)
            }
            _ => false,
        }
    }

    pub fn construct(&mut self, ty: &Type, constructor: usize, wish: Wish, small: bool) -> Expression {
        let fields = self.program.fields(ty, constructor);
        let parts =
            fields
                .iter()
                .map(|field| {
                    if small {
                        self.leaf(field, wish.deeper())
                    } else {
                        self.expression(field, wish.deeper())
                    }
                })
                .collect();
        Expression::new(ty.clone(), Kind::Construct(constructor, parts))
    }

    fn tuple(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let parts = ty.arguments.iter().map(|part| self.expression(part, wish.deeper())).collect();
        Some(Expression::new(ty.clone(), Kind::Tuple(parts)))
    }

    fn list(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let count = self.random.between(1, 4);
        let parts = (0..count).map(|_| self.expression(&ty.arguments[0], wish.deeper())).collect();
        Some(Expression::new(ty.clone(), Kind::List(parts)))
    }

    fn map_literal(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let count = self.random.between(1, 4);
        let pairs = (0..count)
            .map(|_| {
                let key = self.expression(&ty.arguments[0], wish.deeper());
                (key, self.expression(&ty.arguments[1], wish.deeper()))
            })
            .collect();
        Some(Expression::new(ty.clone(), Kind::Map(pairs)))
    }

    fn update(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let Head::Declared(declaration) = ty.head else { return None };
        if !self.program.declarations[declaration].is_struct {
            return None;
        }
        let fields = self.program.fields(ty, 0);
        if fields.is_empty() {
            return None;
        }
        let base = self.expression(ty, wish.deeper());
        let base = if self.context.inferred { self.ascribed(base) } else { base };
        let count = self.random.between(1, fields.len().min(2));
        let first = self.random.below(fields.len());
        let changes = (0..count)
            .map(|at| {
                let field = (first + at) % fields.len();
                (field, self.expression(&fields[field], wish.deeper()))
            })
            .collect();
        Some(Expression::new(ty.clone(), Kind::Update(Box::new(base), changes)))
    }

    /// A field of a variable.
    fn field(&mut self, ty: &Type, _: Wish) -> Option<Expression> {
        let mut fields = Vec::new();
        if self.context.inferred {
            return None;
        }
        for variable in self.scope.variables() {
            match variable.ty.head {
                Head::Range if ty.head == Head::Int => {
                    fields.push((variable.name, variable.ty.clone(), 0));
                    fields.push((variable.name, variable.ty.clone(), 1));
                }
                Head::Declared(declaration) if self.program.declarations[declaration].is_struct => {
                    let own = self.program.fields(&variable.ty, 0);
                    let fitting = own.iter().enumerate().filter(|(_, field)| *field == ty);
                    fields.extend(fitting.map(|(at, _)| (variable.name, variable.ty.clone(), at)));
                }
                _ => {}
            }
        }
        if fields.is_empty() {
            return None;
        }
        let (name, base, at) = self.random.pick(&fields);
        Some(Expression::new(ty.clone(), Kind::Field(Box::new(Expression::variable(name, base)), at)))
    }

    /// A type that is shown, with Display or Debug alone.
    pub fn shown_type(&mut self) -> Type {
        let local = self.local_type(2);
        let shown = if local.has_parameters() {
            self.has(&local, Bound::Display)
        } else {
            self.has(&local, Bound::Display) || self.has(&local, Bound::Debug)
        };
        if shown { local } else { Type::int() }
    }
}
