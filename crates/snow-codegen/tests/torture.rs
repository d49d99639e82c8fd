//! References, addresses and vectors across calls that move everything.
#![cfg(target_arch = "x86_64")]

mod common;

use common::samples::{NIL, cell, list, sum};
use common::{machine, runtime};
use snow_abi::{Kind, header};
use snow_ir::ir::*;
use snow_ir_testing::build::{Build, program, tests};
use snow_syntax::span::Span;

/// Runs function 0 in the test's own machine and in the runtime.
fn check(functions: Vec<Function>, expected: i64) {
    let outcome = machine::run(&program(functions.clone(), vec![]));
    assert_eq!(outcome.int(), expected);
    assert!(outcome.collections > 0);
    runtime::run_tests(&tests(functions, vec![], &[(FuncId::from_u32(0), expected)]));
}

#[test]
fn lists_survive() {
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let n = f.int(100);
    let a = f.call(1, Class::Ref, &[n]);
    let b = f.call(1, Class::Ref, &[n]);
    let x = f.call(2, Class::Int, &[a]);
    let y = f.call(2, Class::Int, &[b]);
    let z = f.call(2, Class::Int, &[a]);
    let total = f.add(x, y);
    let total = f.add(total, z);
    check(vec![f.give(total), list(), sum()], 3 * 5050);
}

#[test]
fn trees_survive() {
    // tree(depth): two subtrees; count(tree): nodes.
    let node = header(Kind::Fixed, 1, 3, 2);
    let (mut f, p) = Build::new("tree", &[Class::Int], Class::Ref);
    let (leaf, _) = f.block(&[]);
    let (inner, _) = f.block(&[]);
    let zero = f.int(0);
    let end = f.binary(BinaryOp::Equal, p[0], zero);
    f.branch(end, leaf, inner);
    f.open(leaf);
    let nil = f.op(Class::Ref, NIL);
    f.end(Terminator::Return(nil));
    f.open(inner);
    let one = f.int(1);
    let depth = f.binary(BinaryOp::Subtract, p[0], one);
    let left = f.call(1, Class::Ref, &[depth]);
    let right = f.call(1, Class::Ref, &[depth]);
    let new = f.op(Class::Ref, Op::New { header: node, fields: vec![left, right, p[0]] });
    let tree = f.give(new);

    let (mut f, p) = Build::new("count", &[Class::Ref], Class::Int);
    let (leaf, _) = f.block(&[]);
    let (inner, _) = f.block(&[]);
    let end = f.op(Class::Bool, Op::Unary(UnaryOp::IsImmediate, p[0]));
    f.branch(end, leaf, inner);
    f.open(leaf);
    let zero = f.int(0);
    f.end(Terminator::Return(zero));
    f.open(inner);
    f.effect(Op::Poll);
    let left = f.load(p[0], 1, Class::Ref);
    let left = f.call(2, Class::Int, &[left]);
    let right = f.load(p[0], 2, Class::Ref);
    let right = f.call(2, Class::Int, &[right]);
    let depth = f.load(p[0], 3, Class::Int);
    let both = f.add(left, right);
    let total = f.add(both, depth);
    let count = f.give(total);

    let (mut f, _) = Build::new("test", &[], Class::Int);
    let depth = f.int(8);
    let made = f.call(1, Class::Ref, &[depth]);
    let total = f.call(2, Class::Int, &[made]);
    // Sum of depth over nodes: 2^k nodes of depth 8 - k.
    check(vec![f.give(total), tree, count], (0..8).map(|k| (1 << k) * (8 - k)).sum::<i64>());
}

