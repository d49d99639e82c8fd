//! Unfolds small recursions: `fib` gets copies of itself in the place of its calls, so that fewer calls are
//! made.

use super::splice::splice;
use crate::ir::{BlockId, FuncId, Function, Op, Terminator};

/// Small functions that call themselves get copies of themselves, this many times over.
const RECURSION_ROUNDS: usize = 2;
const SMALL_RECURSION: usize = 30;

/// Calls only itself, and not in tail position: `fib`, not a loop.
pub(super) fn is_small_recursion(function: &Function, own: FuncId, cost: usize) -> bool {
    let calls_only_itself = function.blocks.values().flat_map(|block| &block.instructions).all(
        |instruction| match &instruction.op {
            Op::Call { function, .. } => *function == own,
            Op::CallClosure { .. } | Op::Runtime { .. } => false,
            _ => true,
        },
    );
    let tail_calls = function.blocks.values().any(|block| {
        matches!(block.terminator, Terminator::TailCall { .. } | Terminator::TailCallClosure { .. })
    });
    cost <= SMALL_RECURSION && calls_only_itself && !tail_calls && calls_of(function, own) > 0
}

fn calls_of(function: &Function, callee: FuncId) -> usize {
    function
        .blocks
        .values()
        .flat_map(|block| &block.instructions)
        .filter(|instruction| matches!(&instruction.op, Op::Call { function, .. } if *function == callee))
        .count()
}

/// Inlines calls of itself, in so many rounds.
pub(super) fn unfold_recursion(function: &mut Function, own: FuncId) -> bool {
    let body = function.clone();
    for _ in 0..RECURSION_ROUNDS {
        let mut waiting: Vec<BlockId> = function.blocks.keys().collect();
        while let Some(block) = waiting.pop() {
            let call = function.blocks[block].instructions.iter().position(
                |instruction| matches!(&instruction.op, Op::Call { function, .. } if *function == own),
            );
            if let Some(at) = call {
                waiting.push(splice(function, block, at, &body));
            }
        }
    }
    true
}
