//! Texts made, split, joined and replaced in.

use crate::Plan;
use crate::affinity;
use crate::measure::{Samples, best};
use crate::programs::{Programs, output_of};
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};
use std::hint::black_box;

const WORDS: usize = 1_000_000;
const DELIMITERS: usize = 800_000;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let (mut snow, mut rust) = (Samples::default(), Samples::default());
    for _ in 0..plan.rounds {
        let mut command = programs.snow("texts.snow");
        affinity::pin(&mut command, SERVER_CORE);
        snow.add_lines(&output_of(command)?)?;
        peers(&mut rust);
    }
    let mut table = Table::new("Texts, ns for each piece", &["work", "Snow", "Rust", "Snow / Rust"]);
    for (name, title) in [
        ("words", "\"w${n}\"; `format!`"),
        ("split", "split; into a `Vec<String>`"),
        ("join", "join; `[String]::join`"),
        ("replace", "replace; `str::replace`"),
    ] {
        let (ours, theirs) = (snow.median(name)?, rust.median(name)?);
        table.row(&[title.to_string(), figure(ours), figure(theirs), figure(ours / theirs)]);
    }
    Ok(table)
}

fn peers(samples: &mut Samples) {
    let mut add = |name, units: usize, took| samples.add(name, took / units as f64);
    let made = || (0..black_box(WORDS)).map(|n| format!("w{n}")).collect::<Vec<String>>();
    add("words", WORDS, best(made));
    let words = made();
    add("join", WORDS, best(|| black_box(&words).join(", ")));
    let text = "alpha,be,gamma-delta,e,".repeat(DELIMITERS / 4);
    let split = || black_box(&text).split(',').map(str::to_string).collect::<Vec<String>>();
    add("split", DELIMITERS, best(split));
    add("replace", DELIMITERS, best(|| black_box(&text).replace(',', "::")));
}
