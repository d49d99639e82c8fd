//! Why actors end.

use crate::abi::ExitKind;
use crate::handles::handle::Pid;
use std::fmt;
use std::sync::Arc;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cause {
    Normal,
    Shutdown,
    /// A crash, with its text.
    Error(Arc<str>),
    Killed,
    /// Whatever the program says.
    Custom(Arc<str>),
    /// It had ended before anyone asked.
    NoActor,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    pub cause: Cause,
    /// The actor whose end this one's is a consequence of: the first of them, and its cause.
    pub origin: Option<Pid>,
}

impl From<Cause> for Reason {
    fn from(cause: Cause) -> Reason {
        Reason { cause, origin: None }
    }
}

impl Reason {
    /// From the words with which the library describes one; see `kind`.
    pub fn from_words(kind: ExitKind, text: &str, origin: Option<Pid>) -> Reason {
        let cause = match kind {
            ExitKind::NormalExit => Cause::Normal,
            ExitKind::ShutdownExit => Cause::Shutdown,
            ExitKind::ErrorExit => Cause::Error(text.into()),
            ExitKind::KilledExit => Cause::Killed,
            ExitKind::CustomExit => Cause::Custom(text.into()),
            ExitKind::NoActorExit => Cause::NoActor,
        };
        Reason { cause, origin }
    }

    /// The library's word for the cause, without its text.
    pub fn kind(&self) -> ExitKind {
        match self.cause {
            Cause::Normal => ExitKind::NormalExit,
            Cause::Shutdown => ExitKind::ShutdownExit,
            Cause::Error(_) => ExitKind::ErrorExit,
            Cause::Killed => ExitKind::KilledExit,
            Cause::Custom(_) => ExitKind::CustomExit,
            Cause::NoActor => ExitKind::NoActorExit,
        }
    }

    pub fn text(&self) -> &str {
        match &self.cause {
            Cause::Error(text) | Cause::Custom(text) => text,
            _ => "",
        }
    }

    /// Does it end the actors that are linked to the one that ended?
    pub fn takes_along(&self) -> bool {
        !matches!(self.cause, Cause::Normal | Cause::Shutdown)
    }

    /// The reason of an actor that ends because `pid` did.
    pub fn because_of(&self, pid: Pid) -> Reason {
        Reason { cause: self.cause.clone(), origin: Some(self.origin.unwrap_or(pid)) }
    }

    /// A kill that was meant for the actor itself: it cannot be trapped.
    pub fn is_kill(&self) -> bool {
        self.cause == Cause::Killed && self.origin.is_none()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = self.origin {
            write!(out, "#Pid({origin}) took it along: ")?;
        }
        match &self.cause {
            Cause::Normal => out.write_str("it had ended"),
            Cause::Shutdown => out.write_str("it was shut down"),
            Cause::Error(text) | Cause::Custom(text) => out.write_str(text),
            Cause::Killed => out.write_str("it was killed"),
            Cause::NoActor => out.write_str("it had ended before"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_back() {
        let causes = [
            Cause::Normal,
            Cause::Shutdown,
            Cause::Error("why".into()),
            Cause::Killed,
            Cause::Custom("so".into()),
            Cause::NoActor,
        ];
        for cause in causes {
            for origin in [None, Some(Pid::new(7, 1))] {
                let reason = Reason { cause: cause.clone(), origin };
                let words = Reason::from_words(reason.kind(), reason.text(), origin);
                assert_eq!(words, reason);
            }
        }
    }

    #[test]
    fn the_first_actor_of_a_chain_is_remembered() {
        let first = Reason::from(Cause::Killed);
        assert!(first.is_kill());
        let second = first.because_of(Pid::new(3, 2));
        assert!(!second.is_kill());
        assert_eq!(second.because_of(Pid::new(4, 2)).origin, Some(Pid::new(3, 2)));
        assert_eq!(second.to_string(), "#Pid(3.2) took it along: it was killed");
    }
}
