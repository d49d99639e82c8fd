//! Copies a value out of a heap into one block that refers to nothing else of that heap: a message.
//!
//! Three passes, none recursive. The first gives each object reached a place in the block, writes that
//! place into the object's header and remembers the header in a log, which is also the queue of objects
//! still to be looked at; so an object reached twice has one place. The second copies. The third gives
//! the sender's objects their headers back.

use super::blob::Blob;
use super::block::Block;
use super::object::{self, Ref, WORD};
use crate::abi::{self, Kind, OLD_BIT};
use crate::memory::emergency;

/// One copied object.
struct Entry {
    object: Ref,
    header: u64,
    /// Byte offset in the block.
    offset: usize,
}

/// Memory for the log, kept by each worker.
#[derive(Default)]
pub struct CopyLog {
    entries: Vec<Entry>,
}

/// An entry of the log, and a word of its object.
type Word = (usize, u32);

/// The word of a closure that holds the address of its code.
const CLOSURE_CODE: u32 = 1;

/// A value that may not leave its actor was found inside the message.
#[derive(Debug, PartialEq, Eq)]
pub struct NotSendable {
    pub what: &'static str,
    /// The innermost closure that holds it, if one does: its code, and in which word of the object.
    pub holder: Option<(usize, u32)>,
}

/// The log while the headers of its objects are changed. They get them back at the end, also when there is no memory
/// for the message.
struct Restored<'a>(&'a mut CopyLog);

impl Drop for Restored<'_> {
    fn drop(&mut self) {
        for entry in self.0.entries.drain(..) {
            // SAFETY: the objects are alive, and these are their own headers.
            unsafe { entry.object.set_word(0, entry.header) };
        }
        // An uncommonly large message does not keep its log for ever.
        self.0.entries.shrink_to(1024);
    }
}

impl CopyLog {
    /// # Panics
    /// When memory is exhausted: the actor that asked crashes.
    ///
    /// # Safety
    /// `root` is a reference of a heap that no one else uses now.
    pub unsafe fn copy(&mut self, root: Ref) -> Result<*mut Block, NotSendable> {
        // SAFETY: promised by the caller.
        unsafe {
            if !root.is_object() || abi::is_static(root.header()) {
                return Ok(Block::allocate(0, root.0));
            }
            if let Some(block) = copy_alone(root) {
                return Ok(block);
            }
            debug_assert!(self.entries.is_empty());
            let log = Restored(self);
            let placed =
                log.0.place_all(root).map_err(|(what, at)| NotSendable { what, holder: log.0.holder(at) });
            placed.map(|bytes| log.0.copy_all(bytes))
        }
    }

    /// First pass: gives each object that is reached its place. Returns the bytes of all, or what cannot be copied, with
    /// the word of the entry that holds it.
    ///
    /// # Safety
    /// As for `copy`.
    unsafe fn place_all(&mut self, root: Ref) -> Result<usize, (&'static str, Option<Word>)> {
        let mut bytes = 0;
        let mut at = 0;
        // SAFETY: every object reached is alive; the header of one seen before is even.
        unsafe {
            self.place(root, &mut bytes).map_err(|what| (what, None))?;
            while at < self.entries.len() {
                let Entry { object, header, .. } = self.entries[at];
                let (first, count) = object::references(object, header);
                for index in first..first + count {
                    let target = Ref(object.word(index as u32));
                    if target.is_object() {
                        self.place(target, &mut bytes).map_err(|what| (what, Some((at, index as u32))))?;
                    }
                }
                at += 1;
            }
        }
        Ok(bytes)
    }

