//! Growable bytes. A buffer's bytes lie in a blob that no one shares, so that freezing gives it away.

use super::context::*;
use super::define::define;
use crate::abi::{self, Kind, header};
use crate::heap::blob::{Blob, MAX_CAPACITY};
use crate::heap::object::{BUFFER_BLOB, BUFFER_WORDS};
use crate::memory::emergency::out_of_memory;
use std::ptr::null_mut;

/// A result up to this size is copied when a buffer is frozen, and the buffer keeps its storage.
const COPIED: usize = 512;

define! {
    fn buffer_new(context, capacity: Int) -> Ref {
        let capacity = capacity.max(0) as usize;
        let blob = if capacity == 0 { null_mut() } else { Blob::allocate(capacity) };
        let object = context.allocate(BUFFER_WORDS);
        // SAFETY: the object has so many words and is complete before it is listed.
        unsafe {
            object.set_word(0, header(Kind::Buffer, 0, BUFFER_WORDS as u32 - 1, 0));
            object.set_word(abi::bytes::LENGTH, 0);
            context.set_storage(object, blob);
            context.record.heap().own(&context.record.bump, object, capacity);
        }
        object
    }

    fn buffer_reserve(context, buffer: Ref, more: Int) {
        context.reserve(buffer, more.max(0) as usize);
    }

    fn buffer_append(context, buffer: Ref, bytes: Ref) {
        context.append(buffer, context.bytes(bytes));
    }

    fn buffer_append_buffer(context, buffer: Ref, other: Ref, from: Int, to: Int) {
        let (from, to) = context.range(other, from, to);
        // First the room: the two may be the same buffer.
        context.reserve(buffer, to - from);
        context.append(buffer, &context.bytes(other)[from..to]);
    }

    fn buffer_freeze(context, buffer: Ref, from: Int, to: Int) -> Ref {
        let (from, to) = context.range(buffer, from, to);
        let part = &context.bytes(buffer)[from..to];
        // SAFETY: compiled code passes a Buffer; its blob is its own, and given away whole.
        unsafe {
            let mut blob = buffer.word(BUFFER_BLOB) as *mut Blob;
            buffer.set_word(abi::bytes::LENGTH, 0);
            if part.len() <= COPIED || blob.is_null() {
                let bytes = context.new_bytes(part);
                context.rewind(buffer);
                return bytes;
            }
            let offset = part.as_ptr() as usize - Blob::data(blob) as usize;
            let length = part.len();
            context.set_storage(buffer, null_mut());
            context.uncount_outside(Blob::capacity(blob));
            // What is never used would be held as long as the bytes.
            if Blob::capacity(blob) - length > length / 2 + 256 {
                std::ptr::copy(Blob::data(blob).add(offset), Blob::data(blob), length);
                blob = Blob::resize(blob, length);
                return context.new_shared(blob, length);
            }
            context.new_view(Blob::data(blob).add(offset), length, blob)
        }
    }

    fn buffer_copy(context, buffer: Ref, from: Int, to: Int) -> Ref {
        let (from, to) = context.range(buffer, from, to);
        context.new_bytes(&context.bytes(buffer)[from..to])
    }

    fn buffer_consume(context, buffer: Ref, count: Int) {
        // SAFETY: compiled code passes a Buffer.
        unsafe {
            let length = buffer.word(abi::bytes::LENGTH) as usize;
            let count = (count.max(0) as usize).min(length);
            buffer.set_word(abi::bytes::LENGTH, (length - count) as u64);
            if count == length {
                context.rewind(buffer);
            } else {
                // The gap in front is used again when room is needed.
                buffer.set_word(abi::bytes::ADDRESS, buffer.word(abi::bytes::ADDRESS) + count as u64);
                buffer.set_word(abi::bytes::DATA, buffer.word(abi::bytes::DATA) - count as u64);
            }
        }
    }

    fn buffer_shrink(context, buffer: Ref) {
        // SAFETY: compiled code passes a Buffer; its blob is its own.
        unsafe {
            let length = buffer.word(abi::bytes::LENGTH) as usize;
            let blob = buffer.word(BUFFER_BLOB) as *mut Blob;
            if length == 0 {
                if !blob.is_null() {
                    context.uncount_outside(Blob::capacity(blob));
                }
                Blob::release(blob);
                context.set_storage(buffer, null_mut());
            } else if Blob::capacity(blob) > length {
                context.close_gap(buffer);
                context.set_storage(buffer, Blob::resize(blob, length));
            }
        }
    }

    leaf {
        fn buffer_store_decimal(_context, buffer: Ref, at: Int, value: Float) -> Int {
            let mut digits = zmij::Buffer::new();
            let written = digits.format_finite(value);
            // `1e21`, as JSON has been written before there were pluses.
            let plain = written.contains('+').then(|| written.replace('+', ""));
            let text = plain.as_deref().unwrap_or(written).as_bytes();
            // SAFETY: compiled code passes a Buffer, and the library has made room behind the position.
            unsafe {
                debug_assert!(at as u64 + text.len() as u64 <= buffer.word(abi::bytes::DATA));
                let place = (buffer.word(abi::bytes::ADDRESS) + at as u64) as *mut u8;
                std::ptr::copy_nonoverlapping(text.as_ptr(), place, text.len());
            }
            text.len() as i64
        }

        fn buffer_load_decimal(context, buffer: Ref, from: Int, to: Int) -> Float {
            let (from, to) = context.range(buffer, from, to);
            let text = std::str::from_utf8(&context.bytes(buffer)[from..to]);
            text.ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
        }
    }
}

