//! Immutable bytes.

use super::signature::{Table, signatures};
use crate::library_types::Ordering;
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn bytes_slice(bytes: Bytes, from: Int, to: Int) -> Bytes;
    fn bytes_concat(parts: Array<Bytes>) -> Bytes;
    fn bytes_join(parts: Array<Bytes>, first: Int, count: Int, delimiter: Bytes) -> Bytes;
    fn bytes_equal(left: Bytes, right: Bytes) -> Bool;
    fn bytes_compare(left: Bytes, right: Bytes) -> Ordering;
    fn bytes_find(bytes: Bytes, part: Bytes, from: Int) -> Option<Int>;
    fn bytes_hash(bytes: Bytes) -> Int;
    fn bytes_hash_keyed(bytes: Bytes, state: Int) -> Int;
    fn base64_encode(bytes: Bytes) -> String;
    fn base64_decode(text: String) -> Option<Bytes>;
};
