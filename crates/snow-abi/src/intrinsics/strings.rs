//! Functions on strings that must know Unicode.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn string_trim(text: String) -> String;
    fn string_to_upper(text: String) -> String;
    fn string_to_lower(text: String) -> String;
    fn string_count(text: String) -> Int;
    fn string_offset(text: String, index: Int) -> Int;
};
