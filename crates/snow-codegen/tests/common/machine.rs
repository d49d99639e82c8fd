//! Loads an image and runs its main function.

use super::heap::Heap;
use snow_abi::image::{Image, RelocationKind, Section, Target};
use snow_abi::{self as abi, Kind, record};
use snow_codegen::{Level, compile};
use snow_ir::ir::Program;
use std::arch::naked_asm;

/// What the runtime would keep for one actor. `abi::record` lies at its start.
#[repr(C)]
struct Record {
    words: [u64; 8],
    /// Stack pointer at the entry, to which the end returns. Offset 64: `enter` and others know it.
    entry: u64,
    /// Top of the stack in use. Offset 72.
    top: usize,
    /// Top of the stack that a poll moves everything to.
    other_top: usize,
    heap: Heap,
    outcome: Outcome,
    /// The code section, for places of panics.
    code: usize,
}

#[derive(Default, Debug)]
pub struct Outcome {
    pub reported: Vec<u64>,
    /// Text and line.
    pub panic: Option<(String, u32)>,
    pub collections: usize,
    return_address: usize,
}

impl Outcome {
    pub fn int(&self) -> i64 {
        assert_eq!(self.panic, None);
        assert_eq!(self.reported.len(), 1, "one report");
        self.reported[0] as i64
    }
}

/// Compiles and runs; lines are byte offsets, counted from 1.
pub fn run(program: &Program) -> Outcome {
    let outcomes = [Level::Host, Level::Portable].map(|level| {
        let image = compile(program, &|_, offset| offset + 1, level).unwrap();
        execute(&image)
    });
    assert_eq!(format!("{:?}", outcomes[0].reported), format!("{:?}", outcomes[1].reported));
    let [outcome, _] = outcomes;
    outcome
}

const STACK: usize = 1 << 20;

/// Every allocation is a call, and moves all objects.
pub fn execute(image: &Image) -> Outcome {
    execute_with(image, &mut [])
}

/// The same for code that allocates in place, as long as there is room. What it makes there never moves.
pub fn execute_with(image: &Image, room: &mut [u64]) -> Outcome {
    // SAFETY: the code was just made by the compiler under test and is run by one thread; the
    // mapping outlives the run; `Record` starts with the words that compiled code uses.
    unsafe {
        let code = map(&image.code);
        let data = map(&image.data);
        for relocation in &image.relocations {
            let section = if relocation.section == Section::Code { code } else { data };
            let place = (section + relocation.offset as usize) as *mut u8;
            let target = match &relocation.target {
                Target::Code(offset) => code + *offset as usize,
                Target::Data(offset) => data + *offset as usize,
                Target::Runtime(name) => intrinsic(name),
            };
            let value = target as i64 + relocation.addend;
            match relocation.kind {
                RelocationKind::Absolute => (place as *mut u64).write_unaligned(value as u64),
                RelocationKind::X86Relative => {
                    let distance = i32::try_from(value - place as i64).unwrap();
                    (place as *mut i32).write_unaligned(distance);
                }
                RelocationKind::Arm64Branch => panic!("a branch of another architecture"),
            }
        }
        let safepoints = image.safepoints.iter().map(|safepoint| {
            let slots = safepoint.slots.iter().map(|slot| *slot as usize).collect();
            (code + safepoint.offset as usize, (safepoint.span as usize, slots))
        });
        let heap = Heap::new(safepoints.collect());
        let mut record = Box::new(Record {
            words: [0; 8],
            entry: 0,
            top: 0,
            other_top: 0,
            heap,
            outcome: Outcome::default(),
            code,
        });
        let stacks = [map(&vec![0; STACK]), map(&vec![0; STACK])];
        record.top = stacks[0] + STACK;
        // Only the alignment to 64 may be relied on.
        record.other_top = stacks[1] + STACK - 7 * 64;
        record.words[record::PREEMPT as usize / 8] = 1;
        let room = room.as_mut_ptr_range();
        record.words[record::HEAP_NEXT as usize / 8] = room.start as u64;
        record.words[record::HEAP_LIMIT as usize / 8] = room.end as u64;
        assert_eq!(libc::mprotect(code as *mut _, image.code.len(), libc::PROT_READ | libc::PROT_EXEC), 0);
        enter(code + image.main.unwrap() as usize, &mut *record, 1);
        stacks.iter().for_each(|stack| _ = libc::munmap(*stack as *mut _, STACK));
        libc::munmap(code as *mut _, image.code.len());
        libc::munmap(data as *mut _, image.data.len().max(1));
        let mut outcome = record.outcome;
        outcome.collections = record.heap.collections;
        if let Some((_, line)) = &mut outcome.panic {
            let offset = (outcome.return_address - code) as u32;
            *line = image.lines.iter().rev().find(|info| info.offset <= offset).unwrap().line;
        }
        outcome
    }
}

