//! JSON out of types and into them, against serde_json.

use crate::Plan;
use crate::affinity;
use crate::measure::{Samples, best};
use crate::programs::{Programs, output_of};
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let (mut snow, mut rust) = (Samples::default(), Samples::default());
    let documents = SCALES.map(Documents::new);
    for _ in 0..plan.rounds {
        let mut command = programs.snow("json.snow");
        affinity::pin(&mut command, SERVER_CORE);
        let lines = output_of(command)?;
        snow.add_lines(&lines)?;
        for documents in &documents {
            documents.check(&lines)?;
            documents.measure(&mut rust);
        }
    }
    let title = "JSON, nanoseconds for each byte of the document";
    let mut table = Table::new(title, &["document", "Snow", "serde_json", "Snow / serde_json"]);
    for scale in SCALES {
        for (name, title) in [
            ("feed_out", format!("a feed of {} posts, out of types", 200 * scale)),
            ("feed_in", "the same, into types".to_string()),
            ("numbers_out", format!("{} each of counts, prices and coordinates, out of types", 2000 * scale)),
            ("numbers_in", "the same, into types".to_string()),
        ] {
            let name = format!("{name}_{scale}");
            let (ours, theirs) = (snow.median(&name)?, rust.median(&name)?);
            table.row(&[title, figure(ours), figure(theirs), figure(ours / theirs)]);
        }
    }
    Ok(table)
}

/// The documents have about 100 kB times the scale.
const SCALES: [i64; 2] = [1, 10];

/// The values of `json.snow`, fields in alphabetical order as there.
struct Documents {
    scale: i64,
    posts: Vec<Post>,
    feed: String,
    numbers: Numbers,
    number_text: String,
}

#[derive(Serialize, Deserialize)]
struct User {
    followers: i64,
    id: i64,
    location: Option<String>,
    name: String,
    screen_name: String,
    verified: bool,
}

#[derive(Serialize, Deserialize)]
struct Media {
    height: i64,
    url: String,
    width: i64,
}

#[derive(Serialize, Deserialize)]
struct Post {
    author: User,
    created_at: String,
    favorites: i64,
    id: i64,
    media: Vec<Media>,
    reply_to: Option<i64>,
    score: f64,
    tags: Vec<String>,
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Numbers {
    counts: Vec<i64>,
    prices: Vec<f64>,
    track: Vec<Vec<f64>>,
}

const TEXTS: [&str; 4] = [
    "The quick brown fox jumps over the lazy dog.",
    "Line one\nline two \"quoted\", and a path C:\\temp\\file",
    "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "敏捷的棕色狐狸跳过懒狗 🚀 and it goes on for some more words, as posts do when nobody stops them.",
];

fn random(index: i64, limit: i64) -> i64 {
    let mixed = index.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    ((mixed as u64) >> 33) as i64 % limit
}

fn user(index: i64) -> User {
    let city = || format!("City number {}", random(index, 500));
    User {
        followers: random(index, 1000000),
        id: index * 7919,
        location: (random(index + 1, 3) != 0).then(city),
        name: format!("User Number {index}"),
        screen_name: format!("user_{index}"),
        verified: random(index + 2, 10) == 0,
    }
}

fn media(index: i64) -> Media {
    Media {
        height: 480 + random(index, 600),
        url: format!("https://media.example.org/pictures/{}.jpg", random(index, 1000000000)),
        width: 640,
    }
}

fn post(index: i64) -> Post {
    Post {
        author: user(random(index, 300)),
        created_at: format!("2026-11-{}T08:15:00Z", 10 + random(index, 20)),
        favorites: random(index + 3, 5000),
        id: 505874924095815680 + index,
        media: (0..random(index + 4, 3)).map(|at| media(index + at)).collect(),
        reply_to: (random(index + 5, 2) != 0).then_some(505874924095815000 + index),
        score: random(index + 6, 100000) as f64 / 1000.0,
        tags: (0..random(index + 7, 4)).map(|at| format!("tag{}", random(index + at, 100))).collect(),
        text: TEXTS[random(index + 8, 4) as usize].to_string(),
    }
}

fn coordinate(index: i64) -> f64 {
    random(index, 2000000000) as f64 / 2000000000.0 * 360.0 - 180.0
}

fn numbers(count: i64) -> Numbers {
    Numbers {
        counts: (0..count).map(|index| random(index, 2000000000) - 1000000000).collect(),
        prices: (0..count).map(|index| random(index, 10000000) as f64 / 100.0).collect(),
        track: (0..count).map(|index| vec![coordinate(index), coordinate(index + 1)]).collect(),
    }
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("these types can be written")
}

impl Documents {
    fn new(scale: i64) -> Documents {
        let posts: Vec<Post> = (0..200 * scale).map(post).collect();
        let numbers = numbers(2000 * scale);
        Documents { scale, feed: written(&posts), number_text: written(&numbers), posts, numbers }
    }

    /// Both sides have the same documents: they are at least equally long.
    fn check(&self, lines: &str) -> Result<(), String> {
        let lengths = [("feed_out", self.feed.len()), ("numbers_out", self.number_text.len())];
        for (name, length) in lengths {
            let name = format!("{name}_{} ", self.scale);
            let line = lines.lines().find(|line| line.starts_with(&name)).unwrap_or_default();
            if line.rsplit(' ').next() != Some(&*length.to_string()) {
                return Err(format!("the peer's document has {length} bytes: {line}"));
            }
        }
        Ok(())
    }

    fn measure(&self, samples: &mut Samples) {
        let mut add = |name, took, text: &str| {
            samples.add(&format!("{name}_{}", self.scale), took / text.len() as f64);
        };
        add("feed_out", best(|| written(black_box(&self.posts))), &self.feed);
        add("feed_in", best(|| serde_json::from_str::<Vec<Post>>(black_box(&self.feed))), &self.feed);
        add("numbers_out", best(|| written(black_box(&self.numbers))), &self.number_text);
        let read = || serde_json::from_str::<Numbers>(black_box(&self.number_text));
        add("numbers_in", best(read), &self.number_text);
    }
}
