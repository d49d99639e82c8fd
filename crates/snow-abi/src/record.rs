//! Byte offsets in an actor's record of what compiled code reads and writes there. The pinned register points to the
//! record; the runtime checks its struct against these offsets when it is compiled.

/// Next free address of the heap.
pub const HEAP_NEXT: i32 = 0;
/// First address that may not be allocated.
pub const HEAP_LIMIT: i32 = 8;
/// Not zero: the time slice is over (one byte, set by other threads).
pub const PREEMPT: i32 = 16;
/// What an intrinsic returns beside the word in the register.
pub const OUT: [i32; 3] = [24, 32, 40];
/// The actor's own address, as a Pid.
pub const SELF_PID: i32 = 48;
