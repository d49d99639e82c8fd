//! Addresses of actors, as compiled code holds them: immediates, or adapters that lead to one.

use super::record;
use crate::abi::adapter;
use crate::heap::object::Ref;

/// How people are shown an actor: the number of its place, and how many actors have had that place when there was
/// another one before.
pub fn shown(pid: i64) -> String {
    let (index, generation) = (record::index_of(pid), record::generation_of(pid));
    if generation == 1 { index.to_string() } else { format!("{index}.{generation}") }
}

/// The address of an actor itself.
pub fn of_actor(pid: i64) -> Ref {
    Ref((pid as u64) << 1 | 1)
}

/// The actor to which an address leads.
///
/// # Safety
/// It is a Pid of compiled code, alive.
pub unsafe fn actor(mut address: Ref) -> i64 {
    while address.is_object() {
        // SAFETY: only adapters are objects.
        address = unsafe { Ref(address.word(adapter::TO)) };
    }
    (address.0 >> 1) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::record::make_pid;

    #[test]
    fn every_pid_fits_into_an_immediate() {
        for pid in [make_pid(0, 1), make_pid(u32::MAX, 0x7fff_ffff)] {
            // SAFETY: an immediate is not followed.
            assert_eq!(unsafe { actor(of_actor(pid)) }, pid);
        }
    }
}
