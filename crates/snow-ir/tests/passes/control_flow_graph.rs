//! Dominators and loops.

use snow_ir::control_flow_graph::Graph;
use snow_ir::ir::{BlockId, FuncId};
use snow_ir_testing::program;

#[test]
fn dominators_and_loops_of_two_nested_loops() {
    let program = program(
        "fn \"f\" -> int
        b0(v0: int, v1: bool):
          jump b1
        b1():
          branch v1, b2, b4
        b2():
          branch v1, b2, b3
        b3():
          jump b1
        b4():
          return v0",
    );
    let graph = Graph::of(&program.functions[FuncId::from_u32(0)]);
    assert!(
        graph.dominates(BlockId::from_u32(1), BlockId::from_u32(3))
            && graph.dominates(BlockId::from_u32(2), BlockId::from_u32(3))
    );
    assert!(
        !graph.dominates(BlockId::from_u32(2), BlockId::from_u32(4))
            && !graph.dominates(BlockId::from_u32(3), BlockId::from_u32(2))
    );
    let loops = graph.loops();
    let headers: Vec<BlockId> = loops.iter().map(|found| found.header).collect();
    assert_eq!(headers, [BlockId::from_u32(1), BlockId::from_u32(2)], "the outer loop first");
    assert_eq!(loops[0].blocks, [BlockId::from_u32(1), BlockId::from_u32(2), BlockId::from_u32(3)]);
    assert_eq!(loops[1].blocks, [BlockId::from_u32(2)]);
    assert!(graph.is_header(BlockId::from_u32(2)) && !graph.is_header(BlockId::from_u32(3)));
}

#[test]
fn unreachable_blocks_are_left_out() {
    let program = program(
        "fn \"f\" -> int
        b0(v0: int):
          return v0
        b1():
          jump b0(v0)",
    );
    let graph = Graph::of(&program.functions[FuncId::from_u32(0)]);
    assert_eq!(graph.order, [BlockId::ENTRY]);
    assert!(graph.predecessors[BlockId::ENTRY].is_empty());
}
