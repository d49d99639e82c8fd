//! A builder of small programs, and a machine that runs them under the worst of
//! collectors: every allocation and every poll moves all objects.
#![allow(dead_code)]

pub mod build;
pub mod heap;
pub mod interpret;
pub mod machine;
