//! The processor that code is made for, and what Cranelift is told about it.

use crate::error::CodegenError;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};

/// Which instructions the code may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// All that this machine has: for code that runs at once.
    Host,
    /// x86-64-v2 (SSE4.2, POPCNT), or the base level of another architecture: for
    /// executables that are copied to other machines.
    Portable,
}

pub(crate) struct Target {
    pub isa: OwnedTargetIsa,
    /// The platform's C convention.
    pub platform: CallConv,
    /// `x86_pshufb` is one instruction here.
    pub byte_shuffle: bool,
    /// Cranelift's names of the features that are on.
    pub features: Vec<String>,
}

const X86_64_V2: [&str; 5] = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];

/// What code for this machine alone may use besides: what our operations profit from, and no more,
/// since the loader checks each feature of an image. Other architectures: the base level.
const HOST: [&str; 6] = ["has_avx", "has_avx2", "has_fma", "has_bmi1", "has_bmi2", "has_lzcnt"];

impl Target {
    pub fn new(level: Level) -> Result<Target, CodegenError> {
        let reason = |error: &dyn std::fmt::Display| CodegenError::Target(error.to_string());
        let mut builder = cranelift_native::builder_with_options(false).map_err(|error| reason(&error))?;
        if cfg!(target_arch = "x86_64") {
            let native = cranelift_native::builder().map_err(|error| reason(&error))?;
            let native =
                native.finish(flags().map_err(|error| reason(&error))?).map_err(|error| reason(&error))?;
            let native: Vec<&str> = enabled(&*native).collect();
            let host = HOST.iter().filter(|name| level == Level::Host && native.contains(name));
            for feature in X86_64_V2.iter().chain(host) {
                if level == Level::Host && !native.contains(feature) {
                    return Err(CodegenError::Target(format!(
                        "the processor is older than x86-64-v2: no {feature}"
                    )));
                }
                builder.enable(feature).map_err(|error| reason(&error))?;
            }
        }
        let isa = builder.finish(flags().map_err(|error| reason(&error))?).map_err(|error| reason(&error))?;
        let features: Vec<String> = enabled(&*isa).map(str::to_string).collect();
        let byte_shuffle = features.iter().any(|name| name == "has_ssse3");
        Ok(Target { platform: isa.default_call_conv(), isa, byte_shuffle, features })
    }
}

fn enabled(isa: &dyn TargetIsa) -> impl Iterator<Item = &'static str> {
    let flags = isa.isa_flags().into_iter();
    flags.filter(|flag| flag.name.starts_with("has_") && flag.as_bool() == Some(true)).map(|flag| flag.name)
}

fn flags() -> Result<settings::Flags, settings::SetError> {
    let mut flags = settings::builder();
    flags.set("opt_level", "speed")?;
    // The collector and the parking stub walk frames.
    flags.set("preserve_frame_pointers", "true")?;
    // Holds the actor's record.
    flags.set("enable_pinned_reg", "true")?;
    flags.set("is_pic", "false")?;
    flags.set("enable_probestack", "false")?;
    flags.set("unwind_info", "false")?;
    flags.set("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" })?;
    Ok(settings::Flags::new(flags))
}
