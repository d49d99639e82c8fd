//! Mutations of declarations: names that stand twice, types and functions that need themselves without end.

use super::tree::somewhere;
use crate::program::{Callee, Expression, Head, Kind, Pattern, Program, Style, Type};
use crate::random::Random;

/// The positions of the program's own types.
fn own_types(program: &Program) -> Vec<usize> {
    (0..program.declarations.len()).filter(|number| !program.declarations[*number].predefined).collect()
}

/// A field holds the type itself, with the same arguments or with larger ones.
pub fn endless_type(program: &mut Program, random: &mut Random) -> bool {
    let own = own_types(program);
    if own.is_empty() {
        return false;
    }
    let number = random.pick(&own);
    let count = program.declarations[number].parameters;
    let larger = random.one_in(2);
    let arguments = (0..count)
        .map(|at| {
            let parameter = Type::plain(Head::Parameter(at));
            if larger { Type::list(parameter) } else { parameter }
        })
        .collect();
    let itself = Type::of(Head::Declared(number), arguments);
    let constructors = &mut program.declarations[number].constructors;
    let at = random.below(constructors.len());
    constructors[at].fields.push(itself);
    true
}

/// A generic function calls itself with an argument of a larger type.
pub fn endless_copies(program: &mut Program, random: &mut Random) -> bool {
    let generic: Vec<usize> = (0..program.functions.len())
        .filter(|number| {
            let function = &program.functions[*number];
            !function.bounds.is_empty() && !function.body.clauses.is_empty()
        })
        .collect();
    if generic.is_empty() {
        return false;
    }
    let number = random.pick(&generic);
    let function = &mut program.functions[number];
    let clause = &mut function.body.clauses[0];
    let arguments = clause
        .patterns
        .iter()
        .zip(&function.body.parameters)
        .map(|(pattern, ty)| {
            let value = match pattern {
                Pattern::Variable(name) => Expression::variable(*name, ty.clone()),
                _ => Expression::unit(),
            };
            match ty.head {
                Head::Parameter(_) => Expression::new(Type::list(ty.clone()), Kind::List(vec![value])),
                _ => value,
            }
        })
        .collect();
    let result = function.body.result.clone();
    let call = Expression::new(result, Kind::Call(Callee::Function(number), arguments, Style::Plain));
    clause.body.statements.push(crate::program::Statement::Expression(call));
    true
}

/// Two types, or two constructors, of one name.
pub fn same_name(program: &mut Program, random: &mut Random) -> bool {
    let own = own_types(program);
    if own.len() < 2 {
        return false;
    }
    let (first, second) = (random.pick(&own), random.pick(&own));
    if first == second {
        return false;
    }
    if random.one_in(2) {
        program.declarations[second].name = program.declarations[first].name.clone();
    } else {
        let name = program.declarations[first].constructors[0].name.clone();
        let constructors = &mut program.declarations[second].constructors;
        let at = random.below(constructors.len());
        constructors[at].name = name;
    }
    true
}

/// A type has the name of one that every program knows.
pub fn known_name(program: &mut Program, random: &mut Random) -> bool {
    let own = own_types(program);
    if own.is_empty() {
        return false;
    }
    let number = random.pick(&own);
    let names = [
        "Int", "String", "List", "Option", "Map", "Main", "Alpha", "Job", "Range", "Self", "A", "Pid",
        "Never",
    ];
    program.declarations[number].name = random.pick(&names).into();
    true
}

/// A pattern binds one name twice, or none of those that are used.
pub fn name_in_pattern(program: &mut Program, random: &mut Random) -> bool {
    let is_case = |expression: &Expression| matches!(expression.kind, Kind::Case(..));
    somewhere(program, random, is_case, |expression, random| {
        if let Kind::Case(_, arms) = &mut expression.kind {
            let at = random.below(arms.len());
            let mut names = Vec::new();
            arms[at].pattern.names(&mut names);
            let name = names.first().copied().unwrap_or(0);
            let old = std::mem::replace(&mut arms[at].pattern, Pattern::Wildcard);
            arms[at].pattern = match random.below(3) {
                0 => Pattern::As(Box::new(old), name),
                1 => Pattern::Tuple(vec![old, Pattern::Variable(name)]),
                _ => Pattern::Cons(Box::new(Pattern::Variable(name)), Box::new(old)),
            };
        }
    })
}

/// Constants that are each other's values.
pub fn constant_cycle(program: &mut Program, random: &mut Random) -> bool {
    let count = program.constants.len();
    if count == 0 {
        return false;
    }
    for _ in 0..2 {
        let (from, to) = (random.below(count), random.below(count));
        let ty = program.constants[to].value.ty.clone();
        program.constants[from].value = Expression::new(ty, Kind::Constant(to));
    }
    true
}
