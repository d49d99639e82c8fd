//! A compiled program: machine code and all that the runtime must know of it.
//!
//! `snowc run` loads it into its own process; `snowc build` appends it, encoded, to
//! a copy of the executable, which finds it there when it starts. So both use the
//! same code and the same loader, and neither a linker nor an archive is needed.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Image {
    /// Instruction-set features that the code uses, Cranelift's names: checked when loading.
    pub features: Vec<String>,
    /// All functions one behind the other, each aligned to 16.
    pub code: Vec<u8>,
    /// Constant objects, aligned to 16; read-only after relocation.
    pub data: Vec<u8>,
    pub relocations: Vec<Relocation>,
    /// In order of address.
    pub functions: Vec<FunctionInfo>,
    /// In order of address.
    pub safepoints: Vec<Safepoint>,
    /// In order of address: where a return address or a fault comes from.
    pub lines: Vec<LineInfo>,
    /// Paths of source files.
    pub files: Vec<String>,
    /// Offset in `code` of the entry wrapper of `main`, in the convention of `actor entry`:
    /// see `EntryPoint`.
    pub main: Option<u32>,
    pub tests: Vec<TestInfo>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FunctionInfo {
    pub offset: u32,
    pub size: u32,
    pub name: String,
    /// Of a closure: in which words of its object the references are that it captures, and their names.
    pub captures: Vec<(u32, String)>,
}

/// A return address behind which live references are known. A call with none has no entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Safepoint {
    /// Offset of the return address in `code`.
    pub offset: u32,
    /// The frame's size: its stack pointer is its frame pointer minus this.
    pub span: u32,
    /// Offsets of live references from that stack pointer.
    pub slots: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct LineInfo {
    /// From this offset in `code` on.
    pub offset: u32,
    pub file: u32,
    /// Counted from 1; 0 when unknown.
    pub line: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TestInfo {
    pub name: String,
    pub file: u32,
    pub line: u32,
    /// As `Image::main`.
    pub entry: u32,
    /// Does it need the system's clock, sockets and workers?
    pub system: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Relocation {
    pub section: Section,
    /// Where to write, in that section.
    pub offset: u32,
    pub kind: RelocationKind,
    pub target: Target,
    pub addend: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Section {
    Code,
    Data,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RelocationKind {
    /// A 64-bit address.
    Absolute,
    /// x86-64: 32 bits, relative to the place (addend -4 is in the relocation).
    X86Relative,
    /// aarch64: the 26-bit word offset of a branch.
    Arm64Branch,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Target {
    Code(u32),
    Data(u32),
    /// An intrinsic or stub of the runtime, by name.
    Runtime(String),
}

// An actor's entry point (main, tests, and what `actor_spawn` is given) is a function in Snow's own
// (`tail`) convention reached through `entry stub`s of the code generator in the platform's C
// convention: `extern "C" fn(record, arguments: Ref)`. `arguments` is the object that `actor_spawn`
// was given (copied into the new actor's heap), or an immediate. The stub sets nothing up but
// arguments: the runtime has set the pinned register, the stack, and a zero frame pointer below.
// When the function returns, the stub returns to the runtime's exit stub.
