//! A block: memory for objects outside a heap's semispace. It is a message on its way, or a fragment of a heap.

use super::blob::Blob;
use super::object::{self, Ref, WORD};
use crate::abi::{self, Kind};
use crate::memory::emergency;
use parking_lot::Mutex;
use std::cell::Cell;
use std::ptr::null_mut;

/// What a receiver does with a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Takes the root as it is.
    Plain,
    /// Applies adapters to a parcel first: the root is an object as in `abi::adapted`.
    Adapted,
    /// The same, with a parcel that reports how an actor ended: see `abi::report`.
    Report,
}

/// A message, or a fragment of a heap. Its objects follow, one behind the other.
#[repr(C)]
pub struct Block {
    /// The next message of the mailbox, or the next fragment of the heap.
    pub next: *mut Block,
    /// Bytes of objects behind this header.
    pub bytes: usize,
    /// The message: a reference into this block, an immediate, a static object, or a raw word.
    pub root: u64,
    /// First of the objects that own something outside; linked by `abi::bytes::NEXT_OWNING`.
    pub owning: Ref,
    pub form: Form,
    /// The runtime delivers it, because the receiver has asked for it: no bound keeps it out of a mailbox.
    pub promised: bool,
}

const HEADER: usize = size_of::<Block>();

/// Most messages are small, and live for a moment: each thread keeps the memory of some, by size.
const KEPT_STEP: usize = 32;
const KEPT_LARGEST: usize = 256;
const KEPT_CLASSES: usize = KEPT_LARGEST / KEPT_STEP + 1;
const KEPT_PER_CLASS: u32 = 256;

struct Kept {
    /// Linked by `next`.
    first: Cell<*mut Block>,
    count: Cell<u32>,
}

thread_local! {
    static KEPT: [Kept; KEPT_CLASSES] =
        const { [const { Kept { first: Cell::new(null_mut()), count: Cell::new(0) } }; KEPT_CLASSES] };
}

/// Gives back what this thread keeps: it is idle, or ends.
pub fn clear_kept() {
    KEPT.with(|classes| {
        for kept in classes {
            let mut block = kept.first.replace(null_mut());
            kept.count.set(0);
            while !block.is_null() {
                // SAFETY: kept blocks are used by no one, and came from malloc.
                unsafe {
                    let next = (*block).next;
                    libc::free(block.cast());
                    block = next;
                }
            }
        }
    });
}

/// Blocks of `KEPT_LARGEST` bytes for what the runtime has to tell when memory is exhausted.
static SPARE: Mutex<Vec<usize>> = Mutex::new(Vec::new());
const SPARES: usize = 256;

/// Makes up for the spare blocks that were used, as far as there is memory.
pub fn fill_spare() {
    let mut spare = SPARE.lock();
    while spare.len() < SPARES {
        // SAFETY: the size is not zero.
        let block = unsafe { libc::malloc(HEADER + KEPT_LARGEST) };
        if block.is_null() || spare.try_reserve(1).is_err() {
            // SAFETY: it is ours, or null.
            unsafe { libc::free(block) };
            return;
        }
        spare.push(block as usize);
    }
}

impl Block {
    /// Room for so many bytes of objects, not initialised.
    ///
    /// # Panics
    /// When memory is exhausted: the actor that asked crashes.
    pub fn allocate(bytes: usize, root: u64) -> *mut Block {
        let block = Block::memory(bytes);
        if block.is_null() {
            emergency::out_of_memory(bytes);
        }
        // SAFETY: the memory is new, and large enough.
        unsafe { Block::begin(block, bytes, root) }
    }

    /// As `allocate`, for the runtime itself, which cannot be ended for want of memory: a small block may be a spare one.
    ///
    /// # Panics
    /// When even those are used up.
    fn allocate_surely(bytes: usize, root: u64) -> *mut Block {
        let mut block = Block::memory(bytes);
        if block.is_null() && bytes <= KEPT_LARGEST {
            block = SPARE.lock().pop().unwrap_or(0) as *mut Block;
        }
        if block.is_null() {
            emergency::out_of_memory(bytes);
        }
        // SAFETY: as above.
        unsafe { Block::begin(block, bytes, root) }
    }

    /// A message without objects, from the runtime itself.
    pub fn without_objects(root: u64) -> *mut Block {
        Block::allocate_surely(0, root)
    }

    /// Memory for a block, or null.
    fn memory(bytes: usize) -> *mut Block {
        let mut size = bytes;
        let mut block = null_mut();
        if bytes <= KEPT_LARGEST {
            let class = bytes.div_ceil(KEPT_STEP);
            size = class * KEPT_STEP;
            KEPT.with(|classes| {
                let kept = &classes[class];
                block = kept.first.get();
                if !block.is_null() {
                    // SAFETY: kept blocks are used by no one.
                    kept.first.set(unsafe { (*block).next });
                    kept.count.set(kept.count.get() - 1);
                }
            });
        }
        if block.is_null() {
            // SAFETY: the size is not zero.
            block = unsafe { libc::malloc(HEADER + size) } as *mut Block;
        }
        block
    }

