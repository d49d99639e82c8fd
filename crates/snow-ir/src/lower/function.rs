//! The state that the lowering of one function's body needs.

use crate::ir::{BlockId, Class, FuncId, Function, Op, Terminator, Value};
use crate::lower::builder::Builder;
use crate::lower::closure::Group;
use crate::lower::local_uses;
use crate::lower::monomorphise::{Context, Work};
use crate::lower::static_dispatch::Resolved;
use crate::lower::types::{self, Substitution};
use snow_check::hir::{Expr, FnDef, FnId, FnKind, Local, LocalId, Param, Type};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What a local stands for.
#[derive(Clone)]
pub(crate) enum Binding<'p> {
    /// A value, and its code when it is a closure known from here.
    Value(Value, Option<FuncId>),
    /// Lowered where it is used; with the number of the copy it was bound in.
    Polymorphic { parameters: &'p [u32], value: &'p Expr, copy: u32 },
    /// Another member of the group of recursive closures that is being lowered.
    Sibling(Rc<Group>, usize),
}

/// Where `break` and `continue` of the innermost loop go.
pub(crate) struct Loop {
    pub break_to: BlockId,
    pub continue_to: BlockId,
    /// What both of them pass on: the list collected so far, if any.
    pub state: Vec<Value>,
}

pub(crate) struct FunctionLowering<'c, 'p> {
    pub context: &'c mut Context<'p>,
    pub builder: Builder,
    pub substitution: Substitution,
    pub locals: HashMap<LocalId, Binding<'p>>,
    /// Locals that anything reads: others need no value.
    pub used: Rc<HashSet<LocalId>>,
    /// All locals of the definition, by their numbers.
    pub names: &'p [Local],
    pub loops: Vec<Loop>,
    /// The number of the copy that is made.
    pub copy: u32,
    /// The function itself, and where its tail calls of itself go.
    pub own: FuncId,
    pub header: Option<BlockId>,
    /// The closure object of this function.
    pub closure: Option<Value>,
    /// Is it an actor with a `terminate` block?
    pub terminates: bool,
    /// How many closures it has, for their names.
    pub closures: u32,
}

impl<'c, 'p> FunctionLowering<'c, 'p> {
    /// Makes the function that some work names.
    pub fn make(context: &'c mut Context<'p>, id: FuncId, work: Work) -> Function {
        let program = context.program;
        match work {
            Work::Instance(function, arguments) => {
                let definition = &program.functions[function.0 as usize];
                let mut name = definition.name.clone();
                if !arguments.is_empty() {
                    name = format!("{name}<{}>", types::names(program, &arguments));
                }
                let substitution = Substitution::of(&arguments);
                let result = result_class(context, function, &arguments);
                let mut lowering =
                    FunctionLowering::new(context, id, name, definition.file, result, substitution);
                lowering.used = lowering.context.used_locals(function);
                lowering.names = &definition.locals;
                lowering.definition(definition, function, &arguments);
                lowering.done()
            }
            Work::Value(resolved, ty) => value_function(context, id, resolved, &ty),
            Work::ActorEntry(function, arguments) => {
                let definition = &program.functions[function.0 as usize];
                let name = format!("entry {}", definition.name);
                let substitution = Substitution::of(&arguments);
                let mut lowering =
                    FunctionLowering::new(context, id, name, definition.file, Class::Int, substitution);
                lowering.builder.span = definition.span;
                lowering.actor_entry(definition, function, arguments);
                lowering.done()
            }
            Work::FirstEntry(function) => {
                let definition = &program.functions[function.0 as usize];
                let name = format!("entry {}", definition.name);
                let substitution = Substitution::default();
                let mut lowering =
                    FunctionLowering::new(context, id, name, definition.file, Class::Int, substitution);
                lowering.builder.span = definition.span;
                lowering.first_entry(definition, function);
                lowering.done()
            }
            Work::Terminate(function, arguments) => {
                let definition = &program.functions[function.0 as usize];
                let name = format!("terminate {}", definition.name);
                let substitution = Substitution::of(&arguments);
                let mut lowering =
                    FunctionLowering::new(context, id, name, definition.file, Class::Int, substitution);
                lowering.builder.span = definition.span;
                lowering.used = lowering.context.used_locals(function);
                lowering.terminate(definition);
                lowering.done()
            }
            Work::Constant(constant, arguments) => {
                let definition = &program.constants[constant.0 as usize];
                let name = format!("constant {}", definition.name);
                let substitution = Substitution::of(&arguments);
                let result = types::class(program, &substitution.apply(&definition.ty));
                let mut lowering =
                    FunctionLowering::new(context, id, name, definition.file, result, substitution);
                lowering.builder.span = definition.value.span;
                lowering.expr(&definition.value, true);
                lowering.done()
            }
            Work::GrowArray(references) => super::list::grow_function(references),
            Work::ReadBits => super::bit_loops::read_function(),
            Work::WriteBits => super::bit_loops::write_function(),
        }
    }

    pub fn new(
        context: &'c mut Context<'p>,
        own: FuncId,
        name: String,
        file: usize,
        result: Class,
        substitution: Substitution,
    ) -> FunctionLowering<'c, 'p> {
        context.copies += 1;
        let copy = context.copies;
        FunctionLowering {
            context,
            builder: Builder::new(name, file as u32, result),
            substitution,
            locals: HashMap::new(),
            used: Rc::default(),
            names: &[],
            loops: Vec::new(),
            copy,
            own,
            header: None,
            closure: None,
            terminates: false,
            closures: 0,
        }
    }

    pub fn done(self) -> Function {
        self.builder.finish()
    }

