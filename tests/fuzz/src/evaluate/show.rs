//! The texts of values: Display and Debug, the library's, derived ones, and those that types have written.

use super::{Environment, Machine, Outcome, Stop, Value};
use crate::program::Bound;

impl Machine<'_> {
    /// The text of a value, by Display or, with names of fields and with strings in quotes, by Debug.
    pub fn text_of(&mut self, value: &Value, debug: bool) -> Outcome<String> {
        if let (Some(own), false) = (self.own_method(value, Bound::Display), debug) {
            return match self.enter(own, Environment::default(), vec![value.clone()])? {
                Value::String(text) => Ok(text.to_string()),
                other => unreachable!("{other:?} is a text"),
            };
        }
        Ok(match value {
            Value::Int(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::String(text) if debug => {
                if text.chars().any(|letter| letter.is_control() || letter == '"' || letter == '\\') {
                    return Err(Stop::Unspecified("how Debug shows what needs an escape"));
                }
                format!("\"{text}\"")
            }
            Value::String(text) => text.to_string(),
            Value::Bytes(bytes) => {
                let texts: Vec<String> = bytes.iter().map(u8::to_string).collect();
                format!("<<{}>>", texts.join(", "))
            }
            Value::Unit => "()".into(),
            Value::Range(first, stop) if debug => format!("Range {{ first: {first}, stop: {stop} }}"),
            Value::Range(first, stop) => format!("{first}..{stop}"),
            Value::Tuple(parts) => format!("({})", self.list(parts, debug)?),
            Value::List(parts) => format!("[{}]", self.list(parts, debug)?),
            Value::Map(pairs) => {
                let mut texts = Vec::new();
                for (key, value) in pairs.iter() {
                    texts.push(format!("{} => {}", self.text_of(key, debug)?, self.text_of(value, debug)?));
                }
                format!("%{{{}}}", texts.join(", "))
            }
            Value::Set(members) => format!("#{{{}}}", self.list(members, debug)?),
            Value::Data { declaration, constructor, fields } => {
                let program = self.program;
                let declared = &program.declarations[*declaration];
                let name = &declared.constructors[*constructor].name;
                if declared.is_struct && debug {
                    let mut texts = Vec::new();
                    for (number, field) in fields.iter().enumerate() {
                        texts.push(format!(
                            "{}: {}",
                            crate::print::field_name(number),
                            self.text_of(field, true)?
                        ));
                    }
                    if texts.is_empty() {
                        format!("{name} {{}}")
                    } else {
                        format!("{name} {{ {} }}", texts.join(", "))
                    }
                } else if declared.is_struct || !fields.is_empty() {
                    format!("{name}({})", self.list(fields, debug)?)
                } else {
                    name.clone()
                }
            }
            _ => unreachable!("{value:?} is not shown"),
        })
    }

    fn list(&mut self, values: &[Value], debug: bool) -> Outcome<String> {
        let mut texts = Vec::new();
        for value in values {
            texts.push(self.text_of(value, debug)?);
        }
        Ok(texts.join(", "))
    }

    /// A text that a function of the library makes.
    pub fn shown(&mut self, value: &Value, debug: bool) -> Outcome {
        let text = self.text_of(value, debug)?;
        self.room(text.len())?;
        Ok(Value::string(text))
    }
}
