//! The collector and the message copy, on objects built by hand.

use super::blob::Blob;
use super::block::Block;
use super::collect::Purpose;
use super::copy::{CopyLog, NotSendable};
use super::object::{self, BLOB_BYTES_WORDS, BUFFER_BLOB, BUFFER_WORDS, Ref, WORD};
use super::spaces::Spaces;
use super::{Bump, Heap, generations};
use crate::abi::{self, Kind, array, header};
use std::cell::Cell;

/// A heap with a table of roots instead of a stack.
struct World {
    heap: Heap,
    bump: Bump,
    spaces: Spaces,
    roots: Vec<u64>,
}

impl World {
    fn new() -> World {
        let bump = Bump { next: Cell::new(0), limit: Cell::new(0) };
        World { heap: Heap::new(), bump, spaces: Spaces::new(Default::default()), roots: Vec::new() }
    }

    fn fixed(&mut self, tag: u32, references: &[Ref], raw: &[u64]) -> Ref {
        let words = references.len() + raw.len();
        let object = self.heap.allocate(&self.bump, words + 1);
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(0, header(Kind::Fixed, tag, words as u32, references.len() as u32));
            for (index, word) in references.iter().map(|part| part.0).chain(raw.iter().copied()).enumerate() {
                object.set_word(index as u32 + 1, word);
            }
        }
        object
    }

    fn inline(&mut self, bytes: &[u8]) -> Ref {
        let words = object::inline_bytes_words(bytes.len());
        let object = self.heap.allocate(&self.bump, words);
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(0, header(Kind::InlineBytes, 0, words as u32 - 1, 0));
            object.set_word(abi::bytes::LENGTH, bytes.len() as u64);
            let data = object.0 + 3 * WORD as u64;
            object.set_word(abi::bytes::ADDRESS, data);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data as *mut u8, bytes.len());
        }
        object
    }

    fn shared(&mut self, blob: *mut Blob, length: usize) -> Ref {
        let object = self.heap.allocate(&self.bump, BLOB_BYTES_WORDS);
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(0, header(Kind::BlobBytes, 0, BLOB_BYTES_WORDS as u32 - 1, 0));
            object.set_word(abi::bytes::LENGTH, length as u64);
            object.set_word(abi::bytes::ADDRESS, Blob::data(blob) as u64);
            object.set_word(abi::bytes::DATA, blob as u64);
            self.heap.own(&self.bump, object, length);
        }
        object
    }

    fn buffer(&mut self, blob: *mut Blob) -> Ref {
        let object = self.heap.allocate(&self.bump, BUFFER_WORDS);
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(0, header(Kind::Buffer, 0, BUFFER_WORDS as u32 - 1, 0));
            object.set_word(abi::bytes::LENGTH, 0);
            object.set_word(abi::bytes::ADDRESS, Blob::data(blob) as u64);
            object.set_word(abi::bytes::DATA, Blob::capacity(blob) as u64);
            object.set_word(BUFFER_BLOB, blob as u64);
            self.heap.own(&self.bump, object, 0);
        }
        object
    }

    fn array(&mut self, elements: &[Ref], capacity: usize) -> Ref {
        let object = self.heap.allocate(&self.bump, 4 + capacity);
        // SAFETY: the object has so many words.
        unsafe {
            std::ptr::write_bytes(object.0 as *mut u64, 0, 4 + capacity);
            object.set_word(0, header(Kind::RefArray, 0, 0, 0));
            object.set_word(array::CAPACITY, capacity as u64);
            object.set_word(array::BACK, elements.len() as u64);
            for (index, element) in elements.iter().enumerate() {
                object.set_word(array::ELEMENTS + index as u32, element.0);
            }
        }
        object
    }

    fn root(&mut self, object: Ref) -> usize {
        self.roots.push(object.0);
        self.roots.len() - 1
    }

    fn get(&self, root: usize) -> Ref {
        Ref(self.roots[root])
    }

    fn collect(&mut self, purpose: Purpose) -> bool {
        let roots = &mut self.roots;
        // SAFETY: the table holds all that the tests still use.
        unsafe {
            self.heap.collect(&self.bump, &mut self.spaces, purpose, |mover| {
                roots.iter_mut().for_each(|slot| mover.visit(slot));
            })
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // SAFETY: nothing is used any more.
        unsafe { self.heap.release(&self.bump, &mut self.spaces) }
    }
}

fn word(object: Ref, index: u32) -> u64 {
    // SAFETY: the tests ask for words that exist.
    unsafe { object.word(index) }
}

