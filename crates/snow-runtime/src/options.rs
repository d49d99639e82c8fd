//! How a program is run: what its caller and the environment say.

/// A handle of a timer has seven bits for the worker.
const MOST_WORKERS: usize = 128;

/// What a variable says, if it is set.
fn variable<T>(name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    let Some(value) = std::env::var_os(name) else { return Ok(None) };
    match value.to_str().and_then(parse) {
        Some(meaning) => Ok(Some(meaning)),
        None => Err(format!("{name} is {:?}", value.to_string_lossy())),
    }
}

fn switch(name: &str) -> Result<bool, String> {
    let parse = |text: &str| match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    };
    let on = variable(name, parse).map_err(|wrong| format!("{wrong}; it must be 0 or 1, or not set"))?;
    Ok(on.unwrap_or(false))
}

/// How a program is run.
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
    /// What the variables `SNOW_WORKERS` and `SNOW_TORTURE` say.
    ///
    /// # Errors
    /// When one of the runtime's variables has a value that means nothing: a sentence that says what does.
    pub fn from_env() -> Result<Options, String> {
        // Looked at by the loader, which does not complain.
        switch("SNOW_PERF_MAP")?;
        let workers = variable("SNOW_WORKERS", |text| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|count| digits && (1..=MOST_WORKERS).contains(count))
        });
        let workers = workers.map_err(|wrong| {
            format!("{wrong}; it must be a whole number from 1 to {MOST_WORKERS}, or not set: one for each processor")
        })?;
        Ok(Options { workers: workers.unwrap_or(0), torture: switch("SNOW_TORTURE")?, ..Options::default() })
    }

    pub(crate) fn worker_count(&self) -> usize {
        if self.seed.is_some() {
            return 1;
        }
        let available = || std::thread::available_parallelism().map_or(1, |count| count.get());
        if self.workers == 0 { available() } else { self.workers }.clamp(1, MOST_WORKERS)
    }
}
