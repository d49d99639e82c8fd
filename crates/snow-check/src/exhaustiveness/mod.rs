//! Exhaustiveness and redundancy of matches: one walk over the rows of patterns, column by column.
//! (Luc Maranget, "Warnings for pattern matching", Journal of Functional Programming 17, 2007.)
//!
//! The question is NP-complete. What makes real matches quick is that rows with the same patterns left
//! are one state, which is looked at once: patterns, what is left of a row, and types have numbers, and
//! equal things have equal numbers.

use crate::hir::{
    BitSegment, BitSize, Constructor, Pattern, PatternKind, Type, TypeDef, TypeDefKind, TypeId,
};
use std::collections::HashMap;
use std::rc::Rc;

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

/// Rows looked at for one match.
const MAX_STEPS: usize = 2_000_000;
/// Missing patterns that are listed.
const MAX_MISSING: usize = 4;
/// How deep a missing pattern is shown.
const MAX_DEPTH: usize = 12;
/// Bytes of a bit pattern that are told apart.
const MAX_BYTES: u32 = 64;

/// Is the match exhaustive, and which arms (by index) can never match?
pub fn check(
    definitions: &[TypeDef],
    list: Option<TypeId>,
    ty: &Type,
    rows: &[Row],
) -> (Checked, Vec<usize>) {
    let mut question = Question::new(definitions, list, rows);
    let patterns: Vec<PatternId> = rows.iter().map(|row| question.simplify(row.pattern)).collect();
    let root = State {
        rows: (0..).zip(&patterns).map(|(row, pattern)| (row, question.push(*pattern, NOTHING))).collect(),
        types: vec![question.type_id(ty.clone())],
    };
    let Some(missing) = question.walk(root) else {
        let covers = |(pattern, row): (&PatternId, &Row)| *pattern == ANY && !row.guarded;
        let covered = patterns.iter().zip(rows).any(covers);
        return (if covered { Checked::Exhaustive } else { Checked::TooLarge }, Vec::new());
    };
    let unreachable = (0..rows.len()).filter(|row| !question.useful[*row]).collect();
    let checked = match missing.is_empty() {
        true => Checked::Exhaustive,
        false => Checked::Missing(missing.iter().map(|parts| question.words(&parts[0])).collect()),
    };
    (checked, unreachable)
}

/// What stands at the outside of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
enum Shape<'p> {
    /// Tuples, structs, Unit: the only shape of their type.
    Only,
    Variant(usize),
    /// `true` is named first.
    Bool {
        is_false: bool,
    },
    /// No elements, or no bytes.
    Empty,
    Cons,
    Int(i64),
    Float(u64),
    String(&'p str),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Simple<'p> {
    Any,
    Shape(Shape<'p>, Vec<PatternId>),
    Or(Vec<PatternId>),
    /// Bits: each pattern for itself, never known to match.
    Opaque,
}

type PatternId = u32;
type TypeNumber = u32;
/// What is left of a row, its first column first: a pattern, and the number of what follows.
type StackId = u32;

const ANY: PatternId = 0;
const NOTHING: StackId = 0;

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    /// The arm, and its patterns.
    rows: Vec<(u32, StackId)>,
    /// Of the columns; the last is that of the first.
    types: Vec<TypeNumber>,
}

/// A value that is not covered.
#[derive(Clone)]
enum Part<'p> {
    Any,
    Shape { ty: TypeNumber, shape: Shape<'p>, parts: Vec<Part<'p>>, depth: usize },
}

impl Part<'_> {
    fn depth(&self) -> usize {
        match self {
            Part::Any => 0,
            Part::Shape { depth, .. } => *depth,
        }
    }
}

/// Rows of parts that are not covered; the last part of each is that of the first column.
type Missing<'p> = Rc<Vec<Vec<Part<'p>>>>;

/// A state whose branches are being looked at.
struct Frame<'p> {
    state: State,
    /// Columns without any test that came before.
    skipped: usize,
    ty: TypeNumber,
    branches: Vec<(Shape<'p>, usize, State)>,
    /// What has none of the shapes of the branches.
    others: Option<State>,
    results: Vec<Missing<'p>>,
}

