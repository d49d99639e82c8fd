//! What a program means, for the operations that `random` uses.

use cranelift_entity::SecondaryMap;
use snow_ir::ir::*;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Meaning {
    Int(i64),
    Bool(bool),
    /// Index among the cells.
    Cell(usize),
    /// Bytes 0, 1, 2, …, and any address of them.
    Bytes,
}

pub struct Interpreter<'p> {
    program: &'p Program,
    /// Two references and an Int; cell 0 is the constant one.
    cells: Vec<[Meaning; 3]>,
}

/// The payload of the constant cell, whose references are itself.
pub const CONSTANT: i64 = 17;

impl<'p> Interpreter<'p> {
    pub fn new(program: &'p Program) -> Interpreter<'p> {
        Interpreter { program, cells: vec![[Meaning::Cell(0), Meaning::Cell(0), Meaning::Int(CONSTANT)]] }
    }

    pub fn call(&mut self, function: FuncId, arguments: &[Meaning]) -> Meaning {
        let function = &self.program.functions[function];
        let mut values = SecondaryMap::new();
        let (mut block, mut passed) = (BlockId::ENTRY, arguments.to_vec());
        loop {
            for (parameter, value) in function.blocks[block].params.iter().zip(passed) {
                values[*parameter] = Some(value);
            }
            for instruction in &function.blocks[block].instructions {
                let result = self.operation(&instruction.op, &values);
                if let Some(value) = instruction.result {
                    values[value] = result;
                }
            }
            let get = |value: &Value| values[*value].unwrap();
            let (next, arguments) = match &function.blocks[block].terminator {
                Terminator::Jump(next, arguments) => (next, arguments),
                Terminator::Branch(condition, then, otherwise) => {
                    let (next, arguments) =
                        if get(condition) == Meaning::Bool(true) { then } else { otherwise };
                    (next, arguments)
                }
                Terminator::Return(value) => return get(value),
                other => panic!("{other:?}"),
            };
            passed = arguments.iter().map(get).collect();
            block = *next;
        }
    }

    fn operation(&mut self, op: &Op, values: &SecondaryMap<Value, Option<Meaning>>) -> Option<Meaning> {
        let get = |value: &Value| values[*value].unwrap();
        let int = |value: &Value| match get(value) {
            Meaning::Int(value) => value,
            other => panic!("{other:?} is no Int"),
        };
        Some(match op {
            Op::Int(value) => Meaning::Int(*value),
            Op::Static(_) => Meaning::Cell(0),
            Op::Unary(UnaryOp::IntToBool, a) => Meaning::Bool(int(a) & 1 == 1),
            Op::Binary(BinaryOp::Add, a, b) => Meaning::Int(int(a).wrapping_add(int(b))),
            Op::Binary(BinaryOp::Multiply, a, b) => Meaning::Int(int(a).wrapping_mul(int(b))),
            Op::Binary(BinaryOp::Xor, a, b) => Meaning::Int(int(a) ^ int(b)),
            Op::Binary(BinaryOp::Less, a, b) => Meaning::Bool(int(a) < int(b)),
            Op::Select(condition, a, b) => get(if get(condition) == Meaning::Bool(true) { a } else { b }),
            Op::New { fields, .. } => {
                self.cells.push([get(&fields[0]), get(&fields[1]), get(&fields[2])]);
                Meaning::Cell(self.cells.len() - 1)
            }
            Op::Load { object, word, .. } | Op::LoadMutable { object, word, .. } => match get(object) {
                Meaning::Cell(index) => self.cells[index][*word as usize - 1],
                other => panic!("{other:?} is no cell"),
            },
            Op::Address(_) => Meaning::Bytes,
            Op::LoadBytes { offset, .. } => Meaning::Int(int(offset)),
            Op::Call { function, arguments } => {
                let arguments: Vec<Meaning> = arguments.iter().map(get).collect();
                self.call(*function, &arguments)
            }
            Op::Runtime { name: "bytes_new", .. } => Meaning::Bytes,
            Op::Poll | Op::StoreBytes { .. } => return None,
            other => panic!("{other:?}"),
        })
    }
}
