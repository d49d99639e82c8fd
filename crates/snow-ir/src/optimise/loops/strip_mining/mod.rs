//! Strip mining of counted loops: where bounds that are tested before some turns say that the checks in all
//! of them will pass, these turns (a strip) are run in a copy of the loop without the checks, several turns
//! put together, and with one poll for all of them. The loop itself remains for the turns at the end, and
//! for those that fail.
//!
//! ```text
//! before:  if the bounds are sound and limit is not reached: strip, else the loop
//! strip:   poll; stop = the nearer of limit and some turns ahead
//! fast:    turn, turn, …; until stop: fast; until limit: strip; else the loop
//! loop:    as it was
//! ```
//!
//! Relies on canonical, rotated loops with their polls, and takes small innermost loops without calls only.
//! Costs a copy of each such loop for each turn that is put together.

mod plan;
mod write;

use crate::control_flow_graph::{Graph, Loop};
use crate::ir::{BlockId, Function, Value};
use crate::optimise::block_merging;
use crate::optimise::ssa_repair::{Copies, repair};
use plan::{Plan, plan};
use rustc_hash::FxHashMap;
use write::Strip;

/// Mines the innermost loops that fit; was there any?
pub fn mine_strips(function: &mut Function) -> bool {
    block_merging::split_switch_edges(function);
    let graph = Graph::of(function);
    let loops = graph.loops();
    let plans: Vec<(&Loop, Plan)> = loops
        .iter()
        .filter(|found| is_innermost(&graph, found))
        .filter_map(|found| Some((found, plan(function, &graph, found)?)))
        .collect();
    if plans.is_empty() {
        return false;
    }
    let mut copies: FxHashMap<Value, Vec<(BlockId, Value)>> = FxHashMap::default();
    for (found, plan) in plans {
        Strip { function, found, plan }.write(&mut copies);
    }
    if !copies.is_empty() {
        block_merging::split_switch_edges(function);
        let graph = Graph::of(function);
        let mut all: Vec<Copies> =
            copies.into_iter().map(|(value, definitions)| Copies { value, definitions }).collect();
        all.sort_unstable_by_key(|copies| copies.value);
        repair(function, &graph, all);
    }
    true
}

fn is_innermost(graph: &Graph, found: &Loop) -> bool {
    found.blocks.iter().all(|block| *block == found.header || !graph.is_header(*block))
}
