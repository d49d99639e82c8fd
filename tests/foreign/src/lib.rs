//! What the tests share that meet the server by programs of others: finding these programs, tests that are skipped
//! where they are missing, the servers that they meet, and the scenes that they play.

pub mod pages;
pub mod programs;
pub mod scenes;
pub mod servers;
pub mod trials;
