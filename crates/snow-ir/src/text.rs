//! The intermediate form as text: for `snowc ir`, for messages about ill-formed functions, and for tests.

use crate::ir::{Block, BlockId, Class, Function, Op, Program, Static, StaticWord, Terminator, Value};
use snow_abi::{Kind, kind_of, references_of, tag_of, words_of};
use std::fmt::Write;

/// The whole program: constants, then functions.
pub fn program(program: &Program) -> String {
    let mut text = String::new();
    for (id, object) in &program.statics {
        let _ = writeln!(text, "static {id} = {}", static_object(object));
    }
    for function in program.functions.values() {
        text.push_str(&self::function(function, program));
        text.push('\n');
    }
    text
}

/// One function. Calls show names.
pub fn function(function: &Function, program: &Program) -> String {
    let mut text = String::new();
    let flags = [(function.entry, "entry "), (function.closure, "closure "), (function.cold, "cold ")];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    let _ = writeln!(text, "{flags}fn {:?} -> {}", function.name, class(function.result));
    for (id, block) in &function.blocks {
        self::block(&mut text, id, block, function, program);
    }
    text
}

fn block(text: &mut String, id: BlockId, block: &Block, function: &Function, program: &Program) {
    let params: Vec<String> =
        block.params.iter().map(|param| format!("{param}: {}", class(function.values[*param]))).collect();
    let cold = if block.cold { " cold" } else { "" };
    let _ = writeln!(text, "{id}({}){cold}:", params.join(", "));
    for instruction in &block.instructions {
        let op = op(&instruction.op, program);
        let _ = match instruction.result {
            Some(result) => writeln!(text, "  {result} = {op}"),
            None => writeln!(text, "  {op}"),
        };
    }
    let _ = writeln!(text, "  {}", terminator(&block.terminator, program));
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Int => "int",
        Class::Float => "float",
        Class::Bool => "bool",
        Class::Ref => "ref",
        Class::Vector => "vector",
        Class::Address => "address",
    }
}

fn list(values: &[Value]) -> String {
    values.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")
}

fn name(program: &Program, function: crate::ir::FuncId) -> String {
    match program.functions.get(function) {
        Some(function) => format!("{:?}", function.name),
        None => function.to_string(),
    }
}

fn op(op: &Op, program: &Program) -> String {
    match op {
        Op::Int(number) => format!("int {number}"),
        Op::Float(bits) => format!("float {:?}", f64::from_bits(*bits)),
        Op::Bool(value) => format!("bool {value}"),
        Op::Immediate(tag) => format!("immediate {tag}"),
        Op::Static(id) => match program.statics.get(*id) {
            Some(object @ Static::Bytes(_)) => format!("static {}", static_object(object)),
            _ => format!("static {id}"),
        },
        Op::VectorConst(bytes) => format!("vector {bytes:?}"),
        Op::FunctionAddress(function) => format!("address of {}", name(program, *function)),
        Op::Unary(op, a) => format!("{} {a}", snake(&format!("{op:?}"))),
        Op::Binary(op, a, b) => format!("{} {a}, {b}", snake(&format!("{op:?}"))),
        Op::VectorShiftRight(a, count) => format!("vector_shift_right {a}, {count}"),
        Op::VectorAlign(a, b, count) => format!("vector_align {a}, {b}, {count}"),
        Op::Select(condition, a, b) => format!("select {condition}, {a}, {b}"),
        Op::New { header, fields } => {
            let (tag, words, references) = (tag_of(*header), words_of(*header), references_of(*header));
            let kind = if kind_of(*header) == Kind::Closure { "closure" } else { "object" };
            format!("new {kind} tag {tag} words {words} references {references} ({})", list(fields))
        }
        Op::NewArray { references, capacity } => {
            format!("new array of {} {capacity}", if *references { "references" } else { "words" })
        }
        Op::Load { object, word, class } => format!("load {} {object}[{word}]", self::class(*class)),
        Op::LoadMutable { object, word, class } => {
            format!("load mutable {} {object}[{word}]", self::class(*class))
        }
        Op::Store { object, word, value } => format!("store {object}[{word}], {value}"),
        Op::ArrayGet { array, index, class } => format!("get {} {array}[{index}]", self::class(*class)),
        Op::ArraySet { array, index, value } => format!("set {array}[{index}], {value}"),
        Op::Address(object) => format!("address {object}"),
        Op::LoadBytes { address, offset, width, big, signed } => {
            let (sign, order) = (if *signed { "i" } else { "u" }, if *big { "big" } else { "little" });
            format!("load {sign}{} {order} {address} + {offset}", 8 * u32::from(*width))
        }
        Op::StoreBytes { address, offset, value, width, big } => {
            let order = if *big { "big" } else { "little" };
            format!("store u{} {order} {address} + {offset}, {value}", 8 * u32::from(*width))
        }
        Op::LoadVector { address, offset } => format!("load vector {address} + {offset}"),
        Op::StoreVector { address, offset, value } => format!("store vector {address} + {offset}, {value}"),
        Op::Call { function, arguments } => format!("call {}({})", name(program, *function), list(arguments)),
        Op::CallClosure { closure, arguments, result } => {
            format!("call closure {closure}({}) -> {}", list(arguments), class(*result))
        }
        Op::Runtime { name, arguments, result } => {
            format!("runtime {name}({}) -> {}", list(arguments), class(*result))
        }
        Op::Record { offset, class } => format!("record {} [{offset}]", self::class(*class)),
        Op::Park => "park".to_owned(),
        Op::Poll => "poll".to_owned(),
    }
}

fn terminator(terminator: &Terminator, program: &Program) -> String {
    let edge = |block: &BlockId, arguments: &[Value]| match arguments {
        [] => block.to_string(),
        _ => format!("{block}({})", list(arguments)),
    };
    match terminator {
        Terminator::Jump(block, arguments) => format!("jump {}", edge(block, arguments)),
        Terminator::Branch(condition, (then, then_arguments), (otherwise, other_arguments)) => {
            format!(
                "branch {condition}, {}, {}",
                edge(then, then_arguments),
                edge(otherwise, other_arguments)
            )
        }
        Terminator::Switch(value, cases, otherwise) => {
            let cases: Vec<String> = cases.iter().map(|(case, block)| format!("{case} -> {block}")).collect();
            format!("switch {value}, {}, else {otherwise}", cases.join(", "))
        }
        Terminator::Return(value) => format!("return {value}"),
        Terminator::TailCall { function, arguments, .. } => {
            format!("tail call {}({})", name(program, *function), list(arguments))
        }
        Terminator::TailCallClosure { closure, arguments, .. } => {
            format!("tail call closure {closure}({})", list(arguments))
        }
        Terminator::Panic { message, .. } => format!("panic {message:?}"),
        Terminator::PanicWith { message, .. } => format!("panic with {message}"),
        Terminator::Unreachable => "unreachable".to_owned(),
    }
}

fn static_object(object: &Static) -> String {
    match object {
        Static::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => format!("{text:?}"),
            Err(_) => format!("{bytes:?}"),
        },
        Static::Object { header, words } => {
            let words: Vec<String> = words
                .iter()
                .map(|word| match word {
                    StaticWord::Raw(word) => (*word as i64).to_string(),
                    StaticWord::Static(id) => id.to_string(),
                    StaticWord::Function(id) => id.to_string(),
                })
                .collect();
            format!("object {header:#x} ({})", words.join(", "))
        }
    }
}

/// `FloatAdd` as `float_add`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
