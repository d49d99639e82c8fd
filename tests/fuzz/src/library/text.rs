//! `String`.

use super::call::Arguments;
use crate::evaluate::{Machine, Outcome, Value};

pub fn call(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    if function == "join" {
        return join(machine, arguments);
    }
    if function == "from_utf8" {
        return Ok(Value::option(std::str::from_utf8(arguments.bytes(0)).ok().map(Value::string)));
    }
    let text = arguments.text(0);
    let other = || arguments.text(1);
    machine.burn(text.len() / 8)?;
    Ok(match function {
        "length" => Value::Int(text.chars().count() as i64),
        "is_empty" => Value::Bool(text.is_empty()),
        "to_bytes" => Value::Bytes(text.as_bytes().into()),
        "concat" => made(machine, format!("{text}{}", other()))?,
        "slice" => {
            let first = arguments.int(1).max(0);
            let stop = arguments.int(2).max(first);
            let count = usize::try_from(stop - first).unwrap_or(usize::MAX);
            let first = usize::try_from(first).unwrap_or(usize::MAX);
            Value::string(text.chars().skip(first).take(count).collect::<String>())
        }
        "contains" => Value::Bool(text.contains(other())),
        "starts_with" => Value::Bool(text.starts_with(other())),
        "ends_with" => Value::Bool(text.ends_with(other())),
        "trim" => Value::string(text.trim()),
        "to_upper" => made(machine, text.to_uppercase())?,
        "to_lower" => made(machine, text.to_lowercase())?,
        "replace" => {
            machine.room(text.len() * (1 + arguments.text(2).len()))?;
            made(machine, text.replace(other(), arguments.text(2)))?
        }
        "split" => Value::list(text.split(other()).map(Value::string).collect()),
        "split_once" => Value::option(
            text.split_once(other())
                .map(|(before, behind)| Value::Tuple([Value::string(before), Value::string(behind)].into())),
        ),
        "repeat" => {
            let count = usize::try_from(arguments.int(1)).unwrap_or(0);
            machine.room(text.len().max(1).saturating_mul(count))?;
            Value::string(text.repeat(count))
        }
        "to_int" => Value::option(text.trim().parse().ok().map(Value::Int)),
        "to_float" => Value::option(text.trim().parse().ok().map(Value::Float)),
        other => unreachable!("String.{other}"),
    })
}

fn join(machine: &mut Machine, arguments: &Arguments) -> Outcome {
    let mut texts = Vec::new();
    for value in arguments.parts(0) {
        let Value::String(text) = value else { unreachable!("a list of texts") };
        texts.push(&**text);
    }
    let text = texts.join(arguments.text(1));
    made(machine, text)
}

fn made(machine: &mut Machine, text: String) -> Outcome {
    machine.room(text.len())?;
    Ok(Value::string(text))
}
