//! Immutable bytes.

use super::context::*;
use super::define::define;
use crate::abi::{self, Kind, Ordering, array};
use crate::heap::blob::Blob;
use crate::memory::emergency;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

define! {
    fn bytes_slice(context, bytes: Ref, from: Int, to: Int) -> Ref {
        context.slice(bytes, from as usize, to as usize)
    }

    fn bytes_concat(context, parts: Ref) -> Ref {
        context.joined(context.array(parts), &[])
    }

    fn bytes_join(context, parts: Ref, first: Int, count: Int, delimiter: Ref) -> Ref {
        let parts = &context.slots(parts)[first as usize..][..count as usize];
        context.joined(parts, context.bytes(delimiter))
    }

    fn bytes_compare(context, left: Ref, right: Ref) -> Ordering {
        match context.bytes(left).cmp(context.bytes(right)) {
            std::cmp::Ordering::Less => Ordering::Less,
            std::cmp::Ordering::Equal => Ordering::Equal,
            std::cmp::Ordering::Greater => Ordering::Greater,
        }
    }

    fn bytes_find(context, bytes: Ref, part: Ref, from: Int) -> Option<Int> {
        let from = from.max(0) as usize;
        let found = find(context.bytes(bytes).get(from..)?, context.bytes(part))?;
        Some((from + found) as i64)
    }

    fn bytes_hash(context, bytes: Ref) -> Int {
        fnv1a(context.bytes(bytes)) as i64
    }

    fn base64_encode(context, bytes: Ref) -> Ref {
        emergency::expect_bytes(context.bytes(bytes).len() / 3 * 4 + 4);
        context.new_bytes(STANDARD.encode(context.bytes(bytes)).as_bytes())
    }

    fn base64_decode(context, text: Ref) -> Option<Ref> {
        emergency::expect_bytes(context.bytes(text).len());
        let decoded = STANDARD.decode(context.bytes(text)).ok()?;
        Some(context.new_bytes(&decoded))
    }

    leaf {
        fn bytes_equal(context, left: Ref, right: Ref) -> Bool {
            left == right || context.bytes(left) == context.bytes(right)
        }

        fn bytes_hash_keyed(context, bytes: Ref, state: Int) -> Int {
            context.runtime().random.hash_key.hash(state, context.bytes(bytes))
        }
    }
}

impl<'a> Context<'a> {
    /// Part of Bytes or a String. Bounds outside are moved inside.
    pub fn slice(self, bytes: Ref, from: usize, to: usize) -> Ref {
        let whole = self.bytes(bytes);
        let to = to.min(whole.len());
        let part = &whole[from.min(to)..to];
        if part.len() == whole.len() {
            return bytes;
        }
        if part.len() <= abi::INLINE_BYTES {
            return self.new_inline(part);
        }
        let blob = self.blob_of(bytes).expect("only blobs and constants are longer than what fits inline");
        // SAFETY: the whole holds a share.
        unsafe { Blob::retain(blob) };
        self.new_view(part.as_ptr(), part.len(), blob)
    }

    /// The blob in which these Bytes lie: null for constants, `None` when they lie in the object itself.
    pub fn blob_of(self, bytes: Ref) -> Option<*mut Blob> {
        // SAFETY: compiled code passes Bytes.
        unsafe {
            let header = bytes.header();
            if abi::is_static(header) {
                Some(std::ptr::null_mut())
            } else if abi::kind_of(header) == Kind::BlobBytes {
                Some(bytes.word(abi::bytes::DATA) as *mut Blob)
            } else {
                None
            }
        }
    }

    /// The elements of an array of references, `front..back`.
    pub fn array(self, array: Ref) -> &'a [Ref] {
        let slots = self.slots(array);
        // SAFETY: compiled code passes an array.
        let (front, back) = unsafe { (array.word(array::FRONT), array.word(array::BACK)) };
        let back = (back as usize).min(slots.len());
        &slots[(front as usize).min(back)..back]
    }

    /// All slots of an array of references, those that are not in use, too.
    fn slots(self, array: Ref) -> &'a [Ref] {
        // SAFETY: compiled code passes an array; nothing moves it until the intrinsic returns.
        unsafe {
            let first = (array.0 as *const Ref).add(array::ELEMENTS as usize);
            std::slice::from_raw_parts(first, array.word(array::CAPACITY) as usize)
        }
    }

    /// New Bytes of the parts, with a delimiter between each two.
    fn joined(self, parts: &[Ref], delimiter: &[u8]) -> Ref {
        let between = parts.len().saturating_sub(1).saturating_mul(delimiter.len());
        let length = parts.iter().fold(between, |sum, part| sum.saturating_add(self.bytes(*part).len()));
        if length <= abi::INLINE_BYTES {
            let (object, data) = self.uninitialised_inline(length);
            // SAFETY: there is room for so many bytes.
            unsafe { self.copy_joined(parts, delimiter, data) };
            return object;
        }
        let blob = Blob::allocate(length);
        // SAFETY: as above.
        unsafe { self.copy_joined(parts, delimiter, Blob::data(blob)) };
        self.new_shared(blob, length)
    }

    /// # Safety
    /// At the place there is room for all parts, and for a delimiter between each two.
    unsafe fn copy_joined(self, parts: &[Ref], delimiter: &[u8], mut at: *mut u8) {
        let mut add = |bytes: &[u8]| {
            // SAFETY: promised by the caller.
            unsafe {
                copy_short(bytes, at);
                at = at.add(bytes.len());
            }
        };
        let Some((first, rest)) = parts.split_first() else { return };
        add(self.bytes(*first));
        for part in rest {
            add(delimiter);
            add(self.bytes(*part));
        }
    }
}