fn bytes(object: Ref) -> &'static [u8] {
    // SAFETY: the tests ask for bytes of live objects, and use them at once.
    unsafe { object::bytes_of(object) }
}

#[test]
fn objects_survive_with_their_contents_and_their_sharing() {
    let mut world = World::new();
    let text = world.inline(b"hello, world");
    let leaf = world.fixed(3, &[text], &[42]);
    let pair = world.fixed(0, &[leaf, leaf, Ref::immediate(5)], &[7]);
    let root = world.root(pair);
    for purpose in [Purpose::Room(0), Purpose::RoomAgain(100), Purpose::Shrink, Purpose::Room(5000)] {
        let before = world.get(root);
        world.collect(purpose);
        let pair = world.get(root);
        assert_ne!(pair, before, "everything moves");
        assert_eq!(word(pair, 1), word(pair, 2), "one object stays one");
        assert_eq!((word(pair, 3), word(pair, 4)), (11, 7));
        let leaf = Ref(word(pair, 1));
        assert_eq!(word(leaf, 0), header(Kind::Fixed, 3, 2, 1));
        assert_eq!((word(leaf, 2), bytes(Ref(word(leaf, 1)))), (42, &b"hello, world"[..]));
    }
    assert_eq!(world.heap.live(), (5 + 3 + 5) * WORD);
}

#[test]
fn cycles_and_empty_slots_end() {
    let mut world = World::new();
    let leaf = world.fixed(1, &[], &[9]);
    let array = world.array(&[leaf, leaf, Ref(0)], 10);
    // SAFETY: the slot exists. Arrays are the only objects that can be written after they are made.
    unsafe { array.set_word(array::ELEMENTS + 2, array.0) };
    let root = world.root(array);
    world.collect(Purpose::Room(0));
    let array = world.get(root);
    assert_eq!(word(array, array::ELEMENTS + 2), array.0);
    assert_eq!(word(Ref(word(array, array::ELEMENTS)), 1), 9);
    assert_eq!(word(array, array::ELEMENTS + 9), 0);
}

#[test]
fn closures_keep_code_and_captures() {
    let mut world = World::new();
    let captured = world.fixed(0, &[], &[1]);
    let closure = world.heap.allocate(&world.bump, 4);
    // SAFETY: the object has so many words.
    unsafe {
        closure.set_word(0, header(Kind::Closure, 0, 3, 1));
        // A code address must not be taken for a reference: this one would fault.
        closure.set_word(1, 0x1000);
        closure.set_word(2, captured.0);
        closure.set_word(3, 0x2000);
    }
    let root = world.root(closure);
    world.collect(Purpose::Room(0));
    let closure = world.get(root);
    assert_eq!((word(closure, 1), word(closure, 3)), (0x1000, 0x2000));
    assert_eq!(word(Ref(word(closure, 2)), 1), 1);
}

#[test]
fn static_objects_stay() {
    let constant = [header(Kind::Fixed, 0, 1, 0) | abi::STATIC_BIT, 77];
    let mut world = World::new();
    let object = world.fixed(0, &[Ref(constant.as_ptr() as u64)], &[]);
    let root = world.root(object);
    world.collect(Purpose::Room(0));
    assert_eq!(word(world.get(root), 1), constant.as_ptr() as u64);
}

#[test]
fn what_is_not_reached_gives_its_bytes_back() {
    let mut world = World::new();
    let (kept, lost) = (Blob::copy_of(&[1; 100]), Blob::copy_of(&[2; 100]));
    // SAFETY: shares are taken for what the tests look at afterwards.
    unsafe {
        Blob::retain(kept);
        Blob::retain(lost);
        let object = world.shared(kept, 100);
        let root = world.root(object);
        world.shared(lost, 100);
        world.collect(Purpose::Room(0));
        assert_eq!((Blob::shares(kept), Blob::shares(lost)), (2, 1));
        assert_eq!(bytes(world.get(root)), [1; 100]);
        assert_eq!(world.heap.outside(), 100);
        world.collect(Purpose::Room(0));
        assert_eq!(Blob::shares(kept), 2, "the list holds it still");
        drop(world);
        assert_eq!(Blob::shares(kept), 1);
        Blob::release(kept);
        Blob::release(lost);
    }
}

