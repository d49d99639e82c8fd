//! Functions written by hand.

use cranelift_entity::PrimaryMap;
use snow_ir::ir::*;
use snow_syntax::span::Span;

pub struct Build {
    pub function: Function,
    current: BlockId,
    /// Of the instructions that follow.
    pub at: u32,
}

impl Build {
    /// A function with these parameters, its first block open.
    pub fn new(name: &str, parameters: &[Class], result: Class) -> (Build, Vec<Value>) {
        let function = Function { name: name.to_string(), result, ..empty() };
        let mut build = Build { function, current: BlockId::ENTRY, at: 0 };
        let (_, values) = build.block(parameters);
        (build, values)
    }

    /// Another block with its parameters; `open` makes it the one that is filled.
    pub fn block(&mut self, parameters: &[Class]) -> (BlockId, Vec<Value>) {
        let params: Vec<Value> = parameters.iter().map(|class| self.value(*class)).collect();
        let block = self.function.blocks.push(Block { params: params.clone(), ..Block::default() });
        (block, params)
    }

    pub fn open(&mut self, block: BlockId) {
        self.current = block;
    }

    fn value(&mut self, class: Class) -> Value {
        self.function.values.push(class)
    }

    fn push(&mut self, result: Option<Value>, op: Op) {
        let span = Span { start: self.at, end: self.at };
        self.function.blocks[self.current].instructions.push(Instruction { result, op, span, file: 0 });
    }

    pub fn op(&mut self, class: Class, op: Op) -> Value {
        let value = self.value(class);
        self.push(Some(value), op);
        value
    }

    pub fn effect(&mut self, op: Op) {
        self.push(None, op);
    }

    pub fn int(&mut self, value: i64) -> Value {
        self.op(Class::Int, Op::Int(value))
    }

    pub fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        self.op(op.result(), Op::Binary(op, a, b))
    }

    pub fn add(&mut self, a: Value, b: Value) -> Value {
        self.binary(BinaryOp::Add, a, b)
    }

    pub fn call(&mut self, function: u32, class: Class, arguments: &[Value]) -> Value {
        self.op(class, Op::Call { function: FuncId::from_u32(function), arguments: arguments.to_vec() })
    }

    pub fn load(&mut self, object: Value, word: u32, class: Class) -> Value {
        self.op(class, Op::Load { object, word, class })
    }

    /// A Bytes of this length, a multiple of 8, that holds 0, 1, 2, …
    pub fn bytes(&mut self, length: i64) -> Value {
        let size = self.int(length);
        let made = Op::Runtime { name: "bytes_new", arguments: vec![size], result: Class::Ref };
        let bytes = self.op(Class::Ref, made);
        let address = self.op(Class::Address, Op::Address(bytes));
        for start in (0..length).step_by(8) {
            let word = i64::from_le_bytes(std::array::from_fn(|index| start as u8 + index as u8));
            let (offset, value) = (self.int(start), self.int(word));
            self.effect(Op::StoreBytes { address, offset, value, width: 8, big: false });
        }
        bytes
    }

    pub fn end(&mut self, terminator: Terminator) {
        self.function.blocks[self.current].terminator = terminator;
    }

    pub fn jump(&mut self, block: BlockId, arguments: &[Value]) {
        self.end(Terminator::Jump(block, arguments.to_vec()));
    }

    pub fn branch(&mut self, condition: Value, then: BlockId, otherwise: BlockId) {
        self.end(Terminator::Branch(condition, (then, vec![]), (otherwise, vec![])));
    }

    pub fn give(mut self, value: Value) -> Function {
        self.end(Terminator::Return(value));
        self.function
    }

    pub fn tail(&mut self, function: u32, arguments: &[Value]) {
        let span = Span { start: self.at, end: self.at };
        self.end(Terminator::TailCall {
            function: FuncId::from_u32(function),
            arguments: arguments.to_vec(),
            span,
        });
    }
}

fn empty() -> Function {
    Function {
        name: String::new(),
        file: 0,
        blocks: PrimaryMap::new(),
        values: PrimaryMap::new(),
        result: Class::Int,
        closure: false,
        captures: vec![],
        cold: false,
        entry: false,
    }
}

/// A program whose main function reports the result of function 0, which has no parameters.
pub fn program(functions: Vec<Function>, statics: Vec<Static>) -> Program {
    reporting(whole(functions, statics), FuncId::from_u32(0), &[])
}

/// The program, with a main function that reports what this function gives for these Ints.
pub fn reporting(mut program: Program, function: FuncId, arguments: &[i64]) -> Program {
    let (mut main, _) = Build::new("main", &[], Class::Int);
    let class = program.functions[function].result;
    let arguments: Vec<Value> = arguments.iter().map(|number| main.int(*number)).collect();
    let value = main.call(function.as_u32(), class, &arguments);
    let name = if class == Class::Float { "report_float" } else { "report" };
    let done = main.op(Class::Int, Op::Runtime { name, arguments: vec![value], result: Class::Int });
    program.main = Some(program.functions.push(main.give(done)));
    program
}

/// A program of tests: each is a function without parameters and the result that it must have.
pub fn tests(functions: Vec<Function>, statics: Vec<Static>, expected: &[(FuncId, i64)]) -> Program {
    expected.iter().fold(whole(functions, statics), |program, (function, wanted)| {
        testing(program, *function, &[], *wanted)
    })
}

/// The program, with a test more: that this function gives this result for these Ints.
pub fn testing(mut program: Program, function: FuncId, arguments: &[i64], wanted: i64) -> Program {
    let name = program.functions[function].name.clone();
    let (mut f, _) = Build::new(&format!("entry {name}"), &[Class::Ref], Class::Int);
    let arguments: Vec<Value> = arguments.iter().map(|number| f.int(*number)).collect();
    let got = f.call(function.as_u32(), Class::Int, &arguments);
    let wanted = f.int(wanted);
    let equal = f.binary(BinaryOp::Equal, got, wanted);
    let (right, _) = f.block(&[]);
    let (wrong, _) = f.block(&[]);
    f.branch(equal, right, wrong);
    f.open(right);
    f.end(Terminator::Return(got));
    f.open(wrong);
    let span = Span::default();
    f.end(Terminator::Panic { message: "a wrong result".to_string(), span, file: 0 });
    f.function.entry = true;
    let entry = program.functions.push(f.function);
    program.tests.push(Test { name, file: 0, span, entry, system: false });
    program
}

fn whole(functions: Vec<Function>, statics: Vec<Static>) -> Program {
    let (functions, statics) = (functions.into_iter().collect(), statics.into_iter().collect());
    Program { functions, statics, files: vec!["test.snow".to_string()], ..Program::default() }
}
