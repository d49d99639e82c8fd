//! Loop-invariant code motion.

use snow_ir::optimise::loops::canonicalisation;
use snow_ir::optimise::loops::invariant_code_motion;
use snow_ir_testing::check_function;

fn hoisted(body: &str, rows: &[&[i64]]) -> String {
    let source = format!(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = int 1
          v2 = new array of words v1
          v3 = new object tag 0 words 1 references 0 (v0)
          jump b1(v0)
        b1(v4: int):
          {body}
          v9 = subtract v4, v1
          v10 = less v1, v9
          branch v10, b1(v9), b2
        b2():
          return v9"
    );
    check_function(&source, rows, |function| {
        canonicalisation::canonicalise(function);
        invariant_code_motion::hoist_invariants(function);
    })
}

/// What stands before the loop.
fn before(shown: &str) -> &str {
    shown.split("b1(").next().unwrap_or_default()
}

#[test]
fn what_no_turn_changes_leaves_the_loop() {
    let shown = hoisted("v5 = load int v3[1]\nv6 = load mutable int v2[3]\nv7 = add v5, v6", &[&[5]]);
    assert!(before(&shown).contains("v6 = load mutable") && before(&shown).contains("v7 = add"), "{shown}");
}

#[test]
fn what_a_turn_writes_is_read_in_each() {
    let shown = hoisted("v6 = load mutable int v2[3]\nstore v2[3], v4\nv5 = load int v3[1]", &[&[5]]);
    assert!(!before(&shown).contains("mutable") && before(&shown).contains("v5 = load"), "{shown}");
}

#[test]
fn a_field_of_a_field_behind_a_branch_stays_behind_it() {
    let source = |condition: &str| {
        format!(
            "fn \"f\" -> int
            b0(v0: int):
              v1 = int 1
              v2 = new object tag 0 words 1 references 0 (v0)
              v3 = new object tag 0 words 1 references 1 (v2)
              jump b1(v0)
            b1(v4: int):
              v5 = {condition}
              branch v5, b2, b3
            b2():
              v6 = load ref v3[1]
              v7 = load int v6[1]
              jump b3
            b3():
              v9 = subtract v4, v1
              v10 = less v1, v9
              branch v10, b1(v9), b4
            b4():
              return v9"
        )
    };
    let shown = check_function(&source("less v4, v1"), &[&[5]], |function| {
        canonicalisation::canonicalise(function);
        invariant_code_motion::hoist_invariants(function);
    });
    assert!(before(&shown).contains("v6 = load") && !before(&shown).contains("v7 = load"), "{shown}");
}

#[test]
fn a_field_and_a_tag_behind_a_test_stay_behind_it() {
    let source = "fn \"f\" -> int
        b0(v0: int):
          v1 = int 1
          v3 = immediate 0
          jump b1(v0)
        b1(v4: int):
          v5 = is_immediate v3
          branch v5, b3, b2
        b2():
          v6 = load int v3[1]
          v8 = header_tag v3
          v7 = multiply v0, v0
          jump b3
        b3():
          v9 = subtract v4, v1
          v10 = less v1, v9
          branch v10, b1(v9), b4
        b4():
          return v9";
    let shown = check_function(source, &[&[5]], |function| {
        canonicalisation::canonicalise(function);
        invariant_code_motion::hoist_invariants(function);
    });
    let before = before(&shown);
    assert!(!before.contains("load") && !before.contains("header_tag"), "{shown}");
    assert!(before.contains("multiply"), "{shown}");
}
