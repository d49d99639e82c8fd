//! Inlining, with what it uncovers.

use snow_ir::ir::FuncId;
use snow_ir_testing::{check, count};

/// The first function, after all passes.
fn optimised(source: &str, rows: &[&[i64]]) -> String {
    check(source, rows, |program| {
        program.main = Some(FuncId::from_u32(0));
        snow_ir::optimise::optimise(program);
    })
}

#[test]
fn a_known_closure_is_called_directly_and_never_made() {
    let shown = optimised(
        "fn \"main\" -> int
        b0(v0: int, v1: int):
          v2 = address of \"add\"
          v3 = new closure tag 0 words 2 references 0 (v2, v0)
          v4 = call \"twice\"(v3, v1)
          return v4
        fn \"twice\" -> int
        b0(v0: ref, v1: int):
          v2 = call closure v0(v1) -> int
          tail call closure v0(v2)
        closure fn \"add\" -> int
        b0(v0: ref, v1: int):
          v2 = load int v0[2]
          v3 = add v1, v2
          return v3",
        &[&[3, 4]],
    );
    assert!(!shown.contains("call") && !shown.contains("new"), "{shown}");
}

#[test]
fn tail_calls_of_a_recursion_stay_tail_calls() {
    let source = "fn \"main\" -> int
        b0(v0: int):
          v1 = call \"even\"(v0)
          v2 = add v1, v0
          return v2
        fn \"even\" -> int
        b0(v0: int):
          v1 = int 0
          v2 = int 1
          v3 = equal v0, v1
          branch v3, b1, b2
        b1():
          return v2
        b2():
          v4 = subtract v0, v2
          tail call \"odd\"(v4)
        fn \"odd\" -> int
        b0(v0: int):
          v1 = int 0
          v2 = equal v0, v1
          branch v2, b1, b2
        b1():
          return v1
        b2():
          v3 = int 1
          v4 = subtract v0, v3
          tail call \"even\"(v4)";
    check(source, &[&[10], &[7]], |program| {
        program.main = Some(FuncId::from_u32(0));
        snow_ir::optimise::optimise(program);
        let all = snow_ir::text::program(program);
        // The one call from outside, and nothing but tail calls inside.
        assert_eq!(count(&all, "call") - count(&all, "tail call"), 1, "{all}");
    });
}

#[test]
fn a_small_recursion_is_unfolded() {
    let source = "fn \"fib\" -> int
        b0(v0: int):
          v1 = int 2
          v2 = less v0, v1
          branch v2, b1, b2
        b1():
          return v0
        b2():
          v3 = int 1
          v4 = subtract v0, v3
          v5 = call \"fib\"(v4)
          v6 = subtract v0, v1
          v7 = call \"fib\"(v6)
          v8 = add v5, v7
          return v8";
    let shown = optimised(source, &[&[0], &[1], &[2], &[12]]);
    assert_eq!(count(&shown, "call \"fib\""), 8, "{shown}");
    assert_eq!(count(&shown, "poll"), 1, "{shown}");
}

#[test]
fn what_only_crashes_does_not_keep_a_check_from_being_inlined() {
    let crash: String = (4..40).map(|at| format!("v{at} = add v{}, v0\n", at - 1)).collect();
    let source = format!(
        "fn \"main\" -> int
        b0(v0: int):
          v1 = call \"check\"(v0)
          v2 = call \"check\"(v1)
          return v2
        fn \"check\" -> int
        b0(v0: int):
          v1 = int 100
          v2 = less v0, v1
          branch v2, b1, b2
        b1():
          return v0
        b2():
          v3 = add v0, v0
          {crash}
          v40 = runtime int_to_string(v39) -> ref
          panic with v40"
    );
    let shown = optimised(&source, &[&[5], &[100]]);
    assert!(!shown.contains("call") && count(&shown, "branch") == 1, "{shown}");
}
