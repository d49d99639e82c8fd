//! Numbers and their texts.

use super::signature::{Table, signatures};
use crate::library_types::MathFunction;
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn int_to_string(value: Int) -> String;
    fn float_to_string(value: Float) -> String;
    fn float_parse(text: String) -> Option<Float>;
    fn float_pow(base: Float, exponent: Float) -> Float;
    fn float_rem(dividend: Float, divisor: Float) -> Float;
    fn float_fixed(value: Float, digits: Int) -> String;
    fn float_function(function: MathFunction, value: Float) -> Float;
    fn float_atan2(y: Float, x: Float) -> Float;
    fn float_hypot(x: Float, y: Float) -> Float;
};