struct Question<'d, 'p> {
    definitions: &'d [TypeDef],
    list: Option<TypeId>,
    guarded: Vec<bool>,
    /// By arm: does it match something that no arm before it does?
    useful: Vec<bool>,
    patterns: Vec<Simple<'p>>,
    known_patterns: HashMap<Simple<'p>, PatternId>,
    stacks: Vec<(PatternId, StackId)>,
    known_stacks: HashMap<(PatternId, StackId), StackId>,
    /// By stack: are all of its patterns `Any`?
    takes_all: Vec<bool>,
    types: Vec<Type>,
    known_types: HashMap<Type, TypeNumber>,
    parts: HashMap<(TypeNumber, Shape<'p>), Rc<[TypeNumber]>>,
    answers: HashMap<State, Missing<'p>>,
    steps: usize,
}

impl<'d, 'p> Question<'d, 'p> {
    fn new(definitions: &'d [TypeDef], list: Option<TypeId>, rows: &[Row<'p>]) -> Question<'d, 'p> {
        Question {
            definitions,
            list,
            guarded: rows.iter().map(|row| row.guarded).collect(),
            useful: vec![false; rows.len()],
            patterns: vec![Simple::Any],
            known_patterns: HashMap::from([(Simple::Any, ANY)]),
            stacks: vec![(ANY, NOTHING)],
            known_stacks: HashMap::new(),
            takes_all: vec![true],
            types: Vec::new(),
            known_types: HashMap::new(),
            parts: HashMap::new(),
            answers: HashMap::new(),
            steps: 0,
        }
    }

    // Numbers

    fn pattern_id(&mut self, pattern: Simple<'p>) -> PatternId {
        if let Some(known) = self.known_patterns.get(&pattern) {
            return *known;
        }
        let id = self.patterns.len() as PatternId;
        self.patterns.push(pattern.clone());
        self.known_patterns.insert(pattern, id);
        id
    }

    fn shape(&mut self, shape: Shape<'p>, parts: Vec<PatternId>) -> PatternId {
        // What is the only shape, around anything, is anything.
        if shape == Shape::Only && parts.iter().all(|part| *part == ANY) {
            return ANY;
        }
        self.pattern_id(Simple::Shape(shape, parts))
    }

    fn push(&mut self, pattern: PatternId, rest: StackId) -> StackId {
        let id = *self.known_stacks.entry((pattern, rest)).or_insert(self.stacks.len() as StackId);
        if id as usize == self.stacks.len() {
            self.stacks.push((pattern, rest));
            self.takes_all.push(pattern == ANY && self.takes_all[rest as usize]);
        }
        id
    }

    fn type_id(&mut self, ty: Type) -> TypeNumber {
        if let Some(known) = self.known_types.get(&ty) {
            return *known;
        }
        let id = self.types.len() as TypeNumber;
        self.types.push(ty.clone());
        self.known_types.insert(ty, id);
        id
    }

    // Patterns

