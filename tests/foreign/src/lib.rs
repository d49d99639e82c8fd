//! What the tests share that meet the server by programs of others: finding these programs, tests that are skipped
//! where they are missing, and the servers that they meet.

pub mod pages;
pub mod programs;
pub mod servers;
pub mod trials;
