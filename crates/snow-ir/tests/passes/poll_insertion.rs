//! Where polls are inserted.

use snow_ir::optimise::poll_insertion;
use snow_ir_testing::{check, count};

fn polls(source: &str) -> Vec<usize> {
    let mut polls = Vec::new();
    check(source, &[], |program| {
        poll_insertion::insert_polls(program);
        for function in program.functions.values() {
            polls.push(count(&snow_ir::text::function(function, program), "poll"));
        }
    });
    polls
}

#[test]
fn every_loop_polls_natural_or_not() {
    let found = polls(
        "fn \"f\" -> int
        b0(v0: int, v1: bool):
          branch v1, b1, b2
        b1():
          branch v1, b2, b3
        b2():
          branch v1, b1, b3
        b3():
          branch v1, b3, b4
        b4():
          return v0",
    );
    assert_eq!(found, [2]);
}

#[test]
fn every_recursion_polls_that_of_tail_calls_too() {
    let found = polls(
        "fn \"even\" -> int
        b0(v0: int):
          tail call \"odd\"(v0)
        fn \"odd\" -> int
        b0(v0: int):
          v1 = call \"even\"(v0)
          return v1
        fn \"outside\" -> int
        b0(v0: int):
          tail call \"even\"(v0)",
    );
    assert_eq!(found, [1, 1, 0]);
}

#[test]
fn a_recursion_through_a_closure_polls_where_its_address_was_taken() {
    let found = polls(
        "fn \"apply\" -> int
        b0(v0: ref, v1: int):
          v2 = call closure v0(v1) -> int
          return v2
        closure fn \"again\" -> int
        b0(v0: ref, v1: int):
          v2 = call \"apply\"(v0, v1)
          return v2
        closure fn \"simple\" -> int
        b0(v0: ref, v1: int):
          return v1
        fn \"main\" -> int
        b0(v0: int):
          v1 = address of \"again\"
          v2 = new closure tag 0 words 1 references 0 (v1)
          v3 = address of \"simple\"
          v4 = new closure tag 0 words 1 references 0 (v3)
          v5 = call \"apply\"(v2, v0)
          v6 = call \"apply\"(v4, v5)
          return v6",
    );
    assert_eq!(found, [0, 1, 0, 0]);
}
