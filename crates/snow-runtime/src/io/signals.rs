//! Signals from outside: as events of the first worker's poller, and as messages to the actors that have asked for them.

use crate::abi::SystemSignal;
use crate::handles::handle::Pid;
use crate::heap::block::Block;
use crate::heap::message::Message;
use crate::scheduler::worker::Worker;
use mio::{Interest, Registry, Token};
use parking_lot::Mutex;
use signal_hook_mio::v1_0::Signals as Source;
use std::io;

#[derive(Default)]
pub struct Signals {
    /// None in deterministic mode, and where the system gives none.
    source: Mutex<Option<Source>>,
    subscribers: Mutex<Vec<Subscriber>>,
}

/// An actor that is told of a signal by copies of a message.
struct Subscriber {
    signal: i32,
    pid: Pid,
    message: Message,
}

impl Signals {
    /// From now on signals are events of this poller: SIGUSR1, and those that actors ask for.
    pub fn watch(&self, registry: &Registry, token: Token) -> io::Result<()> {
        let mut source = Source::new([libc::SIGUSR1])?;
        registry.register(&mut source, token, Interest::READABLE)?;
        *self.source.lock() = Some(source);
        Ok(())
    }

    /// Tells an actor of a signal, as often as it comes, as long as the actor lives.
    pub fn subscribe(&self, signal: SystemSignal, pid: Pid, message: Message) -> io::Result<()> {
        let signal = number(signal);
        let source = self.source.lock();
        let Some(source) = &*source else { return Ok(()) };
        self.subscribers.lock().push(Subscriber { signal, pid, message });
        source.add_signal(signal)
    }

    /// The signals that have come, each once, however often it came.
    pub fn take(&self) -> Vec<i32> {
        self.source.lock().as_mut().map_or(Vec::new(), |source| source.pending().collect())
    }

    /// Does a signal come to any of these actors?
    pub fn is_awaited(&self, lives: impl Fn(Pid) -> bool) -> bool {
        self.subscribers.lock().iter().any(|subscriber| lives(subscriber.pid))
    }
}

/// Tells its subscribers. Without a living one, the signal does what it does to any program: it ends it.
pub fn deliver(worker: &mut Worker, signal: i32) {
    let runtime = worker.runtime();
    let mut subscribers = runtime.io.signals.subscribers.lock();
    subscribers.retain(|subscriber| runtime.actors.is_alive(subscriber.pid));
    let told: Vec<(Pid, *mut Block)> = subscribers
        .iter()
        .filter(|subscriber| subscriber.signal == signal)
        // SAFETY: the lock is held, so no one else uses the message.
        .map(|subscriber| (subscriber.pid, unsafe { Block::duplicate(subscriber.message.block()) }))
        .collect();
    drop(subscribers);
    if told.is_empty() {
        // SAFETY: both may be called at any time.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
    for (pid, message) in told {
        // SAFETY: the copy is ours.
        unsafe { worker.deliver(pid, message) };
    }
}

fn number(signal: SystemSignal) -> i32 {
    match signal {
        SystemSignal::Terminate => libc::SIGTERM,
        SystemSignal::Interrupt => libc::SIGINT,
        SystemSignal::HangUp => libc::SIGHUP,
    }
}
