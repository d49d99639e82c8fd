//! Bit patterns and bit construction, one bit after the other.

use super::{Environment, Machine, Outcome, Value};
use crate::program::{BitPattern, Pattern, PatternSize, Segment, SegmentSize};

impl Machine<'_> {
    pub fn construct_bits(&mut self, segments: &[Segment], environment: &Environment) -> Outcome {
        let mut bits = Vec::new();
        for segment in segments {
            match (self.evaluate(&segment.value, environment)?, segment.size) {
                (Value::Int(number), SegmentSize::Bits(size)) => {
                    push(&mut bits, number, size, segment.little)
                }
                (Value::Bytes(bytes), SegmentSize::Bytes) => {
                    self.room(bytes.len())?;
                    bytes.iter().for_each(|byte| push(&mut bits, i64::from(*byte), 8, false));
                }
                (other, size) => unreachable!("{other:?}::{size:?}"),
            }
        }
        let bytes = bits.chunks(8).map(|chunk| chunk.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
        Ok(Value::Bytes(bytes.collect()))
    }

    pub fn match_bits(
        &mut self,
        segments: &[BitPattern],
        bytes: &[u8],
        environment: &mut Environment,
    ) -> Outcome<bool> {
        let mut at = 0;
        for segment in segments {
            let left = bytes.len() * 8 - at;
            let value = match &segment.size {
                PatternSize::Bits(size) => {
                    let size = *size as usize;
                    if left < size {
                        return Ok(false);
                    }
                    at += size;
                    Value::Int(read(bytes, at - size, size, segment.little, segment.signed))
                }
                PatternSize::Computed(size) => {
                    let Value::Int(size) = self.evaluate(size, environment)? else { unreachable!("a size") };
                    let possible = (0..=64).contains(&size) && !(segment.little && size % 8 != 0);
                    if !possible || left < size as usize {
                        return Ok(false);
                    }
                    at += size as usize;
                    Value::Int(read(bytes, at - size as usize, size as usize, segment.little, segment.signed))
                }
                // What begins in the middle of a byte matches nothing.
                _ if at % 8 != 0 => return Ok(false),
                PatternSize::Text => {
                    let Pattern::String(text) = &segment.value else { unreachable!("a text") };
                    if !bytes[at / 8..].starts_with(text.as_bytes()) {
                        return Ok(false);
                    }
                    at += text.len() * 8;
                    continue;
                }
                PatternSize::Bytes(length) => {
                    let Value::Int(length) = self.evaluate(length, environment)? else {
                        unreachable!("a length")
                    };
                    let from = at / 8;
                    match usize::try_from(length) {
                        Ok(length) if length <= left / 8 => {
                            at += length * 8;
                            Value::Bytes(bytes[from..from + length].into())
                        }
                        _ => return Ok(false),
                    }
                }
                PatternSize::Rest => {
                    let from = at / 8;
                    at = bytes.len() * 8;
                    Value::Bytes(bytes[from..].into())
                }
            };
            if !matches!(segment.value, Pattern::Wildcard)
                && !self.matches(&segment.value, &value, environment)?
            {
                return Ok(false);
            }
        }
        Ok(at == bytes.len() * 8)
    }
}

/// The lowest `size` bits of a number; of a little-endian one, byte for byte from the lowest.
fn push(bits: &mut Vec<bool>, number: i64, size: u32, little: bool) {
    if little {
        for byte in 0..size / 8 {
            push(bits, number >> (byte * 8) & 0xff, 8, false);
        }
    } else {
        bits.extend((0..size).rev().map(|bit| number >> bit & 1 == 1));
    }
}

fn read(bytes: &[u8], from: usize, size: usize, little: bool, signed: bool) -> i64 {
    let bit = |at: usize| u64::from(bytes[at / 8] >> (7 - at % 8) & 1);
    let mut number = 0u64;
    if little {
        for byte in (0..size / 8).rev() {
            for at in from + byte * 8..from + byte * 8 + 8 {
                number = number << 1 | bit(at);
            }
        }
    } else {
        for at in from..from + size {
            number = number << 1 | bit(at);
        }
    }
    if size == 0 {
        return 0;
    }
    let unused = 64 - size as u32;
    if signed { (number << unused) as i64 >> unused } else { number as i64 }
}

#[cfg(test)]
mod tests {
    use super::{push, read};

    #[test]
    fn a_number_is_read_as_it_was_written() {
        for (size, little) in [(1, false), (13, false), (16, true), (64, false), (64, true)] {
            let mut bits = vec![true, false, true];
            push(&mut bits, -3, size, little);
            bits.resize(bits.len().div_ceil(8) * 8, false);
            let bytes: Vec<u8> =
                bits.chunks(8).map(|c| c.iter().fold(0, |b, bit| b << 1 | u8::from(*bit))).collect();
            let wanted = if size == 1 { -1 } else { -3 };
            if !little {
                assert_eq!(read(&bytes, 3, size as usize, little, true), wanted, "{size} bits");
            }
        }
        assert_eq!(read(&[1, 2], 0, 16, true, false), 513);
    }
}
