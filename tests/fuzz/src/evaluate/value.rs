//! Values. Each says itself what it is, so that the evaluator needs no types.

use crate::program::{Closure, Name};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Clone, Debug)]
pub enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    String(Rc<str>),
    Bytes(Rc<[u8]>),
    Unit,
    Range(i64, i64),
    Tuple(Rc<[Value]>),
    List(Rc<[Value]>),
    /// In the order in which the keys were first put.
    Map(Rc<Vec<(Value, Value)>>),
    Set(Rc<[Value]>),
    /// Of a struct or sum type: its declaration, and which constructor.
    Data {
        declaration: usize,
        constructor: usize,
        fields: Rc<[Value]>,
    },
    Function(Function),
    Buffer(Rc<RefCell<Vec<u8>>>),
    Vector([u8; 16]),
    Cell(Rc<RefCell<Value>>),
    Actor(Rc<Process>),
    Service(Rc<Process>),
}

/// What can be called.
#[derive(Clone, Debug)]
pub enum Function {
    Closure(Rc<Closure>, Environment),
    Named(usize),
    Library(usize),
    Constructor(usize, usize),
}

/// An actor that was started: which one it is now, with what state; or nothing, when it has ended.
#[derive(Debug)]
pub struct Process {
    pub now: Cell<usize>,
    pub state: RefCell<Option<Vec<Value>>>,
    /// Why it has ended, as others are told.
    pub reason: RefCell<String>,
}

/// The variables in scope, the innermost first. Cheap to copy, so that closures capture it whole.
#[derive(Clone, Debug, Default)]
pub struct Environment(Option<Rc<Binding>>);

#[derive(Debug)]
struct Binding {
    name: Name,
    value: Value,
    outer: Environment,
}

impl Environment {
    pub fn bind(&mut self, name: Name, value: Value) {
        let outer = std::mem::take(self);
        self.0 = Some(Rc::new(Binding { name, value, outer }));
    }

    pub fn get(&self, name: Name) -> Option<&Value> {
        let mut at = self;
        while let Some(binding) = &at.0 {
            if binding.name == name {
                return Some(&binding.value);
            }
            at = &binding.outer;
        }
        None
    }
}

impl Drop for Environment {
    /// Long chains are taken apart one by one: a recursive drop would need a deep stack.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(binding) = next {
            match Rc::try_unwrap(binding) {
                Ok(mut binding) => next = binding.outer.0.take(),
                Err(_) => break,
            }
        }
    }
}

impl Value {
    pub fn string(text: impl AsRef<str>) -> Value {
        Value::String(text.as_ref().into())
    }

    pub fn list(values: Vec<Value>) -> Value {
        Value::List(values.into())
    }

    pub fn none() -> Value {
        Value::Data { declaration: 0, constructor: 0, fields: Rc::new([]) }
    }

    pub fn some(value: Value) -> Value {
        Value::Data { declaration: 0, constructor: 1, fields: Rc::new([value]) }
    }

    pub fn option(value: Option<Value>) -> Value {
        value.map_or_else(Value::none, Value::some)
    }

    pub fn ok(value: Value) -> Value {
        Value::Data { declaration: 1, constructor: 0, fields: Rc::new([value]) }
    }

    pub fn err(value: Value) -> Value {
        Value::Data { declaration: 1, constructor: 1, fields: Rc::new([value]) }
    }

    pub fn ordering(ordering: std::cmp::Ordering) -> Value {
        Value::Data { declaration: 2, constructor: (ordering as i8 + 1) as usize, fields: Rc::new([]) }
    }

    pub fn buffer(bytes: Vec<u8>) -> Value {
        Value::Buffer(Rc::new(RefCell::new(bytes)))
    }
}
