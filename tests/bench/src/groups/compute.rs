//! Recursion, loops, arrays and lists.

use crate::Plan;
use crate::affinity;
use crate::measure::{Samples, best};
use crate::programs::{Programs, output_of};
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};
use std::hint::black_box;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    programs.c_peer("compute")?;
    let (mut snow, mut rust, mut c) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..plan.rounds {
        let mut command = programs.snow("compute.snow");
        affinity::pin(&mut command, SERVER_CORE);
        snow.add_lines(&output_of(command)?)?;
        let mut command = programs.c_peer("compute")?;
        affinity::pin(&mut command, SERVER_CORE);
        c.add_lines(&output_of(command)?)?;
        peers(&mut rust);
    }
    let mut table =
        Table::new("Computing, ns for one unit of work", &["work", "Snow", "peer", "Snow / peer"]);
    let rows = [
        ("fib", "fib(35), a call; rustc -O", &rust),
        ("fib", "fib(35), a call; gcc -O2", &c),
        ("loop", "integer loop, a turn; gcc -O2", &c),
        ("array", "array sum, an element; gcc -O2", &c),
        ("list", "list build, map and fold, an element; Rust with a bump allocator", &rust),
    ];
    for (name, title, peer) in rows {
        let (ours, theirs) = (snow.median(name)?, peer.median(name)?);
        table.row(&[title.to_string(), format!("{ours:.3}"), format!("{theirs:.3}"), figure(ours / theirs)]);
    }
    Ok(table)
}

#[inline(never)]
fn fib(n: i64) -> i64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

/// Cons cells in a vector: allocating is one bounds check and one addition, freeing is nothing.
struct Cells {
    cells: Vec<(i64, u32)>,
}

/// The end of a list.
const NIL: u32 = u32::MAX;

impl Cells {
    fn cons(&mut self, head: i64, tail: u32) -> u32 {
        let at = self.cells.len() as u32;
        self.cells.push((head, tail));
        at
    }

    fn build(&mut self, count: i64) -> u32 {
        (1..=count).rev().fold(NIL, |tail, head| self.cons(head, tail))
    }

    fn map(&mut self, list: u32) -> u32 {
        if list == NIL {
            return NIL;
        }
        let (head, tail) = self.cells[list as usize];
        let tail = self.map(tail);
        self.cons(head + 1, tail)
    }

    fn sum(&self, mut list: u32) -> i64 {
        let mut sum = 0;
        while list != NIL {
            let (head, tail) = self.cells[list as usize];
            sum += head;
            list = tail;
        }
        sum
    }
}

fn peers(samples: &mut Samples) {
    let took = best(|| fib(black_box(35)));
    // fib(35) makes 29,860,703 calls.
    samples.add("fib", took / 29_860_703.0);
    let mut cells = Cells { cells: Vec::with_capacity(20_000) };
    let took = best(|| {
        let mut sum = 0;
        for _ in 0..500 {
            cells.cells.clear();
            let list = cells.build(black_box(10_000));
            let list = cells.map(list);
            sum += cells.sum(list);
        }
        sum
    });
    samples.add("list", took / (500.0 * 10_000.0));
}
