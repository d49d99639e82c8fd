//! What SIGUSR1 asks for: a report of what the program holds.

use super::snapshot;
use crate::runtime::Runtime;
use std::fmt::Write;

/// What `Runtime.snapshot()` shows, in lines for people.
pub fn text(runtime: &Runtime) -> String {
    let figures = snapshot::figures(runtime, None);
    let names = [
        "actors",
        "ready",
        "messages",
        "heap bytes",
        "bytes outside",
        "collections",
        "not read",
        "timers",
        "live timers",
        "sockets",
        "bytes queued",
    ];
    let mut text = String::from("Snow: what the program holds\n");
    for (name, figure) in names.iter().zip(&figures) {
        // Writing to a String does not fail.
        let _ = writeln!(text, "  {name} {figure}");
    }
    let _ = writeln!(text, "  uptime {} ms", figures[names.len()] / 1_000_000);
    text.push_str("  run queues");
    for length in snapshot::queue_lengths(runtime) {
        let _ = write!(text, " {length}");
    }
    text.push('\n');
    for (title, heaps) in [("longest mailboxes", false), ("largest heaps", true)] {
        let _ = write!(text, "  {title}");
        for (pid, figure) in snapshot::greatest(runtime, None, heaps, 10) {
            let place = snapshot::place(runtime, pid);
            let _ = write!(text, "\n    {} #Pid({pid}) {place}", figure);
        }
        text.push('\n');
    }
    text
}