impl Context<'_> {
    /// Makes room for so many bytes behind those that the buffer holds.
    pub fn reserve(self, buffer: Ref, more: usize) {
        // SAFETY: compiled code passes a Buffer; its blob is its own.
        unsafe {
            let length = buffer.word(abi::bytes::LENGTH) as usize;
            let capacity = buffer.word(abi::bytes::DATA) as usize;
            if more <= capacity - length {
                return;
            }
            if more > MAX_CAPACITY {
                out_of_memory(more);
            }
            let needed = length + more;
            let blob = buffer.word(BUFFER_BLOB) as *mut Blob;
            let whole = if blob.is_null() { 0 } else { Blob::capacity(blob) };
            // Consumed bytes in front are room, too, if moving what is left costs less than it gains.
            if needed <= whole && whole - capacity >= length {
                self.close_gap(buffer);
                return;
            }
            // Exactly what is asked for when that is a lot; otherwise by half, so that appending stays linear.
            let grown = needed.max(capacity + capacity / 2).max(64);
            if whole != capacity || blob.is_null() {
                // The gap in front is not worth copying.
                let moved = Blob::allocate(grown);
                std::ptr::copy_nonoverlapping(
                    buffer.word(abi::bytes::ADDRESS) as *const u8,
                    Blob::data(moved),
                    length,
                );
                Blob::release(blob);
                self.set_storage(buffer, moved);
            } else {
                self.set_storage(buffer, Blob::resize(blob, grown));
            }
            self.count_outside(grown.saturating_sub(whole));
        }
    }

    /// Appends bytes that are not the buffer's own, or for which there is room already.
    pub fn append(self, buffer: Ref, bytes: &[u8]) {
        self.reserve(buffer, bytes.len());
        // SAFETY: the room has been made.
        unsafe {
            let length = buffer.word(abi::bytes::LENGTH);
            let end = (buffer.word(abi::bytes::ADDRESS) + length) as *mut u8;
            std::ptr::copy(bytes.as_ptr(), end, bytes.len());
            buffer.set_word(abi::bytes::LENGTH, length + bytes.len() as u64);
        }
    }

    /// A range of the buffer's bytes; bounds outside are moved inside.
    fn range(self, buffer: Ref, from: i64, to: i64) -> (usize, usize) {
        let to = (to.max(0) as usize).min(self.bytes(buffer).len());
        ((from.max(0) as usize).min(to), to)
    }

    /// # Safety
    /// The buffer is one; null or the blob is its own.
    unsafe fn set_storage(self, buffer: Ref, blob: *mut Blob) {
        // SAFETY: promised by the caller.
        unsafe {
            let (address, capacity) =
                if blob.is_null() { (0, 0) } else { (Blob::data(blob) as u64, Blob::capacity(blob) as u64) };
            buffer.set_word(abi::bytes::ADDRESS, address);
            buffer.set_word(abi::bytes::DATA, capacity);
            buffer.set_word(BUFFER_BLOB, blob as u64);
        }
    }

    /// An empty buffer begins at the start of its storage.
    ///
    /// # Safety
    /// The buffer is one.
    unsafe fn rewind(self, buffer: Ref) {
        // SAFETY: promised by the caller.
        unsafe { self.set_storage(buffer, buffer.word(BUFFER_BLOB) as *mut Blob) }
    }

    /// Moves what the buffer holds to the start of its storage.
    ///
    /// # Safety
    /// The buffer is one, with storage.
    unsafe fn close_gap(self, buffer: Ref) {
        // SAFETY: promised by the caller.
        unsafe {
            let data = Blob::data(buffer.word(BUFFER_BLOB) as *mut Blob);
            let length = buffer.word(abi::bytes::LENGTH) as usize;
            std::ptr::copy(buffer.word(abi::bytes::ADDRESS) as *const u8, data, length);
            self.rewind(buffer);
        }
    }
}
