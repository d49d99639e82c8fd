//! A builder of small programs, and a machine that runs them under the worst of
//! conditions: every allocation moves all objects, and every poll the stack as well.
#![allow(dead_code)]

pub mod heap;
pub mod machine;
pub mod runtime;
pub mod samples;
