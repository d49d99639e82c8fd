//! The values of literals.

use super::{Lowering, token_span};
use crate::syntax_kind::SyntaxToken;

impl Lowering<'_> {
    /// The value of an integer literal, negated if a `-` stands before it. Reported and 0 if it is
    /// no number or does not fit into 64 bits.
    pub(super) fn integer(&mut self, token: &SyntaxToken, negative: bool) -> i64 {
        match integer_value(token.text()) {
            Ok(value) if negative => match 0i64.checked_sub_unsigned(value) {
                Some(value) => value,
                None => self.out_of_range(token),
            },
            Ok(value) => i64::try_from(value).unwrap_or_else(|_| self.out_of_range(token)),
            Err(Flaw::TooLarge) => self.out_of_range(token),
            Err(Flaw::NotANumber) => {
                self.error(
                    "P0003",
                    token_span(token),
                    format!("`{}` is not a number", token.text()),
                    "numbers are written `42`, `1_000`, `0xFF`, `0b101`, `0o17`, `1.5` or `2e3`",
                );
                0
            }
        }
    }

    /// The number of a character in single quotes.
    pub(super) fn character(&mut self, token: &SyntaxToken) -> i64 {
        let inside = &token.text()[1..token.text().len() - 1];
        let start = token_span(token).start as usize + 1;
        // A wrong escape was reported.
        self.unescape_text(inside, start)
            .chars()
            .next()
            .map_or(0, |character| i64::from(u32::from(character)))
    }

    fn out_of_range(&mut self, token: &SyntaxToken) -> i64 {
        self.error(
            "P0003",
            token_span(token),
            "this number does not fit into an `Int`",
            "an `Int` has 64 bits: from -9223372036854775808 to 9223372036854775807",
        );
        0
    }

    pub(super) fn float(&mut self, token: &SyntaxToken) -> f64 {
        let digits: String = token.text().chars().filter(|c| *c != '_').collect();
        match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => value,
            Ok(_) => {
                self.error("P0003", token_span(token), "this number does not fit into a `Float`", "");
                0.0
            }
            Err(_) => {
                let message = format!("`{}` is not a number", token.text());
                self.error("P0003", token_span(token), message, "");
                0.0
            }
        }
    }
}

enum Flaw {
    NotANumber,
    TooLarge,
}

fn integer_value(text: &str) -> Result<u64, Flaw> {
    let prefix = text.get(..2).map(str::to_ascii_lowercase);
    let (digits, radix) = match prefix.as_deref() {
        Some("0x") => (&text[2..], 16),
        Some("0b") => (&text[2..], 2),
        Some("0o") => (&text[2..], 8),
        _ => (text, 10),
    };
    let mut value = 0u64;
    let mut any = false;
    for character in digits.chars().filter(|c| *c != '_') {
        let digit = character.to_digit(radix).ok_or(Flaw::NotANumber)?;
        any = true;
        value = value
            .checked_mul(u64::from(radix))
            .and_then(|value| value.checked_add(u64::from(digit)))
            .ok_or(Flaw::TooLarge)?;
    }
    if any { Ok(value) } else { Err(Flaw::NotANumber) }
}
