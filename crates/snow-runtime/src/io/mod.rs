//! Standard streams, signals, sockets, in-memory pipes, outboxes and groups of them.

pub mod blocking;
mod completion;
pub mod error;
pub mod file_calls;
pub mod files;
pub mod group;
pub mod group_operations;
pub mod group_pushes;
pub mod input;
pub mod outbox;
pub mod outbox_operations;
pub mod output;
pub mod pipe;
pub mod signals;
pub mod socket;
pub mod socket_operations;
pub mod streams;
pub mod system_calls;
pub mod tls;
pub mod unix_sockets;

use crate::handles::handle::Pid;
use crate::handles::slab::Slab;
use blocking::{Blocking, Link};
use files::Files;
use group::{Group, GroupNames};
use input::Input;
use outbox::Outbox;
use output::Output;
use signals::Signals;
use socket::Socket;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use tls::configuration::Configurations;
use tls::turns::Turns;

/// What a program has open to the world outside.
pub struct Io {
    pub sockets: Slab<Socket>,
    pub outboxes: Slab<Outbox>,
    pub groups: Slab<Group>,
    pub group_names: GroupNames,
    /// Real sockets that are open: each keeps the program alive.
    pub open_sockets: AtomicUsize,
    pub tls: Configurations,
    pub handshakes: Turns,
    pub signals: Signals,
    pub input: Input,
    pub files: Files,
    pub output: Output,
    pub blocking: Blocking,
    pub link: Arc<Link>,
}

impl Io {
    pub fn new(deterministic: bool) -> Io {
        let (blocking, link) = (Blocking::default(), Arc::<Link>::default());
        Io {
            sockets: Slab::new(),
            outboxes: Slab::new(),
            groups: Slab::new(),
            group_names: GroupNames::default(),
            open_sockets: AtomicUsize::new(0),
            tls: Configurations::default(),
            handshakes: Turns::default(),
            signals: Signals::default(),
            input: Input::new(blocking.clone(), link.clone()),
            files: Files::new(blocking.clone(), link.clone()),
            output: Output::new(blocking.clone(), link.clone(), deterministic),
            blocking,
            link,
        }
    }

    /// Does text of output, a line of input, a file or a signal come to any of these actors?
    pub fn is_awaited(&self, lives: impl Fn(Pid) -> bool) -> bool {
        let waiting = self.input.waiters().into_iter().chain(self.output.waiters()).chain(self.tls.waiters());
        waiting.into_iter().any(|waiter| lives(waiter.pid))
            || self.files.is_awaited(&lives)
            || self.signals.is_awaited(lives)
    }
}
