//! Reads the form that `text` writes: as much of it as tests need.

use cranelift_entity::{EntityRef, PrimaryMap};
use snow_abi::{Kind, header};
use snow_ir::ir::{
    BinaryOp, Block, BlockId, Class, FuncId, Function, Instruction, Op, Program, Static, Terminator, UnaryOp,
    Value,
};
use snow_syntax::span::Span;
use std::collections::HashMap;

const UNARY: &[UnaryOp] = &[
    UnaryOp::Negate,
    UnaryOp::BitNot,
    UnaryOp::CountOnes,
    UnaryOp::SwapBytes,
    UnaryOp::IntToFloat,
    UnaryOp::FloatNegate,
    UnaryOp::BoolNot,
    UnaryOp::BoolToInt,
    UnaryOp::IntToBool,
    UnaryOp::IsNull,
    UnaryOp::IsImmediate,
    UnaryOp::ImmediateTag,
    UnaryOp::HeaderTag,
];

const BINARY: &[BinaryOp] = &[
    BinaryOp::Add,
    BinaryOp::Subtract,
    BinaryOp::Multiply,
    BinaryOp::Divide,
    BinaryOp::Remainder,
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
    BinaryOp::ShiftLeft,
    BinaryOp::ShiftRight,
    BinaryOp::ShiftRightUnsigned,
    BinaryOp::Equal,
    BinaryOp::NotEqual,
    BinaryOp::Less,
    BinaryOp::LessEqual,
    BinaryOp::Greater,
    BinaryOp::GreaterEqual,
    BinaryOp::LessUnsigned,
    BinaryOp::LessEqualUnsigned,
    BinaryOp::FloatAdd,
    BinaryOp::FloatLess,
    BinaryOp::BoolAnd,
    BinaryOp::BoolOr,
    BinaryOp::BoolEqual,
    BinaryOp::Same,
];

/// Panics on text that is not well formed.
pub fn program(source: &str) -> Program {
    let mut program = Program::default();
    let mut bodies: Vec<Vec<&str>> = Vec::new();
    for line in source.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once("fn \"") {
            Some((flags, rest)) => {
                let (name, result) = rest.split_once("\" -> ").expect("a result");
                program.functions.push(Function {
                    name: name.to_owned(),
                    file: 0,
                    blocks: PrimaryMap::new(),
                    values: PrimaryMap::new(),
                    result: class(result),
                    closure: flags.contains("closure"),
                    captures: Vec::new(),
                    entry: flags.contains("entry"),
                    cold: flags.contains("cold"),
                });
                bodies.push(Vec::new());
            }
            None => bodies.last_mut().expect("a function first").push(line),
        }
    }
    let names: HashMap<String, FuncId> =
        program.functions.iter().map(|(id, function)| (function.name.clone(), id)).collect();
    for (index, body) in bodies.iter().enumerate().map(|(index, body)| (FuncId::new(index), body)) {
        let mut reader = Reader { names: &names, function: program.functions[index].clone(), program };
        body.iter().for_each(|line| reader.line(line));
        let function = reader.function;
        program = reader.program;
        program.functions[index] = function;
    }
    program
}

struct Reader<'a> {
    names: &'a HashMap<String, FuncId>,
    function: Function,
    program: Program,
}

