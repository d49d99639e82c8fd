//! Bit patterns and bit construction, against a plain reading of what they mean.

mod support;

use snow_check::hir::*;
use snow_ir_testing::interpreter::{self, Data, Machine};
use support::tree::*;

fn little<V>(mut segment: BitSegment<V>) -> BitSegment<V> {
    segment.little = true;
    segment
}

fn signed<V>(mut segment: BitSegment<V>) -> BitSegment<V> {
    segment.signed = true;
    segment
}

fn bits_pattern(segments: Vec<BitSegment<Pattern>>) -> Pattern {
    pattern(Type::Bytes, PatternKind::Bits(segments))
}

/// fn read(bytes) = case bytes do <<…>> -> body; _ -> -1 end
fn read(segments: Vec<BitSegment<Pattern>>, body: Expr, bytes: &[u8]) -> i64 {
    let mut program = library();
    let arms = vec![arm(bits_pattern(segments), body), arm(any(Type::Bytes), int(-1))];
    let body = case(local(0, Type::Bytes), arms);
    let read = function(&mut program, "read", &[(0, Type::Bytes)], Type::Int, FnKind::Body(body));
    let (lowered, id) = optimised(program, read);
    let value = Machine::new(&lowered).run(id, vec![interpreter::of_bytes(bytes)]).expect("no panic");
    interpreter::int(&value)
}

#[test]
fn every_size_at_every_bit_is_extracted() {
    let bytes: Vec<u8> = (0..16u8).map(|index| index.wrapping_mul(0x9d).wrapping_add(0x4b)).collect();
    let all = u128::from_be_bytes(bytes.clone().try_into().expect("sixteen"));
    for before in 0..17u32 {
        for size in 1..=64u32 {
            let after = (8 - (before + size) % 8) % 8;
            let mut segments = Vec::new();
            if before > 0 {
                segments.push(segment(any(Type::Int), before));
            }
            segments.push(segment(bind(1, Type::Int), size));
            if after > 0 {
                segments.push(segment(any(Type::Int), after));
            }
            let used = ((before + size + after) / 8) as usize;
            let field = (all << before) >> (128 - size);
            assert_eq!(
                read(segments.clone(), var(1), &bytes[..used]),
                field as i64,
                "{size} bits at {before}"
            );
            // Neither fewer nor more bytes match.
            if before == 3 {
                assert_eq!(read(segments.clone(), int(5), &bytes[..used - 1]), -1);
                assert_eq!(read(segments.clone(), int(5), &bytes[..used + 1]), -1);
            }
            let at = segments.iter().position(|segment| matches!(segment.value.kind, PatternKind::Bind(_)));
            let at = at.expect("it is there");
            segments[at] = signed(segments[at].clone());
            let field = ((field as i64) << (64 - size)) >> (64 - size);
            assert_eq!(read(segments, var(1), &bytes[..used]), field, "signed {size} bits at {before}");
        }
    }
}

#[test]
fn little_endian_segments_are_read_backwards() {
    let bytes = [0x10, 0x32, 0x54, 0x76, 0x98];
    let segments = vec![little(segment(bind(1, Type::Int), 24)), segment(any(Type::Int), 16)];
    assert_eq!(read(segments, var(1), &bytes), 0x543210);
    let segments = vec![
        segment(any(Type::Int), 4),
        little(segment(bind(1, Type::Int), 16)),
        segment(any(Type::Int), 20),
    ];
    // The bits are 0x0325.
    assert_eq!(read(segments, var(1), &bytes), 0x2503);
}

