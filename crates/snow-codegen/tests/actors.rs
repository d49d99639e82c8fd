//! Entry stubs, parking and messages, in the real runtime.
#![cfg(target_arch = "x86_64")]

mod common;

use common::runtime::run_tests;
use common::samples::{list, sum};
use snow_abi::{Kind, header, record};
use snow_ir::ir::*;
use snow_ir_testing::build::{Build, tests};

/// Waits for a message: `take` asks once and branches, to the given block when there is none.
fn receive(f: &mut Build, take: impl FnOnce(&mut Build, BlockId) -> Value) -> Value {
    let (again, _) = f.block(&[]);
    let (none, _) = f.block(&[]);
    let (park, _) = f.block(&[]);
    f.jump(again, &[]);
    f.open(none);
    let forever = f.int(-1);
    let arguments = vec![forever];
    let answer = f.op(Class::Int, Op::Runtime { name: "actor_wait", arguments, result: Class::Int });
    let one = f.int(1);
    let must_park = f.binary(BinaryOp::Equal, answer, one);
    f.branch(must_park, park, again);
    f.open(park);
    f.effect(Op::Park);
    f.jump(again, &[]);
    f.open(again);
    take(f, none)
}

#[test]
fn actors_are_spawned_and_answer() {
    // worker(arguments): makes a list, sends its sum as a word and then the list itself.
    let (mut f, p) = Build::new("entry worker", &[Class::Ref], Class::Int);
    let parent = f.load(p[0], 1, Class::Ref);
    let length = f.load(p[0], 2, Class::Int);
    let made = f.call(1, Class::Ref, &[length]);
    let total = f.call(2, Class::Int, &[made]);
    let arguments = vec![parent, total];
    f.op(Class::Int, Op::Runtime { name: "actor_send_raw", arguments, result: Class::Int });
    let arguments = vec![parent, made];
    let sent = f.op(Class::Int, Op::Runtime { name: "actor_send_ref", arguments, result: Class::Int });
    let mut worker = f.give(sent);
    worker.entry = true;

    let (mut f, _) = Build::new("test", &[], Class::Int);
    let me = f.op(Class::Ref, Op::Record { offset: record::SELF_PID, class: Class::Ref });
    let length = f.int(30);
    // Kept across all the waiting.
    let kept = f.call(1, Class::Ref, &[length]);
    let fields = vec![me, length];
    let object = f.op(Class::Ref, Op::New { header: header(Kind::Fixed, 0, 2, 1), fields });
    let entry = f.op(Class::Int, Op::FunctionAddress(FuncId::from_u32(3)));
    let message_type = f.op(Class::Ref, Op::Immediate(0));
    let arguments = vec![entry, object, message_type];
    f.op(Class::Ref, Op::Runtime { name: "actor_spawn", arguments, result: Class::Ref });
    let word = receive(&mut f, |f, none| {
        let take = Op::Runtime { name: "actor_take_raw", arguments: vec![], result: Class::Int };
        let taken = f.op(Class::Int, take);
        let taken = f.op(Class::Bool, Op::Unary(UnaryOp::IntToBool, taken));
        let (some, _) = f.block(&[]);
        f.branch(taken, some, none);
        f.open(some);
        f.op(Class::Int, Op::Record { offset: record::OUT[0], class: Class::Int })
    });
    let message = receive(&mut f, |f, none| {
        let take = Op::Runtime { name: "actor_take_ref", arguments: vec![], result: Class::Ref };
        let message = f.op(Class::Ref, take);
        let empty = f.op(Class::Bool, Op::Unary(UnaryOp::IsNull, message));
        let (some, _) = f.block(&[]);
        f.branch(empty, none, some);
        f.open(some);
        message
    });
    let second = f.call(2, Class::Int, &[message]);
    let third = f.call(2, Class::Int, &[kept]);
    let total = f.add(word, second);
    let total = f.add(total, third);
    run_tests(&tests(vec![f.give(total), list(), sum(), worker], vec![], &[(FuncId::from_u32(0), 3 * 465)]));
}
