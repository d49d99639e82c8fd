//! Brings an image into memory and answers questions about its code.

pub mod image_file;

use crate::image::{FunctionInfo, Image, LineInfo, Relocation, RelocationKind, Section, Target, TestInfo};
use crate::introspection::perf_map;
use std::collections::HashMap;
use std::fmt;
use std::ptr::null_mut;

/// A program in executable memory.
pub struct Code {
    mapping: usize,
    mapping_bytes: usize,
    code: usize,
    code_bytes: usize,
    safepoints: SafepointTable,
    lines: Vec<LineInfo>,
    files: Vec<String>,
    /// Names of what closures capture: by the code's offset, and the word of the object.
    captures: HashMap<(u32, u32), String>,
    main: Option<u32>,
    tests: Vec<TestInfo>,
}

/// Why an image cannot be run here.
#[derive(Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The processor lacks this feature (Cranelift's name).
    MissingFeature(String),
    /// The image asks for an intrinsic or stub that this runtime does not have.
    UnknownIntrinsic(String),
    /// The image contradicts itself.
    Malformed(&'static str),
    /// The system refused the memory: its own words.
    NoMemory(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            LoadError::MissingFeature(name) => {
                write!(to, "this processor lacks a feature that the program uses: {name}")
            }
            LoadError::UnknownIntrinsic(name) => write!(to, "the program needs an unknown intrinsic: {name}"),
            LoadError::Malformed(why) => write!(to, "the program's image is damaged: {why}"),
            LoadError::NoMemory(why) => write!(to, "no memory for the program's code: {why}"),
        }
    }
}

impl std::error::Error for LoadError {}

/// Live references behind a call.
#[derive(Clone, Copy)]
pub struct FrameMap<'a> {
    /// The frame's stack pointer is its frame pointer minus this.
    pub span: u32,
    /// Offsets of the slots from that stack pointer.
    pub slots: &'a [u32],
}

const PAGE: usize = 4096;

impl Code {
    /// `runtime` tells the address of an intrinsic by its name.
    pub fn load(image: Image, runtime: Lookup) -> Result<Code, LoadError> {
        check_features(&image.features)?;
        let thunks = Thunks::of(&image, runtime)?;
        let code_bytes = image.code.len();
        let data_at = (code_bytes.next_multiple_of(16) + thunks.bytes()).next_multiple_of(PAGE);
        let mapping_bytes = (data_at + image.data.len()).next_multiple_of(PAGE).max(PAGE);
        // SAFETY: a new private mapping; the result is checked.
        let mapping = unsafe {
            libc::mmap(
                null_mut(),
                mapping_bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if mapping == libc::MAP_FAILED {
            return Err(LoadError::NoMemory(std::io::Error::last_os_error().to_string()));
        }
        let mapping = mapping as usize;
        if std::env::var_os("SNOW_PERF_MAP").is_some_and(|value| value == "1") {
            perf_map::write(&image.functions, mapping);
        }
        let loaded = Code {
            mapping,
            mapping_bytes,
            code: mapping,
            code_bytes,
            safepoints: SafepointTable::of(&image),
            lines: image.lines,
            files: image.files,
            captures: captures(image.functions),
            main: image.main,
            tests: image.tests,
        };
        // SAFETY: the mapping is ours, writable and as large as computed above.
        unsafe {
            let bytes = std::slice::from_raw_parts_mut(mapping as *mut u8, mapping_bytes);
            bytes[..code_bytes].copy_from_slice(&image.code);
            bytes[data_at..data_at + image.data.len()].copy_from_slice(&image.data);
            let thunks_at = code_bytes.next_multiple_of(16);
            thunks.write(&mut bytes[thunks_at..]);
            let places = Places {
                mapping,
                code_bytes,
                data_at,
                data_bytes: image.data.len(),
                thunks_at,
                thunks: &thunks,
                runtime,
            };
            for relocation in &image.relocations {
                places.apply(bytes, relocation)?;
            }
        }
        loaded.protect(0, data_at, libc::PROT_READ | libc::PROT_EXEC)?;
        if data_at < mapping_bytes {
            loaded.protect(data_at, mapping_bytes - data_at, libc::PROT_READ)?;
        }
        for entry in loaded.main.iter().chain(loaded.tests.iter().map(|test| &test.entry)) {
            if *entry as usize >= code_bytes {
                return Err(LoadError::Malformed("an entry lies outside the code"));
            }
        }
        Ok(loaded)
    }

    pub fn main(&self) -> Option<usize> {
        self.main.map(|offset| self.code + offset as usize)
    }

    pub fn test(&self, index: usize) -> Option<usize> {
        self.tests.get(index).map(|test| self.code + test.entry as usize)
    }

    /// What is live behind the call that returns to this address; `None` when nothing is.
    #[inline]
    pub fn safepoint(&self, ret: usize) -> Option<FrameMap<'_>> {
        self.safepoints.find(ret.wrapping_sub(self.code))
    }

    /// File and line of the call that returns to this address.
    pub fn line(&self, ret: usize) -> Option<(&str, u32)> {
        let offset = ret.wrapping_sub(self.code).wrapping_sub(1);
        if offset >= self.code_bytes {
            return None;
        }
        let index = self.lines.partition_point(|line| line.offset as usize <= offset).checked_sub(1)?;
        let line = self.lines[index];
        Some((self.files.get(line.file as usize)?, line.line))
    }

    /// What the closure of this code calls the reference in this word of its object.
    pub fn capture(&self, code: usize, word: u32) -> Option<&str> {
        let offset = u32::try_from(code.wrapping_sub(self.code)).ok()?;
        self.captures.get(&(offset, word)).map(String::as_str)
    }

    fn protect(&self, at: usize, bytes: usize, protection: i32) -> Result<(), LoadError> {
        // SAFETY: the range is part of our own mapping.
        if unsafe { libc::mprotect((self.mapping + at) as *mut _, bytes, protection) } != 0 {
            return Err(LoadError::NoMemory(std::io::Error::last_os_error().to_string()));
        }
        Ok(())
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours; no actor runs its code any more, since runtimes borrow it.
        unsafe { libc::munmap(self.mapping as *mut _, self.mapping_bytes) };
    }
}

fn captures(functions: Vec<FunctionInfo>) -> HashMap<(u32, u32), String> {
    let named = |function: FunctionInfo| {
        function.captures.into_iter().map(move |(word, name)| ((function.offset, word), name))
    };
    functions.into_iter().flat_map(named).collect()
}

/// Where everything lies.
struct Places<'a> {
    mapping: usize,
    code_bytes: usize,
    data_at: usize,
    data_bytes: usize,
    thunks_at: usize,
    thunks: &'a Thunks,
    runtime: Lookup,
}