#[test]
fn a_header_announces_the_length_of_its_payload() {
    // <<1::1, kind::7, length::16, body::bytes(length), rest::bytes>> -> kind + length of rest
    let mut program = library();
    let length = function(
        &mut program,
        "length",
        &[(0, Type::Bytes)],
        Type::Int,
        FnKind::Extern { name: "bytes_length".to_owned() },
    );
    let segments = vec![
        segment(number(1), 1),
        segment(bind(1, Type::Int), 7),
        segment(bind(2, Type::Int), 16),
        bytes_segment(bind(3, Type::Bytes), BitSize::Bytes(Box::new(var(2)))),
        bytes_segment(bind(4, Type::Bytes), BitSize::Rest),
    ];
    let found = |local_number| call(length, vec![local(local_number, Type::Bytes)], Type::Int);
    let arms = vec![
        arm(bits_pattern(segments), add(var(1), add(found(4), add(found(3), found(3))))),
        arm(bits_pattern(vec![bytes_segment(bind(5, Type::Bytes), BitSize::Rest)]), add(int(1000), found(5))),
    ];
    let body = case(local(0, Type::Bytes), arms);
    let read = function(&mut program, "read", &[(0, Type::Bytes)], Type::Int, FnKind::Body(body));
    let (lowered, id) = optimised(program, read);
    let run = |bytes: &[u8]| {
        let value = Machine::new(&lowered).run(id, vec![interpreter::of_bytes(bytes)]).expect("no panic");
        interpreter::int(&value)
    };
    assert_eq!(run(&[0x85, 0, 2, 7, 7, 9, 9, 9]), 5 + 3 + 4);
    assert_eq!(run(&[0x85, 0, 2, 7, 7]), 5 + 4);
    assert_eq!(run(&[0x85, 0, 2, 7]), 1004);
    assert_eq!(run(&[0x05, 0, 2, 7, 7]), 1005);
    assert_eq!(run(&[]), 1000);
}

fn built(segments: Vec<BitSegment<Expr>>, arguments: Vec<Data>) -> Result<Vec<u8>, String> {
    let mut program = library();
    let body = expr(Type::Bytes, ExprKind::Bits(segments));
    let params = [(0, Type::Int), (1, Type::Int), (2, Type::Bytes)];
    let build = function(&mut program, "build", &params, Type::Bytes, FnKind::Body(body));
    let (lowered, id) = optimised(program, build);
    Machine::new(&lowered).run(id, arguments).map(|value| interpreter::bytes(&value))
}

#[test]
fn every_size_at_every_bit_is_stored() {
    let value = 0x9e37_79b9_7f4a_7c15_u64 as i64;
    for before in 0..17u32 {
        for size in 1..=64u32 {
            let after = (8 - (before + size) % 8) % 8;
            let mut segments = Vec::new();
            if before > 0 {
                segments.push(segment(int(-1), before));
            }
            segments.push(segment(var(0), size));
            if after > 0 {
                segments.push(segment(int(0), after));
            }
            let total = before + size + after;
            let ones = if before == 0 { 0 } else { u128::MAX << (128 - before) };
            let field = (value as u64 as u128) << (128 - size) >> before;
            let expected = &(ones | field).to_be_bytes()[..(total / 8) as usize];
            let given = vec![Data::Int(value), Data::Int(0), interpreter::of_bytes(&[])];
            assert_eq!(built(segments, given).as_deref(), Ok(expected), "{size} bits at {before}");
        }
    }
}

#[test]
fn bytes_are_copied_where_they_stand() {
    let segments = vec![
        segment(int(0x81), 8),
        bytes_segment(local(2, Type::Bytes), BitSize::Bytes(Box::new(var(1)))),
        little(segment(var(0), 32)),
        bytes_segment(local(2, Type::Bytes), BitSize::Rest),
    ];
    let given = |length| vec![Data::Int(0x0102_0304), Data::Int(length), interpreter::of_bytes(&[7, 8])];
    assert_eq!(built(segments.clone(), given(2)), Ok(vec![0x81, 7, 8, 4, 3, 2, 1, 7, 8]));
    let message = "a bytes segment is not of the length that it states".to_owned();
    assert_eq!(built(segments, given(3)), Err(message));
}

const VIEW: TypeId = TypeId(4);

/// The library with the views of a Buffer, which the interpreter keeps like Bytes.
fn with_views() -> Program {
    let mut program = library();
    let fields = vec![("buffer".to_owned(), Type::Buffer), ("at".to_owned(), Type::Int)];
    let kind = TypeDefKind::Struct(fields);
    let name = "View".to_owned();
    program.types.push(TypeDef { name, file: 0, line: 1, type_params: 0, kind, without_payload: 0 });
    program.lang.view = Some(VIEW);
    program
}

fn view() -> Type {
    Type::Named(VIEW, Vec::new())
}

/// fn read(buffer, at) = case view of buffer from at on do … end
fn reader(arms: Vec<Arm>) -> (snow_ir::ir::Program, snow_ir::ir::FuncId) {
    let mut program = with_views();
    let fields = vec![(0, local(0, Type::Buffer)), (1, var(1))];
    let body = case(expr(view(), ExprKind::Struct(fields)), arms);
    let params = [(0, Type::Buffer), (1, Type::Int)];
    let read = function(&mut program, "read", &params, Type::Int, FnKind::Body(body));
    optimised(program, read)
}

