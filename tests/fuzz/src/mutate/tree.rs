//! Mutations of the tree: each makes, as a rule, one mistake that people make.

use super::names;
use crate::program::{
    BinaryOperator, Block, Callee, Expression, Head, Kind, Leave, Pattern, Program, Statement, Type,
    each_body_mut,
};
use crate::random::Random;
use crate::reduce::simplest;

/// A change of a program; false when it has nothing to change.
type Mutation = fn(&mut Program, &mut Random) -> bool;

pub const TREE_MUTATIONS: &[(&str, Mutation)] = &[
    ("an expression of another type", exchange),
    ("an expression from elsewhere", transplant),
    ("another name", rename),
    ("an argument less", |program, random| arguments(program, random, false)),
    ("an argument more", |program, random| arguments(program, random, true)),
    ("a block without a value", empty_block),
    ("an arm less", |program, random| arms(program, random, false)),
    ("an arm twice", |program, random| arms(program, random, true)),
    ("a statement less", statement),
    ("another type of a parameter or result", signature),
    ("another type of a field", field),
    ("less is derived", derive_less),
    ("a bound less", bound),
    ("a method less", method),
    ("another function", callee),
    ("another operator", operator),
    ("another pattern", pattern),
    ("a clause less", clause),
    ("a parameter less in a clause", clause_parameter),
    ("a way out where none is", way_out),
    ("a constant that is worked out", constant),
    ("a type that holds itself", names::endless_type),
    ("copies without end", names::endless_copies),
    ("two of one name", names::same_name),
    ("a name that is taken", names::known_name),
    ("a name in a pattern", names::name_in_pattern),
    ("constants in a circle", names::constant_cycle),
    ("an arm of an actor less", actor_arm),
    ("another type of an actor's state", actor_state),
];

/// Changes the program; says how. `None` when what was chosen has nothing to change.
pub fn mutate_tree(program: &mut Program, random: &mut Random) -> Option<&'static str> {
    let (name, change) = random.pick(TREE_MUTATIONS);
    change(program, random).then_some(name)
}

/// Applies a change to one of the expressions that it fits, each with the same chance.
pub fn somewhere(
    program: &mut Program,
    random: &mut Random,
    fits: impl Fn(&Expression) -> bool,
    mut change: impl FnMut(&mut Expression, &mut Random),
) -> bool {
    let mut count = 0;
    each_body_mut(program, &mut |body| body.each_below(&mut |own| count += usize::from(fits(own))));
    if count == 0 {
        return false;
    }
    let mut left = random.below(count) as isize;
    each_body_mut(program, &mut |body| {
        body.each_below(&mut |own| {
            if fits(own) {
                if left == 0 {
                    change(own, random);
                }
                left -= 1;
            }
        });
    });
    true
}

fn some_type(random: &mut Random) -> Type {
    let simple = [
        Head::Int,
        Head::Float,
        Head::Bool,
        Head::String,
        Head::Bytes,
        Head::Unit,
        Head::Range,
        Head::Buffer,
        Head::Vector,
    ];
    let ty = Type::plain(random.pick(&simple));
    match random.below(6) {
        0 => Type::list(ty),
        1 => Type::option(ty),
        2 => Type::function(vec![ty], Type::int()),
        3 => Type::of(Head::Set, vec![ty]),
        _ => ty,
    }
}

fn exchange(program: &mut Program, random: &mut Random) -> bool {
    let copy = program.clone();
    somewhere(
        program,
        random,
        |_| true,
        |expression, random| {
            if let Some(other) = simplest(&copy, &some_type(random)) {
                *expression = other;
            }
        },
    )
}

fn transplant(program: &mut Program, random: &mut Random) -> bool {
    let mut all = Vec::new();
    each_body_mut(&mut program.clone(), &mut |body| body.each_below(&mut |own| all.push(own.clone())));
    if all.is_empty() {
        return false;
    }
    let other = random.pick(&all);
    somewhere(program, random, |_| true, |expression, _| *expression = other.clone())
}

fn rename(program: &mut Program, random: &mut Random) -> bool {
    let is_name = |expression: &Expression| matches!(expression.kind, Kind::Variable(_));
    somewhere(program, random, is_name, |expression, random| {
        if let Kind::Variable(name) = &mut expression.kind {
            *name = name.saturating_sub(random.between(1, 4) as u32);
        }
    })
}

