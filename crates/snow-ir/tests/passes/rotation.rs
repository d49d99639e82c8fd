//! Loop rotation.

use snow_ir::control_flow_graph::Graph;
use snow_ir::ir::Statics;
use snow_ir::optimise;
use snow_ir::optimise::loops::canonicalisation;
use snow_ir::optimise::loops::rotation;
use snow_ir_testing::check_function;

#[test]
fn the_test_moves_to_the_end_of_the_turn() {
    check_function(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = int 0
          v2 = int 1
          jump b1(v0, v1)
        b1(v3: int, v4: int):
          v5 = multiply v3, v3
          v6 = less v1, v3
          branch v6, b2, b3
        b2():
          v7 = subtract v3, v2
          v8 = add v4, v5
          jump b1(v7, v8)
        b3():
          v9 = add v4, v5
          return v9",
        &[&[0], &[1], &[10], &[-3]],
        |function| {
            canonicalisation::canonicalise(function);
            assert!(rotation::rotate_loops(function));
            optimise::clean(function, &Statics::new());
            let loops = Graph::of(function).loops();
            assert_eq!(loops.len(), 1);
            assert_eq!(loops[0].blocks.len(), 1, "body and test are one block");
        },
    );
}