#[test]
fn bytes_outside_ask_for_a_collection() {
    let mut world = World::new();
    let large = Blob::allocate(1 << 20);
    world.shared(large, 1 << 20);
    assert!(world.heap.wants_collection());
    assert!(world.bump.limit.get() <= world.bump.next.get(), "compiled code takes the slow path");
    world.collect(Purpose::Room(0));
    assert!(!world.heap.wants_collection());
    assert_eq!(world.heap.outside(), 0);
}

#[test]
fn a_heap_grows_with_what_lives_and_shrinks_when_idle() {
    let mut world = World::new();
    let mut list = Ref::immediate(0);
    let root = world.root(list);
    for number in 0..10_000 {
        if world.bump.next.get() + 24 > world.bump.limit.get() {
            world.collect(Purpose::Room(24));
        }
        list = world.get(root);
        let cell = world.fixed(1, &[list], &[number]);
        world.roots[root] = cell.0;
    }
    assert!(world.heap.collections() < 30, "{} collections", world.heap.collections());
    assert!(world.heap.bytes() <= 4 * 240_000);
    let mut at = world.get(root);
    for number in (0..10_000).rev() {
        assert_eq!(word(at, 2), number);
        at = Ref(word(at, 1));
    }
    world.roots[root] = Ref::immediate(0).0;
    world.collect(Purpose::Shrink);
    assert_eq!(world.heap.bytes(), 8);
}

/// It used to collect again and again at its limit, each time for a little less room.
#[test]
fn a_heap_that_cannot_grow_gives_up_soon() {
    let mut world = World::new();
    let limit = 12 << 20;
    world.spaces.largest = limit;
    let root = world.root(Ref::immediate(0));
    let mut made = 0;
    'growing: loop {
        // For each object that stays, ten that do not.
        for stays in [true, false, false, false, false, false, false, false, false, false, false] {
            if world.bump.next.get() + 24 > world.bump.limit.get() && !world.collect(Purpose::Room(24)) {
                break 'growing;
            }
            let cell = world.fixed(1, &[world.get(root)], &[0]);
            made += 24;
            if stays {
                world.roots[root] = cell.0;
            }
        }
    }
    let each = made / world.heap.collections();
    assert!(each > 128 << 10, "a collection for each {each} bytes");
    // And not before most of the memory was in use.
    assert!(world.heap.live() > limit / 2, "{} bytes", world.heap.live());
}

#[test]
fn a_message_is_self_contained_and_keeps_its_sharing() {
    let mut world = World::new();
    let blob = Blob::copy_of(&[5; 200]);
    // SAFETY: one more share for the test.
    unsafe { Blob::retain(blob) };
    let (text, shared) = (world.inline(b"text"), world.shared(blob, 200));
    // Fifty levels of pairs whose halves are the same object: 2^50 objects if sharing were lost.
    let mut value = world.fixed(0, &[text, shared], &[]);
    for _ in 0..50 {
        value = world.fixed(0, &[value, value], &[]);
    }
    let root = world.root(value);
    let mut log = CopyLog::default();
    // SAFETY: the heap is the test's own; so is the block.
    unsafe {
        let block = log.copy(value).unwrap();
        assert_eq!((*block).bytes, (50 * 3 + 3 + 4 + 5) * WORD);
        assert_eq!(word(value, 0), header(Kind::Fixed, 0, 2, 2), "the sender's headers are restored");
        assert_eq!(Blob::shares(blob), 3);
        let second = Block::duplicate(block);
        assert_eq!(Blob::shares(blob), 4);

        world.roots[root] = Ref::immediate(0).0;
        world.collect(Purpose::Room(0));
        assert_eq!(Blob::shares(blob), 3);

        let mut receiver = World::new();
        for block in [block, second] {
            let message = receiver.heap.adopt(&receiver.bump, block);
            receiver.root(message);
        }
        receiver.collect(Purpose::Room(0));
        for root in 0..2 {
            let mut at = receiver.get(root);
            for _ in 0..50 {
                assert_eq!(word(at, 1), word(at, 2));
                at = Ref(word(at, 1));
            }
            assert_eq!((bytes(Ref(word(at, 1))), bytes(Ref(word(at, 2)))), (&b"text"[..], &[5; 200][..]));
        }
        drop(receiver);
        assert_eq!(Blob::shares(blob), 1);
        Blob::release(blob);
    }
}

#[test]
fn a_message_that_no_one_takes_gives_its_bytes_back() {
    let mut world = World::new();
    let blob = Blob::copy_of(&[5; 200]);
    // SAFETY: one more share for the test.
    unsafe {
        Blob::retain(blob);
        let object = world.shared(blob, 200);
        let block = CopyLog::default().copy(object).unwrap();
        assert_eq!(Blob::shares(blob), 3);
        Block::release(block);
        assert_eq!(Blob::shares(blob), 2);
        drop(world);
        Blob::release(blob);
    }
}

