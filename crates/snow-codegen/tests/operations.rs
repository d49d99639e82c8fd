//! Each operation, against the same thing in Rust.
#![cfg(target_arch = "x86_64")]

mod common;

use common::machine::{execute_with, run};
use snow_codegen::{Level, compile};
use snow_ir::ir::*;
use snow_ir_testing::build::{Build, program};
use snow_syntax::span::Span;

/// Runs a function with nothing but an operation on constants.
fn evaluate(result: Class, make: impl FnOnce(&mut Build) -> Value) -> u64 {
    let (mut f, _) = Build::new("test", &[], result);
    let value = make(&mut f);
    let outcome = run(&program(vec![f.give(value)], vec![]));
    assert_eq!(outcome.panic, None);
    outcome.reported[0]
}

/// Constants would be folded: these come through a call.
fn opaque(f: &mut Build, value: i64) -> Value {
    let value = f.int(value);
    f.op(Class::Int, Op::Runtime { name: "same", arguments: vec![value], result: Class::Int })
}

fn float(f: &mut Build, value: f64) -> Value {
    let bits = opaque(f, value.to_bits() as i64);
    f.op(Class::Float, Op::Unary(UnaryOp::FloatFromBits, bits))
}

fn vector(f: &mut Build, bytes: [u8; 16]) -> Value {
    f.op(Class::Vector, Op::VectorConst(bytes))
}

#[test]
fn integers() {
    use BinaryOp::*;
    let cases: &[(i64, i64)] =
        &[(0, 1), (1, -1), (-7, 2), (i64::MIN, 3), (i64::MAX, 63), (5, 64), (-1, 70), (12, 12)];
    for &(a, b) in cases {
        let expected: [(BinaryOp, i64); 19] = [
            (Add, a.wrapping_add(b)),
            (Subtract, a.wrapping_sub(b)),
            (Multiply, a.wrapping_mul(b)),
            (Divide, a / b),
            (Remainder, a % b),
            (And, a & b),
            (Or, a | b),
            (Xor, a ^ b),
            (ShiftLeft, a.wrapping_shl(b as u32)),
            (ShiftRight, a.wrapping_shr(b as u32)),
            (ShiftRightUnsigned, (a as u64).wrapping_shr(b as u32) as i64),
            (Equal, (a == b) as i64),
            (NotEqual, (a != b) as i64),
            (Less, (a < b) as i64),
            (LessEqual, (a <= b) as i64),
            (Greater, (a > b) as i64),
            (GreaterEqual, (a >= b) as i64),
            (LessUnsigned, ((a as u64) < b as u64) as i64),
            (LessEqualUnsigned, (a as u64 <= b as u64) as i64),
        ];
        // One function for all: each result is folded into a sum with its own weight.
        let mut wanted = 0i64;
        let got = evaluate(Class::Int, |f| {
            let (x, y) = (opaque(f, a), opaque(f, b));
            let mut sum = f.int(0);
            for (index, &(op, value)) in expected.iter().enumerate() {
                wanted = wanted.wrapping_mul(1_000_003).wrapping_add(value);
                let value = f.binary(op, x, y);
                let value =
                    if index >= 11 { f.op(Class::Int, Op::Unary(UnaryOp::BoolToInt, value)) } else { value };
                let weight = f.int(1_000_003);
                let scaled = f.binary(Multiply, sum, weight);
                sum = f.add(scaled, value);
            }
            sum
        });
        assert_eq!(got as i64, wanted, "{a} and {b}");
    }
}

#[test]
fn unary_integers() {
    use UnaryOp::*;
    for a in [0, 1, -1, 0x0123_4567_89ab_cdef, i64::MIN] {
        let cases: [(UnaryOp, i64); 6] = [
            (Negate, a.wrapping_neg()),
            (BitNot, !a),
            (CountOnes, a.count_ones() as i64),
            (LeadingZeros, a.leading_zeros() as i64),
            (TrailingZeros, a.trailing_zeros() as i64),
            (SwapBytes, a.swap_bytes()),
        ];
        for (op, wanted) in cases {
            let got = evaluate(Class::Int, |f| {
                let x = opaque(f, a);
                f.op(Class::Int, Op::Unary(op, x))
            });
            assert_eq!(got as i64, wanted, "{op:?} {a}");
        }
    }
}

