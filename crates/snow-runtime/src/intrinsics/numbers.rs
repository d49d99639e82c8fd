//! Numbers and their texts.

use super::context::*;
use super::define::define;
use crate::abi::MathFunction;

/// More digits behind the point no Float has: the smallest has 1,074.
const MOST_DIGITS: i64 = 1100;

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

    fn float_fixed(context, value: Float, digits: Int) -> Ref {
        let digits = digits.clamp(0, MOST_DIGITS) as usize;
        context.new_bytes(format!("{value:.digits$}").as_bytes())
    }

    leaf {
        fn float_function(_context, function: MathFunction, value: Float) -> Float {
            match function {
                MathFunction::Sine => value.sin(),
                MathFunction::Cosine => value.cos(),
                MathFunction::Tangent => value.tan(),
                MathFunction::ArcSine => value.asin(),
                MathFunction::ArcCosine => value.acos(),
                MathFunction::ArcTangent => value.atan(),
                MathFunction::HyperbolicSine => value.sinh(),
                MathFunction::HyperbolicCosine => value.cosh(),
                MathFunction::HyperbolicTangent => value.tanh(),
                MathFunction::Exponential => value.exp(),
                MathFunction::NaturalLogarithm => value.ln(),
                MathFunction::BinaryLogarithm => value.log2(),
                MathFunction::DecimalLogarithm => value.log10(),
                MathFunction::CubeRoot => value.cbrt(),
            }
        }

        fn float_atan2(_context, y: Float, x: Float) -> Float {
            y.atan2(x)
        }

        fn float_hypot(_context, x: Float, y: Float) -> Float {
            x.hypot(y)
        }
    }
}
