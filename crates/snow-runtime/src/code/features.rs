//! Which features of a processor an image may ask for, by Cranelift's names.

use super::error::LoadError;

/// # Errors
/// The first feature that this processor lacks.
pub fn check(features: &[String]) -> Result<(), LoadError> {
    match features.iter().find(|name| !has_feature(name)) {
        None => Ok(()),
        Some(name) => Err(LoadError::MissingFeature(name.clone())),
    }
}

#[cfg(target_arch = "x86_64")]
fn has_feature(name: &str) -> bool {
    macro_rules! detect {
        ($($cranelift:literal => $rust:tt),* $(,)?) => {
            match name {
                $($cranelift => std::is_x86_feature_detected!($rust),)*
                // Every x86-64 processor.
                "has_sse" | "has_sse2" => true,
                _ => false,
            }
        };
    }
    detect! {
        "has_sse3" => "sse3",
        "has_ssse3" => "ssse3",
        "has_sse41" => "sse4.1",
        "has_sse42" => "sse4.2",
        "has_popcnt" => "popcnt",
        "has_cmpxchg16b" => "cmpxchg16b",
        "has_avx" => "avx",
        "has_avx2" => "avx2",
        "has_fma" => "fma",
        "has_bmi1" => "bmi1",
        "has_bmi2" => "bmi2",
        "has_lzcnt" => "lzcnt",
        "has_avx512f" => "avx512f",
        "has_avx512vl" => "avx512vl",
        "has_avx512dq" => "avx512dq",
        "has_avx512vbmi" => "avx512vbmi",
        "has_avx512bitalg" => "avx512bitalg",
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn has_feature(_name: &str) -> bool {
    false
}
