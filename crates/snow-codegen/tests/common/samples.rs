//! Functions that several tests use. They call each other by their places: `list` is 1, `sum` is 2.

use snow_abi::{Kind, header};
use snow_ir::ir::*;
use snow_ir_testing::build::Build;

/// A list cell: its rest, then an Int.
pub fn cell() -> u64 {
    header(Kind::Fixed, 1, 2, 1)
}

pub const NIL: Op = Op::Immediate(0);

/// `list(n)`: cells n, n - 1, … 1 from the front, made in a loop.
pub fn list() -> Function {
    let (mut f, p) = Build::new("list", &[Class::Int], Class::Ref);
    let nil = f.op(Class::Ref, NIL);
    let one = f.int(1);
    let (head, at_head) = f.block(&[Class::Int, Class::Ref]);
    let (body, _) = f.block(&[]);
    let (done, _) = f.block(&[]);
    f.jump(head, &[one, nil]);
    f.open(head);
    f.effect(Op::Poll);
    let more = f.binary(BinaryOp::LessEqual, at_head[0], p[0]);
    f.branch(more, body, done);
    f.open(body);
    let new = f.op(Class::Ref, Op::New { header: cell(), fields: vec![at_head[1], at_head[0]] });
    let one = f.int(1);
    let next = f.add(at_head[0], one);
    f.jump(head, &[next, new]);
    f.open(done);
    f.give(at_head[1])
}

/// `sum(list)`, with a poll in the loop.
pub fn sum() -> Function {
    let (mut f, p) = Build::new("sum", &[Class::Ref], Class::Int);
    let zero = f.int(0);
    let (head, at_head) = f.block(&[Class::Ref, Class::Int]);
    let (body, _) = f.block(&[]);
    let (done, _) = f.block(&[]);
    f.jump(head, &[p[0], zero]);
    f.open(head);
    f.effect(Op::Poll);
    let end = f.op(Class::Bool, Op::Unary(UnaryOp::IsImmediate, at_head[0]));
    f.branch(end, done, body);
    f.open(body);
    let value = f.load(at_head[0], 2, Class::Int);
    let rest = f.load(at_head[0], 1, Class::Ref);
    let total = f.add(at_head[1], value);
    f.jump(head, &[rest, total]);
    f.open(done);
    f.give(at_head[1])
}