/// Copies bytes that are mostly few: sixteen at most without a call, as two words that may overlap.
///
/// # Safety
/// There is room for them at the place, which lies elsewhere.
#[inline(always)]
unsafe fn copy_short(bytes: &[u8], to: *mut u8) {
    let (from, length) = (bytes.as_ptr(), bytes.len());
    // SAFETY: promised by the caller; each word begins and ends inside the bytes.
    unsafe {
        match length {
            0 => {}
            1 => *to = *from,
            2..4 => copy_ends::<u16>(from, to, length),
            4..8 => copy_ends::<u32>(from, to, length),
            8..=16 => copy_ends::<u64>(from, to, length),
            _ => std::ptr::copy_nonoverlapping(from, to, length),
        }
    }
}

/// Copies the first and the last word of so many bytes.
///
/// # Safety
/// As for `copy_short`; there are as many bytes as a word has, at least, and twice as many at most.
#[inline(always)]
unsafe fn copy_ends<Word: Copy>(from: *const u8, to: *mut u8, length: usize) {
    let last = length - size_of::<Word>();
    // SAFETY: promised by the caller.
    unsafe {
        let (begin, end) =
            (from.cast::<Word>().read_unaligned(), from.add(last).cast::<Word>().read_unaligned());
        to.cast::<Word>().write_unaligned(begin);
        to.add(last).cast::<Word>().write_unaligned(end);
    }
}

/// Where `part` begins in `whole`: candidates by their first byte, found by the fast search for one byte, as
/// long as they are not too many; then by a search that is linear in any case.
pub fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    let Some((&first, rest)) = part.split_first() else { return Some(0) };
    if part.len() > whole.len() {
        return None;
    }
    if rest.is_empty() {
        return position(whole, first);
    }
    let mut from = 0;
    let mut failures = 0;
    while from + part.len() <= whole.len() {
        let candidate = from + position(&whole[from..whole.len() - rest.len()], first)?;
        if &whole[candidate + 1..candidate + part.len()] == rest {
            return Some(candidate);
        }
        from = candidate + 1;
        failures += 1;
        if failures > 16 && failures * 8 > from {
            return find_linear(&whole[from..], part).map(|at| from + at);
        }
    }
    None
}

fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    // SAFETY: the range is the slice; the result is null or inside it.
    unsafe {
        let found = libc::memchr(bytes.as_ptr().cast(), wanted as i32, bytes.len());
        (!found.is_null()).then(|| found as usize - bytes.as_ptr() as usize)
    }
}

/// Knuth, Morris, Pratt: no input makes it slow.
fn find_linear(whole: &[u8], part: &[u8]) -> Option<usize> {
    let mut borders = vec![0; part.len()];
    let mut border = 0;
    for at in 1..part.len() {
        while border > 0 && part[at] != part[border] {
            border = borders[border - 1];
        }
        border += (part[at] == part[border]) as usize;
        borders[at] = border;
    }
    let mut matched = 0;
    for (at, byte) in whole.iter().enumerate() {
        while matched > 0 && *byte != part[matched] {
            matched = borders[matched - 1];
        }
        matched += (*byte == part[matched]) as usize;
        if matched == part.len() {
            return Some(at + 1 - part.len());
        }
    }
    None
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ *byte as u64).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_agrees_with_the_obvious_search() {
        let texts = ["", "a", "abab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "one two three two"];
        let parts = ["", "a", "b", "ab", "aaab", "two", "aaaaaaaaaaaaaaaaaaaab", "x", "aax"];
        for text in texts {
            for part in parts {
                assert_eq!(find(text.as_bytes(), part.as_bytes()), text.find(part), "{part:?} in {text:?}");
                let linear =
                    if part.is_empty() { Some(0) } else { find_linear(text.as_bytes(), part.as_bytes()) };
                assert_eq!(linear, text.find(part), "{part:?} in {text:?}");
            }
        }
    }

    #[test]
    fn hashes_are_those_of_the_language() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