fn map(bytes: &[u8]) -> usize {
    // SAFETY: a fresh private mapping, at least as long as what is copied there.
    unsafe {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let place = libc::mmap(std::ptr::null_mut(), bytes.len().max(1), protection, flags, -1, 0);
        assert_ne!(place, libc::MAP_FAILED);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), place as *mut u8, bytes.len());
        place as usize
    }
}

fn intrinsic(name: &str) -> usize {
    match name {
        "snow_allocate" => allocate_stub as *const () as usize,
        "snow_allocate_array" => allocate_array_stub as *const () as usize,
        "snow_poll" | "snow_park" => poll_stub as *const () as usize,
        // Nothing is old in this machine.
        "snow_remember" => same as *const () as usize,
        "snow_panic_static" => panic_static_stub as *const () as usize,
        "snow_panic" => panic_stub as *const () as usize,
        "same" => same as *const () as usize,
        "report" => report as *const () as usize,
        "report_float" => report_float as *const () as usize,
        "bytes_new" => bytes_new_stub as *const () as usize,
        other => panic!("no intrinsic {other}"),
    }
}

/// Enters Snow at `stub` with the pinned register set and no frame below.
///
/// # Safety
/// The stub is an entry of loaded code, and the record has a stack.
#[unsafe(naked)]
unsafe extern "C" fn enter(stub: usize, record: *mut Record, arguments: u64) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov [rsi + 64], rsp",
        "mov r15, rsi",
        "mov rax, rdi",
        "mov rdi, rsi",
        "mov rsi, rdx",
        // Whatever compiled code relies on must come from itself.
        "mov rbx, -1",
        "mov r12, -1",
        "mov r13, -1",
        "mov r14, -1",
        "xor ebp, ebp",
        "mov rsp, [r15 + 72]",
        "call rax",
        "mov rsp, [r15 + 64]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// Abandons Snow's stack.
