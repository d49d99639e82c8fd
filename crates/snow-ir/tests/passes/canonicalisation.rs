//! Loop canonicalisation.

use snow_ir::control_flow_graph::Graph;
use snow_ir::ir::BlockId;
use snow_ir::optimise::loops::canonicalisation::canonicalise;
use snow_ir_testing::check_function;

#[test]
fn a_loop_through_the_first_block_gets_one_way_in_and_one_way_back() {
    check_function(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = int 1
          v3 = int 0
          v4 = less_equal v0, v3
          branch v4, b1, b2
        b1():
          return v1
        b2():
          v5 = subtract v0, v2
          v6 = and v0, v2
          v7 = equal v6, v2
          branch v7, b0(v5, v1), b3
        b3():
          v8 = add v1, v0
          jump b0(v5, v8)",
        &[&[10, 0], &[0, 7]],
        |function| {
            canonicalise(function);
            let graph = Graph::of(function);
            let loops = graph.loops();
            assert_eq!((loops.len(), loops[0].latches.len()), (1, 1));
            assert_ne!(loops[0].header, BlockId::ENTRY);
            assert_eq!(graph.predecessors[loops[0].header].len(), 2);
        },
    );
}
