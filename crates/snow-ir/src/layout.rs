//! How objects are laid out, for the lowering and the optimiser.
//!
//! The rules are those of `snow_abi`, on which this crate may not depend;
//! a test of `snow-codegen`, which knows both, compares them.

use crate::ir::Class;

/// `abi::Kind` of tuples, structs and constructors.
pub const FIXED: u64 = 0;
/// `abi::Kind` of closures.
pub const CLOSURE: u64 = 1;
/// `abi::Kind` of arrays of raw words.
pub const RAW_ARRAY: u64 = 5;
/// `abi::Kind` of arrays of references.
pub const REFERENCE_ARRAY: u64 = 6;

/// The most constructors and words that a header can describe.
pub const MAX_TAG: u32 = 0xffff;
pub const MAX_WORDS: u32 = 0xf_ffff;

/// Words of Bytes, String and Buffer.
pub const BYTES_LENGTH: u32 = 1;
pub const BUFFER_CAPACITY: u32 = 3;

/// Words of arrays.
pub const ARRAY_CAPACITY: u32 = 1;
pub const ARRAY_FRONT: u32 = 2;
pub const ARRAY_BACK: u32 = 3;

/// Words of an adapter, of a message that came through one, and of a parcel.
pub const ADAPTER_TO: u32 = 1;
pub const ADAPTER_FUNCTION: u32 = 2;
pub const ADAPTED_ADAPTER: u32 = 1;
pub const ADAPTED_PARCEL: u32 = 2;
pub const PARCEL_MESSAGE: u32 = 1;

/// Texts of the object that stands for a type of messages: its name, and where it is declared.
pub const MESSAGE_TYPE_WORDS: usize = 2;

/// Byte offsets in the actor's record.
pub const RECORD_OUT: [i32; 3] = [24, 32, 40];
pub const RECORD_SELF_PID: i32 = 48;

/// The header of an object: constructor number, all words behind the header, references among them.
pub const fn header(kind: u64, tag: u32, words: u32, references: u32) -> u64 {
    1 | kind << 1 | (tag as u64) << 8 | (words as u64) << 24 | (references as u64) << 44
}

/// The constructor number in a header.
pub const fn tag_of(header: u64) -> i64 {
    (header >> 8 & MAX_TAG as u64) as i64
}

/// The word that stands for a constructor without payload.
pub const fn immediate(constructor: u32) -> u64 {
    (constructor as u64) << 1 | 1
}

/// Where the fields of a fixed object or of a closure's captures are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Word of each field, in declaration order.
    pub words: Vec<u32>,
    /// Declaration index of the field in each word.
    pub order: Vec<usize>,
    pub references: u32,
}

impl Layout {
    /// References first, then raw words, each group in declaration order; the first field's word is `first`.
    pub fn new(classes: &[Class], first: u32) -> Layout {
        let is_reference = |index: &usize| classes[*index] == Class::Ref;
        let mut order: Vec<usize> = (0..classes.len()).filter(is_reference).collect();
        let references = order.len() as u32;
        order.extend((0..classes.len()).filter(|index| !is_reference(index)));
        let mut words = vec![0; classes.len()];
        for (place, field) in order.iter().enumerate() {
            words[*field] = first + place as u32;
        }
        Layout { words, order, references }
    }

    /// Of a tuple, struct or constructor.
    pub fn fixed(classes: &[Class]) -> Layout {
        Layout::new(classes, 1)
    }

    /// Of a closure's captures, which follow the code address.
    pub fn closure(captures: &[Class]) -> Layout {
        Layout::new(captures, 2)
    }

    pub fn fixed_header(&self, tag: u32) -> u64 {
        header(FIXED, tag, self.words.len() as u32, self.references)
    }

    pub fn closure_header(&self) -> u64 {
        header(CLOSURE, 0, self.words.len() as u32 + 1, self.references)
    }
}
