//! What an intrinsic's body works with.

use crate::abi::{self, Kind, Part, Returned, Sent, header};
use crate::actor::Record;
use crate::handles::handle::Pid;
use crate::heap::blob::Blob;
use crate::heap::block::Block;
use crate::heap::copy::NotSendable;
use crate::heap::message::Message;
use crate::heap::object::{self, WORD};
use crate::lifecycle::panics::last_panic;
use crate::memory::emergency;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use crate::abi::types::names::{Bool, Float, Int};
pub use crate::heap::object::Ref;

/// The actor that called, on its worker.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub record: &'a Record,
}

/// How the message begins of an actor that ends since there is no more memory.
const OUT_OF_MEMORY: &str = "out of memory";

/// Runs the body of an intrinsic. A panic in it ends the actor, and never unwinds into compiled code.
///
/// # Safety
/// Compiled code has called the intrinsic, and the record is its own.
pub unsafe fn guard<T: Returned>(record: *const Record, body: impl FnOnce(Context) -> T) -> T::Register {
    // SAFETY: promised by the caller; the record lives as long as its actor.
    let context = Context { record: unsafe { &*record } };
    let out = &context.record.out;
    // Handed over inside: what comes out of the catch is one word.
    match catch_unwind(AssertUnwindSafe(|| body(context).hand_over(out))) {
        Ok(register) => {
            // SAFETY: the actor runs here.
            unsafe { context.record.heap_changed() };
            if emergency::take_shortage() {
                context.crash::<()>(OUT_OF_MEMORY);
            }
            register
        }
        Err(payload) => {
            context.crash::<()>(text_of(&*payload));
            emergency::take_shortage();
            T::NOTHING.hand_over(out)
        }
    }
}

/// Runs the body of an intrinsic that neither fails nor changes the heap. A panic in it, which would be a fault of the
/// runtime's, ends the process: it cannot unwind into compiled code.
///
/// # Safety
/// As for `guard`.
#[inline(always)]
pub unsafe fn without_guard<T: Returned>(
    record: *const Record,
    body: impl FnOnce(Context) -> T,
) -> T::Register {
    // SAFETY: promised by the caller; the record lives as long as its actor.
    let context = Context { record: unsafe { &*record } };
    body(context).hand_over(&context.record.out)
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("unknown failure in the runtime");
    // A crash that was meant, like exhausted memory, needs no place in the runtime's own source.
    match last_panic() {
        Some(place) if !text.starts_with(OUT_OF_MEMORY) => format!("{text} (runtime error at {place})"),
        _ => text.to_string(),
    }
}

