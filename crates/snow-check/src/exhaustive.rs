//! Exhaustiveness and redundancy of matches: usefulness of rows of patterns.
//! (Luc Maranget, "Warnings for pattern matching", Journal of Functional Programming 17, 2007.)

use crate::hir::{BitSize, Constructor, Pattern, PatternKind, Type, TypeDef, TypeDefKind, TypeId};

/// One arm.
pub struct Row<'p> {
    pub pattern: &'p Pattern,
    /// A guard may fail: the arm covers nothing for certain.
    pub guarded: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Checked {
    Exhaustive,
    /// Patterns that no arm matches; not all of them when there are many.
    Missing(Vec<String>),
    /// The question has too many cases to be answered.
    TooLarge,
}

/// Steps for one match.
const MAX_STEPS: u32 = 200_000;
/// Missing patterns that are listed.
const MAX_MISSING: usize = 4;
/// Parts of the patterns of one match.
const MAX_PARTS: usize = 20_000;

/// Is the match exhaustive, and which arms (by index) can never match?
pub fn check(
    definitions: &[TypeDef],
    list: Option<TypeId>,
    ty: &Type,
    rows: &[Row],
) -> (Checked, Vec<usize>) {
    let mut question = Question { definitions, list, steps: MAX_STEPS, parts: MAX_PARTS };
    let mut simple = Vec::new();
    for row in rows {
        match question.simplify(row.pattern) {
            Some(pattern) => simple.push(pattern),
            None => return (Checked::TooLarge, Vec::new()),
        }
    }
    let types = [ty.clone()];
    let mut covering: Vec<Vec<&Simple>> = Vec::new();
    let mut unreachable = Vec::new();
    for (index, (pattern, row)) in simple.iter().zip(rows).enumerate() {
        match question.useful(&covering, &[pattern], &types) {
            Some(false) => unreachable.push(index),
            Some(true) => {}
            None => return (Checked::TooLarge, Vec::new()),
        }
        if !row.guarded {
            covering.push(vec![pattern]);
        }
    }
    let checked = match question.missing(&covering, &types) {
        None => Checked::TooLarge,
        Some(missing) if missing.is_empty() => Checked::Exhaustive,
        Some(missing) => {
            Checked::Missing(missing.into_iter().map(|mut row| row.pop().unwrap_or_default()).collect())
        }
    };
    (checked, unreachable)
}

/// What stands at the outside of a pattern.
#[derive(Clone, PartialEq, Debug)]
enum Shape {
    /// Tuples, structs, Unit: the only shape of their type.
    Only,
    Variant(usize),
    Bool(bool),
    Empty,
    Cons,
    Int(i64),
    Float(u64),
    String(String),
    /// Bits: each pattern for itself, never complete.
    Opaque,
}

enum Simple {
    Any,
    Shape(Shape, Vec<Simple>),
    Or(Vec<Simple>),
}

static ANY: Simple = Simple::Any;

struct Question<'d> {
    definitions: &'d [TypeDef],
    list: Option<TypeId>,
    steps: u32,
    parts: usize,
}

