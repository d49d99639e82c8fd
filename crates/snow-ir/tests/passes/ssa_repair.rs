//! SSA form behind copies of blocks.

use snow_ir::ir::Statics;
use snow_ir::optimise;
use snow_ir::optimise::jump_threading;
use snow_ir::optimise::loops::{canonicalisation, rotation};
use snow_ir_testing::{check_function, count};

/// A loop whose header derives an address, which its body uses too.
fn looping(object: &str) -> String {
    format!(
        "fn \"f\" -> int
        b0(v0: int):
          v1 = int 0
          v2 = int 8
          v3 = runtime bytes_new(v2) -> ref
          v4 = address v3
          store u8 little v4 + v1, v2
          jump b1(v0, v1, v3)
        b1(v5: int, v6: int, v7: ref):
          v8 = address {object}
          v9 = load u8 little v8 + v1
          v10 = less v6, v5
          branch v10, b2, b3
        b2():
          v11 = load u8 little v8 + v1
          v12 = add v6, v11
          jump b1(v5, v12, v7)
        b3():
          v13 = load u8 little v8 + v1
          v14 = add v9, v13
          v15 = add v14, v6
          return v15"
    )
}

#[test]
fn a_rotated_loop_passes_no_address_on() {
    // What the address is derived from is the same in each turn, or comes into the loop.
    for object in ["v3", "v7"] {
        let shown = check_function(&looping(object), &[&[0], &[5], &[100]], |function| {
            canonicalisation::canonicalise(function);
            assert!(rotation::rotate_loops(function));
        });
        assert!(!shown.contains(": address"), "{shown}");
    }
}

#[test]
fn a_threaded_block_passes_no_address_on() {
    let source = "fn \"f\" -> int
        b0(v0: int):
          v1 = int 0
          v2 = int 8
          v3 = runtime bytes_new(v2) -> ref
          v4 = runtime bytes_new(v2) -> ref
          v5 = less v0, v2
          v6 = bool true
          v13 = int 30
          branch v5, b2(v6, v3), b1
        b1():
          v7 = equal v0, v13
          jump b2(v7, v4)
        b2(v8: bool, v9: ref):
          v10 = address v9
          store u8 little v10 + v1, v0
          branch v8, b3, b4
        b3():
          v11 = load u8 little v10 + v1
          return v11
        b4():
          v12 = load u8 little v10 + v1
          return v12";
    let shown = check_function(source, &[&[3], &[30], &[40]], |function| {
        assert!(jump_threading::thread_jumps(function, &Statics::new()));
    });
    assert!(!shown.contains(": address") && count(&shown, "address v") > 2, "{shown}");
}

#[test]
fn addresses_derived_twice_are_one_again_where_one_comes_before_the_other() {
    let shown = check_function(&looping("v3"), &[&[0], &[5]], |function| {
        canonicalisation::canonicalise(function);
        assert!(rotation::rotate_loops(function));
        optimise::clean(function, &Statics::new());
    });
    assert_eq!(count(&shown, "= address"), 1, "{shown}");
}
