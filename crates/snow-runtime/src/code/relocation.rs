//! Relocations: places in code and data that hold addresses which are known only when the image lies in memory.

use super::error::LoadError;
use crate::image::{Image, Relocation, RelocationKind, Section, Target};
use std::collections::HashMap;

/// Where everything lies.
pub struct Places<'a> {
    pub mapping: usize,
    pub code_bytes: usize,
    pub data_at: usize,
    pub data_bytes: usize,
    pub thunks_at: usize,
    pub thunks: &'a Thunks,
    pub runtime: Lookup,
}

impl Places<'_> {
    /// Writes one address where it belongs: `bytes` are code and data.
    ///
    /// # Errors
    /// When the image contradicts itself, or asks for what this runtime does not have.
    pub fn apply(&self, bytes: &mut [u8], relocation: &Relocation) -> Result<(), LoadError> {
        let (start, length) = match relocation.section {
            Section::Code => (0, self.code_bytes),
            Section::Data => (self.data_at, self.data_bytes),
        };
        let width = if relocation.kind == RelocationKind::Absolute { 8 } else { 4 };
        let offset = relocation.offset as usize;
        if offset + width > length {
            return Err(LoadError::Malformed("a relocation lies outside its section"));
        }
        let at = start + offset;
        let place = self.mapping + at;
        let target = self.target(relocation)?.wrapping_add(relocation.addend as usize);
        match relocation.kind {
            RelocationKind::Absolute => bytes[at..at + 8].copy_from_slice(&(target as u64).to_le_bytes()),
            RelocationKind::X86Relative => {
                let distance = i32::try_from(target.wrapping_sub(place) as isize)
                    .map_err(|_| LoadError::Malformed("a branch reaches too far"))?;
                bytes[at..at + 4].copy_from_slice(&distance.to_le_bytes());
            }
            RelocationKind::Arm64Branch => {
                let distance = target.wrapping_sub(place) as isize;
                if distance % 4 != 0 || !(-(1 << 27)..1 << 27).contains(&distance) {
                    return Err(LoadError::Malformed("a branch reaches too far"));
                }
                let mut word = [0; 4];
                word.copy_from_slice(&bytes[at..at + 4]);
                let branch = u32::from_le_bytes(word) & 0xfc00_0000 | (distance / 4) as u32 & 0x03ff_ffff;
                bytes[at..at + 4].copy_from_slice(&branch.to_le_bytes());
            }
        }
        Ok(())
    }

    fn target(&self, relocation: &Relocation) -> Result<usize, LoadError> {
        match &relocation.target {
            Target::Code(offset) if *offset as usize <= self.code_bytes => {
                Ok(self.mapping + *offset as usize)
            }
            Target::Data(offset) if *offset as usize <= self.data_bytes => {
                Ok(self.mapping + self.data_at + *offset as usize)
            }
            Target::Runtime(name) if relocation.kind == RelocationKind::Absolute => {
                address(self.runtime, name)
            }
            // The runtime may lie further away than 32 bits reach.
            Target::Runtime(name) => Ok(self.mapping + self.thunks_at + self.thunks.offset(name)),
            _ => Err(LoadError::Malformed("a relocation's target lies outside its section")),
        }
    }
}

/// Jumps to the runtime, placed behind the code for branches that reach 2 GiB only.
pub struct Thunks {
    names: HashMap<String, usize>,
    addresses: Vec<usize>,
}

impl Thunks {
    /// `jmp [rip+0]`, padding to 8, the address.
    const SIZE: usize = 16;

    /// Those that the image's branches need.
    ///
    /// # Errors
    /// When this runtime does not have a function that the image calls.
    pub fn of(image: &Image, runtime: Lookup) -> Result<Thunks, LoadError> {
        let mut thunks = Thunks { names: HashMap::new(), addresses: Vec::new() };
        for relocation in &image.relocations {
            if let (Target::Runtime(name), false) =
                (&relocation.target, relocation.kind == RelocationKind::Absolute)
                && !thunks.names.contains_key(name)
            {
                thunks.names.insert(name.clone(), thunks.addresses.len());
                thunks.addresses.push(address(runtime, name)?);
            }
        }
        Ok(thunks)
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.addresses.len() * Thunks::SIZE
    }

    fn offset(&self, name: &str) -> usize {
        self.names[name] * Thunks::SIZE
    }

    pub fn write(&self, to: &mut [u8]) {
        for (address, thunk) in self.addresses.iter().zip(to.chunks_mut(Thunks::SIZE)) {
            // jmp [rip+2]; ud2; address
            thunk[..8].copy_from_slice(&[0xff, 0x25, 2, 0, 0, 0, 0x0f, 0x0b]);
            thunk[8..].copy_from_slice(&(*address as u64).to_le_bytes());
        }
    }
}

/// Tells the address of the function that an image calls by this name.
pub type Lookup = fn(&str) -> Option<usize>;

fn address(runtime: Lookup, name: &str) -> Result<usize, LoadError> {
    runtime(name).ok_or_else(|| LoadError::UnknownIntrinsic(name.to_string()))
}
