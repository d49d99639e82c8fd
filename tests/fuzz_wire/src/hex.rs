//! Bytes as hexadecimal digits: what the harnesses read and write.

use std::fmt::Write;

/// The digits; nothing for no bytes.
pub fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digits, and `-` for no bytes, as the harnesses write them.
pub fn word(bytes: &[u8]) -> String {
    if bytes.is_empty() { "-".to_owned() } else { digits(bytes) }
}

/// The bytes of a word that a harness wrote; `None` when it is none.
pub fn bytes(word: &str) -> Option<Vec<u8>> {
    if word == "-" {
        return Some(Vec::new());
    }
    let pairs = word.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
