//! Bounds on induction variables.

use cranelift_entity::EntitySet;
use snow_ir::ir::{BlockId, FuncId, Op, Value};
use snow_ir::optimise::loops::induction_variables::{Bound, Reader};
use snow_ir_testing::program;

/// The bounds of which the last condition of this code follows; v0 is the counter, v1 is fixed.
fn bounds(code: &str, holds: bool) -> Option<Vec<Bound>> {
    let program = program(&format!("fn \"f\" -> bool\nb0(v0: int, v1: int):\n{code}\nreturn v9"));
    let function = &program.functions[FuncId::from_u32(0)];
    let instructions = || function.blocks[BlockId::ENTRY].instructions.iter();
    let made = instructions().filter_map(|made| Some((made.result?, &made.op))).collect();
    let numbers = instructions().filter_map(|made| match made.op {
        Op::Int(number) => Some((made.result?, number)),
        _ => None,
    });
    let numbers = numbers.collect();
    let params = EntitySet::new();
    let reader = Reader { counter: Value::from_u32(0), made: &made, numbers: &numbers, params: &params };
    reader.bounds(Value::from_u32(9), holds)
}

#[test]
fn comparisons_with_a_fixed_value() {
    let base = Some(Value::from_u32(1));
    let found = bounds("v9 = less v0, v1", true);
    assert_eq!(found, Some(vec![Bound::Below { base, number: 0 }]));
    // Not `v1 - 16 < v0`.
    let found = bounds("v2 = int 16\nv3 = subtract v1, v2\nv9 = less v3, v0", false);
    assert_eq!(found, Some(vec![Bound::Below { base, number: 15 }]));
    let found = bounds("v2 = int 8\nv3 = subtract v1, v0\nv9 = less v3, v2", false);
    assert_eq!(found, Some(vec![Bound::Below { base, number: 7 }]));
    let found = bounds("v2 = int 1\nv3 = add v0, v2\nv9 = equal v3, v1", false);
    assert_eq!(found, Some(vec![Bound::Below { base, number: 1 }]));
}

#[test]
fn comparisons_with_numbers() {
    assert_eq!(bounds("v2 = int 0\nv9 = less v0, v2", false), Some(vec![Bound::AtLeast(0)]));
    let found = bounds("v2 = int 10\nv9 = less_equal v0, v2", true);
    assert_eq!(found, Some(vec![Bound::Below { base: None, number: -11 }]));
    assert_eq!(bounds("v2 = int 0\nv9 = less v1, v2", false), None, "nothing about the counter");
}

#[test]
fn unsigned_comparisons_bound_on_both_sides() {
    let base = Some(Value::from_u32(1));
    let found = bounds("v9 = less_unsigned v0, v1", true);
    assert_eq!(found, Some(vec![Bound::Below { base, number: 0 }, Bound::AtLeast(0)]));
    assert_eq!(bounds("v9 = less_unsigned v0, v1", false), None);
}
