//! Strip mining.

use snow_ir_testing::{check, count};

/// Adds up the bytes from v0 up to v1 of 100, each behind its check, or panics.
const SUM: &str = "fn \"f\" -> int
    b0(v0: int, v1: int):
      v2 = int 100
      v3 = runtime bytes_new(v2) -> ref
      v4 = int 0
      v5 = int 1
      jump b1(v0, v4)
    b1(v6: int, v7: int):
      v8 = equal v6, v1
      branch v8, b5, b2
    b2():
      v9 = less v6, v4
      branch v9, b6, b3
    b3():
      v10 = load int v3[1]
      v11 = greater_equal v6, v10
      branch v11, b6, b4
    b4():
      v12 = address v3
      v13 = load u8 little v12 + v6
      v14 = add v7, v13
      v15 = multiply v14, v6
      v16 = add v6, v5
      jump b1(v16, v15)
    b5():
      return v7
    b6() cold:
      panic \"out of bounds\"";

fn optimised(source: &str, rows: &[&[i64]]) -> String {
    check(source, rows, |program| {
        program.main = Some(snow_ir::ir::FuncId::from_u32(0));
        snow_ir::optimise::optimise(program);
    })
}

#[test]
fn checks_are_made_once_for_many_turns() {
    let rows: Vec<Vec<i64>> = [0, 1, 2, 3, 4, 5, 7, 8, 9, 99, 100, 101, 200]
        .into_iter()
        .flat_map(|stop| [vec![0, stop], vec![stop - 3, stop], vec![-2, stop]])
        .filter(|row| row[0] <= row[1])
        .collect();
    let rows: Vec<&[i64]> = rows.iter().map(Vec::as_slice).collect();
    let shown = optimised(SUM, &rows);
    // Four turns in the copy, and the loop itself.
    assert_eq!(count(&shown, "load u8"), 5, "{shown}");
    assert_eq!(count(&shown, "poll"), 2, "{shown}");
    let copy = shown.split("b").find(|block| count(block, "load u8") == 4);
    assert_eq!(count(copy.unwrap_or_default(), "poll"), 0, "{shown}");
}

#[test]
fn bounds_at_the_ends_of_the_integers_go_to_the_loop_itself() {
    let (least, most) = (i64::MIN, i64::MAX);
    optimised(SUM, &[&[most, least], &[most - 2, most], &[least, least + 3], &[0, most], &[-1, least]]);
}

#[test]
fn a_loop_may_be_left_in_the_middle_of_a_turn() {
    let source = SUM.replace("v15 = multiply v14, v6", "v15 = add v14, v6\nv17 = less v2, v15");
    let source = source.replace("v16 = add v6, v5\n      jump b1(v16, v15)", "branch v17, b7, b8");
    let source = format!(
        "{source}
        b7():
          v18 = add v15, v6
          return v18
        b8():
          v16 = add v6, v5
          jump b1(v16, v15)"
    );
    let shown = optimised(&source, &[&[0, 1], &[0, 10], &[0, 50], &[20, 30], &[0, 0]]);
    assert_eq!(count(&shown, "load u8"), 2, "{shown}");
}
