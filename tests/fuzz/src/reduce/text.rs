//! Makes the text of a mutant smaller: by lines, then by words.

use crate::compare::{Finding, Mutant, Workplace, check_mutant};
use crate::print::File;
use std::time::{Duration, Instant};

/// Smaller files with the same finding. They are looked for until the time is over.
///
/// # Errors
/// When files cannot be written or processes cannot be started.
pub fn reduce_text(
    workplace: &Workplace,
    files: &[File],
    finding: &Finding,
    time: Duration,
) -> std::io::Result<Vec<File>> {
    let end = Instant::now() + time;
    let mut best = files.to_vec();
    for cut in [lines, words] {
        for at in 0..best.len() {
            let mut pieces = cut(&best[at].text);
            let mut size = pieces.len().div_ceil(2);
            while size > 0 && Instant::now() < end {
                let mut from = 0;
                while from < pieces.len() && Instant::now() < end {
                    let mut fewer = pieces.clone();
                    fewer.drain(from..(from + size).min(pieces.len()));
                    let mut candidate = best.clone();
                    candidate[at].text = fewer.concat();
                    match check_mutant(workplace, &candidate)? {
                        Mutant::Wrong(found) if found.is_like(finding) => {
                            best = candidate;
                            pieces = fewer;
                        }
                        _ => from += size,
                    }
                }
                size /= 2;
            }
        }
    }
    Ok(best)
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(String::from).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split_inclusive(|letter: char| !letter.is_alphanumeric()).map(String::from).collect()
}