impl<'a> Context<'a> {
    /// The reference must not be held while another function asks for it.
    pub fn worker(self) -> &'a mut Worker {
        // SAFETY: the actor runs here, in an intrinsic.
        unsafe { Worker::of(self.record) }
    }

    pub fn runtime(self) -> &'a Runtime {
        self.worker().runtime()
    }

    pub fn pid(self) -> Pid {
        self.record.pid()
    }

    /// Ends the actor when the intrinsic returns.
    pub fn crash<T: Part>(self, message: impl Into<Box<str>>) -> T {
        // SAFETY: the actor runs here, in an intrinsic.
        unsafe { self.record.crash(message) };
        T::NOTHING
    }

    /// The bytes of a Bytes, String or Buffer. Nothing in an intrinsic moves them, except growing the
    /// Buffer itself.
    pub fn bytes(self, object: Ref) -> &'a [u8] {
        // SAFETY: compiled code passes such an object; it stays where it is until the intrinsic returns.
        unsafe { object::bytes_of(object) }
    }

    /// The text of a String. Strings are valid UTF-8 by construction; where the library vouched for bytes
    /// that are not, the wrong parts are replaced.
    pub fn text(self, object: Ref) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.bytes(object))
    }

    /// New Bytes, or a new String, with a copy of these bytes.
    pub fn new_bytes(self, bytes: &[u8]) -> Ref {
        if bytes.len() <= abi::INLINE_BYTES {
            return self.new_inline(bytes);
        }
        self.new_shared(Blob::copy_of(bytes), bytes.len())
    }

    /// New Bytes inside their object: a copy of at most `INLINE_BYTES`.
    pub fn new_inline(self, bytes: &[u8]) -> Ref {
        let (object, data) = self.uninitialised_inline(bytes.len());
        // SAFETY: the object has room for them.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
        object
    }

    /// New Bytes inside their object, and where they are to be written: at most `INLINE_BYTES`.
    pub fn uninitialised_inline(self, length: usize) -> (Ref, *mut u8) {
        let words = object::inline_bytes_words(length);
        let object = self.allocate(words);
        let data = object.0 + 3 * WORD as u64;
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(words as u32 - 1, 0);
            object.set_word(0, header(Kind::InlineBytes, 0, words as u32 - 1, 0));
            object.set_word(abi::bytes::LENGTH, length as u64);
            object.set_word(abi::bytes::ADDRESS, data);
        }
        (object, data as *mut u8)
    }

    /// New Bytes over the first bytes of a blob; the caller's share becomes theirs.
    pub fn new_shared(self, blob: *mut Blob, length: usize) -> Ref {
        self.new_view(Blob::data(blob), length, blob)
    }

    /// New Bytes over bytes of a blob (null for bytes that are never freed); the share is theirs.
    pub fn new_view(self, address: *const u8, length: usize, blob: *mut Blob) -> Ref {
        let object = self.allocate(object::BLOB_BYTES_WORDS);
        // SAFETY: the object has so many words and is complete before it is listed.
        unsafe {
            object.set_word(0, header(Kind::BlobBytes, 0, object::BLOB_BYTES_WORDS as u32 - 1, 0));
            object.set_word(abi::bytes::LENGTH, length as u64);
            object.set_word(abi::bytes::ADDRESS, address as u64);
            object.set_word(abi::bytes::DATA, blob as u64);
            object.set_word(abi::bytes::NEXT_OWNING, 0);
            // Bytes that no one frees weigh nothing, and need no release.
            if !blob.is_null() {
                self.record.heap().own(&self.record.bump, object, length);
            }
        }
        object
    }

    /// A new object, not initialised; the words include its header.
    pub fn allocate(self, words: usize) -> Ref {
        // SAFETY: the actor runs on this worker; the reference ends at once.
        unsafe { self.record.heap().allocate(&self.record.bump, words) }
    }

    /// Copies a value into a message for another actor; `None` when it may not leave this one, which then
    /// comes to its end.
    pub fn copy_message(self, value: Ref) -> Option<Message> {
        // SAFETY: the actor runs on this worker, so no one else uses its heap.
        unsafe {
            if !value.is_object() || abi::is_static(value.header()) {
                return Some(Message::new(Block::allocate(0, value.0)));
            }
            match self.worker().log.copy(value) {
                Ok(block) => Some(Message::new(block)),
                Err(found) => {
                    self.crash::<()>(self.why_not_sent(&found));
                    None
                }
            }
        }
    }

    fn why_not_sent(self, found: &NotSendable) -> String {
        let code = &self.runtime().code;
        let name = found.holder.and_then(|(closure, word)| code.capture(closure, word));
        let held = name.map_or_else(String::new, |name| format!(": a closure holds it as `{name}`"));
        format!("{} cannot be sent to another actor{held}", found.what)
    }

    pub fn raw_message(self, word: i64) -> Message {
        let node: *mut Block = Block::allocate(0, word as u64);
        // SAFETY: the node is new.
        unsafe { Message::new(node) }
    }

    /// Sends a message to the actor to which the address leads.
    pub fn send(self, to: Ref, message: Message) -> Sent {
        let to = self.actor(to);
        // SAFETY: the message is ours.
        let sent = unsafe { self.worker().send(to, message.into_block()) };
        if sent == Sent::MailboxFull && to == self.pid() {
            self.obey_exit();
        }
        sent
    }

    /// A Buffer of this actor has given so many bytes back, or to an object that is counted itself.
    pub fn uncount_outside(self, bytes: usize) {
        // SAFETY: the actor runs on this worker; the reference ends at once.
        unsafe { self.record.heap().uncount_outside(bytes) }
    }

    /// Accounts for bytes that a Buffer of this actor has newly taken outside the heap.
    pub fn count_outside(self, bytes: usize) {
        // SAFETY: the actor runs on this worker; the reference ends at once.
        unsafe { self.record.heap().count_outside(&self.record.bump, bytes) }
    }
}
