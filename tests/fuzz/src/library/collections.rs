//! `List`, `Option`, `Result`, `Map`, `Set` and `Range`.

use super::call::{Arguments, crash};
use crate::evaluate::{Machine, Outcome, Value};
use std::rc::Rc;

pub fn list(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    let elements = arguments.parts(0);
    let length = elements.len();
    machine.room(length)?;
    let argument = |at: usize| arguments.0[at].clone();
    Ok(match function {
        "length" => Value::Int(length as i64),
        "is_empty" => Value::Bool(length == 0),
        "get" | "nth" => {
            let index = arguments.int(1);
            match usize::try_from(index).ok().and_then(|index| elements.get(index)) {
                Some(element) => element.clone(),
                None => return crash(format!("List.{function}: index {index} out of bounds (len {length})")),
            }
        }
        "head" | "last" | "tail" if elements.is_empty() => {
            return crash(format!("List.{function}: empty list"));
        }
        "head" => elements[0].clone(),
        "last" => elements[length - 1].clone(),
        "tail" => Value::List(elements[1..].into()),
        "append" => Value::list(elements.iter().cloned().chain([argument(1)]).collect()),
        "prepend" => Value::list([argument(1)].into_iter().chain(elements.iter().cloned()).collect()),
        "concat" => {
            machine.room(length + arguments.parts(1).len())?;
            Value::list(elements.iter().chain(arguments.parts(1)).cloned().collect())
        }
        "take" => Value::List(elements[..arguments.int(1).clamp(0, length as i64) as usize].into()),
        "drop" => Value::List(elements[arguments.int(1).clamp(0, length as i64) as usize..].into()),
        "reverse" => Value::list(elements.iter().rev().cloned().collect()),
        "map" => Value::list(each(machine, elements, &argument(1))?),
        "each" => {
            each(machine, elements, &argument(1))?;
            Value::Unit
        }
        "filter" => {
            let mut kept = Vec::new();
            for element in elements {
                if asks(machine, &arguments.0[1], element)? {
                    kept.push(element.clone());
                }
            }
            Value::list(kept)
        }
        "reduce" => {
            let mut result = argument(1);
            for element in elements {
                result = machine.apply(&arguments.0[2], vec![result, element.clone()])?;
            }
            result
        }
        "flat_map" => {
            let lists = each(machine, elements, &argument(1))?;
            flatten(machine, &lists)?
        }
        "flatten" => flatten(machine, elements)?,
        "enumerate" => Value::list(
            elements
                .iter()
                .enumerate()
                .map(|(at, value)| pair(Value::Int(at as i64), value.clone()))
                .collect(),
        ),
        "zip" => Value::list(
            elements
                .iter()
                .cloned()
                .zip(arguments.parts(1).iter().cloned())
                .map(|(a, b)| pair(a, b))
                .collect(),
        ),
        "find" => Value::option(position(machine, elements, &arguments.0[1])?.map(|at| elements[at].clone())),
        "position" => {
            Value::option(position(machine, elements, &arguments.0[1])?.map(|at| Value::Int(at as i64)))
        }
        "any" => Value::Bool(position(machine, elements, &arguments.0[1])?.is_some()),
        "all" => {
            let mut all = true;
            for element in elements {
                all = asks(machine, &arguments.0[1], element)?;
                if !all {
                    break;
                }
            }
            Value::Bool(all)
        }
        "contains" => Value::Bool(machine.contains(elements, &arguments.0[1])?),
        "sort" => Value::list(sort(machine, elements.to_vec(), &arguments.0[1])?),
        other => unreachable!("List.{other}"),
    })
}

fn pair(a: Value, b: Value) -> Value {
    Value::Tuple([a, b].into())
}

fn each(machine: &mut Machine, elements: &[Value], function: &Value) -> Outcome<Vec<Value>> {
    elements.iter().map(|element| machine.apply(function, vec![element.clone()])).collect()
}

fn asks(machine: &mut Machine, function: &Value, element: &Value) -> Outcome<bool> {
    Ok(matches!(machine.apply(function, vec![element.clone()])?, Value::Bool(true)))
}

