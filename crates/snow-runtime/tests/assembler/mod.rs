//! Small programs in machine code for tests of the runtime: the shape of what the code generator emits, by hand.
//!
//! A function's values live in numbered slots of its frame; every call is a safepoint for the slots that are
//! named live.
#![allow(dead_code)]

use snow_abi::image::{Image, LineInfo, Relocation, RelocationKind, Safepoint, Section, Target, TestInfo};
use snow_abi::{self as abi, MessageWait};
use snow_runtime::{Options, Program, TestOutcome};

/// An argument of a call.
#[derive(Clone, Copy)]
pub enum Value {
    Slot(u32),
    Int(i64),
    /// A constant object: see `text`.
    Constant(u32),
    /// The address of a function.
    Function(Label),
}
pub use Value::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(usize);

/// An immediate constructor, as a word.
pub const fn immediate(constructor: i64) -> i64 {
    constructor << 1 | 1
}

#[derive(Default)]
pub struct Assembler {
    image: Image,
    labels: Vec<Option<u32>>,
    jumps: Vec<(u32, Label)>,
    /// Slots of the function being written, and those that hold live references.
    slots: u32,
    live: Vec<u32>,
}

const ARGUMENTS: [u8; 6] = [7, 6, 2, 1, 8, 9]; // rdi rsi rdx rcx r8 r9

