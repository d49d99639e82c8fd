//! Value numbering.

use snow_ir::ir::Statics;
use snow_ir::optimise::value_numbering;
use snow_ir::optimise::{dead_code, renumbering};
use snow_ir_testing::{check_function, count};

fn numbered(source: &str, rows: &[&[i64]]) -> String {
    check_function(source, rows, |function| {
        value_numbering::number_values(function, &Statics::new());
        renumbering::drop_unreachable(function);
        dead_code::remove(function);
    })
}

#[test]
fn what_was_done_on_every_way_is_not_done_again() {
    let shown = numbered(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = multiply v0, v1
          v3 = less v0, v1
          branch v3, b1, b2
        b1():
          v4 = multiply v0, v1
          v5 = subtract v0, v1
          return v4
        b2():
          v6 = subtract v0, v1
          return v6",
        &[&[3, 4], &[4, 3]],
    );
    assert_eq!(count(&shown, "multiply"), 1, "{shown}");
    assert_eq!(count(&shown, "subtract"), 1, "{shown}");
}

#[test]
fn a_check_behind_a_stronger_one_goes() {
    let shown = numbered(
        "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = greater_equal v0, v1
          branch v2, b4, b1
        b1():
          v3 = greater v0, v1
          branch v3, b4, b2
        b2():
          v4 = equal v1, v0
          branch v4, b4, b3
        b3():
          return v0
        b4():
          return v1",
        &[&[3, 4], &[4, 3], &[4, 4]],
    );
    assert_eq!(count(&shown, "branch"), 1, "{shown}");
}

#[test]
fn a_counter_that_starts_at_zero_is_not_negative() {
    let source = |start: &str| {
        format!(
            "fn \"f\" -> int
            b0(v0: int, v1: int):
              v2 = int 0
              v3 = int 1
              jump b1({start})
            b1(v4: int):
              v5 = equal v4, v0
              branch v5, b4, b2
            b2():
              v6 = less v4, v2
              branch v6, b5, b3
            b3():
              v7 = add v4, v3
              jump b1(v7)
            b4():
              return v4
            b5():
              panic \"negative\""
        )
    };
    let shown = numbered(&source("v2"), &[&[5, 0], &[0, 0]]);
    assert!(!shown.contains("panic"), "{shown}");
    let shown = numbered(&source("v1"), &[&[5, 0], &[5, -2]]);
    assert!(shown.contains("panic"), "{shown}");
}

#[test]
fn mutable_words_are_read_again_behind_writes() {
    let shown = numbered(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = new array of words v0
          v2 = load mutable int v1[3]
          v3 = load mutable int v1[3]
          store v1[3], v0
          v4 = load mutable int v1[3]
          v5 = load mutable int v1[2]
          v6 = runtime bytes_new(v0) -> ref
          v7 = load mutable int v1[3]
          v8 = add v2, v3
          v9 = add v8, v4
          v10 = add v9, v7
          v11 = add v10, v5
          return v11",
        &[&[5]],
    );
    assert_eq!(count(&shown, "load mutable int v1[3]"), 2, "{shown}");
}

#[test]
fn bytes_are_read_once_where_no_way_writes_any() {
    let source = |between: &str| {
        format!(
            "fn \"f\" -> int
            b0(v0: int):
              v1 = int 8
              v2 = runtime bytes_new(v1) -> ref
              v3 = address v2
              v4 = int 0
              v5 = load u8 little v3 + v4
              jump b1(v4)
            b1(v6: int):
              v7 = less v6, v0
              branch v7, b2, b3
            b2():
              {between}
              v8 = int 1
              v9 = add v6, v8
              jump b1(v9)
            b3():
              v10 = load u8 little v3 + v4
              v11 = add v10, v5
              return v11"
        )
    };
    let shown = numbered(&source(""), &[&[3]]);
    assert_eq!(count(&shown, "load u8"), 1, "{shown}");
    let shown = numbered(&source("store u8 little v3 + v4, v6"), &[&[3]]);
    assert_eq!(count(&shown, "load u8"), 2, "{shown}");
}

#[test]
fn a_field_of_another_constructor_is_not_taken_for_this_one() {
    // The tests of the tags are not decided here: nothing says that the last block is never reached.
    let source = |field: &str, class: &str, read: &str| {
        format!(
            "fn \"f\" -> int
            b0(v0: int, v1: bool, v6: {class}):
              v2 = {field}
              v3 = new object tag 1 words 1 references {} (v2)
              branch v1, b2, b1
            b1():
              return v0
            b2():
              v4 = load {class} v3[1]
              v5 = {read} v4, v6
              branch v5, b1, b3
            b3():
              return v0",
            u32::from(field.starts_with("imm"))
        )
    };
    for (field, class, read) in [
        ("immediate 3", "int", "equal"),
        ("immediate 3", "float", "float_less"),
        ("int 3", "float", "float_less"),
        ("int 3", "ref", "same"),
        ("float 1.5", "int", "less"),
    ] {
        let shown = numbered(&source(field, class, read), &[]);
        assert_eq!(count(&shown, &format!("load {class}")), 1, "{shown}");
    }
}

#[test]
fn a_switch_tells_its_cases() {
    let shown = numbered(
        "fn \"f\" -> int
        b0(v0: int):
          switch v0, 1 -> b1, 2 -> b2, else b3
        b1():
          v1 = add v0, v0
          return v1
        b2():
          switch v0, 1 -> b1, 2 -> b4, else b3
        b3():
          return v0
        b4():
          return v0",
        &[&[1], &[2], &[3]],
    );
    assert_eq!(count(&shown, "switch"), 1, "{shown}");
}
