//! Random `case`s over random values, against the plain meaning of patterns: arms in order.

mod support;

use snow_check::hir::*;
use snow_ir_testing::interpreter::{self, Data, Machine, Object};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use support::tree::*;

#[derive(Clone, Debug)]
enum Value {
    Int(i64),
    Bool(bool),
    Text(&'static str),
    Sum(usize, Vec<Value>),
    Tuple(Vec<Value>),
    List(Vec<Value>),
}

const TEXTS: [&str; 4] = ["", "a", "b", "ab"];

/// Marsaglia's xorshift: the same cases in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn ty(&mut self, depth: usize) -> Type {
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 => Type::Int,
            1 => Type::Bool,
            2 => Type::String,
            3 => color(),
            4 => option(self.ty(depth - 1)),
            5 => list_of(self.ty(depth - 1)),
            _ => Type::Tuple((0..2 + self.below(2)).map(|_| self.ty(depth - 1)).collect()),
        }
    }

    fn value(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Int => Value::Int(self.below(7) as i64 - 1),
            Type::Bool => Value::Bool(self.below(2) == 0),
            Type::String => Value::Text(TEXTS[self.below(4)]),
            Type::Tuple(types) => Value::Tuple(types.iter().map(|ty| self.value(ty)).collect()),
            Type::Named(OPTION, arguments) => match self.below(3) {
                0 => Value::Sum(0, vec![]),
                _ => Value::Sum(1, vec![self.value(&arguments[0])]),
            },
            Type::Named(LIST, arguments) => {
                Value::List((0..self.below(4)).map(|_| self.value(&arguments[0])).collect())
            }
            _ => Value::Sum(self.below(3), vec![]),
        }
    }

    /// `next`: the number of the next local; `None` forbids names.
    fn pattern(&mut self, ty: &Type, depth: usize, next: &mut Option<u32>) -> Pattern {
        if depth == 0 || self.below(4) == 0 {
            return match (ty, next) {
                (Type::Int, Some(number)) => {
                    *number += 1;
                    bind(*number - 1, Type::Int)
                }
                _ => any(ty.clone()),
            };
        }
        let kind = match self.below(10) {
            8 | 9 => {
                // Alternatives that bind the same names.
                let first = self.pattern(ty, depth - 1, next);
                let others: Vec<Pattern> = (0..1 + self.below(2)).map(|_| self.varied(&first)).collect();
                PatternKind::Or([vec![first], others].concat())
            }
            0 => PatternKind::Or((0..2).map(|_| self.pattern(ty, depth - 1, &mut None)).collect()),
            1 if *ty == Type::Int => {
                let Some(number) = next else { return any(ty.clone()) };
                *number += 1;
                let inner = Box::new(self.pattern(ty, depth - 1, &mut None));
                PatternKind::As(inner, LocalId(*number - 1))
            }
            _ => match ty {
                Type::Int => match self.below(6) {
                    0 | 1 => {
                        let first = self.below(4) as i64;
                        PatternKind::Range(first, first + self.below(4) as i64)
                    }
                    2 => PatternKind::Range(self.below(4) as i64, i64::MAX),
                    3 => PatternKind::Range(i64::MIN, self.below(4) as i64),
                    _ => PatternKind::Int(self.below(4) as i64),
                },
                Type::Bool => PatternKind::Bool(self.below(2) == 0),
                Type::String => PatternKind::String(TEXTS[self.below(4)].to_owned()),
                Type::Tuple(types) => {
                    PatternKind::Tuple(types.iter().map(|ty| self.pattern(ty, depth - 1, next)).collect())
                }
                Type::Named(OPTION, arguments) => match self.below(3) {
                    0 => PatternKind::Constructor(0, vec![]),
                    _ => PatternKind::Constructor(1, vec![self.pattern(&arguments[0], depth - 1, next)]),
                },
                Type::Named(LIST, arguments) => match self.below(2) {
                    0 => {
                        let all = (0..self.below(3)).map(|_| self.pattern(&arguments[0], depth - 1, next));
                        PatternKind::List(all.collect())
                    }
                    _ => {
                        let count = 1 + self.below(2);
                        let first =
                            (0..count).map(|_| self.pattern(&arguments[0], depth - 1, next)).collect();
                        let rest = self.pattern(ty, depth - 1, next);
                        PatternKind::Cons(first, Box::new(rest))
                    }
                },
                _ => PatternKind::Constructor(self.below(3), vec![]),
            },
        };
        pattern(ty.clone(), kind)
    }
}

