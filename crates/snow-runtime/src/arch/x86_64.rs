//! x86-64, System V convention. The pinned register is r15.
//!
//! A parked stack, from its stack pointer up: r14 r13 r12 rbx rbp, the return address into compiled code,
//! then compiled frames. rbp is the head of the chain of frame pointers, which ends with zero.

use crate::actor::Record;
use core::arch::naked_asm;
use std::mem::offset_of;

/// Word of a parked stack that holds the frame pointer of the frame that parked.
pub const PARKED_FRAME: usize = 4;
/// Word that holds the return address into it.
pub const PARKED_RETURN: usize = 5;
/// Words that the switch routines push, the return address included.
const SWITCH_WORDS: usize = 6;

/// Lays out the stack of an actor that has not run, so that `resume` gets to `start`.
/// Returns its stack pointer.
///
/// # Safety
/// `top` is the highest address of an unused stack, aligned to 64.
pub unsafe fn prepare_start(top: usize) -> usize {
    let pointer = top - SWITCH_WORDS * 8;
    // SAFETY: the words lie in the stack.
    unsafe {
        let words = pointer as *mut usize;
        for index in 0..SWITCH_WORDS - 1 {
            *words.add(index) = 0;
        }
        *words.add(PARKED_RETURN) = start as *const () as usize;
    }
    pointer
}

/// Continues an actor at `actor_stack`; returns when it parks or ends.
///
/// # Safety
/// The record's stack pointer belongs to a stack laid out as above, at the addresses it was parked with.
#[unsafe(naked)]
pub unsafe extern "C" fn resume(record: *const Record) {
    naked_asm!(
        "push rbp", "push rbx", "push r12", "push r13", "push r14", "push r15",
        "sub rsp, 8",
        "mov [rdi + {scheduler}], rsp",
        "mov r15, rdi",
        "mov rsp, [rdi + {actor}]",
        "pop r14", "pop r13", "pop r12", "pop rbx", "pop rbp",
        // What `poll` answers.
        "xor eax, eax",
        // A jump, here and in `leave`: the processor predicts returns by the calls before them, and those were on
        // the other stack.
        "pop rcx",
        "jmp rcx",
        scheduler = const offset_of!(Record, scheduler_stack),
        actor = const offset_of!(Record, actor_stack),
    )
}

/// Called by compiled code: gives the worker to the scheduler until the actor is resumed.
///
/// # Safety
/// Only compiled code may call it, on a run stack.
#[unsafe(naked)]
pub unsafe extern "C" fn park(record: *const Record) {
    naked_asm!(
        "push rbp", "push rbx", "push r12", "push r13", "push r14",
        "mov [rdi + {actor}], rsp",
        "jmp {leave}",
        actor = const offset_of!(Record, actor_stack),
        leave = sym leave,
    )
}

/// Called by compiled code when its preemption flag is set. Answers 0.
///
/// # Safety
/// As for `park`.
#[unsafe(naked)]
pub unsafe extern "C" fn poll(record: *const Record) -> i64 {
    naked_asm!(
        "push rbp", "push rbx", "push r12", "push r13", "push r14",
        "mov [rdi + {actor}], rsp",
        "mov byte ptr [rdi + {reason}], {polled}",
        "jmp {leave}",
        actor = const offset_of!(Record, actor_stack),
        reason = const offset_of!(Record, reason),
        polled = const crate::actor::record::REASON_POLL,
        leave = sym leave,
    )
}

/// Where a new actor begins. When its entry returns, the actor has ended.
///
/// # Safety
/// Only `resume` gets here, on a stack that `prepare_start` has laid out.
#[unsafe(naked)]
unsafe extern "C" fn start() {
    naked_asm!(
        "mov rdi, r15",
        "mov rsi, [r15 + {arguments}]",
        "mov qword ptr [r15 + {arguments}], 1",
        "mov rax, [r15 + {entry}]",
        "xor ebp, ebp",
        "call rax",
        "mov byte ptr [r15 + {reason}], {ended}",
        "jmp {leave}",
        arguments = const offset_of!(Record, arguments),
        entry = const offset_of!(Record, entry),
        reason = const offset_of!(Record, reason),
        ended = const crate::actor::record::REASON_ENDED,
        leave = sym leave,
    )
}

/// Leaves the run stack and returns from `resume`. The pinned register holds the record.
///
/// # Safety
/// Jumped to from the stubs and from the signal handler only.
#[unsafe(naked)]
pub unsafe extern "C" fn leave() {
    naked_asm!(
        "mov rsp, [r15 + {scheduler}]",
        "add rsp, 8",
        "pop r15", "pop r14", "pop r13", "pop r12", "pop rbx", "pop rbp",
        "pop rcx",
        "jmp rcx",
        scheduler = const offset_of!(Record, scheduler_stack),
    )
}

/// Defines the function through which compiled code calls a Rust function: it notes the caller's frame for
/// the collector and for crash messages, runs the function on the scheduler's stack, and goes to the
/// scheduler instead of returning when the actor has come to its end in the meantime.
macro_rules! intrinsic_stub {
    ($stub:ident, $body:path) => {
        /// # Safety
        /// Only compiled code may call it, on a run stack, with its record and what the signature says.
        #[unsafe(naked)]
        unsafe extern "C" fn $stub() {
            core::arch::naked_asm!(
                "mov rax, [rsp]",
                "mov [rdi + {frame}], rbp",
                "mov [rdi + {ret}], rax",
                "mov [rdi + {actor}], rsp",
                "mov rsp, [rdi + {scheduler}]",
                "call {body}",
                "mov rsp, [r15 + {actor}]",
                "cmp byte ptr [r15 + {reason}], {crashed}",
                "jae {leave}",
                "ret",
                frame = const std::mem::offset_of!($crate::actor::Record, caller_frame),
                ret = const std::mem::offset_of!($crate::actor::Record, caller_return),
                actor = const std::mem::offset_of!($crate::actor::Record, actor_stack),
                scheduler = const std::mem::offset_of!($crate::actor::Record, scheduler_stack),
                reason = const std::mem::offset_of!($crate::actor::Record, reason),
                crashed = const $crate::actor::record::REASON_CRASHED,
                body = sym $body,
                leave = sym $crate::arch::leave,
            )
        }
    };
}
pub(crate) use intrinsic_stub;

/// What the signal handler must know of the interrupted code.
pub mod signal {
    use libc::ucontext_t;

    /// # Safety
    /// The context comes from the kernel.
    pub unsafe fn registers(context: *mut ucontext_t) -> Registers {
        // SAFETY: promised by the caller.
        let general = unsafe { &(*context).uc_mcontext.gregs };
        Registers {
            code: general[libc::REG_RIP as usize] as usize,
            stack: general[libc::REG_RSP as usize] as usize,
            frame: general[libc::REG_RBP as usize] as usize,
            pinned: general[libc::REG_R15 as usize] as usize,
        }
    }

    /// Makes the interrupted thread continue at `code`.
    ///
    /// # Safety
    /// As for `registers`; `code` needs nothing but the pinned register.
    pub unsafe fn continue_at(context: *mut ucontext_t, code: usize) {
        // SAFETY: promised by the caller.
        unsafe { (*context).uc_mcontext.gregs[libc::REG_RIP as usize] = code as i64 }
    }

    pub struct Registers {
        pub code: usize,
        pub stack: usize,
        pub frame: usize,
        pub pinned: usize,
    }
}
