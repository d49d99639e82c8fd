//! Growable bytes. A buffer's bytes lie in a blob that no one shares, so that freezing gives it away.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn buffer_new(capacity: Int) -> Buffer;
    fn buffer_reserve(buffer: Buffer, more: Int);
    fn buffer_append(buffer: Buffer, bytes: Bytes);
    fn buffer_append_buffer(buffer: Buffer, other: Buffer, from: Int, to: Int);
    fn buffer_freeze(buffer: Buffer, from: Int, to: Int) -> Bytes;
    fn buffer_copy(buffer: Buffer, from: Int, to: Int) -> Bytes;
    fn buffer_consume(buffer: Buffer, count: Int);
    fn buffer_shrink(buffer: Buffer);
    fn buffer_store_decimal(buffer: Buffer, at: Int, value: Float) -> Int;
    fn buffer_load_decimal(buffer: Buffer, from: Int, to: Int) -> Float;
};
