//! Addresses of actors: adapters, names, and messages for either.

use super::context::*;
use super::define::define;
use super::message_type::MessageType;
use crate::abi::RegisterError;
use crate::abi::{Kind, adapted, adapter, header, parcel};
use crate::actor::address;
use crate::handles::handle::Pid;
use crate::heap::block::{Block, Form};
use crate::heap::message::Message;
use crate::heap::object::{self, WORD};
use crate::memory::emergency;

define! {
    fn pid_to_int(context, pid: Ref) -> Pid {
        context.actor(pid)
    }

    fn pid_from_int(_context, pid: Pid) -> Ref {
        address::of_actor(pid)
    }

    fn pid_shown(context, pid: Pid) -> Ref {
        context.new_bytes(pid.to_string().as_bytes())
    }

    fn pid_adapt(context, to: Ref, function: Ref, message_type: Ref) -> Ref {
        let words = [to.0, function.0, message_type.0];
        context.object(&words, adapter::WORDS)
    }

    fn pid_takes(context, pid: Ref, message_type: Ref) -> Bool {
        context.takes(pid) == Some(MessageType(message_type))
    }

    fn actor_alive(context, pid: Pid) -> Bool {
        context.runtime().actors.is_alive(pid)
    }

    fn actor_mailbox_length(context, pid: Pid) -> Option<Int> {
        let (record, shared) = context.runtime().actors.mailbox(pid)?;
        // Relaxed: a length is out of date as soon as it is read.
        Some(shared.len() as i64 + record.taken_count.load(std::sync::atomic::Ordering::Relaxed) as i64)
    }

    fn name_register(context, name: Ref, pid: Ref, message_type: Ref) -> Result<(), RegisterError> {
        let name = context.text(name);
        let actor = context.actor(pid);
        let runtime = context.runtime();
        let Some(message) = context.copy_message(pid) else { return Part::NOTHING };
        // Of an actor that ends meanwhile the name is taken away again here, or by its end, which sees the list.
        if !runtime.actors.names.register(&name, actor, message, message_type.0) {
            return Err(RegisterError::NameTaken);
        }
        match runtime.actors.mailbox(actor) {
            Some((_, mut shared)) => {
                let names = &mut shared.relations().names;
                emergency::expect_room(names.try_reserve(1), name.len());
                names.push(name.into_owned());
                Ok(())
            }
            None => {
                runtime.actors.names.forget(&name, actor);
                Err(RegisterError::NoSuchActor)
            }
        }
    }

    fn name_unregister(context, name: Ref) -> Bool {
        let name = context.text(name);
        let runtime = context.runtime();
        let Some(holder) = runtime.actors.names.holder(&name) else { return false };
        runtime.actors.names.forget(&name, holder);
        if let Some((_, mut shared)) = runtime.actors.mailbox(holder) {
            shared.relations().names.retain(|known| *known != *name);
        }
        true
    }

    fn name_find(context, name: Ref) -> Option<Ref> {
        let name = context.text(name);
        let (address, _) = context.runtime().actors.names.find(&name)?;
        Some(context.adopt(address))
    }

    fn name_find_typed(context, name: Ref, message_type: Ref) -> Option<Ref> {
        let name = context.text(name);
        let (address, takes) = context.runtime().actors.names.find(&name)?;
        let (takes, wanted) = (MessageType(Ref(takes)), MessageType(message_type));
        if takes != wanted {
            let (takes, wanted) = context.told_apart(takes, wanted);
            // Nothing in the program says what is looked for.
            let hint = match wanted == "()" {
                true => format!(": write `Option<Pid<{takes}>>` behind the name that it gets, or take `Process.named`"),
                false => String::new(),
            };
            return context.crash(format!(
                "the actor named \"{name}\" takes messages of type {takes}, it is looked for as one of {wanted}{hint}"
            ));
        }
        Some(context.adopt(address))
    }
}

impl<'a> Context<'a> {
    /// The actor to which an address leads.
    pub fn actor(self, address: Ref) -> Pid {
        // SAFETY: compiled code passes a Pid.
        unsafe { address::actor(address) }
    }

    /// A new object of these words, of which the first so many are references.
    pub fn object(self, words: &[u64], references: u32) -> Ref {
        let object = self.allocate(1 + words.len());
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(0, header(Kind::Fixed, 0, words.len() as u32, references));
            for (index, word) in (1..).zip(words) {
                object.set_word(index, *word);
            }
        }
        object
    }

    /// A reference as a message for this address; `None` when it may not leave the actor, which then comes to its
    /// end.
    pub fn message_ref(self, to: Ref, value: Ref) -> Option<Message> {
        if to.is_object() { self.adapted(to, value.0, 1) } else { self.copy_message(value) }
    }

    /// The same for a message that is kept until something happens.
    pub fn kept_message_ref(self, to: Ref, value: Ref) -> Option<Message> {
        let immediate = if to.is_object() { None } else { Message::of_immediate(value) };
        immediate.or_else(|| self.message_ref(to, value))
    }

    /// The same for a word that is no reference.
    pub fn message_raw(self, to: Ref, word: i64) -> Option<Message> {
        if to.is_object() { self.adapted(to, word as u64, 0) } else { Some(self.raw_message(word)) }
    }

    /// What goes through an adapter takes it along: its function runs where the message is taken.
    fn adapted(self, adapter: Ref, word: u64, references: u32) -> Option<Message> {
        let parcel = self.object(&[word], references);
        let message = self.copy_message(self.object(&[adapter.0, parcel.0], adapted::WORDS))?;
        // SAFETY: the message is new.
        unsafe { (*message.block()).form = Form::Adapted };
        Some(message)
    }

    /// Takes over a message of references, as a value of this actor.
    pub fn adopt(self, message: Message) -> Ref {
        let block = message.into_block();
        // SAFETY: the message is this actor's now.
        unsafe {
            if (*block).bytes == 0 {
                let root = Ref((*block).root);
                Block::free(block);
                root
            } else {
                self.record.heap().adopt(&self.record.bump, block)
            }
        }
    }

    /// Which type of messages an address takes; nothing when the actor has ended.
    pub fn takes(self, address: Ref) -> Option<MessageType> {
        let (record, _shared) = self.runtime().actors.mailbox(self.actor(address))?;
        if address.is_object() {
            // SAFETY: only adapters are objects.
            return Some(MessageType(unsafe { Ref(address.word(adapter::MESSAGE_TYPE)) }));
        }
        Some(MessageType(Ref(record.message_type.get())))
    }
}

const _: () = assert!(parcel::WORDS == 1 && object::BLOB_BYTES_WORDS * WORD == 40);
