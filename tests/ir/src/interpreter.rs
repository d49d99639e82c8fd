//! Runs the intermediate form slowly and with checks: what optimised and compiled code must agree with.

use cranelift_entity::{PrimaryMap, SecondaryMap};
use snow_abi::MessageWait;
use snow_ir::ir::{
    BinaryOp, BlockId, Class, FuncId, Op, Program, Static, StaticId, StaticWord, Terminator, UnaryOp, Value,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub enum Data {
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
    Immediate(u32),
    Object(Rc<RefCell<Object>>),
    Vector([u8; 16]),
    Address(Rc<RefCell<Object>>),
}

#[derive(Debug)]
pub enum Object {
    Fixed { header: u64, words: Vec<Data> },
    Bytes(Vec<u8>),
    Array { bounds: [i64; 3], slots: Vec<Data> },
}

/// What a program ends with that runs for too long.
pub const OUT_OF_FUEL: &str = "out of fuel";

/// A panic of the program, with its message.
pub type Outcome<T> = Result<T, String>;

pub struct Machine<'p> {
    program: &'p Program,
    pub mailbox: VecDeque<Data>,
    /// What `program_failed` has said.
    pub printed: String,
    /// Pid and message of each `send`.
    pub sent: Vec<(u32, Data)>,
    /// What runs when the actor has ended.
    pub terminate: Option<(FuncId, Data)>,
    pub spawned: Vec<(FuncId, Data)>,
    /// The words behind the first one of the last intrinsic's result.
    out: [Data; 3],
    /// Instructions that may still run: then it is `OUT_OF_FUEL`.
    pub fuel: u64,
    statics: PrimaryMap<StaticId, Data>,
}