impl Random {
    /// A pattern that binds the same names, and perhaps matches other values.
    fn varied(&mut self, like: &Pattern) -> Pattern {
        let mut all = |parts: &[Pattern]| parts.iter().map(|part| self.varied(part)).collect();
        let kind = match &like.kind {
            PatternKind::Tuple(parts) => PatternKind::Tuple(all(parts)),
            PatternKind::Constructor(tag, parts) if !parts.is_empty() => {
                PatternKind::Constructor(*tag, all(parts))
            }
            PatternKind::List(parts) => PatternKind::List(all(parts)),
            PatternKind::Cons(first, rest) => {
                let first = all(first);
                PatternKind::Cons(first, Box::new(self.varied(rest)))
            }
            PatternKind::Or(parts) => PatternKind::Or(all(parts)),
            PatternKind::As(inner, local) => PatternKind::As(Box::new(self.varied(inner)), *local),
            PatternKind::Bind(local) => PatternKind::Bind(*local),
            _ => return self.pattern(&like.ty, 1, &mut None),
        };
        pattern(like.ty.clone(), kind)
    }
}

/// The ways in which a pattern matches, in order, with what it then binds.
fn ways(pattern: &Pattern, value: &Value) -> Vec<HashMap<LocalId, i64>> {
    let plain = |fits: bool| if fits { vec![HashMap::new()] } else { Vec::new() };
    match (&pattern.kind, value) {
        (PatternKind::Wildcard, _) => plain(true),
        (PatternKind::Bind(local), Value::Int(number)) => vec![HashMap::from([(*local, *number)])],
        (PatternKind::As(inner, local), Value::Int(number)) => {
            let mut found = ways(inner, value);
            for bound in &mut found {
                bound.insert(*local, *number);
            }
            found
        }
        (PatternKind::Or(alternatives), _) => alternatives.iter().flat_map(|one| ways(one, value)).collect(),
        (PatternKind::Int(a), Value::Int(b)) => plain(a == b),
        (PatternKind::Range(first, last), Value::Int(number)) => plain((first..=last).contains(&number)),
        (PatternKind::Bool(a), Value::Bool(b)) => plain(a == b),
        (PatternKind::String(a), Value::Text(b)) => plain(a == b),
        (PatternKind::Constructor(tag, parts), Value::Sum(found, values)) if tag == found => {
            ways_of_all(parts, values)
        }
        (PatternKind::Constructor(..), Value::Sum(..)) => Vec::new(),
        (PatternKind::Tuple(parts), Value::Tuple(values)) => ways_of_all(parts, values),
        (PatternKind::List(parts), Value::List(values)) if parts.len() == values.len() => {
            ways_of_all(parts, values)
        }
        (PatternKind::List(_), Value::List(_)) => Vec::new(),
        (PatternKind::Cons(first, rest), Value::List(values)) => match values.split_at_checked(first.len()) {
            Some((heads, others)) => {
                let parts = [first.clone(), vec![(**rest).clone()]].concat();
                ways_of_all(&parts, &[heads.to_vec(), vec![Value::List(others.to_vec())]].concat())
            }
            None => Vec::new(),
        },
        _ => panic!("{pattern:?} of {value:?}"),
    }
}

fn ways_of_all(parts: &[Pattern], values: &[Value]) -> Vec<HashMap<LocalId, i64>> {
    parts.iter().zip(values).fold(vec![HashMap::new()], |found, (part, value)| {
        let inside = ways(part, value);
        let with = |before: HashMap<LocalId, i64>| {
            inside.clone().into_iter().map(move |more| before.clone().into_iter().chain(more).collect())
        };
        found.into_iter().flat_map(with).collect()
    })
}

