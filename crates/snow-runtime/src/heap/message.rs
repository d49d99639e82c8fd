//! A message that has an owner: a mailbox, a timer, a monitor.

use super::block::Block;
use super::object::Ref;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

/// A message that is freed if it is never delivered.
///
/// Most of those that are kept until something happens are immediates: such a one needs no block until it is delivered.
/// No block has an odd address, so that an immediate stands in its place.
#[derive(Debug)]
pub struct Message(NonNull<Block>);

// SAFETY: a message is self-contained and has one owner.
unsafe impl Send for Message {}

impl Message {
    /// # Safety
    /// The block is a message and belongs to the result from now on.
    pub unsafe fn new(block: *mut Block) -> Message {
        // SAFETY: a block has an address.
        Message(unsafe { NonNull::new_unchecked(block) })
    }

    /// A message that is to be kept: a constructor without payload. `None` where the value is an object.
    pub fn of_immediate(value: Ref) -> Option<Message> {
        // Asked first: a `Message` that is made of an object by mistake frees it when it goes.
        if value.is_object() {
            return None;
        }
        NonZeroUsize::new(value.0 as usize).map(|word| Message(NonNull::without_provenance(word)))
    }

    /// The block, which is the caller's to deliver or release.
    pub fn into_block(self) -> *mut Block {
        let block = match self.immediate() {
            Some(word) => Block::without_objects(word),
            None => self.0.as_ptr(),
        };
        std::mem::forget(self);
        block
    }

    /// Of a message that has one: all that were made by `new`.
    pub fn block(&self) -> *mut Block {
        debug_assert!(self.immediate().is_none());
        self.0.as_ptr()
    }

    /// A second block like this message's.
    ///
    /// # Safety
    /// No one else uses the message now.
    pub unsafe fn copy_block(&self) -> *mut Block {
        match self.immediate() {
            Some(word) => Block::without_objects(word),
            // SAFETY: promised by the caller.
            None => unsafe { Block::duplicate(self.block()) },
        }
    }

    #[inline]
    fn immediate(&self) -> Option<u64> {
        let word = self.0.addr().get() as u64;
        (word & 1 == 1).then_some(word)
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        if self.immediate().is_none() {
            // SAFETY: the message belongs to this value.
            unsafe { Block::release(self.0.as_ptr()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It was: to keep a message that is an object freed the object as if it were a block.
    #[test]
    fn an_object_is_no_immediate_and_stays_as_it_is() {
        let words = [0u64; 32];
        assert!(Message::of_immediate(Ref(words.as_ptr() as u64)).is_none());
        assert_eq!(std::hint::black_box(words), [0; 32]);
    }
}
