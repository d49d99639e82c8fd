//! Names under which actors are registered, each of one actor at a time.

use crate::handles::handle::Pid;
use crate::heap::block::Block;
use crate::heap::message::Message;
use crate::memory::emergency;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// All registered names of a program.
#[derive(Default)]
pub struct Names(Mutex<HashMap<String, Named>>);

struct Named {
    pid: Pid,
    /// A message whose root is the address: an adapter goes along with it.
    address: Message,
    /// Which type of messages it takes (`abi::message_type`).
    message_type: u64,
}

impl Names {
    /// Returns whether the name was free.
    pub fn register(&self, name: &str, pid: Pid, address: Message, message_type: u64) -> bool {
        let mut names = self.0.lock();
        emergency::expect_room(names.try_reserve(1), name.len());
        match names.entry(name.to_owned()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(Named { pid, address, message_type });
                true
            }
        }
    }

    /// The address under this name, as a message, and the type of messages that it takes.
    pub fn find(&self, name: &str) -> Option<(Message, u64)> {
        let names = self.0.lock();
        let named = names.get(name)?;
        // SAFETY: the address is a message, used under the lock only; the copy is new.
        let address = unsafe { Message::new(Block::duplicate(named.address.block())) };
        Some((address, named.message_type))
    }

    /// Who has the name.
    pub fn holder(&self, name: &str) -> Option<Pid> {
        self.0.lock().get(name).map(|named| named.pid)
    }

    /// Takes the name from the actor, if it has it.
    pub fn forget(&self, name: &str, pid: Pid) {
        let mut names = self.0.lock();
        if names.get(name).is_some_and(|named| named.pid == pid) {
            names.remove(name);
        }
    }
}