    /// # Safety
    /// There is memory for a block of so many bytes, which no one uses.
    unsafe fn begin(block: *mut Block, bytes: usize, root: u64) -> *mut Block {
        // SAFETY: promised by the caller.
        unsafe {
            block.write(Block {
                next: null_mut(),
                bytes,
                root,
                owning: Ref(0),
                form: Form::Plain,
                promised: false,
            });
            block
        }
    }

    /// Address of the first object.
    pub fn objects(block: *mut Block) -> usize {
        block as usize + HEADER
    }

    /// Frees the memory alone: the objects have been moved out, or there are none.
    ///
    /// # Safety
    /// No one uses the block or its objects any more.
    pub unsafe fn free(block: *mut Block) {
        // SAFETY: it came from malloc, with room for its whole class, and the caller gives it up.
        unsafe {
            let bytes = (*block).bytes;
            let kept = bytes <= KEPT_LARGEST
                && KEPT.with(|classes| {
                    let kept = &classes[bytes.div_ceil(KEPT_STEP)];
                    let keeps = kept.count.get() < KEPT_PER_CLASS;
                    if keeps {
                        (*block).next = kept.first.replace(block);
                        kept.count.set(kept.count.get() + 1);
                    }
                    keeps
                });
            if !kept {
                libc::free(block.cast());
            }
        }
    }

    /// Frees a message that no one took, and what its objects own.
    ///
    /// # Safety
    /// As for `free`.
    pub unsafe fn release(block: *mut Block) {
        // SAFETY: the list holds objects of this block.
        unsafe {
            release_all((*block).owning);
            Block::free(block);
        }
    }

    /// A second message equal to this one.
    ///
    /// # Safety
    /// The block is a message that no one else uses now.
    pub unsafe fn duplicate(block: *mut Block) -> *mut Block {
        // SAFETY: the copy has room for as many bytes, and joins in what the objects own.
        unsafe {
            let copy = Block::allocate_surely((*block).bytes, (*block).root);
            (*copy).form = (*block).form;
            (*copy).root = Block::copy_objects(block, Block::objects(copy), |object| {
                Blob::retain(object.word(abi::bytes::DATA) as *mut Blob);
                object.set_word(abi::bytes::NEXT_OWNING, (*copy).owning.0);
                (*copy).owning = object;
            });
            copy
        }
    }

    /// Copies the objects of a message to where they shall live, and returns its root there. Each copy that owns
    /// something outside is shown, for it owns nothing yet.
    ///
    /// # Safety
    /// The block is a message that no one else uses now; there is room for its bytes at `to`.
    pub unsafe fn copy_objects(block: *mut Block, to: usize, mut owns: impl FnMut(Ref)) -> u64 {
        // SAFETY: the objects of a message lie one behind the other, fill it, and refer to each other,
        // to immediates and to static objects only.
        unsafe {
            let bytes = (*block).bytes;
            let from = Block::objects(block);
            let moved = |word: u64| {
                let inside = word & 1 == 0 && (word as usize).wrapping_sub(from) < bytes;
                if inside { word.wrapping_add((to as u64).wrapping_sub(from as u64)) } else { word }
            };
            object::copy_fresh(from as *const u64, to as *mut u64, bytes / WORD);
            let mut at = to;
            while at < to + bytes {
                let object = Ref(at as u64);
                let header = object.header();
                let (first, count) = object::references(object, header);
                for index in first..first + count {
                    object.set_word(index as u32, moved(object.word(index as u32)));
                }
                match abi::kind_of(header) {
                    Kind::InlineBytes => object.set_word(abi::bytes::ADDRESS, at as u64 + 3 * WORD as u64),
                    Kind::BlobBytes => owns(object),
                    _ => {}
                }
                at += object::size_in_words(object, header) * WORD;
            }
            // A raw message has no objects, so that its word is never taken for one of them.
            moved((*block).root)
        }
    }
}

/// Gives back what the objects of an owning list own outside the heap.
///
/// # Safety
/// The objects are not used any more.
pub unsafe fn release_all(mut owning: Ref) {
    // SAFETY: owning lists hold BlobBytes and Buffers only.
    unsafe {
        while owning.is_object() {
            let next = Ref(owning.word(abi::bytes::NEXT_OWNING));
            release_one(owning, owning.header());
            owning = next;
        }
    }
}

/// # Safety
/// `object` is a BlobBytes or Buffer that is not used any more.
pub unsafe fn release_one(object: Ref, header: u64) {
    let word = if abi::kind_of(header) == Kind::Buffer { object::BUFFER_BLOB } else { abi::bytes::DATA };
    // SAFETY: promised by the caller; each such object owns one share of its blob.
    unsafe { Blob::release(object.word(word) as *mut Blob) }
}
