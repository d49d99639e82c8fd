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

#[test]
fn what_one_test_has_shown_is_not_tested_again() {
    // case left do (at least 2, and v1 is 5) -> 1; (at least 6) -> 2; _ -> 3 end
    let shown = threaded(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = int 2
          v3 = greater_equal v0, v2
          branch v3, b1, b3
        b1():
          v4 = int 5
          v5 = equal v1, v4
          branch v5, b2, b3
        b2():
          v6 = int 1
          return v6
        b3():
          v7 = int 6
          v8 = greater_equal v0, v7
          branch v8, b4, b5
        b4():
          return v2
        b5():
          v9 = int 3
          return v9",
        &[&[1, 5], &[2, 5], &[6, 5], &[2, 4], &[6, 4], &[1, 4]],
    );
    // Too few for the first is too few for the second: that way goes to the last block at once.
    assert_eq!(count(&shown, "branch"), 3, "{shown}");
    assert!(shown.contains("branch v3, b1, b5"), "{shown}");
}

#[test]
fn a_way_that_all_predecessors_know_needs_no_copy() {
    let shown = threaded(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = int 2
          v3 = less_equal v2, v1
          v4 = int 0
          v5 = less v0, v4
          branch v5, b1, b2
        b1():
          branch v3, b3, b5
        b2():
          v6 = int 3
          v7 = less_equal v6, v1
          branch v7, b3, b5
        b3():
          v8 = multiply v0, v1
          branch v3, b4, b5
        b4():
          return v8
        b5():
          return v2",
        &[&[-1, 1], &[-1, 2], &[5, 2], &[5, 3]],
    );
    assert_eq!(count(&shown, "multiply"), 1, "{shown}");
    assert_eq!(count(&shown, "branch"), 3, "{shown}");
}

#[test]
fn a_switch_forgets_the_numbers_that_have_been_ruled_out() {
    let shown = threaded(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = int 7
          v2 = equal v0, v1
          branch v2, b4, b1
        b1():
          v3 = int 8
          v4 = equal v0, v3
          branch v4, b4, b2
        b2():
          v5 = less v0, v1
          branch v5, b3, b3
        b3():
          switch v0, 7 -> b5, 8 -> b5, else b4
        b4():
          return v0
        b5():
          return v1",
        &[&[6], &[7], &[8], &[9]],
    );
    assert!(!shown.contains("switch"), "{shown}");
}