#[test]
fn floats() {
    for (a, b) in [(1.5, -2.25), (0.0, -0.0), (f64::NAN, 1.0), (1e300, 1e300), (-3.7, 2.0)] {
        let cases: [(BinaryOp, f64); 4] = [
            (BinaryOp::FloatAdd, a + b),
            (BinaryOp::FloatSubtract, a - b),
            (BinaryOp::FloatMultiply, a * b),
            (BinaryOp::FloatDivide, a / b),
        ];
        for (op, wanted) in cases {
            let got = evaluate(Class::Float, |f| {
                let (x, y) = (float(f, a), float(f, b));
                f.binary(op, x, y)
            });
            let got = f64::from_bits(got);
            assert!(got.to_bits() == wanted.to_bits() || got.is_nan() && wanted.is_nan(), "{op:?} {a} {b}");
        }
        let cases = [
            (BinaryOp::FloatEqual, a == b),
            (BinaryOp::FloatLess, a < b),
            (BinaryOp::FloatLessEqual, a <= b),
        ];
        for (op, wanted) in cases {
            let got = evaluate(Class::Bool, |f| {
                let (x, y) = (float(f, a), float(f, b));
                f.binary(op, x, y)
            });
            assert_eq!(got & 0xff, wanted as u64, "{op:?} {a} {b}");
        }
        let cases = [
            (UnaryOp::FloatNegate, -a),
            (UnaryOp::FloatSqrt, a.sqrt()),
            (UnaryOp::FloatFloor, a.floor()),
            (UnaryOp::FloatCeil, a.ceil()),
            (UnaryOp::FloatTruncate, a.trunc()),
        ];
        for (op, wanted) in cases {
            let got = evaluate(Class::Float, |f| {
                let x = float(f, a);
                f.op(Class::Float, Op::Unary(op, x))
            });
            let got = f64::from_bits(got);
            assert!(got == wanted || got.is_nan() && wanted.is_nan(), "{op:?} {a}");
        }
        let got = evaluate(Class::Int, |f| {
            let x = float(f, a);
            f.op(Class::Int, Op::Unary(UnaryOp::FloatToInt, x))
        });
        assert_eq!(got as i64, a as i64);
    }
}

#[test]
fn truth_values_and_tags() {
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let cases =
            [(BinaryOp::BoolAnd, a & b), (BinaryOp::BoolOr, a | b), (BinaryOp::BoolEqual, (a == b) as i64)];
        for (op, wanted) in cases {
            let got = evaluate(Class::Int, |f| {
                let (x, y) = (opaque(f, a), opaque(f, b));
                let x = f.op(Class::Bool, Op::Unary(UnaryOp::IntToBool, x));
                let y = f.op(Class::Bool, Op::Unary(UnaryOp::IntToBool, y));
                let not = f.op(Class::Bool, Op::Unary(UnaryOp::BoolNot, y));
                let y = f.op(Class::Bool, Op::Unary(UnaryOp::BoolNot, not));
                let both = f.binary(op, x, y);
                f.op(Class::Int, Op::Unary(UnaryOp::BoolToInt, both))
            });
            assert_eq!(got as i64, wanted, "{op:?} {a} {b}");
        }
    }
    let tag = evaluate(Class::Int, |f| {
        let immediate = f.op(Class::Ref, Op::Immediate(300));
        f.op(Class::Int, Op::Unary(UnaryOp::ImmediateTag, immediate))
    });
    assert_eq!(tag, 300);
    let tag = evaluate(Class::Int, |f| {
        let header = snow_abi::header(snow_abi::Kind::Fixed, 0x1234, 1, 0);
        let seven = f.int(7);
        let object = f.op(Class::Ref, Op::New { header, fields: vec![seven] });
        f.op(Class::Int, Op::Unary(UnaryOp::HeaderTag, object))
    });
    assert_eq!(tag, 0x1234);
    let select = evaluate(Class::Int, |f| {
        let (x, y) = (opaque(f, 3), opaque(f, 4));
        let less = f.binary(BinaryOp::Less, x, y);
        f.op(Class::Int, Op::Select(less, x, y))
    });
    assert_eq!(select, 3);
}

