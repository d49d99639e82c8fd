//! What a server must look like again when its clients have gone, whatever they did.

use crate::server::{Server, is_logged};
use snow_tests::process::PATIENCE;
use std::time::{Duration, Instant};

/// How much more may be resident after abuse than before: what allocators and pools keep for the next clients.
pub const KEPT: u64 = 16 << 20;

/// A server at rest, before the clients of a test come.
pub struct Rest {
    descriptors: usize,
    resident: u64,
    said: usize,
}

impl Rest {
    /// Serves some clients, so that everything that is made once has been made, and looks at the server then.
    pub fn of(server: &mut Server) -> Rest {
        let alone = server.descriptors();
        for _ in 0..3 {
            server.assert_serving();
        }
        // The clients' sockets are closed here a moment after they are there. The connection that told that
        // the server listens may have counted in `alone`, so it is an upper bound only.
        server.await_descriptors(alone);
        std::thread::sleep(Duration::from_millis(300));
        Rest {
            descriptors: server.descriptors(),
            resident: server.resident(),
            said: server.stderr().lines().count(),
        }
    }

    /// The server serves, has closed all that it opened, has given back what it took, and has said nothing of its peers
    /// but lines of its log.
    pub fn assert_again(&self, server: &mut Server) {
        server.assert_serving();
        server.await_descriptors(self.descriptors);
        let end = Instant::now() + PATIENCE;
        while server.resident() > self.resident + KEPT {
            assert!(
                Instant::now() < end,
                "{} bytes are resident, {} were before the clients came",
                server.resident(),
                self.resident
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let stderr = server.stderr();
        let more: Vec<&str> = stderr.lines().skip(self.said).filter(|line| !is_logged(line)).collect();
        assert!(more.is_empty(), "it wrote to stderr: {more:?}");
    }

    /// How many descriptors were open.
    pub fn descriptors(&self) -> usize {
        self.descriptors
    }

    /// How many bytes more than at rest are resident now.
    pub fn growth(&self, server: &Server) -> u64 {
        server.resident().saturating_sub(self.resident)
    }
}