fn arguments(program: &mut Program, random: &mut Random, more: bool) -> bool {
    let lists = |expression: &Expression| {
        matches!(
            &expression.kind,
            Kind::Call(_, list, _) | Kind::Construct(_, list) | Kind::Tuple(list) | Kind::Spawn(_, list)
            | Kind::Send(_, _, list) | Kind::Ask(_, _, list) | Kind::CallService(_, _, list, _)
                if list.len() > usize::from(!more)
        )
    };
    somewhere(program, random, lists, |expression, random| {
        let (Kind::Call(_, list, _)
        | Kind::Construct(_, list)
        | Kind::Tuple(list)
        | Kind::Spawn(_, list)
        | Kind::Send(_, _, list)
        | Kind::Ask(_, _, list)
        | Kind::CallService(_, _, list, _)) = &mut expression.kind
        else {
            return;
        };
        let at = random.below(list.len());
        if more {
            list.insert(at, list[at].clone());
        } else {
            list.remove(at);
        }
    })
}

fn each_block(program: &mut Program, visit: &mut dyn FnMut(&mut Block)) {
    for function in &mut program.functions {
        for clause in &mut function.body.clauses {
            clause.body.each_block(visit);
        }
    }
    for service in &mut program.services {
        service.handlers.iter_mut().for_each(|handler| handler.body.each_block(visit));
    }
}

/// Applies a change to one of the blocks that it fits.
fn some_block(
    program: &mut Program,
    random: &mut Random,
    fits: fn(&Block) -> bool,
    mut change: impl FnMut(&mut Block, &mut Random),
) -> bool {
    let mut count = 0;
    each_block(program, &mut |block| count += usize::from(fits(block)));
    if count == 0 {
        return false;
    }
    let mut left = random.below(count) as isize;
    each_block(program, &mut |block| {
        if fits(block) {
            if left == 0 {
                change(block, random);
            }
            left -= 1;
        }
    });
    true
}

fn empty_block(program: &mut Program, random: &mut Random) -> bool {
    some_block(
        program,
        random,
        |_| true,
        |block, random| {
            if random.one_in(2) {
                block.statements.clear();
            }
            block.value.kind = Kind::Nothing;
        },
    )
}

fn statement(program: &mut Program, random: &mut Random) -> bool {
    some_block(
        program,
        random,
        |block| !block.statements.is_empty(),
        |block, random| {
            let at = random.below(block.statements.len());
            block.statements.remove(at);
        },
    )
}

fn arms(program: &mut Program, random: &mut Random, twice: bool) -> bool {
    let is_case = |expression: &Expression| matches!(expression.kind, Kind::Case(..));
    somewhere(program, random, is_case, |expression, random| {
        if let Kind::Case(_, arms) = &mut expression.kind {
            let at = random.below(arms.len());
            if twice {
                arms.insert(random.below(arms.len()), arms[at].clone());
            } else {
                arms.remove(at);
            }
        }
    })
}

/// One of the functions that are printed.
fn function<'a>(program: &'a mut Program, random: &mut Random) -> Option<&'a mut crate::program::Function> {
    let printed: Vec<usize> =
        (0..program.functions.len()).filter(|at| !program.functions[*at].body.clauses.is_empty()).collect();
    if printed.is_empty() {
        return None;
    }
    let at = random.pick(&printed);
    Some(&mut program.functions[at])
}

fn signature(program: &mut Program, random: &mut Random) -> bool {
    let Some(function) = function(program, random) else { return false };
    let ty = some_type(random);
    let at = random.below(function.body.parameters.len() + 2);
    match function.body.parameters.get_mut(at) {
        Some(parameter) => *parameter = ty,
        None if random.one_in(3) => function.annotated = false,
        None => function.body.result = ty,
    }
    true
}

fn field(program: &mut Program, random: &mut Random) -> bool {
    let own = program.declarations.iter_mut().filter(|own| !own.predefined);
    let mut fields: Vec<&mut Type> =
        own.flat_map(|own| &mut own.constructors).flat_map(|constructor| &mut constructor.fields).collect();
    if fields.is_empty() {
        return false;
    }
    let at = random.below(fields.len());
    *fields[at] = match random.below(4) {
        // Types that grow with each step.
        0 => Type::list(fields[at].clone()),
        1 => Type::function(vec![], fields[at].clone()),
        _ => some_type(random),
    };
    true
}

fn derive_less(program: &mut Program, random: &mut Random) -> bool {
    let mut own: Vec<_> = program.declarations.iter_mut().filter(|own| !own.predefined).collect();
    if own.is_empty() {
        return false;
    }
    let at = random.below(own.len());
    if own[at].deriving.is_empty() {
        return false;
    }
    let less = random.below(own[at].deriving.len());
    own[at].deriving.remove(less);
    true
}

