//! Functions on strings that must know Unicode.

use super::context::*;
use super::define::define;
use crate::abi::CharProperty;
use crate::expressions::Matches;
use crate::memory::emergency;
use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

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

    fn string_grapheme_end(context, text: Ref, at: Int) -> Int {
        let bytes = context.bytes(text);
        let rest = usize::try_from(at).ok().and_then(|at| std::str::from_utf8(bytes.get(at..)?).ok());
        let first = rest.and_then(|rest| rest.graphemes(true).next());
        first.map_or(bytes.len() as i64, |grapheme| at + grapheme.len() as i64)
    }

    fn regex_flaw(context, expression: Ref) -> Option<Ref> {
        let why = context.runtime().expressions.get(&context.text(expression)).err()?;
        Some(context.new_bytes(why.as_bytes()))
    }

    fn regex_matches(context, expression: Ref, text: Ref, at: Int, most: Int, groups: Bool) -> Ref {
        let Some(expression) = context.expression(expression) else { return context.new_numbers(&[]) };
        let text = context.text(text);
        let matches = Matches::new(&expression, &text, at, groups);
        let numbers: Vec<i64> = matches.take(usize::try_from(most).unwrap_or(0)).flatten().collect();
        context.new_numbers(&numbers)
    }

    fn regex_names(context, expression: Ref) -> Ref {
        let Some(expression) = context.expression(expression) else { return context.new_array(&[]) };
        let names = expression.capture_names();
        let names: Vec<Ref> = names.map(|name| context.new_bytes(name.unwrap_or_default().as_bytes())).collect();
        context.new_array(&names)
    }

    leaf {
        fn char_has(_context, property: CharProperty, character: Int) -> Bool {
            let character = u32::try_from(character).ok().and_then(char::from_u32);
            character.is_some_and(|character| match property {
                CharProperty::Alphabetic => character.is_alphabetic(),
                CharProperty::Numeric => character.is_numeric(),
                CharProperty::Whitespace => character.is_whitespace(),
                CharProperty::Uppercase => character.is_uppercase(),
                CharProperty::Lowercase => character.is_lowercase(),
                CharProperty::Control => character.is_control(),
            })
        }
    }
}

impl Context<'_> {
    /// The expression of this text. The actor ends when it is none.
    fn expression(self, text: Ref) -> Option<Regex> {
        match self.runtime().expressions.get(&self.text(text)) {
            Ok(expression) => Some(expression),
            Err(why) => {
                self.crash::<()>(format!("no regular expression: {why}"));
                None
            }
        }
    }
}

/// Every byte of UTF-8 but the continuations.
fn starts_character(byte: u8) -> bool {
    byte as i8 >= -0x40
}
