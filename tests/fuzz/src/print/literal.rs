//! Literals.

/// A text in quotes.
pub fn text(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// What stands between the quotes.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for (at, letter) in text.chars().enumerate() {
        match letter {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\0' => escaped.push_str("\\0"),
            '$' => escaped.push_str("\\$"),
            // Now and then by its number.
            other if (at + other as usize).is_multiple_of(11) && other.is_ascii() => {
                escaped.push_str(&format!("\\x{:02x}", other as u32));
            }
            other if (at + other as usize).is_multiple_of(3) && !other.is_ascii() => {
                escaped.push_str(&format!("\\u{{{:X}}}", other as u32));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// Whole numbers, some of them in hexadecimal. The smallest has no literal.
pub fn int(number: i64) -> String {
    match number {
        i64::MIN => "(-9223372036854775807 - 1)".into(),
        256.. if number % 3 == 0 => format!("{number:#x}"),
        10_000.. if number % 3 == 1 => format!("{}_{:03}", number / 1000, number % 1000),
        _ => number.to_string(),
    }
}

/// A number with a fraction or an exponent. Others than finite ones have no literal.
pub fn float(number: f64) -> String {
    format!("{number:?}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn literals_are_written_as_the_language_has_them() {
        assert_eq!(super::int(10_003), "10_003");
        assert_eq!(super::int(258), "0x102");
        assert_eq!(super::float(2.0), "2.0");
        assert_eq!(super::float(1e300), "1e300");
        assert_eq!(super::text("a\"${b}\\"), r#""a\"\${b}\\""#);
    }
}