    fn definition(&mut self, definition: &'p FnDef, function: FnId, arguments: &[Type]) {
        self.builder.span = definition.span;
        match &definition.kind {
            FnKind::Body(body) => {
                self.parameters(&definition.params);
                self.expr(body, true);
            }
            FnKind::Actor { body, terminate, .. } => {
                self.terminates = terminate.is_some();
                let kept = terminate.iter().flat_map(|block| kept_parameters(block, &definition.params));
                let kept: Vec<LocalId> = kept.map(|param| param.local).collect();
                if self.terminates && kept.is_empty() {
                    self.announce_terminate(function, arguments, &[]);
                }
                self.parameters(&definition.params);
                // Each time the actor goes on as itself, they are others.
                if !kept.is_empty() {
                    self.announce_terminate(function, arguments, &kept);
                }
                self.expr(body, true);
            }
            FnKind::Extern { .. } => {
                let classes: Vec<Class> =
                    definition.params.iter().map(|param| self.class_of(&param.ty)).collect();
                let values = classes
                    .into_iter()
                    .map(|class| self.builder.block_param(BlockId::ENTRY, class))
                    .collect();
                let result = self.substitution.apply(&definition.result);
                let value = self.call_extern(function, arguments, values, &result);
                self.give_back(value);
            }
        }
    }

    /// The `terminate` block of an actor: the runtime enters it with the parameters that it mentions.
    fn terminate(&mut self, definition: &'p FnDef) {
        self.builder.function_mut().entry = true;
        let object = self.builder.block_param(BlockId::ENTRY, Class::Ref);
        if let FnKind::Actor { terminate: Some(terminate), .. } = &definition.kind {
            let kept = kept_parameters(terminate, &definition.params);
            let classes: Vec<Class> = kept.iter().map(|param| self.class_of(&param.ty)).collect();
            let values = self.unpack(object, &classes);
            for (param, value) in kept.iter().zip(values) {
                self.locals.insert(param.local, Binding::Value(value, None));
            }
            self.expr(terminate, true);
        }
    }

    /// Binds the parameters, as those of a block to which tail calls of the function itself jump.
    pub fn parameters(&mut self, params: &[Param]) {
        let header = self.builder.block();
        let mut incoming = Vec::new();
        for param in params {
            let class = self.class_of(&param.ty);
            incoming.push(self.builder.block_param(BlockId::ENTRY, class));
            let value = self.builder.block_param(header, class);
            self.locals.insert(param.local, Binding::Value(value, None));
        }
        self.builder.jump(header, incoming);
        self.builder.switch_to(header);
        self.header = Some(header);
    }

    /// Returns from the function.
    pub fn give_back(&mut self, value: Value) {
        // Only an actor's value may be of another class: nobody looks at it.
        let class = self.builder.result_class();
        let value = self.fit(value, class);
        self.builder.terminate(Terminator::Return(value));
    }

    /// The value itself, or, where its class shows that it means nothing, any value of the class.
    pub fn fit(&mut self, value: Value, class: Class) -> Value {
        if self.builder.class(value) == class {
            return value;
        }
        self.dummy(class)
    }

    pub fn dummy(&mut self, class: Class) -> Value {
        match class {
            Class::Int => self.builder.int(0),
            Class::Float => self.builder.emit(Op::Float(0), class),
            Class::Bool => self.builder.bool(false),
            Class::Ref => self.builder.emit(Op::Immediate(0), class),
            Class::Vector => self.builder.emit(Op::VectorConst([0; 16]), class),
            Class::Address => self.builder.undefined(class),
        }
    }

    /// Reports at the current place that the program cannot be compiled.
    pub fn fail(&mut self, message: String) {
        self.context.fail(self.builder.file, self.builder.span, message);
    }
}

/// The parameters that a `terminate` block mentions, in their order.
fn kept_parameters<'p>(terminate: &Expr, params: &'p [Param]) -> Vec<&'p Param> {
    let mentioned = local_uses::in_exprs([terminate]);
    params.iter().filter(|param| mentioned.contains(&param.local)).collect()
}

/// A function, constructor or operator as code that is called through a closure without captures.
fn value_function(context: &mut Context<'_>, id: FuncId, resolved: Resolved, ty: &Type) -> Function {
    let Type::Fun(params, result) = ty else { unreachable!("only functions have the type of a function") };
    let (name, file) = match &resolved {
        Resolved::Function(function, _) => {
            let definition = &context.program.functions[function.0 as usize];
            (definition.name.clone(), definition.file)
        }
        Resolved::Constructor(index) => {
            let constructors = types::constructors(context.program, result);
            (constructors.get(*index).map_or(String::new(), |constructor| constructor.name.clone()), 0)
        }
        Resolved::Primitive(_) => ("operator".to_owned(), 0),
    };
    let class = match &resolved {
        Resolved::Function(function, arguments) => result_class(context, *function, arguments),
        _ => types::class(context.program, result),
    };
    let name = format!("{name} as a value");
    let mut lowering = FunctionLowering::new(context, id, name, file, class, Substitution::default());
    lowering.builder.function_mut().closure = true;
    lowering.builder.block_param(BlockId::ENTRY, Class::Ref);
    let mut values = Vec::new();
    for param in params {
        let class = lowering.class_of(param);
        values.push(lowering.builder.block_param(BlockId::ENTRY, class));
    }
    lowering.call_resolved(resolved, values, result, true);
    lowering.done()
}

/// The class of what a copy returns. An actor's body returns nothing that is looked at.
pub(crate) fn result_class(context: &Context<'_>, function: FnId, arguments: &[Type]) -> Class {
    let definition = &context.program.functions[function.0 as usize];
    match definition.kind {
        FnKind::Actor { .. } => Class::Int,
        _ => types::class(context.program, &Substitution::of(arguments).apply(&definition.result)),
    }
}
