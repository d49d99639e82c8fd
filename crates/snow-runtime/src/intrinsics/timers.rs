//! Messages that are sent later.

use super::context::*;
use super::define::define;
use crate::handles::handle::Pid;
use crate::heap::message::Message;
use crate::time::wheel::{Action, Interval, TimerId};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

define! {
    fn timer_send_after_ref(context, pid: Ref, milliseconds: Int, message: Ref) -> Int {
        match context.message_ref(pid, message) {
            Some(message) => context.send_after(context.actor(pid), milliseconds, message),
            None => 0,
        }
    }

    fn timer_send_after_raw(context, pid: Ref, milliseconds: Int, message: Int) -> Int {
        match context.message_raw(pid, message) {
            Some(message) => context.send_after(context.actor(pid), milliseconds, message),
            None => 0,
        }
    }

    fn timer_every_ref(context, pid: Ref, milliseconds: Int, message: Ref) -> Int {
        match context.message_ref(pid, message) {
            Some(message) => context.send_every(context.actor(pid), milliseconds, message),
            None => 0,
        }
    }

    fn timer_every_raw(context, pid: Ref, milliseconds: Int, message: Int) -> Int {
        match context.message_raw(pid, message) {
            Some(message) => context.send_every(context.actor(pid), milliseconds, message),
            None => 0,
        }
    }

    fn timer_cancel(context, handle: Int) -> Bool {
        let (worker, id) = timer_of(handle);
        let cancelled = context.runtime().scheduler.workers.get(worker).and_then(|worker| worker.timers.lock().cancel(id));
        cancelled.is_some()
    }
}

/// Slot 32 bits, generation 24, worker 7.
fn handle_of(worker: usize, id: TimerId) -> i64 {
    (worker as i64) << 56 | (id.generation as i64) << 32 | id.slot as i64
}

fn timer_of(handle: i64) -> (usize, TimerId) {
    let id = TimerId { slot: handle as u32, generation: (handle >> 32) as u32 & 0xff_ffff };
    ((handle as u64 >> 56) as usize, id)
}

fn nanoseconds(milliseconds: i64) -> u64 {
    (milliseconds.max(0) as u64).saturating_mul(1_000_000)
}

impl Context<'_> {
    fn send_after(self, pid: Pid, milliseconds: i64, message: Message) -> i64 {
        self.set_timer(nanoseconds(milliseconds), Action::Send { pid, message })
    }

    fn send_every(self, pid: Pid, milliseconds: i64, message: Message) -> i64 {
        let period = nanoseconds(milliseconds.max(1));
        let interval = Arc::new(Interval { message, period, last: AtomicU64::new(0) });
        self.set_timer(period, Action::Every { pid, interval })
    }

    fn set_timer(self, delay: u64, action: Action) -> i64 {
        let at = self.runtime().clock.now().saturating_add(delay);
        let worker = self.worker();
        let mut timers = worker.shared().timers.lock();
        timers.reserve();
        let id = timers.insert(at, action);
        drop(timers);
        handle_of(worker.index, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_names_worker_slot_and_generation() {
        let id = TimerId { slot: u32::MAX, generation: 0xff_ffff };
        let handle = handle_of(127, id);
        assert!(handle > 0);
        assert_eq!(timer_of(handle), (127, id));
    }
}