#[test]
fn vectors() {
    let a: [u8; 16] = std::array::from_fn(|i| (i * 37 + 11) as u8);
    let b: [u8; 16] = std::array::from_fn(|i| (i * 91 + 200) as u8);
    let indexes: [u8; 16] = std::array::from_fn(|i| if i % 5 == 0 { 0x80 } else { (i * 7 % 16) as u8 });
    let pairwise = |op: fn(u8, u8) -> u8| -> [u8; 16] { std::array::from_fn(|i| op(a[i], b[i])) };
    let shuffled: [u8; 16] =
        std::array::from_fn(|i| if indexes[i] >= 128 { 0 } else { a[indexes[i] as usize] });
    let cases: Vec<(BinaryOp, [u8; 16], [u8; 16])> = vec![
        (BinaryOp::VectorAnd, b, pairwise(|a, b| a & b)),
        (BinaryOp::VectorOr, b, pairwise(|a, b| a | b)),
        (BinaryOp::VectorXor, b, pairwise(|a, b| a ^ b)),
        (BinaryOp::VectorAdd, b, pairwise(u8::wrapping_add)),
        (BinaryOp::VectorSubtract, b, pairwise(u8::wrapping_sub)),
        (BinaryOp::VectorSubtractSaturating, b, pairwise(u8::saturating_sub)),
        (BinaryOp::VectorEqual, b, pairwise(|a, b| if a == b { 0xff } else { 0 })),
        (BinaryOp::VectorGreater, b, pairwise(|a, b| if a > b { 0xff } else { 0 })),
        (BinaryOp::VectorLookup, indexes, shuffled),
    ];
    for (op, second, wanted) in cases {
        check_vector(wanted, &format!("{op:?}"), |f| {
            let (x, y) = (vector(f, a), vector(f, second));
            f.binary(op, x, y)
        });
    }
    for bits in [0, 1, 4, 7, 8] {
        let wanted = std::array::from_fn(|i| if bits < 8 { a[i] >> bits } else { 0 });
        check_vector(wanted, "shift", |f| {
            let x = vector(f, a);
            f.op(Class::Vector, Op::VectorShiftRight(x, bits))
        });
    }
    for count in 1..=16u8 {
        let joined: Vec<u8> = a.iter().chain(&b).copied().collect();
        let wanted = std::array::from_fn(|i| joined[16 - count as usize + i]);
        check_vector(wanted, "align", |f| {
            let (x, y) = (vector(f, a), vector(f, b));
            f.op(Class::Vector, Op::VectorAlign(x, y, count))
        });
    }
    check_vector([0xcd; 16], "splat", |f| {
        let value = opaque(f, 0xabcd);
        f.op(Class::Vector, Op::Unary(UnaryOp::VectorSplat, value))
    });
    check_vector(b, "select", |f| {
        let (x, y) = (vector(f, a), vector(f, b));
        let zero = opaque(f, 0);
        let no = f.op(Class::Bool, Op::Unary(UnaryOp::IntToBool, zero));
        f.op(Class::Vector, Op::Select(no, x, y))
    });
}

/// All bytes as wanted: their equality's mask is full.
fn check_vector(wanted: [u8; 16], what: &str, make: impl Fn(&mut Build) -> Value) {
    let mask = evaluate(Class::Int, |f| {
        let got = make(f);
        let wanted = vector(f, wanted);
        let equal = f.binary(BinaryOp::VectorEqual, got, wanted);
        f.op(Class::Int, Op::Unary(UnaryOp::VectorHighBits, equal))
    });
    assert_eq!(mask, 0xffff, "{what}");
    let differs = evaluate(Class::Int, |f| {
        let got = make(f);
        let wanted = vector(f, wanted);
        let xor = f.binary(BinaryOp::VectorXor, got, wanted);
        let any = f.op(Class::Bool, Op::Unary(UnaryOp::VectorAnyTrue, xor));
        f.op(Class::Int, Op::Unary(UnaryOp::BoolToInt, any))
    });
    assert_eq!(differs, 0, "{what}");
}

