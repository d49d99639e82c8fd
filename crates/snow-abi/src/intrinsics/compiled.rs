//! Intrinsics that the compiler calls: no `extern fn` can bind to them.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const COMPILED: Table = signatures! {
    fn snow_poll();
    fn snow_park();
    fn snow_allocate(words: Int) -> Ref;
    fn snow_allocate_array(references: Int, capacity: Int) -> Ref;
    fn snow_remember(slot: Int);
    fn bytes_new(length: Int) -> Ref;
    fn bytes_copy_into(target: Ref, at: Int, source: Ref);
    fn snow_panic(message: Ref);
    fn snow_panic_static(address: Int, length: Int);
};
