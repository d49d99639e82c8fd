//! List literals, and `for`, which collects a list.

use crate::ir::{BinaryOp, BlockId, Class, FuncId, Function, Op, Terminator, UnaryOp, Value};
use crate::layout::Layout;
use crate::lower::builder::Builder;
use crate::lower::constant;
use crate::lower::function::{FunctionLowering, Loop};
use crate::lower::monomorphise::Work;
use crate::lower::types;
use snow_abi::{Kind, array, header};
use snow_check::hir::{Expr, For, ForIterable, Type, TypeDefKind};
use snow_syntax::span::Span;

/// Room for elements that a `for` begins with at most: a range may be vast and its loop left early.
const MOST_ROOM_AT_FIRST: i64 = 1024;

/// Words of the `List` struct.
#[derive(Clone, Copy)]
pub(crate) struct ListWords {
    pub storage: u32,
    pub start: u32,
    pub length: u32,
}

/// What takes the next step through what is no list.
const NEXT: &str = "Iter.Loop.next";

/// What a loop runs over.
enum Source {
    /// Numbers; the indexes of an array, if one is given with the class of its elements.
    Counted { from: Value, to: Value, array: Option<(Value, Class)> },
    /// What a function returns, called with `steps` again and again up to its first `None`.
    Steps { steps: Value, next: FuncId, class: Class },
}

/// A list being collected: an array that is larger than needed, and how much of it is in use.
struct Collected {
    array: Value,
    count: Value,
}

