//! `U8x16`.

use super::call::{Arguments, crash};
use crate::evaluate::{Outcome, Stop, Value};

pub fn call(function: &str, arguments: &Arguments) -> Outcome {
    let vector = |at: usize| match arguments.0[at] {
        Value::Vector(bytes) => bytes,
        ref other => unreachable!("{other:?} is a vector"),
    };
    let each = |f: fn(u8, u8) -> u8| {
        let (a, b) = (vector(0), vector(1));
        Ok(Value::Vector(std::array::from_fn(|at| f(a[at], b[at]))))
    };
    // The last so many bytes of the first, then the second without so many at its end.
    let earlier = |count: usize| {
        let both = [vector(0), vector(1)].concat();
        Ok(Value::Vector(std::array::from_fn(|at| both[at + 16 - count])))
    };
    match function {
        "load" => {
            let Value::Buffer(buffer) = &arguments.0[0] else { unreachable!("a buffer") };
            load(function, &buffer.borrow(), arguments.int(1))
        }
        "load_bytes" => load(function, arguments.bytes(0), arguments.int(1)),
        "store" => {
            let Value::Buffer(buffer) = &arguments.0[0] else { unreachable!("a buffer") };
            let mut buffer = buffer.borrow_mut();
            let at = place(function, arguments.int(1), buffer.len())?;
            buffer[at..at + 16].copy_from_slice(&vector(2));
            Ok(Value::Unit)
        }
        "splat" => Ok(Value::Vector([arguments.int(0) as u8; 16])),
        "band" => each(|a, b| a & b),
        "bor" => each(|a, b| a | b),
        "bxor" => each(|a, b| a ^ b),
        "add" => each(u8::wrapping_add),
        "sub" => each(u8::wrapping_sub),
        "sub_saturating" => each(u8::saturating_sub),
        "equal" => each(|a, b| if a == b { 255 } else { 0 }),
        "greater" => each(|a, b| if a > b { 255 } else { 0 }),
        "high_nibbles" => Ok(Value::Vector(vector(0).map(|byte| byte >> 4))),
        "low_nibbles" => Ok(Value::Vector(vector(0).map(|byte| byte & 15))),
        "lookup" => {
            let (table, indexes) = (vector(0), vector(1));
            if indexes.iter().any(|index| *index > 15) {
                return Err(Stop::Unspecified("an index above 15"));
            }
            Ok(Value::Vector(indexes.map(|index| table[usize::from(index)])))
        }
        "predecessors" => earlier(1),
        "predecessors_2" => earlier(2),
        "predecessors_3" => earlier(3),
        "any" => Ok(Value::Bool(vector(0).iter().any(|byte| *byte != 0))),
        "high_bits" => {
            Ok(Value::Int(vector(0).iter().enumerate().map(|(at, byte)| i64::from(byte >> 7) << at).sum()))
        }
        other => unreachable!("U8x16.{other}"),
    }
}

fn place(function: &str, at: i64, length: usize) -> Outcome<usize> {
    match usize::try_from(at) {
        Ok(place) if place.checked_add(16).is_some_and(|end| end <= length) => Ok(place),
        _ => crash(format!("U8x16.{function}: index {at} out of bounds (len {length})")),
    }
}

fn load(function: &str, bytes: &[u8], at: i64) -> Outcome {
    let at = place(function, at, bytes.len())?;
    Ok(Value::Vector(bytes[at..at + 16].try_into().expect("sixteen bytes")))
}
