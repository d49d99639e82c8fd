//! Monomorphisation: the list of functions that are still to be lowered, one for each list of types that
//! something refers to, and what their lowering shares: constants, impls, message types.
//!
//! Costs what the copies cost together; `snow_check::copies` has bounded their number.

use crate::ir::{Class, FuncId, Function, Static, StaticId, StaticWord, Statics, is_standard};
use crate::layout::Layout;
use crate::lower::constant::Constant;
use crate::lower::function::FunctionLowering;
use crate::lower::static_dispatch::Resolved;
use crate::lower::{LowerError, bit_loops, list, types};
use cranelift_entity::PrimaryMap;
use snow_abi::message_type;
use snow_check::hir::impls::Impls;
use snow_check::hir::{ConstId, FnId, LocalId, Program, Type};
use snow_syntax::span::Span;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

/// A function that something refers to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    /// A function of the program, with its type arguments.
    Instance(FnId, Vec<Type>),
    /// A function, constructor or operator as a closure without captures; with its type, which is a `Fun`.
    Value(Resolved, Type),
    /// What a new actor runs: it takes the arguments out of their object.
    ActorEntry(FnId, Vec<Type>),
    /// The same for the first actor of a program or a test, which nobody spawns.
    FirstEntry(FnId),
    /// The `terminate` block of an actor.
    Terminate(FnId, Vec<Type>),
    /// Makes the value of a constant that cannot lie ready.
    Constant(ConstId, Vec<Type>),
    /// Doubles an array that is full: of references?
    GrowArray(bool),
    /// Reads, or writes, bits at a place that is known only when the program runs.
    ReadBits,
    WriteBits,
}

/// A closure's function and what it captures.
pub(crate) type ClosureCode = (FuncId, Vec<LocalId>);

pub(crate) struct Context<'p> {
    pub program: &'p Program,
    files: &'p [String],
    /// Which files belong to the standard library.
    pub standard_files: Vec<bool>,
    functions: PrimaryMap<FuncId, Option<Function>>,
    known: HashMap<Work, FuncId>,
    waiting: VecDeque<(Work, FuncId)>,
    statics: Statics,
    static_ids: HashMap<Static, StaticId>,
    /// Values of constants as far as they have been asked for; `None` cannot be had at compile time.
    pub constant_words: HashMap<Constant, Option<StaticWord>>,
    message_types: HashMap<Type, StaticId>,
    error: Option<LowerError>,
    pub impls: Impls<'p>,
    used_locals: HashMap<FnId, Rc<HashSet<LocalId>>>,
    /// Functions of `LetPolymorphic` locals: by function being lowered, local, and type arguments.
    pub polymorphic: HashMap<(u32, LocalId, Vec<Type>), ClosureCode>,
    /// Counts the copies of functions and closures, to tell them apart in `polymorphic`.
    pub copies: u32,
}

