//! TLS: sockets whose bytes travel in encrypted records.
//!
//! A socket that becomes one keeps its meaning in plaintext: what is read, written, waited for and closed is the same.
//! The records are read and written where the socket is, under its lock, by the actor that owns it: without a thread,
//! and without blocking.

pub mod certificates;
pub mod configuration;
mod resolver;
pub mod session;
pub mod transfer;
pub mod turns;

#[cfg(test)]
mod tests;
