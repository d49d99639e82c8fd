//! What compiled code and the runtime agree on: the shape of objects, the layout
//! of an actor's record, and the table of intrinsics.
//!
//! # Values
//!
//! An Int, enumeration without payloads or Unit is a 64-bit word; a Float its
//! bits; a Bool a byte, in objects a word. A reference is one of three:
//! - an immediate: the constructor number k of a constructor without payload, as `k << 1 | 1`;
//! - zero, in array slots never written;
//! - the address of an object, aligned to 8.
//!
//! A Pid is a reference: an immediate that holds the actor's number and generation, or an adapter (see `adapter`).
//!
//! # Objects
//!
//! One header word, then words. References come first, raw words after them, each
//! group in declaration order, so that a header needs only two counts. The lowest
//! bit of a header is 1; while a collection or a message copy runs, a header with
//! lowest bit 0 is the address the object has moved to.
//!
//! A sum type with no payloads at all is an Int (class), not a reference.

pub mod image;

/// What an object is. Stored in bits 1-7 of the header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// Tuple, struct, constructor: `references` words, then raw words.
    Fixed = 0,
    /// Word 1 is the code address; then captured references, then raw captures.
    /// `words` counts all words after the header, the code address included.
    Closure = 1,
    /// Bytes and String: see `bytes`. Data of at most `INLINE_BYTES` lies in the object.
    InlineBytes = 2,
    /// Bytes and String over a shared blob.
    BlobBytes = 3,
    /// Mutable, growable bytes.
    Buffer = 4,
    /// Word 1 capacity, 2 front, 3 back, then `capacity` raw words.
    RawArray = 5,
    /// The same, holding references.
    RefArray = 6,
    /// A handle on something of the runtime (socket, outbox, …) that is released with its owner.
    Resource = 7,
}

/// Builds the header of a `Fixed` or `Closure` object: constructor number, all words, references among them.
pub const fn header(kind: Kind, tag: u32, words: u32, references: u32) -> u64 {
    1 | (kind as u64) << 1 | (tag as u64) << 8 | (words as u64) << 24 | (references as u64) << 44
}

/// The object lies outside every heap: it is neither moved nor copied.
pub const STATIC_BIT: u64 = 1 << 7;

pub const TAG_SHIFT: u32 = 8;
pub const TAG_MASK: u64 = 0xffff;
pub const WORDS_SHIFT: u32 = 24;
pub const WORDS_MASK: u64 = 0xf_ffff;
pub const REFERENCES_SHIFT: u32 = 44;
pub const REFERENCES_MASK: u64 = 0xf_ffff;

/// The most constructors and words that a header can describe.
pub const MAX_TAG: u32 = 0xffff;
pub const MAX_WORDS: u32 = 0xf_ffff;

/// Words of Bytes, String and Buffer (indexes behind the header, as in `ir::Op::Load`).
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

/// The largest data kept inside the object. Most messages of most protocols are below it: they cost a bump
/// of the heap's pointer then, and no share of anything.
pub const INLINE_BYTES: usize = 256;

/// Words of arrays.
pub mod array {
    pub const CAPACITY: u32 = 1;
    /// Index of the lowest slot in use: whoever's view starts here may prepend in place.
    pub const FRONT: u32 = 2;
    /// Index behind the highest slot in use: whoever's view ends here may append in place.
    pub const BACK: u32 = 3;
    pub const ELEMENTS: u32 = 4;
}

/// Words of a `Fixed` object that is a Pid made by `Pid.adapt`.
pub mod adapter {
    /// The Pid that it leads to, which may be an adapter again.
    pub const TO: u32 = 1;
    /// A closure from a parcel to a parcel: what is sent, to what `TO` takes.
    pub const FUNCTION: u32 = 2;
    /// Which type of messages it takes: see `message_type`.
    pub const MESSAGE_TYPE: u32 = 3;
    pub const WORDS: u32 = 3;
}

/// Words of a static `Fixed` object that stands for a type of messages. Each type of a program has one: whether two
/// types are the same is whether they are the same object.
pub mod message_type {
    /// A String: the type as printed. Different types may have the same.
    pub const NAME: u32 = 1;
    /// A String: where the types in it are declared.
    pub const DECLARED: u32 = 2;
    pub const WORDS: u32 = 2;
}

/// Words of a message that came through an adapter, as `receive` finds it.
pub mod adapted {
    pub const ADAPTER: u32 = 1;
    pub const PARCEL: u32 = 2;
    pub const WORDS: u32 = 2;
}

/// The struct `Parcel<T>` of the library, `{ message :: T }`: a value of any class as a reference.
pub mod parcel {
    pub const MESSAGE: u32 = 1;
    pub const WORDS: u32 = 1;
}

/// Words of the library's struct `Report`: how an actor ended.
pub mod report {
    /// A String: of a crash, or what the program said.
    pub const TEXT: u32 = 1;
    /// The Pid of the actor that ended.
    pub const PID: u32 = 2;
    /// The Pid of the one that took it along.
    pub const ORIGIN: u32 = 3;
    /// Which reason it is: see `actor::exit`.
    pub const KIND: u32 = 4;
    /// Of the monitor.
    pub const REFERENCE: u32 = 5;
    pub const WORDS: u32 = 5;
    pub const REFERENCES: u32 = 3;
}

/// Byte offsets in the actor's record, to which the pinned register points.
/// `actor::Record` is checked against them at compile time.
pub mod record {
    /// Next free address of the heap.
    pub const HEAP_NEXT: i32 = 0;
    /// First address that may not be allocated.
    pub const HEAP_LIMIT: i32 = 8;
    /// Not zero: the time slice is over (one byte, set by other threads).
    pub const PREEMPT: i32 = 16;
    /// Second results of intrinsics.
    pub const OUT_0: i32 = 24;
    pub const OUT_1: i32 = 32;
    pub const OUT_2: i32 = 40;
    /// The actor's own address, as a Pid.
    pub const SELF_PID: i32 = 48;
}

/// Class of an intrinsic's argument or result, as compiled code passes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Int,
    Float,
    Bool,
    Ref,
}
