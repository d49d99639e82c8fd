//! Numbers that all actors add to, without waiting for each other: each worker has a row of its own.

use super::blob::Blob;
use super::object::Ref;
use crate::abi;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, Ordering};

/// Two rows never share a line of the cache, nor a pair of lines that processors fetch together.
const LINE: usize = 128;
const CELL: usize = size_of::<AtomicI64>();

/// Rows of numbers in a blob, of which this is a share: how many rows there are and how many numbers each has, and then
/// the rows, each from a new line on.
pub struct Counters(NonNull<Blob>);

// SAFETY: blobs are shared between threads by count; the two words in front do not change any more, and the others are
// only used as atomics.
unsafe impl Send for Counters {}

impl Counters {
    /// Rows of zeros.
    pub fn new(rows: usize, count: usize) -> Counters {
        let bytes = LINE + rows * row_bytes(count);
        let blob = Blob::allocate(bytes);
        let data = Blob::data(blob);
        // SAFETY: the blob has so many bytes, aligned to 16, and no one else knows it.
        unsafe {
            std::ptr::write_bytes(data, 0, bytes);
            data.cast::<[usize; 2]>().write([rows, count]);
        }
        Counters::over(blob)
    }

    fn over(blob: *mut Blob) -> Counters {
        Counters(NonNull::new(blob).expect("only static bytes have no blob"))
    }

    /// Those that an object holds; they are borrowed, not shared.
    ///
    /// # Safety
    /// The object is one over the blob of `Counters`, and lives as long as what is returned.
    pub unsafe fn of(object: Ref) -> std::mem::ManuallyDrop<Counters> {
        // SAFETY: promised by the caller.
        let blob = unsafe { object.word(abi::bytes::DATA) } as *mut Blob;
        std::mem::ManuallyDrop::new(Counters::over(blob))
    }

    /// The blob; this share of it becomes the caller's.
    pub fn into_blob(self) -> *mut Blob {
        std::mem::ManuallyDrop::new(self).0.as_ptr()
    }

    /// Adds to numbers of the row of this worker, from `first` on, as far as it has some.
    #[inline]
    pub fn add<const N: usize>(&self, worker: usize, first: usize, amounts: [i64; N]) {
        let cells = self.row(worker).get(first..).unwrap_or_default();
        for (cell, amount) in cells.iter().zip(amounts) {
            // Relaxed, in two steps: only this worker writes to its row.
            cell.store(cell.load(Ordering::Relaxed).wrapping_add(amount), Ordering::Relaxed);
        }
    }

    /// Raises one of them to at least this.
    #[inline]
    pub fn raise(&self, worker: usize, index: usize, value: i64) {
        if let Some(cell) = self.row(worker).get(index) {
            // Relaxed: as above.
            cell.store(cell.load(Ordering::Relaxed).max(value), Ordering::Relaxed);
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.shape()[1]
    }

    /// One number in all rows.
    pub fn column(&self, index: usize) -> impl Iterator<Item = i64> {
        let [rows, _] = self.shape();
        // Relaxed: a number says nothing about others.
        (0..rows).filter_map(move |row| Some(self.row(row).get(index)?.load(Ordering::Relaxed)))
    }

    fn shape(&self) -> [usize; 2] {
        // SAFETY: the two words have not changed since the blob was made.
        unsafe { Blob::data(self.0.as_ptr()).cast::<[usize; 2]>().read() }
    }

    fn row(&self, worker: usize) -> &[AtomicI64] {
        let [rows, count] = self.shape();
        assert!(worker < rows);
        // SAFETY: the blob has these rows, and their words are only used as atomics.
        unsafe {
            let row = Blob::data(self.0.as_ptr()).add(LINE + worker * row_bytes(count));
            std::slice::from_raw_parts(row.cast::<AtomicI64>(), count)
        }
    }
}

impl Clone for Counters {
    fn clone(&self) -> Counters {
        // SAFETY: this is a share.
        unsafe { Blob::retain(self.0.as_ptr()) };
        Counters(self.0)
    }
}

impl Drop for Counters {
    fn drop(&mut self) {
        // SAFETY: the share is this one's own.
        unsafe { Blob::release(self.0.as_ptr()) }
    }
}

fn row_bytes(count: usize) -> usize {
    (count * CELL).next_multiple_of(LINE)
}
