//! The texts of values: Display and Debug, the library's and derived ones.

use super::{Machine, Outcome, Stop, Value};
use crate::program::Program;

/// What interpolation shows.
pub fn display(program: &Program, value: &Value) -> Outcome<String> {
    shown(program, value, false)
}

/// What `inspect` shows: names of fields, strings in quotes.
pub fn inspect(program: &Program, value: &Value) -> Outcome<String> {
    shown(program, value, true)
}

fn shown(program: &Program, value: &Value, debug: bool) -> Outcome<String> {
    let list = |values: &[Value]| -> Outcome<String> {
        let texts =
            values.iter().map(|value| shown(program, value, debug)).collect::<Outcome<Vec<String>>>()?;
        Ok(texts.join(", "))
    };
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
        Value::Tuple(parts) => format!("({})", list(parts)?),
        Value::List(parts) => format!("[{}]", list(parts)?),
        Value::Map(pairs) => {
            let text = |(key, value): &(Value, Value)| {
                Ok(format!("{} => {}", shown(program, key, debug)?, shown(program, value, debug)?))
            };
            format!("%{{{}}}", pairs.iter().map(text).collect::<Outcome<Vec<String>>>()?.join(", "))
        }
        Value::Set(members) => format!("#{{{}}}", list(members)?),
        Value::Data { declaration, constructor, fields } => {
            let declared = &program.declarations[*declaration];
            let name = &declared.constructors[*constructor].name;
            if declared.is_struct && debug {
                let text = |(number, field): (usize, &Value)| {
                    Ok(format!("{}: {}", crate::print::field_name(number), shown(program, field, true)?))
                };
                let fields = fields.iter().enumerate().map(text).collect::<Outcome<Vec<String>>>()?;
                if fields.is_empty() {
                    format!("{name} {{}}")
                } else {
                    format!("{name} {{ {} }}", fields.join(", "))
                }
            } else if declared.is_struct || !fields.is_empty() {
                format!("{name}({})", list(fields)?)
            } else {
                name.clone()
            }
        }
        _ => unreachable!("{value:?} is not shown"),
    })
}

impl Machine<'_> {
    /// A text that an intrinsic of the library makes.
    pub fn shown(&mut self, value: &Value, debug: bool) -> Outcome {
        let text = shown(self.program, value, debug)?;
        self.room(text.len())?;
        Ok(Value::string(text))
    }
}
