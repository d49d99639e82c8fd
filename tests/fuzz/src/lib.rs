//! Random Snow programs that say themselves what they must print.

pub mod compare;
pub mod evaluate;
pub mod generate;
pub mod library;
pub mod mutate;
pub mod print;
pub mod program;
pub mod random;
pub mod reduce;
