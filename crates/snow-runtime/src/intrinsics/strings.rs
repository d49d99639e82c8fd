//! Functions on strings that must know Unicode.

use super::context::*;
use super::define::define;
use crate::memory::emergency;

define! {
    fn string_trim(context, text: Ref) -> Ref {
        let bytes = context.bytes(text);
        match std::str::from_utf8(bytes) {
            Ok(whole) => {
                let trimmed = whole.trim();
                let from = trimmed.as_ptr() as usize - whole.as_ptr() as usize;
                context.slice(text, from, from + trimmed.len())
            }
            Err(_) => context.new_bytes(context.text(text).trim().as_bytes()),
        }
    }

    fn string_to_upper(context, text: Ref) -> Ref {
        emergency::expect_bytes(2 * context.bytes(text).len());
        context.new_bytes(context.text(text).to_uppercase().as_bytes())
    }

    fn string_to_lower(context, text: Ref) -> Ref {
        emergency::expect_bytes(2 * context.bytes(text).len());
        context.new_bytes(context.text(text).to_lowercase().as_bytes())
    }

    fn string_count(context, text: Ref) -> Int {
        context.bytes(text).iter().filter(|byte| starts_character(**byte)).count() as i64
    }

    fn string_offset(context, text: Ref, index: Int) -> Int {
        let bytes = context.bytes(text);
        let mut starts = bytes.iter().enumerate().filter(|(_, byte)| starts_character(**byte));
        starts.nth(index.max(0) as usize).map_or(bytes.len(), |(at, _)| at) as i64
    }
}

/// Every byte of UTF-8 but the continuations.
fn starts_character(byte: u8) -> bool {
    byte as i8 >= -0x40
}
