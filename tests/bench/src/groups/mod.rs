//! One module for each group of measurements.

mod actors;
mod beside;
mod bytes;
mod collector;
mod compute;
mod echo;
mod fanout;
mod idle;
mod json;
mod maps;
mod scaling;
mod spawn;
mod start;
mod supervision;
mod texts;
mod timers;
mod tls;
mod workers;

use crate::Plan;
use crate::programs::Programs;
use crate::table::Table;

type Group = fn(&Programs, &Plan) -> Result<Table, String>;

/// In the order in which they run.
pub const ALL: [(&str, Group); 18] = [
    ("bytes", bytes::run),
    ("compute", compute::run),
    ("maps", maps::run),
    ("texts", texts::run),
    ("json", json::run),
    ("actors", actors::run),
    ("spawn", spawn::run),
    ("supervision", supervision::run),
    ("timers", timers::run),
    ("echo", echo::run),
    ("tls", tls::run),
    ("fanout", fanout::run),
    ("workers", workers::run),
    ("scaling", scaling::run),
    ("idle", idle::run),
    ("collector", collector::run),
    ("beside", beside::run),
    ("start", start::run),
];
