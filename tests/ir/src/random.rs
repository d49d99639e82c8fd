//! Random programs that end, or nearly always: branches, counted loops, objects of numbers and of references,
//! arrays, bytes and addresses of bytes, calls, closures, a recursion, and checks that panic. The optimiser's
//! tests and the code generator's use the same programs.

use crate::build::Build;
use snow_abi::{Kind, array, header};
use snow_ir::ir::{
    BinaryOp, BlockId, Class, FuncId, Function, Op, Program, Static, StaticId, StaticWord, Statics,
    Terminator, UnaryOp, Value,
};
use snow_syntax::span::Span;

/// What occurs beside what always does.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// Polls anywhere, as no source has them: what lives across them must be found again.
    pub polls: bool,
}

/// The functions of a program; each calls only later ones, except that the last one calls itself. The last
/// but one is called through closures.
const FUNCTIONS: u32 = 5;

/// A cell: two references to cells, and an Int.
const CELL: u64 = header(Kind::Fixed, 1, 3, 2);

/// The length of all Bytes.
const BYTES: i64 = 64;

/// The program of this number. Its first function takes two Ints, and gives one.
pub fn program(seed: u64, options: Options) -> Program {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let functions = (0..FUNCTIONS).map(|number| function(number, options, &mut random)).collect();
    let itself = StaticWord::Static(constant());
    let words = vec![itself.clone(), itself, StaticWord::Raw(17)];
    let statics = Statics::from_iter([Static::Object { header: CELL, words }]);
    Program { functions, statics, files: vec!["random.snow".to_owned()], ..Program::default() }
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

fn function(number: u32, options: Options, random: &mut Random) -> Function {
    let closure = number == FUNCTIONS - 2;
    let classes = [Class::Ref, Class::Int, Class::Int];
    let name = format!("f{number}");
    let (build, params) = Build::new(&name, if closure { &classes } else { &classes[1..] }, Class::Int);
    let mut writer = Writer { build, scope: Scope::default(), number, options, random, budget: 30 };
    if closure {
        writer.build.function.closure = true;
        let captured = writer.build.load(params[0], 2, Class::Int);
        writer.scope.ints.push(captured);
    }
    writer.scope.ints.extend(&params[params.len() - 2..]);
    let constant = writer.build.op(Class::Ref, Op::Static(constant()));
    writer.scope.cells.push(constant);
    if number == FUNCTIONS - 1 {
        writer.recursion(&params);
    }
    writer.statements(4);
    let value = writer.sum();
    if number + 1 < FUNCTIONS - 2 && writer.random.below(4) == 0 {
        let other = writer.int();
        writer.build.tail(number + 1, &[value, other]);
        return writer.build.function;
    }
    writer.build.give(value)
}

/// Values that may be used at a place.
#[derive(Clone, Default)]
struct Scope {
    ints: Vec<Value>,
    /// An immediate 0, or a pair of two Ints with the tag 1 or 2.
    pairs: Vec<Value>,
    cells: Vec<Value>,
    /// Each filled with numbers.
    bytes: Vec<Value>,
    addresses: Vec<Value>,
}

struct Writer<'a> {
    build: Build,
    scope: Scope,
    number: u32,
    options: Options,
    random: &'a mut Random,
    /// How many statements may still come.
    budget: u32,
}