impl<'p> FunctionLowering<'_, 'p> {
    pub fn list(&mut self, elements: &'p [Expr], ty: &Type) -> Value {
        if let Some(word) = constant::list(self, elements, ty) {
            return self.word_value(word, Class::Ref);
        }
        let class = self.list_element(ty);
        let storage = self.array_of(elements, class == Class::Ref, |lowering, element| {
            let value = lowering.expr(element, false);
            lowering.fit(value, class)
        });
        let length = self.builder.int(elements.len() as i64);
        self.list_object(storage, None, length)
    }

    /// The class of a list type's elements.
    pub fn list_element(&self, ty: &Type) -> Class {
        match self.substitution.apply(ty) {
            Type::Named(_, arguments) => {
                arguments.first().map_or(Class::Int, |element| types::class(self.context.program, element))
            }
            _ => Class::Int,
        }
    }

    /// Where the fields of a list are: found by name, as the library declares them.
    pub fn list_words(&self) -> ListWords {
        let program = self.context.program;
        let fields = match program.lang.list.map(|list| &program.types[list.0 as usize].kind) {
            Some(TypeDefKind::Struct(fields)) => fields,
            _ => return ListWords { storage: 1, start: 2, length: 3 },
        };
        let classes: Vec<Class> = fields.iter().map(|(_, ty)| types::class(program, ty)).collect();
        let words = Layout::fixed(&classes).words;
        let word = |name: &str| {
            let found = fields.iter().position(|(field, _)| field == name);
            found.map_or(1, |index| words[index])
        };
        ListWords { storage: word("storage"), start: word("start"), length: word("length") }
    }

    /// A view of an array; from its first slot on when no start is given.
    pub fn list_object(&mut self, storage: Value, start: Option<Value>, length: Value) -> Value {
        let start = start.unwrap_or_else(|| self.builder.int(0));
        let words = self.list_words();
        let mut fields = vec![storage; 3];
        fields[words.start as usize - 1] = start;
        fields[words.length as usize - 1] = length;
        self.builder.emit(Op::New { header: header(Kind::Fixed, 0, 3, 1), fields }, Class::Ref)
    }

    pub fn for_loop(&mut self, parts: &'p For, ty: &Type) -> Value {
        let source = self.loop_source(&parts.iterable);
        if !self.builder.reachable() {
            return self.gone(ty);
        }
        let references = self.list_element(ty) == Class::Ref;
        let mut state = Vec::new();
        if parts.collect {
            let count = self.builder.int(0);
            state = vec![self.first_room(&source, references), count];
        }

        let header = self.builder.block();
        let inside = self.builder.block();
        let next = self.builder.block();
        let exit = self.builder.block();
        let index = self.builder.block_param(header, Class::Int);
        let header_state = self.loop_state(header, parts.collect);
        let next_state = self.loop_state(next, parts.collect);
        let exit_state = self.loop_state(exit, parts.collect);
        let first = self.first_index(&source);
        self.builder.jump(header, [vec![first], state].concat());
        self.builder.switch_to(header);
        let (more, found) = self.more(&source, index);
        self.builder.terminate(Terminator::Branch(more, (inside, Vec::new()), (exit, header_state.clone())));

        self.builder.switch_to(inside);
        let element = self.loop_element(&source, found);
        self.loops.push(Loop { break_to: exit, continue_to: next, state: header_state.clone() });
        let skip = self.builder.block();
        self.bind(&parts.pattern, element, skip);
        if let Some(condition) = &parts.condition {
            let body = self.builder.block();
            self.condition(condition, body, skip);
            self.builder.switch_to(body);
        }
        let value = self.expr(&parts.body, false);
        self.loops.pop();
        let passed = match header_state[..] {
            [array, count] if self.builder.reachable() => {
                let class = self.class_of(&parts.body.ty);
                let value = self.fit(value, class);
                let grown = self.push(Collected { array, count }, value, references);
                vec![grown.array, grown.count]
            }
            _ => header_state.clone(),
        };
        self.builder.jump(next, passed);
        self.builder.switch_to(skip);
        self.builder.jump(next, header_state);

        self.builder.switch_to(next);
        let following = self.builder.add_constant(index, 1);
        self.builder.jump(header, [vec![following], next_state].concat());

        self.builder.switch_to(exit);
        match exit_state[..] {
            [array, count] => {
                self.builder.store(array, array::BACK, count);
                self.list_object(array, None, count)
            }
            _ if *ty == Type::Unit => self.builder.unit(),
            // Nobody looks at the list.
            _ => {
                let class = self.class_of(ty);
                self.dummy(class)
            }
        }
    }

    fn loop_source(&mut self, iterable: &'p ForIterable) -> Source {
        let elements = match iterable {
            ForIterable::Range(from, to) => {
                let from = self.expr(from, false);
                return Source::Counted { from, to: self.expr(to, false), array: None };
            }
            ForIterable::Elements(elements) => elements,
        };
        let object = self.expr(elements, false);
        let class = self.list_element(&elements.ty);
        let program = self.context.program;
        let ty = self.substitution.apply(&elements.ty);
        let (Type::Named(id, arguments), Some(next)) = (&ty, program.lang.functions.get(NEXT)) else {
            return self.list_source(object, class);
        };
        if Some(*id) == program.lang.list {
            return self.list_source(object, class);
        }
        let next = self.context.function(Work::Instance(*next, arguments.clone()));
        Source::Steps { steps: object, next, class }
    }

    fn list_source(&mut self, list: Value, class: Class) -> Source {
        let words = self.list_words();
        let storage = self.builder.load(list, words.storage, Class::Ref);
        let start = self.builder.load(list, words.start, Class::Int);
        let length = self.builder.load(list, words.length, Class::Int);
        let end = self.builder.binary(BinaryOp::Add, start, length);
        Source::Counted { from: start, to: end, array: Some((storage, class)) }
    }

    /// Is there another element? And what it is found by: its index, or the `Some` that holds it.
    fn more(&mut self, source: &Source, index: Value) -> (Value, Value) {
        match *source {
            Source::Counted { to, .. } => (self.builder.binary(BinaryOp::Less, index, to), index),
            Source::Steps { steps, next, .. } => {
                let call = Op::Call { function: next, arguments: vec![steps] };
                let option = self.builder.emit(call, Class::Ref);
                let none = self.builder.unary(UnaryOp::IsImmediate, option);
                (self.builder.unary(UnaryOp::BoolNot, none), option)
            }
        }
    }

    fn first_index(&mut self, source: &Source) -> Value {
        match *source {
            Source::Counted { from, .. } => from,
            Source::Steps { .. } => self.builder.int(0),
        }
    }

    fn loop_element(&mut self, source: &Source, found: Value) -> Value {
        match *source {
            Source::Counted { array: Some((array, class)), .. } => {
                self.builder.emit(Op::ArrayGet { array, index: found, class }, class)
            }
            Source::Counted { array: None, .. } => found,
            Source::Steps { class, .. } => self.builder.load(found, 1, class),
        }
    }

    fn loop_state(&mut self, block: BlockId, collect: bool) -> Vec<Value> {
        let classes: &[Class] = if collect { &[Class::Ref, Class::Int] } else { &[] };
        classes.iter().map(|class| self.builder.block_param(block, *class)).collect()
    }

    /// An array for what a loop collects, at first.
    fn first_room(&mut self, source: &Source, references: bool) -> Value {
        let (from, to) = match source {
            Source::Counted { from, to, .. } => (*from, *to),
            // Nobody knows how many there are.
            Source::Steps { .. } => (self.builder.int(0), self.builder.int(1)),
        };
        // At least one slot: nobody may write to the count of an array that all share.
        let span = self.builder.binary(BinaryOp::Subtract, to, from);
        let one = self.builder.int(1);
        let most = self.builder.int(MOST_ROOM_AT_FIRST);
        let small = self.builder.at_most(span, most);
        let bounded = self.builder.emit(Op::Select(small, span, most), Class::Int);
        let some = self.builder.binary(BinaryOp::Less, from, to);
        let capacity = self.builder.emit(Op::Select(some, bounded, one), Class::Int);
        self.new_array(references, capacity)
    }

    /// Adds an element behind the others.
    fn push(&mut self, to: Collected, value: Value, references: bool) -> Collected {
        let grow = self.builder.cold_block();
        let write = self.builder.block();
        let array = self.builder.block_param(write, Class::Ref);
        let capacity = self.builder.load(to.array, array::CAPACITY, Class::Int);
        let room = self.builder.binary(BinaryOp::Less, to.count, capacity);
        self.builder.terminate(Terminator::Branch(room, (write, vec![to.array]), (grow, Vec::new())));
        self.builder.switch_to(grow);
        let function = self.context.function(Work::GrowArray(references));
        let larger = self.builder.emit(Op::Call { function, arguments: vec![to.array] }, Class::Ref);
        self.builder.jump(write, vec![larger]);
        self.builder.switch_to(write);
        self.builder.effect(Op::ArraySet { array, index: to.count, value });
        let count = self.builder.add_constant(to.count, 1);
        Collected { array, count }
    }
}