fn position(machine: &mut Machine, elements: &[Value], wanted: &Value) -> Outcome<Option<usize>> {
    for (at, element) in elements.iter().enumerate() {
        if asks(machine, wanted, element)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn flatten(machine: &mut Machine, lists: &[Value]) -> Outcome {
    let mut all = Vec::new();
    for list in lists {
        let Value::List(elements) = list else { unreachable!("a list of lists") };
        machine.room(all.len() + elements.len())?;
        all.extend(elements.iter().cloned());
    }
    Ok(Value::list(all))
}

/// A stable merge sort of halves, the first one the shorter: the order of the comparisons can be seen.
fn sort(machine: &mut Machine, elements: Vec<Value>, comparison: &Value) -> Outcome<Vec<Value>> {
    if elements.len() < 2 {
        return Ok(elements);
    }
    let half = elements.len() / 2;
    let a = sort(machine, elements[..half].to_vec(), comparison)?;
    let b = sort(machine, elements[half..].to_vec(), comparison)?;
    let (mut i, mut j) = (0, 0);
    let mut merged = Vec::with_capacity(elements.len());
    while i < a.len() && j < b.len() {
        let second_first = machine.apply(comparison, vec![b[j].clone(), a[i].clone()])?;
        if matches!(second_first, Value::Int(order) if order < 0) {
            merged.push(b[j].clone());
            j += 1;
        } else {
            merged.push(a[i].clone());
            i += 1;
        }
    }
    merged.extend_from_slice(&a[i..]);
    merged.extend_from_slice(&b[j..]);
    Ok(merged)
}

pub fn option(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    let (_, value) = arguments.outcome(0);
    let some = value.cloned();
    let whole = || arguments.0[0].clone();
    let other = || arguments.0[1].clone();
    Ok(match (function, some) {
        ("is_some", some) => Value::Bool(some.is_some()),
        ("is_none", some) => Value::Bool(some.is_none()),
        ("map", Some(value)) => Value::some(machine.apply(&arguments.0[1], vec![value])?),
        ("and_then", Some(value)) => machine.apply(&arguments.0[1], vec![value])?,
        ("map" | "and_then", None) => Value::none(),
        ("or_else", Some(_)) => whole(),
        ("or_else", None) => other(),
        ("unwrap_or", some) => some.unwrap_or_else(other),
        ("expect", Some(value)) => value,
        ("expect", None) => return crash(arguments.text(1)),
        ("ok_or", Some(value)) => Value::ok(value),
        ("ok_or", None) => Value::err(other()),
        (other, _) => unreachable!("Option.{other}"),
    })
}

pub fn result(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    let (constructor, value) = arguments.outcome(0);
    let value = value.expect("both constructors hold something").clone();
    let ok = constructor == 0;
    let whole = || arguments.0[0].clone();
    Ok(match function {
        "is_ok" => Value::Bool(ok),
        "is_err" => Value::Bool(!ok),
        "map" if ok => Value::ok(machine.apply(&arguments.0[1], vec![value])?),
        "map_err" if !ok => Value::err(machine.apply(&arguments.0[1], vec![value])?),
        "and_then" if ok => machine.apply(&arguments.0[1], vec![value])?,
        "map" | "map_err" | "and_then" => whole(),
        "unwrap_or" | "expect" if ok => value,
        "unwrap_or" => arguments.0[1].clone(),
        "expect" => return crash(arguments.text(1)),
        "to_option" => Value::option(ok.then_some(value)),
        other => unreachable!("Result.{other}"),
    })
}

impl Machine<'_> {
    /// Puts a key's value into a map's pairs. A key that was there keeps its place, and stays as it is written there
    /// no more: the new key counts.
    pub fn put(&mut self, pairs: &mut Vec<(Value, Value)>, key: Value, value: Value) -> Outcome<()> {
        self.burn(pairs.len())?;
        match self.find(pairs, &key)? {
            Some(position) => pairs[position] = (key, value),
            None => pairs.push((key, value)),
        }
        Ok(())
    }
}

pub fn map(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    if function == "from_list" {
        let mut pairs = Vec::new();
        for element in arguments.parts(0) {
            let Value::Tuple(parts) = element else { unreachable!("a list of pairs") };
            machine.put(&mut pairs, parts[0].clone(), parts[1].clone())?;
        }
        return Ok(Value::Map(pairs.into()));
    }
    let Value::Map(pairs) = &arguments.0[0] else { unreachable!("a map") };
    machine.burn(pairs.len())?;
    Ok(match function {
        "size" => Value::Int(pairs.len() as i64),
        "is_empty" => Value::Bool(pairs.is_empty()),
        "put" => {
            let mut pairs = pairs.to_vec();
            machine.put(&mut pairs, arguments.0[1].clone(), arguments.0[2].clone())?;
            Value::Map(pairs.into())
        }
        "get" => match machine.find(pairs, &arguments.0[1])? {
            Some(position) => pairs[position].1.clone(),
            None => return crash(format!("Map.get: no {} (len {})", key_text(&arguments.0[1]), pairs.len())),
        },
        "find" => {
            Value::option(machine.find(pairs, &arguments.0[1])?.map(|position| pairs[position].1.clone()))
        }
        "has_key" => Value::Bool(machine.find(pairs, &arguments.0[1])?.is_some()),
        "delete" => {
            let mut pairs = pairs.to_vec();
            if let Some(position) = machine.find(&pairs, &arguments.0[1])? {
                pairs.remove(position);
            }
            Value::Map(pairs.into())
        }
        "keys" => Value::list(pairs.iter().map(|(key, _)| key.clone()).collect()),
        "values" => Value::list(pairs.iter().map(|(_, value)| value.clone()).collect()),
        "to_list" => Value::list(pairs.iter().map(|(key, value)| pair(key.clone(), value.clone())).collect()),
        "merge" => {
            let Value::Map(right) = &arguments.0[1] else { unreachable!("a map") };
            let mut pairs = pairs.to_vec();
            for (key, value) in right.iter() {
                machine.put(&mut pairs, key.clone(), value.clone())?;
            }
            Value::Map(pairs.into())
        }
        other => unreachable!("Map.{other}"),
    })
}

pub fn set(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    let members = arguments.parts(0);
    machine.burn(members.len())?;
    match function {
        "size" => Ok(Value::Int(members.len() as i64)),
        "contains" => Ok(Value::Bool(machine.contains(members, &arguments.0[1])?)),
        "add" => gathered(machine, members.to_vec(), std::slice::from_ref(&arguments.0[1])),
        "remove" => {
            let mut kept = Vec::new();
            for value in members {
                if !machine.equal(value, &arguments.0[1])? {
                    kept.push(value.clone());
                }
            }
            Ok(Value::Set(kept.into()))
        }
        "union" => gathered(machine, members.to_vec(), arguments.parts(1)),
        "intersection" => sifted(machine, arguments, true),
        "difference" => sifted(machine, arguments, false),
        "to_list" => Ok(Value::list(members.to_vec())),
        "from_list" => gathered(machine, Vec::new(), members),
        other => unreachable!("Set.{other}"),
    }
}

/// The members, and more that are not among them yet.
fn gathered(machine: &mut Machine, members: Vec<Value>, more: &[Value]) -> Outcome {
    let mut all = members;
    for value in more {
        if !machine.contains(&all, value)? {
            all.push(value.clone());
        }
    }
    Ok(Value::Set(all.into()))
}

/// The members of the first set that are in the second, or that are not.
fn sifted(machine: &mut Machine, arguments: &Arguments, wanted: bool) -> Outcome {
    let mut kept = Vec::new();
    for value in arguments.parts(0) {
        if machine.contains(arguments.parts(1), value)? == wanted {
            kept.push(value.clone());
        }
    }
    Ok(Value::Set(kept.into()))
}

pub fn range(machine: &mut Machine, function: &str, arguments: &Arguments) -> Outcome {
    if function == "new" {
        return Ok(Value::Range(arguments.int(0), arguments.int(1)));
    }
    let Value::Range(first, stop) = arguments.0[0] else { unreachable!("a range") };
    let length = (i128::from(stop) - i128::from(first)).max(0);
    let numbers = |machine: &mut Machine| -> Outcome<Vec<Value>> {
        machine.room(usize::try_from(length).unwrap_or(usize::MAX))?;
        Ok((first..stop).map(Value::Int).collect())
    };
    Ok(match function {
        "length" => match i64::try_from(length) {
            Ok(length) => Value::Int(length),
            Err(_) => {
                return crash(format!(
                    "Range.length: {first}..{stop} has more numbers than an Int can count"
                ));
            }
        },
        "contains" => Value::Bool((first..stop).contains(&arguments.int(1))),
        "to_list" => Value::list(numbers(machine)?),
        "map" => {
            let numbers = numbers(machine)?;
            Value::list(each(machine, &numbers, &arguments.0[1])?)
        }
        "filter" => {
            let numbers = Arguments(vec![Value::List(Rc::from(numbers(machine)?)), arguments.0[1].clone()]);
            list(machine, "filter", &numbers)?
        }
        other => unreachable!("Range.{other}"),
    })
}

/// What a message calls a key: `Hash.key_text` of the library.
fn key_text(key: &Value) -> String {
    match key {
        Value::Int(number) => format!("key {number}"),
        Value::String(text) => format!("key \"{text}\""),
        _ => "such key".to_string(),
    }
}
