//! Actors: starting them, going on as another one, their `terminate` blocks, and sending.

use crate::ir::{BlockId, Class, FuncId, Op, Terminator, Value};
use crate::layout::Layout;
use crate::lower::function::{FunctionLowering, result_class};
use crate::lower::monomorphise::Work;
use crate::lower::static_dispatch::Resolved;
use crate::lower::types::Substitution;
use snow_abi::record;
use snow_check::hir::{Expr, FnDef, FnId, FnKind, LocalId, Program, Target, Type};

impl<'p> FunctionLowering<'_, 'p> {
    /// `spawn(actor, …)`: the arguments go along as one object.
    pub fn spawn(&mut self, target: &'p Target, arguments: &'p [Expr]) -> Value {
        let values = self.exprs(arguments);
        let Resolved::Function(function, type_arguments) = self.resolve(target) else {
            self.fail("only an actor can be spawned".to_owned());
            return self.dummy(Class::Ref);
        };
        let message = message_type(self.context.program, function, &type_arguments);
        let entry = self.context.function(Work::ActorEntry(function, type_arguments));
        let object = match values[..] {
            [] => self.builder.emit(Op::Immediate(0), Class::Ref),
            _ => self.object(0, &values),
        };
        self.start(entry, object, &message)
    }

    fn start(&mut self, entry: FuncId, arguments: Value, message: &Type) -> Value {
        let entry = self.builder.emit(Op::FunctionAddress(entry), Class::Int);
        let message = self.message_type(message);
        self.builder.runtime("actor_spawn", vec![entry, arguments, message], Class::Ref)
    }

    /// The object that stands for a type: it tells types of messages apart where a program runs.
    pub fn message_type(&mut self, ty: &Type) -> Value {
        let id = self.context.message_type(ty);
        self.builder.static_object(id)
    }

    /// What the runtime runs when an actor with a `terminate` block ends, and what for.
    pub fn announce_terminate(&mut self, function: FnId, type_arguments: &[Type], kept: &[LocalId]) {
        let values: Vec<Value> = kept.iter().map(|local| self.local(*local, &[]).0).collect();
        if values.iter().any(|value| self.builder.class(*value) == Class::Vector) {
            self.fail("a U8x16 lives in a register: `terminate` cannot use it".to_owned());
            return;
        }
        let object = match values[..] {
            [] => self.builder.emit(Op::Immediate(0), Class::Ref),
            _ => self.object(0, &values),
        };
        let entry = self.context.function(Work::Terminate(function, type_arguments.to_vec()));
        let entry = self.builder.emit(Op::FunctionAddress(entry), Class::Int);
        self.builder.runtime("actor_terminate", vec![entry, object], Class::Int);
    }

    /// What a new actor runs: the actor's function with the arguments out of the object.
    pub fn actor_entry(&mut self, definition: &FnDef, function: FnId, type_arguments: Vec<Type>) {
        self.builder.function_mut().entry = true;
        let object = self.builder.block_param(BlockId::ENTRY, Class::Ref);
        let classes: Vec<Class> = definition.params.iter().map(|param| self.class_of(&param.ty)).collect();
        let arguments = self.unpack(object, &classes);
        let result = result_class(self.context, function, &type_arguments);
        let function = self.context.copy_of(function, type_arguments);
        self.call_function(function, arguments, result, &definition.result, true);
    }

    /// The same for the first actor. Others are spawned with the type of their messages, a test tells its own.
    pub fn first_entry(&mut self, definition: &FnDef, function: FnId) {
        if let FnKind::Actor { message, .. } = &definition.kind {
            let takes = self.message_type(message);
            self.builder.runtime("actor_takes", vec![takes], Class::Int);
        }
        self.actor_entry(definition, function, Vec::new());
    }

    pub fn unpack(&mut self, object: Value, classes: &[Class]) -> Vec<Value> {
        let words = Layout::fixed(classes).words;
        words.into_iter().zip(classes).map(|(word, class)| self.builder.load(object, word, *class)).collect()
    }

    /// Goes on as another actor: the process keeps its mailbox and its pid.
    pub fn become_actor(&mut self, target: &'p Target, arguments: &'p [Expr]) -> Value {
        let values = self.exprs(arguments);
        match self.resolve(target) {
            Resolved::Function(function, type_arguments) => {
                let result = result_class(self.context, function, &type_arguments);
                if self.terminates && !terminates(self.context.program, function) {
                    let none = self.builder.int(0);
                    let nothing = self.builder.emit(Op::Immediate(0), Class::Ref);
                    self.builder.runtime("actor_terminate", vec![none, nothing], Class::Int);
                }
                let function = self.context.copy_of(function, type_arguments);
                if self.is_tail_call(true, result) {
                    self.tail_call(function, values);
                } else {
                    self.builder.emit(Op::Call { function, arguments: values }, result);
                    self.builder.terminate(Terminator::Unreachable);
                }
            }
            Resolved::Constructor(_) | Resolved::Primitive(_) => {
                self.fail("only an actor can be gone on as".to_owned());
            }
        }
        self.builder.resume(None);
        self.gone(&Type::Never)
    }

    pub fn own_address(&mut self) -> Value {
        self.builder.emit(Op::Record { offset: record::SELF_PID, class: Class::Ref }, Class::Ref)
    }

    pub fn send(&mut self, pid: &'p Expr, message: &'p Expr) -> Value {
        let untyped = self.substitution.apply(&pid.ty) == Type::Pid(None);
        let pid = self.expr(pid, false);
        let ty = self.substitution.apply(&message.ty);
        let message = self.expr(message, false);
        if untyped {
            let given = self.message_type(&ty);
            self.builder.runtime("actor_check_type", vec![pid, given], Class::Int);
        }
        match self.builder.class(message) {
            Class::Ref => self.builder.runtime("actor_send_ref", vec![pid, message], Class::Int),
            _ => {
                let word = self.builder.word_of(message);
                self.builder.runtime("actor_send_raw", vec![pid, word], Class::Int)
            }
        }
    }
}

/// What an actor takes.
fn message_type(program: &Program, function: FnId, type_arguments: &[Type]) -> Type {
    match &program.functions[function.0 as usize].kind {
        FnKind::Actor { message, .. } => Substitution::of(type_arguments).apply(message),
        _ => Type::Unit,
    }
}

fn terminates(program: &Program, function: FnId) -> bool {
    matches!(&program.functions[function.0 as usize].kind, FnKind::Actor { terminate: Some(_), .. })
}
