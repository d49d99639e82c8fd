//! What a library function gives for its arguments.

use super::{arithmetic, binary, collections, functions, text, vectors};
use crate::evaluate::{Machine, Outcome, Stop, Value, compare, hash};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;

/// Calls the function at this position of the table.
pub fn call(machine: &mut Machine, function: usize, arguments: Vec<Value>) -> Outcome {
    let name = functions()[function].name;
    machine.burn(1)?;
    let arguments = Arguments(arguments);
    match name.split_once('.') {
        None => prelude(machine, name, &arguments),
        Some(("Int" | "Float" | "Bool", function)) => arithmetic::call(name, function, &arguments),
        Some(("Math", function)) => math(function, &arguments),
        Some(("String", function)) => text::call(machine, function, &arguments),
        Some(("List", function)) => collections::list(machine, function, &arguments),
        Some(("Option", function)) => collections::option(machine, function, &arguments),
        Some(("Result", function)) => collections::result(machine, function, &arguments),
        Some(("Map", function)) => collections::map(machine, function, &arguments),
        Some(("Set", function)) => collections::set(machine, function, &arguments),
        Some(("Range", function)) => collections::range(machine, function, &arguments),
        Some(("Tuple", "first")) => Ok(arguments.parts(0)[0].clone()),
        Some(("Tuple", _)) => Ok(arguments.parts(0)[1].clone()),
        Some(("Cell", function)) => Ok(cell(function, &arguments)),
        Some(("Bytes", function)) => binary::bytes(machine, function, &arguments),
        Some(("Buffer", function)) => binary::buffer(machine, function, &arguments),
        Some((_, function)) => vectors::call(function, &arguments),
    }
}

fn prelude(machine: &mut Machine, name: &str, arguments: &Arguments) -> Outcome {
    let value = &arguments.0[0];
    Ok(match name {
        "compare" => Value::ordering(compare(value, &arguments.0[1])),
        "to_string" => return machine.shown(value, false),
        "inspect" => return machine.shown(value, true),
        "hash" => Value::Int(hash(machine.program, value)?),
        "panic" => return crash(arguments.text(0)),
        other => unreachable!("{other}"),
    })
}

fn math(function: &str, arguments: &Arguments) -> Outcome {
    Ok(match (function, &arguments.0[0]) {
        ("sqrt", Value::Float(value)) => Value::Float(value.sqrt()),
        ("floor", Value::Float(value)) => Value::Int(value.floor() as i64),
        ("ceil", Value::Float(value)) => Value::Int(value.ceil() as i64),
        ("round", Value::Float(value)) => Value::Int(value.round() as i64),
        ("min", value) if compare(value, &arguments.0[1]) == Ordering::Greater => arguments.0[1].clone(),
        ("max", value) if compare(value, &arguments.0[1]) == Ordering::Less => arguments.0[1].clone(),
        ("min" | "max", value) => value.clone(),
        (other, _) => unreachable!("{other}"),
    })
}

fn cell(function: &str, arguments: &Arguments) -> Value {
    match (function, &arguments.0[0]) {
        ("new", value) => Value::Cell(Rc::new(RefCell::new(value.clone()))),
        ("get", Value::Cell(cell)) => cell.borrow().clone(),
        ("set", Value::Cell(cell)) => {
            *cell.borrow_mut() = arguments.0[1].clone();
            Value::Unit
        }
        (other, _) => unreachable!("{other}"),
    }
}

pub fn crash<T>(text: impl Into<String>) -> Outcome<T> {
    Err(Stop::Crash(text.into()))
}

/// Arguments, read as what the table says that they are.
pub struct Arguments(pub Vec<Value>);

impl Arguments {
    pub fn int(&self, at: usize) -> i64 {
        let Value::Int(number) = self.0[at] else { unreachable!("{:?} is an Int", self.0[at]) };
        number
    }

    pub fn float(&self, at: usize) -> f64 {
        let Value::Float(number) = self.0[at] else { unreachable!("{:?} is a Float", self.0[at]) };
        number
    }

    pub fn text(&self, at: usize) -> &str {
        let Value::String(text) = &self.0[at] else { unreachable!("{:?} is a String", self.0[at]) };
        text
    }

    pub fn bytes(&self, at: usize) -> &[u8] {
        let Value::Bytes(bytes) = &self.0[at] else { unreachable!("{:?} is Bytes", self.0[at]) };
        bytes
    }

    /// The elements of a list or set, or the parts of a tuple.
    pub fn parts(&self, at: usize) -> &[Value] {
        match &self.0[at] {
            Value::List(values) | Value::Set(values) | Value::Tuple(values) => values,
            other => unreachable!("{other:?} is a list, a set or a tuple"),
        }
    }

    /// Constructor and first field of an Option or Result.
    pub fn outcome(&self, at: usize) -> (usize, Option<&Value>) {
        let Value::Data { constructor, fields, .. } = &self.0[at] else { unreachable!("{:?}", self.0[at]) };
        (*constructor, fields.first())
    }
}