#[test]
fn a_buffer_is_not_sent_and_the_sender_stays_whole() {
    let mut world = World::new();
    let buffer = world.buffer(Blob::allocate(10));
    let inner = world.fixed(1, &[], &[4]);
    let value = world.fixed(0, &[inner, buffer], &[]);
    let mut log = CopyLog::default();
    // SAFETY: the heap is the test's own.
    unsafe {
        assert_eq!(log.copy(value), Err(NotSendable { what: "a Buffer", holder: None }));
        assert_eq!(word(value, 0), header(Kind::Fixed, 0, 2, 2));
        assert_eq!(word(inner, 0), header(Kind::Fixed, 1, 1, 0));
        let block = log.copy(inner).unwrap();
        assert_eq!((*block).bytes, 2 * WORD);
        Block::release(block);
    }
}

#[test]
fn long_lists_are_copied_without_recursion() {
    let mut world = World::new();
    let mut list = Ref::immediate(0);
    for number in 0..1_000_000 {
        list = world.fixed(1, &[list], &[number]);
    }
    // SAFETY: the heap is the test's own.
    unsafe {
        let block = CopyLog::default().copy(list).unwrap();
        let mut at = Ref((*block).root);
        for number in (0..1_000_000).rev() {
            assert_eq!(word(at, 2), number);
            at = Ref(word(at, 1));
        }
        Block::release(block);
    }
}

/// A world with so many objects in a chain that its heap has two generations.
fn grown() -> (World, usize) {
    let mut world = World::new();
    let root = world.root(Ref::immediate(0));
    let objects = 2 * generations::FROM / 24;
    extend(&mut world, root, objects as u64);
    assert!(world.heap.bytes() > generations::FROM);
    (world, root)
}

/// Puts so many objects of three words in front of a chain.
fn extend(world: &mut World, root: usize, objects: u64) {
    for number in 0..objects {
        make_room(world);
        let object = world.fixed(1, &[world.get(root)], &[number]);
        world.roots[root] = object.0;
    }
}

fn make_room(world: &mut World) {
    if world.bump.next.get() + 24 > world.bump.limit.get() {
        assert!(world.collect(Purpose::Room(24)));
    }
}

/// Garbage, for so many collections.
fn churn(world: &mut World, collections: u64) {
    let until = world.heap.collections() + collections;
    while world.heap.collections() < until {
        make_room(world);
        world.fixed(2, &[], &[1, 2]);
    }
}

fn is_old(object: Ref) -> bool {
    word(object, 0) & abi::OLD_BIT != 0
}

/// Writes into an array as compiled code does.
fn write(world: &mut World, array: Ref, index: u32, value: Ref) {
    // SAFETY: the slot exists.
    unsafe {
        array.set_word(array::ELEMENTS + index, value.0);
        if is_old(array) {
            world.heap.remember(&world.bump, array.0 + ((array::ELEMENTS + index) as usize * WORD) as u64);
        }
    }
}

#[test]
fn old_objects_stay_while_the_young_are_collected() {
    let (mut world, root) = grown();
    churn(&mut world, 3);
    let (old, live) = (world.get(root), world.heap.live());
    assert!(is_old(old));
    churn(&mut world, 5);
    assert_eq!(world.get(root), old);
    assert_eq!(world.heap.live(), live, "nothing of the garbage has survived");
    let mut at = old;
    let mut count = 0;
    while at.is_object() {
        at = Ref(word(at, 1));
        count += 1;
    }
    assert_eq!(count, 2 * generations::FROM / 24);
}

#[test]
fn what_an_old_array_refers_to_survives() {
    let (mut world, _) = grown();
    make_room(&mut world);
    let array = world.array(&[], 3);
    let kept = world.root(array);
    churn(&mut world, 2);
    let array = world.get(kept);
    assert!(is_old(array));
    for number in 0..3 {
        make_room(&mut world);
        assert_eq!(world.get(kept), array);
        let young = world.fixed(1, &[Ref::immediate(0)], &[40 + number]);
        write(&mut world, array, number as u32, young);
        // Again and again, as a loop does.
        (0..5_000).for_each(|_| write(&mut world, array, number as u32, young));
    }
    churn(&mut world, 2);
    assert_eq!(world.get(kept), array, "the old array has not moved");
    for number in 0..3 {
        let element = Ref(word(array, array::ELEMENTS + number));
        assert!(is_old(element));
        assert_eq!(word(element, 2), 40 + u64::from(number));
    }
}

