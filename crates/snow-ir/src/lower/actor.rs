//! Actors: starting them, going on as another one, and sending.

use crate::ir::{BlockId, Class, Op, Terminator, Value};
use crate::layout::Layout;
use crate::lower::context::Work;
use crate::lower::function::{FunctionLowering, result_class};
use crate::lower::target::Resolved;
use crate::lower::types;
use snow_check::hir::{Expr, FnDef, FnId, Target, Type};

impl<'p> FunctionLowering<'_, 'p> {
    /// `spawn(actor, …)`: the arguments go along as one object.
    pub fn spawn(&mut self, target: &'p Target, arguments: &'p [Expr]) -> Value {
        let values = self.exprs(arguments);
        let Resolved::Function(function, type_arguments) = self.resolve(target) else {
            self.fail("only an actor can be spawned".to_owned());
            return self.dummy(Class::Int);
        };
        let entry = self.context.function(Work::ActorEntry(function, type_arguments));
        let object = match values[..] {
            [] => self.builder.emit(Op::Immediate(0), Class::Ref),
            _ => self.object(0, &values),
        };
        let entry = self.builder.emit(Op::FunctionAddress(entry), Class::Int);
        self.builder.runtime("actor_spawn", vec![entry, object], Class::Int)
    }

    /// The same with an actor that is a value: it goes along with its arguments.
    pub fn spawn_value(&mut self, function: &'p Expr, arguments: &'p [Expr]) -> Value {
        let mut values = vec![self.expr(function, false)];
        values.extend(self.exprs(arguments));
        let types = arguments.iter().map(|argument| self.substitution.apply(&argument.ty)).collect();
        let entry = self.context.function(Work::ValueEntry(types));
        let object = self.object(0, &values);
        let entry = self.builder.emit(Op::FunctionAddress(entry), Class::Int);
        self.builder.runtime("actor_spawn", vec![entry, object], Class::Int)
    }

    /// What a new actor runs: the actor's function with the arguments out of the object.
    pub fn actor_entry(&mut self, definition: &FnDef, function: FnId, type_arguments: Vec<Type>) {
        self.builder.function_mut().entry = true;
        let object = self.builder.block_param(BlockId(0), Class::Ref);
        let classes: Vec<Class> = definition.params.iter().map(|param| self.class_of(&param.ty)).collect();
        let arguments = self.unpack(object, &classes);
        let result = result_class(self.context, function, &type_arguments);
        let function = self.context.instance(function, type_arguments);
        self.call_function(function, arguments, result, &definition.result, true);
    }

    /// The same for a closure, the object's first field.
    pub fn value_entry(&mut self, arguments: &[Type]) {
        self.builder.function_mut().entry = true;
        let object = self.builder.block_param(BlockId(0), Class::Ref);
        let mut classes = vec![Class::Ref];
        classes.extend(arguments.iter().map(|ty| types::class(self.context.program, ty)));
        let mut values = self.unpack(object, &classes);
        let closure = values.remove(0);
        self.call_closure(closure, values, &Type::Pid(None), true);
    }

    fn unpack(&mut self, object: Value, classes: &[Class]) -> Vec<Value> {
        let words = Layout::fixed(classes).words;
        words.into_iter().zip(classes).map(|(word, class)| self.builder.load(object, word, *class)).collect()
    }

    /// Goes on as another actor: the process keeps its mailbox and its pid.
    pub fn become_actor(&mut self, target: &'p Target, arguments: &'p [Expr]) -> Value {
        let values = self.exprs(arguments);
        match self.resolve(target) {
            Resolved::Function(function, type_arguments) => {
                let result = result_class(self.context, function, &type_arguments);
                let function = self.context.instance(function, type_arguments);
                if result == self.builder.result_class() {
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

    pub fn send(&mut self, pid: &'p Expr, message: &'p Expr) -> Value {
        let pid = self.expr(pid, false);
        let message = self.expr(message, false);
        match self.builder.class(message) {
            Class::Ref => self.builder.runtime("actor_send_ref", vec![pid, message], Class::Int),
            _ => {
                let word = self.builder.word_of(message);
                self.builder.runtime("actor_send_raw", vec![pid, word], Class::Int)
            }
        }
    }
}
