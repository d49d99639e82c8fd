//! Numbers that all actors add to.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn counters_new(count: Int) -> Bytes;
    fn counters_add(counters: Bytes, index: Int, amount: Int);
    fn counters_add_two(counters: Bytes, first: Int, a: Int, b: Int);
    fn counters_raise(counters: Bytes, index: Int, value: Int);
    fn counters_sums(counters: Bytes) -> Array<Int>;
    fn counters_greatest(counters: Bytes, index: Int) -> Int;
};
