//! Stack overflow: a fault in the guard below a run stack ends the actor that ran on it, nothing else.
//!
//! No Rust code ever runs on a run stack, so a fault with the stack pointer there is compiled code's, and
//! the pinned register holds the record. Every other fault is left to the handler that was there before.

use super::run_stack::GUARD;
use crate::actor::record::{REASON_CRASHED, Record};
use crate::arch::{self, signal};
use std::cell::Cell;
use std::mem::zeroed;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

/// What the handler must know of the worker whose thread faulted; kept current by the worker.
pub struct Running {
    pub record: Cell<*const Record>,
    pub stack_bottom: Cell<usize>,
    pub stack_top: Cell<usize>,
}

impl Running {
    pub const fn new() -> Running {
        Running { record: Cell::new(null()), stack_bottom: Cell::new(0), stack_top: Cell::new(0) }
    }
}

thread_local! {
    static RUNNING: Cell<*const Running> = const { Cell::new(null()) };
}

/// The kernel's frame holds all vector registers: several KiB with AVX-512.
const SIGNAL_STACK: usize = 64 << 10;

/// While this lives, faults of the thread are looked at. It must be dropped on the same thread.
pub struct Watch {
    memory: Box<[u8]>,
    previous: libc::stack_t,
}

impl Watch {
    /// # Safety
    /// `running` lives longer than the result.
    pub unsafe fn start(running: *const Running) -> Watch {
        install();
        let mut memory = vec![0; SIGNAL_STACK].into_boxed_slice();
        let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIGNAL_STACK };
        // SAFETY: the memory lives until the previous stack is set again.
        let previous = unsafe {
            let mut previous = zeroed();
            libc::sigaltstack(&stack, &mut previous);
            previous
        };
        RUNNING.set(running);
        Watch { memory, previous }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        RUNNING.set(null());
        debug_assert!(!self.memory.is_empty());
        // SAFETY: the previous stack was in use before this one.
        unsafe { libc::sigaltstack(&self.previous, null_mut()) };
    }
}

/// What handled these signals before us.
static PREVIOUS: OnceLock<[libc::sigaction; 2]> = OnceLock::new();

fn install() {
    PREVIOUS.get_or_init(|| {
        [libc::SIGSEGV, libc::SIGBUS].map(|number| {
            // SAFETY: the handler has the signature that SA_SIGINFO asks for.
            unsafe {
                let mut action: libc::sigaction = zeroed();
                action.sa_sigaction = handle as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                libc::sigemptyset(&mut action.sa_mask);
                let mut previous = zeroed();
                libc::sigaction(number, &action, &mut previous);
                previous
            }
        })
    });
}

/// Calls nothing that a signal handler may not call.
extern "C" fn handle(number: i32, information: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let running = RUNNING.get();
    // SAFETY: the kernel passes valid pointers; `running` is the worker's own while it is set.
    unsafe {
        if !running.is_null() {
            let registers = signal::registers(context.cast());
            let fault = (*information).si_addr() as usize;
            let (bottom, top) = ((*running).stack_bottom.get(), (*running).stack_top.get());
            let guard = bottom.wrapping_sub(GUARD);
            let record = (*running).record.get();
            let on_stack = registers.stack >= guard && registers.stack <= top;
            if on_stack && fault >= guard && fault < bottom && registers.pinned == record as usize {
                (*record).caller_frame.set(registers.frame);
                (*record).caller_return.set(registers.code + 1);
                (*record).reason.set(REASON_CRASHED);
                signal::continue_at(context.cast(), arch::leave as *const () as usize);
                return;
            }
        }
        // Not ours: the instruction is tried again with the previous handler in place.
        if let Some(previous) = PREVIOUS.get() {
            let previous = if number == libc::SIGSEGV { &previous[0] } else { &previous[1] };
            libc::sigaction(number, previous, null_mut());
        } else {
            libc::signal(number, libc::SIG_DFL);
        }
    }
}

/// Does this thread run actors now?
pub fn is_worker() -> bool {
    !RUNNING.get().is_null()
}