impl<'p> Context<'p> {
    pub fn new(program: &'p Program, files: &'p [String]) -> Context<'p> {
        Context {
            program,
            files,
            standard_files: files.iter().map(|file| is_standard(file)).collect(),
            functions: PrimaryMap::new(),
            known: HashMap::new(),
            waiting: VecDeque::new(),
            statics: Statics::new(),
            static_ids: HashMap::new(),
            constant_words: HashMap::new(),
            message_types: HashMap::new(),
            error: None,
            impls: Impls::of(program),
            used_locals: HashMap::new(),
            polymorphic: HashMap::new(),
            copies: 0,
        }
    }

    /// The entry function of main or a test.
    pub fn start(&mut self, function: FnId) -> FuncId {
        self.function(Work::FirstEntry(function))
    }

    /// The number of a function, which will be made if it has not been yet.
    pub fn function(&mut self, work: Work) -> FuncId {
        if let Some(id) = self.known.get(&work) {
            return *id;
        }
        let id = self.reserve();
        self.known.insert(work.clone(), id);
        self.waiting.push_back((work, id));
        id
    }

    pub fn copy_of(&mut self, function: FnId, arguments: Vec<Type>) -> FuncId {
        // The checker tells such programs; only what lowering itself adds could come here.
        let (names, depth) = (snow_check::MOST_NAMES as usize, snow_check::DEEPEST_TYPE as usize);
        if arguments.iter().any(|ty| types::is_larger(ty, names, depth)) {
            let definition = &self.program.functions[function.0 as usize];
            let message = format!("`{}` is needed for a type that is too large", definition.name);
            self.fail(definition.file as u32, definition.span, message);
            return self.reserve();
        }
        self.function(Work::Instance(function, arguments))
    }

    /// A number for a function that the caller will `define`.
    pub fn reserve(&mut self) -> FuncId {
        self.functions.push(None)
    }

    pub fn define(&mut self, id: FuncId, function: Function) {
        self.functions[id] = Some(function);
    }

    /// Only the first error is kept: later ones may follow from it.
    pub fn fail(&mut self, file: u32, span: Span, message: String) {
        self.error.get_or_insert(LowerError { file, span, message });
    }

    pub fn finish(mut self) -> Result<(PrimaryMap<FuncId, Function>, Statics), LowerError> {
        while self.error.is_none()
            && let Some((work, id)) = self.waiting.pop_front()
        {
            let function = match work {
                Work::GrowArray(references) => list::grow_function(references),
                Work::ReadBits => bit_loops::read_function(),
                Work::WriteBits => bit_loops::write_function(),
                work => FunctionLowering::make(&mut self, id, work),
            };
            self.define(id, function);
        }
        match self.error {
            Some(error) => Err(error),
            None => {
                Ok((self.functions.into_iter().filter_map(|(_, function)| function).collect(), self.statics))
            }
        }
    }

    // Constant objects

    pub fn static_object(&mut self, object: Static) -> StaticId {
        if let Some(id) = self.static_ids.get(&object) {
            return *id;
        }
        let id = self.statics.push(object.clone());
        self.static_ids.insert(object, id);
        id
    }

    pub fn static_bytes(&mut self, bytes: &[u8]) -> StaticId {
        self.static_object(Static::Bytes(bytes.to_vec()))
    }

    /// The content of a constant String or Bytes.
    pub fn bytes_of(&self, id: StaticId) -> Option<&[u8]> {
        match &self.statics[id] {
            Static::Bytes(bytes) => Some(bytes),
            Static::Object { .. } => None,
        }
    }

    /// The closure object of a function that captures nothing.
    pub fn static_closure(&mut self, function: FuncId) -> StaticId {
        let header = Layout::closure(&[]).closure_header();
        self.static_object(Static::Object { header, words: vec![StaticWord::Function(function)] })
    }

    /// The object that stands for a type of messages where the program runs: one for each type, and never the
    /// same for two, for the runtime tells them apart by their addresses. What it holds is for messages to people.
    pub fn message_type(&mut self, ty: &Type) -> StaticId {
        if let Some(id) = self.message_types.get(ty) {
            return *id;
        }
        let texts = [types::name(self.program, ty), self.declared(ty)];
        let words = texts.iter().map(|text| StaticWord::Static(self.static_bytes(text.as_bytes()))).collect();
        let header = Layout::fixed(&[Class::Ref; message_type::WORDS as usize]).fixed_header(0);
        // Not by `static_object`, which gives equal objects the same number.
        let id = self.statics.push(Static::Object { header, words });
        self.message_types.insert(ty.clone(), id);
        id
    }

    /// Where the types in a type are declared, each once.
    fn declared(&self, ty: &Type) -> String {
        let mut waiting = vec![ty];
        let mut places: Vec<String> = Vec::new();
        while let Some(ty) = waiting.pop() {
            if let Type::Named(id, _) = ty {
                let definition = &self.program.types[id.0 as usize];
                let file = self.files.get(definition.file).map_or("?", String::as_str);
                let place = format!("{} of {file}:{}", definition.name, definition.line);
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            waiting.extend(types::parts(ty).into_iter().rev());
        }
        if places.is_empty() { "built in".to_owned() } else { places.join(", ") }
    }

    // Look-ups

    /// The locals that a function's body reads.
    pub fn used_locals(&mut self, function: FnId) -> Rc<HashSet<LocalId>> {
        let program = self.program;
        let found = self.used_locals.entry(function).or_insert_with(|| {
            Rc::new(super::local_uses::in_function(&program.functions[function.0 as usize]))
        });
        Rc::clone(found)
    }
}
