//! What the search knows of the match that it checks. Equal patterns, rows and types have equal numbers.

use crate::hir::{Type, TypeDef, TypeId};
use crate::program::Language;
use std::collections::HashMap;
use std::rc::Rc;

/// Missing patterns that are listed.
pub const MAX_MISSING: usize = 4;

/// What a value must be for a pattern, its parts aside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Shape<'p> {
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
    /// The numbers from the first to the last.
    Ints(i64, i64),
    Float(u64),
    String(&'p str),
}

/// A pattern, as far as the search needs it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Simple<'p> {
    Any,
    Shape(Shape<'p>, Vec<PatternId>),
    Or(Vec<PatternId>),
    /// Bits: each pattern for itself, never known to match.
    Opaque,
}

pub type PatternId = u32;
pub type TypeNumber = u32;
/// What is left of a row, its first column first: a pattern, and the number of what follows.
pub type StackId = u32;

pub const ANY: PatternId = 0;
pub const NOTHING: StackId = 0;

/// A step of the search: the rows that are left, with what is left of each.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The arm, and its patterns.
    pub rows: Vec<(u32, StackId)>,
    /// The types of the columns, the first column's last.
    pub types: Vec<TypeNumber>,
}

/// A value that is not covered.
#[derive(Clone)]
pub enum Part<'p> {
    Any,
    Shape { ty: TypeNumber, shape: Shape<'p>, parts: Vec<Part<'p>>, depth: usize },
}

impl Part<'_> {
    pub fn depth(&self) -> usize {
        match self {
            Part::Any => 0,
            Part::Shape { depth, .. } => *depth,
        }
    }
}

/// Rows of parts that are not covered, each in reverse: the first column's part is the last.
pub type Missing<'p> = Rc<Vec<Vec<Part<'p>>>>;

pub struct Question<'d, 'p> {
    pub definitions: &'d [TypeDef],
    pub list: Option<TypeId>,
    view: Option<TypeId>,
    pub guarded: Vec<bool>,
    /// By arm: does it match something that no arm before it does?
    pub useful: Vec<bool>,
    pub patterns: Vec<Simple<'p>>,
    pub known_patterns: HashMap<Simple<'p>, PatternId>,
    pub stacks: Vec<(PatternId, StackId)>,
    pub known_stacks: HashMap<(PatternId, StackId), StackId>,
    /// By stack: are all of its patterns `Any`?
    pub takes_all: Vec<bool>,
    pub types: Vec<Type>,
    pub known_types: HashMap<Type, TypeNumber>,
    pub parts: HashMap<(TypeNumber, Shape<'p>), Rc<[TypeNumber]>>,
    pub answers: HashMap<State, Missing<'p>>,
    pub steps: usize,
}

impl<'d, 'p> Question<'d, 'p> {
    pub fn new(definitions: &'d [TypeDef], language: &Language, guarded: Vec<bool>) -> Question<'d, 'p> {
        Question {
            definitions,
            list: language.list,
            view: language.view,
            useful: vec![false; guarded.len()],
            guarded,
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

    pub fn pattern_id(&mut self, pattern: Simple<'p>) -> PatternId {
        if let Some(known) = self.known_patterns.get(&pattern) {
            return *known;
        }
        let id = self.patterns.len() as PatternId;
        self.patterns.push(pattern.clone());
        self.known_patterns.insert(pattern, id);
        id
    }

    pub fn shape(&mut self, shape: Shape<'p>, parts: Vec<PatternId>) -> PatternId {
        // What is the only shape, around anything, is anything.
        if shape == Shape::Only && parts.iter().all(|part| *part == ANY) {
            return ANY;
        }
        self.pattern_id(Simple::Shape(shape, parts))
    }

    pub fn push(&mut self, pattern: PatternId, rest: StackId) -> StackId {
        let id = *self.known_stacks.entry((pattern, rest)).or_insert(self.stacks.len() as StackId);
        if id as usize == self.stacks.len() {
            self.stacks.push((pattern, rest));
            self.takes_all.push(pattern == ANY && self.takes_all[rest as usize]);
        }
        id
    }

    pub fn type_id(&mut self, ty: Type) -> TypeNumber {
        // A view is taken apart as Bytes are.
        let is_view = matches!(ty, Type::Named(id, _) if Some(id) == self.view);
        let ty = if is_view { Type::Bytes } else { ty };
        if let Some(known) = self.known_types.get(&ty) {
            return *known;
        }
        let id = self.types.len() as TypeNumber;
        self.types.push(ty.clone());
        self.known_types.insert(ty, id);
        id
    }
}
