//! Numbers and their texts.

use super::context::*;
use super::define::define;

define! {
    fn int_to_string(context, value: Int) -> Ref {
        // Twenty bytes hold every Int; the digits are made from the end.
        let mut text = [0; 20];
        let mut at = text.len();
        let mut rest = value.unsigned_abs();
        loop {
            at -= 1;
            text[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            at -= 1;
            text[at] = b'-';
        }
        context.new_bytes(&text[at..])
    }

    fn float_to_string(context, value: Float) -> Ref {
        // Rust's text is the language's: shortest that reads back, no exponent, `inf`, `-inf`, `NaN`, `-0`.
        context.new_bytes(value.to_string().as_bytes())
    }

    fn float_parse(context, text: Ref) -> Option<Float> {
        std::str::from_utf8(context.bytes(text)).ok()?.parse().ok()
    }

    fn float_pow(_context, base: Float, exponent: Float) -> Float {
        base.powf(exponent)
    }

    fn float_rem(_context, dividend: Float, divisor: Float) -> Float {
        dividend % divisor
    }
}
