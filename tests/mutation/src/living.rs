//! Why a mutant may live.

use crate::mutants::Mutant;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What `living.txt` says: below each line that begins with `# `, the mutants that live for that reason.
pub struct Living {
    reasons: BTreeMap<String, String>,
}

impl Living {
    /// # Panics
    /// When the file cannot be read, or a mutant stands in front of the first reason.
    pub fn read(path: &Path) -> Living {
        let text = std::fs::read_to_string(path).expect("the reasons can be read");
        let mut reasons = BTreeMap::new();
        let mut reason = None;
        for line in text.lines().filter(|line| !line.is_empty()) {
            match line.strip_prefix("# ") {
                Some(next) => reason = Some(next),
                None => {
                    let reason = reason.expect("a reason stands in front of the mutants").to_string();
                    reasons.insert(line.to_string(), reason);
                }
            }
        }
        Living { reasons }
    }

    /// Those that are named and are no mutants of the library any more.
    pub fn strangers(&self, mutants: &[Mutant]) -> Vec<&str> {
        let known: BTreeSet<String> = mutants.iter().map(Mutant::to_string).collect();
        self.reasons.keys().filter(|name| !known.contains(*name)).map(String::as_str).collect()
    }

    pub fn of(&self, mutant: &Mutant) -> Option<&str> {
        self.reasons.get(&mutant.to_string()).map(String::as_str)
    }
}
