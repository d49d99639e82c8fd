//! Marks as cold the blocks that end in a panic on every way: they are rarely run. Inlining does not count
//! them when it weighs a function, and the code generator places them apart.
//!
//! Loops stay warm, since only blocks behind a block are looked at. Costs one walk over the blocks.

use crate::control_flow_graph::reverse_postorder;
use crate::ir::{BlockId, Function, Terminator};

/// Marks the cold blocks of a function, and the function when it only ends in a panic.
pub fn mark_cold(function: &mut Function) {
    let order = reverse_postorder(function);
    for block in order.into_iter().rev() {
        let content = &function.blocks[block];
        let crashes = match &content.terminator {
            Terminator::Panic { .. } | Terminator::PanicWith { .. } | Terminator::Unreachable => true,
            terminator => {
                // Blocks come behind their successors here, except around loops, which stay warm.
                let (mut any, mut all) = (false, true);
                terminator.each_edge(|next, _| {
                    any = true;
                    all &= function.blocks[next].cold;
                });
                any && all
            }
        };
        if crashes && block == BlockId::ENTRY {
            function.cold = true;
        } else if crashes {
            function.blocks[block].cold = true;
        }
    }
}
