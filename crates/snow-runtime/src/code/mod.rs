//! Brings an image into memory and answers questions about its code.

mod error;
mod features;
pub mod image_file;
mod relocation;
mod safepoints;

use crate::image::{FunctionInfo, Image, LineInfo, TestInfo};
use crate::introspection::perf_map;
use std::collections::HashMap;
use std::ptr::null_mut;

pub use error::LoadError;
pub use relocation::Lookup;
use relocation::{Places, Thunks};
use safepoints::{FrameMap, Safepoints};

/// A program in executable memory.
pub struct Code {
    mapping: usize,
    mapping_bytes: usize,
    code: usize,
    code_bytes: usize,
    safepoints: Safepoints,
    lines: Vec<LineInfo>,
    files: Vec<String>,
    /// Names of what closures capture: by the code's offset, and the word of the object.
    captures: HashMap<(u32, u32), String>,
    main: Option<u32>,
    tests: Vec<TestInfo>,
}

const PAGE: usize = 4096;

impl Code {
    /// `runtime` tells the address of an intrinsic by its name.
    pub fn load(image: Image, runtime: Lookup) -> Result<Code, LoadError> {
        features::check(&image.features)?;
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
            safepoints: Safepoints::of(&image),
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
