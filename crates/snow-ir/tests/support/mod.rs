//! What the tests share: an interpreter of the intermediate form, and short names for
//! pieces of the typed tree.
#![allow(dead_code)]

pub mod interpreter;
pub mod tree;
