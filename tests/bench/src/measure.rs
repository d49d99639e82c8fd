//! Numbers out of runs.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

/// Measured values by name, one of each round.
#[derive(Default)]
pub struct Samples(BTreeMap<String, Vec<f64>>);

impl Samples {
    pub fn add(&mut self, name: &str, value: f64) {
        self.0.entry(name.to_string()).or_default().push(value);
    }

    /// Adds what was sampled in another round.
    pub fn join(&mut self, other: Samples) {
        for (name, values) in other.0 {
            self.0.entry(name).or_default().extend(values);
        }
    }

    /// Lines `name nanoseconds units`: the time of one unit is added under the name.
    pub fn add_lines(&mut self, output: &str) -> Result<(), String> {
        for line in output.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [name, nanoseconds, units] = words[..] else {
                return Err(format!("not `name nanoseconds units`: {line:?}"));
            };
            let number =
                |text: &str| text.parse::<f64>().map_err(|_| format!("not a number: {text:?} in {line:?}"));
            self.add(name, number(nanoseconds)? / number(units)?);
        }
        Ok(())
    }

    pub fn median(&self, name: &str) -> Result<f64, String> {
        let mut values =
            self.0.get(name).cloned().ok_or_else(|| format!("nothing was measured for {name}"))?;
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        Ok(if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 })
    }
}

/// The least time of five runs in nanoseconds, as the Snow programs measure too.
pub fn best<R>(mut work: impl FnMut() -> R) -> f64 {
    (0..5)
        .map(|_| {
            let begun = Instant::now();
            black_box(work());
            begun.elapsed().as_nanos() as f64
        })
        .fold(f64::MAX, f64::min)
}
