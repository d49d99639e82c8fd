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
        let parts: Vec<&[u8]> = context.array(parts).iter().map(|part| context.bytes(*part)).collect();
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if length <= abi::INLINE_BYTES {
            return context.new_inline(&parts);
        }
        let blob = Blob::allocate(length);
        let mut at = Blob::data(blob);
        for part in parts {
            // SAFETY: the blob has room for all parts together.
            unsafe {
                std::ptr::copy_nonoverlapping(part.as_ptr(), at, part.len());
                at = at.add(part.len());
            }
        }
        context.new_shared(blob, length)
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
            return self.new_inline(&[part]);
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
        // SAFETY: compiled code passes an array; nothing moves it until the intrinsic returns.
        unsafe {
            let capacity = array.word(array::CAPACITY) as usize;
            let back = (array.word(array::BACK) as usize).min(capacity);
            let front = (array.word(array::FRONT) as usize).min(back);
            let first = (array.0 as *const Ref).add(array::ELEMENTS as usize);
            std::slice::from_raw_parts(first.add(front), back - front)
        }
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