#[test]
fn deep_recursion_keeps_every_frame() {
    // increment(list): a new list, made behind the recursive call.
    let (mut f, p) = Build::new("increment", &[Class::Ref], Class::Ref);
    let (end, _) = f.block(&[]);
    let (more, _) = f.block(&[]);
    let empty = f.op(Class::Bool, Op::Unary(UnaryOp::IsImmediate, p[0]));
    f.branch(empty, end, more);
    f.open(end);
    let nil = f.op(Class::Ref, NIL);
    f.end(Terminator::Return(nil));
    f.open(more);
    let rest = f.load(p[0], 1, Class::Ref);
    let rest = f.call(3, Class::Ref, &[rest]);
    let value = f.load(p[0], 2, Class::Int);
    let one = f.int(1);
    let value = f.add(value, one);
    let new = f.op(Class::Ref, Op::New { header: cell(), fields: vec![rest, value] });
    let increment = f.give(new);

    let (mut f, _) = Build::new("test", &[], Class::Int);
    let n = f.int(500);
    let made = f.call(1, Class::Ref, &[n]);
    let changed = f.call(3, Class::Ref, &[made]);
    let total = f.call(2, Class::Int, &[changed]);
    check(vec![f.give(total), list(), sum(), increment], 500 * 501 / 2 + 500);
}

#[test]
fn tail_calls_shift_stack_arguments() {
    // few(list, n) -> many(n, list × 10, n) -> few(list, n - 1) …
    let (mut f, p) = Build::new("few", &[Class::Ref, Class::Int], Class::Int);
    let (end, _) = f.block(&[]);
    let (more, _) = f.block(&[]);
    let zero = f.int(0);
    let done = f.binary(BinaryOp::Equal, p[1], zero);
    f.effect(Op::Poll);
    f.branch(done, end, more);
    f.open(end);
    f.tail(2, &[p[0]]);
    f.open(more);
    let mut arguments = vec![p[1]];
    arguments.extend([p[0]; 10]);
    arguments.push(p[1]);
    f.tail(4, &arguments);
    let few = f.function;

    let mut classes = vec![Class::Int];
    classes.extend([Class::Ref; 10]);
    classes.push(Class::Int);
    let (mut f, p) = Build::new("many", &classes, Class::Int);
    f.effect(Op::Poll);
    // All ten must be the same list, wherever it is now.
    let mut same = f.op(Class::Bool, Op::Bool(true));
    for pair in p[1..11].windows(2) {
        let equal = f.binary(BinaryOp::Same, pair[0], pair[1]);
        same = f.binary(BinaryOp::BoolAnd, same, equal);
    }
    let equal = f.binary(BinaryOp::Equal, p[0], p[11]);
    same = f.binary(BinaryOp::BoolAnd, same, equal);
    let (right, _) = f.block(&[]);
    let (wrong, _) = f.block(&[]);
    f.branch(same, right, wrong);
    f.open(wrong);
    f.end(Terminator::Panic { message: "different".to_string(), span: Span { start: 7, end: 7 }, file: 0 });
    f.open(right);
    let total = f.call(2, Class::Int, &[p[4]]);
    let zero = f.int(0);
    let zero = f.binary(BinaryOp::Multiply, total, zero);
    let one = f.int(1);
    let n = f.binary(BinaryOp::Subtract, p[11], one);
    let n = f.add(n, zero);
    f.tail(3, &[p[9], n]);
    let many = f.function;

    let (mut f, _) = Build::new("test", &[], Class::Int);
    let n = f.int(20);
    let made = f.call(1, Class::Ref, &[n]);
    let times = f.int(100);
    let total = f.call(3, Class::Int, &[made, times]);
    let again = f.call(2, Class::Int, &[made]);
    let total = f.add(total, again);
    check(vec![f.give(total), list(), sum(), few, many], 420);
}

#[test]
fn vectors_and_floats_live_across_polls() {
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let seven = f.int(7);
    let vector = f.op(Class::Vector, Op::Unary(UnaryOp::VectorSplat, seven));
    let float = f.op(Class::Float, Op::Unary(UnaryOp::IntToFloat, seven));
    let n = f.int(10);
    let made = f.call(1, Class::Ref, &[n]);
    f.effect(Op::Poll);
    let total = f.call(2, Class::Int, &[made]);
    let expected = f.op(Class::Vector, Op::VectorConst([7; 16]));
    let equal = f.binary(BinaryOp::VectorEqual, vector, expected);
    let bits = f.op(Class::Int, Op::Unary(UnaryOp::VectorHighBits, equal));
    let whole = f.op(Class::Int, Op::Unary(UnaryOp::FloatToInt, float));
    let total = f.add(total, bits);
    let total = f.add(total, whole);
    check(vec![f.give(total), list(), sum()], 55 + 0xffff + 7);
}

