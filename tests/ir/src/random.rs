//! Random programs that always end: branches, counted loops, objects, arrays, bytes,
//! calls, closures, and checks that panic.

use cranelift_entity::PrimaryMap;
use snow_abi::{Kind, array, header};
use snow_ir::ir::{
    BinaryOp, Block, BlockId, Class, FuncId, Function, Instruction, Op, Program, Terminator, UnaryOp, Value,
};
use snow_syntax::span::Span;

/// The functions of a program; each calls only later ones, except that the last one calls itself.
const FUNCTIONS: u32 = 5;

/// The program of this number. Its first function takes two Ints.
pub fn program(seed: u64) -> Program {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let functions = (0..FUNCTIONS).map(|number| function(number, &mut random)).collect();
    Program { functions, ..Program::default() }
}

/// Xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

fn function(number: u32, random: &mut Random) -> Function {
    let last = number == FUNCTIONS - 1;
    // The last but one is called through closures: it captures an Int.
    let closure = number == FUNCTIONS - 2;
    let mut writer = Writer {
        function: Function {
            name: format!("f{number}"),
            file: 0,
            blocks: PrimaryMap::from_iter([Block::default()]),
            values: PrimaryMap::new(),
            result: Class::Int,
            closure,
            captures: Vec::new(),
            entry: false,
            cold: false,
        },
        at: BlockId::ENTRY,
        ints: Vec::new(),
        pairs: Vec::new(),
        number,
        random,
        budget: 30,
    };
    if closure {
        let object = writer.param(BlockId::ENTRY, Class::Ref);
        let captured = writer.emit(Op::Load { object, word: 2, class: Class::Int }, Class::Int);
        writer.ints.push(captured);
    }
    for _ in 0..2 {
        let param = writer.param(BlockId::ENTRY, Class::Int);
        writer.ints.push(param);
    }
    if last {
        writer.recursion();
    }
    writer.statements(4);
    let value = writer.int();
    match writer.random.below(4) {
        0 if number + 1 < FUNCTIONS - 2 => {
            let arguments = vec![value, writer.int()];
            writer.end(Terminator::TailCall {
                function: FuncId::from_u32(number + 1),
                arguments,
                span: Span::default(),
            });
        }
        _ => writer.end(Terminator::Return(value)),
    }
    writer.function
}

struct Writer<'a> {
    function: Function,
    at: BlockId,
    /// Values in scope.
    ints: Vec<Value>,
    /// Objects in scope: an immediate 0, or a pair of two Ints with the tag 1 or 2.
    pairs: Vec<Value>,
    number: u32,
    random: &'a mut Random,
    budget: u32,
}

