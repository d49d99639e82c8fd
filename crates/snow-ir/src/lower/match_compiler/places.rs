//! Places in the value that a `case` takes apart. A place is read only when a test or a
//! binding needs it, and then once for all that comes behind.

use crate::ir::{BinaryOp, BlockId, Class, Op, Value};
use crate::layout::Layout;
use crate::lower::function::FunctionLowering;
use crate::lower::types;
use snow_abi::bytes;
use snow_check::hir::{Expr, ExprKind, LocalId, Type};
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PlaceId(usize);

#[derive(Clone)]
enum Kind {
    Known(Value),
    /// A word of an object.
    Field(PlaceId, u32),
    /// A tuple that has not been made, and is made only if something binds it.
    Product(Vec<PlaceId>),
    /// An element of a list, counted from its start.
    Element(ListPlaces, u32),
    /// A list behind so many elements.
    Rest(ListPlaces, u32),
}

struct Place {
    kind: Kind,
    ty: Type,
    class: Class,
}

/// The fields of a list.
#[derive(Clone, Copy)]
pub(crate) struct ListPlaces {
    storage: PlaceId,
    start: PlaceId,
    length: PlaceId,
}

/// Where an arm's body begins; its parameters are the locals that it reads.
pub(crate) struct ArmTarget<'p> {
    pub block: BlockId,
    pub locals: Vec<LocalId>,
    pub guard: Option<&'p Expr>,
    /// Does anything go there?
    pub reached: bool,
}

/// The state of one `case`.
#[derive(Default)]
pub(crate) struct Matcher<'p> {
    places: Vec<Place>,
    values: Vec<Option<Value>>,
    /// Places read, in order: forgotten again where reading them does not dominate.
    read: Vec<PlaceId>,
    children: HashMap<(PlaceId, usize), Vec<PlaceId>>,
    lists: HashMap<PlaceId, ListPlaces>,
    lengths: HashMap<PlaceId, PlaceId>,
    pub arms: Vec<ArmTarget<'p>>,
    /// Rows that choices have copied, beside the first of each.
    pub copies: usize,
}

/// Names and the places that they are bound to. Copies share what they have in common.
#[derive(Clone, Default)]
pub(crate) struct Bindings(Option<Rc<Bound>>);

struct Bound {
    local: LocalId,
    place: PlaceId,
    others: Bindings,
}

impl Bindings {
    pub fn add(&mut self, local: LocalId, place: PlaceId) {
        let others = std::mem::take(self);
        self.0 = Some(Rc::new(Bound { local, place, others }));
    }

    pub fn iter(&self) -> impl Iterator<Item = (LocalId, PlaceId)> {
        let bound = std::iter::successors(self.0.as_deref(), |bound| bound.others.0.as_deref());
        bound.map(|bound| (bound.local, bound.place))
    }
}

impl Drop for Bindings {
    /// One after the other: a pattern may bind more names than a stack has room for.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(bound) = next.and_then(Rc::into_inner) {
            let mut bound = bound;
            next = bound.others.0.take();
        }
    }
}

impl Matcher<'_> {
    fn add(&mut self, kind: Kind, ty: Type, class: Class) -> PlaceId {
        self.places.push(Place { kind, ty, class });
        self.values.push(None);
        PlaceId(self.places.len() - 1)
    }

    pub fn ty(&self, place: PlaceId) -> &Type {
        &self.places[place.0].ty
    }

    /// A value that is there already.
    pub fn known(&mut self, value: Value, ty: Type, class: Class) -> PlaceId {
        self.add(Kind::Known(value), ty, class)
    }

    /// What has been read up to now; for `forget`.
    pub fn mark(&self) -> usize {
        self.read.len()
    }

    /// Forgets what has been read since.
    pub fn forget(&mut self, mark: usize) {
        for place in self.read.drain(mark..) {
            self.values[place.0] = None;
        }
    }
}

