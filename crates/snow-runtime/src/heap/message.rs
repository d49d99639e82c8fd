//! A message that has an owner: a mailbox, a timer, a monitor.

use super::block::Block;

/// A message that is freed if it is never delivered.
#[derive(Debug)]
pub struct Message(*mut Block);

// SAFETY: a message is self-contained and has one owner.
unsafe impl Send for Message {}

impl Message {
    /// # Safety
    /// The block is a message and belongs to the result from now on.
    pub unsafe fn new(block: *mut Block) -> Message {
        Message(block)
    }

    /// The block, which is the caller's to deliver or release.
    pub fn into_block(self) -> *mut Block {
        let block = self.0;
        std::mem::forget(self);
        block
    }

    pub fn block(&self) -> *mut Block {
        self.0
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: the message belongs to this value.
        unsafe { Block::release(self.0) }
    }
}