impl Question<'_> {
    fn simplify(&mut self, pattern: &Pattern) -> Option<Simple> {
        self.parts = self.parts.checked_sub(1)?;
        let mut all = |patterns: &[Pattern]| -> Option<Vec<Simple>> {
            patterns.iter().map(|pattern| self.simplify(pattern)).collect()
        };
        Some(match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Bind(_) => Simple::Any,
            PatternKind::Int(value) => Simple::Shape(Shape::Int(*value), Vec::new()),
            PatternKind::Float(value) => {
                // 0.0 and -0.0 are equal.
                let value = if *value == 0.0 { 0.0 } else { *value };
                Simple::Shape(Shape::Float(value.to_bits()), Vec::new())
            }
            PatternKind::Bool(value) => Simple::Shape(Shape::Bool(*value), Vec::new()),
            PatternKind::String(value) => Simple::Shape(Shape::String(value.clone()), Vec::new()),
            PatternKind::Unit => Simple::Shape(Shape::Only, Vec::new()),
            PatternKind::Tuple(parts) | PatternKind::Struct(parts) => Simple::Shape(Shape::Only, all(parts)?),
            PatternKind::Constructor(index, parts) => Simple::Shape(Shape::Variant(*index), all(parts)?),
            PatternKind::List(elements) => {
                let mut list = Simple::Shape(Shape::Empty, Vec::new());
                for element in all(elements)?.into_iter().rev() {
                    list = Simple::Shape(Shape::Cons, vec![element, list]);
                }
                list
            }
            PatternKind::Cons(first, rest) => {
                let first = self.simplify(first)?;
                Simple::Shape(Shape::Cons, vec![first, self.simplify(rest)?])
            }
            PatternKind::Or(alternatives) => Simple::Or(all(alternatives)?),
            PatternKind::As(inside, _) => self.simplify(inside)?,
            PatternKind::Bits(segments) => match &segments[..] {
                [only] if matches!(only.size, BitSize::Rest) => self.simplify(&only.value)?,
                _ => Simple::Shape(Shape::Opaque, Vec::new()),
            },
        })
    }

    /// All shapes of a type, with the types of their parts; `None`: there are too many to count.
    fn shapes(&self, ty: &Type) -> Option<Vec<(Shape, Vec<Type>)>> {
        match ty {
            Type::Bool => Some(vec![(Shape::Bool(true), Vec::new()), (Shape::Bool(false), Vec::new())]),
            Type::Unit => Some(vec![(Shape::Only, Vec::new())]),
            Type::Never => Some(Vec::new()),
            Type::Tuple(parts) => Some(vec![(Shape::Only, parts.clone())]),
            Type::Named(id, arguments) if Some(*id) == self.list => Some(vec![
                (Shape::Empty, Vec::new()),
                (Shape::Cons, vec![arguments.first()?.clone(), ty.clone()]),
            ]),
            Type::Named(id, arguments) => match &self.definitions.get(id.0 as usize)?.kind {
                TypeDefKind::Struct(fields) => {
                    let parts = fields.iter().map(|(_, ty)| substitute(ty, arguments)).collect();
                    Some(vec![(Shape::Only, parts)])
                }
                TypeDefKind::Sum(constructors) => Some(
                    constructors
                        .iter()
                        .enumerate()
                        .map(|(index, Constructor { payload, .. })| {
                            let parts = payload.iter().map(|ty| substitute(ty, arguments)).collect();
                            (Shape::Variant(index), parts)
                        })
                        .collect(),
                ),
            },
            _ => None,
        }
    }

    /// Does a row match something that no row above it matches? `None`: too many steps.
    fn useful(&mut self, rows: &[Vec<&Simple>], row: &[&Simple], types: &[Type]) -> Option<bool> {
        self.steps = self.steps.checked_sub(1)?;
        let (Some(first), Some(ty)) = (row.first(), types.first()) else { return Some(rows.is_empty()) };
        match first {
            Simple::Or(alternatives) => {
                for alternative in alternatives {
                    let mut one = row.to_vec();
                    one[0] = alternative;
                    if self.useful(rows, &one, types)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
            Simple::Shape(shape, parts) => {
                let inside = self.part_types(ty, shape, parts.len());
                let rows = specialise(rows, shape, parts.len());
                let row: Vec<&Simple> = parts.iter().chain(row[1..].iter().copied()).collect();
                let types: Vec<Type> = inside.into_iter().chain(types[1..].iter().cloned()).collect();
                // Two bit patterns are never known to be the same.
                if *shape == Shape::Opaque {
                    return Some(true);
                }
                self.useful(&rows, &row, &types)
            }
            Simple::Any => {
                let present = present(rows);
                let shapes = self.shapes(ty);
                let complete = shapes.as_ref().is_some_and(|shapes| {
                    shapes.iter().all(|(shape, _)| present.iter().any(|(own, _)| own == shape))
                });
                if !complete {
                    return self.useful(&rest(rows), &row[1..], &types[1..]);
                }
                for (shape, inside) in shapes.unwrap_or_default() {
                    let specialised = specialise(rows, &shape, inside.len());
                    let wide: Vec<&Simple> =
                        inside.iter().map(|_| &ANY).chain(row[1..].iter().copied()).collect();
                    let types: Vec<Type> = inside.into_iter().chain(types[1..].iter().cloned()).collect();
                    if self.useful(&specialised, &wide, &types)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
        }
    }

    fn part_types(&self, ty: &Type, shape: &Shape, count: usize) -> Vec<Type> {
        let known = self.shapes(ty).and_then(|shapes| shapes.into_iter().find(|(own, _)| own == shape));
        match known {
            Some((_, parts)) if parts.len() == count => parts,
            _ => vec![Type::Param(0); count],
        }
    }

    /// Rows of patterns that are not covered, in words. `None`: too many steps.
    fn missing(&mut self, rows: &[Vec<&Simple>], types: &[Type]) -> Option<Vec<Vec<String>>> {
        self.steps = self.steps.checked_sub(1)?;
        let Some(ty) = types.first() else {
            return Some(if rows.is_empty() { vec![Vec::new()] } else { Vec::new() });
        };
        let present = present(rows);
        let shapes = self.shapes(ty);
        let mut found = Vec::new();
        let listed: Vec<(Shape, Vec<Type>)> = match &shapes {
            Some(shapes) if !present.is_empty() || shapes.is_empty() => shapes.clone(),
            Some(_) => Vec::new(),
            None => present
                .iter()
                .map(|(shape, count)| (shape.clone(), self.part_types(ty, shape, *count)))
                .collect(),
        };
        for (shape, inside) in &listed {
            let specialised = specialise(rows, shape, inside.len());
            let types: Vec<Type> = inside.iter().chain(&types[1..]).cloned().collect();
            for mut row in self.missing(&specialised, &types)? {
                let others = row.split_off(inside.len());
                let mut whole = vec![self.words(ty, shape, &row)];
                whole.extend(others);
                found.push(whole);
                if found.len() >= MAX_MISSING {
                    return Some(found);
                }
            }
        }
        let complete =
            shapes.is_some() && (!present.is_empty() || listed.len() == shapes.as_ref().map_or(0, Vec::len));
        let no_shapes = shapes.as_ref().is_some_and(Vec::is_empty);
        if !complete && !no_shapes {
            for row in self.missing(&rest(rows), &types[1..])? {
                let mut whole = vec!["_".to_string()];
                whole.extend(row);
                found.push(whole);
                if found.len() >= MAX_MISSING {
                    break;
                }
            }
        }
        Some(found)
    }

    fn words(&self, ty: &Type, shape: &Shape, parts: &[String]) -> String {
        let listed = parts.join(", ");
        match (shape, ty) {
            (Shape::Only, Type::Named(id, _)) => match &self.definitions[id.0 as usize].kind {
                TypeDefKind::Struct(fields) => {
                    let fields: Vec<String> = fields
                        .iter()
                        .zip(parts)
                        .filter(|(_, part)| *part != "_")
                        .map(|((name, _), part)| format!("{name}: {part}"))
                        .collect();
                    format!("{} {{ {} }}", self.definitions[id.0 as usize].name, fields.join(", "))
                }
                TypeDefKind::Sum(_) => listed,
            },
            (Shape::Only, _) => format!("({listed})"),
            (Shape::Variant(index), Type::Named(id, _)) => {
                let name = match &self.definitions[id.0 as usize].kind {
                    TypeDefKind::Sum(constructors) => constructors[*index].name.as_str(),
                    TypeDefKind::Struct(_) => "_",
                };
                if parts.is_empty() { name.to_string() } else { format!("{name}({listed})") }
            }
            (Shape::Variant(_), _) => "_".to_string(),
            (Shape::Bool(value), _) => value.to_string(),
            (Shape::Empty, _) => "[]".to_string(),
            (Shape::Cons, _) => parts.join(" :: "),
            (Shape::Int(value), _) => value.to_string(),
            (Shape::Float(bits), _) => format!("{:?}", f64::from_bits(*bits)),
            (Shape::String(text), _) => format!("{text:?}"),
            (Shape::Opaque, _) => "_".to_string(),
        }
    }
}

/// Shapes in the first column, each once, with the number of their parts. Bits are not among them:
/// they cover nothing for certain.
fn present(rows: &[Vec<&Simple>]) -> Vec<(Shape, usize)> {
    fn add(pattern: &Simple, found: &mut Vec<(Shape, usize)>) {
        match pattern {
            Simple::Any => {}
            Simple::Shape(Shape::Opaque, _) => {}
            Simple::Shape(shape, parts) => {
                if !found.iter().any(|(own, _)| own == shape) {
                    found.push((shape.clone(), parts.len()));
                }
            }
            Simple::Or(alternatives) => {
                for alternative in alternatives {
                    add(alternative, found);
                }
            }
        }
    }
    let mut found = Vec::new();
    for row in rows {
        if let Some(first) = row.first() {
            add(first, &mut found);
        }
    }
    found
}

/// The rows whose first pattern may have this shape, with its parts in place of it.
fn specialise<'p>(rows: &[Vec<&'p Simple>], shape: &Shape, count: usize) -> Vec<Vec<&'p Simple>> {
    fn add<'p>(
        first: &'p Simple,
        others: &[&'p Simple],
        shape: &Shape,
        count: usize,
        into: &mut Vec<Vec<&'p Simple>>,
    ) {
        match first {
            Simple::Any => {
                into.push(std::iter::repeat_n(&ANY, count).chain(others.iter().copied()).collect());
            }
            Simple::Shape(own, parts) => {
                if own == shape && *own != Shape::Opaque && parts.len() == count {
                    into.push(parts.iter().chain(others.iter().copied()).collect());
                }
            }
            Simple::Or(alternatives) => {
                for alternative in alternatives {
                    add(alternative, others, shape, count, into);
                }
            }
        }
    }
    let mut result = Vec::new();
    for row in rows {
        if let Some((first, others)) = row.split_first() {
            add(first, others, shape, count, &mut result);
        }
    }
    result
}