impl Writer<'_> {
    fn value(&mut self, class: Class) -> Value {
        self.function.values.push(class)
    }

    fn param(&mut self, block: BlockId, class: Class) -> Value {
        let value = self.value(class);
        self.function.blocks[block].params.push(value);
        value
    }

    fn push(&mut self, result: Option<Value>, op: Op) {
        let instruction = Instruction { result, op, span: Span::default(), file: 0 };
        self.function.blocks[self.at].instructions.push(instruction);
    }

    fn emit(&mut self, op: Op, class: Class) -> Value {
        let result = self.value(class);
        self.push(Some(result), op);
        result
    }

    fn number(&mut self, number: i64) -> Value {
        self.emit(Op::Int(number), Class::Int)
    }

    fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        self.emit(Op::Binary(op, a, b), op.result())
    }

    fn block(&mut self) -> BlockId {
        self.function.blocks.push(Block::default())
    }

    fn end(&mut self, terminator: Terminator) {
        self.function.blocks[self.at].terminator = terminator;
    }

    fn jump(&mut self, to: BlockId, arguments: Vec<Value>) {
        self.end(Terminator::Jump(to, arguments));
    }

    fn branch(&mut self, condition: Value, then: BlockId, otherwise: BlockId) {
        self.end(Terminator::Branch(condition, (then, vec![]), (otherwise, vec![])));
    }

    fn int(&mut self) -> Value {
        if self.ints.is_empty() || self.random.below(5) == 0 {
            let number = self.random.pick(&[-7, -1, 0, 1, 2, 3, 8, 64, 1000, i64::MAX, i64::MIN]);
            return self.number(number);
        }
        self.random.pick(&self.ints)
    }

    /// A small number that is not negative.
    fn small(&mut self) -> Value {
        let value = self.int();
        let mask = self.number(7);
        self.binary(BinaryOp::And, value, mask)
    }

    fn condition(&mut self) -> Value {
        use BinaryOp::*;
        let (a, b) = (self.int(), self.int());
        let op = self.random.pick(&[Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, LessUnsigned]);
        let condition = self.binary(op, a, b);
        match self.random.below(5) {
            0 => self.emit(Op::Unary(UnaryOp::BoolNot, condition), Class::Bool),
            _ => condition,
        }
    }

    fn statements(&mut self, depth: u32) {
        let count = 1 + self.random.below(4);
        for _ in 0..count {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            match self.random.below(12) {
                0 | 1 => self.arithmetic(),
                2 if depth > 0 => self.branches(depth),
                3 if depth > 0 => self.counted_loop(depth),
                4 => self.pair(),
                5 => self.take_apart(),
                6 => self.call(),
                7 => self.call_closure(),
                8 => self.array(),
                9 => self.bytes(),
                10 => self.check(),
                _ => self.arithmetic(),
            }
        }
    }

    fn arithmetic(&mut self) {
        use BinaryOp::*;
        let ops = [Add, Add, Subtract, Multiply, And, Or, Xor, ShiftLeft, ShiftRight, ShiftRightUnsigned];
        let op = self.random.pick(&ops);
        let (a, b) = (self.int(), self.int());
        let value = self.binary(op, a, b);
        self.ints.push(value);
    }

    /// Runs `inside` in a scope of its own.
    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        let (ints, pairs) = (self.ints.len(), self.pairs.len());
        inside(self);
        self.ints.truncate(ints);
        self.pairs.truncate(pairs);
    }

    /// A branch whose sides hand an Int and a pair on.
    fn branches(&mut self, depth: u32) {
        let condition = self.condition();
        let (then, otherwise, join) = (self.block(), self.block(), self.block());
        self.branch(condition, then, otherwise);
        for side in [then, otherwise] {
            self.at = side;
            self.scoped(|writer| {
                writer.statements(depth - 1);
                let value = writer.int();
                let pair = writer.some_pair();
                writer.jump(join, vec![value, pair]);
            });
        }
        self.at = join;
        let value = self.param(join, Class::Int);
        let pair = self.param(join, Class::Ref);
        self.ints.push(value);
        self.pairs.push(pair);
    }

    /// From some number up to a bound, with a sum; sometimes left early.
    fn counted_loop(&mut self, depth: u32) {
        let from = self.small();
        let count = self.small();
        let mut bound = self.binary(BinaryOp::Add, from, count);
        if self.random.below(3) == 0 {
            // Long enough for what is done to long loops.
            let more = self.number(40);
            bound = self.binary(BinaryOp::Add, bound, more);
            self.budget /= 2;
        }
        let start = self.int();
        let (header, body, exit) = (self.block(), self.block(), self.block());
        self.jump(header, vec![from, start]);
        self.at = header;
        let index = self.param(header, Class::Int);
        let sum = self.param(header, Class::Int);
        // Both forms end, since the index meets the bound.
        let more = match self.random.below(2) {
            0 => self.binary(BinaryOp::Less, index, bound),
            _ => self.binary(BinaryOp::NotEqual, index, bound),
        };
        self.branch(more, body, exit);
        self.at = body;
        self.scoped(|writer| {
            writer.ints.extend([index, sum]);
            let depth = if writer.random.below(2) == 0 { 0 } else { depth - 1 };
            writer.statements(depth.min(1));
            if writer.random.below(3) == 0 {
                let leave = writer.condition();
                let next = writer.block();
                writer.branch(leave, exit, next);
                writer.at = next;
            }
            let value = writer.int();
            let sum = writer.binary(BinaryOp::Add, sum, value);
            let one = writer.number(1);
            let next = writer.binary(BinaryOp::Add, index, one);
            writer.jump(header, vec![next, sum]);
        });
        self.at = exit;
        self.ints.extend([index, sum]);
    }

    fn some_pair(&mut self) -> Value {
        if self.pairs.is_empty() || self.random.below(3) == 0 {
            self.pair();
        }
        self.random.pick(&self.pairs)
    }

    fn pair(&mut self) {
        let pair = match self.random.below(3) {
            0 => self.emit(Op::Immediate(0), Class::Ref),
            tag => {
                let fields = vec![self.int(), self.int()];
                let header = header(Kind::Fixed, tag as u32, 2, 0);
                self.emit(Op::New { header, fields }, Class::Ref)
            }
        };
        self.pairs.push(pair);
    }

    /// What a `case` over the three forms of a pair is lowered to.
    fn take_apart(&mut self) {
        let object = self.some_pair();
        let (none, some, first, second, join) =
            (self.block(), self.block(), self.block(), self.block(), self.block());
        let immediate = self.emit(Op::Unary(UnaryOp::IsImmediate, object), Class::Bool);
        self.branch(immediate, none, some);
        self.at = some;
        let tag = self.emit(Op::Unary(UnaryOp::HeaderTag, object), Class::Int);
        self.end(Terminator::Switch(tag, vec![(1, first)], second));
        for (block, word) in [(first, 1), (second, 2)] {
            self.at = block;
            let value = self.emit(Op::Load { object, word, class: Class::Int }, Class::Int);
            self.jump(join, vec![value]);
        }
        self.at = none;
        let value = self.int();
        self.jump(join, vec![value]);
        self.at = join;
        let value = self.param(join, Class::Int);
        self.ints.push(value);
    }

    fn call(&mut self) {
        let later = FUNCTIONS - 1 - self.number;
        if later == 0 {
            return;
        }
        let callee = self.number + 1 + self.random.below(later as usize) as u32;
        if callee == FUNCTIONS - 2 {
            return self.call_closure();
        }
        let first = if callee == FUNCTIONS - 1 { self.small() } else { self.int() };
        let arguments = vec![first, self.int()];
        let value = self.emit(Op::Call { function: FuncId::from_u32(callee), arguments }, Class::Int);
        self.ints.push(value);
    }

    fn call_closure(&mut self) {
        if self.number >= FUNCTIONS - 2 {
            return;
        }
        let code = self.emit(Op::FunctionAddress(FuncId::from_u32(FUNCTIONS - 2)), Class::Int);
        let fields = vec![code, self.int()];
        let header = header(Kind::Closure, 0, 2, 0);
        let closure = self.emit(Op::New { header, fields }, Class::Ref);
        let arguments = vec![self.int(), self.int()];
        let value = self.emit(Op::CallClosure { closure, arguments, result: Class::Int }, Class::Int);
        self.ints.push(value);
    }

    fn array(&mut self) {
        let capacity = self.number(8);
        let array = self.emit(Op::NewArray { references: false, capacity }, Class::Ref);
        for _ in 0..2 {
            let (index, value) = (self.small(), self.int());
            self.push(None, Op::ArraySet { array, index, value });
        }
        let index = self.small();
        let value = self.emit(Op::ArrayGet { array, index, class: Class::Int }, Class::Int);
        self.push(None, Op::Store { object: array, word: array::BACK, value });
        let load = Op::LoadMutable { object: array, word: array::BACK, class: Class::Int };
        let back = self.emit(load, Class::Int);
        self.ints.extend([value, back]);
    }

    /// Fills Bytes in a loop, and sums them up in another, each access behind its check.
    fn bytes(&mut self) {
        let length = self.number(64);
        let arguments = vec![length];
        let bytes = self.emit(Op::Runtime { name: "bytes_new", arguments, result: Class::Ref }, Class::Ref);
        let (from, seed) = (self.int(), self.int());
        let small = self.small();
        let shift = self.number(3);
        let until = self.binary(BinaryOp::ShiftLeft, small, shift);
        let started = self.random.pick(&[from, small]);
        self.bytes_loop(bytes, length, started, until, |writer, address, offset, sum| {
            let value = writer.binary(BinaryOp::Add, offset, sum);
            writer.push(None, Op::StoreBytes { address, offset, value, width: 1, big: false });
            sum
        });
        let zero = self.number(0);
        let width = self.random.pick(&[1, 2]);
        let stop = self.number(63);
        let sum = self.bytes_loop(bytes, length, zero, until, |writer, address, offset, sum| {
            let load = Op::LoadBytes { address, offset, width: 1, big: width == 2, signed: false };
            let byte = writer.emit(load, Class::Int);
            writer.binary(BinaryOp::Add, sum, byte)
        });
        let sum = self.binary(BinaryOp::Xor, sum, seed);
        self.ints.extend([sum, stop]);
    }

    fn bytes_loop(
        &mut self,
        bytes: Value,
        length: Value,
        from: Value,
        until: Value,
        act: impl FnOnce(&mut Self, Value, Value, Value) -> Value,
    ) -> Value {
        let zero = self.number(0);
        let (header, low, high, body, bad, exit) =
            (self.block(), self.block(), self.block(), self.block(), self.block(), self.block());
        self.jump(header, vec![from, zero]);
        self.at = header;
        let at = self.param(header, Class::Int);
        let sum = self.param(header, Class::Int);
        let done = self.binary(BinaryOp::GreaterEqual, at, until);
        self.branch(done, exit, low);
        self.at = low;
        let negative = self.binary(BinaryOp::Less, at, zero);
        self.branch(negative, bad, high);
        self.at = high;
        let outside = self.binary(BinaryOp::GreaterEqual, at, length);
        self.branch(outside, bad, body);
        self.at = body;
        let address = self.emit(Op::Address(bytes), Class::Address);
        let sum_next = act(self, address, at, sum);
        let step = self.random.pick(&[1, 2]);
        let step = self.number(step);
        let next = self.binary(BinaryOp::Add, at, step);
        self.jump(header, vec![next, sum_next]);
        self.at = bad;
        self.function.blocks[bad].cold = true;
        self.end(Terminator::Panic { message: "out of bounds".to_owned(), span: Span::default(), file: 0 });
        self.at = exit;
        sum
    }

    fn check(&mut self) {
        if self.random.below(3) != 0 {
            return;
        }
        let condition = self.condition();
        let (bad, next) = (self.block(), self.block());
        self.branch(condition, bad, next);
        self.at = bad;
        self.function.blocks[bad].cold = true;
        let message = format!("panic in f{}", self.number);
        self.end(Terminator::Panic { message, span: Span::default(), file: 0 });
        self.at = next;
    }

    /// `if first <= 0 do second else self(first - 1, second)`, in one of its forms.
    fn recursion(&mut self) {
        let (first, second) = (self.ints[0], self.ints[1]);
        let zero = self.number(0);
        let done = self.binary(BinaryOp::LessEqual, first, zero);
        let (stop, go) = (self.block(), self.block());
        self.branch(done, stop, go);
        self.at = stop;
        self.end(Terminator::Return(second));
        self.at = go;
        let one = self.number(1);
        let less = self.binary(BinaryOp::Subtract, first, one);
        let call = Op::Call { function: FuncId::from_u32(self.number), arguments: vec![less, second] };
        let value = self.emit(call, Class::Int);
        self.ints.push(value);
    }
}
