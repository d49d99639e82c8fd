//! Functions that nothing reaches.

use snow_ir::ir::{BlockId, FuncId, Op};
use snow_ir::optimise::dead_functions;
use snow_ir_testing::program;

#[test]
fn what_is_called_or_has_its_address_taken_stays_under_a_new_number() {
    let mut program = program(
        "fn \"unused\" -> int
        b0(v0: int):
          return v0
        fn \"main\" -> int
        b0(v0: int):
          v1 = address of \"closure\"
          tail call \"next\"(v1)
        fn \"next\" -> int
        b0(v0: int):
          return v0
        fn \"closure\" -> int
        b0(v0: int):
          return v0",
    );
    program.main = Some(FuncId::from_u32(1));
    dead_functions::drop_dead(&mut program);
    let names: Vec<&str> = program.functions.values().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["main", "next", "closure"]);
    assert_eq!(program.main, Some(FuncId::from_u32(0)));
    assert_eq!(
        program.functions[FuncId::from_u32(0)].blocks[BlockId::ENTRY].instructions[0].op,
        Op::FunctionAddress(FuncId::from_u32(2))
    );
}
