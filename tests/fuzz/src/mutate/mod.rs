//! Makes programs that are probably wrong out of right ones.

mod names;
mod text;
mod tree;

pub use text::{TEXT_MUTATIONS, mutate_text};
pub use tree::{TREE_MUTATIONS, mutate_tree};

use crate::print::{self, File};
use crate::program::Program;
use crate::random::Random;
use crate::reduce::prune;

/// How many cases of the program a mutant keeps: small ones are checked faster, and as wrong.
const CASES: usize = 5;

/// The mutant of a seed, made of this program; and what was done to it.
pub fn mutant(program: &Program, random: &mut Random) -> (Vec<File>, Vec<&'static str>) {
    let mut program = program.clone();
    while program.cases.len() > CASES {
        let position = random.below(program.cases.len());
        program.cases.swap_remove(position);
    }
    prune(&mut program);
    let mut done = Vec::new();
    let in_tree = random.below(5) > 0;
    if in_tree {
        for _ in 0..random.between(1, 2) {
            done.extend(mutate_tree(&mut program, random));
        }
    }
    let mut files = print::print(&program);
    if !in_tree || random.one_in(8) {
        for _ in 0..random.between(1, 3) {
            done.extend(mutate_text(&mut files, random));
        }
    }
    (files, done)
}
