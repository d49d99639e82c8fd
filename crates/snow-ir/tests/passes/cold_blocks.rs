//! Blocks that end in a panic are cold.

use snow_ir::optimise::cold_blocks;
use snow_ir_testing::check_function;

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
            cold_blocks::mark_cold(function);
            let cold: Vec<bool> = function.blocks.values().map(|block| block.cold).collect();
            assert_eq!(cold, [false, true, false, true, true]);
            assert!(!function.cold);
        },
    );
}

#[test]
fn a_function_that_only_panics_is_cold() {
    check_function("fn \"f\" -> int\nb0():\npanic \"a\"", &[], |function| {
        cold_blocks::mark_cold(function);
        assert!(function.cold);
    });
}
