//! An actor's record: all that there is of an actor but its heap's objects. Compiled code, the scheduler and the senders
//! of messages each use their part of it.

use super::address;
use super::exit_reason::Reason;
use super::mailbox::{Deadline, Mailbox, MailboxLock};
use super::relations::Tie;
use crate::abi;
use crate::handles::handle::{AnActor, Pid, Reference};
use crate::handles::slab::Slot;
use crate::heap::block::Block;
use crate::heap::object::Ref;
use crate::heap::spaces::Spaces;
use crate::heap::{Bump, Heap};
use crate::stack::parking::Parked;
use crate::sync::{AtomicBool, AtomicU32};
use std::cell::{Cell, UnsafeCell};
use std::mem::offset_of;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU8, AtomicU16, Ordering};

/// Why an actor came back to the scheduler: it waits. The stub of an intrinsic returns to compiled code only if the
/// reason is below `REASON_CRASHED`.
pub const REASON_PARK: u8 = 0;
/// It has found its preemption byte set.
pub const REASON_POLL: u8 = 1;
/// Its function has returned.
pub const REASON_ENDED: u8 = 2;
/// An intrinsic has failed, or the stack has overflown: `crash` says why.
pub const REASON_CRASHED: u8 = 3;
/// The whole program ends: see `Runtime::stop`.
pub const REASON_STOPPED: u8 = 4;
/// Why is in the mailbox: see `Mailbox::exit`.
pub const REASON_EXITED: u8 = 5;

/// A value of the preemption byte: the heap wants a collection. Compiled code tests for zero only.
pub const PREEMPT_COLLECT: u8 = 1;
/// The time slice is over.
pub const PREEMPT_SLICE: u8 = 2;

/// `home` of an actor that any worker may run.
pub const NO_HOME: u16 = u16::MAX;

/// What an actor waits for when it parks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// Nothing: it goes on when it is its turn.
    Turn,
    /// A message, or the deadline.
    Message(Option<Deadline>),
    Sleep(Deadline),
    /// An answer: the record's `awaits`.
    Reply(Option<Deadline>),
}

/// Never moves, and stays while its actor lives: see `Slab`. The fields before `shared` belong to the
/// worker that runs the actor, or that has claimed it (`Status::Active`); handing over goes through the
/// mailbox's lock or a run queue, both of which order memory.
#[repr(C)]
pub struct Record {
    pub bump: Bump,
    pub preempt: AtomicU8,
    /// One of `REASON_…`; in the second byte so that the stubs test it with one instruction.
    pub reason: Cell<u8>,
    /// How actors that it spawns are tied to it.
    pub ties_spawned: Cell<Option<Tie>>,
    /// The worker on which this actor must run because its sockets are registered there.
    pub home: AtomicU16,
    /// Is it in a worker's list of actors whose memory may be shrunk?
    pub shrink_listed: AtomicBool,
    /// Set with `Relations::exit`. Read without the lock: one that is missed is seen at the next park or tick.
    pub exit_asked: AtomicBool,
    pub out: [Cell<i64>; 3],
    /// The actor's own address as compiled code holds it.
    own_address: Cell<Ref>,
    pub scheduler_stack: Cell<usize>,
    pub actor_stack: Cell<usize>,
    /// Frame pointer of the compiled function that called an intrinsic, and its return address.
    pub caller_frame: Cell<usize>,
    pub caller_return: Cell<usize>,
    /// What the actor starts with, or its `terminate` block: code address and arguments, a root until then.
    pub entry: Cell<usize>,
    pub arguments: Cell<u64>,

    /// The worker that runs the actor, for its intrinsics: see `Worker::of`. An actor itself knows nothing of workers.
    pub worker: Cell<*mut ()>,
    pub heap: UnsafeCell<Heap>,
    pub parked: UnsafeCell<Parked>,
    /// Messages taken from the mailbox and not yet by the program, oldest first.
    pub taken: Cell<*mut Block>,
    pub wait: Cell<Wait>,
    /// Number of the slice in which the heap was collected last, without its upper half.
    pub collected_in: Cell<u32>,
    /// Slices that the actor has run, to tell whether it has been idle.
    pub slices: Cell<u32>,
    /// Number of messages in `taken`; written by the owner, read by anyone who asks for the length.
    pub taken_count: AtomicU32,
    /// Number of messages in the mailbox, written under its lock. The owner reads it without: when it sees 0
    /// it goes on to park, where the lock decides.
    pub pending: AtomicU32,
    pub crash: UnsafeCell<Option<Box<Box<str>>>>,
    /// The answer that it asks for or waits for.
    pub awaits: Cell<Option<Reference>>,
    /// Entry of the `terminate` block of the actor that it is now, or 0.
    pub terminate: Cell<usize>,
    /// Why it ends, while `terminate` runs.
    pub ending: UnsafeCell<Option<Box<Reason>>>,
    /// Which type of messages it takes: an object outside all heaps (`abi::message_type`).
    pub message_type: Cell<u64>,
    pub shared: MailboxLock,
}

// SAFETY: see the comment on the struct: each field is either atomic, locked, or used by one worker at a time.
unsafe impl Sync for Record {}
// SAFETY: as above.
unsafe impl Send for Record {}

