//! What an actor owns: it is released when the actor ends.

use crate::handles::handle::{GroupHandle, OutboxHandle, SocketHandle};

/// Something that is released when its owner ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owned {
    Socket(SocketHandle),
    Outbox(OutboxHandle),
    /// Its place among those whom a group tells of changes.
    Listener(GroupHandle),
}

/// All that one actor owns. Most own nothing, or a socket and the outbox for it: there is a place for each of these.
#[derive(Default)]
pub struct Possessions {
    /// `NONE`, or a socket, and an outbox.
    socket: SocketHandle,
    outbox: OutboxHandle,
    /// A word in each actor, where a list would be three.
    #[allow(clippy::box_collection)]
    others: Option<Box<Vec<Owned>>>,
}

impl Possessions {
    pub fn add(&mut self, what: Owned) {
        match what {
            Owned::Socket(handle) if self.socket == SocketHandle::NONE => self.socket = handle,
            Owned::Outbox(handle) if self.outbox == OutboxHandle::NONE => self.outbox = handle,
            _ => self.others.get_or_insert_default().push(what),
        }
    }

    pub fn remove(&mut self, what: Owned) {
        match what {
            Owned::Socket(handle) if self.socket == handle => self.socket = SocketHandle::NONE,
            Owned::Outbox(handle) if self.outbox == handle => self.outbox = OutboxHandle::NONE,
            _ => {
                if let Some(others) = &mut self.others
                    && let Some(at) = others.iter().position(|owned| *owned == what)
                {
                    others.swap_remove(at);
                }
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Owned> {
        let socket = (self.socket != SocketHandle::NONE).then_some(Owned::Socket(self.socket));
        let outbox = (self.outbox != OutboxHandle::NONE).then_some(Owned::Outbox(self.outbox));
        let others = self.others.iter().flat_map(|others| others.iter().copied());
        socket.into_iter().chain(outbox).chain(others)
    }

    /// Keeps no room to spare.
    pub fn shrink(&mut self) {
        self.others.take_if(|others| others.is_empty());
        if let Some(others) = &mut self.others {
            others.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_is_there_until_it_is_removed() {
        let socket = |number| Owned::Socket(SocketHandle::new(number, 1));
        let outbox = |number| Owned::Outbox(OutboxHandle::new(number, 1));
        let listener = Owned::Listener(GroupHandle::new(1, 1));
        let mut possessions = Possessions::default();
        let mut list: Vec<Owned> = Vec::new();
        for what in [outbox(1), socket(1), socket(2), listener, outbox(2), socket(3)] {
            possessions.add(what);
            list.push(what);
        }
        for what in [socket(1), outbox(2), socket(9), listener] {
            possessions.remove(what);
            list.retain(|owned| *owned != what);
            possessions.shrink();
            let held: Vec<Owned> = possessions.iter().collect();
            assert!(list.iter().all(|owned| held.contains(owned)));
            assert_eq!(held.len(), list.len());
        }
        // The place that has become free is taken again.
        possessions.add(socket(4));
        assert_eq!(possessions.iter().next(), Some(socket(4)));
    }
}