impl<'p> Machine<'p> {
    pub fn new(program: &'p Program) -> Machine<'p> {
        let mut machine = Machine {
            program,
            mailbox: VecDeque::new(),
            printed: String::new(),
            sent: Vec::new(),
            terminate: None,
            spawned: Vec::new(),
            out: [const { Data::Int(0) }; 3],
            fuel: 10_000_000,
            statics: PrimaryMap::new(),
        };
        // They may refer to each other, and to themselves.
        for object in program.statics.values() {
            machine.statics.push(new(match object {
                Static::Bytes(bytes) => Object::Bytes(bytes.clone()),
                Static::Object { header, .. } => Object::Fixed { header: *header, words: Vec::new() },
            }));
        }
        for (id, object) in &program.statics {
            if let Static::Object { header, words } = object {
                *object_of(&machine.statics[id]).borrow_mut() = machine.static_object(*header, words);
            }
        }
        machine
    }

    fn static_object(&self, header: u64, words: &[StaticWord]) -> Object {
        let kind = header >> 1 & 0x3f;
        let word = |word: &StaticWord, reference: bool| match word {
            StaticWord::Raw(raw) if reference => Data::Immediate((raw >> 1) as u32),
            StaticWord::Raw(raw) => Data::Int(*raw as i64),
            StaticWord::Static(id) => self.statics[*id].clone(),
            StaticWord::Function(id) => Data::Int(i64::from(id.as_u32())),
        };
        if kind == 5 || kind == 6 {
            let bounds = [0, 1, 2].map(|index| int(&word(&words[index], false)));
            return Object::Array {
                bounds,
                slots: words[3..].iter().map(|slot| word(slot, kind == 6)).collect(),
            };
        }
        let references = (header >> 44) as usize;
        let first = usize::from(kind == 1);
        let words = words
            .iter()
            .enumerate()
            .map(|(index, value)| word(value, index >= first && index < first + references))
            .collect();
        Object::Fixed { header, words }
    }

    pub fn text(&self, data: &Data) -> String {
        String::from_utf8_lossy(&bytes(data)).into_owned()
    }

    /// Runs a function to its end, tail calls included.
    pub fn run(&mut self, function: FuncId, arguments: Vec<Data>) -> Outcome<Data> {
        let (mut function, mut arguments) = (function, arguments);
        loop {
            match self.body(function, arguments)? {
                Ended::Value(value) => return Ok(value),
                Ended::Call(next, values) => (function, arguments) = (next, values),
            }
        }
    }

    fn body(&mut self, id: FuncId, arguments: Vec<Data>) -> Outcome<Ended> {
        let program = self.program;
        let function = &program.functions[id];
        let mut values: SecondaryMap<Value, Option<Data>> =
            SecondaryMap::with_capacity(function.values.len());
        let mut next = (BlockId::ENTRY, arguments);
        loop {
            let block = &function.blocks[next.0];
            assert_eq!(block.params.len(), next.1.len(), "parameters of {} in {}", next.0, function.name);
            for (param, value) in block.params.iter().zip(next.1) {
                values[*param] = Some(value);
            }
            for instruction in &block.instructions {
                self.fuel = self.fuel.checked_sub(1).ok_or(OUT_OF_FUEL)?;
                let get = |value: Value| values[value].clone().expect("defined");
                let result =
                    self.op(&instruction.op, &get, instruction.result.map(|value| function.values[value]))?;
                if let Some(value) = instruction.result {
                    values[value] = Some(result);
                }
            }
            self.fuel = self.fuel.checked_sub(1).ok_or(OUT_OF_FUEL)?;
            let get = |value: &Value| values[*value].clone().expect("defined");
            let all = |values: &[Value]| values.iter().map(get).collect::<Vec<Data>>();
            next = match &block.terminator {
                Terminator::Jump(block, arguments) => (*block, all(arguments)),
                Terminator::Branch(condition, then, otherwise) => {
                    let Data::Bool(condition) = get(condition) else { panic!("a condition is a Bool") };
                    let (block, arguments) = if condition { then } else { otherwise };
                    (*block, all(arguments))
                }
                Terminator::Switch(value, cases, otherwise) => {
                    let value = int(&get(value));
                    let found = cases.iter().find(|(case, _)| *case == value);
                    (found.map_or(*otherwise, |(_, block)| *block), Vec::new())
                }
                Terminator::Return(value) => return Ok(Ended::Value(get(value))),
                Terminator::TailCall { function, arguments, .. } => {
                    return Ok(Ended::Call(*function, all(arguments)));
                }
                Terminator::TailCallClosure { closure, arguments, .. } => {
                    let closure = get(closure);
                    let code = code(&closure);
                    let mut arguments = all(arguments);
                    arguments.insert(0, closure);
                    return Ok(Ended::Call(code, arguments));
                }
                Terminator::Panic { message, .. } => return Err(message.clone()),
                Terminator::PanicWith { message, .. } => return Err(self.text(&get(message))),
                Terminator::Unreachable => panic!("unreachable code of {} was reached", function.name),
            };
        }
    }

    fn op(&mut self, op: &Op, get: &dyn Fn(Value) -> Data, result: Option<Class>) -> Outcome<Data> {
        let all = |values: &[Value]| values.iter().map(|value| get(*value)).collect::<Vec<Data>>();
        Ok(match op {
            Op::Int(number) => Data::Int(*number),
            Op::Float(bits) => Data::Float(f64::from_bits(*bits)),
            Op::Bool(value) => Data::Bool(*value),
            Op::Immediate(tag) => Data::Immediate(*tag),
            Op::Static(id) => self.statics[*id].clone(),
            Op::VectorConst(bytes) => Data::Vector(*bytes),
            Op::FunctionAddress(id) => Data::Int(i64::from(id.as_u32())),
            Op::Unary(op, a) => unary(*op, get(*a)),
            Op::Binary(op, a, b) => binary(*op, get(*a), get(*b)),
            Op::VectorShiftRight(a, count) => Data::Vector(vector(get(*a)).map(|byte| byte >> count)),
            Op::VectorAlign(a, b, count) => {
                let both = [vector(get(*a)), vector(get(*b))].concat();
                let from = 16 - usize::from(*count);
                Data::Vector(both[from..from + 16].try_into().expect("sixteen bytes"))
            }
            Op::Select(condition, a, b) => match get(*condition) {
                Data::Bool(true) => get(*a),
                _ => get(*b),
            },
            Op::New { header, fields } => {
                new(Object::Fixed { header: *header, words: all(fields).into_iter().map(word).collect() })
            }
            Op::NewArray { references, capacity } => {
                let capacity = int(&get(*capacity));
                let slot = if *references { Data::Null } else { Data::Int(0) };
                new(Object::Array { bounds: [capacity, 0, 0], slots: vec![slot; capacity as usize] })
            }
            Op::Load { object, word, class } | Op::LoadMutable { object, word, class } => {
                let object = object_of(&get(*object));
                let loaded = match &*object.borrow() {
                    Object::Fixed { words, .. } => words[*word as usize - 1].clone(),
                    Object::Bytes(bytes) => {
                        assert_eq!(*word, 1);
                        Data::Int(bytes.len() as i64)
                    }
                    Object::Array { bounds, .. } => Data::Int(bounds[*word as usize - 1]),
                };
                of_class(loaded, *class)
            }
            Op::Store { object, word, value } => {
                let value = get(*value);
                match &mut *object_of(&get(*object)).borrow_mut() {
                    Object::Fixed { words, .. } => words[*word as usize - 1] = self::word(value),
                    Object::Bytes(bytes) => bytes.resize(int(&value) as usize, 0),
                    Object::Array { bounds, .. } => bounds[*word as usize - 1] = int(&value),
                }
                Data::Int(0)
            }
            Op::ArrayGet { array, index, class } => {
                let index = int(&get(*index)) as usize;
                let object = object_of(&get(*array));
                let Object::Array { slots, .. } = &*object.borrow() else { panic!("an array") };
                of_class(slots[index].clone(), *class)
            }
            Op::ArraySet { array, index, value } => {
                let index = int(&get(*index)) as usize;
                let object = object_of(&get(*array));
                let Object::Array { slots, .. } = &mut *object.borrow_mut() else { panic!("an array") };
                slots[index] = word(get(*value));
                Data::Int(0)
            }
            Op::Address(object) => Data::Address(object_of(&get(*object))),
            Op::LoadBytes { address, offset, width, big, signed } => {
                let from = int(&get(*offset)) as usize;
                let raw =
                    with_bytes(&get(*address), |bytes| bytes[from..from + usize::from(*width)].to_vec());
                let bytes: Vec<u8> = if *big { raw } else { raw.into_iter().rev().collect() };
                let value = bytes.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
                let unused = 64 - 8 * u32::from(*width);
                Data::Int(if *signed { (value << unused) as i64 >> unused } else { value as i64 })
            }
            Op::StoreBytes { address, offset, value, width, big } => {
                let at = int(&get(*offset)) as usize;
                let mut raw = int(&get(*value)).to_be_bytes()[8 - usize::from(*width)..].to_vec();
                if !*big {
                    raw.reverse();
                }
                with_bytes(&get(*address), |bytes| bytes[at..at + raw.len()].copy_from_slice(&raw));
                Data::Int(0)
            }
            Op::LoadVector { address, offset } => {
                let at = int(&get(*offset)) as usize;
                Data::Vector(with_bytes(&get(*address), |bytes| {
                    bytes[at..at + 16].try_into().expect("sixteen")
                }))
            }
            Op::StoreVector { address, offset, value } => {
                let at = int(&get(*offset)) as usize;
                let value = vector(get(*value));
                with_bytes(&get(*address), |bytes| bytes[at..at + 16].copy_from_slice(&value));
                Data::Int(0)
            }
            Op::Call { function, arguments } => self.run(*function, all(arguments))?,
            Op::CallClosure { closure, arguments, .. } => {
                let closure = get(*closure);
                let mut values = all(arguments);
                let code = code(&closure);
                values.insert(0, closure);
                self.run(code, values)?
            }
            Op::Runtime { name, arguments, .. } => self.runtime(name, &all(arguments))?,
            Op::Record { offset, .. } => match offset {
                24 | 32 | 40 => self.out[(*offset as usize - 24) / 8].clone(),
                48 => Data::Immediate(4711),
                _ => panic!("no such word in the record: {offset}"),
            },
            Op::Park => return Err("parked for good".to_owned()),
            Op::Poll => Data::Int(0),
        })
        .map(|data| match result {
            Some(class) => checked(data, class),
            None => data,
        })
    }

    fn runtime(&mut self, name: &str, arguments: &[Data]) -> Outcome<Data> {
        Ok(match (name, arguments) {
            ("bytes_new", [length]) => new(Object::Bytes(vec![0xee; int(length) as usize])),
            ("bytes_copy_into", [target, at, source]) => {
                let (at, source) = (int(at) as usize, bytes(source));
                with_bytes(target, |bytes| bytes[at..at + source.len()].copy_from_slice(&source));
                Data::Int(0)
            }
            ("bytes_slice", [source, from, to]) => {
                new(Object::Bytes(bytes(source)[int(from) as usize..int(to) as usize].to_vec()))
            }
            ("bytes_equal", [a, b]) => Data::Bool(bytes(a) == bytes(b)),
            ("bytes_concat", [array]) => {
                let object = object_of(array);
                let Object::Array { bounds, slots } = &*object.borrow() else { panic!("an array") };
                new(Object::Bytes(
                    slots[bounds[1] as usize..bounds[2] as usize].iter().flat_map(bytes).collect(),
                ))
            }
            ("int_to_string", [number]) => new(Object::Bytes(int(number).to_string().into_bytes())),
            // What it says is what the tests look at.
            ("program_failed", [text]) => {
                let text = self.text(text);
                self.printed.push_str(&text);
                Data::Int(0)
            }
            ("actor_take_ref", []) => self.mailbox.pop_front().unwrap_or(Data::Null),
            ("actor_take_raw", []) => {
                let message = self.mailbox.pop_front();
                let is_some = message.is_some();
                self.out[0] = message.unwrap_or(Data::Int(0));
                Data::Int(is_some.into())
            }
            ("actor_deadline", [milliseconds]) => Data::Int(int(milliseconds) * 1_000_000),
            ("actor_wait", [deadline]) => {
                let waiting = if int(deadline) < 0 { MessageWait::NotYet } else { MessageWait::Late };
                Data::Int(waiting as i64)
            }
            ("actor_sleep", [_]) => Data::Bool(false),
            ("actor_send_ref" | "actor_send_raw", [pid, message]) => {
                let Data::Immediate(pid) = pid else { panic!("an address") };
                self.sent.push((*pid, message.clone()));
                Data::Int(0)
            }
            ("actor_spawn", [code, arguments, _]) => {
                self.spawned.push((FuncId::from_u32(int(code) as u32), arguments.clone()));
                Data::Immediate(1000 + self.spawned.len() as u32)
            }
            ("actor_check_type", [_, _]) => Data::Int(0),
            ("actor_terminate", [code, arguments]) => {
                self.terminate = Some((FuncId::from_u32(int(code) as u32), arguments.clone()));
                Data::Int(0)
            }
            _ => panic!("the interpreter knows no `{name}` of {} arguments", arguments.len()),
        })
    }
}

enum Ended {
    Value(Data),
    Call(FuncId, Vec<Data>),
}

fn new(object: Object) -> Data {
    Data::Object(Rc::new(RefCell::new(object)))
}

pub fn text(text: &str) -> Data {
    new(Object::Bytes(text.as_bytes().to_vec()))
}

pub fn of_bytes(bytes: &[u8]) -> Data {
    new(Object::Bytes(bytes.to_vec()))
}

pub fn int(data: &Data) -> i64 {
    match data {
        Data::Int(number) => *number,
        other => panic!("{other:?} is no Int"),
    }
}

pub fn object_of(data: &Data) -> Rc<RefCell<Object>> {
    match data {
        Data::Object(object) => Rc::clone(object),
        other => panic!("{other:?} is no object"),
    }
}

pub fn bytes(data: &Data) -> Vec<u8> {
    with_bytes(data, |bytes| bytes.clone())
}

fn with_bytes<R>(data: &Data, act: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    let (Data::Object(object) | Data::Address(object)) = data else { panic!("{data:?} is no Bytes") };
    match &mut *object.borrow_mut() {
        Object::Bytes(bytes) => act(bytes),
        other => panic!("{other:?} is no Bytes"),
    }
}

fn code(closure: &Data) -> FuncId {
    let object = object_of(closure);
    match &*object.borrow() {
        Object::Fixed { header, words } => {
            assert_eq!(header >> 1 & 0x3f, 1, "only closures are called");
            FuncId::from_u32(int(&words[0]) as u32)
        }
        other => panic!("{other:?} is no closure"),
    }
}

fn vector(data: Data) -> [u8; 16] {
    match data {
        Data::Vector(bytes) => bytes,
        other => panic!("{other:?} is no vector"),
    }
}

/// As a word of an object.
fn word(data: Data) -> Data {
    match data {
        Data::Float(number) => Data::Int(number.to_bits() as i64),
        Data::Bool(value) => Data::Int(i64::from(value)),
        other => other,
    }
}

/// A word of an object as a value of this class.
fn of_class(data: Data, class: Class) -> Data {
    match (data, class) {
        (Data::Int(raw), Class::Float) => Data::Float(f64::from_bits(raw as u64)),
        (Data::Int(raw), Class::Bool) => Data::Bool(raw != 0),
        (other, _) => other,
    }
}

fn checked(data: Data, class: Class) -> Data {
    let fits = match class {
        Class::Int => matches!(data, Data::Int(_)),
        Class::Float => matches!(data, Data::Float(_)),
        Class::Bool => matches!(data, Data::Bool(_)),
        Class::Ref => matches!(data, Data::Null | Data::Immediate(_) | Data::Object(_)),
        Class::Vector => matches!(data, Data::Vector(_)),
        Class::Address => matches!(data, Data::Address(_)),
    };
    assert!(fits, "{data:?} is not of class {class:?}");
    data
}

fn unary(op: UnaryOp, a: Data) -> Data {
    match (op, a) {
        (UnaryOp::Negate, Data::Int(a)) => Data::Int(a.wrapping_neg()),
        (UnaryOp::BitNot, Data::Int(a)) => Data::Int(!a),
        (UnaryOp::SwapBytes, Data::Int(a)) => Data::Int(a.swap_bytes()),
        (UnaryOp::CountOnes, Data::Int(a)) => Data::Int(i64::from(a.count_ones())),
        (UnaryOp::LeadingZeros, Data::Int(a)) => Data::Int(i64::from(a.leading_zeros())),
        (UnaryOp::TrailingZeros, Data::Int(a)) => Data::Int(i64::from(a.trailing_zeros())),
        (UnaryOp::IntToFloat, Data::Int(a)) => Data::Float(a as f64),
        (UnaryOp::FloatToInt, Data::Float(a)) => Data::Int(a as i64),
        (UnaryOp::FloatNegate, Data::Float(a)) => Data::Float(-a),
        (UnaryOp::FloatBits, Data::Float(a)) => Data::Int(a.to_bits() as i64),
        (UnaryOp::FloatFromBits, Data::Int(a)) => Data::Float(f64::from_bits(a as u64)),
        (UnaryOp::BoolNot, Data::Bool(a)) => Data::Bool(!a),
        (UnaryOp::BoolToInt, Data::Bool(a)) => Data::Int(i64::from(a)),
        (UnaryOp::IntToBool, Data::Int(a)) => Data::Bool(a & 1 != 0),
        (UnaryOp::IsNull, a) => Data::Bool(matches!(a, Data::Null)),
        (UnaryOp::IsImmediate, a) => Data::Bool(matches!(a, Data::Immediate(_))),
        (UnaryOp::ImmediateTag, Data::Immediate(tag)) => Data::Int(i64::from(tag)),
        (UnaryOp::HeaderTag, Data::Object(object)) => match &*object.borrow() {
            Object::Fixed { header, .. } => Data::Int((header >> 8 & 0xffff) as i64),
            other => panic!("{other:?} has no tag"),
        },
        (UnaryOp::VectorSplat, Data::Int(a)) => Data::Vector([a as u8; 16]),
        (UnaryOp::VectorAnyTrue, Data::Vector(a)) => Data::Bool(a != [0; 16]),
        (op, a) => panic!("{op:?} of {a:?}"),
    }
}

fn binary(op: BinaryOp, a: Data, b: Data) -> Data {
    match (a, b) {
        (Data::Int(a), Data::Int(b)) => match op {
            BinaryOp::Add => Data::Int(a.wrapping_add(b)),
            BinaryOp::Subtract => Data::Int(a.wrapping_sub(b)),
            BinaryOp::Multiply => Data::Int(a.wrapping_mul(b)),
            BinaryOp::Divide => Data::Int(a / b),
            BinaryOp::Remainder => Data::Int(a % b),
            BinaryOp::And => Data::Int(a & b),
            BinaryOp::Or => Data::Int(a | b),
            BinaryOp::Xor => Data::Int(a ^ b),
            BinaryOp::ShiftLeft => Data::Int(a.wrapping_shl(b as u32)),
            BinaryOp::ShiftRight => Data::Int(a.wrapping_shr(b as u32)),
            BinaryOp::ShiftRightUnsigned => Data::Int((a as u64).wrapping_shr(b as u32) as i64),
            BinaryOp::Equal => Data::Bool(a == b),
            BinaryOp::NotEqual => Data::Bool(a != b),
            BinaryOp::Less => Data::Bool(a < b),
            BinaryOp::LessEqual => Data::Bool(a <= b),
            BinaryOp::Greater => Data::Bool(a > b),
            BinaryOp::GreaterEqual => Data::Bool(a >= b),
            BinaryOp::LessUnsigned => Data::Bool((a as u64) < b as u64),
            BinaryOp::LessEqualUnsigned => Data::Bool(a as u64 <= b as u64),
            _ => panic!("{op:?} of Ints"),
        },
        (Data::Float(a), Data::Float(b)) => match op {
            BinaryOp::FloatAdd => Data::Float(a + b),
            BinaryOp::FloatSubtract => Data::Float(a - b),
            BinaryOp::FloatMultiply => Data::Float(a * b),
            BinaryOp::FloatDivide => Data::Float(a / b),
            BinaryOp::FloatEqual => Data::Bool(a == b),
            BinaryOp::FloatLess => Data::Bool(a < b),
            BinaryOp::FloatLessEqual => Data::Bool(a <= b),
            _ => panic!("{op:?} of Floats"),
        },
        (Data::Bool(a), Data::Bool(b)) => match op {
            BinaryOp::BoolAnd => Data::Bool(a & b),
            BinaryOp::BoolOr => Data::Bool(a | b),
            BinaryOp::BoolEqual => Data::Bool(a == b),
            _ => panic!("{op:?} of Bools"),
        },
        (a, b) => panic!("{op:?} of {a:?} and {b:?}"),
    }
}