#[test]
fn bytes_of_every_width() {
    let bytes: Vec<u8> = (0..32).map(|i| (i * 29 + 130) as u8).collect();
    for width in [1u8, 2, 4, 8] {
        for (big, signed) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut word = [0; 8];
            word[..width as usize].copy_from_slice(&bytes[3..3 + width as usize]);
            if big {
                word[..width as usize].reverse();
            }
            let shift = 64 - 8 * width as u32;
            let wanted = u64::from_le_bytes(word);
            let wanted = if signed { (((wanted << shift) as i64) >> shift) as u64 } else { wanted };
            let (mut f, _) = Build::new("test", &[], Class::Int);
            let text = f.op(Class::Ref, Op::Static(StaticId::from_u32(0)));
            let address = f.op(Class::Address, Op::Address(text));
            let offset = opaque(&mut f, 3);
            let value = f.op(Class::Int, Op::LoadBytes { address, offset, width, big, signed });
            let outcome = run(&program(vec![f.give(value)], vec![Static::Bytes(bytes.clone())]));
            assert_eq!(outcome.reported[0], wanted, "{width} {big} {signed}");

            let (mut f, _) = Build::new("test", &[], Class::Int);
            let buffer = f.bytes(32);
            let address = f.op(Class::Address, Op::Address(buffer));
            let offset = opaque(&mut f, 5);
            let value = opaque(&mut f, wanted as i64);
            f.effect(Op::StoreBytes { address, offset, value, width, big });
            let again = f.op(Class::Int, Op::LoadBytes { address, offset, width, big, signed });
            let after = f.int(5 + width as i64);
            let next = f.op(
                Class::Int,
                Op::LoadBytes { address, offset: after, width: 1, big: false, signed: false },
            );
            let thousand = f.int(1000);
            let next = f.binary(BinaryOp::Multiply, next, thousand);
            let sum = f.add(again, next);
            let outcome = run(&program(vec![f.give(sum)], vec![]));
            assert_eq!(outcome.reported[0], wanted.wrapping_add((5 + width as u64) * 1000));
        }
    }
}

#[test]
fn vectors_in_memory() {
    let bytes: Vec<u8> = (0..40).collect();
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let text = f.op(Class::Ref, Op::Static(StaticId::from_u32(0)));
    let from = f.op(Class::Address, Op::Address(text));
    let buffer = f.bytes(48);
    let to = f.op(Class::Address, Op::Address(buffer));
    let (nine, one) = (opaque(&mut f, 9), opaque(&mut f, 1));
    let value = f.op(Class::Vector, Op::LoadVector { address: from, offset: nine });
    f.effect(Op::StoreVector { address: to, offset: one, value });
    let word =
        f.op(Class::Int, Op::LoadBytes { address: to, offset: nine, width: 8, big: false, signed: false });
    let outcome = run(&program(vec![f.give(word)], vec![Static::Bytes(bytes)]));
    assert_eq!(outcome.reported[0].to_le_bytes(), [17, 18, 19, 20, 21, 22, 23, 24]);
}

/// What it writes is looked at in memory that was not clear before.
#[test]
fn arrays_are_made_in_place_and_clear() {
    use snow_abi::{Kind, array, header};
    const DIRT: u64 = 0xdddd_dddd_dddd_dddd;
    for slots in [0, 1, 2, 3, 8, 9, 10, 15, 16, 63, 64, 65] {
        for (known, references, short_by) in [true, false]
            .into_iter()
            .flat_map(|known| [(known, false, 0), (known, true, 0), (known, true, 1)])
        {
            let (mut f, _) = Build::new("test", &[], Class::Int);
            let capacity = if known { f.int(slots) } else { opaque(&mut f, slots) };
            let made = f.op(Class::Ref, Op::NewArray { references, capacity });
            let capacity = f.load(made, array::CAPACITY, Class::Int);
            let image = compile(&program(vec![f.give(capacity)], vec![]), &|_, at| at, Level::Host).unwrap();
            let words = array::ELEMENTS as usize + slots as usize;
            let mut memory = vec![DIRT; words + 4];
            let outcome = execute_with(&image, &mut memory[..words - short_by]);
            assert_eq!(outcome.reported, [slots as u64]);
            let mut wanted = vec![DIRT; words + 4];
            let in_place = slots < 65 && short_by == 0;
            assert_eq!(outcome.collections, !in_place as usize, "{slots}");
            if in_place {
                let kind = if references { Kind::RefArray } else { Kind::RawArray };
                wanted[..words].fill(0);
                wanted[0] = header(kind, 0, 0, 0);
                wanted[array::CAPACITY as usize] = slots as u64;
            }
            assert_eq!(memory, wanted, "{slots} slots");
        }
    }
}

