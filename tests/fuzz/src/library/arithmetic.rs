//! `Int`, `Float` and `Bool`.

use super::call::Arguments;
use crate::evaluate::{Outcome, Stop, Value};

pub fn call(name: &str, function: &str, arguments: &Arguments) -> Outcome {
    Ok(match name.split('.').next() {
        Some("Int") => int(function, arguments),
        Some("Float") => return float(function, arguments),
        _ => {
            let Value::Bool(truth) = arguments.0[0] else { unreachable!("a Bool") };
            Value::Int(i64::from(truth))
        }
    })
}

fn int(function: &str, arguments: &Arguments) -> Value {
    let a = arguments.int(0);
    let b = || arguments.int(1);
    // Counts go modulo 64.
    let count = || (arguments.int(1) & 63) as u32;
    Value::Int(match function {
        "band" => a & b(),
        "bor" => a | b(),
        "bxor" => a ^ b(),
        "bnot" => !a,
        "shl" => a << count(),
        "shr" => a >> count(),
        "shr_unsigned" => (a as u64 >> count()) as i64,
        "rotate_left" => a.rotate_left(count()),
        "count_ones" => i64::from(a.count_ones()),
        "leading_zeros" => i64::from(a.leading_zeros()),
        "trailing_zeros" => i64::from(a.trailing_zeros()),
        "swap_bytes" => a.swap_bytes(),
        "min" => a.min(b()),
        "max" => a.max(b()),
        "clamp" => a.max(b()).min(arguments.int(2)),
        "less_unsigned" => return Value::Bool((a as u64) < b() as u64),
        "to_float" => return Value::Float(a as f64),
        other => unreachable!("Int.{other}"),
    })
}

fn float(function: &str, arguments: &Arguments) -> Outcome {
    Ok(match function {
        // Toward zero, and the nearest Int when out of range, and 0 for NaN: as Rust has it.
        "to_int" => Value::Int(arguments.float(0) as i64),
        "from_int" => Value::Float(arguments.int(0) as f64),
        "to_bits" if arguments.float(0).is_nan() => return Err(Stop::Unspecified("which NaN it is")),
        "to_bits" => Value::Int(arguments.float(0).to_bits() as i64),
        "from_bits" => Value::Float(f64::from_bits(arguments.int(0) as u64)),
        "is_nan" => Value::Bool(arguments.float(0).is_nan()),
        other => unreachable!("Float.{other}"),
    })
}