#[test]
fn addresses_are_derived_again() {
    // Sums bytes 0..length in a loop that polls; the address is made before the loop.
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let length = f.int(40);
    let bytes = f.bytes(40);
    let address = f.op(Class::Address, Op::Address(bytes));
    let zero = f.int(0);
    let (head, at_head) = f.block(&[Class::Int, Class::Int]);
    let (body, _) = f.block(&[]);
    let (done, _) = f.block(&[]);
    f.jump(head, &[zero, zero]);
    f.open(head);
    f.effect(Op::Poll);
    let more = f.binary(BinaryOp::Less, at_head[0], length);
    f.branch(more, body, done);
    f.open(body);
    let byte =
        f.op(Class::Int, Op::LoadBytes { address, offset: at_head[0], width: 1, big: false, signed: false });
    // Written back twice as large: through an address that a new object has moved.
    let nil = f.op(Class::Ref, NIL);
    let new = f.op(Class::Ref, Op::New { header: cell(), fields: vec![nil, byte] });
    let kept = f.load(new, 2, Class::Int);
    let double = f.add(kept, kept);
    f.effect(Op::StoreBytes { address, offset: at_head[0], value: double, width: 1, big: false });
    let again =
        f.op(Class::Int, Op::LoadBytes { address, offset: at_head[0], width: 1, big: false, signed: false });
    let total = f.add(at_head[1], again);
    let one = f.int(1);
    let next = f.add(at_head[0], one);
    f.jump(head, &[next, total]);
    f.open(done);
    check(vec![f.give(at_head[1])], 2 * (39 * 40 / 2));
}

#[test]
fn arrays_and_closures_survive() {
    // A closure over a list and an Int, called twice; an array of lists.
    let (mut f, p) = Build::new("closure", &[Class::Ref, Class::Int], Class::Int);
    let captured = f.load(p[0], 2, Class::Ref);
    let factor = f.load(p[0], 3, Class::Int);
    let total = f.call(2, Class::Int, &[captured]);
    let total = f.binary(BinaryOp::Multiply, total, factor);
    let total = f.add(total, p[1]);
    let mut body = f.give(total);
    body.closure = true;

    let (mut f, _) = Build::new("test", &[], Class::Int);
    let n = f.int(3);
    let array = f.op(Class::Ref, Op::NewArray { references: true, capacity: n });
    for index in 0..3 {
        let length = f.int(index + 1);
        let made = f.call(1, Class::Ref, &[length]);
        let index = f.int(index);
        f.effect(Op::ArraySet { array, index, value: made });
    }
    let two = f.int(2);
    let third = f.op(Class::Ref, Op::ArrayGet { array, index: two, class: Class::Ref });
    let code = f.op(Class::Int, Op::FunctionAddress(FuncId::from_u32(3)));
    let head = header(Kind::Closure, 0, 3, 1);
    let closure = f.op(Class::Ref, Op::New { header: head, fields: vec![code, third, two] });
    let x = f.op(Class::Int, Op::CallClosure { closure, arguments: vec![n], result: Class::Int });
    let y = f.op(Class::Int, Op::CallClosure { closure, arguments: vec![x], result: Class::Int });
    let one = f.int(1);
    let second = f.op(Class::Ref, Op::ArrayGet { array, index: one, class: Class::Ref });
    let z = f.call(2, Class::Int, &[second]);
    let total = f.add(y, z);
    check(vec![f.give(total), list(), sum(), body], 6 * 2 + (6 * 2 + 3) + 3);
}

#[test]
fn many_references_live_at_once() {
    // More than are merged behind cold paths: 60 cells, each holding the one before.
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let mut cells = vec![f.op(Class::Ref, NIL)];
    for index in 1..=60 {
        let value = f.int(index);
        let before = *cells.last().unwrap();
        cells.push(f.op(Class::Ref, Op::New { header: cell(), fields: vec![before, value] }));
        if index % 7 == 0 {
            f.effect(Op::Poll);
        }
    }
    let mut total = f.int(0);
    for &cell in cells[1..].iter().rev() {
        let part = f.call(2, Class::Int, &[cell]);
        total = f.add(total, part);
    }
    check(vec![f.give(total), list(), sum()], (1..=60).map(|n| n * (n + 1) / 2).sum::<i64>());
}