/// As the lowered code sees it: references before words.
fn data(value: &Value, ty: &Type) -> Data {
    let object = |tag: u64, values: Vec<Data>| {
        let is_reference = |data: &Data| matches!(data, Data::Object(_) | Data::Immediate(_));
        let (mut words, raw): (Vec<Data>, Vec<Data>) = values.into_iter().partition(is_reference);
        let references = words.len() as u64;
        words.extend(raw.into_iter().map(|data| match data {
            Data::Bool(value) => Data::Int(i64::from(value)),
            other => other,
        }));
        let header = 1 | tag << 8 | (words.len() as u64) << 24 | references << 44;
        Data::Object(Rc::new(RefCell::new(Object::Fixed { header, words })))
    };
    match (value, ty) {
        (Value::Int(number), _) => Data::Int(*number),
        (Value::Bool(value), _) => Data::Bool(*value),
        (Value::Text(text), _) => interpreter::text(text),
        (Value::Sum(tag, _), Type::Named(COLOR, _)) => Data::Int(*tag as i64),
        (Value::Sum(tag, values), Type::Named(_, arguments)) => match &values[..] {
            [] => Data::Immediate(*tag as u32),
            [payload, ..] => object(*tag as u64, vec![data(payload, &arguments[0])]),
        },
        (Value::Tuple(values), Type::Tuple(types)) => {
            object(0, values.iter().zip(types).map(|(value, ty)| data(value, ty)).collect())
        }
        (Value::List(values), Type::Named(_, arguments)) => {
            // Not from the first slot on, so that the start is looked at.
            let mut slots = vec![Data::Null];
            slots.extend(values.iter().map(|value| match data(value, &arguments[0]) {
                Data::Bool(value) => Data::Int(i64::from(value)),
                other => other,
            }));
            let length = values.len() as i64;
            let array = Object::Array { bounds: [length + 1, 1, length + 1], slots };
            let array = Data::Object(Rc::new(RefCell::new(array)));
            object(0, vec![array, Data::Int(1), Data::Int(length)])
        }
        _ => panic!("{value:?} is not of type {ty:?}"),
    }
}

fn names(pattern: &Pattern, found: &mut Vec<LocalId>) {
    match &pattern.kind {
        PatternKind::Bind(local) => found.push(*local),
        PatternKind::As(inner, local) => {
            found.push(*local);
            names(inner, found);
        }
        PatternKind::Or(parts)
        | PatternKind::Tuple(parts)
        | PatternKind::Constructor(_, parts)
        | PatternKind::List(parts) => parts.iter().for_each(|part| names(part, found)),
        PatternKind::Cons(first, rest) => {
            first.iter().for_each(|part| names(part, found));
            names(rest, found);
        }
        _ => {}
    }
}

#[test]
fn random_cases_take_the_first_arm_that_matches() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..1000 {
        let ty = random.ty(3);
        let mut next = Some(1);
        let mut arms = Vec::new();
        // Some have so many arms that not all of their tests can be made at once.
        let arms_at_most = if round % 20 == 0 { 200 } else { 6 };
        for index in 0..1 + random.below(arms_at_most) {
            let pattern = random.pattern(&ty, 4, &mut next);
            let mut bound = Vec::new();
            names(&pattern, &mut bound);
            bound.sort();
            bound.dedup();
            let sum = bound.iter().fold(int(0), |sum, local| add(sum, var(local.0)));
            let body = add(int(index as i64 * 1000), sum.clone());
            arms.push(match random.below(4) {
                0 => guarded(pattern, less(sum, int(2)), body),
                _ => arm(pattern, body),
            });
        }
        let mut program = library();
        let body = case(local(0, ty.clone()), arms.clone());
        let which = function(&mut program, "which", &[(0, ty.clone())], Type::Int, FnKind::Body(body));
        let (lowered, id) = optimised(program, which);
        for _ in 0..30 {
            let value = random.value(&ty);
            let expected = arms.iter().enumerate().find_map(|(index, arm)| {
                let sums = ways(&arm.pattern, &value).into_iter().map(|bound| bound.values().sum::<i64>());
                let mut accepted = sums.filter(|sum| arm.guard.is_none() || *sum < 2);
                accepted.next().map(|sum| index as i64 * 1000 + sum)
            });
            let found = Machine::new(&lowered).run(id, vec![data(&value, &ty)]);
            let found = found.map(|found| interpreter::int(&found));
            assert_eq!(found.ok(), expected, "{value:?} in {arms:#?}");
        }
    }
}