impl Assembler {
    pub fn new() -> Assembler {
        let mut assembler = Assembler::default();
        assembler.image.files = vec!["test.snow".into(), "std:list.snow".into()];
        assembler
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    pub fn place(&mut self, label: Label) {
        let here = self.here();
        assert!(self.labels[label.0].replace(here).is_none());
    }

    /// The code from here on belongs to this line of the first (0) or second (1) file.
    pub fn line(&mut self, file: u32, line: u32) {
        let offset = self.here();
        self.image.lines.push(LineInfo { offset, file, line });
    }

    /// Begins a function in the convention of entry stubs; its second argument goes to slot 0.
    pub fn function(&mut self, label: Label, slots: u32, live: &[u32]) {
        while !self.here().is_multiple_of(16) {
            self.bytes(&[0xcc]);
        }
        self.place(label);
        self.slots = slots.next_multiple_of(2);
        self.live = live.to_vec();
        self.bytes(&[0x55, 0x48, 0x89, 0xe5]); // push rbp; mov rbp, rsp
        self.bytes(&[0x48, 0x81, 0xec]); // sub rsp, n
        self.word32(self.slots * 8);
        for slot in 1..slots {
            self.set(slot, Int(immediate(0)));
        }
        self.bytes(&[0x48, 0x89, 0xb4, 0x24, 0, 0, 0, 0]); // mov [rsp], rsi
    }

    /// A function that is a test. Answers its index.
    pub fn test(&mut self, slots: u32, live: &[u32]) -> usize {
        let label = self.label();
        self.function(label, slots, live);
        let entry = self.labels[label.0].unwrap();
        self.image.tests.push(TestInfo { name: "test".into(), file: 0, line: 1, entry, system: false });
        self.image.tests.len() - 1
    }

    pub fn end(&mut self) {
        self.bytes(&[0xc9, 0xc3]); // leave; ret
    }

    /// A constant String.
    pub fn text(&mut self, text: &str) -> u32 {
        let data = &mut self.image.data;
        data.resize(data.len().next_multiple_of(16), 0);
        let offset = data.len() as u32;
        let header = abi::header(abi::Kind::InlineBytes, 0, 2, 0) | abi::STATIC_BIT;
        for word in [header, text.len() as u64, 0] {
            data.extend_from_slice(&word.to_le_bytes());
        }
        data.extend_from_slice(text.as_bytes());
        self.relocate(Section::Data, offset + 16, RelocationKind::Absolute, Target::Data(offset + 24), 0);
        offset
    }

    pub fn set(&mut self, slot: u32, value: Value) {
        self.load(0, value);
        self.store(slot);
    }

    pub fn add(&mut self, slot: u32, value: Value) {
        self.load(1, value);
        self.bytes(&[0x48, 0x01, 0x8c, 0x24]); // add [rsp + n], rcx
        self.word32(slot * 8);
    }

    /// Calls an intrinsic; its result goes to the slot.
    pub fn call(&mut self, name: &str, arguments: &[Value], result: u32) {
        self.load_arguments(arguments);
        self.bytes(&[0x4c, 0x89, 0xff]); // mov rdi, r15
        self.bytes(&[0xe8]);
        let at = self.here();
        self.word32(0);
        self.relocate(Section::Code, at, RelocationKind::X86Relative, Target::Runtime(name.into()), -4);
        self.safepoint();
        self.store(result);
    }

    /// Calls an intrinsic that returns a tuple, or a value of a sum type: its first word, the number of the
    /// constructor, goes to one slot, and the second to the other.
    pub fn call_for_two(&mut self, name: &str, arguments: &[Value], first: u32, second: u32) {
        self.call(name, arguments, first);
        self.record(abi::record::OUT[0], second);
    }

    /// Calls a function of the program, with one argument.
    pub fn call_function(&mut self, label: Label, argument: Value) {
        self.load_arguments(&[argument]);
        self.bytes(&[0x4c, 0x89, 0xff, 0xe8]);
        self.jump_to(label);
        self.safepoint();
    }

    pub fn record(&mut self, offset: i32, slot: u32) {
        self.bytes(&[0x49, 0x8b, 0x87]); // mov rax, [r15 + n]
        self.word32(offset as u32);
        self.store(slot);
    }

    /// A new object, by the bump pointer or the slow path.
    pub fn new_object(&mut self, header: u64, fields: &[Value], result: u32) {
        let size = 8 + 8 * fields.len() as u32;
        let (slow, done) = (self.label(), self.label());
        self.bytes(&[0x49, 0x8b, 0x07]); // mov rax, [r15]
        self.bytes(&[0x48, 0x8d, 0x88]); // lea rcx, [rax + size]
        self.word32(size);
        self.bytes(&[0x49, 0x3b, 0x4f, 0x08]); // cmp rcx, [r15 + 8]
        self.bytes(&[0x0f, 0x87]); // ja slow
        self.jump_to(slow);
        self.bytes(&[0x49, 0x89, 0x0f]); // mov [r15], rcx
        self.store(result);
        self.jump(done);
        self.place(slow);
        self.call("snow_allocate", &[Int(fields.len() as i64)], result);
        self.place(done);
        for (index, field) in [Int(header as i64)].iter().chain(fields).enumerate() {
            self.load(1, *field);
            self.load(0, Slot(result));
            self.bytes(&[0x48, 0x89, 0x88]); // mov [rax + n], rcx
            self.word32(index as u32 * 8);
        }
    }

    /// Word of the object in a slot.
    pub fn field(&mut self, object: u32, word: u32, result: u32) {
        self.load(0, Slot(object));
        self.bytes(&[0x48, 0x8b, 0x80]); // mov rax, [rax + n]
        self.word32(word * 8);
        self.store(result);
    }

    pub fn jump(&mut self, label: Label) {
        self.bytes(&[0xe9]);
        self.jump_to(label);
    }

    pub fn if_equal(&mut self, slot: u32, value: Value, label: Label) {
        self.load(1, value);
        self.load(0, Slot(slot));
        self.bytes(&[0x48, 0x39, 0xc8, 0x0f, 0x84]); // cmp rax, rcx; je
        self.jump_to(label);
    }

    pub fn if_less(&mut self, slot: u32, value: Value, label: Label) {
        self.load(1, value);
        self.load(0, Slot(slot));
        self.bytes(&[0x48, 0x39, 0xc8, 0x0f, 0x8c]); // cmp rax, rcx; jl
        self.jump_to(label);
    }

    pub fn poll(&mut self, scratch: u32) {
        let skip = self.label();
        self.bytes(&[0x41, 0x80, 0x7f, 0x10, 0x00, 0x0f, 0x84]); // cmp byte [r15 + 16], 0; je
        self.jump_to(skip);
        self.call("snow_poll", &[], scratch);
        self.place(skip);
    }

    /// Crashes with this text unless the slot holds the value.
    pub fn expect(&mut self, slot: u32, value: Value, otherwise: &str) {
        let fine = self.label();
        self.if_equal(slot, value, fine);
        self.panic(otherwise);
        self.place(fine);
    }

    pub fn expect_not_zero(&mut self, slot: u32) {
        let (wrong, fine) = (self.label(), self.label());
        self.if_equal(slot, Int(0), wrong);
        self.jump(fine);
        self.place(wrong);
        self.panic("zero");
        self.place(fine);
    }

    /// For a Bool, which is one byte of its register: shifts it to the top and compares.
    pub fn expect_false(&mut self, slot: u32) {
        for _ in 0..56 {
            self.add(slot, Slot(slot));
        }
        self.expect(slot, Int(0), "true");
    }

    pub fn panic(&mut self, text: &str) {
        let constant = self.text(text);
        let live = std::mem::take(&mut self.live);
        self.call("snow_panic", &[Constant(constant)], 0);
        self.live = live;
    }

    /// Takes the next message, waiting until the deadline in a slot (-1: for ever); `late` is where to go then.
    pub fn receive(&mut self, take: &str, deadline: Value, result: u32, scratch: u32, late: Label) {
        let (again, got) = (self.label(), self.label());
        self.place(again);
        if take == "actor_take_raw" {
            self.call_for_two(take, &[], scratch, result);
            self.if_equal(scratch, Int(1), got);
        } else {
            self.call(take, &[], result);
            let none = self.label();
            self.if_equal(result, Int(0), none);
            self.jump(got);
            self.place(none);
            self.set(result, Int(immediate(0)));
        }
        self.call("actor_wait", &[deadline], scratch);
        self.if_equal(scratch, Int(MessageWait::Late as i64), late);
        self.if_equal(scratch, Int(MessageWait::Arrived as i64), again);
        self.call("snow_park", &[], scratch);
        self.jump(again);
        self.place(got);
    }

    pub fn sleep(&mut self, milliseconds: i64, deadline: u32, scratch: u32) {
        let (again, done) = (self.label(), self.label());
        self.call("actor_deadline", &[Int(milliseconds)], deadline);
        self.place(again);
        self.call("actor_sleep", &[Slot(deadline)], scratch);
        self.load(0, Slot(scratch));
        self.bytes(&[0x0f, 0xb6, 0xc0]); // movzx eax, al: a Bool is one byte
        self.store(scratch);
        self.if_equal(scratch, Int(0), done);
        self.call("snow_park", &[], scratch);
        self.jump(again);
        self.place(done);
    }

    /// Makes the test's entry also the program's main.
    pub fn main_is(&mut self, test: usize) {
        self.image.main = Some(self.image.tests[test].entry);
    }

    pub fn finish(mut self) -> Program {
        Program::load(self.image()).expect("the image loads")
    }

    pub fn image(&mut self) -> Image {
        for (at, label) in std::mem::take(&mut self.jumps) {
            let target = self.labels[label.0].expect("every label is placed");
            let distance = (target as i32).wrapping_sub(at as i32 + 4);
            self.image.code[at as usize..at as usize + 4].copy_from_slice(&distance.to_le_bytes());
        }
        for relocation in &mut self.image.relocations {
            // Function labels were kept as their numbers.
            if let (Target::Code(number), 1) = (&mut relocation.target, relocation.addend) {
                *number = self.labels[*number as usize].expect("every label is placed");
                relocation.addend = 0;
            }
        }
        self.image.clone()
    }

    fn load_arguments(&mut self, arguments: &[Value]) {
        for (value, register) in arguments.iter().zip(&ARGUMENTS[1..]) {
            self.load(*register, *value);
        }
    }

    fn load(&mut self, register: u8, value: Value) {
        let (high, low) = (register >> 3, register & 7);
        match value {
            Slot(slot) => {
                self.bytes(&[0x48 | high << 2, 0x8b, 0x84 | low << 3, 0x24]); // mov r, [rsp + n]
                self.word32(slot * 8);
            }
            Int(value) => {
                self.bytes(&[0x48 | high, 0xb8 | low]); // mov r, imm64
                self.bytes(&value.to_le_bytes());
            }
            Constant(offset) => self.load_address(high, low, Target::Data(offset), 0),
            Function(label) => self.load_address(high, low, Target::Code(label.0 as u32), 1),
        }
    }

    fn load_address(&mut self, high: u8, low: u8, target: Target, addend: i64) {
        self.bytes(&[0x48 | high, 0xb8 | low]);
        let at = self.here();
        self.bytes(&[0; 8]);
        self.relocate(Section::Code, at, RelocationKind::Absolute, target, addend);
    }

    fn store(&mut self, slot: u32) {
        self.bytes(&[0x48, 0x89, 0x84, 0x24]); // mov [rsp + n], rax
        self.word32(slot * 8);
    }

    fn safepoint(&mut self) {
        if !self.live.is_empty() {
            let slots = self.live.iter().map(|slot| slot * 8).collect();
            let safepoint = Safepoint { offset: self.here(), span: self.slots * 8, slots };
            self.image.safepoints.push(safepoint);
        }
    }

    fn jump_to(&mut self, label: Label) {
        self.jumps.push((self.here(), label));
        self.word32(0);
    }

    fn relocate(&mut self, section: Section, offset: u32, kind: RelocationKind, target: Target, addend: i64) {
        self.image.relocations.push(Relocation { section, offset, kind, target, addend });
    }

    fn here(&self) -> u32 {
        self.image.code.len() as u32
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.image.code.extend_from_slice(bytes);
    }

    fn word32(&mut self, word: u32) {
        self.bytes(&word.to_le_bytes());
    }
}

/// The ways in which every program must behave the same.
pub fn modes() -> Vec<Options> {
    let plain = |workers| Options { workers, ..Options::default() };
    let mut modes = vec![plain(1), plain(4), Options { torture: true, ..plain(2) }];
    modes.extend((0..8).map(|seed| Options { seed: Some(seed), ..Options::default() }));
    modes.push(Options { seed: Some(1), torture: true, ..Options::default() });
    modes
}

pub fn passes(program: &Program, test: usize) {
    for options in modes() {
        assert_eq!(program.run_test(test, &options), TestOutcome::Passed, "{options:?}");
    }
}
