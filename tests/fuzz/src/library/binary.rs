//! `Bytes` and `Buffer`.

use super::call::{Arguments, crash};
use crate::evaluate::{LONGEST, Machine, Outcome, Stop, Value};

/// Width in bytes, and is the highest byte first? For `u16_be`, `set_u64`, `append_u8` and their like.
fn width(function: &str) -> Option<(usize, bool)> {
    let name = function.trim_start_matches("set_").trim_start_matches("append_");
    let (name, big) = name.strip_suffix("_be").map_or((name, false), |name| (name, true));
    let bytes = match name {
        "get" | "set" | "u8" => 1,
        "u16" => 2,
        "u32" => 4,
        "u64" => 8,
        _ => return None,
    };
    Some((bytes, big))
}

/// Where an access of this width begins, if all of it is inside.
fn place(name: &str, at: i64, width: usize, length: usize) -> Outcome<usize> {
    match usize::try_from(at) {
        Ok(at) if at.checked_add(width).is_some_and(|end| end <= length) => Ok(at),
        _ => crash(format!("{name}: index {at} out of bounds (len {length})")),
    }
}

fn load(bytes: &[u8], big: bool) -> i64 {
    let from_highest = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    let number =
        if big { bytes.iter().fold(0, from_highest) } else { bytes.iter().rev().fold(0, from_highest) };
    number as i64
}

fn stored(value: i64, width: usize, big: bool) -> Vec<u8> {
    let mut bytes = value.to_le_bytes()[..width].to_vec();
    if big {
        bytes.reverse();
    }
    bytes
}

/// A range of positions that must be inside.
fn cut(name: &str, first: i64, stop: i64, length: usize) -> Outcome<std::ops::Range<usize>> {
    if first < 0 || stop < first || stop > length as i64 {
        return crash(format!("{name}: {first}..{stop} out of bounds (len {length})"));
    }
    Ok(first as usize..stop as usize)
}

pub fn bytes(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    let made = |machine: &mut Machine, bytes: Vec<u8>| -> Outcome {
        machine.room(bytes.len())?;
        Ok(Value::Bytes(bytes.into()))
    };
    match function {
        "empty" => return made(machine, Vec::new()),
        "join" => {
            let mut all = Vec::new();
            for part in arguments.parts(0) {
                let Value::Bytes(part) = part else { unreachable!("a list of Bytes") };
                machine.room(all.len() + part.len())?;
                all.extend_from_slice(part);
            }
            return made(machine, all);
        }
        "from_list" => {
            let low = |value: &Value| match value {
                Value::Int(number) => *number as u8,
                other => unreachable!("{other:?} is an Int"),
            };
            return made(machine, arguments.parts(0).iter().map(low).collect());
        }
        "repeat" => {
            let count = usize::try_from(arguments.int(1)).unwrap_or(0);
            machine.room(count)?;
            return made(machine, vec![arguments.int(0) as u8; count]);
        }
        _ => {}
    }
    let bytes = arguments.bytes(0);
    if let Some((width, big)) = width(function) {
        let at = place(&format!("Bytes.{function}"), arguments.int(1), width, bytes.len())?;
        return Ok(Value::Int(load(&bytes[at..at + width], big)));
    }
    machine.burn(bytes.len() / 8)?;
    Ok(match function {
        "length" => Value::Int(bytes.len() as i64),
        "slice" => {
            Value::Bytes(bytes[cut("Bytes.slice", arguments.int(1), arguments.int(2), bytes.len())?].into())
        }
        "concat" => made(machine, [bytes, arguments.bytes(1)].concat())?,
        "find" => {
            let wanted = arguments.bytes(1);
            let first = usize::try_from(arguments.int(2)).ok().filter(|first| *first <= bytes.len());
            let found = first.and_then(|first| {
                (first..=bytes.len())
                    .find(|at| bytes[*at..].starts_with(wanted))
                    .map(|at| Value::Int(at as i64))
            });
            Value::option(found)
        }
        "to_list" => Value::list(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect()),
        other => unreachable!("Bytes.{other}"),
    })
}

pub fn buffer(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    match function {
        "new" => {
            let capacity = arguments.int(0);
            return match usize::try_from(capacity) {
                Err(_) => crash(format!("Buffer.new: capacity {capacity}")),
                Ok(capacity) if capacity > LONGEST => Err(Stop::Unspecified("how large a buffer may be")),
                Ok(_) => Ok(Value::buffer(Vec::new())),
            };
        }
        "from_bytes" => return Ok(Value::buffer(arguments.bytes(0).to_vec())),
        _ => {}
    }
    let Value::Buffer(shared) = &arguments.0[0] else { unreachable!("a buffer") };
    let length = shared.borrow().len();
    if let Some((width, big)) = width(function) {
        if function.starts_with("append_") {
            machine.room(length + width)?;
            shared.borrow_mut().extend(stored(arguments.int(1), width, big));
            return Ok(Value::Unit);
        }
        let at = place(&format!("Buffer.{function}"), arguments.int(1), width, length)?;
        if function.starts_with("set") {
            shared.borrow_mut()[at..at + width].copy_from_slice(&stored(arguments.int(2), width, big));
            return Ok(Value::Unit);
        }
        return Ok(Value::Int(load(&shared.borrow()[at..at + width], big)));
    }
    machine.burn(length / 8)?;
    match function {
        "length" => return Ok(Value::Int(length as i64)),
        "copy" => {
            let range = cut(&format!("Buffer.{function}"), arguments.int(1), arguments.int(2), length)?;
            return Ok(Value::Bytes(shared.borrow()[range].into()));
        }
        // What is frozen is gone, and the rest as well.
        "freeze" => {
            let range = cut(&format!("Buffer.{function}"), arguments.int(1), arguments.int(2), length)?;
            return Ok(Value::Bytes(std::mem::take(&mut *shared.borrow_mut())[range].into()));
        }
        "take_all" => return Ok(Value::Bytes(std::mem::take(&mut *shared.borrow_mut()).into())),
        "reserve" => {
            let more = arguments.int(1);
            match usize::try_from(more) {
                Err(_) => return crash(format!("Buffer.reserve: {more} bytes")),
                Ok(more) if more > LONGEST => return Err(Stop::Unspecified("how large a buffer may be")),
                Ok(_) => {}
            }
        }
        "clear" => shared.borrow_mut().clear(),
        "truncate" | "consume" => {
            let count = arguments.int(1);
            if count < 0 || count > length as i64 {
                return crash(format!("Buffer.{function}: {count} out of bounds (len {length})"));
            }
            match function {
                "truncate" => shared.borrow_mut().truncate(count as usize),
                _ => drop(shared.borrow_mut().drain(..count as usize)),
            }
        }
        "shrink" => {}
        "append" => {
            machine.room(length + arguments.bytes(1).len())?;
            shared.borrow_mut().extend_from_slice(arguments.bytes(1));
        }
        "append_string" => {
            machine.room(length + arguments.text(1).len())?;
            shared.borrow_mut().extend_from_slice(arguments.text(1).as_bytes());
        }
        "append_buffer" => {
            let Value::Buffer(other) = &arguments.0[1] else { unreachable!("a buffer") };
            let range =
                cut(&format!("Buffer.{function}"), arguments.int(2), arguments.int(3), other.borrow().len())?;
            let added = other.borrow()[range].to_vec();
            machine.room(length + added.len())?;
            shared.borrow_mut().extend(added);
        }
        other => unreachable!("Buffer.{other}"),
    }
    Ok(Value::Unit)
}