    fn simplify(&mut self, pattern: &'p Pattern) -> PatternId {
        let all = |this: &mut Self, patterns: &'p [Pattern]| -> Vec<PatternId> {
            patterns.iter().map(|pattern| this.simplify(pattern)).collect()
        };
        let pattern = match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Bind(_) | PatternKind::Unit => return ANY,
            PatternKind::As(inside, _) => return self.simplify(inside),
            PatternKind::Int(value) => Simple::Shape(Shape::Int(*value), Vec::new()),
            // 0.0 and -0.0 are equal.
            PatternKind::Float(value) => Simple::Shape(Shape::Float((value + 0.0).to_bits()), Vec::new()),
            PatternKind::Bool(value) => Simple::Shape(Shape::Bool { is_false: !value }, Vec::new()),
            PatternKind::String(value) => Simple::Shape(Shape::String(value), Vec::new()),
            PatternKind::Tuple(parts) | PatternKind::Struct(parts) => {
                let parts = all(self, parts);
                return self.shape(Shape::Only, parts);
            }
            PatternKind::Constructor(index, parts) => Simple::Shape(Shape::Variant(*index), all(self, parts)),
            PatternKind::List(elements) => {
                let rest = self.shape(Shape::Empty, Vec::new());
                let elements = all(self, elements);
                return self.elements(elements, rest);
            }
            PatternKind::Cons(first, rest) => {
                let first = all(self, first);
                let rest = self.simplify(rest);
                return self.elements(first, rest);
            }
            PatternKind::Or(alternatives) => {
                let alternatives = all(self, alternatives);
                if alternatives.contains(&ANY) {
                    return ANY;
                }
                Simple::Or(alternatives)
            }
            PatternKind::Bits(segments) => return self.bits(segments),
        };
        self.pattern_id(pattern)
    }

    fn elements(&mut self, elements: Vec<PatternId>, rest: PatternId) -> PatternId {
        elements.into_iter().rev().fold(rest, |rest, first| self.shape(Shape::Cons, vec![first, rest]))
    }

    /// Bits as the list of their bytes, as far as they can be told apart.
    fn bits(&mut self, segments: &'p [BitSegment<Pattern>]) -> PatternId {
        let mut bytes = Vec::new();
        let mut rest = self.shape(Shape::Empty, Vec::new());
        let mut loose = 0;
        for segment in segments {
            let value = self.simplify(&segment.value);
            match segment.size {
                BitSize::Rest => rest = value,
                BitSize::Bits(8) if loose == 0 && !segment.signed => bytes.push(value),
                BitSize::Bits(size) if value == ANY && bytes.len() < MAX_BYTES as usize => {
                    loose += size;
                    bytes.extend((0..loose / 8).map(|_| ANY));
                    loose %= 8;
                }
                _ => return self.pattern_id(Simple::Opaque),
            }
        }
        self.elements(bytes, rest)
    }

    // Types

    /// How many shapes a type has; `None`: there are too many to count.
    fn count(&self, ty: TypeNumber) -> Option<usize> {
        match &self.types[ty as usize] {
            Type::Bool | Type::Bytes => Some(2),
            Type::Unit | Type::Tuple(_) => Some(1),
            Type::Never => Some(0),
            Type::Named(id, _) if Some(*id) == self.list => Some(2),
            Type::Named(id, _) => match &self.definitions.get(id.0 as usize)?.kind {
                TypeDefKind::Struct(_) => Some(1),
                TypeDefKind::Sum(constructors) => Some(constructors.len()),
            },
            _ => None,
        }
    }

    /// The shapes of a type that are not among these, in order.
    fn absent(&self, ty: TypeNumber, present: &[(Shape<'p>, usize, State)]) -> Vec<Shape<'p>> {
        let count = self.count(ty).unwrap_or(0);
        let shape = |index: usize| match &self.types[ty as usize] {
            Type::Bool => Shape::Bool { is_false: index == 1 },
            Type::Bytes => [Shape::Empty, Shape::Cons][index],
            Type::Named(id, _) if Some(*id) == self.list => [Shape::Empty, Shape::Cons][index],
            Type::Named(id, _) if matches!(self.definitions[id.0 as usize].kind, TypeDefKind::Sum(_)) => {
                Shape::Variant(index)
            }
            _ => Shape::Only,
        };
        let absent = (0..count)
            .map(shape)
            .filter(|shape| present.binary_search_by_key(shape, |(present, ..)| *present).is_err());
        absent.take(MAX_MISSING).collect()
    }

    /// The types of the parts of a shape.
    fn part_types(&mut self, ty: TypeNumber, shape: Shape<'p>, count: usize) -> Rc<[TypeNumber]> {
        if let Some(known) = self.parts.get(&(ty, shape)) {
            return known.clone();
        }
        let all = |types: &[Type], arguments: &[Type]| -> Vec<Type> {
            types.iter().map(|ty| substitute(ty, arguments)).collect()
        };
        let mut parts = match (&self.types[ty as usize], shape) {
            (Type::Tuple(parts), _) => parts.clone(),
            (Type::Bytes, Shape::Cons) => vec![Type::Int, Type::Bytes],
            (list @ Type::Named(_, arguments), Shape::Cons) => {
                vec![arguments.first().cloned().unwrap_or(Type::Unit), list.clone()]
            }
            (Type::Named(id, arguments), _) => match (&self.definitions[id.0 as usize].kind, shape) {
                (TypeDefKind::Struct(fields), _) => {
                    fields.iter().map(|(_, ty)| substitute(ty, arguments)).collect()
                }
                (TypeDefKind::Sum(constructors), Shape::Variant(index)) => constructors
                    .get(index)
                    .map_or(Vec::new(), |Constructor { payload, .. }| all(payload, arguments)),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        parts.resize(count, Type::Param(0));
        let parts: Rc<[TypeNumber]> = parts.into_iter().map(|part| self.type_id(part)).collect();
        self.parts.insert((ty, shape), parts.clone());
        parts
    }

    // The walk

    /// What no row covers; notes which rows are useful. `None`: too many steps.
    fn walk(&mut self, root: State) -> Option<Missing<'p>> {
        let mut frames: Vec<Box<Frame<'p>>> = Vec::new();
        let mut next = Some(root);
        loop {
            let mut result = None;
            if let Some(state) = next.take() {
                match self.answers.get(&state) {
                    Some(known) => result = Some(known.clone()),
                    None => match self.enter(state)? {
                        Ok(answer) => result = Some(answer),
                        Err(frame) => frames.push(frame),
                    },
                }
            }
            let Some(frame) = frames.last_mut() else { return result };
            frame.results.extend(result);
            let done = frame.results.len();
            next = match frame.branches.get(done) {
                Some((.., state)) => Some(state.clone()),
                None if done == frame.branches.len() => frame.others.clone(),
                None => None,
            };
            if next.is_none()
                && let Some(frame) = frames.pop()
            {
                let answer = Rc::new(self.gather(&frame));
                self.answers.insert(frame.state.clone(), answer.clone());
                match frames.last_mut() {
                    // As if its state had been known: goes on with what follows it.
                    Some(_) => next = Some(frame.state),
                    None => return Some(answer),
                }
            }
        }
    }

    /// The answer for a state, where it is plain; else its branches.
    fn enter(&mut self, mut state: State) -> Option<Result<Missing<'p>, Box<Frame<'p>>>> {
        let whole = state.clone();
        let nothing = || Ok(Rc::new(Vec::new()));
        let mut skipped = 0;
        loop {
            self.steps += state.rows.len() + 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            // A row that matches everything ends the question, unless its guard may fail.
            let open = state.rows.iter().position(|(row, stack)| {
                let takes_all = self.takes_all[*stack as usize];
                self.useful[*row as usize] |= takes_all;
                !takes_all || !self.guarded[*row as usize]
            });
            state.rows.drain(..open.unwrap_or(state.rows.len()));
            if state.rows.first().is_some_and(|(_, stack)| self.takes_all[*stack as usize]) {
                return Some(nothing());
            }
            if state.rows.is_empty() {
                let impossible = state.types.iter().any(|ty| self.types[*ty as usize] == Type::Never);
                let all = vec![Part::Any; whole.types.len()];
                return Some(if impossible { nothing() } else { Ok(Rc::new(vec![all])) });
            }
            let ty = state.types.pop()?;
            if self.count(ty) == Some(0) {
                return Some(nothing());
            }
            if state.rows.iter().any(|(_, stack)| self.stacks[*stack as usize].0 != ANY) {
                return Some(Err(self.split(whole, state, skipped, ty)));
            }
            skipped += 1;
            for (_, stack) in &mut state.rows {
                *stack = self.stacks[*stack as usize].1;
            }
        }
    }

    /// Splits a state, of which the type of the first column was taken off, by the shapes there.
    fn split(&mut self, whole: State, state: State, skipped: usize, ty: TypeNumber) -> Box<Frame<'p>> {
        struct Found<'p> {
            shape: Shape<'p>,
            count: usize,
            rows: Vec<(u32, StackId)>,
            closed: bool,
        }
        let mut found: Vec<Found<'p>> = Vec::new();
        let mut numbers: HashMap<Shape<'p>, usize> = HashMap::new();
        let mut open: Vec<usize> = Vec::new();
        let mut others: Vec<(u32, StackId)> = Vec::new();
        let mut waiting = Vec::new();
        'rows: for (row, stack) in state.rows {
            let (first, rest) = self.stacks[stack as usize];
            waiting.push(first);
            while let Some(pattern) = waiting.pop() {
                self.steps += 1;
                match self.patterns[pattern as usize].clone() {
                    Simple::Or(alternatives) => waiting.extend(alternatives.into_iter().rev()),
                    Simple::Opaque => self.useful[row as usize] = true,
                    Simple::Any => {
                        open.retain(|number| !found[*number].closed);
                        self.steps += open.len();
                        if self.steps > MAX_STEPS {
                            break 'rows;
                        }
                        let closes = self.takes_all[rest as usize] && !self.guarded[row as usize];
                        for number in &open {
                            let Found { count, rows, .. } = &mut found[*number];
                            let stack = (0..*count).fold(rest, |stack, _| self.push(ANY, stack));
                            rows.push((row, stack));
                        }
                        others.push((row, rest));
                        if closes {
                            break 'rows;
                        }
                    }
                    Simple::Shape(shape, parts) => {
                        let number = match numbers.get(&shape) {
                            Some(number) => *number,
                            None => {
                                self.steps += others.len();
                                let before = others.iter().map(|(row, rest)| {
                                    (*row, parts.iter().fold(*rest, |stack, _| self.push(ANY, stack)))
                                });
                                let rows = before.collect();
                                found.push(Found { shape, count: parts.len(), rows, closed: false });
                                numbers.insert(shape, found.len() - 1);
                                open.push(found.len() - 1);
                                found.len() - 1
                            }
                        };
                        let entry = &mut found[number];
                        if !entry.closed && entry.count == parts.len() {
                            let stack = parts.iter().rev().fold(rest, |stack, part| self.push(*part, stack));
                            entry.rows.push((row, stack));
                            entry.closed = self.takes_all[stack as usize] && !self.guarded[row as usize];
                        }
                    }
                }
            }
        }
        let mut branches: Vec<(Shape<'p>, usize, State)> = Vec::new();
        for Found { shape, count, rows, .. } in found {
            let mut types = state.types.clone();
            types.extend(self.part_types(ty, shape, count).iter().rev());
            branches.push((shape, count, State { rows, types }));
        }
        let complete = self.count(ty) == Some(branches.len());
        if self.count(ty).is_some() {
            branches.sort_by_key(|(shape, ..)| *shape);
        }
        let others = (!complete).then_some(State { rows: others, types: state.types });
        Box::new(Frame { state: whole, skipped, ty, branches, others, results: Vec::new() })
    }

    /// The missing values of a state, from those of its branches: in the order of the type's shapes.
    fn gather(&self, frame: &Frame<'p>) -> Vec<Vec<Part<'p>>> {
        let ty = frame.ty;
        let around = |mut row: Vec<Part<'p>>, part: Part<'p>| {
            row.push(part);
            row.extend((0..frame.skipped).map(|_| Part::Any));
            row
        };
        let shaped = |shape: Shape<'p>, parts: Vec<Part<'p>>| {
            let depth = 1 + parts.iter().map(Part::depth).max().unwrap_or(0);
            match depth <= MAX_DEPTH {
                true => Part::Shape { ty, shape, parts, depth },
                false => Part::Any,
            }
        };
        let mut found: Vec<(Option<Shape<'p>>, Vec<Part<'p>>)> = Vec::new();
        for ((shape, count, _), result) in frame.branches.iter().zip(&frame.results) {
            for row in result.iter() {
                let mut row = row.clone();
                let parts = row.split_off(row.len() - count).into_iter().rev().collect();
                found.push((Some(*shape), around(row, shaped(*shape, parts))));
            }
        }
        if let Some(others) = frame.results.get(frame.branches.len()).filter(|others| !others.is_empty()) {
            let countable = self.count(ty).is_some() && !frame.branches.is_empty();
            let absent = if countable { self.absent(ty, &frame.branches) } else { Vec::new() };
            let labels = match countable {
                true => absent.into_iter().map(Some).collect(),
                false => vec![None],
            };
            for shape in labels {
                let part = match shape {
                    Some(shape) => shaped(shape, vec![Part::Any; self.part_count(ty, shape)]),
                    None => Part::Any,
                };
                found.extend(others.iter().map(|row| (shape, around(row.clone(), part.clone()))));
            }
            if countable {
                found.sort_by_key(|(shape, _)| *shape);
            }
        }
        found.into_iter().map(|(_, row)| row).take(MAX_MISSING).collect()
    }

    fn part_count(&self, ty: TypeNumber, shape: Shape) -> usize {
        match (&self.types[ty as usize], shape) {
            (_, Shape::Cons) => 2,
            (Type::Named(id, _), Shape::Variant(index)) => match &self.definitions[id.0 as usize].kind {
                TypeDefKind::Sum(constructors) => constructors[index].payload.len(),
                TypeDefKind::Struct(_) => 0,
            },
            _ => 0,
        }
    }

    // Words

    fn words(&self, part: &Part) -> String {
        let Part::Shape { ty, shape, parts, .. } = part else { return "_".to_string() };
        let all: Vec<String> = parts.iter().map(|part| self.words(part)).collect();
        let listed = all.join(", ");
        match (shape, &self.types[*ty as usize]) {
            (Shape::Only, Type::Named(id, _)) => match &self.definitions[id.0 as usize].kind {
                TypeDefKind::Struct(fields) => {
                    let fields: Vec<String> = fields
                        .iter()
                        .zip(all)
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
            (Shape::Bool { is_false }, _) => (!is_false).to_string(),
            (Shape::Empty | Shape::Cons, Type::Bytes) => self.bytes(part),
            (Shape::Empty, _) => "[]".to_string(),
            (Shape::Cons, _) => all.join(" :: "),
            (Shape::Int(value), _) => value.to_string(),
            (Shape::Float(bits), _) => format!("{:?}", f64::from_bits(*bits)),
            (Shape::String(text), _) => format!("{text:?}"),
        }
    }

    /// `<<_, 3, _::bytes>>`
    fn bytes(&self, part: &Part) -> String {
        let mut words = Vec::new();
        let mut rest = part;
        while let Part::Shape { shape: Shape::Cons, parts, .. } = rest {
            words.push(self.words(&parts[0]));
            rest = &parts[1];
        }
        if matches!(rest, Part::Any) {
            words.push("_::bytes".to_string());
        }
        format!("<<{}>>", words.join(", "))
    }
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
