//! What a value looks like in memory.
//!
//! # Values
//!
//! An Int, a Unit and a value of a sum type without any payload is a 64-bit word; a Float is its bits; a Bool is a
//! byte, and in objects a word. All other values are references. A reference is one of three:
//! - an immediate: a constructor without payload of a sum type that has payloads, see [`immediate`];
//! - zero, in slots of arrays that were never written;
//! - the address of an object, aligned to 8.
//!
//! A Pid is a reference: an immediate that holds the actor's number and generation, or an adapter (see
//! [`adapter`](crate::adapter)).
//!
//! # Objects
//!
//! An object is one header word, then its words, which are counted from 1. References come first, raw words after
//! them, each group in the order of the declaration, so that a header needs only two counts.
//!
//! The lowest bit of a header is 1. While a collection or the copy of a message runs, a word with a lowest bit of 0
//! stands in the header's place: the address to which the object has moved.
//!
//! | bits | a header's |
//! | --- | --- |
//! | 0 | 1 |
//! | 1 to 5 | [`Kind`] |
//! | 6 | [`OLD_BIT`] |
//! | 7 | [`STATIC_BIT`] |
//! | 8 to 23 | constructor number |
//! | 24 to 43 | count of words |
//! | 44 to 63 | count of references among them |

/// What an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// A tuple, a struct or a constructor with payload: references, then raw words.
    Fixed = 0,
    /// Word 1 is the address of the code; then captured references, then raw captures.
    /// The header counts all these words, the address of the code too.
    Closure = 1,
    /// Bytes and String: see [`bytes`]. Data of at most [`INLINE_BYTES`] lies in the object.
    InlineBytes = 2,
    /// Bytes and String over a shared blob.
    BlobBytes = 3,
    /// Mutable, growable bytes.
    Buffer = 4,
    /// See [`array`]; its elements are raw words.
    RawArray = 5,
    /// The same with references as elements.
    RefArray = 6,
}

/// The header of a `Fixed` or `Closure` object: constructor number, count of all words, of references among them.
#[inline]
pub const fn header(kind: Kind, tag: u32, words: u32, references: u32) -> u64 {
    1 | (kind as u64) << KIND_SHIFT
        | (tag as u64) << TAG_SHIFT
        | (words as u64) << WORDS_SHIFT
        | (references as u64) << REFERENCES_SHIFT
}

/// The object lies outside every heap: it is neither moved nor copied.
pub const STATIC_BIT: u64 = 1 << 7;

/// The object has survived in a heap with two generations: who writes a reference into it tells the collector.
pub const OLD_BIT: u64 = 1 << 6;

const KIND_SHIFT: u32 = 1;
const KIND_MASK: u64 = 0x1f;
/// The constructor number begins at this bit, which a byte begins with, and has 16 bits.
pub const TAG_SHIFT: u32 = 8;
const WORDS_SHIFT: u32 = 24;
const REFERENCES_SHIFT: u32 = 44;

/// The greatest constructor number that a header can hold.
pub const MAX_TAG: u32 = 0xffff;
/// The most words that a header can count.
pub const MAX_WORDS: u32 = 0xf_ffff;

/// What the object with this header is.
///
/// # Panics
/// When the header is none that [`header`] has made.
#[inline]
pub const fn kind_of(header: u64) -> Kind {
    match header >> KIND_SHIFT & KIND_MASK {
        0 => Kind::Fixed,
        1 => Kind::Closure,
        2 => Kind::InlineBytes,
        3 => Kind::BlobBytes,
        4 => Kind::Buffer,
        5 => Kind::RawArray,
        6 => Kind::RefArray,
        _ => panic!("not a header"),
    }
}

/// The constructor number in a header.
#[inline]
pub const fn tag_of(header: u64) -> u32 {
    (header >> TAG_SHIFT) as u32 & MAX_TAG
}

/// How many words a `Fixed` or `Closure` object has behind its header.
#[inline]
pub const fn words_of(header: u64) -> u32 {
    (header >> WORDS_SHIFT) as u32 & MAX_WORDS
}

/// How many of these words are references.
#[inline]
pub const fn references_of(header: u64) -> u32 {
    (header >> REFERENCES_SHIFT) as u32 & MAX_WORDS
}

/// Does the object lie outside every heap?
#[inline]
pub const fn is_static(header: u64) -> bool {
    header & STATIC_BIT != 0
}

/// The reference that stands for a constructor without payload: odd, so that it is no address of an object.
#[inline]
pub const fn immediate(constructor: u32) -> u64 {
    (constructor as u64) << 1 | 1
}

/// Words of Bytes, String and Buffer.
pub mod bytes {
    /// Length in bytes (raw).
    pub const LENGTH: u32 = 1;
    /// Address of the first byte (raw). Inside the object itself for `InlineBytes`: the collector adjusts it.
    pub const ADDRESS: u32 = 2;
    /// First word of inline data; for `BlobBytes` the blob, for `Buffer` the capacity.
    pub const DATA: u32 = 3;
    /// `BlobBytes` and `Buffer`: the next object in the heap's list of objects that own something outside.
    pub const NEXT_OWNING: u32 = 4;
}

/// The most bytes that are kept inside their object. Most messages of most protocols are shorter: they cost a bump of
/// the heap's pointer, and no count of who shares them.
pub const INLINE_BYTES: usize = 256;

/// Words of arrays.
///
/// Several values may share an array, each with a part of it of its own. One whose part begins at `FRONT` may prepend
/// in place, one whose part ends at `BACK` may append in place, for the slots beyond are nobody's.
pub mod array {
    /// How many slots there are.
    pub const CAPACITY: u32 = 1;
    /// Index of the lowest slot in use.
    pub const FRONT: u32 = 2;
    /// Index behind the highest slot in use.
    pub const BACK: u32 = 3;
    /// The first slot.
    pub const ELEMENTS: u32 = 4;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_gives_back_what_it_was_made_of() {
        for (kind, tag, words, references) in [
            (Kind::Fixed, 0, 0, 0),
            (Kind::Closure, 3, 2, 1),
            (Kind::RefArray, MAX_TAG, MAX_WORDS, MAX_WORDS),
        ] {
            let plain = header(kind, tag, words, references);
            for header in [plain, plain | STATIC_BIT, plain | OLD_BIT] {
                assert_eq!(header & 1, 1);
                assert_eq!((kind_of(header), tag_of(header)), (kind, tag));
                assert_eq!((words_of(header), references_of(header)), (words, references));
            }
            assert!(!is_static(header(kind, tag, words, references)));
            assert!(is_static(header(kind, tag, words, references) | STATIC_BIT));
        }
    }
}