impl<'p> FunctionLowering<'_, 'p> {
    /// The place of what is matched. A tuple written there is never made.
    pub fn scrutinee(&mut self, matcher: &mut Matcher<'p>, expr: &'p Expr) -> PlaceId {
        let ty = self.substitution.apply(&expr.ty);
        let class = types::class(self.context.program, &ty);
        if let ExprKind::Tuple(parts) = &expr.kind {
            let parts = parts.iter().map(|part| self.scrutinee(matcher, part)).collect();
            return matcher.add(Kind::Product(parts), ty, class);
        }
        let value = self.expr(expr, false);
        matcher.known(value, ty, class)
    }

    /// The fields of a struct or tuple.
    pub fn fields_of(&mut self, matcher: &mut Matcher<'p>, place: PlaceId) -> Vec<PlaceId> {
        if let Kind::Product(parts) = &matcher.places[place.0].kind {
            return parts.clone();
        }
        let types = types::fields(self.context.program, matcher.ty(place));
        self.parts_of(matcher, place, usize::MAX, types)
    }

    /// The payload of a constructor.
    pub fn payload_of(
        &mut self,
        matcher: &mut Matcher<'p>,
        place: PlaceId,
        constructor: usize,
    ) -> Vec<PlaceId> {
        let types = types::payload(self.context.program, matcher.ty(place), constructor);
        self.parts_of(matcher, place, constructor, types)
    }

    fn parts_of(
        &mut self,
        matcher: &mut Matcher<'p>,
        place: PlaceId,
        constructor: usize,
        types: Vec<Type>,
    ) -> Vec<PlaceId> {
        if let Some(known) = matcher.children.get(&(place, constructor)) {
            return known.clone();
        }
        let classes: Vec<Class> = types.iter().map(|ty| types::class(self.context.program, ty)).collect();
        let words = Layout::fixed(&classes).words;
        let parts: Vec<PlaceId> = types
            .into_iter()
            .zip(classes)
            .zip(words)
            .map(|((ty, class), word)| matcher.add(Kind::Field(place, word), ty, class))
            .collect();
        matcher.children.insert((place, constructor), parts.clone());
        parts
    }

    /// The first element of a list and the list of the others.
    pub fn head_and_rest(&mut self, matcher: &mut Matcher<'p>, place: PlaceId) -> (PlaceId, PlaceId) {
        if let Some(known) = matcher.children.get(&(place, 1)) {
            return (known[0], known[1]);
        }
        let (list, skipped) = self.list_places(matcher, place);
        let ty = matcher.ty(place).clone();
        let element = match &ty {
            Type::Named(_, arguments) => arguments.first().cloned().unwrap_or(Type::Unit),
            _ => Type::Unit,
        };
        let class = types::class(self.context.program, &element);
        let head = matcher.add(Kind::Element(list, skipped), element, class);
        let rest = matcher.add(Kind::Rest(list, skipped + 1), ty, Class::Ref);
        matcher.children.insert((place, 1), vec![head, rest]);
        (head, rest)
    }

    /// The fields of the list that a place is, or is the rest of, and how many elements come before.
    fn list_places(&mut self, matcher: &mut Matcher<'p>, place: PlaceId) -> (ListPlaces, u32) {
        if let Kind::Rest(list, skipped) = matcher.places[place.0].kind {
            return (list, skipped);
        }
        if let Some(known) = matcher.lists.get(&place) {
            return (*known, 0);
        }
        let words = self.list_words();
        let list = ListPlaces {
            storage: matcher.add(Kind::Field(place, words.storage), Type::Unit, Class::Ref),
            start: matcher.add(Kind::Field(place, words.start), Type::Int, Class::Int),
            length: matcher.add(Kind::Field(place, words.length), Type::Int, Class::Int),
        };
        matcher.lists.insert(place, list);
        (list, 0)
    }

    /// Has a list no elements?
    pub fn is_empty(&mut self, matcher: &mut Matcher<'p>, place: PlaceId) -> Value {
        let (list, skipped) = self.list_places(matcher, place);
        let length = self.read(matcher, list.length);
        self.builder.equal(length, i64::from(skipped))
    }

    /// The length of a Bytes or String.
    pub fn length_of(&mut self, matcher: &mut Matcher<'p>, place: PlaceId) -> Value {
        let length = match matcher.lengths.get(&place) {
            Some(known) => *known,
            None => {
                let length = matcher.add(Kind::Field(place, bytes::LENGTH), Type::Int, Class::Int);
                matcher.lengths.insert(place, length);
                length
            }
        };
        self.read(matcher, length)
    }

    /// The value in a place.
    pub fn read(&mut self, matcher: &mut Matcher<'p>, place: PlaceId) -> Value {
        if let Some(value) = matcher.values[place.0] {
            return value;
        }
        let class = matcher.places[place.0].class;
        let value = match matcher.places[place.0].kind.clone() {
            Kind::Known(value) => return value,
            Kind::Field(object, word) => {
                let object = self.read(matcher, object);
                self.builder.load(object, word, class)
            }
            Kind::Product(parts) => {
                let values: Vec<Value> = parts.into_iter().map(|part| self.read(matcher, part)).collect();
                self.object(0, &values)
            }
            Kind::Element(list, index) => {
                let array = self.read(matcher, list.storage);
                let start = self.read(matcher, list.start);
                let index = self.builder.add_constant(start, i64::from(index));
                self.builder.emit(Op::ArrayGet { array, index, class }, class)
            }
            Kind::Rest(list, skipped) => {
                let storage = self.read(matcher, list.storage);
                let start = self.read(matcher, list.start);
                let length = self.read(matcher, list.length);
                let start = self.builder.add_constant(start, i64::from(skipped));
                let skipped = self.builder.int(i64::from(skipped));
                let length = self.builder.binary(BinaryOp::Subtract, length, skipped);
                self.list_object(storage, Some(start), length)
            }
        };
        matcher.values[place.0] = Some(value);
        matcher.read.push(place);
        value
    }
}
