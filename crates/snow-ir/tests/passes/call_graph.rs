//! The call graph.

use snow_ir::ir::FuncId;
use snow_ir::optimise::call_graph::CallGraph;
use snow_ir_testing::program;

#[test]
fn callees_come_first_and_recursions_are_found() {
    let program = program(
        "fn \"main\" -> int
        b0(v0: int):
          v1 = call \"a\"(v0)
          v2 = call \"leaf\"(v1)
          return v2
        fn \"a\" -> int
        b0(v0: int):
          tail call \"b\"(v0)
        fn \"b\" -> int
        b0(v0: int):
          v1 = address of \"leaf\"
          tail call \"a\"(v1)
        fn \"leaf\" -> int
        b0(v0: int):
          return v0
        fn \"self\" -> int
        b0(v0: int):
          tail call \"self\"(v0)",
    );
    let graph = CallGraph::of(&program);
    let place = |function| graph.bottom_up.iter().position(|found| *found == FuncId::from_u32(function));
    assert!(place(1) < place(0) && place(2) < place(0) && place(3) < place(0));
    assert_eq!(graph.recursive.iter().collect::<Vec<_>>(), [1, 2, 4].map(FuncId::from_u32));
    assert_eq!(graph.calls.as_values_slice(), [0, 2, 1, 1, 1]);
    assert_eq!(graph.address_taken.iter().collect::<Vec<_>>(), [FuncId::from_u32(3)]);
}