impl Places<'_> {
    fn apply(&self, bytes: &mut [u8], relocation: &Relocation) -> Result<(), LoadError> {
        let (start, length) = match relocation.section {
            Section::Code => (0, self.code_bytes),
            Section::Data => (self.data_at, self.data_bytes),
        };
        let width = if relocation.kind == RelocationKind::Absolute { 8 } else { 4 };
        let offset = relocation.offset as usize;
        if offset + width > length {
            return Err(LoadError::Malformed("a relocation lies outside its section"));
        }
        let at = start + offset;
        let place = self.mapping + at;
        let target = self.target(relocation)?.wrapping_add(relocation.addend as usize);
        match relocation.kind {
            RelocationKind::Absolute => bytes[at..at + 8].copy_from_slice(&(target as u64).to_le_bytes()),
            RelocationKind::X86Relative => {
                let distance = i32::try_from(target.wrapping_sub(place) as isize)
                    .map_err(|_| LoadError::Malformed("a branch reaches too far"))?;
                bytes[at..at + 4].copy_from_slice(&distance.to_le_bytes());
            }
            RelocationKind::Arm64Branch => {
                let distance = target.wrapping_sub(place) as isize;
                if distance % 4 != 0 || !(-(1 << 27)..1 << 27).contains(&distance) {
                    return Err(LoadError::Malformed("a branch reaches too far"));
                }
                let mut word = [0; 4];
                word.copy_from_slice(&bytes[at..at + 4]);
                let branch = u32::from_le_bytes(word) & 0xfc00_0000 | (distance / 4) as u32 & 0x03ff_ffff;
                bytes[at..at + 4].copy_from_slice(&branch.to_le_bytes());
            }
        }
        Ok(())
    }

    fn target(&self, relocation: &Relocation) -> Result<usize, LoadError> {
        match &relocation.target {
            Target::Code(offset) if *offset as usize <= self.code_bytes => {
                Ok(self.mapping + *offset as usize)
            }
            Target::Data(offset) if *offset as usize <= self.data_bytes => {
                Ok(self.mapping + self.data_at + *offset as usize)
            }
            Target::Runtime(name) if relocation.kind == RelocationKind::Absolute => {
                address(self.runtime, name)
            }
            // The runtime may lie further away than 32 bits reach.
            Target::Runtime(name) => Ok(self.mapping + self.thunks_at + self.thunks.offset(name)),
            _ => Err(LoadError::Malformed("a relocation's target lies outside its section")),
        }
    }
}

/// Jumps to the runtime, placed behind the code for branches that reach 2 GiB only.
struct Thunks {
    names: HashMap<String, usize>,
    addresses: Vec<usize>,
}

impl Thunks {
    /// `jmp [rip+0]`, padding to 8, the address.
    const SIZE: usize = 16;

