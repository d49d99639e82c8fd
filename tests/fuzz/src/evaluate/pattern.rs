//! Matching a value against a pattern.

use super::{Environment, Machine, Outcome, Value};
use crate::program::Pattern;

impl Machine<'_> {
    /// Does it match? Names that it binds are in the environment then; when it does not match, some may be, too.
    pub fn matches(
        &mut self,
        pattern: &Pattern,
        value: &Value,
        environment: &mut Environment,
    ) -> Outcome<bool> {
        self.burn(1)?;
        Ok(match (pattern, value) {
            (Pattern::Wildcard, _) => true,
            (Pattern::Variable(name), _) => {
                environment.bind(*name, value.clone());
                true
            }
            (Pattern::Int(wanted), Value::Int(number)) => wanted == number,
            (Pattern::Bool(wanted), Value::Bool(truth)) => wanted == truth,
            (Pattern::String(wanted), Value::String(text)) => **wanted == **text,
            (Pattern::Unit, Value::Unit) => true,
            (Pattern::Tuple(patterns), Value::Tuple(parts)) => {
                self.all_match(patterns, parts, environment)?
            }
            (Pattern::Constructor(_, wanted, patterns), Value::Data { constructor, fields, .. }) => {
                wanted == constructor && self.all_match(patterns, fields, environment)?
            }
            (Pattern::Struct(_, patterns), Value::Data { fields, .. }) => {
                for (field, pattern) in patterns {
                    if !self.matches(pattern, &fields[*field], environment)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Pattern::List(patterns), Value::List(parts)) => {
                patterns.len() == parts.len() && self.all_match(patterns, parts, environment)?
            }
            (Pattern::Cons(head, tail), Value::List(parts)) => match parts.split_first() {
                Some((first, rest)) => {
                    self.burn(rest.len() / 8)?;
                    self.matches(head, first, environment)?
                        && self.matches(tail, &Value::List(rest.into()), environment)?
                }
                None => false,
            },
            (Pattern::Or(alternatives), _) => {
                for alternative in alternatives {
                    let mut inside = environment.clone();
                    if self.matches(alternative, value, &mut inside)? {
                        *environment = inside;
                        return Ok(true);
                    }
                }
                false
            }
            (Pattern::As(inner, name), _) => {
                let matched = self.matches(inner, value, environment)?;
                environment.bind(*name, value.clone());
                matched
            }
            (Pattern::Bits(segments), Value::Bytes(bytes)) => {
                self.match_bits(segments, bytes, environment)?
            }
            _ => unreachable!("{pattern:?} against {value:?}"),
        })
    }

    fn all_match(
        &mut self,
        patterns: &[Pattern],
        values: &[Value],
        environment: &mut Environment,
    ) -> Outcome<bool> {
        for (pattern, value) in patterns.iter().zip(values) {
            if !self.matches(pattern, value, environment)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
