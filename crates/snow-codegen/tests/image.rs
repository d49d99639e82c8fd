//! What an image tells the loader and the runtime.

mod common;

use snow_abi::image::{Image, RelocationKind, Section, Target};
use snow_abi::{self as abi, Kind};
use snow_codegen::{CodegenError, Level, compile};
use snow_ir::ir::*;
use snow_ir_testing::build::{Build, program};
use snow_syntax::span::Span;

fn image(program: &Program) -> Image {
    compile(program, &|_, offset| offset + 1, Level::Portable).unwrap()
}

fn sample() -> Program {
    let (mut f, _) = Build::new("first", &[], Class::Int);
    f.at = 4;
    let text = f.op(Class::Ref, Op::Static(StaticId::from_u32(0)));
    let kept = f.op(Class::Ref, Op::New { header: abi::header(Kind::Fixed, 0, 1, 1), fields: vec![text] });
    f.at = 9;
    f.op(Class::Int, Op::Runtime { name: "output_print", arguments: vec![text], result: Class::Int });
    f.at = 12;
    let seven = f.int(7);
    f.call(1, Class::Int, &[seven]);
    let got = f.load(kept, 1, Class::Ref);
    let length = f.load(got, abi::bytes::LENGTH, Class::Int);
    let first = f.give(length);
    let (f, p) = Build::new("second", &[Class::Int], Class::Int);
    program(vec![first, f.give(p[0])], vec![Static::Bytes(b"hello".to_vec())])
}

#[test]
fn functions_are_aligned_and_in_order() {
    let image = image(&sample());
    let names: Vec<&str> = image.functions.iter().map(|function| &function.name[..]).collect();
    assert_eq!(names, ["first", "second", "main", "stub of main"]);
    let mut end = 0;
    for function in &image.functions {
        assert_eq!(function.offset % 16, 0);
        assert!(function.offset >= end);
        end = function.offset + function.size;
    }
    assert_eq!(end as usize, image.code.len());
    assert_eq!(image.main, Some(image.functions[3].offset));
}

#[test]
fn relocations_stay_inside_and_name_intrinsics() {
    let image = image(&sample());
    let mut names = Vec::new();
    for relocation in &image.relocations {
        let section = if relocation.section == Section::Code { &image.code } else { &image.data };
        assert!(relocation.offset as usize + 4 <= section.len());
        match &relocation.target {
            Target::Code(offset) => assert!((*offset as usize) < image.code.len()),
            Target::Data(offset) => assert!((*offset as usize) < image.data.len()),
            Target::Runtime(name) => names.push(name.clone()),
        }
    }
    names.sort();
    assert_eq!(names, ["output_print", "report", "snow_allocate"]);
    // The text's own address word.
    let inner = image.relocations.iter().find(|relocation| relocation.section == Section::Data).unwrap();
    assert_eq!((inner.offset, &inner.target, inner.kind), (16, &Target::Data(24), RelocationKind::Absolute));
    assert_eq!(&image.data[24..29], b"hello");
}

#[test]
fn safepoints_and_lines_belong_to_return_addresses() {
    let image = image(&sample());
    // Across `print` and `second` the new object lives, and nothing else anywhere.
    assert_eq!(image.safepoints.len(), 2, "{:?}", image.safepoints);
    for (safepoint, line) in image.safepoints.iter().zip([10, 13]) {
        assert_eq!(safepoint.slots.len(), 1);
        assert!(safepoint.slots[0] < safepoint.span);
        let found = image.lines.iter().rev().find(|info| info.offset <= safepoint.offset).unwrap();
        assert_eq!(found.line, line);
        let before = image.lines.iter().rev().find(|info| info.offset < safepoint.offset).unwrap();
        assert_eq!(before.line, line);
    }
    assert!(image.safepoints.windows(2).all(|pair| pair[0].offset < pair[1].offset));
    assert!(image.lines.windows(2).all(|pair| pair[0].offset < pair[1].offset));
}

#[test]
fn entry_functions_are_named_by_their_stubs() {
    let (f, p) = Build::new("entry worker", &[Class::Ref], Class::Int);
    let mut f = f;
    let tag = f.op(Class::Int, Op::Unary(UnaryOp::ImmediateTag, p[0]));
    let mut worker = f.give(tag);
    worker.entry = true;
    let (mut f, _) = Build::new("test", &[], Class::Int);
    let address = f.op(Class::Int, Op::FunctionAddress(FuncId::from_u32(1)));
    let mut program = program(vec![f.give(address), worker], vec![]);
    program.tests.push(Test {
        name: "it works".to_string(),
        file: 0,
        span: Span { start: 30, end: 40 },
        entry: FuncId::from_u32(1),
        system: false,
    });
    let image = image(&program);
    let stub = image.functions.iter().find(|function| function.name == "stub of entry worker").unwrap();
    assert_eq!(image.tests[0].entry, stub.offset);
    assert_eq!((image.tests[0].name.as_str(), image.tests[0].line), ("it works", 31));
    let target = Target::Code(stub.offset);
    assert!(image.relocations.iter().any(|relocation| relocation.target == target));
}

#[test]
fn large_frames_are_refused() {
    // More words live across a call than 256 KiB hold.
    let (mut f, params) = Build::new("wide", &[Class::Ref], Class::Int);
    let load = |word| Op::LoadMutable { object: params[0], word, class: Class::Int };
    let results: Vec<Value> = (1..33_600).map(|word| f.op(Class::Int, load(word))).collect();
    f.op(Class::Int, Op::Runtime { name: "mix", arguments: vec![], result: Class::Int });
    let mut sum = f.int(0);
    for &result in &results {
        sum = f.add(sum, result);
    }
    let error = compile(&program(vec![f.give(sum)], vec![]), &|_, _| 0, Level::Host).map(drop).unwrap_err();
    assert!(matches!(&error, CodegenError::FrameTooLarge { function, .. } if function == "wide"), "{error}");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn features_are_those_that_the_loader_knows() {
    let base = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];
    let features = |level| compile(&sample(), &|_, _| 0, level).unwrap().features;
    let mut portable = features(Level::Portable);
    portable.sort();
    let mut wanted = base.map(str::to_string);
    wanted.sort();
    assert_eq!(portable, wanted);
    let more = ["has_avx", "has_avx2", "has_fma", "has_bmi1", "has_bmi2", "has_lzcnt"];
    for name in features(Level::Host) {
        assert!(base.contains(&&name[..]) || more.contains(&&name[..]), "{name}");
    }
}