    fn of(image: &Image, runtime: Lookup) -> Result<Thunks, LoadError> {
        let mut thunks = Thunks { names: HashMap::new(), addresses: Vec::new() };
        for relocation in &image.relocations {
            if let (Target::Runtime(name), false) =
                (&relocation.target, relocation.kind == RelocationKind::Absolute)
                && !thunks.names.contains_key(name)
            {
                thunks.names.insert(name.clone(), thunks.addresses.len());
                thunks.addresses.push(address(runtime, name)?);
            }
        }
        Ok(thunks)
    }

    fn bytes(&self) -> usize {
        self.addresses.len() * Thunks::SIZE
    }

    fn offset(&self, name: &str) -> usize {
        self.names[name] * Thunks::SIZE
    }

    fn write(&self, to: &mut [u8]) {
        for (address, thunk) in self.addresses.iter().zip(to.chunks_mut(Thunks::SIZE)) {
            // jmp [rip+2]; ud2; address
            thunk[..8].copy_from_slice(&[0xff, 0x25, 2, 0, 0, 0, 0x0f, 0x0b]);
            thunk[8..].copy_from_slice(&(*address as u64).to_le_bytes());
        }
    }
}

/// Tells the address of the function that an image calls by this name.
pub type Lookup = fn(&str) -> Option<usize>;

fn address(runtime: Lookup, name: &str) -> Result<usize, LoadError> {
    runtime(name).ok_or_else(|| LoadError::UnknownIntrinsic(name.to_string()))
}

/// Open addressing by return address: looked up for every frame of every collection.
struct SafepointTable {
    /// Entry number plus one, or 0.
    index: Vec<u32>,
    entries: Vec<Entry>,
    slots: Vec<u32>,
}

struct Entry {
    offset: u32,
    span: u32,
    first: u32,
    count: u32,
}

impl SafepointTable {
    fn of(image: &Image) -> SafepointTable {
        let size = (image.safepoints.len() * 2 + 1).next_power_of_two();
        let mut table = SafepointTable { index: vec![0; size], entries: Vec::new(), slots: Vec::new() };
        for safepoint in &image.safepoints {
            let first = table.slots.len() as u32;
            // A slot named twice would be moved twice.
            let mut slots = safepoint.slots.clone();
            slots.sort_unstable();
            slots.dedup();
            let count = slots.len() as u32;
            table.slots.extend(slots);
            table.entries.push(Entry { offset: safepoint.offset, span: safepoint.span, first, count });
            let mut at = hash(safepoint.offset) & (size - 1);
            while table.index[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            table.index[at] = table.entries.len() as u32;
        }
        table
    }

    #[inline]
    fn find(&self, offset: usize) -> Option<FrameMap<'_>> {
        let offset = u32::try_from(offset).ok()?;
        let mask = self.index.len() - 1;
        let mut at = hash(offset) & mask;
        loop {
            let entry = &self.entries[(self.index[at] as usize).checked_sub(1)?];
            if entry.offset == offset {
                let slots = &self.slots[entry.first as usize..(entry.first + entry.count) as usize];
                return Some(FrameMap { span: entry.span, slots });
            }
            at = (at + 1) & mask;
        }
    }
}

fn hash(offset: u32) -> usize {
    (offset as usize).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

fn check_features(features: &[String]) -> Result<(), LoadError> {
    match features.iter().find(|name| !has_feature(name)) {
        None => Ok(()),
        Some(name) => Err(LoadError::MissingFeature(name.clone())),
    }
}

#[cfg(target_arch = "x86_64")]
fn has_feature(name: &str) -> bool {
    macro_rules! detect {
        ($($cranelift:literal => $rust:tt),* $(,)?) => {
            match name {
                $($cranelift => std::is_x86_feature_detected!($rust),)*
                // Every x86-64 processor.
                "has_sse" | "has_sse2" => true,
                _ => false,
            }
        };
    }
    detect! {
        "has_sse3" => "sse3",
        "has_ssse3" => "ssse3",
        "has_sse41" => "sse4.1",
        "has_sse42" => "sse4.2",
        "has_popcnt" => "popcnt",
        "has_cmpxchg16b" => "cmpxchg16b",
        "has_avx" => "avx",
        "has_avx2" => "avx2",
        "has_fma" => "fma",
        "has_bmi1" => "bmi1",
        "has_bmi2" => "bmi2",
        "has_lzcnt" => "lzcnt",
        "has_avx512f" => "avx512f",
        "has_avx512vl" => "avx512vl",
        "has_avx512dq" => "avx512dq",
        "has_avx512vbmi" => "avx512vbmi",
        "has_avx512bitalg" => "avx512bitalg",
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn has_feature(_name: &str) -> bool {
    false
}
