//! Redundant block parameters.

use snow_ir::ir::BlockId;
use snow_ir::optimise::redundant_parameters;
use snow_ir_testing::check_function;

#[test]
fn a_parameter_that_goes_round_unread_is_removed() {
    let shown = check_function(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = int 0
          v2 = int 1
          jump b1(v1, v1, v0)
        b1(v3: int, v4: int, v5: int):
          v6 = less v3, v5
          branch v6, b2, b3
        b2():
          v7 = add v3, v2
          v8 = add v4, v3
          jump b1(v7, v8, v5)
        b3():
          return v3",
        &[&[5], &[-1]],
        |function| assert!(redundant_parameters::remove_redundant(function)),
    );
    assert!(shown.contains("b1(v3: int):"), "neither the unread sum nor the unchanged bound: {shown}");
}

#[test]
fn parameters_of_the_function_stay() {
    let source = "fn \"f\" -> int
        b0(v0: int):
          v1 = int 0
          return v1";
    check_function(source, &[&[5]], |function| {
        redundant_parameters::remove_redundant(function);
        assert_eq!(function.blocks[BlockId::ENTRY].params.len(), 1);
    });
}
