//! References, and reading objects through them: an object's header tells how long it is and where its references are.
//! `abi` has the layout.

use crate::abi::{self, Kind};

/// A reference as compiled code holds it: an immediate (odd), zero, or an object's address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(transparent)]
pub struct Ref(pub u64);

/// Bytes in a word.
pub const WORD: usize = 8;

impl Ref {
    pub const fn immediate(constructor: u32) -> Ref {
        Ref(abi::immediate(constructor))
    }

    pub fn is_object(self) -> bool {
        self.0 & 1 == 0 && self.0 != 0
    }

    /// # Safety
    /// Like all functions below: the reference is an object, and `index` one of its words.
    pub unsafe fn word(self, index: u32) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { *(self.0 as *const u64).add(index as usize) }
    }

    /// # Safety
    /// See `word`; no one else reads the object now.
    pub unsafe fn set_word(self, index: u32, value: u64) {
        // SAFETY: promised by the caller.
        unsafe { *(self.0 as *mut u64).add(index as usize) = value }
    }

    /// # Safety
    /// See `word`.
    pub unsafe fn header(self) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { self.word(0) }
    }
}

/// Words of a `BlobBytes`, its header included.
pub const BLOB_BYTES_WORDS: usize = 5;
/// Words of a `Buffer`, its header included: one more than `abi::bytes` names, `BUFFER_BLOB`.
pub const BUFFER_WORDS: usize = 6;
/// The blob in which a buffer's bytes lie (its address word may point behind consumed bytes), or 0.
pub const BUFFER_BLOB: u32 = 5;

/// Words of an `InlineBytes` of so many bytes, its header included.
pub const fn inline_bytes_words(length: usize) -> usize {
    3 + length.div_ceil(WORD)
}

/// Words of the object, its header included. The header is passed because the object's own may be a
/// forwarding address.
///
/// # Safety
/// `object` is an object with that header.
pub unsafe fn size_in_words(object: Ref, header: u64) -> usize {
    match abi::kind_of(header) {
        Kind::Fixed | Kind::Closure => 1 + abi::words_of(header) as usize,
        Kind::InlineBytes => {
            // SAFETY: bytes have a length word.
            inline_bytes_words(unsafe { object.word(abi::bytes::LENGTH) } as usize)
        }
        Kind::BlobBytes => BLOB_BYTES_WORDS,
        Kind::Buffer => BUFFER_WORDS,
        Kind::RawArray | Kind::RefArray => {
            // SAFETY: arrays have a capacity word.
            let capacity = unsafe { object.word(abi::array::CAPACITY) };
            abi::array::ELEMENTS as usize + capacity as usize
        }
    }
}

/// Index of the first reference among the object's words, and their number.
///
/// # Safety
/// As for `size_in_words`.
pub unsafe fn references(object: Ref, header: u64) -> (usize, usize) {
    let count = abi::references_of(header) as usize;
    match abi::kind_of(header) {
        Kind::Fixed => (1, count),
        Kind::Closure => (2, count),
        // All slots count: a builder fills them before it moves `back`.
        Kind::RefArray => {
            // SAFETY: arrays have a capacity word.
            let capacity = unsafe { object.word(abi::array::CAPACITY) };
            (abi::array::ELEMENTS as usize, capacity as usize)
        }
        _ => (0, 0),
    }
}

/// The bytes of a Bytes, String or Buffer.
///
/// # Safety
/// `object` is one, and stays where it is while the slice is used.
pub unsafe fn bytes_of<'a>(object: Ref) -> &'a [u8] {
    // SAFETY: promised by the caller; address and length of such objects describe readable memory.
    unsafe {
        let length = object.word(abi::bytes::LENGTH) as usize;
        if length == 0 {
            return &[];
        }
        std::slice::from_raw_parts(object.word(abi::bytes::ADDRESS) as *const u8, length)
    }
}

/// Copies so many words, few and just written, one by one. Wider loads would have to wait until the processor has
/// brought those stores out of its buffer, which takes longer than all of this.
///
/// # Safety
/// As for `copy_nonoverlapping`.
#[inline(always)]
pub unsafe fn copy_fresh(from: *const u64, to: *mut u64, words: usize) {
    // Volatile, or the compiler would make one wide copy of it.
    for index in 0..words {
        // SAFETY: promised by the caller.
        unsafe { to.add(index).write_volatile(from.add(index).read_volatile()) };
    }
}
