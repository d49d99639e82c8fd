//! Marks what ends in a crash on every way as rarely run, so that checks count for
//! little where it is decided what to inline.

use crate::control_flow_graph::reverse_postorder;
use crate::ir::{BlockId, Function, Terminator};

pub fn mark(function: &mut Function) {
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
                super::mark(function);
                let cold: Vec<bool> = function.blocks.values().map(|block| block.cold).collect();
                assert_eq!(cold, [false, true, false, true, true]);
                assert!(!function.cold);
            },
        );
    }

    #[test]
    fn a_function_that_only_panics_is_cold() {
        check_function("fn \"f\" -> int\nb0():\npanic \"a\"", &[], |function| {
            super::mark(function);
            assert!(function.cold);
        });
    }
}
