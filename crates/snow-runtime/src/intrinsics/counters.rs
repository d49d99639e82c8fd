//! Numbers that all actors add to, without waiting for each other: each worker has a row of its own.

use super::context::*;
use super::define::define;
use crate::heap::blob::Blob;
use std::sync::atomic::{AtomicI64, Ordering};

/// Two rows never share a line of the cache, nor a pair of lines that processors fetch together.
const LINE: usize = 128;
const CELL: usize = size_of::<AtomicI64>();
/// No program needs more numbers in one place.
const MOST: i64 = 1 << 20;

/// Rows of numbers in a blob: how many rows there are and how many numbers each has, and then the rows, each from a new
/// line on.
struct Counters {
    data: *mut u8,
}

impl Counters {
    fn row_bytes(count: usize) -> usize {
        (count * CELL).next_multiple_of(LINE)
    }

    /// A blob with rows of zeros.
    fn allocate(rows: usize, count: usize) -> *mut Blob {
        let bytes = LINE + rows * Counters::row_bytes(count);
        let blob = Blob::allocate(bytes);
        let data = Blob::data(blob);
        // SAFETY: the blob has so many bytes, aligned to 16, and no one else knows it.
        unsafe {
            std::ptr::write_bytes(data, 0, bytes);
            data.cast::<[usize; 2]>().write([rows, count]);
        }
        blob
    }

    /// # Safety
    /// The object comes from `counters_new`: only the library has such ones, in an opaque type.
    unsafe fn of(object: Ref) -> Counters {
        // SAFETY: promised by the caller.
        Counters { data: unsafe { object.word(crate::abi::bytes::ADDRESS) } as *mut u8 }
    }

    fn shape(&self) -> [usize; 2] {
        // SAFETY: the two words have not changed since the blob was made.
        unsafe { self.data.cast::<[usize; 2]>().read() }
    }

    /// The numbers of one worker.
    fn row(&self, worker: usize) -> &[AtomicI64] {
        let [rows, count] = self.shape();
        assert!(worker < rows);
        // SAFETY: the blob has these rows, and their words are only used as atomics.
        unsafe {
            let row = self.data.add(LINE + worker * Counters::row_bytes(count));
            std::slice::from_raw_parts(row.cast::<AtomicI64>(), count)
        }
    }

    /// One number in all rows.
    fn column(&self, index: usize) -> impl Iterator<Item = i64> {
        let [rows, _] = self.shape();
        // Relaxed: a number says nothing about others.
        (0..rows).filter_map(move |row| Some(self.row(row).get(index)?.load(Ordering::Relaxed)))
    }
}

define! {
    fn counters_new(context, count: Int) -> Ref {
        let rows = context.runtime().scheduler.workers.len();
        let blob = Counters::allocate(rows, count.clamp(0, MOST) as usize);
        // Of no length: it is shared by many, and none of them should collect its heap for it.
        context.new_shared(blob, 0)
    }

    fn counters_add(context, counters: Ref, index: Int, amount: Int) {
        context.change_counter(counters, index, |value| value.wrapping_add(amount))
    }

    fn counters_add_two(context, counters: Ref, first: Int, a: Int, b: Int) {
        context.change_counter(counters, first, |value| value.wrapping_add(a));
        context.change_counter(counters, first + 1, |value| value.wrapping_add(b));
    }

    fn counters_raise(context, counters: Ref, index: Int, value: Int) {
        context.change_counter(counters, index, |before| before.max(value))
    }

    fn counters_sums(context, counters: Ref) -> Ref {
        // SAFETY: the library passes such an object.
        let counters = unsafe { Counters::of(counters) };
        let [_, count] = counters.shape();
        let sums: Vec<i64> =
            (0..count).map(|index| counters.column(index).fold(0, i64::wrapping_add)).collect();
        context.new_numbers(&sums)
    }

    fn counters_greatest(_context, counters: Ref, index: Int) -> Int {
        // SAFETY: the library passes such an object.
        unsafe { Counters::of(counters) }.column(index as usize).max().unwrap_or(0)
    }
}

impl Context<'_> {
    fn change_counter(self, counters: Ref, index: Int, change: impl FnOnce(i64) -> i64) {
        // SAFETY: the library passes such an object.
        let counters = unsafe { Counters::of(counters) };
        match counters.row(self.worker().index).get(index as usize) {
            // Relaxed, in two steps: only this worker writes to its row.
            Some(cell) => cell.store(change(cell.load(Ordering::Relaxed)), Ordering::Relaxed),
            None => self.crash(format!("there is no counter {index}")),
        }
    }
}
