//! Blocks that follow each other become one.

use snow_ir::optimise::block_merging;
use snow_ir::optimise::renumbering::drop_unreachable;
use snow_ir_testing::{check_function, count};

fn tidied(source: &str, rows: &[&[i64]]) -> String {
    check_function(source, rows, |function| {
        assert!(block_merging::merge_blocks(function));
        drop_unreachable(function);
    })
}

#[test]
fn straight_lines_become_one_block() {
    let shown = tidied(
        "fn \"f\" -> int
        b0(v0: int):
          jump b1(v0)
        b1(v1: int):
          v2 = add v1, v0
          jump b2
        b2():
          return v2",
        &[&[3]],
    );
    assert!(!shown.contains("jump") && shown.contains("add v0, v0"), "{shown}");
}

#[test]
fn a_block_that_only_passes_on_is_skipped() {
    let shown = tidied(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = less v0, v1
          branch v2, b1(v1), b1(v0)
        b1(v3: int):
          jump b2(v3, v0)
        b2(v4: int, v5: int):
          v6 = subtract v4, v5
          return v6",
        &[&[3, 5], &[5, 3]],
    );
    assert_eq!(count(&shown, "jump"), 0, "{shown}");
    assert!(shown.contains("(v1, v0)") && shown.contains("(v0, v0)"), "{shown}");
}
