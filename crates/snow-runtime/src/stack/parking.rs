//! Parking copies the used part of an actor's stack away, and unparking copies it back: only an actor that runs has a
//! stack of its own. In between, the frames lie in the actor's record, at other addresses than those that they were made
//! for.
//!
//! That is sound because the only addresses of stack memory in the frames are the saved frame pointers. They form a
//! chain, and `unpark` moves it by the difference if the frames come to lie elsewhere.

use super::run_stack::RunStack;
use crate::arch;
use crate::heap::object;
use std::ptr::null_mut;

/// A stack with more than this in use is not copied: the actor keeps the run stack itself, if there is another one
/// for the worker.
pub const LARGEST_COPIED: usize = 32 << 10;

/// What a parked actor has in place of a stack: the bytes copied from it, or a stack that it has kept, or nothing if it
/// has not started.
pub struct Parked {
    bytes: *mut u8,
    length: u32,
    capacity: u32,
    /// The stack pointer when the actor parked: where the bytes lay. 0: it has never run.
    saved_from: usize,
    /// The stack that the actor has kept, with its frames where they were.
    held: Option<RunStack>,
}

impl Parked {
    pub const fn new() -> Parked {
        Parked { bytes: null_mut(), length: 0, capacity: 0, saved_from: 0, held: None }
    }

    /// Takes the actor off the worker's stack. Small stacks are copied. A large one is kept by the actor, and the worker
    /// gets one of `spare` in its place, or a new one. `pointer` is the actor's stack pointer. Returns false when there
    /// is no memory for either.
    ///
    /// # Safety
    /// An actor has just parked on this stack.
    #[must_use]
    pub unsafe fn park(
        &mut self,
        stack: &mut Option<RunStack>,
        spare: &mut Vec<RunStack>,
        pointer: usize,
    ) -> bool {
        self.saved_from = pointer;
        let used = stack.as_ref().expect("the worker runs on a stack").top() - pointer;
        if used > LARGEST_COPIED
            && let Some(other) = spare.pop().or_else(RunStack::map_another)
        {
            self.held = stack.replace(other);
            return true;
        }
        if !self.make_room(used) {
            let Some(other) = spare.pop() else { return false };
            self.held = stack.replace(other);
            return true;
        }
        // SAFETY: the source is the used part of the run stack, the room has been made.
        unsafe { object::copy_fresh(pointer as *const u64, self.bytes.cast(), used / 8) };
        self.length = used as u32;
        true
    }

    /// Puts the frames back on the worker's stack, for `arch::resume`. Returns the stack pointer. A stack that the actor
    /// has kept becomes the worker's, and the worker's own goes to `spare`.
    ///
    /// # Safety
    /// The actor is parked and the worker's stack is not in use.
    pub unsafe fn unpark(&mut self, stack: &mut Option<RunStack>, spare: &mut Vec<RunStack>) -> usize {
        if let Some(held) = self.held.take() {
            spare.extend(stack.replace(held));
            return self.saved_from;
        }
        let top = stack.as_ref().expect("the worker has a stack").top();
        // SAFETY: promised by the caller; frame pointers form a chain inside the copied bytes, ended by zero.
        unsafe {
            if self.saved_from == 0 {
                return arch::prepare_start(top);
            }
            let pointer = top - self.length as usize;
            std::ptr::copy_nonoverlapping(self.bytes, pointer as *mut u8, self.length as usize);
            let difference = pointer.wrapping_sub(self.saved_from);
            if difference != 0 {
                let mut frame = (pointer as *mut usize).add(arch::PARKED_FRAME);
                while *frame != 0 {
                    *frame = (*frame).wrapping_add(difference);
                    frame = *frame as *mut usize;
                }
            }
            pointer
        }
    }

    /// Where a walk of the frames begins: frame pointer, return address, and what to add to a frame pointer
    /// to get the address where that frame lies now.
    pub fn frames(&self) -> (usize, usize, usize) {
        if self.saved_from == 0 {
            return (0, 0, 0);
        }
        let difference = match self.held {
            Some(_) => 0,
            None => (self.bytes as usize).wrapping_sub(self.saved_from),
        };
        // SAFETY: a parked stack begins with the words of the switch routine.
        unsafe {
            let words = self.saved_from.wrapping_add(difference) as *const usize;
            (*words.add(arch::PARKED_FRAME), *words.add(arch::PARKED_RETURN), difference)
        }
    }

    /// Gives memory back that the parked bytes do not need.
    pub fn shrink(&mut self) {
        if self.held.is_none() && self.capacity > self.length + 64 {
            self.resize(self.length.max(64));
        }
    }

    /// The actor has ended. Returns the stack that it held.
    pub fn release(&mut self) -> Option<RunStack> {
        // SAFETY: the bytes came from malloc and are not used any more.
        unsafe { libc::free(self.bytes.cast()) };
        self.bytes = null_mut();
        self.length = 0;
        self.capacity = 0;
        self.saved_from = 0;
        self.held.take()
    }

    fn make_room(&mut self, used: usize) -> bool {
        // In a size of malloc's, which has a word of its own in each of its pieces of 16 bytes more.
        let wanted = (used as u32 + 8).next_multiple_of(16) - 8;
        // An actor with two depths shall not move its buffer each time.
        if (self.capacity as usize) < used || self.capacity > wanted.saturating_mul(4).max(1024) {
            // What the old buffer holds is not needed: do not copy it.
            self.length = 0;
            return self.resize(wanted) || self.capacity as usize >= used;
        }
        true
    }

    /// False when there is no memory; then the capacity tells what is there.
    fn resize(&mut self, capacity: u32) -> bool {
        // SAFETY: the bytes came from malloc; the result is checked before it is used.
        unsafe {
            let moved = if self.length == 0 {
                libc::free(self.bytes.cast());
                self.bytes = null_mut();
                self.capacity = 0;
                libc::malloc(capacity as usize)
            } else {
                libc::realloc(self.bytes.cast(), capacity as usize)
            };
            if moved.is_null() {
                return false;
            }
            self.bytes = moved.cast();
            self.capacity = capacity;
            true
        }
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        self.release();
    }
}
