//! What a test that fails shows beside its own report: notes that actors have taken while it ran.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::fmt::Write;

/// Of each subject the last so many lines, and of a line so many characters.
const LINES: usize = 20;
const CHARACTERS: usize = 200;
/// Of so many subjects, the first ones.
const SUBJECTS: usize = 50;

/// Notes by subject, in the order in which the subjects came up.
#[derive(Default)]
pub struct TestNotes {
    subjects: Mutex<Vec<Subject>>,
}

struct Subject {
    name: String,
    lines: VecDeque<String>,
    /// Lines that were there before them.
    earlier: usize,
}

impl TestNotes {
    /// Adds a line about a subject.
    pub fn add(&self, name: &str, line: &str) {
        let line = line.chars().take(CHARACTERS).collect();
        let mut subjects = self.subjects.lock();
        let found = subjects.iter().position(|subject| subject.name == name);
        if let Some(subject) = found.map(|at| &mut subjects[at]) {
            if subject.lines.len() == LINES {
                subject.lines.pop_front();
                subject.earlier += 1;
            }
            subject.lines.push_back(line);
        } else if subjects.len() < SUBJECTS {
            subjects.push(Subject { name: name.to_string(), lines: [line].into(), earlier: 0 });
        }
    }

    /// All of them, each line behind a line break.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for subject in self.subjects.lock().iter() {
            let _ = write!(text, "\n{}:", subject.name);
            if subject.earlier > 0 {
                let _ = write!(text, "\n  ({} lines before these)", subject.earlier);
            }
            for line in &subject.lines {
                let _ = write!(text, "\n  {line}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_stand_below_their_subjects_in_order() {
        let notes = TestNotes::default();
        assert_eq!(notes.text(), "");
        notes.add("ann", "a");
        notes.add("bob", "b");
        notes.add("ann", "c");
        assert_eq!(notes.text(), "\nann:\n  a\n  c\nbob:\n  b");
    }

    #[test]
    fn the_last_lines_of_a_subject_are_kept() {
        let notes = TestNotes::default();
        (0..25).for_each(|number| notes.add("ann", &format!("line {number}")));
        let text = notes.text();
        assert!(text.starts_with("\nann:\n  (5 lines before these)\n  line 5\n"), "{text}");
        assert!(text.ends_with("\n  line 24"), "{text}");
    }

    #[test]
    fn lines_and_subjects_are_bounded() {
        let notes = TestNotes::default();
        (0..60).for_each(|number| notes.add(&number.to_string(), &"ü".repeat(300)));
        assert_eq!(notes.text().lines().filter(|line| line.ends_with(':')).count(), SUBJECTS);
        assert!(notes.text().lines().all(|line| line.chars().count() <= CHARACTERS + 2));
    }
}
