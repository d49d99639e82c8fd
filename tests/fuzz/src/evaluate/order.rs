//! Equality, order and hashes of values: what the library defines and what types derive.

use super::{Environment, Machine, Outcome, Stop, Value};
use crate::program::{Bound, Closure, Program};
use std::cmp::Ordering;

impl<'a> Machine<'a> {
    /// The implementation that the value's type has itself written.
    pub fn own_method(&self, value: &Value, bound: Bound) -> Option<&'a Closure> {
        let Value::Data { declaration, .. } = value else { return None };
        self.program.declarations[*declaration].own(bound)
    }

    pub fn equal(&mut self, a: &Value, b: &Value) -> Outcome<bool> {
        if let Some(own) = self.own_method(a, Bound::Eq) {
            return match self.enter(own, Environment::default(), vec![a.clone(), b.clone()])? {
                Value::Bool(truth) => Ok(truth),
                other => unreachable!("{other:?} is an answer"),
            };
        }
        Ok(match (a, b) {
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Unit, Value::Unit) => true,
            (Value::Range(a, b), Value::Range(c, d)) => a == c && b == d,
            (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => self.all_equal(a, b)?,
            (
                Value::Data { constructor: first, fields: a, .. },
                Value::Data { constructor: second, fields: b, .. },
            ) => first == second && self.all_equal(a, b)?,
            (Value::Map(a), Value::Map(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (key, value) in a.iter() {
                    match self.find(b, key)? {
                        Some(position) if self.equal(&b[position].1, value)? => {}
                        _ => return Ok(false),
                    }
                }
                true
            }
            (Value::Set(a), Value::Set(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for member in a.iter() {
                    if !self.contains(b, member)? {
                        return Ok(false);
                    }
                }
                true
            }
            _ => unreachable!("{a:?} == {b:?}"),
        })
    }

    fn all_equal(&mut self, a: &[Value], b: &[Value]) -> Outcome<bool> {
        if a.len() != b.len() {
            return Ok(false);
        }
        for (a, b) in a.iter().zip(b) {
            if !self.equal(a, b)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The position of a map's key.
    pub fn find(&mut self, pairs: &[(Value, Value)], wanted: &Value) -> Outcome<Option<usize>> {
        for (position, (key, _)) in pairs.iter().enumerate() {
            if self.equal(key, wanted)? {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }

    pub fn contains(&mut self, values: &[Value], wanted: &Value) -> Outcome<bool> {
        for value in values {
            if self.equal(value, wanted)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What the operators go by: nothing stands in an order to NaN, and a NaN inside decides.
pub fn partial_compare(a: &Value, b: &Value) -> Option<Ordering> {
    ordered(a, b, &|a, b| a.partial_cmp(&b))
}

/// What `compare` answers: the same with NaN equal to itself, and behind all other numbers.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    let total = |a: f64, b: f64| Some(a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())));
    ordered(a, b, &total).expect("the order is total")
}

fn ordered(a: &Value, b: &Value, floats: &dyn Fn(f64, f64) -> Option<Ordering>) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => return floats(*a, *b),
        (Value::String(a), Value::String(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Unit, Value::Unit) => Ordering::Equal,
        (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
            return in_turn(a, b, floats);
        }
        (
            Value::Data { constructor: first, fields: a, .. },
            Value::Data { constructor: second, fields: b, .. },
        ) => match first.cmp(second) {
            Ordering::Equal => return in_turn(a, b, floats),
            different => different,
        },
        _ => unreachable!("{a:?} < {b:?}"),
    })
}

/// The first difference decides, then the length.
fn in_turn(a: &[Value], b: &[Value], floats: &dyn Fn(f64, f64) -> Option<Ordering>) -> Option<Ordering> {
    for (a, b) in a.iter().zip(b) {
        match ordered(a, b, floats)? {
            Ordering::Equal => {}
            different => return Some(different),
        }
    }
    Some(a.len().cmp(&b.len()))
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// 64-bit FNV-1a, as `hash` is documented: of structs the fields, of sum types the constructor's number before them.
pub fn hash(program: &Program, value: &Value) -> Outcome<i64> {
    Ok(match value {
        Value::Int(number) => fnv(START, &number.to_le_bytes()),
        Value::Float(number) if number.is_nan() => return Err(Stop::Unspecified("which NaN it is")),
        // Both zeros are equal, and share a hash.
        Value::Float(number) => fnv(START, &(number + 0.0).to_bits().to_le_bytes()),
        Value::Bool(truth) => fnv(START, &[u8::from(*truth)]),
        Value::String(text) => fnv(START, text.as_bytes()),
        Value::Bytes(bytes) => fnv(START, bytes),
        Value::Unit => START,
        Value::Range(first, stop) => combined(program, START, &[Value::Int(*first), Value::Int(*stop)])?,
        Value::Tuple(parts) | Value::List(parts) => combined(program, START, parts)?,
        Value::Data { declaration, fields, .. } if program.declarations[*declaration].is_struct => {
            combined(program, START, fields)?
        }
        Value::Data { constructor, fields, .. } => {
            let start = combined(program, START, &[Value::Int(*constructor as i64)])?;
            combined(program, start, fields)?
        }
        _ => unreachable!("hash({value:?})"),
    } as i64)
}

fn combined(program: &Program, start: u64, parts: &[Value]) -> Outcome<u64> {
    parts.iter().try_fold(start, |so_far, part| Ok(fnv(so_far, &hash(program, part)?.to_le_bytes())))
}

fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