impl Reader<'_> {
    fn line(&mut self, line: &str) {
        if line.ends_with(':') && line.starts_with('b') {
            let (name, params) = line.split_once('(').expect("parameters");
            assert_eq!(name, format!("b{}", self.function.blocks.len()), "blocks stand in order");
            let (params, rest) = params.split_once(')').expect("the end of the parameters");
            let mut block = Block { cold: rest.contains("cold"), ..Block::default() };
            for param in params.split(',').filter(|param| !param.trim().is_empty()) {
                let (name, of) = param.split_once(':').expect("a class");
                block.params.push(value(name));
                self.define(value(name), class(of.trim()));
            }
            self.function.blocks.push(block);
            return;
        }
        let terminator = self.terminator(line);
        if let Some(terminator) = terminator {
            self.function.blocks.last_mut().expect("a block").1.terminator = terminator;
            return;
        }
        let (result, text) = match line.split_once(" = ") {
            Some((result, text)) => (Some(value(result)), text),
            None => (None, line),
        };
        let op = self.op(text);
        if let Some(result) = result {
            let callee = |id: FuncId| self.program.functions.get(id).map(|callee| callee.result);
            let class = op.class(&self.function, callee).expect("a result");
            self.define(result, class);
        }
        let instruction = Instruction { result, op, span: Span::default(), file: 0 };
        self.function.blocks.last_mut().expect("a block").1.instructions.push(instruction);
    }

    fn define(&mut self, value: Value, class: Class) {
        let values = &mut self.function.values;
        while !values.is_valid(value) {
            values.push(Class::Int);
        }
        values[value] = class;
    }

    fn called(&self, text: &str) -> FuncId {
        let name = text.split('"').nth(1).expect("a name");
        *self.names.get(name).unwrap_or_else(|| panic!("no function {name}"))
    }

    fn op(&mut self, text: &str) -> Op {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let all = values(rest);
        if let Some(op) = UNARY.iter().find(|op| snake(&format!("{op:?}")) == word) {
            return Op::Unary(*op, all[0]);
        }
        if let Some(op) = BINARY.iter().find(|op| snake(&format!("{op:?}")) == word) {
            return Op::Binary(*op, all[0], all[1]);
        }
        match word {
            "poll" => Op::Poll,
            "int" => Op::Int(rest.parse().expect("a number")),
            "bool" => Op::Bool(rest == "true"),
            "float" => Op::Float(rest.parse::<f64>().expect("a number").to_bits()),
            "immediate" => Op::Immediate(rest.parse().expect("a number")),
            "static" => {
                let text = rest.trim_matches('"').as_bytes().to_vec();
                Op::Static(self.program.statics.push(Static::Bytes(text)))
            }
            "address" if rest.starts_with("of ") => Op::FunctionAddress(self.called(rest)),
            "address" => Op::Address(all[0]),
            "select" => Op::Select(all[0], all[1], all[2]),
            "new" if rest.starts_with("array") => {
                Op::NewArray { references: rest.contains("references"), capacity: all[0] }
            }
            "new" => {
                let numbers = numbers(rest.split('(').next().expect("a part"));
                let kind = if rest.starts_with("closure") { Kind::Closure } else { Kind::Fixed };
                let header = header(kind, numbers[0] as u32, numbers[1] as u32, numbers[2] as u32);
                Op::New { header, fields: all }
            }
            "load" => self.load(rest, &all),
            "get" => {
                Op::ArrayGet { array: all[0], index: all[1], class: class(rest.split(' ').next().unwrap()) }
            }
            "set" => Op::ArraySet { array: all[0], index: all[1], value: all[2] },
            "store" if rest.starts_with('u') => {
                let (width, big) = access(rest);
                Op::StoreBytes { address: all[0], offset: all[1], value: all[2], width, big }
            }
            "store" => Op::Store { object: all[0], word: word_of(rest), value: all[1] },
            "call" if rest.starts_with("closure") => {
                let result = class(rest.split("-> ").nth(1).expect("a class"));
                Op::CallClosure { closure: all[0], arguments: all[1..].to_vec(), result }
            }
            "call" => Op::Call { function: self.called(rest), arguments: all },
            "runtime" => {
                let name: &str = rest.split('(').next().expect("a name");
                let result = class(rest.split("-> ").nth(1).expect("a class"));
                Op::Runtime { name: name.to_owned().leak(), arguments: all, result }
            }
            _ => panic!("cannot read `{text}`"),
        }
    }

    fn load(&self, rest: &str, all: &[Value]) -> Op {
        let words: Vec<&str> = rest.split(' ').collect();
        if words[0] == "mutable" {
            return Op::LoadMutable { object: all[0], word: word_of(rest), class: class(words[1]) };
        }
        if rest.contains('[') {
            return Op::Load { object: all[0], word: word_of(rest), class: class(words[0]) };
        }
        if words[0] == "vector" {
            return Op::LoadVector { address: all[0], offset: all[1] };
        }
        let (width, big) = access(rest);
        Op::LoadBytes { address: all[0], offset: all[1], width, big, signed: rest.starts_with('i') }
    }

    fn terminator(&self, line: &str) -> Option<Terminator> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let all = values(rest);
        Some(match word {
            "jump" => {
                let (block, arguments) = edge(rest);
                Terminator::Jump(block, arguments)
            }
            "branch" => {
                let (_, edges) = rest.split_once(',').expect("edges");
                // The comma between the edges is the one outside parentheses.
                let mut depth = 0;
                let middle = edges.find(|letter| {
                    depth += i32::from(letter == '(') - i32::from(letter == ')');
                    letter == ',' && depth == 0
                });
                let (then, otherwise) = edges.split_at(middle.expect("two edges"));
                Terminator::Branch(all[0], edge(then), edge(&otherwise[1..]))
            }
            "switch" => {
                let cases = rest.split(", ").filter_map(|part| part.split_once(" -> "));
                let cases = cases.map(|(case, block)| (case.parse().expect("a number"), edge(block).0));
                let (_, otherwise) = rest.split_once("else ").expect("else");
                Terminator::Switch(all[0], cases.collect(), edge(otherwise).0)
            }
            "return" => Terminator::Return(all[0]),
            "tail" => {
                let span = Span::default();
                if rest.starts_with("call closure") {
                    Terminator::TailCallClosure { closure: all[0], arguments: all[1..].to_vec(), span }
                } else {
                    Terminator::TailCall { function: self.called(rest), arguments: all, span }
                }
            }
            "panic" if rest.starts_with("with") => {
                Terminator::PanicWith { message: all[0], span: Span::default(), file: 0 }
            }
            "panic" => Terminator::Panic {
                message: rest.trim_matches('"').to_owned(),
                span: Span::default(),
                file: 0,
            },
            "unreachable" => Terminator::Unreachable,
            _ => return None,
        })
    }
}