fn of_view(segments: Vec<BitSegment<Pattern>>) -> Pattern {
    pattern(view(), PatternKind::Bits(segments))
}

fn rest<V>(value: V) -> BitSegment<V> {
    bytes_segment(value, BitSize::Rest)
}

/// <<1, x::16, _::bytes>> -> x; <<2, x, _::bytes>> -> x; <<x, _::bytes>> -> -x; <<>> -> 1000
fn arms_over_a_view() -> Vec<Arm> {
    let negative = expr(Type::Int, ExprKind::Int(-1));
    vec![
        arm(
            of_view(vec![segment(number(1), 8), segment(bind(2, Type::Int), 16), rest(any(Type::Bytes))]),
            var(2),
        ),
        arm(
            of_view(vec![segment(number(2), 8), segment(bind(3, Type::Int), 8), rest(any(Type::Bytes))]),
            var(3),
        ),
        arm(of_view(vec![segment(bind(4, Type::Int), 8), rest(any(Type::Bytes))]), add(var(4), negative)),
        arm(of_view(vec![]), int(1000)),
    ]
}

#[test]
fn a_view_is_read_where_it_begins() {
    let (lowered, id) = reader(arms_over_a_view());
    let run = |at: i64| {
        let bytes = interpreter::of_bytes(&[9, 1, 2, 3, 2, 7, 1, 5]);
        let value = Machine::new(&lowered).run(id, vec![bytes, Data::Int(at)]);
        value.map(|value| interpreter::int(&value))
    };
    let found: Vec<i64> = (0..9).map(|at| run(at).expect("no panic")).collect();
    assert_eq!(found, [8, 0x0203, 3, 2, 7, 6, 0, 4, 1000]);
    let message = "the view begins behind the end of its Buffer, which has become shorter";
    assert_eq!(run(9), Err(message.to_owned()));
}

#[test]
fn a_view_that_is_only_taken_apart_is_never_made() {
    let (lowered, id) = reader(arms_over_a_view());
    let shown = snow_ir::text::function(&lowered.functions[id], &lowered);
    assert!(!shown.contains("new "), "{shown}");
    assert!(!shown.contains("runtime"), "nothing is copied: {shown}");
}

#[test]
fn arms_share_what_they_read_and_how_long_it_is() {
    let (lowered, id) = reader(arms_over_a_view());
    let shown = snow_ir::text::function(&lowered.functions[id], &lowered);
    let count = |text: &str| shown.lines().filter(|line| line.contains(text)).count();
    assert_eq!(count("load mutable"), 1, "the length: {shown}");
    // The first byte, and behind it two bytes in one arm and one in another.
    assert_eq!(count("load u8"), 2, "{shown}");
    assert_eq!(count("load u16"), 1, "{shown}");
    // Is there a byte, is there one more, are there two more: each is asked once.
    assert_eq!(count("less_equal"), 3, "{shown}");
}

#[test]
fn a_size_of_few_values_is_read_without_a_loop() {
    // <<wide::1, x::(8 + 8 * wide), _::7, _::bytes>> -> x
    let wide = || var(2);
    let size = add(
        int(8),
        add(wide(), add(wide(), add(wide(), add(wide(), add(wide(), add(wide(), add(wide(), wide()))))))),
    );
    let computed = |value| BitSegment {
        span: Default::default(),
        value,
        size: BitSize::Computed(Box::new(size.clone())),
        signed: false,
        little: false,
    };
    let segments = vec![
        segment(bind(2, Type::Int), 1),
        computed(bind(3, Type::Int)),
        segment(any(Type::Int), 7),
        rest(any(Type::Bytes)),
    ];
    let (lowered, id) = reader(vec![arm(of_view(segments), var(3)), arm(any(view()), int(-1))]);
    let run = |bytes: &[u8]| {
        let value = Machine::new(&lowered).run(id, vec![interpreter::of_bytes(bytes), Data::Int(0)]);
        interpreter::int(&value.expect("no panic"))
    };
    assert_eq!(run(&[0x12, 0x34]), 0x24);
    assert_eq!(run(&[0x92, 0x34, 0x56]), 0x2468);
    assert_eq!(run(&[0x92, 0x34]), -1);
    let shown = snow_ir::text::program(&lowered);
    assert!(!shown.contains("read bits"), "{shown}");
}
