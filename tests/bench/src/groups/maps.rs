//! Maps and sorting.

use crate::Plan;
use crate::affinity;
use crate::measure::{Samples, best};
use crate::programs::Programs;
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};
use crate::watched;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

const COUNT: i64 = 1_000_000;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let (mut snow, mut rust) = (Samples::default(), Samples::default());
    for _ in 0..plan.rounds {
        let mut command = programs.snow("maps.snow");
        affinity::pin(&mut command, SERVER_CORE);
        snow.join(watched::run(command)?);
        peers(&mut rust);
    }
    let mut table = Table::new("A million entries, ns for each", &["work", "Snow", "peer", "Snow / peer"]);
    for (name, peer, title) in [
        ("put", "insert", "put into a map; `im`, in place"),
        ("put", "update", "put into a map; `im`, by paths"),
        ("find", "get", "find in a map; `im`"),
        ("fold", "iterate", "fold over a map; `im`, in any order"),
        ("update", "count", "count words by `Map.update`; HashMap's entries"),
        ("frequencies", "count", "count words by `List.frequencies`; HashMap's entries"),
        ("sort", "sort", "sort; `slice::sort`"),
    ] {
        let (ours, theirs) = (snow.median(name)?, rust.median(peer)?);
        table.row(&[title.to_string(), format!("{ours:.0}"), format!("{theirs:.0}"), figure(ours / theirs)]);
    }
    let ours = snow.median("filled_peak")? - snow.median("before")?;
    let theirs = rust.median("bytes")?;
    table.row(&[
        "bytes, at the peak while it is filled; allocated by `im`".to_string(),
        format!("{:.0}", ours / COUNT as f64),
        format!("{:.0}", theirs / COUNT as f64),
        figure(ours / theirs),
    ]);
    Ok(table)
}

fn key(n: i64) -> i64 {
    n.wrapping_mul(-7046029254386353131) >> 20
}

fn word(n: i64) -> String {
    let number = key(n) & 0xffff;
    format!("w{}", (number * number) >> 16)
}

fn peers(samples: &mut Samples) {
    let timed = |begun: Instant| begun.elapsed().as_nanos() as f64 / COUNT as f64;

    let allocated = allocated_bytes();
    let begun = Instant::now();
    let mut map = im::HashMap::new();
    for n in 0..COUNT {
        map.insert(key(n), n);
    }
    samples.add("insert", timed(begun));
    samples.add("bytes", allocated_bytes() - allocated);
    let begun = Instant::now();
    let found: i64 = (0..COUNT).rev().map(|n| map[&key(n)]).sum();
    samples.add("get", timed(begun));
    let begun = Instant::now();
    let folded: i64 = map.values().sum();
    samples.add("iterate", timed(begun));
    assert_eq!(found, folded);
    drop(map);

    let begun = Instant::now();
    let mut map = im::HashMap::new();
    for n in 0..COUNT {
        map = map.update(key(n), n);
    }
    samples.add("update", timed(begun));
    drop(black_box(map));

    let words: Vec<String> = (0..COUNT).map(word).collect();
    let begun = Instant::now();
    let mut counts = HashMap::new();
    for word in &words {
        *counts.entry(word.as_str()).or_insert(0) += 1;
    }
    samples.add("count", timed(begun));
    assert_eq!(counts.values().sum::<i64>(), COUNT);

    let numbers: Vec<i64> = (0..COUNT).map(key).collect();
    let took = best(|| {
        let mut sorted = numbers.clone();
        sorted.sort();
        sorted
    });
    samples.add("sort", took / COUNT as f64);
}

/// What malloc has given out and not got back.
fn allocated_bytes() -> f64 {
    // SAFETY: it reads malloc's own figures.
    let figures = unsafe { libc::mallinfo2() };
    (figures.uordblks + figures.hblkhd) as f64
}
