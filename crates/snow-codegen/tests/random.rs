//! Random control flow with references and addresses live across calls, polls and
//! allocations, against an interpreter.
#![cfg(target_arch = "x86_64")]

mod common;

use common::interpret::{CONSTANT, Interpreter, Meaning};
use common::{machine, runtime};
use snow_abi::{Kind, header};
use snow_ir::ir::*;
use snow_ir_testing::build::{Build, program, tests};

/// Two references and an Int.
const CELL: u64 = header(Kind::Fixed, 1, 3, 2);
const BYTES: i64 = 24;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % bound
    }

    fn one_of(&mut self, values: &[Value]) -> Value {
        values[self.below(values.len())]
    }
}

/// Values that may be used at a place.
#[derive(Clone)]
struct Scope {
    ints: Vec<Value>,
    cells: Vec<Value>,
    bytes: Vec<Value>,
    addresses: Vec<Value>,
}

fn statements(f: &mut Build, random: &mut Random, scope: &mut Scope, depth: usize) {
    for _ in 0..2 + random.below(7) {
        statement(f, random, scope, depth);
    }
}

fn statement(f: &mut Build, random: &mut Random, scope: &mut Scope, depth: usize) {
    match random.below(if depth == 0 { 13 } else { 17 }) {
        0 => {
            let value = random.below(1000) as i64;
            scope.ints.push(f.int(value));
        }
        1 => {
            let (a, b) = (random.one_of(&scope.ints), random.one_of(&scope.ints));
            let op = [BinaryOp::Add, BinaryOp::Xor, BinaryOp::Multiply][random.below(3)];
            scope.ints.push(f.binary(op, a, b));
        }
        2 | 3 => {
            let cells = [random.one_of(&scope.cells), random.one_of(&scope.cells)];
            let fields = vec![cells[0], cells[1], random.one_of(&scope.ints)];
            scope.cells.push(f.op(Class::Ref, Op::New { header: CELL, fields }));
        }
        4 | 5 => {
            let cell = random.one_of(&scope.cells);
            let word = 1 + random.below(2) as u32;
            scope.cells.push(f.load(cell, word, Class::Ref));
        }
        6 => {
            let cell = random.one_of(&scope.cells);
            scope.ints.push(f.load(cell, 3, Class::Int));
        }
        7 => f.effect(Op::Poll),
        8 => {
            let arguments = [random.one_of(&scope.cells), random.one_of(&scope.ints)];
            scope.cells.push(f.call(1, Class::Ref, &arguments));
        }
        9 => {
            let arguments = [random.one_of(&scope.ints)];
            scope.ints.push(f.call(2, Class::Int, &arguments));
        }
        10 => {
            scope.bytes.push(f.bytes(BYTES));
        }
        11 if !scope.bytes.is_empty() => {
            let bytes = random.one_of(&scope.bytes);
            scope.addresses.push(f.op(Class::Address, Op::Address(bytes)));
        }
        12 if !scope.addresses.is_empty() => {
            let offset = f.int(random.below(BYTES as usize) as i64);
            let address = random.one_of(&scope.addresses);
            let load = Op::LoadBytes { address, offset, width: 1, big: false, signed: false };
            scope.ints.push(f.op(Class::Int, load));
        }
        13 => {
            let condition = random.one_of(&scope.ints);
            let condition = f.op(Class::Bool, Op::Unary(UnaryOp::IntToBool, condition));
            let (a, b) = (random.one_of(&scope.cells), random.one_of(&scope.cells));
            scope.cells.push(f.op(Class::Ref, Op::Select(condition, a, b)));
        }
        14 | 15 => choice(f, random, scope, depth - 1),
        16 => repetition(f, random, scope, depth - 1),
        _ => {}
    }
}

fn choice(f: &mut Build, random: &mut Random, scope: &mut Scope, depth: usize) {
    let condition = random.one_of(&scope.ints);
    let condition = f.op(Class::Bool, Op::Unary(UnaryOp::IntToBool, condition));
    let arms = [f.block(&[]).0, f.block(&[]).0];
    let (after, results) = f.block(&[Class::Ref, Class::Int]);
    f.branch(condition, arms[0], arms[1]);
    for arm in arms {
        f.open(arm);
        let mut inner = scope.clone();
        statements(f, random, &mut inner, depth);
        let (cell, int) = (random.one_of(&inner.cells), random.one_of(&inner.ints));
        f.jump(after, &[cell, int]);
    }
    f.open(after);
    scope.cells.push(results[0]);
    scope.ints.push(results[1]);
}