// Loom's atomics are larger; no compiled code runs under it.
#[cfg(not(loom))]
const _: () = {
    // A program may have a million of them.
    assert!(size_of::<Record>() <= 448);
    assert!(offset_of!(Record, bump) == 0 && offset_of!(Bump, next) == abi::record::HEAP_NEXT as usize);
    assert!(offset_of!(Bump, limit) == abi::record::HEAP_LIMIT as usize);
    assert!(offset_of!(Record, preempt) == abi::record::PREEMPT as usize);
    assert!(offset_of!(Record, out) == abi::record::OUT[0] as usize);
    assert!(offset_of!(Record, out) + 8 == abi::record::OUT[1] as usize);
    assert!(offset_of!(Record, out) + 16 == abi::record::OUT[2] as usize);
    assert!(offset_of!(Record, own_address) == abi::record::SELF_PID as usize);
};

impl Default for Record {
    fn default() -> Record {
        Record {
            bump: Bump { next: Cell::new(0), limit: Cell::new(0) },
            preempt: AtomicU8::new(0),
            reason: Cell::new(REASON_PARK),
            out: [const { Cell::new(0) }; 3],
            own_address: Cell::new(address::of_actor(Pid::NONE)),
            scheduler_stack: Cell::new(0),
            actor_stack: Cell::new(0),
            caller_frame: Cell::new(0),
            caller_return: Cell::new(0),
            entry: Cell::new(0),
            arguments: Cell::new(Ref::immediate(0).0),
            worker: Cell::new(null_mut()),
            heap: UnsafeCell::new(Heap::new()),
            parked: UnsafeCell::new(Parked::new()),
            taken: Cell::new(null_mut()),
            wait: Cell::new(Wait::Turn),
            collected_in: Cell::new(0),
            slices: Cell::new(0),
            shrink_listed: AtomicBool::new(false),
            ties_spawned: Cell::new(None),
            crash: UnsafeCell::new(None),
            awaits: Cell::new(None),
            terminate: Cell::new(0),
            ending: UnsafeCell::new(None),
            message_type: Cell::new(Ref::immediate(0).0),
            taken_count: AtomicU32::new(0),
            pending: AtomicU32::new(0),
            exit_asked: AtomicBool::new(false),
            home: AtomicU16::new(NO_HOME),
            shared: MailboxLock::new(Mailbox::default()),
        }
    }
}

impl Record {
    /// # Safety
    /// Like the functions below: the caller is the worker that runs or has claimed the actor, and holds no
    /// other reference from this function.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn heap(&self) -> &mut Heap {
        // SAFETY: promised by the caller.
        unsafe { &mut *self.heap.get() }
    }

    /// # Safety
    /// See `heap`.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn parked(&self) -> &mut Parked {
        // SAFETY: promised by the caller.
        unsafe { &mut *self.parked.get() }
    }

    /// Ends the actor when the running intrinsic returns.
    ///
    /// # Safety
    /// The caller is the worker that runs the actor.
    pub unsafe fn crash(&self, message: impl Into<Box<str>>) {
        // SAFETY: promised by the caller, and the place holds nothing borrowed.
        unsafe { *self.crash.get() = Some(Box::new(message.into())) };
        self.reason.set(REASON_CRASHED);
    }

    /// Notes that the heap is collected in this slice. Says whether it was before.
    pub fn collected_again_in(&self, slice: u64) -> bool {
        self.collected_in.replace(slice as u32) == slice as u32
    }

    /// If the heap wants a collection, makes the next poll take its slow path.
    ///
    /// # Safety
    /// The caller is the worker that runs the actor.
    #[inline]
    pub unsafe fn heap_changed(&self) {
        // SAFETY: promised by the caller; the reference ends at once.
        if unsafe { (*self.heap.get()).wants_collection() } {
            // Relaxed: read by this thread's compiled code. A time slice ending at the same moment may be
            // overwritten; the next tick sets it again.
            if self.preempt.load(Ordering::Relaxed) == 0 {
                self.preempt.store(PREEMPT_COLLECT, Ordering::Relaxed);
            }
        }
    }

    /// The actor's number, as messages for people show it.
    pub fn number(&self) -> u32 {
        self.pid().index()
    }

    #[inline]
    pub fn pid(&self) -> Pid {
        address::of_immediate(self.own_address.get())
    }

    /// The slot belongs to this actor from now on.
    pub fn set_pid(&self, pid: Pid) {
        self.own_address.set(address::of_actor(pid));
    }
}

impl Slot for Record {
    type Of = AnActor;

    fn generation(&self) -> u32 {
        self.shared.lock().generation
    }

    fn set_generation(&mut self, generation: u32) {
        self.shared.get_mut().generation = generation;
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let shared = self.shared.get_mut();
        // SAFETY: its actor has ended, or the runtime ends: no one uses the slot, and what it has is its own.
        unsafe {
            super::mailbox::release_messages(shared.take_all().0);
            super::mailbox::release_messages(self.taken.get());
            self.heap.get_mut().release(&self.bump, &mut Spaces::new(Default::default()));
        }
    }
}

/// An active actor, in the hands of the thread that will queue or run it. Nobody else can end it meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ActorRef(*const Record);

// SAFETY: Record is Sync, and only the holder of the reference can end the actor.
unsafe impl Send for ActorRef {}
// SAFETY: as above.
unsafe impl Sync for ActorRef {}

impl ActorRef {
    /// # Safety
    /// The actor is active, and the caller has made it so, or runs it: nobody else can end it or give its slot away
    /// while there is the result.
    #[inline]
    pub unsafe fn new(record: &Record) -> ActorRef {
        ActorRef(record)
    }
}

impl std::ops::Deref for ActorRef {
    type Target = Record;
    fn deref(&self) -> &Record {
        // SAFETY: the actor has not ended, so its slot is in use; or it ends in this slice, before whose end the
        // slot is not taken away.
        unsafe { &*self.0 }
    }
}