impl Writer<'_> {
    fn statements(&mut self, depth: u32) {
        for _ in 0..1 + self.random.below(5) {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            match self.random.below(20) {
                0 if depth > 0 => self.branches(depth),
                1 if depth > 0 => self.counted_loop(depth),
                2 => _ = self.pair(),
                3 => self.take_apart(),
                4 => self.call(),
                5 => self.call_closure(),
                6 => self.array(),
                7 => self.loops_over_bytes(),
                8 => self.check(),
                9 | 10 => self.cell(),
                11 => self.follow(),
                12 => self.choose(),
                13 => self.address(),
                14 => self.load_byte(),
                15 | 16 if self.options.polls => self.build.effect(Op::Poll),
                _ => self.arithmetic(),
            }
        }
    }

    /// Runs `inside` in a scope of its own.
    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        let outside = self.scope.clone();
        inside(self);
        self.scope = outside;
    }

    // Numbers

    fn int(&mut self) -> Value {
        if self.scope.ints.is_empty() || self.random.below(5) == 0 {
            let number = self.random.pick(&[-7, -1, 0, 1, 2, 3, 8, 64, 1000, i64::MAX, i64::MIN]);
            return self.build.int(number);
        }
        self.random.pick(&self.scope.ints)
    }

    /// A number from 0 to 7.
    fn small(&mut self) -> Value {
        let value = self.int();
        let mask = self.build.int(7);
        self.build.binary(BinaryOp::And, value, mask)
    }

    fn arithmetic(&mut self) {
        use BinaryOp::*;
        let ops = [Add, Add, Subtract, Multiply, And, Or, Xor, ShiftLeft, ShiftRight, ShiftRightUnsigned];
        let op = self.random.pick(&ops);
        let (a, b) = (self.int(), self.int());
        let value = self.build.binary(op, a, b);
        self.scope.ints.push(value);
    }

    fn condition(&mut self) -> Value {
        use BinaryOp::*;
        let (a, b) = (self.int(), self.int());
        let op = self.random.pick(&[Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, LessUnsigned]);
        let condition = self.build.binary(op, a, b);
        match self.random.below(5) {
            0 => self.build.op(Class::Bool, Op::Unary(UnaryOp::BoolNot, condition)),
            _ => condition,
        }
    }

    /// A number in which all numbers and cells in scope count.
    fn sum(&mut self) -> Value {
        let mut sum = self.int();
        let weight = self.build.int(31);
        for cell in self.scope.cells.clone() {
            let next = self.build.load(cell, 1, Class::Ref);
            let (value, behind) =
                (self.build.load(cell, 3, Class::Int), self.build.load(next, 3, Class::Int));
            sum = self.build.binary(BinaryOp::Multiply, sum, weight);
            sum = self.build.add(sum, value);
            sum = self.build.add(sum, behind);
        }
        for int in self.scope.ints.clone() {
            sum = self.build.binary(BinaryOp::Multiply, sum, weight);
            sum = self.build.add(sum, int);
        }
        sum
    }

    // Control flow

    /// A branch whose sides hand an Int, a pair and a cell on.
    fn branches(&mut self, depth: u32) {
        let condition = self.condition();
        let sides = [self.build.block(&[]).0, self.build.block(&[]).0];
        let (join, given) = self.build.block(&[Class::Int, Class::Ref, Class::Ref]);
        self.build.branch(condition, sides[0], sides[1]);
        for side in sides {
            self.build.open(side);
            self.scoped(|writer| {
                writer.statements(depth - 1);
                let values = [writer.int(), writer.some_pair(), writer.some_cell()];
                writer.build.jump(join, &values);
            });
        }
        self.build.open(join);
        self.scope.ints.push(given[0]);
        self.scope.pairs.push(given[1]);
        self.scope.cells.push(given[2]);
    }

    /// From some number up to a bound, with a sum and a cell; sometimes left early.
    fn counted_loop(&mut self, depth: u32) {
        let (from, count) = (self.small(), self.small());
        let mut bound = self.build.add(from, count);
        if self.random.below(3) == 0 {
            // Long enough for what is done to long loops.
            let more = self.build.int(40);
            bound = self.build.add(bound, more);
            self.budget /= 2;
        }
        let start = [from, self.int(), self.some_cell()];
        let (header, state) = self.build.block(&[Class::Int, Class::Int, Class::Ref]);
        let (body, exit) = (self.build.block(&[]).0, self.build.block(&[]).0);
        self.build.jump(header, &start);
        self.build.open(header);
        // Both forms end, since the index meets the bound.
        let op = self.random.pick(&[BinaryOp::Less, BinaryOp::NotEqual]);
        let more = self.build.binary(op, state[0], bound);
        self.build.branch(more, body, exit);
        self.build.open(body);
        self.scoped(|writer| {
            writer.scope.ints.extend(&state[..2]);
            writer.scope.cells.push(state[2]);
            let depth = if writer.random.below(2) == 0 { 0 } else { depth - 1 };
            writer.statements(depth.min(1));
            if writer.random.below(3) == 0 {
                let leave = writer.condition();
                let (next, _) = writer.build.block(&[]);
                writer.build.branch(leave, exit, next);
                writer.build.open(next);
            }
            let value = writer.int();
            let sum = writer.build.add(state[1], value);
            let one = writer.build.int(1);
            let next = writer.build.add(state[0], one);
            let cell = writer.some_cell();
            writer.build.jump(header, &[next, sum, cell]);
        });
        self.build.open(exit);
        self.scope.ints.extend(&state[..2]);
        self.scope.cells.push(state[2]);
    }

    fn check(&mut self) {
        if self.random.below(3) != 0 {
            return;
        }
        let condition = self.condition();
        let bad = self.panicking(format!("panic in f{}", self.number));
        let (next, _) = self.build.block(&[]);
        self.build.branch(condition, bad, next);
        self.build.open(next);
    }

    fn panicking(&mut self, message: String) -> BlockId {
        let (bad, _) = self.build.block(&[]);
        let block = &mut self.build.function.blocks[bad];
        block.cold = true;
        block.terminator = Terminator::Panic { message, span: Span::default(), file: 0 };
        bad
    }

    /// `if first <= 0 do second else self(first - 1, second)`, in one of its forms.
    fn recursion(&mut self, params: &[Value]) {
        let zero = self.build.int(0);
        let done = self.build.binary(BinaryOp::LessEqual, params[0], zero);
        let (stop, go) = (self.build.block(&[]).0, self.build.block(&[]).0);
        self.build.branch(done, stop, go);
        self.build.open(stop);
        self.build.end(Terminator::Return(params[1]));
        self.build.open(go);
        let one = self.build.int(1);
        let less = self.build.binary(BinaryOp::Subtract, params[0], one);
        let value = self.build.call(self.number, Class::Int, &[less, params[1]]);
        self.scope.ints.push(value);
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
        let arguments = [first, self.int()];
        let value = self.build.call(callee, Class::Int, &arguments);
        self.scope.ints.push(value);
    }

    fn call_closure(&mut self) {
        if self.number >= FUNCTIONS - 2 {
            return;
        }
        let code = self.build.op(Class::Int, Op::FunctionAddress(FuncId::from_u32(FUNCTIONS - 2)));
        let fields = vec![code, self.int()];
        let closure = self.build.op(Class::Ref, Op::New { header: header(Kind::Closure, 0, 2, 0), fields });
        let arguments = vec![self.int(), self.int()];
        let value = self.build.op(Class::Int, Op::CallClosure { closure, arguments, result: Class::Int });
        self.scope.ints.push(value);
    }

    // Objects

    fn some_pair(&mut self) -> Value {
        if self.scope.pairs.is_empty() || self.random.below(3) == 0 {
            return self.pair();
        }
        self.random.pick(&self.scope.pairs)
    }

    fn pair(&mut self) -> Value {
        let pair = match self.random.below(3) {
            0 => self.build.op(Class::Ref, Op::Immediate(0)),
            tag => {
                let fields = vec![self.int(), self.int()];
                let header = header(Kind::Fixed, tag as u32, 2, 0);
                self.build.op(Class::Ref, Op::New { header, fields })
            }
        };
        self.scope.pairs.push(pair);
        pair
    }

    /// What a `case` over the three forms of a pair is lowered to.
    fn take_apart(&mut self) {
        let object = self.some_pair();
        let [none, some, first, second] = [(); 4].map(|()| self.build.block(&[]).0);
        let (join, given) = self.build.block(&[Class::Int]);
        let immediate = self.build.op(Class::Bool, Op::Unary(UnaryOp::IsImmediate, object));
        self.build.branch(immediate, none, some);
        self.build.open(some);
        let tag = self.build.op(Class::Int, Op::Unary(UnaryOp::HeaderTag, object));
        self.build.end(Terminator::Switch(tag, vec![(1, first)], second));
        for (block, word) in [(first, 1), (second, 2)] {
            self.build.open(block);
            let value = self.build.load(object, word, Class::Int);
            self.build.jump(join, &[value]);
        }
        self.build.open(none);
        let value = self.int();
        self.build.jump(join, &[value]);
        self.build.open(join);
        self.scope.ints.push(given[0]);
    }

    fn some_cell(&mut self) -> Value {
        self.random.pick(&self.scope.cells)
    }

    fn cell(&mut self) {
        let fields = vec![self.some_cell(), self.some_cell(), self.int()];
        let cell = self.build.op(Class::Ref, Op::New { header: CELL, fields });
        self.scope.cells.push(cell);
    }

    /// What a cell refers to, or its Int.
    fn follow(&mut self) {
        let cell = self.some_cell();
        match self.random.below(3) {
            0 => {
                let value = self.build.load(cell, 3, Class::Int);
                self.scope.ints.push(value);
            }
            word => {
                let next = self.build.load(cell, word as u32, Class::Ref);
                self.scope.cells.push(next);
            }
        }
    }

    fn choose(&mut self) {
        let condition = self.condition();
        let (a, b) = (self.some_cell(), self.some_cell());
        let chosen = self.build.op(Class::Ref, Op::Select(condition, a, b));
        self.scope.cells.push(chosen);
    }

    fn array(&mut self) {
        let capacity = self.build.int(8);
        let array = self.build.op(Class::Ref, Op::NewArray { references: false, capacity });
        for _ in 0..2 {
            let (index, value) = (self.small(), self.int());
            self.build.effect(Op::ArraySet { array, index, value });
        }
        let index = self.small();
        let value = self.build.op(Class::Int, Op::ArrayGet { array, index, class: Class::Int });
        let end = self.small();
        self.build.effect(Op::Store { object: array, word: array::BACK, value: end });
        let load = Op::LoadMutable { object: array, word: array::BACK, class: Class::Int };
        let back = self.build.op(Class::Int, load);
        self.scope.ints.extend([value, back]);
    }

    // Bytes

    fn some_bytes(&mut self) -> Value {
        if self.scope.bytes.is_empty() || self.random.below(3) == 0 {
            let bytes = self.build.bytes(BYTES);
            self.scope.bytes.push(bytes);
        }
        self.random.pick(&self.scope.bytes)
    }

    fn address(&mut self) {
        let bytes = self.some_bytes();
        let address = self.build.op(Class::Address, Op::Address(bytes));
        self.scope.addresses.push(address);
    }

    fn load_byte(&mut self) {
        if self.scope.addresses.is_empty() {
            self.address();
        }
        let (address, offset) = (self.random.pick(&self.scope.addresses), self.small());
        let width = self.random.pick(&[1, 2, 4, 8]);
        let (big, signed) = (self.random.below(2) == 0, self.random.below(2) == 0);
        let value = self.build.op(Class::Int, Op::LoadBytes { address, offset, width, big, signed });
        self.scope.ints.push(value);
    }

    /// Writes to Bytes in a loop, and sums them up in another, each access behind its check.
    fn loops_over_bytes(&mut self) {
        let bytes = self.some_bytes();
        let length = self.build.int(BYTES);
        let (from, small) = (self.int(), self.small());
        let shift = self.build.int(3);
        let until = self.build.binary(BinaryOp::ShiftLeft, small, shift);
        let start = self.random.pick(&[from, small]);
        self.loop_over_bytes(bytes, length, start, until, |build, address, offset, sum| {
            let value = build.add(offset, sum);
            build.effect(Op::StoreBytes { address, offset, value, width: 1, big: false });
            sum
        });
        let zero = self.build.int(0);
        let sum = self.loop_over_bytes(bytes, length, zero, until, |build, address, offset, sum| {
            let load = Op::LoadBytes { address, offset, width: 1, big: false, signed: false };
            let byte = build.op(Class::Int, load);
            build.add(sum, byte)
        });
        self.scope.ints.push(sum);
    }

    fn loop_over_bytes(
        &mut self,
        bytes: Value,
        length: Value,
        from: Value,
        until: Value,
        act: impl FnOnce(&mut Build, Value, Value, Value) -> Value,
    ) -> Value {
        let zero = self.build.int(0);
        let (header, state) = self.build.block(&[Class::Int, Class::Int]);
        let [low, high, body, exit] = [(); 4].map(|()| self.build.block(&[]).0);
        let bad = self.panicking("out of bounds".to_owned());
        self.build.jump(header, &[from, zero]);
        self.build.open(header);
        let done = self.build.binary(BinaryOp::GreaterEqual, state[0], until);
        self.build.branch(done, exit, low);
        self.build.open(low);
        let negative = self.build.binary(BinaryOp::Less, state[0], zero);
        self.build.branch(negative, bad, high);
        self.build.open(high);
        let outside = self.build.binary(BinaryOp::GreaterEqual, state[0], length);
        self.build.branch(outside, bad, body);
        self.build.open(body);
        let address = self.build.op(Class::Address, Op::Address(bytes));
        let sum = act(&mut self.build, address, state[0], state[1]);
        let step = self.random.pick(&[1, 2]);
        let step = self.build.int(step);
        let next = self.build.add(state[0], step);
        self.build.jump(header, &[next, sum]);
        self.build.open(exit);
        state[1]
    }
}

/// The constant cell, whose references are itself.
fn constant() -> StaticId {
    StaticId::from_u32(0)
}
