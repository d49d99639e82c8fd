//! How a program is run.

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Threads that run actors; 0: one for each processor that this process may use.
    pub workers: usize,
    /// Deterministic mode: one worker, virtual time, and the order of actors chosen by this number. Real
    /// sockets are refused in it.
    pub seed: Option<u64>,
    /// For tests of the compiler: every poll parks, every allocation collects, and the stack's address
    /// changes each time.
    pub torture: bool,
    /// What the program gets as its own arguments.
    pub arguments: Vec<String>,
}

impl Options {
    /// `SNOW_WORKERS` (a number) and `SNOW_TORTURE` (1).
    pub fn from_env() -> Options {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.trim().parse().ok());
        Options {
            workers: number("SNOW_WORKERS").unwrap_or(0),
            torture: number("SNOW_TORTURE").is_some_and(|value| value != 0),
            ..Options::default()
        }
    }

    pub(crate) fn worker_count(&self) -> usize {
        if self.seed.is_some() {
            return 1;
        }
        // A handle of a timer has seven bits for the worker.
        let available = || std::thread::available_parallelism().map_or(1, |count| count.get());
        if self.workers == 0 { available() } else { self.workers }.clamp(1, 128)
    }
}
