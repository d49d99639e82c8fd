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

#[cfg(test)]
mod tests {
    use crate::optimise::testing::check_function;

    #[test]
    fn all_that_leads_to_a_panic_only_is_cold() {
        check_function(
            "fn \"f\" -> int
            b0(v0: int, v1: bool):
              branch v1, b1, b2
            b1():
              v2 = add v0, v0
              branch v1, b3, b4
            b2():
              return v0
            b3():
              panic \"a\"
            b4():
              panic \"b\"",
            &[],
            |function| {
                super::mark_cold(function);
                let cold: Vec<bool> = function.blocks.values().map(|block| block.cold).collect();
                assert_eq!(cold, [false, true, false, true, true]);
                assert!(!function.cold);
            },
        );
    }

    #[test]
    fn a_function_that_only_panics_is_cold() {
        check_function("fn \"f\" -> int\nb0():\npanic \"a\"", &[], |function| {
            super::mark_cold(function);
            assert!(function.cold);
        });
    }
}
