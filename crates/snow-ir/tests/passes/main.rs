//! Each pass of the optimiser on small functions, written as text, and all of them on random programs. What a
//! function does before and after is compared by running it.

mod block_merging;
mod call_graph;
mod canonicalisation;
mod cold_blocks;
mod control_flow_graph;
mod dead_code;
mod dead_functions;
mod induction_variables;
mod inlining;
mod invariant_code_motion;
mod jump_threading;
mod poll_insertion;
mod random_programs;
mod redundant_parameters;
mod renumbering;
mod rotation;
mod scalar_replacement;
mod ssa_repair;
mod strip_mining;
mod value_numbering;
mod verify;
