//! Inputs that are like those of the corpus, but not quite.

use crate::target::Target;
use snow_fuzz::random::Random;

/// No input has more bytes.
const LONGEST: usize = 40_000;

/// Words of requests: what parsers look for, and what they stumble over.
const REQUEST_WORDS: [&str; 46] = [
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\0",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "\"",
    "%",
    "%41",
    "\u{a0}",
    "\u{212a}",
    "\u{fffd}",
    "GET ",
    "HEAD ",
    "CONNECT ",
    "OPTIONS * ",
    " HTTP/1.1\r\n",
    " HTTP/1.0\r\n",
    " HTTP/2.0\r\n",
    "/",
    "?name=Ann",
    "http://a/",
    "ws://a?b",
    "#",
    "@",
    "Host: a\r\n",
    "Upgrade: websocket\r\n",
    "Connection: keep-alive, Upgrade\r\n",
    "Sec-WebSocket-Version: 13\r\n",
    "Sec-WebSocket-Version: 8\r\n",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    "Origin: http://a\r\n",
    "Origin: null\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Cookie: id=7; x\r\n",
    "X-Forwarded-For: 10.0.0.2, [::1]:7\r\n",
    "Forwarded: for=\"[::1]:80\";proto=http, for=_x\r\n",
    "Sec-WebSocket-Protocol: chat, news\r\n",
    " folded: line\r\n",
    "X: \u{fc}\r\n",
];

/// Bytes with a meaning, or beside one.
const BYTES: [u8; 14] = [0, 1, 0x0a, 0x0d, 0x20, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0xc0, 0xed, 0xfe, 0xff];

/// Pieces of texts: characters of each length, and what is none.
const TEXTS: [&[u8]; 12] = [
    b"a",
    "ß".as_bytes(),
    "漢".as_bytes(),
    "😀".as_bytes(),
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe6\xbc",
    b"\xf0\x9f\x98",
    b"\x80",
    b"\xff",
    b"",
];

/// Close codes around the borders of what may be sent.
const CODES: [u16; 20] = [
    0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000, 3999, 4000, 4999,
    5000, 65_535,
];

/// An input for a target, made of those that are kept.
pub fn input(target: Target, corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = random.pick(corpus);
    for _ in 0..random.pick(&[1, 1, 1, 2, 2, 3, 5, 8]) {
        mutate(target, corpus, &mut bytes, random);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn mutate(target: Target, corpus: &[Vec<u8>], bytes: &mut Vec<u8>, random: &mut Random) {
    let (from, to) = range(bytes.len(), random);
    match random.below(12) {
        0 if from < bytes.len() => bytes[from] ^= 1 << random.below(8),
        1 if from < bytes.len() => bytes[from] = random.pick(&BYTES),
        2 if from < bytes.len() => bytes[from] = random.number() as u8,
        3 => drop(bytes.drain(from..to)),
        4 => bytes.truncate(from),
        5 => repeat(bytes, from, to, random),
        6 => {
            let other = random.pick(corpus);
            let (start, _) = range(other.len(), random);
            bytes.truncate(from);
            bytes.extend_from_slice(&other[start..]);
        }
        7 => length_field(bytes, from, random),
        _ => drop(bytes.splice(from..from, piece(target, random))),
    }
}

/// Part of so many bytes, short in most cases.
fn range(length: usize, random: &mut Random) -> (usize, usize) {
    let from = random.between(0, length);
    let most = random.pick(&[1, 4, 30, length + 1]);
    (from, length.min(from + random.between(0, most)))
}

/// The same once more, or very often.
fn repeat(bytes: &mut Vec<u8>, from: usize, to: usize, random: &mut Random) {
    let times = random.pick(&[1, 1, 2, 100, 1_000]).min(LONGEST / (to - from + 1));
    let part = bytes[from..to].repeat(times);
    bytes.splice(from..from, part);
}

/// A length where one may stand: of seven, sixteen or sixty-four bits.
fn length_field(bytes: &mut [u8], at: usize, random: &mut Random) {
    let length =
        random.pick(&[0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 1 << 31, u64::MAX >> 1, u64::MAX]);
    let field = match random.below(3) {
        0 => vec![0x80 | (length as u8 & 0x7f)],
        1 => [&[0xfe][..], &(length as u16).to_be_bytes()].concat(),
        _ => [&[0xff][..], &length.to_be_bytes()].concat(),
    };
    bytes.iter_mut().skip(at).zip(field).for_each(|(byte, new)| *byte = new);
}

/// Something that means something to the target.
fn piece(target: Target, random: &mut Random) -> Vec<u8> {
    match target {
        Target::Head => random.pick(&REQUEST_WORDS).as_bytes().to_vec(),
        Target::Frames => frame(random),
        Target::Close if random.one_in(2) => random.pick(&CODES).to_be_bytes().to_vec(),
        Target::Close => text(random),
        Target::Connection if random.one_in(4) => piece(Target::Head, random),
        Target::Connection => frame(random),
    }
}

/// A frame of a client that is right in most ways.
pub fn frame(random: &mut Random) -> Vec<u8> {
    let opcode = random.pick(&[0, 0, 1, 1, 2, 2, 8, 9, 10, 3, 11]);
    let is_final = random.below(3) > 0;
    let payload = match opcode {
        8 => [&random.pick(&CODES).to_be_bytes()[..], &text(random)].concat(),
        _ => text(random),
    };
    let key = if random.one_in(2) { [0; 4] } else { (random.number() as u32).to_be_bytes() };
    let mut frame = vec![opcode | if is_final { 0x80 } else { 0 }];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => frame.extend([0xfe, (long >> 8) as u8, long as u8]),
    }
    frame.extend(key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

fn text(random: &mut Random) -> Vec<u8> {
    let pieces = random.pick(&[0, 1, 3, 40, 300]);
    // The first four are characters; most texts are right.
    let kinds = if random.one_in(4) { TEXTS.len() } else { 4 };
    let mut text: Vec<u8> = (0..pieces).flat_map(|_| TEXTS[random.below(kinds)]).copied().collect();
    text.truncate(20_000);
    text
}
