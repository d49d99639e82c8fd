//! Addresses of actors, as compiled code holds them: immediates, or adapters that lead to one.

use crate::abi::adapter;
use crate::handles::handle::Pid;
use crate::heap::object::Ref;

/// The address of an actor itself.
#[inline]
pub fn of_actor(pid: Pid) -> Ref {
    Ref((pid.to_int() as u64) << 1 | 1)
}

/// The actor to which an address leads.
///
/// # Safety
/// It is a Pid of compiled code, alive.
#[inline]
pub unsafe fn actor(mut address: Ref) -> Pid {
    while address.is_object() {
        // SAFETY: only adapters are objects.
        address = unsafe { Ref(address.word(adapter::TO)) };
    }
    of_immediate(address)
}

/// The actor of an address that is no adapter.
#[inline]
pub fn of_immediate(address: Ref) -> Pid {
    Pid::from_int((address.0 >> 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pid_fits_into_an_immediate() {
        for pid in [Pid::new(0, 1), Pid::new(u32::MAX, 0x7fff_ffff)] {
            // SAFETY: an immediate is not followed.
            assert_eq!(unsafe { actor(of_actor(pid)) }, pid);
        }
    }
}
