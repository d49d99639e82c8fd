//! The world outside: output, input, environment, clocks, randomness.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn output_print(text: String) -> Option<Int>;
    fn output_check();
    fn output_flush(text: String) -> Option<Int>;
    fn output_failure() -> Option<String>;
    fn output_error(text: String) -> Option<Int>;
    fn output_error_now(text: String) -> Bool;
    fn input_ask() -> Option<Int>;
    fn input_take() -> Option<Result<Option<Bytes>, String>>;
    fn env_get(name: String) -> Option<String>;
    fn env_names() -> Array<String>;
    fn program_arguments() -> Array<String>;
    fn program_number() -> Int;
    fn program_exit(code: Int) -> Never;
    fn program_failed(what: String);
    fn test_note(subject: String, line: String);
    fn clock_monotonic() -> Int;
    fn clock_wall() -> Int;
    fn runtime_queues() -> Array<Int>;
    fn runtime_figures() -> Array<Int>;
    fn runtime_greatest(by_heap: Bool, count: Int) -> Array<Int>;
    fn runtime_place(pid: Int) -> String;
    fn int_hash_keyed(value: Int, state: Int) -> Int;
    fn random_bytes(count: Int) -> Bytes;
};
