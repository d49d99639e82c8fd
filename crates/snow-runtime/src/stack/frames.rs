//! Walks the frames of compiled code on a stack, from the innermost one outwards: for the references that they hold, and
//! for the return addresses that tell the lines of a program.

use crate::code::Code;

/// Shows `visit` each slot that holds a live reference.
///
/// `frame` and `ret` are a frame pointer and a return address into that frame's function; `difference` is
/// what to add to the addresses in the chain to get to where the frames lie now (a parked stack is a copy).
/// A call without live references has no entry in the table, so the walk goes on to the end of the chain.
///
/// # Safety
/// The frames are those of compiled code that stands still, with the chain ended by zero.
pub unsafe fn roots(
    code: &Code,
    mut frame: usize,
    mut ret: usize,
    difference: usize,
    visit: &mut dyn FnMut(*mut u64),
) {
    while frame != 0 {
        if let Some(safepoint) = code.safepoint(ret) {
            let stack = frame.wrapping_sub(safepoint.span as usize).wrapping_add(difference);
            for slot in safepoint.slots {
                visit((stack + *slot as usize) as *mut u64);
            }
        }
        // SAFETY: promised by the caller: a frame pointer points to the caller's, under its return address.
        unsafe {
            let at = frame.wrapping_add(difference) as *const usize;
            ret = *at.add(1);
            frame = *at;
        }
    }
}

/// Return addresses from the innermost frame outwards, at most so many.
///
/// # Safety
/// As for `roots`.
pub unsafe fn return_addresses(mut frame: usize, ret: usize, difference: usize, most: usize) -> Vec<usize> {
    let mut addresses = vec![ret];
    while frame != 0 && addresses.len() < most {
        // SAFETY: promised by the caller.
        unsafe {
            let at = frame.wrapping_add(difference) as *const usize;
            addresses.push(*at.add(1));
            frame = *at;
        }
    }
    addresses
}
