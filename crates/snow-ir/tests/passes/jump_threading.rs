//! Jump threading.

use snow_ir::ir::Statics;
use snow_ir::optimise;
use snow_ir::optimise::jump_threading;
use snow_ir_testing::{check_function, count};

fn threaded(source: &str, rows: &[&[i64]]) -> String {
    check_function(source, rows, |function| {
        assert!(jump_threading::thread_jumps(function, &Statics::new()), "nothing was found");
        optimise::simplify(function, &Statics::new());
    })
}

#[test]
fn an_option_between_two_functions_disappears() {
    let shown = threaded(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = int 10
          v2 = less v0, v1
          branch v2, b1, b2
        b1():
          v3 = new object tag 1 words 1 references 0 (v0)
          jump b3(v3)
        b2():
          v4 = immediate 0
          jump b3(v4)
        b3(v5: ref):
          v6 = is_immediate v5
          branch v6, b4, b5
        b4():
          v7 = int 0
          return v7
        b5():
          v8 = load int v5[1]
          v9 = add v8, v1
          return v9",
        &[&[3], &[30]],
    );
    assert!(!shown.contains("new") && count(&shown, "branch") == 1, "{shown}");
}

#[test]
fn what_the_block_computed_reaches_its_users_on_both_ways() {
    let shown = threaded(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = less v0, v1
          v3 = bool true
          branch v2, b2(v3, v0), b1
        b1():
          v4 = less v1, v0
          jump b2(v4, v1)
        b2(v5: bool, v6: int):
          v7 = add v6, v1
          branch v5, b3, b4
        b3():
          v8 = multiply v7, v6
          return v8
        b4():
          v9 = subtract v7, v6
          return v9",
        &[&[3, 5], &[5, 3], &[4, 4]],
    );
    assert_eq!(count(&shown, "branch"), 2, "{shown}");
}

#[test]
fn a_switch_on_a_known_tag_is_skipped() {
    let shown = threaded(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = less v0, v1
          v3 = int 1
          v4 = int 2
          branch v2, b1, b2
        b1():
          jump b3(v3)
        b2():
          jump b3(v4)
        b3(v5: int):
          switch v5, 1 -> b4, 2 -> b5, else b6
        b4():
          v6 = add v0, v5
          return v6
        b5():
          v7 = subtract v0, v5
          return v7
        b6():
          return v5",
        &[&[1, 2], &[2, 1]],
    );
    assert!(!shown.contains("switch"), "{shown}");
}
