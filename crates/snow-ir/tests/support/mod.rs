//! Short names for pieces of the typed tree.
#![allow(dead_code)]

pub mod tree;
