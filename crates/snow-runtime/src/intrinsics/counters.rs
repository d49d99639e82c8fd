//! Numbers that all actors add to, without waiting for each other.

use super::context::*;
use super::define::define;
use crate::heap::counters::Counters;
use std::mem::ManuallyDrop;

/// No program needs more numbers in one place.
const MOST: i64 = 1 << 20;

define! {
    fn counters_new(context, count: Int) -> Ref {
        let rows = context.runtime().scheduler.workers.len();
        let counters = Counters::new(rows, count.clamp(0, MOST) as usize);
        // Of no length: it is shared by many, and none of them should collect its heap for it.
        context.new_shared(counters.into_blob(), 0)
    }

    fn counters_sums(context, counters: Ref) -> Ref {
        let counters = counters_of(counters);
        let sums: Vec<i64> =
            (0..counters.count()).map(|index| counters.column(index).fold(0, i64::wrapping_add)).collect();
        context.new_numbers(&sums)
    }

    fn counters_greatest(_context, counters: Ref, index: Int) -> Int {
        counters_of(counters).column(index as usize).max().unwrap_or(0)
    }

    leaf {
        fn counters_add(context, counters: Ref, index: Int, amount: Int) {
            counters_of(counters).add(context.worker().index, index as usize, [amount])
        }

        fn counters_add_two(context, counters: Ref, first: Int, a: Int, b: Int) {
            counters_of(counters).add(context.worker().index, first as usize, [a, b])
        }

        fn counters_raise(context, counters: Ref, index: Int, value: Int) {
            counters_of(counters).raise(context.worker().index, index as usize, value)
        }
    }
}

pub fn counters_of(object: Ref) -> ManuallyDrop<Counters> {
    // SAFETY: only the library has such objects, in an opaque type, and passes no others.
    unsafe { Counters::of(object) }
}