    /// Gives an object its place, unless it has one: notes it in the log, and the place in its header.
    ///
    /// # Safety
    /// It is an object, alive.
    unsafe fn place(&mut self, object: Ref, bytes: &mut usize) -> Result<(), &'static str> {
        // SAFETY: the object is alive.
        unsafe {
            let header = object.header();
            if header & 1 == 0 || abi::is_static(header) {
                return Ok(());
            }
            if abi::kind_of(header) == Kind::Buffer {
                return Err("a Buffer");
            }
            if self.entries.len() == self.entries.capacity() {
                let more = self.entries.len().max(64);
                emergency::expect_room(self.entries.try_reserve(more), more * size_of::<Entry>());
            }
            self.entries.push(Entry { object, header, offset: *bytes });
            // Offsets are multiples of 8, so the lowest bit stays 0.
            object.set_word(0, *bytes as u64);
            *bytes += object::size_in_words(object, header) * WORD;
            Ok(())
        }
    }

    /// The innermost closure around a word of an entry, and its word there. An entry stands behind the one from which
    /// it was first reached.
    ///
    /// # Safety
    /// The objects of the log are alive.
    unsafe fn holder(&self, found: Option<Word>) -> Option<(usize, u32)> {
        let (mut at, mut word) = found?;
        // SAFETY: the entries are alive, and only their headers are changed.
        unsafe {
            loop {
                let entry = &self.entries[at];
                if abi::kind_of(entry.header) == Kind::Closure {
                    return Some((entry.object.word(CLOSURE_CODE) as usize, word));
                }
                let refers = |index: usize| {
                    let outer = &self.entries[index];
                    let (first, count) = object::references(outer.object, outer.header);
                    (first..first + count).find(|word| outer.object.word(*word as u32) == entry.object.0)
                };
                (at, word) = (0..at).find_map(|index| Some((index, refers(index)? as u32)))?;
            }
        }
    }

    /// Second pass: copies all objects of the log, which are so many bytes.
    ///
    /// # Safety
    /// The first pass has placed them, and they have not been changed since.
    unsafe fn copy_all(&self, bytes: usize) -> *mut Block {
        let block = Block::allocate(bytes, 0);
        let base = Block::objects(block);
        // SAFETY: every entry has its own place of its own size in the block.
        unsafe {
            for entry in &self.entries {
                let copy = Ref((base + entry.offset) as u64);
                let words = object::size_in_words(entry.object, entry.header);
                std::ptr::copy_nonoverlapping(
                    (entry.object.0 as *const u64).add(1),
                    (copy.0 as *mut u64).add(1),
                    words - 1,
                );
                copy.set_word(0, entry.header & !OLD_BIT);
                let (first, count) = object::references(copy, entry.header);
                for index in first..first + count {
                    let target = Ref(copy.word(index as u32));
                    if target.is_object() && target.header() & 1 == 0 {
                        copy.set_word(index as u32, base as u64 + target.header());
                    }
                }
                match abi::kind_of(entry.header) {
                    Kind::InlineBytes => copy.set_word(abi::bytes::ADDRESS, copy.0 + 3 * WORD as u64),
                    Kind::BlobBytes => {
                        Blob::retain(copy.word(abi::bytes::DATA) as *mut Blob);
                        copy.set_word(abi::bytes::NEXT_OWNING, (*block).owning.0);
                        (*block).owning = copy;
                    }
                    _ => {}
                }
            }
            (*block).root = base as u64;
        }
        block
    }
}

/// The copy of an object that refers to no other one of its heap, as most messages are; nothing for others.
///
/// # Safety
/// As for `CopyLog::copy`; the root is an object that is not static.
unsafe fn copy_alone(root: Ref) -> Option<*mut Block> {
    // SAFETY: promised by the caller; the block has room for the object.
    unsafe {
        let header = root.header();
        if !matches!(abi::kind_of(header), Kind::Fixed | Kind::Closure) {
            return None;
        }
        let (first, count) = object::references(root, header);
        for index in first..first + count {
            let target = Ref(root.word(index as u32));
            if target.is_object() && !abi::is_static(target.header()) {
                return None;
            }
        }
        let words = object::size_in_words(root, header);
        let block = Block::allocate(words * WORD, 0);
        let base = Block::objects(block);
        object::copy_fresh(root.0 as *const u64, base as *mut u64, words);
        Ref(base as u64).set_word(0, header & !OLD_BIT);
        (*block).root = base as u64;
        Some(block)
    }
}
