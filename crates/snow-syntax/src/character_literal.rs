//! Characters in single quotes, `'a'`: how far they reach, and what was meant by one that is none.

use crate::lexer::LexicalError;

/// The length of the literal that the text begins with, in bytes; or what is wrong, and the length of that.
pub(crate) fn length(text: &str) -> Result<usize, (LexicalError, usize)> {
    let inside = &text[1..];
    let first = match inside.chars().next() {
        Some('\'') => return Err((LexicalError::EmptyCharacter, 2)),
        Some('\\') => 1 + escape_length(&inside[1..]),
        Some('\n' | '\r') | None => return Err((LexicalError::UnterminatedCharacter, 1)),
        Some(character) => character.len_utf8(),
    };
    if inside[first..].starts_with('\'') {
        return Ok(first + 2);
    }
    match closing_quote(&inside[first..]) {
        Some(end) => Err((LexicalError::SeveralCharacters, first + end + 2)),
        None => Err((LexicalError::UnterminatedCharacter, 1 + first)),
    }
}

/// Where the single quote is that ends a text in its line, if no text in double quotes begins before it.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => return Some(at),
            '"' | '\n' | '\r' => return None,
            _ => {}
        }
    }
    None
}

/// How much of what stands behind a backslash belongs to it, right or wrong.
fn escape_length(rest: &str) -> usize {
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_hexdigit).count();
    match rest.chars().next() {
        Some('u') if rest.starts_with("u{") => {
            let end = 2 + digits(2);
            end + usize::from(rest[end..].starts_with('}'))
        }
        Some('x') => 1 + digits(1),
        Some('\n' | '\r') | None => 0,
        Some(character) => character.len_utf8(),
    }
}
