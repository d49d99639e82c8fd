//! What the verifier says of functions that are wrong.

use snow_ir::verify::verify;
use snow_ir_testing::program;

/// Functions that are wrong in one way, and what is said of it.
const BROKEN: &[(&str, &str)] = &[
    (
        "fn \"f\" -> int
        b0(v0: int):
          branch v0, b1, b1
        b1():
          return v0",
        "v0 is Int, not Bool",
    ),
    (
        "fn \"f\" -> int
        b0(v0: int, v1: bool):
          branch v1, b1, b2
        b1():
          v2 = add v0, v0
          jump b2
        b2():
          return v2",
        "v2 of b1 is used in b2, which it does not dominate",
    ),
    (
        "fn \"f\" -> int
        b0(v0: int):
          v1 = add v2, v0
          v2 = add v0, v0
          return v1",
        "v2 of b0 is used in b0, which it does not dominate",
    ),
    (
        "fn \"f\" -> int
        b0(v0: int):
          jump b1(v0)
        b1():
          return v0",
        "b1 takes [], not [Int]",
    ),
    (
        "fn \"f\" -> int
        b0(v0: ref, v1: int):
          v2 = address v0
          jump b1(v2)
        b1(v3: address):
          v4 = load u8 little v3 + v1
          return v4",
        "v3 is an address, which no block may take",
    ),
    (
        "fn \"f\" -> int
        b0(v0: ref, v1: ref, v2: bool, v5: int):
          v3 = address v0
          v4 = address v1
          v6 = select v2, v3, v4
          v7 = load u8 little v6 + v5
          return v7",
        "Select(v2, v3, v4) gives an address",
    ),
    (
        "fn \"f\" -> address
        b0(v0: ref):
          v1 = address v0
          return v1",
        "an address is returned",
    ),
    (
        "fn \"f\" -> int
        b0(v0: ref):
          v1 = address v0
          v2 = runtime bytes_length(v1) -> int
          return v2",
        "an address is passed on",
    ),
    (
        "fn \"f\" -> int
        b0(v0: int):
          switch v0, 1 -> b1, 1 -> b2, else b2
        b1():
          return v0
        b2():
          return v0",
        "a switch has the case 1 twice",
    ),
    (
        "entry fn \"f\" -> int
        b0(v0: int):
          return v0",
        "an entry takes a reference and gives an Int, not [Int]",
    ),
    (
        "closure fn \"f\" -> int
        b0(v0: int):
          return v0",
        "a closure takes its object first, not [Int]",
    ),
    (
        "fn \"f\" -> float
        b0(v0: int):
          return v0",
        "v0 is Int, not Float",
    ),
];

#[test]
fn what_is_broken_is_told() {
    for (source, expected) in BROKEN {
        let errors = verify(&program(source)).expect_err(source);
        let told = errors.contains(&format!("f: {expected}"));
        assert!(told, "{source}\n{errors:#?}");
    }
}

#[test]
fn what_nothing_reaches_does_not_count() {
    let source = "fn \"f\" -> int
        b0(v0: int):
          return v0
        b1():
          v1 = add v2, v0
          v2 = add v0, v0
          return v1";
    assert_eq!(verify(&program(source)), Ok(()));
}