fn bound(program: &mut Program, random: &mut Random) -> bool {
    let mut all: Vec<_> =
        program.functions.iter_mut().flat_map(|own| &mut own.bounds).filter(|own| !own.is_empty()).collect();
    if all.is_empty() {
        return false;
    }
    let at = random.below(all.len());
    all[at].pop();
    true
}

fn method(program: &mut Program, random: &mut Random) -> bool {
    if program.implementations.is_empty() {
        return false;
    }
    let at = random.below(program.implementations.len());
    if random.one_in(3) {
        program.implementations.remove(at);
        return true;
    }
    let methods = &mut program.implementations[at].methods;
    let method = random.below(methods.len());
    methods[method].take().is_some()
}

fn callee(program: &mut Program, random: &mut Random) -> bool {
    let count = program.functions.len();
    let table = crate::library::functions().len();
    let is_call = |expression: &Expression| matches!(expression.kind, Kind::Call(..));
    somewhere(program, random, is_call, |expression, random| {
        if let Kind::Call(callee, ..) = &mut expression.kind {
            match callee {
                Callee::Function(number) => *number = random.below(count),
                Callee::Library(number) => *number = random.below(table),
                _ => *callee = Callee::Library(random.below(table)),
            }
        }
    })
}

fn operator(program: &mut Program, random: &mut Random) -> bool {
    use BinaryOperator::{Add, And, Concat, Divide, Equal, Less, Range};
    let is_binary = |expression: &Expression| matches!(expression.kind, Kind::Binary(..));
    somewhere(program, random, is_binary, |expression, random| {
        if let Kind::Binary(operator, ..) = &mut expression.kind {
            *operator = random.pick(&[Add, And, Concat, Divide, Equal, Less, Range]);
        }
    })
}

fn pattern(program: &mut Program, random: &mut Random) -> bool {
    let is_case = |expression: &Expression| matches!(expression.kind, Kind::Case(..));
    somewhere(program, random, is_case, |expression, random| {
        if let Kind::Case(_, arms) = &mut expression.kind {
            let at = random.below(arms.len());
            let old = arms[at].pattern.clone();
            arms[at].pattern = match random.below(6) {
                0 => Pattern::Int(0),
                1 => Pattern::String("a".into()),
                2 => Pattern::Tuple(vec![old, Pattern::Wildcard]),
                3 => Pattern::Or(vec![old, Pattern::Variable(0)]),
                4 => Pattern::Constructor(0, 1, vec![old]),
                _ => Pattern::List(vec![old]),
            };
        }
    })
}

fn clause(program: &mut Program, random: &mut Random) -> bool {
    let Some(function) = function(program, random) else { return false };
    let clauses = &mut function.body.clauses;
    if clauses.len() < 2 {
        return false;
    }
    let at = random.below(clauses.len());
    clauses.remove(at);
    true
}

fn clause_parameter(program: &mut Program, random: &mut Random) -> bool {
    let Some(function) = function(program, random) else { return false };
    let at = random.below(function.body.clauses.len());
    function.body.clauses[at].patterns.pop().is_some()
}

fn way_out(program: &mut Program, random: &mut Random) -> bool {
    some_block(
        program,
        random,
        |_| true,
        |block, random| {
            let at = random.below(block.statements.len() + 1);
            let leave = match random.below(3) {
                0 => Leave::Break,
                1 => Leave::Continue,
                _ => Leave::Return(Box::new(Expression::int(1))),
            };
            block.statements.insert(at, Statement::LeaveIf(Expression::bool(false), leave));
        },
    )
}

fn constant(program: &mut Program, random: &mut Random) -> bool {
    let mut all = Vec::new();
    each_body_mut(&mut program.clone(), &mut |body| body.each_below(&mut |own| all.push(own.clone())));
    if program.constants.is_empty() || all.is_empty() {
        return false;
    }
    let at = random.below(program.constants.len());
    program.constants[at].value = random.pick(&all);
    true
}

fn actor_arm(program: &mut Program, random: &mut Random) -> bool {
    if program.actors.is_empty() {
        return false;
    }
    let at = random.below(program.actors.len());
    let arms = &mut program.actors[at].arms;
    let arm = random.below(arms.len());
    arms.remove(arm);
    true
}

fn actor_state(program: &mut Program, random: &mut Random) -> bool {
    let mut all: Vec<_> = program.actors.iter_mut().flat_map(|actor| &mut actor.parameters).collect();
    if all.is_empty() {
        return false;
    }
    let at = random.below(all.len());
    all[at].1 = some_type(random);
    true
}