///
/// # Safety
/// Compiled code runs, entered with this record.
#[unsafe(naked)]
unsafe extern "C" fn leave(record: *mut Record) {
    naked_asm!(
        "mov rsp, [rdi + 64]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// Passes the Snow frame on to a Rust function: frame pointer and return address become its
/// fourth and fifth arguments.
macro_rules! stub {
    ($name:ident, $function:ident) => {
        /// # Safety
        /// Only compiled code may call it, with its record.
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            naked_asm!("mov rcx, rbp", "mov r8, [rsp]", "jmp {function}", function = sym $function)
        }
    };
}

stub!(allocate_stub, allocate);
stub!(allocate_array_stub, allocate_array);
stub!(panic_static_stub, panic_static);
stub!(panic_stub, panic_with);
stub!(bytes_new_stub, bytes_new);

/// # Safety
/// Only compiled code may call it, with its record; so for all functions below.
unsafe extern "C" fn allocate(record: *mut Record, words: usize, _: u64, fp: usize, at: usize) -> usize {
    // SAFETY: called by compiled code with its record, as in all functions below.
    unsafe {
        let roots = roots(&*record, fp, at);
        (*record).heap.allocate(words, &roots)
    }
}

/// # Safety
/// As for `allocate`.
unsafe extern "C" fn allocate_array(
    record: *mut Record,
    references: u64,
    capacity: usize,
    fp: usize,
    at: usize,
) -> usize {
    let kind = if references == 1 { Kind::RefArray } else { Kind::RawArray };
    // SAFETY: as above; the array has so many words.
    unsafe {
        let roots = roots(&*record, fp, at);
        let array = (*record).heap.allocate(4 + capacity, &roots);
        *(array as *mut u64) = abi::header(kind, 0, 0, 0);
        *(array as *mut u64).add(1) = capacity as u64;
        array
    }
}

/// Bytes of this length inside an object.
///
/// # Safety
/// As for `allocate`.
unsafe extern "C" fn bytes_new(record: *mut Record, length: usize, _: u64, fp: usize, at: usize) -> usize {
    let words = 2 + length.div_ceil(8);
    // SAFETY: as above; the object has so many words.
    unsafe {
        let roots = roots(&*record, fp, at);
        let object = (*record).heap.allocate(1 + words, &roots);
        *(object as *mut u64) = abi::header(Kind::InlineBytes, 0, words as u32, 0);
        *(object as *mut u64).add(1) = length as u64;
        *(object as *mut u64).add(2) = object as u64 + 24;
        object
    }
}

/// Parks: moves all objects, and the stack to another address.
///
/// # Safety
/// As for `allocate`.
#[unsafe(naked)]
unsafe extern "C" fn poll_stub() {
    naked_asm!(
        "push rbp", "push rbx", "push r12", "push r13", "push r14",
        "mov rsi, rsp",
        "mov rsp, [rdi + 64]",
        "call {park}",
        "mov rsp, rax",
        "pop r14", "pop r13", "pop r12", "pop rbx", "pop rbp",
        "xor eax, eax",
        "ret",
        park = sym park,
    )
}

/// # Safety
/// As for `allocate`.
unsafe extern "C" fn park(record: *mut Record, pointer: usize) -> usize {
    // SAFETY: the words above `pointer` are what the stub pushed, then frames of compiled code.
    unsafe {
        let words = pointer as *mut usize;
        let roots = roots(&*record, *words.add(4), *words.add(5));
        (*record).heap.collect(0, &roots);
        let (top, other_top) = ((*record).top, (*record).other_top);
        let used = top - pointer;
        let moved = other_top - used;
        std::ptr::copy_nonoverlapping(pointer as *const u8, moved as *mut u8, used);
        std::ptr::write_bytes(pointer as *mut u8, 0xdd, used);
        let difference = moved.wrapping_sub(pointer);
        let mut frame = (moved as *mut usize).add(4);
        while *frame != 0 {
            *frame = (*frame).wrapping_add(difference);
            frame = *frame as *mut usize;
        }
        (*record).top = other_top;
        (*record).other_top = top;
        moved
    }
}

/// # Safety
/// As for `allocate`.
unsafe extern "C" fn panic_static(record: *mut Record, text: usize, length: usize, _: usize, at: usize) {
    // SAFETY: the text is a constant of the image.
    unsafe { end(record, text, length, at) }
}

/// # Safety
/// As for `allocate`.
unsafe extern "C" fn panic_with(record: *mut Record, message: usize, _: u64, _: usize, at: usize) {
    // SAFETY: the message is a String.
    unsafe {
        let words = message as *const u64;
        end(record, *words.add(2) as usize, *words.add(1) as usize, at)
    }
}

/// # Safety
/// As for `allocate`; the text is as long as is said.
unsafe fn end(record: *mut Record, text: usize, length: usize, at: usize) {
    // SAFETY: promised by the caller.
    unsafe {
        let text = std::slice::from_raw_parts(text as *const u8, length);
        (*record).outcome.panic = Some((String::from_utf8(text.to_vec()).unwrap(), 0));
        (*record).outcome.return_address = at;
        leave(record);
    }
}

/// Hides a constant from the optimiser.
extern "C" fn same(_: *mut Record, value: u64) -> u64 {
    value
}

/// # Safety
/// As for `allocate`.
unsafe extern "C" fn report(record: *mut Record, value: u64) -> u64 {
    // SAFETY: as above.
    unsafe { (*record).outcome.reported.push(value) };
    0
}

/// # Safety
/// As for `allocate`.
unsafe extern "C" fn report_float(record: *mut Record, value: f64) -> u64 {
    // SAFETY: as above.
    unsafe { (*record).outcome.reported.push(value.to_bits()) };
    0
}

/// Slots of the frames from this one outwards that hold references.
///
/// # Safety
/// Frame pointer and return address are those of compiled code that stands still.
unsafe fn roots(record: &Record, mut fp: usize, mut at: usize) -> Vec<*mut u64> {
    let mut roots = Vec::new();
    while fp != 0 {
        if let Some((span, slots)) = record.heap.safepoints.get(&at) {
            roots.extend(slots.iter().map(|slot| (fp - span + slot) as *mut u64));
        }
        // SAFETY: frames are linked by their first words, the return address behind each.
        unsafe {
            at = *((fp + 8) as *const usize);
            fp = *(fp as *const usize);
        }
    }
    assert_ne!(record.code, 0);
    roots
}
