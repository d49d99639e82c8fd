//! Ending actors, and learning of their end.

use super::context::*;
use super::define::define;
use crate::abi::{ExitKind, SpawnTie, SystemSignal};
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
    fn actor_exit(context, pid: Ref, kind: ExitKind, text: Ref, origin: Ref) {
        let reason = context.reason(kind, text, origin);
        let (to, own) = (context.actor(pid), context.pid());
        exit_signals::ask_to_exit(context.worker(), to, own, reason);
        if to == own {
            context.obey_exit();
        }
    }

    fn actor_stop(context, kind: ExitKind, text: Ref, origin: Ref) {
        let reason = context.reason(kind, text, origin);
        context.record.shared.lock().relations().exit = Some(Box::new(reason));
        context.record.reason.set(REASON_EXITED);
    }

    fn actor_ending(context) -> (Ref, Ref, ExitKind) {
        // SAFETY: the field is this worker's; the reference ends before the next intrinsic.
        match unsafe { &*context.record.ending.get() } {
            Some(reason) => context.reason_words(reason),
            None => context.crash("only a `terminate` block can ask why the actor ends"),
        }
    }

    fn actor_link(context, pid: Ref) {
        links::tie(context.worker(), context.pid(), context.actor(pid), Tie::Link);
        // The other one may have ended already.
        context.obey_exit();
    }

    fn actor_unlink(context, pid: Ref) {
        links::untie(context.worker(), context.pid(), context.actor(pid));
    }

    fn actor_tie_spawned(context, tie: SpawnTie) -> SpawnTie {
        let before = context.record.ties_spawned.replace(match tie {
            SpawnTie::Untied => None,
            SpawnTie::LinkedToIt => Some(Tie::Link),
            SpawnTie::OwnedByIt => Some(Tie::Owns),
        });
        match before {
            None => SpawnTie::Untied,
            Some(Tie::Link) => SpawnTie::LinkedToIt,
            Some(Tie::Owns | Tie::OwnedBy) => SpawnTie::OwnedByIt,
        }
    }

    fn signal_watch_ref(context, signal: SystemSignal, pid: Ref, message: Ref) {
        context.watch_signal(signal, pid, context.message_ref(pid, message))
    }

    fn signal_watch_raw(context, signal: SystemSignal, pid: Ref, message: Int) {
        context.watch_signal(signal, pid, context.message_raw(pid, message))
    }

    fn actor_trap(context, own: Ref) {
        if context.actor(own) != context.pid() {
            return context.crash("only an actor itself can trap its exits");
        }
        if let Some(template) = context.report_template(own) {
            context.record.shared.lock().relations().trap = Some(template);
        }
    }

    fn actor_monitor(context, own: Ref, pid: Ref) -> Int {
        let Some(template) = context.report_template(own) else { return 0 };
        monitors::watch(context.worker(), context.actor(own), context.actor(pid), Notice::Down(template)).to_int()
    }

    fn actor_demonitor(context, pid: Pid, reference: Int) {
        let Some(reference) = Reference::from_int(reference) else { return };
        monitors::unwatch(context.worker(), pid, reference);
        if pid == context.pid() {
            context.drop_report(reference);
        }
    }
}

impl Context<'_> {
    /// Nothing happens for an actor that has ended.
    fn watch_signal(self, signal: SystemSignal, pid: Ref, message: Option<Message>) {
        if let Some(message) = message
            && let Err(error) = self.runtime().io.signals.subscribe(signal, self.actor(pid), message)
        {
            self.crash::<()>(format!("the system does not tell of signals: {error}"));
        }
    }

    /// If the actor has asked itself to end, it does now, not only at its next poll.
    pub fn obey_exit(self) {
        // Relaxed: this thread has written it.
        if self.record.exit_asked.load(Ordering::Relaxed) {
            self.record.reason.set(REASON_EXITED);
        }
    }

    /// Text, origin and kind.
    pub fn reason_words(self, reason: &Reason) -> (Ref, Ref, ExitKind) {
        let text = self.new_bytes(reason.text().as_bytes());
        let origin = address::of_actor(reason.origin.unwrap_or(Pid::NONE));
        (text, origin, reason.kind())
    }

    fn reason(self, kind: ExitKind, text: Ref, origin: Ref) -> Reason {
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
