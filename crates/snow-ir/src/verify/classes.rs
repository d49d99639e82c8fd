//! Each operation gets operands of its classes, each edge passes what its block takes, and
//! addresses go nowhere but to loads and stores.

use super::Check;
use crate::ir::{BlockId, Class, FuncId, Op, Terminator, Value};
use snow_abi::{Kind, kind_of, references_of, words_of};

impl Check<'_> {
    fn in_range(&mut self, op: &Op, fits: bool) {
        if !fits {
            self.error(format!("{op:?} is out of range"));
        }
    }

    pub(super) fn class(&self, value: Value) -> Class {
        self.function.values[value]
    }

    pub(super) fn has_class(&mut self, value: Value, class: Class) {
        let found = self.class(value);
        if found != class {
            self.error(format!("{value} is {found:?}, not {class:?}"));
        }
    }

    /// Values that are passed on must have the classes that are expected.
    fn passes(&mut self, what: &str, values: &[Value], classes: &[Class]) {
        let found: Vec<Class> = values.iter().map(|value| self.class(*value)).collect();
        if found != classes {
            self.error(format!("{what} takes {classes:?}, not {found:?}"));
        }
        if found.contains(&Class::Address) {
            self.error(format!("{what} is given an address"));
        }
    }

    fn call(&mut self, function: FuncId, arguments: &[Value]) {
        let rules = self.rules;
        match rules.signatures.get(function) {
            Some(callee) => self.passes(&callee.name, arguments, &callee.params),
            None => self.error(format!("call of {function}, which does not exist")),
        }
    }

    pub(super) fn operands(&mut self, op: &Op) {
        use Class::{Address, Int, Ref, Vector};
        match op {
            Op::Int(_) | Op::Float(_) | Op::Bool(_) | Op::Immediate(_) | Op::VectorConst(_) => {}
            Op::Record { .. } | Op::Park | Op::Poll => {}
            Op::Static(id) => {
                if !self.rules.has_static(*id) {
                    self.error(format!("constant {id} does not exist"));
                }
            }
            Op::FunctionAddress(function) => {
                if !self.rules.signatures.is_valid(*function) {
                    self.error(format!("function {function} does not exist"));
                }
            }
            Op::Unary(op, a) => self.has_class(*a, op.operand()),
            Op::Binary(op, a, b) => {
                self.has_class(*a, op.operand());
                self.has_class(*b, op.operand());
            }
            Op::VectorShiftRight(a, count) => {
                self.has_class(*a, Vector);
                self.in_range(op, *count <= 8);
            }
            Op::VectorAlign(a, b, count) => {
                self.has_class(*a, Vector);
                self.has_class(*b, Vector);
                self.in_range(op, (1..16).contains(count));
            }
            Op::Select(condition, a, b) => {
                self.has_class(*condition, Class::Bool);
                self.has_class(*b, self.class(*a));
            }
            Op::New { header, fields } => self.new_object(*header, fields),
            Op::NewArray { capacity, .. } => self.has_class(*capacity, Int),
            Op::Load { object, .. }
            | Op::LoadMutable { object, .. }
            | Op::Store { object, .. }
            | Op::Address(object) => self.has_class(*object, Ref),
            Op::ArrayGet { array, index, .. } | Op::ArraySet { array, index, .. } => {
                self.has_class(*array, Ref);
                self.has_class(*index, Int);
            }
            Op::LoadBytes { address, offset, width, .. } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
                self.in_range(op, matches!(width, 1 | 2 | 4 | 8));
            }
            Op::LoadVector { address, offset } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
            }
            Op::StoreBytes { address, offset, value, width, .. } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
                self.has_class(*value, Int);
                self.in_range(op, matches!(width, 1 | 2 | 4 | 8));
            }
            Op::StoreVector { address, offset, value } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
                self.has_class(*value, Vector);
            }
            Op::Call { function, arguments } => self.call(*function, arguments),
            Op::CallClosure { closure, arguments, .. } => {
                self.has_class(*closure, Ref);
                self.no_address(arguments);
            }
            Op::Runtime { arguments, .. } => self.no_address(arguments),
        }
    }

    fn no_address(&mut self, arguments: &[Value]) {
        if arguments.iter().any(|argument| self.class(*argument) == Class::Address) {
            self.error("an address is passed on".to_owned());
        }
    }

    fn new_object(&mut self, header: u64, fields: &[Value]) {
        let (words, references) = (words_of(header) as usize, references_of(header) as usize);
        if words != fields.len() {
            return self.error(format!("an object of {words} words is given {}", fields.len()));
        }
        let is_closure = kind_of(header) == Kind::Closure;
        let first = usize::from(is_closure);
        for (index, field) in fields.iter().enumerate() {
            let expected = index >= first && index < first + references;
            let class = self.class(*field);
            if (class == Class::Ref) != expected || matches!(class, Class::Vector | Class::Address) {
                self.error(format!("field {index} of an object is {class:?}"));
            }
        }
    }

    pub(super) fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Jump(block, arguments) => self.edge(*block, arguments),
            Terminator::Branch(condition, then, otherwise) => {
                self.has_class(*condition, Class::Bool);
                self.edge(then.0, &then.1);
                self.edge(otherwise.0, &otherwise.1);
            }
            Terminator::Switch(value, cases, otherwise) => {
                self.has_class(*value, Class::Int);
                cases.iter().for_each(|(_, block)| self.edge(*block, &[]));
                self.edge(*otherwise, &[]);
                let mut numbers: Vec<i64> = cases.iter().map(|(case, _)| *case).collect();
                numbers.sort_unstable();
                if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
                    self.error(format!("a switch has the case {} twice", twice[0]));
                }
            }
            Terminator::Return(value) => self.has_class(*value, self.function.result),
            Terminator::TailCall { function, arguments, .. } => {
                self.call(*function, arguments);
                if let Some(callee) = self.rules.signatures.get(*function)
                    && callee.result != self.function.result
                {
                    self.error(format!("tail call of {}, whose result is {:?}", callee.name, callee.result));
                }
            }
            Terminator::TailCallClosure { closure, arguments, .. } => {
                self.has_class(*closure, Class::Ref);
                self.no_address(arguments);
            }
            Terminator::PanicWith { message, .. } => self.has_class(*message, Class::Ref),
            Terminator::Panic { .. } | Terminator::Unreachable => {}
        }
    }

    fn edge(&mut self, block: BlockId, arguments: &[Value]) {
        let params = &self.function.blocks[block].params;
        let classes: Vec<Class> = params.iter().map(|param| self.class(*param)).collect();
        self.passes(&block.to_string(), arguments, &classes);
    }
}