/// Slots that are remembered a second time do not take memory, and many of them ask for a collection.
#[test]
fn many_slots_are_remembered() {
    let (mut world, root) = grown();
    extend(&mut world, root, 500_000);
    let slots = 200_000;
    let array = world.array(&[], slots as usize);
    let kept = world.root(array);
    while !is_old(world.get(kept)) {
        churn(&mut world, 1);
    }
    churn(&mut world, 1);
    make_room(&mut world);
    let array = world.get(kept);
    let young = world.fixed(1, &[Ref::immediate(0)], &[77]);
    for _ in 0..3 {
        (0..slots).for_each(|slot| write(&mut world, array, slot, young));
    }
    assert!(world.heap.wants_collection());
    churn(&mut world, 1);
    assert_eq!(world.get(kept), array, "the old array has not moved");
    let moved = word(array, array::ELEMENTS);
    assert!((0..slots).all(|slot| word(array, array::ELEMENTS + slot) == moved));
    assert_eq!(word(Ref(moved), 2), 77);
}

#[test]
fn bytes_of_both_generations_are_given_back() {
    let (mut world, _) = grown();
    let blobs = [(); 3].map(|()| Blob::copy_of(&[3; 300]));
    // SAFETY: shares are taken for what the test looks at afterwards.
    unsafe {
        blobs.iter().for_each(|blob| Blob::retain(*blob));
        let shares = || blobs.map(|blob| Blob::shares(blob));
        let old = world.shared(blobs[0], 300);
        let old = world.root(old);
        churn(&mut world, 2);
        assert!(is_old(world.get(old)));
        let young = world.shared(blobs[1], 300);
        let young = world.root(young);
        world.shared(blobs[2], 300);
        churn(&mut world, 1);
        assert_eq!((shares(), world.heap.outside()), ([2, 2, 1], 600));
        world.roots[old] = Ref::immediate(0).0;
        world.roots[young] = Ref::immediate(0).0;
        churn(&mut world, 2);
        assert_eq!(shares(), [2, 2, 1], "the old are collected only with all");
        world.collect(Purpose::Shrink);
        assert_eq!((shares(), world.heap.outside()), ([1, 1, 1], 0));
        blobs.iter().for_each(|blob| Blob::release(*blob));
    }
}

/// What the old hold outside the heap counts, too.
#[test]
fn many_bytes_outside_make_all_be_collected() {
    let (mut world, _) = grown();
    let blob = Blob::copy_of(&[3; 300]);
    // SAFETY: a share for the test.
    unsafe { Blob::retain(blob) };
    let old = world.shared(blob, 300);
    let old = world.root(old);
    churn(&mut world, 2);
    world.roots[old] = Ref::immediate(0).0;
    let large = world.shared(Blob::allocate(8 << 20), 8 << 20);
    world.root(large);
    churn(&mut world, 1);
    // SAFETY: as above.
    unsafe {
        assert_eq!(Blob::shares(blob), 1);
        Blob::release(blob);
    }
}

#[test]
fn copies_of_old_objects_are_young() {
    let (mut world, root) = grown();
    churn(&mut world, 2);
    let array = world.array(&[], 2);
    let array = world.root(array);
    churn(&mut world, 1);
    let (chain, array) = (world.get(root), world.get(array));
    assert!(is_old(chain) && is_old(array));
    // SAFETY: the heap is the test's own; so are the blocks.
    unsafe {
        write(&mut world, array, 0, chain);
        for value in [chain, array] {
            let block = CopyLog::default().copy(value).unwrap();
            assert!(!is_old(Ref((*block).root)));
            assert!(is_old(value), "the sender's is as it was");
            Block::release(block);
        }
    }
}

/// Where all survives, it is not copied out of a nursery again and again; and where it does not any more, it is.
#[test]
fn a_heap_in_which_all_survives_does_without_a_nursery() {
    let (mut world, root) = grown();
    let before = world.heap.collections();
    extend(&mut world, root, (16 << 20) / 24);
    assert!(world.heap.collections() - before < 10, "{}", world.heap.collections() - before);
    churn(&mut world, 3);
    let live = world.heap.live();
    churn(&mut world, 10);
    let old = world.get(root);
    churn(&mut world, 10);
    assert_eq!((world.heap.live(), world.get(root)), (live, old));
}
