//! Called by compiled code only.

use super::context::*;
use super::define;
use crate::abi::{Kind, array, header};
use crate::heap::collect::Purpose;
use crate::heap::object::WORD;
use crate::scheduler::slice;

/// No array needs more; sizes above it are mistakes.
const MAX_CAPACITY: i64 = 1 << 36;

define! {
    fn snow_allocate(context, words: Int) -> Ref = "" {
        // One more than asked for: the number may or may not include the header, and a gap does no harm.
        context.allocate_collecting(words as usize + 1)
    }

    fn snow_allocate_array(context, references: Int, capacity: Int) -> Ref = "" {
        if !(0..=MAX_CAPACITY).contains(&capacity) {
            return context.crash(format!("out of memory: an array of {capacity} elements asked for"));
        }
        let words = array::ELEMENTS as usize + capacity as usize;
        let object = context.allocate_collecting(words);
        let kind = if references != 0 { Kind::RefArray } else { Kind::RawArray };
        // SAFETY: the object has so many words and no one else knows it.
        unsafe {
            std::ptr::write_bytes(object.0 as *mut u64, 0, words);
            object.set_word(0, header(kind, 0, 0, 0));
            object.set_word(array::CAPACITY, capacity as u64);
        }
        object
    }

    fn snow_panic(context, message: Ref) -> Int = "" {
        let message = context.text(message).into_owned();
        context.crash(message)
    }

    fn snow_panic_static(context, address: Int, length: Int) -> Int = "" {
        // SAFETY: compiled code passes constant text.
        let text = unsafe { std::slice::from_raw_parts(address as *const u8, length as usize) };
        context.crash(String::from_utf8_lossy(text).into_owned())
    }
}

impl Context<'_> {
    /// A new object for compiled code, whose frames show the collector what is live.
    fn allocate_collecting(self, words: usize) -> Ref {
        let record = self.record;
        let worker = self.worker();
        let again = record.collected_in.replace(worker.slices) == worker.slices;
        let bytes = words * WORD;
        let purpose = if again { Purpose::RoomAgain(bytes) } else { Purpose::Room(bytes) };
        let frames = (record.caller_frame.get(), record.caller_return.get(), 0);
        // SAFETY: the actor stands in this call, and its stub has noted the caller's frame.
        unsafe { slice::collect(worker, record, purpose, frames) };
        self.allocate(words)
    }
}
