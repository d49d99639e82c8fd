//! Calls on files and folders, made by the threads that may block: only the actor that asks waits.
//!
//! Nothing stays open between two calls, so an actor that is killed leaves no descriptor behind.

use super::blocking::{Blocking, Link};
use super::file_calls::Call;
use crate::actor::reply_place::Waiter;
use crate::handles::handle::Pid;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// So many answers are kept before it is looked whether anybody will still take them.
const FEW: usize = 32;

/// What a call has brought, or the system's number and text of what went wrong.
pub type Outcome = Result<Vec<u8>, (i32, String)>;

/// The calls that have not been answered, or whose answer has not been taken.
pub struct Files {
    asked: Arc<Mutex<Asked>>,
    blocking: Blocking,
    link: Arc<Link>,
}

#[derive(Default)]
struct Asked {
    /// By the reference at which an actor waits: the actor, and the answer where it is known.
    calls: FxHashMap<i64, (Pid, Option<Outcome>)>,
    /// How many there may be before those of ended actors are dropped.
    most: usize,
}

impl Files {
    pub fn new(blocking: Blocking, link: Arc<Link>) -> Files {
        Files { asked: Arc::default(), blocking, link }
    }

    /// Makes the call on a thread that may block, and tells the waiter when its answer can be taken. False when there is
    /// no such thread, or none is wanted: the call has been made, and nobody will be told.
    pub fn ask(&self, waiter: Waiter, call: Call, here: bool, lives: impl Fn(Pid) -> bool) -> bool {
        let reference = waiter.reference.to_int();
        self.asked.lock().add(reference, waiter.pid, lives);
        if !here {
            let (asked, link, call) = (self.asked.clone(), self.link.clone(), call.clone());
            let job = move || {
                let outcome = call.make();
                asked.lock().answer(reference, outcome);
                // It stays among the calls until its answer is taken, so that the program is not taken for finished.
                if !link.tell(|host| host.complete(waiter)).unwrap_or(false) {
                    asked.lock().calls.remove(&reference);
                }
                link.tell(|host| host.reconsider());
            };
            if self.blocking.run(job) {
                return true;
            }
        }
        let outcome = call.make();
        self.asked.lock().answer(reference, outcome);
        false
    }

    /// The answer to the call that was asked at this place.
    pub fn take(&self, reference: i64) -> Option<Outcome> {
        self.asked.lock().calls.remove(&reference)?.1
    }

    /// Does an answer come to any of these actors?
    pub fn is_awaited(&self, lives: impl Fn(Pid) -> bool) -> bool {
        self.asked.lock().calls.values().any(|(pid, _)| lives(*pid))
    }
}

impl Asked {
    fn add(&mut self, reference: i64, pid: Pid, lives: impl Fn(Pid) -> bool) {
        if self.calls.len() > self.most.max(FEW) {
            self.calls.retain(|_, (pid, outcome)| outcome.is_none() || lives(*pid));
            self.most = 2 * self.calls.len();
        }
        self.calls.insert(reference, (pid, None));
    }

    fn answer(&mut self, reference: i64, outcome: Outcome) {
        if let Some(call) = self.calls.get_mut(&reference) {
            call.1 = Some(outcome);
        }
    }
}