/// The rows that match whatever stands first, without that.
fn rest<'p>(rows: &[Vec<&'p Simple>]) -> Vec<Vec<&'p Simple>> {
    fn takes_all(pattern: &Simple) -> bool {
        match pattern {
            Simple::Any => true,
            Simple::Shape(..) => false,
            Simple::Or(alternatives) => alternatives.iter().any(takes_all),
        }
    }
    rows.iter()
        .filter(|row| row.first().is_some_and(|first| takes_all(first)))
        .map(|row| row[1..].to_vec())
        .collect()
}

fn substitute(ty: &Type, arguments: &[Type]) -> Type {
    let all = |types: &[Type]| types.iter().map(|ty| substitute(ty, arguments)).collect();
    match ty {
        Type::Param(number) => arguments.get(*number as usize).cloned().unwrap_or(Type::Param(*number)),
        Type::Array(element) => Type::Array(Box::new(substitute(element, arguments))),
        Type::Tuple(parts) => Type::Tuple(all(parts)),
        Type::Named(id, parts) => Type::Named(*id, all(parts)),
        Type::Fun(params, result) => Type::Fun(all(params), Box::new(substitute(result, arguments))),
        Type::Pid(Some(message)) => Type::Pid(Some(Box::new(substitute(message, arguments)))),
        other => other.clone(),
    }
}
