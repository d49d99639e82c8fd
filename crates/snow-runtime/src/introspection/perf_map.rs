//! Tells `perf` the names of Snow functions: with `SNOW_PERF_MAP=1`, the loader writes
//! the file `/tmp/perf-PID.map` in which it looks for code that no file holds.

use crate::image::FunctionInfo;
use crate::io::streams;
use std::fmt::Write;

/// A profile without names is no reason to stop: errors are reported, nothing more.
pub fn write(functions: &[FunctionInfo], code: usize) {
    let mut text = String::new();
    for function in functions {
        let name = function.name.replace(['\n', '\r'], " ");
        let _ = writeln!(text, "{:x} {:x} snow:{name}", code + function.offset as usize, function.size);
    }
    let path = format!("/tmp/perf-{}.map", std::process::id());
    if let Err(error) = std::fs::write(&path, text) {
        streams::complain(&format!("warning: {path}: {error}"));
    }
}
