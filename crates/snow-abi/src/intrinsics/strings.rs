//! Functions on strings that must know Unicode.

use super::signature::{Table, signatures};
use crate::library_types::CharProperty;
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn string_trim(text: String) -> String;
    fn string_to_upper(text: String) -> String;
    fn string_to_lower(text: String) -> String;
    fn string_count(text: String) -> Int;
    fn string_offset(text: String, index: Int) -> Int;
    fn string_grapheme_end(text: String, at: Int) -> Int;
    fn char_has(property: CharProperty, character: Int) -> Bool;
    fn regex_flaw(expression: String) -> Option<String>;
    fn regex_matches(expression: String, text: String, at: Int, most: Int, groups: Bool) -> Array<Int>;
    fn regex_names(expression: String) -> Array<String>;
};