#[test]
fn switches() {
    let cases = [0, 1, 2, 3, 10, -5, i64::MIN, i64::MAX, 1 << 40];
    for value in cases.into_iter().chain([4, 9, -6, 1 << 41]) {
        let got = evaluate(Class::Int, |f| {
            let value = opaque(f, value);
            let (done, result) = f.block(&[Class::Int]);
            let blocks: Vec<BlockId> = (0..=cases.len()).map(|_| f.block(&[]).0).collect();
            let table = cases.iter().copied().zip(blocks.iter().copied()).collect();
            f.end(Terminator::Switch(value, table, blocks[cases.len()]));
            for (index, block) in blocks.iter().enumerate() {
                f.open(*block);
                let index = f.int(index as i64);
                f.jump(done, &[index]);
            }
            f.open(done);
            result[0]
        });
        let wanted = cases.iter().position(|case| *case == value).unwrap_or(cases.len());
        assert_eq!(got as usize, wanted, "{value}");
    }
}

#[test]
fn a_loop_may_start_at_the_first_block() {
    let (mut f, p) = Build::new("down", &[Class::Int, Class::Int], Class::Int);
    let (done, _) = f.block(&[]);
    let (more, _) = f.block(&[]);
    let zero = f.int(0);
    let end = f.binary(BinaryOp::Equal, p[0], zero);
    f.branch(end, done, more);
    f.open(more);
    let minus = f.int(-1);
    let next = f.add(p[0], minus);
    let total = f.add(p[1], p[0]);
    f.jump(BlockId::ENTRY, &[next, total]);
    f.open(done);
    let down = f.give(p[1]);
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let (ten, zero) = (f.int(10), f.int(0));
    let total = f.call(1, Class::Int, &[ten, zero]);
    assert_eq!(run(&program(vec![f.give(total), down], vec![])).int(), 55);
}

#[test]
fn panics_tell_text_and_line() {
    let (mut f, _) = Build::new("test", &[], Class::Int);
    f.at = 3;
    let value = opaque(&mut f, 0);
    f.at = 8;
    let other = opaque(&mut f, 1);
    let equal = f.binary(BinaryOp::Equal, value, other);
    let (wrong, _) = f.block(&[]);
    let (right, _) = f.block(&[]);
    f.branch(equal, right, wrong);
    f.open(right);
    f.end(Terminator::Return(value));
    f.open(wrong);
    let span = Span { start: 20, end: 25 };
    f.end(Terminator::Panic { message: "not équal".to_string(), span, file: 0 });
    let outcome = run(&program(vec![f.function], vec![]));
    assert_eq!(outcome.panic, Some(("not équal".to_string(), 21)));

    let (mut f, _) = Build::new("test", &[], Class::Int);
    let message = f.op(Class::Ref, Op::Static(StaticId::from_u32(0)));
    f.end(Terminator::PanicWith { message, span, file: 0 });
    let outcome = run(&program(vec![f.function], vec![Static::Bytes(b"made at run time".to_vec())]));
    assert_eq!(outcome.panic, Some(("made at run time".to_string(), 21)));
}

#[test]
fn constant_objects_refer_to_each_other() {
    use snow_abi::{Kind, header};
    let (mut called, p) = Build::new("called", &[Class::Ref, Class::Int], Class::Int);
    let doubled = called.add(p[1], p[1]);
    let mut called = called.give(doubled);
    called.closure = true;
    let statics = vec![
        Static::Object {
            header: header(Kind::Fixed, 2, 3, 2),
            words: vec![
                StaticWord::Static(StaticId::from_u32(2)),
                StaticWord::Static(StaticId::from_u32(1)),
                StaticWord::Raw(9),
            ],
        },
        Static::Object {
            header: header(Kind::Closure, 0, 1, 0),
            words: vec![StaticWord::Function(FuncId::from_u32(1))],
        },
        Static::Bytes(b"abc".to_vec()),
    ];
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let object = f.op(Class::Ref, Op::Static(StaticId::from_u32(0)));
    let text = f.load(object, 1, Class::Ref);
    let length = f.load(text, snow_abi::bytes::LENGTH, Class::Int);
    let closure = f.load(object, 2, Class::Ref);
    let raw = f.load(object, 3, Class::Int);
    f.effect(Op::Poll);
    let six = f.op(Class::Int, Op::CallClosure { closure, arguments: vec![length], result: Class::Int });
    let sum = f.add(six, raw);
    let address = f.op(Class::Address, Op::Address(text));
    let two = f.int(2);
    let byte = f.op(Class::Int, Op::LoadBytes { address, offset: two, width: 1, big: false, signed: false });
    let sum = f.add(sum, byte);
    assert_eq!(run(&program(vec![f.give(sum), called], statics)).int(), 6 + 9 + 'c' as i64);
}
