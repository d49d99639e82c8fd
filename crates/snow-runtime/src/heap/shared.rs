//! Values that all actors of a program share: they lie outside all heaps, like constants of the program, and are never
//! copied into a message.
//!
//! A shared value stays until the program has ended, since nobody counts who refers to it. So that this takes no more
//! memory than a program has different values to share, equal ones are kept once.

use super::block::Block;
use super::message::Message;
use super::object::{self, Ref, WORD};
use crate::abi::{self, Kind, STATIC_BIT};
use parking_lot::Mutex;
use std::collections::HashMap;

/// The shared values of a program.
#[derive(Default)]
pub struct SharedValues(Mutex<HashMap<Box<[u64]>, Message>>);

impl SharedValues {
    /// The shared value that is equal to this message. `None` when it holds something that its actor could change: an
    /// array, which may have room for more, or be a cell.
    pub fn share(&self, message: Message) -> Option<Ref> {
        let block = message.block();
        // SAFETY: the message is ours, and complete.
        let form = unsafe { form_of(block) }?;
        let mut values = self.0.lock();
        let shared = values.entry(form.into()).or_insert_with(|| {
            // SAFETY: as above; nobody has seen its objects yet.
            unsafe { make_static(block) };
            message
        });
        // SAFETY: the message is in the table now, where it stays as it is.
        Some(Ref(unsafe { (*shared.block()).root }))
    }
}

/// What tells one value from all that are not equal to it: its objects, word by word, as if they lay at address 0.
///
/// # Safety
/// The block is a message that no one else uses now.
unsafe fn form_of(block: *mut Block) -> Option<Vec<u64>> {
    let mut form = Vec::new();
    // SAFETY: promised by the caller; the objects lie one behind the other and fill the block.
    unsafe {
        let (base, bytes) = (Block::objects(block), (*block).bytes);
        let mut at = base;
        while at < base + bytes {
            let object = Ref(at as u64);
            let header = object.header();
            let words = object::size_in_words(object, header);
            form.push(header);
            match abi::kind_of(header) {
                Kind::Fixed | Kind::Closure => {
                    let (first, count) = object::references(object, header);
                    for index in 1..words {
                        let word = object.word(index as u32);
                        let inside = (first..first + count).contains(&index)
                            && Ref(word).is_object()
                            && (word as usize).wrapping_sub(base) < bytes;
                        form.push(if inside { word - base as u64 } else { word });
                    }
                }
                Kind::InlineBytes | Kind::BlobBytes => {
                    let content = object::bytes_of(object);
                    form.push(content.len() as u64);
                    form.extend(content.chunks(WORD).map(|chunk| {
                        let mut word = [0; WORD];
                        word[..chunk.len()].copy_from_slice(chunk);
                        u64::from_le_bytes(word)
                    }));
                }
                Kind::Buffer | Kind::RawArray | Kind::RefArray => return None,
            }
            at += words * WORD;
        }
    }
    Some(form)
}

/// From now on no heap takes the objects for its own.
///
/// # Safety
/// As for `form_of`.
unsafe fn make_static(block: *mut Block) {
    // SAFETY: promised by the caller.
    unsafe {
        let end = Block::objects(block) + (*block).bytes;
        let mut at = Block::objects(block);
        while at < end {
            let object = Ref(at as u64);
            let header = object.header();
            object.set_word(0, header | STATIC_BIT);
            at += object::size_in_words(object, header) * WORD;
        }
    }
}
