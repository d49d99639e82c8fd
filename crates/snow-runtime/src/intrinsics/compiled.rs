//! Intrinsics that the compiler calls: no `extern fn` can bind to them.

use super::context::*;
use super::define::define;
use crate::abi::{self, Kind, array, header};
use crate::heap::blob::Blob;
use crate::heap::collect::Purpose;
use crate::heap::object::WORD;
use crate::memory::actor_collection::{collect, is_tortured_here};
use crate::memory::emergency::out_of_memory;

/// No array needs more; sizes above it are mistakes.
const MAX_CAPACITY: i64 = 1 << 36;

define! {
    fn snow_allocate(context, words: Int) -> Ref {
        // One more than asked for: the number may or may not include the header, and a gap does no harm.
        context.allocate_collecting(words as usize + 1)
    }

    fn snow_allocate_array(context, references: Int, capacity: Int) -> Ref {
        if !(0..=MAX_CAPACITY).contains(&capacity) {
            return context.crash(format!("out of memory: an array of {capacity} elements asked for"));
        }
        let words = array::ELEMENTS as usize + capacity as usize;
        // Compiled code makes small objects without asking, as long as there is room; arrays it has made here.
        let bump = &context.record.bump;
        let room = bump.limit.get().saturating_sub(bump.next.get());
        let object =
            if words * WORD <= room { context.allocate(words) } else { context.allocate_collecting(words) };
        let kind = if references != 0 { Kind::RefArray } else { Kind::RawArray };
        // SAFETY: the object has so many words and no one else knows it.
        unsafe {
            std::ptr::write_bytes(object.0 as *mut u64, 0, words);
            object.set_word(0, header(kind, 0, 0, 0));
            object.set_word(array::CAPACITY, capacity as u64);
        }
        object
    }

    fn bytes_new(context, length: Int) -> Ref {
        if !(0..=MAX_CAPACITY).contains(&length) {
            return context.crash(format!("out of memory: {length} bytes asked for"));
        }
        let length = length as usize;
        if length <= abi::INLINE_BYTES {
            return context.new_inline(&[0; abi::INLINE_BYTES][..length]);
        }
        context.new_shared(Blob::allocate(length), length)
    }

    fn bytes_copy_into(context, target: Ref, at: Int, source: Ref) {
        let source = context.bytes(source);
        let room = context.bytes(target).len();
        if (at as usize).checked_add(source.len()).is_none_or(|end| end > room) {
            return context.crash("bytes do not fit where they are copied to".to_string());
        }
        // SAFETY: the target is fresh from `bytes_new`, so nobody else reads it, and it has the room.
        unsafe {
            let to = (target.word(abi::bytes::ADDRESS) as *mut u8).add(at as usize);
            std::ptr::copy_nonoverlapping(source.as_ptr(), to, source.len());
        }
    }

    fn snow_panic(context, message: Ref) {
        let message = context.text(message).into_owned();
        context.crash(message)
    }

    fn snow_panic_static(context, address: Int, length: Int) {
        // SAFETY: compiled code passes constant text.
        let text = unsafe { std::slice::from_raw_parts(address as *const u8, length as usize) };
        context.crash(String::from_utf8_lossy(text).into_owned())
    }

    leaf {
        fn snow_remember(context, slot: Int) {
            let record = context.record;
            // SAFETY: the actor runs here, and passes a slot of one of its arrays.
            unsafe {
                record.heap().remember(&record.bump, slot as u64);
                record.heap_changed();
            }
        }
    }
}

impl Context<'_> {
    /// A new object for compiled code, whose frames show the collector what is live.
    fn allocate_collecting(self, words: usize) -> Ref {
        let record = self.record;
        let worker = self.worker();
        // SAFETY: the actor runs here; the reference ends at once.
        if unsafe { record.heap().makes_apart(words * WORD) } {
            return self.allocate(words);
        }
        // SAFETY: the actor stands in this call, on this worker.
        unsafe {
            let spares = worker.runtime().torture() && record.heap().has_room(&record.bump, words);
            if spares && !record.heap().wants_collection() && !is_tortured_here(worker, record) {
                return self.allocate(words);
            }
        }
        let again = record.collected_again_in(worker.slices);
        let bytes = words * WORD;
        let purpose = if again { Purpose::RoomAgain(bytes) } else { Purpose::Room(bytes) };
        let frames = (record.caller_frame.get(), record.caller_return.get(), 0);
        // SAFETY: the actor stands in this call, and its stub has noted the caller's frame.
        unsafe {
            if !collect(worker, record, purpose, frames) && !record.heap().has_room(&record.bump, words) {
                out_of_memory(bytes);
            }
        }
        self.allocate(words)
    }
}
