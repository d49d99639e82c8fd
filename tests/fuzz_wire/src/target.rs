//! What is tried: each has a harness in Snow, a folder of the corpus, and a judge.

use crate::input::Input;
use crate::oracle::{self, head::Limits};
use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// The head of a request, and the answer to it.
    Head,
    /// Frames as the server reads them.
    Frames,
    /// Payloads of Close frames.
    Close,
    /// All of a connection, from the request to its end.
    Connection,
}

impl Target {
    pub const ALL: [Target; 4] = [Target::Head, Target::Frames, Target::Close, Target::Connection];

    pub fn name(self) -> &'static str {
        match self {
            Target::Head => "head",
            Target::Frames => "frames",
            Target::Close => "close",
            Target::Connection => "connection",
        }
    }

    /// The numbers that an input of this target may have; the harness says what they mean.
    pub fn numbers(self) -> &'static [u64] {
        match self {
            Target::Head => &[16_384, 400],
            Target::Frames => &[70_000, 1_000, 125],
            Target::Close => &[0],
            Target::Connection => {
                &[oracle::connection::STAYS, oracle::connection::FINISHES, oracle::connection::CUTS]
            }
        }
    }

    /// Inputs that one process is given: what comes before an input must not matter, but starting costs.
    pub fn batch(self) -> u64 {
        match self {
            Target::Head | Target::Frames => 1_000,
            Target::Close => 4_000,
            Target::Connection => 500,
        }
    }

    /// Is the answer of the harness what it must be?
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn judge(self, input: &Input, answer: &str) -> Result<(), String> {
        match self {
            Target::Head => {
                oracle::head_answer::judge(&input.bytes, Limits::of_bytes(input.number as usize), answer)
            }
            Target::Frames => same(&oracle::frames::read(&input.bytes, input.number).told(), answer),
            Target::Close => same(&oracle::close::told(&input.bytes), answer),
            Target::Connection => oracle::connection::judge(&input.bytes, input.number, answer),
        }
    }

    /// Must all cuts of an input have the same answer? Of a connection that stays, the pings hold random numbers.
    pub fn is_exact(self) -> bool {
        self != Target::Connection
    }
}

fn same(expected: &str, answer: &str) -> Result<(), String> {
    if expected == answer { Ok(()) } else { Err(format!("expected: {expected}")) }
}
