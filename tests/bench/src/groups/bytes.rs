//! Loops over bytes: what every payload goes through.

use crate::Plan;
use crate::affinity;
use crate::measure::{Samples, best};
use crate::programs::{Programs, output_of};
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};
use std::hint::black_box;

const KEY: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

/// The texts of `bytes.snow`, repeated to 64 KiB as there.
const TEXTS: [(&str, &str); 4] = [
    ("utf8_ascii", "The quick brown fox jumps over the lazy dog. "),
    ("utf8_chinese", "敏捷的棕色狐狸跳过懒狗。"),
    ("utf8_cyrillic", "Съешь же ещё этих мягких французских булок. "),
    ("utf8_emoji", "😀🎉🚀🌍🔥✨🎈🍀"),
];

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let (mut snow, mut rust) = (Samples::default(), Samples::default());
    for _ in 0..plan.rounds {
        let mut command = programs.snow("bytes.snow");
        affinity::pin(&mut command, SERVER_CORE);
        snow.add_lines(&output_of(command)?)?;
        peers(&mut rust);
    }
    let mut table = Table::new("Loops over bytes, GB/s", &["loop", "Snow", "Rust", "Snow / Rust"]);
    let names = [
        ("unmask_16k", "unmask 16 KiB, rustc's vectorised loop"),
        ("unmask_1m", "unmask 1 MiB, rustc's vectorised loop"),
        ("utf8_ascii", "validate UTF-8, ASCII, std"),
        ("utf8_chinese", "validate UTF-8, Chinese, std"),
        ("utf8_cyrillic", "validate UTF-8, Cyrillic, std"),
        ("utf8_emoji", "validate UTF-8, emoji, std"),
    ];
    for (name, title) in names {
        // Nanoseconds for a byte; its inverse is GB/s.
        let (ours, theirs) = (1.0 / snow.median(name)?, 1.0 / rust.median(name)?);
        table.row(&[title.to_string(), figure(ours), figure(theirs), figure(ours / theirs)]);
    }
    Ok(table)
}

#[inline(never)]
fn unmask(bytes: &mut [u8], key: [u8; 4]) {
    for chunk in bytes.chunks_exact_mut(4) {
        for (byte, key) in chunk.iter_mut().zip(key) {
            *byte ^= key;
        }
    }
}

fn peers(samples: &mut Samples) {
    for (name, size, times) in [("unmask_16k", 16 * 1024, 4000), ("unmask_1m", 1024 * 1024, 100)] {
        let mut bytes = vec![7u8; size];
        let took = best(|| {
            for _ in 0..times {
                unmask(black_box(&mut bytes), black_box(KEY));
            }
        });
        samples.add(name, took / (size * times) as f64);
    }
    for (name, text) in TEXTS {
        let text = text.repeat(64 * 1024 / text.len());
        let took =
            best(|| (0..200).filter(|_| std::str::from_utf8(black_box(text.as_bytes())).is_ok()).count());
        samples.add(name, took / (text.len() * 200) as f64);
    }
}
