//! Operators whose operands are both worked out.

use super::{Environment, Machine, Outcome, Stop, Value, partial_compare};
use crate::program::BinaryOperator::{self, *};
use crate::program::Bound;
use std::cmp::Ordering;

impl Machine<'_> {
    pub fn operate(&mut self, operator: BinaryOperator, left: Value, right: Value) -> Outcome {
        match (&left, &right) {
            (Value::Int(a), Value::Int(b)) => {
                if let Some(value) = integers(operator, *a, *b)? {
                    return Ok(value);
                }
            }
            (Value::Float(a), Value::Float(b)) => {
                if let Some(value) = floats(operator, *a, *b) {
                    return Ok(value);
                }
            }
            _ => {}
        }
        let truth = match operator {
            Equal => self.equal(&left, &right)?,
            NotEqual => !self.equal(&left, &right)?,
            Less => partial_compare(&left, &right).is_some_and(Ordering::is_lt),
            LessEqual => partial_compare(&left, &right).is_some_and(Ordering::is_le),
            Greater => partial_compare(&left, &right).is_some_and(Ordering::is_gt),
            GreaterEqual => partial_compare(&left, &right).is_some_and(Ordering::is_ge),
            Concat => return self.concat(&left, &right),
            Add => {
                let own = self.own_method(&left, Bound::Add).expect("the type has an addition");
                return self.enter(own, Environment::default(), vec![left, right]);
            }
            other => unreachable!("{left:?} {other:?} {right:?}"),
        };
        Ok(Value::Bool(truth))
    }

    fn concat(&mut self, left: &Value, right: &Value) -> Outcome {
        match (left, right) {
            (Value::String(a), Value::String(b)) => {
                self.room(a.len() + b.len())?;
                Ok(Value::string(format!("{a}{b}")))
            }
            (Value::List(a), Value::List(b)) => {
                self.room(a.len() + b.len())?;
                Ok(Value::list(a.iter().chain(b.iter()).cloned().collect()))
            }
            _ => unreachable!("{left:?} and {right:?} are not joined"),
        }
    }
}

/// `+`, `-`, `*` wrap; a division that has no result ends the actor. The remainder has the dividend's sign.
fn integers(operator: BinaryOperator, a: i64, b: i64) -> Outcome<Option<Value>> {
    let crash = |text: &str| Err(Stop::Crash(text.into()));
    Ok(Some(Value::Int(match operator {
        Add => a.wrapping_add(b),
        Subtract => a.wrapping_sub(b),
        Multiply => a.wrapping_mul(b),
        Divide | Remainder if b == 0 => return crash("division by zero"),
        Divide | Remainder if a == i64::MIN && b == -1 => return crash("integer overflow in division"),
        Divide => a / b,
        Remainder => a % b,
        Range => return Ok(Some(Value::Range(a, b))),
        _ => return Ok(None),
    })))
}

fn floats(operator: BinaryOperator, a: f64, b: f64) -> Option<Value> {
    let number = match operator {
        Add => a + b,
        Subtract => a - b,
        Multiply => a * b,
        Divide => a / b,
        Remainder => a % b,
        _ => return None,
    };
    Some(Value::Float(number))
}
