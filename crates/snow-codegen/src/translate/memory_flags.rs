//! What Cranelift may assume of each access to memory.
//!
//! The alias regions tell it what cannot overlap, so that a store of bytes does not make it load a length
//! again. No access is `readonly` or movable: Cranelift could then move a load from an object behind a call
//! that has moved the object.

use cranelift_codegen::ir::{AliasRegionData, Function, MemFlagsData};

#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// The actor's record.
    pub record: MemFlagsData,
    /// Words of objects.
    pub object: MemFlagsData,
    /// The contents of Bytes and Buffers: any alignment.
    pub bytes: MemFlagsData,
    /// Stack-map slots.
    pub stack: MemFlagsData,
}

impl Memory {
    pub fn new(function: &mut Function) -> Memory {
        let mut region = |user_id, description: &'static str| {
            Some(
                function
                    .dfg
                    .alias_regions
                    .insert(AliasRegionData { user_id, description: description.into() }),
            )
        };
        let trusted = MemFlagsData::trusted();
        Memory {
            record: trusted.with_alias_region(region(0, "record")),
            object: trusted.with_alias_region(region(1, "object")),
            bytes: MemFlagsData::new().with_notrap().with_alias_region(region(2, "bytes")),
            stack: trusted.with_alias_region(region(3, "stack")),
        }
    }
}
