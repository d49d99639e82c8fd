//! Dead code elimination.

use snow_ir::optimise::dead_code;
use snow_ir_testing::check_function;

#[test]
fn what_nobody_uses_goes_and_effects_stay() {
    let shown = check_function(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = add v0, v0
          v2 = new object tag 0 words 1 references 0 (v1)
          v3 = load int v2[1]
          v4 = new array of words v0
          store v4[3], v0
          v5 = runtime bytes_new(v0) -> ref
          return v0",
        &[&[3]],
        |function| assert!(dead_code::remove(function)),
    );
    assert!(!shown.contains("add") && !shown.contains("object"), "{shown}");
    assert!(shown.contains("store") && shown.contains("runtime"), "{shown}");
}
