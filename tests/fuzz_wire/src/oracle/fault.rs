//! Rules that a peer can break: their names in the library, and the Close that tells of them.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub name: &'static str,
    pub code: u16,
    pub reason: &'static str,
}

pub const RESERVED_BITS: Fault = protocol("ReservedBits", "reserved bits set");
pub const RESERVED_OPCODE: Fault = protocol("ReservedOpcode", "reserved opcode");
pub const FRAGMENTED_CONTROL: Fault = protocol("FragmentedControl", "fragmented control frame");
pub const LONG_CONTROL: Fault = protocol("LongControl", "control frame too long");
pub const NOT_MASKED: Fault = protocol("NotMasked", "frame not masked");
pub const NOT_MINIMAL: Fault = protocol("NotMinimal", "length not in minimal form");
pub const IMPOSSIBLE_LENGTH: Fault = protocol("ImpossibleLength", "impossible length");
pub const STRAY_CONTINUATION: Fault = protocol("StrayContinuation", "continuation of nothing");
pub const INTERLEAVED_MESSAGE: Fault = protocol("InterleavedMessage", "message inside a message");
pub const BAD_CLOSE_PAYLOAD: Fault = protocol("BadClosePayload", "bad close payload");
pub const BAD_CLOSE_CODE: Fault = protocol("BadCloseCode", "bad close code");
pub const BAD_TEXT: Fault = Fault { name: "BadText", code: 1007, reason: "text is not UTF-8" };
pub const TOO_BIG: Fault = Fault { name: "TooBig", code: 1009, reason: "message too big" };

const fn protocol(name: &'static str, reason: &'static str) -> Fault {
    Fault { name, code: 1002, reason }
}
