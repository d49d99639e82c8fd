//! Which core a process runs on.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// The child will run on this core only. Where there is one core alone, everything stays as it is.
pub fn pin(command: &mut Command, core: usize) {
    if std::thread::available_parallelism().map_or(1, |count| count.get()) < 2 {
        return;
    }
    // SAFETY: between fork and exec only a system call is made, on a value of the closure's own.
    unsafe {
        command.pre_exec(move || {
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            libc::CPU_SET(core, &mut set);
            if libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        });
    }
}

/// Raises the limit of open files for this process and its children as far as it goes.
pub fn raise_file_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointers are to a local that outlives the calls.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
    }
}
