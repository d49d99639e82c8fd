//! Dense numbers.

use snow_ir::optimise::renumbering;
use snow_ir_testing::check_function;

#[test]
fn values_of_blocks_that_are_gone_are_forgotten() {
    let source = "fn \"f\" -> int
        b0(v0: int):
          v1 = int 3
          jump b2
        b1():
          v2 = add v0, v1
          v3 = add v2, v1
          v4 = add v3, v1
          return v4
        b2():
          v5 = add v0, v1
          return v5";
    check_function(source, &[&[4]], |function| {
        renumbering::drop_unreachable(function);
        renumbering::drop_undefined(function);
        assert_eq!(function.values.len(), 3);
    });
}