/// A function that copies a full array into one of double the capacity.
pub(crate) fn grow_function(references: bool) -> Function {
    let name = if references { "grow array of references" } else { "grow array of words" };
    let mut builder = Builder::new(name.to_owned(), 0, Class::Ref);
    // It stands nowhere in the source: when there is no memory, the place is its caller's.
    builder.span = Span { start: u32::MAX, end: u32::MAX };
    let class = if references { Class::Ref } else { Class::Int };
    let old = builder.block_param(BlockId::ENTRY, Class::Ref);
    let capacity = builder.load(old, array::CAPACITY, Class::Int);
    let doubled = builder.binary(BinaryOp::Add, capacity, capacity);
    let larger = builder.add_constant(doubled, 4);
    let new = builder.emit(Op::NewArray { references, capacity: larger }, Class::Ref);
    let header = builder.block();
    let body = builder.block();
    let exit = builder.block();
    let index = builder.block_param(header, Class::Int);
    let zero = builder.int(0);
    builder.jump(header, vec![zero]);
    builder.switch_to(header);
    let more = builder.binary(BinaryOp::Less, index, capacity);
    builder.branch(more, body, exit);
    builder.switch_to(body);
    let element = builder.emit(Op::ArrayGet { array: old, index, class }, class);
    builder.effect(Op::ArraySet { array: new, index, value: element });
    let next = builder.add_constant(index, 1);
    builder.jump(header, vec![next]);
    builder.switch_to(exit);
    builder.terminate(Terminator::Return(new));
    builder.function_mut().cold = true;
    builder.finish()
}
