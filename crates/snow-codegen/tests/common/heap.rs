//! A copying collector over `abi`'s objects, as small as it can be.

use snow_abi::{self as abi, Kind};
use std::collections::HashMap;

pub struct Heap {
    space: Vec<u64>,
    next: usize,
    /// Kept, and overwritten: a stale pointer then reads nonsense.
    old: Vec<Vec<u64>>,
    pub collections: usize,
    /// Return address: frame size and offsets of roots.
    pub safepoints: HashMap<usize, (usize, Vec<usize>)>,
}

const POISON: u64 = 0xdddd_dddd_dddd_dddd;

impl Heap {
    pub fn new(safepoints: HashMap<usize, (usize, Vec<usize>)>) -> Heap {
        Heap { space: Vec::new(), next: 0, old: Vec::new(), collections: 0, safepoints }
    }

    /// Room for so many words, all zero, after everything has moved.
    pub fn allocate(&mut self, words: usize, roots: &[*mut u64]) -> usize {
        self.collect(words, roots);
        let address = self.space.as_mut_ptr() as usize + 8 * self.next;
        self.next += words;
        address
    }

    pub fn collect(&mut self, spare: usize, roots: &[*mut u64]) {
        let live = self.next;
        let from = std::mem::replace(&mut self.space, vec![0; live + spare]);
        let range = from.as_ptr() as usize..from.as_ptr() as usize + 8 * live;
        self.next = 0;
        for &root in roots {
            // Safety: roots are words of stack frames, found by the walk.
            unsafe { *root = self.moved(*root, &range) };
        }
        let mut scan = 0;
        while scan < self.next {
            let (size, references, _) = shape(&self.space[scan..]);
            for word in references {
                self.space[scan + word] = self.moved(self.space[scan + word], &range);
            }
            scan += size;
        }
        let mut from = from;
        from.fill(POISON);
        self.old.push(from);
        if self.old.len() > 64 {
            self.old.remove(0);
        }
        self.collections += 1;
    }

    fn moved(&mut self, reference: u64, from: &std::ops::Range<usize>) -> u64 {
        assert_ne!(reference, POISON, "a root was read from a dead object");
        if reference & 1 == 1 || !from.contains(&(reference as usize)) {
            return reference;
        }
        let object = reference as *mut u64;
        // Safety: the object lies in the old space, which is still there; its header tells its size.
        unsafe {
            if *object & 1 == 0 {
                return *object;
            }
            let (_, _, kind) = shape(std::slice::from_raw_parts(object, 4));
            let size = shape(std::slice::from_raw_parts(object, 4)).0;
            let words = std::slice::from_raw_parts(object, size);
            self.space[self.next..self.next + size].copy_from_slice(words);
            let address = self.space.as_ptr() as u64 + 8 * self.next as u64;
            if kind == Kind::InlineBytes {
                self.space[self.next + abi::bytes::ADDRESS as usize] = address + 8 * abi::bytes::DATA as u64;
            }
            self.next += size;
            *object = address;
            address
        }
    }
}

/// Words in all, the words that are references, kind.
fn shape(object: &[u64]) -> (usize, std::ops::Range<usize>, Kind) {
    let header = object[0];
    assert_eq!(header & 1, 1, "not a header: {header:x}");
    let kind = abi::kind_of(header);
    let (words, references) = (abi::words_of(header) as usize, abi::references_of(header) as usize);
    match kind {
        Kind::Fixed => (1 + words, 1..1 + references, kind),
        Kind::Closure => (1 + words, 2..2 + references, kind),
        Kind::InlineBytes => (1 + words, 0..0, kind),
        Kind::RawArray => (4 + object[1] as usize, 0..0, kind),
        Kind::RefArray => (4 + object[1] as usize, 4..4 + object[1] as usize, kind),
        _ => panic!("an object of kind {kind:?}"),
    }
}
