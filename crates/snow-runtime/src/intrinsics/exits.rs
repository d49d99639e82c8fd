//! Ending actors, and learning of their end.

use super::context::*;
use super::define::define;
use crate::abi::{adapted, report};
use crate::actor::address;
use crate::actor::exit_reason::Reason;
use crate::actor::record::REASON_EXITED;
use crate::actor::relations::{Notice, Tie};
use crate::handles::handle::{Pid, Reference};
use crate::heap::block::Block;
use crate::heap::message::Message;
use crate::lifecycle::{exit_signals, links, monitors};
use std::sync::atomic::Ordering;

define! {
    fn actor_exit(context, pid: Ref, kind: Int, text: Ref, origin: Ref) -> Int =
        "fn(Pid<M>, Int, String, Pid) -> ()"
    {
        let reason = context.reason(kind, text, origin);
        let (to, own) = (context.actor(pid), context.pid());
        exit_signals::ask_to_exit(context.worker(), to, own, reason);
        if to == own {
            context.obey_exit();
        }
        0
    }

    fn actor_stop(context, kind: Int, text: Ref, origin: Ref) -> Int = "fn(Int, String, Pid) -> Never" {
        let reason = context.reason(kind, text, origin);
        context.record.shared.lock().exit = Some(Box::new(reason));
        context.record.reason.set(REASON_EXITED);
        0
    }

    fn actor_ending(context) -> Ref = "fn() -> (String, Pid, Int)" {
        // SAFETY: the field is this worker's; the reference ends before the next intrinsic.
        match unsafe { &*context.record.ending.get() } {
            Some(reason) => context.reason_words(reason),
            None => context.crash("only a `terminate` block can ask why the actor ends"),
        }
    }

    fn actor_link(context, pid: Ref) -> Int = "fn(Pid<M>) -> ()" {
        links::tie(context.worker(), context.pid(), context.actor(pid), Tie::Link);
        // The other one may have ended already.
        context.obey_exit();
        0
    }

    fn actor_unlink(context, pid: Ref) -> Int = "fn(Pid<M>) -> ()" {
        links::untie(context.worker(), context.pid(), context.actor(pid));
        0
    }

    fn actor_tie_spawned(context, tie: Int) -> Int = "fn(Int) -> Int" {
        let before = context.record.ties_spawned.replace(match tie {
            1 => Some(Tie::Link),
            2 => Some(Tie::Owns),
            _ => None,
        });
        match before {
            None => 0,
            Some(Tie::Link) => 1,
            Some(Tie::Owns | Tie::OwnedBy) => 2,
        }
    }

    fn actor_trap(context, own: Ref) -> Int = "fn(Pid<M>) -> ()" {
        if context.actor(own) != context.pid() {
            return context.crash("only an actor itself can trap its exits");
        }
        if let Some(template) = context.report_template(own) {
            context.record.shared.lock().relations().trap = Some(template);
        }
        0
    }

    fn actor_monitor(context, own: Ref, pid: Ref) -> Int = "fn(Pid<A>, Pid<B>) -> Int" {
        let Some(template) = context.report_template(own) else { return 0 };
        monitors::watch(context.worker(), context.actor(own), context.actor(pid), Notice::Down(template)).to_int()
    }

    fn actor_demonitor(context, pid: Int, reference: Int) -> Int = "fn(Int, Int) -> ()" {
        let Some(reference) = Reference::from_int(reference) else { return 0 };
        let pid = Pid::from_int(pid);
        monitors::unwatch(context.worker(), pid, reference);
        if pid == context.pid() {
            context.drop_report(reference);
        }
        0
    }
}

impl Context<'_> {
    /// If the actor has asked itself to end, it does now, not only at its next poll.
    pub fn obey_exit(self) {
        // Relaxed: this thread has written it.
        if self.record.exit_asked.load(Ordering::Relaxed) {
            self.record.reason.set(REASON_EXITED);
        }
    }

    /// Text, origin and kind, as a tuple.
    pub fn reason_words(self, reason: &Reason) -> Ref {
        let text = self.new_bytes(reason.text().as_bytes());
        let origin = address::of_actor(reason.origin.unwrap_or(Pid::NONE));
        self.object(&[text.0, origin.0, reason.kind() as u64], 2)
    }

    fn reason(self, kind: i64, text: Ref, origin: Ref) -> Reason {
        Reason::from_words(kind, &self.text(text), Some(self.actor(origin)).filter(|pid| *pid != Pid::NONE))
    }

    /// A message through this adapter, with a value of the library's struct `Report`, which is completed when an
    /// actor has ended: see `exits::complete`.
    fn report_template(self, own: Ref) -> Option<Message> {
        let text = self.new_view(std::ptr::null(), 0, std::ptr::null_mut());
        let nobody = address::of_actor(Pid::NONE);
        let report = self.object(&[text.0, nobody.0, nobody.0, 0, 0], report::REFERENCES);
        let parcel = self.object(&[report.0], 1);
        let message = self.object(&[own.0, parcel.0], adapted::WORDS);
        self.copy_message(message).map(monitors::template)
    }

    /// Takes a report away that is in the mailbox already, among the messages that the actor has taken over or not.
    fn drop_report(self, reference: Reference) {
        let record = self.record;
        let mut place = record.taken.as_ptr();
        // SAFETY: the list is this actor's own; the report is unlinked before it is released.
        unsafe {
            while !(*place).is_null() {
                let block = *place;
                if monitors::is_report(&*block, reference) {
                    *place = (*block).next;
                    Block::release(block);
                    let count = record.taken_count.load(Ordering::Relaxed);
                    record.taken_count.store(count - 1, Ordering::Relaxed);
                    return;
                }
                place = &raw mut (*block).next;
            }
        }
        let mut shared = record.shared.lock();
        // SAFETY: what is in a mailbox is complete, and used under its lock.
        let report = shared.take_first(|block| unsafe { monitors::is_report(block, reference) });
        record.pending.store(shared.len(), Ordering::Relaxed);
        drop(shared);
        if !report.is_null() {
            // SAFETY: it has been taken out.
            unsafe { Block::release(report) };
        }
    }
}