fn class(text: &str) -> Class {
    match text {
        "int" => Class::Int,
        "float" => Class::Float,
        "bool" => Class::Bool,
        "ref" => Class::Ref,
        "vector" => Class::Vector,
        "address" => Class::Address,
        _ => panic!("no class {text}"),
    }
}

fn value(text: &str) -> Value {
    let number = text.trim().trim_start_matches('v').parse();
    Value::from_u32(number.unwrap_or_else(|_| panic!("no value {text}")))
}

/// Words outside quotes.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let unquoted = text.split('"').step_by(2);
    unquoted.flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
}

/// Every `v7` in the text.
fn values(text: &str) -> Vec<Value> {
    let is_value = |word: &&str| {
        word.len() > 1 && word.starts_with('v') && word[1..].chars().all(|letter| letter.is_ascii_digit())
    };
    words(text).filter(is_value).map(value).collect()
}

fn numbers(text: &str) -> Vec<u64> {
    words(text).filter_map(|word| word.parse().ok()).collect()
}

/// The number in `v1[2]`.
fn word_of(text: &str) -> u32 {
    let (_, rest) = text.split_once('[').expect("a word");
    rest.split(']').next().and_then(|word| word.parse().ok()).expect("a number")
}

/// Width in bytes, and whether the highest byte comes first, of `u16 big`.
fn access(text: &str) -> (u8, bool) {
    let bits: u8 = text[1..].split(' ').next().and_then(|bits| bits.parse().ok()).expect("a width");
    (bits / 8, text.contains(" big "))
}

fn edge(text: &str) -> (BlockId, Vec<Value>) {
    let text = text.trim();
    let block = text.split('(').next().expect("a block").trim();
    (BlockId::from_u32(block[1..].parse().expect("a block")), values(&text[block.len()..]))
}

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