/// A loop of a few rounds that carries a counter, a cell and an Int.
fn repetition(f: &mut Build, random: &mut Random, scope: &mut Scope, depth: usize) {
    let zero = f.int(0);
    let (head, state) = f.block(&[Class::Int, Class::Ref, Class::Int]);
    let (body, _) = f.block(&[]);
    let (after, _) = f.block(&[]);
    let (cell, int) = (random.one_of(&scope.cells), random.one_of(&scope.ints));
    f.jump(head, &[zero, cell, int]);
    f.open(head);
    if random.below(2) == 0 {
        f.effect(Op::Poll);
    }
    let rounds = f.int(random.below(4) as i64);
    let more = f.binary(BinaryOp::Less, state[0], rounds);
    f.branch(more, body, after);
    f.open(body);
    let mut inner = scope.clone();
    inner.ints.extend([state[0], state[2]]);
    inner.cells.push(state[1]);
    statements(f, random, &mut inner, depth);
    let one = f.int(1);
    let next = f.add(state[0], one);
    let (cell, int) = (random.one_of(&inner.cells), random.one_of(&inner.ints));
    f.jump(head, &[next, cell, int]);
    f.open(after);
    scope.cells.push(state[1]);
    scope.ints.push(state[2]);
}

fn random_function(seed: u64) -> Function {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut f, _) = Build::new("random", &[], Class::Int);
    let constant = f.op(Class::Ref, Op::Static(StaticId::from_u32(0)));
    let start = f.int(seed as i64);
    let first = f.op(Class::Ref, Op::New { header: CELL, fields: vec![constant, constant, start] });
    let mut scope =
        Scope { ints: vec![start], cells: vec![constant, first], bytes: vec![], addresses: vec![] };
    statements(&mut f, &mut random, &mut scope, 3);
    statements(&mut f, &mut random, &mut scope, 3);
    // Everything that is left counts.
    let mut sum = f.int(1);
    let weight = f.int(31);
    for cell in scope.cells {
        let value = f.load(cell, 3, Class::Int);
        let next = f.load(cell, 1, Class::Ref);
        let behind = f.load(next, 3, Class::Int);
        sum = f.binary(BinaryOp::Multiply, sum, weight);
        sum = f.add(sum, value);
        sum = f.add(sum, behind);
    }
    for int in scope.ints {
        sum = f.binary(BinaryOp::Multiply, sum, weight);
        sum = f.add(sum, int);
    }
    f.give(sum)
}

/// `grow(cell, n)`: a new cell before it, made behind a poll.
fn grow() -> Function {
    let (mut f, p) = Build::new("grow", &[Class::Ref, Class::Int], Class::Ref);
    f.effect(Op::Poll);
    let other = f.load(p[0], 2, Class::Ref);
    let value = f.load(p[0], 3, Class::Int);
    let value = f.add(value, p[1]);
    let new = f.op(Class::Ref, Op::New { header: CELL, fields: vec![p[0], other, value] });
    f.give(new)
}

/// `same(n)`, which the optimiser does not see through.
fn same() -> Function {
    let (mut f, p) = Build::new("same", &[Class::Int], Class::Int);
    f.effect(Op::Poll);
    f.give(p[0])
}

#[test]
fn random_programs_mean_what_they_say() {
    let itself = StaticWord::Static(StaticId::from_u32(0));
    let words = vec![itself.clone(), itself, StaticWord::Raw(CONSTANT as u64)];
    let statics = vec![Static::Object { header: CELL, words }];
    let mut collections = 0;
    let mut all = vec![random_function(1), grow(), same()];
    let mut expected = Vec::new();
    for seed in 1..=300 {
        let function = random_function(seed);
        all.push(function.clone());
        let program = program(vec![function, grow(), same()], statics.clone());
        let wanted = Interpreter::new(&program).call(FuncId::from_u32(0), &[]);
        let outcome = machine::run(&program);
        assert_eq!(Meaning::Int(outcome.int()), wanted, "seed {seed}");
        collections += outcome.collections;
        expected.push((FuncId::from_u32(all.len() as u32 - 1), outcome.int()));
    }
    assert!(collections > 3000, "{collections} collections");
    runtime::run_tests(&tests(all, statics, &expected));
}
