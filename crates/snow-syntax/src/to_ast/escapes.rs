//! What stands behind a backslash in a text.

use super::{Lowering, token_span};
use crate::span::Span;
use crate::syntax_kind::SyntaxToken;

const KNOWN: &str = "the escapes are `\\n`, `\\t`, `\\r`, `\\0`, `\\\\`, `\\\"`, `\\$`, `\\x41` and `\\u{e9}`; `\\\\` is a backslash";

impl Lowering<'_> {
    /// The characters that a piece of a text stands for.
    pub(super) fn unescape(&mut self, token: &SyntaxToken) -> String {
        self.unescape_text(token.text(), token_span(token).start as usize)
    }

    /// The same of a text that begins at this byte of the file. What is neither a letter nor a digit stands for
    /// itself behind a backslash.
    pub(super) fn unescape_text(&mut self, text: &str, start: usize) -> String {
        let mut decoded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            decoded.push_str(&rest[..at]);
            let (value, length) = match escape(&rest[at + 1..]) {
                Ok(found) => found,
                Err(flaw) => {
                    let start = start + text.len() - rest.len() + at;
                    let escape = &rest[at..at + 1 + flaw.length];
                    let message = flaw.message.replace("{}", &format!("`{escape}`"));
                    self.error("P0007", Span::new(start, start + 1 + flaw.length), message, flaw.help);
                    (None, flaw.length)
                }
            };
            decoded.extend(value);
            rest = &rest[at + 1 + length..];
        }
        decoded.push_str(rest);
        decoded
    }
}

/// `{}` in the message becomes the escape, of so many bytes behind the backslash.
struct Flaw {
    message: &'static str,
    help: &'static str,
    length: usize,
}

/// What stands behind a backslash: the character that is meant, and how many bytes it takes.
fn escape(rest: &str) -> Result<(Option<char>, usize), Flaw> {
    let Some(first) = rest.chars().next() else { return Ok((Some('\\'), 0)) };
    let value = match first {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        'x' => return two_digits(rest),
        'u' => return scalar_value(rest),
        _ if first.is_alphanumeric() => {
            return Err(Flaw { message: "there is no escape {}", help: KNOWN, length: first.len_utf8() });
        }
        other => other,
    };
    Ok((Some(value), first.len_utf8()))
}

/// `x41`
fn two_digits(rest: &str) -> Result<(Option<char>, usize), Flaw> {
    let digits = 1 + digits(&rest[1..]).min(2);
    let value = u8::from_str_radix(&rest[1..digits], 16).ok().filter(|_| digits == 3);
    let flaw = |message, help| Err(Flaw { message, help, length: digits });
    match value {
        Some(value) if value.is_ascii() => Ok((Some(char::from(value)), digits)),
        Some(_) => flaw(
            "{} is no character of its own in a String",
            "a String is UTF-8: `\\u{e9}` is é; bytes are written `<<0xe9>>`",
        ),
        None => flaw("{} is not complete", "two hexadecimal digits follow `\\x`: `\\x41` is A"),
    }
}

/// `u{e9}`
fn scalar_value(rest: &str) -> Result<(Option<char>, usize), Flaw> {
    let help = "one to six hexadecimal digits in braces follow `\\u`: `\\u{e9}` is é";
    let Some(inside) = rest.strip_prefix("u{") else {
        return Err(Flaw { message: "{} is not complete", help, length: 1 });
    };
    let count = digits(inside);
    if !inside[count..].starts_with('}') {
        return Err(Flaw { message: "{} is not complete", help, length: 2 + count });
    }
    let length = 3 + count;
    if !(1..=6).contains(&count) {
        return Err(Flaw { message: "{} has no number of one to six digits", help, length });
    }
    match u32::from_str_radix(&inside[..count], 16).ok().and_then(char::from_u32) {
        Some(value) => Ok((Some(value), length)),
        None => Err(Flaw {
            message: "{} is no character",
            help: "characters are those up to `\\u{10ffff}` without `\\u{d800}` to `\\u{dfff}`",
            length,
        }),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_hexdigit).count()
}
