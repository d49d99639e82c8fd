//! Intrinsics that `snow-ir` lowers to a few operations of the IR, without a call.

use super::signature::{Table, signatures};
use crate::library_types::Awaited;
use crate::types::names::*;

pub const ALL: Table = signatures! {
    fn int_add | int_sub | int_mul | int_div | int_rem(a: Int, b: Int) -> Int;
    fn int_neg(value: Int) -> Int;
    fn int_eq | int_lt | int_le | int_lt_unsigned(a: Int, b: Int) -> Bool;
    fn int_band | int_bor | int_bxor(a: Int, b: Int) -> Int;
    fn int_shl | int_shr | int_shr_unsigned(value: Int, count: Int) -> Int;
    fn int_bnot | int_count_ones | int_leading_zeros | int_trailing_zeros | int_swap_bytes(value: Int) -> Int;
    fn int_to_float(value: Int) -> Float;

    fn float_add | float_sub | float_mul | float_div(a: Float, b: Float) -> Float;
    fn float_eq | float_lt | float_le(a: Float, b: Float) -> Bool;
    fn float_neg | float_sqrt | float_floor | float_ceil | float_truncate(value: Float) -> Float;
    fn float_to_int | float_bits(value: Float) -> Int;
    fn float_from_bits(bits: Int) -> Float;

    fn bool_not(value: Bool) -> Bool;
    fn bool_eq(a: Bool, b: Bool) -> Bool;
    fn bool_to_int(value: Bool) -> Int;

    fn array_new(capacity: Int) -> Array<T>;
    fn array_empty() -> Array<T>;
    fn array_get(array: Array<T>, index: Int) -> T;
    fn array_set(array: Array<T>, index: Int, value: T);
    fn array_capacity | array_front | array_back(array: Array<T>) -> Int;
    fn array_set_front | array_set_back(array: Array<T>, index: Int);

    fn bytes_length(bytes: Bytes) -> Int;
    fn bytes_load_u8 | bytes_load_u16 | bytes_load_u32 | bytes_load_u64(bytes: Bytes, at: Int) -> Int;
    fn bytes_load_u16_be | bytes_load_u32_be | bytes_load_u64_be(bytes: Bytes, at: Int) -> Int;
    fn buffer_length | buffer_capacity(buffer: Buffer) -> Int;
    fn buffer_set_length(buffer: Buffer, length: Int);
    fn buffer_load_u8 | buffer_load_u16 | buffer_load_u32 | buffer_load_u64(buffer: Buffer, at: Int) -> Int;
    fn buffer_load_u16_be | buffer_load_u32_be | buffer_load_u64_be(buffer: Buffer, at: Int) -> Int;
    fn buffer_store_u8 | buffer_store_u16 | buffer_store_u32 | buffer_store_u64(buffer: Buffer, at: Int, value: Int);
    fn buffer_store_u16_be | buffer_store_u32_be | buffer_store_u64_be(buffer: Buffer, at: Int, value: Int);
    fn string_to_bytes(text: String) -> Bytes;
    fn string_from_bytes(bytes: Bytes) -> String;
    fn string_length_bytes(text: String) -> Int;

    fn vector_load_bytes(bytes: Bytes, at: Int) -> U8x16;
    fn vector_load_buffer(buffer: Buffer, at: Int) -> U8x16;
    fn vector_store(buffer: Buffer, at: Int, vector: U8x16);
    fn vector_splat(value: Int) -> U8x16;
    fn vector_of(
        a: Int, b: Int, c: Int, d: Int, e: Int, f: Int, g: Int, h: Int,
        i: Int, j: Int, k: Int, l: Int, m: Int, n: Int, o: Int, p: Int,
    ) -> U8x16;
    fn vector_and | vector_or | vector_xor(a: U8x16, b: U8x16) -> U8x16;
    fn vector_add | vector_sub | vector_sub_saturating(a: U8x16, b: U8x16) -> U8x16;
    fn vector_equal | vector_greater(a: U8x16, b: U8x16) -> U8x16;
    fn vector_lookup(table: U8x16, indexes: U8x16) -> U8x16;
    fn vector_shift_right(vector: U8x16, count: Int) -> U8x16;
    fn vector_align(before: U8x16, vector: U8x16, count: Int) -> U8x16;
    fn vector_any(vector: U8x16) -> Bool;
    fn vector_high_bits(vector: U8x16) -> Int;

    fn panic(message: String) -> Never;
    fn message_type(witness: Option<Pid<M>>) -> MessageType;
    fn own_address() -> Pid;
    fn park();
    fn timer_sleep(milliseconds: Int);
    fn reply_wait(reference: Int, deadline: Int) -> Awaited;
    fn reply_wait_forever(reference: Int);
    fn unsafe_cast(value: A) -> B;
};
