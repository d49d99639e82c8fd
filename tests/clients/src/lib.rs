//! What the tests of the server share: an echo server as a process of its own, a look at what it holds, and a
//! WebSocket client that can send anything at all.

pub mod bridge;
pub mod dice;
pub mod raw;
pub mod server;
pub mod tls;
pub mod watch;
