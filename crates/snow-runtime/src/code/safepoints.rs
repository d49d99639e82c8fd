//! Which stack slots hold references when a call returns to an address: looked up for each frame of each collection.

use crate::image::Image;
use rustc_hash::FxHashMap;

/// Live references behind a call.
#[derive(Clone, Copy)]
pub struct FrameMap<'a> {
    /// The frame's stack pointer is its frame pointer minus this.
    pub span: u32,
    /// Offsets of the slots from that stack pointer.
    pub slots: &'a [u32],
}

/// All safepoints of an image, by the offset of the return address in the code.
pub struct Safepoints {
    entries: FxHashMap<u32, Entry>,
    /// Of all entries, one behind the other.
    slots: Vec<u32>,
}

struct Entry {
    span: u32,
    first: u32,
    count: u32,
}

impl Safepoints {
    pub fn of(image: &Image) -> Safepoints {
        let mut slots = Vec::new();
        let entries = image.safepoints.iter().map(|safepoint| {
            let first = slots.len() as u32;
            // A slot named twice would be moved twice.
            let mut own = safepoint.slots.clone();
            own.sort_unstable();
            own.dedup();
            let entry = Entry { span: safepoint.span, first, count: own.len() as u32 };
            slots.extend(own);
            (safepoint.offset, entry)
        });
        let entries = entries.collect();
        Safepoints { entries, slots }
    }

    #[inline]
    pub fn find(&self, offset: usize) -> Option<FrameMap<'_>> {
        let entry = self.entries.get(&u32::try_from(offset).ok()?)?;
        let slots = &self.slots[entry.first as usize..(entry.first + entry.count) as usize];
        Some(FrameMap { span: entry.span, slots })
    }
}
