//! Scalar replacement of aggregates.

use snow_ir::ir::Statics;
use snow_ir::optimise;
use snow_ir::optimise::scalar_replacement;
use snow_ir_testing::check_function;

const LOOP: &str = "fn \"f\" -> int
    b0(v0: int):
      v1 = int 0
      v2 = int 1
      v3 = new object tag 0 words 2 references 0 (v1, v2)
      jump b1(v3, v0)
    b1(v4: ref, v5: int):
      v6 = load int v4[1]
      v7 = load int v4[2]
      v8 = equal v5, v1
      branch v8, b3, b2
    b2():
      v9 = add v6, v7
      v10 = new object tag 0 words 2 references 0 (v7, v9)
      v11 = subtract v5, v2
      jump b1(v10, v11)
    b3():
      RETURN";

#[test]
fn the_pair_that_a_loop_carries_is_never_made() {
    let shown = check_function(&LOOP.replace("RETURN", "return v6"), &[&[0], &[1], &[10]], |function| {
        assert!(scalar_replacement::replace_aggregates(function));
        optimise::simplify(function, &Statics::new());
    });
    assert!(!shown.contains("new"), "{shown}");
}

#[test]
fn a_pair_that_leaves_stays_whole() {
    let source = LOOP.replace("RETURN", "v12 = new object tag 0 words 1 references 1 (v4)\nreturn v6");
    check_function(&source, &[&[10]], |function| assert!(!scalar_replacement::replace_aggregates(function)));
}
