//! The data section of an image: static objects, and the texts of panics.

use crate::error::CodegenError;
use crate::symbols::Symbols;
use cranelift_entity::PrimaryMap;
use snow_abi::{self as abi, Kind};
use snow_ir::ir::{FuncId, Program, Static, StaticId, StaticWord};

pub(crate) struct Data {
    pub bytes: Vec<u8>,
    /// Offset of each static object.
    pub statics: PrimaryMap<StaticId, u32>,
    /// Offset of each text. Indexed as `Symbols::messages`.
    pub messages: Vec<u32>,
    /// Words that hold addresses.
    pub addresses: Vec<(u32, Address)>,
}

pub(crate) enum Address {
    /// An offset in the data section.
    Data(u32),
    Code(FuncId),
}

pub(crate) fn data(program: &Program, symbols: &Symbols<'_>) -> Result<Data, CodegenError> {
    let mut data =
        Data { bytes: Vec::new(), statics: PrimaryMap::new(), messages: Vec::new(), addresses: Vec::new() };
    for object in program.statics.values() {
        let place = data.align()?;
        data.statics.push(place);
        match object {
            Static::Bytes(bytes) => data.add_bytes(place, bytes),
            Static::Object { header, words } => {
                data.word(header | abi::STATIC_BIT);
                words
                    .iter()
                    .for_each(|word| data.word(if let StaticWord::Raw(raw) = word { *raw } else { 0 }));
            }
        }
    }
    // Words may refer to objects further down, whose places are known only now.
    for (id, object) in &program.statics {
        let Static::Object { words, .. } = object else { continue };
        for (index, word) in words.iter().enumerate() {
            let place = data.statics[id] + 8 * (1 + index as u32);
            match word {
                StaticWord::Raw(_) => {}
                StaticWord::Static(id) => {
                    let target = Address::Data(data.statics[*id]);
                    data.addresses.push((place, target));
                }
                StaticWord::Function(id) => data.addresses.push((place, Address::Code(*id))),
            }
        }
    }
    for message in &symbols.messages {
        let place = data.align()?;
        data.messages.push(place);
        data.bytes.extend_from_slice(message.as_bytes());
    }
    data.align()?;
    Ok(data)
}

impl Data {
    /// The next free place.
    fn align(&mut self) -> Result<u32, CodegenError> {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        match u32::try_from(self.bytes.len()) {
            Ok(place) if place <= i32::MAX as u32 => Ok(place),
            _ => Err(CodegenError::TooLarge),
        }
    }

    fn word(&mut self, word: u64) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    fn add_bytes(&mut self, place: u32, bytes: &[u8]) {
        // The count of words means nothing for an object that is never copied, and could not hold
        // that of a long text.
        let words = abi::bytes::DATA - 1 + (bytes.len() as u64).div_ceil(8).min(1 << 16) as u32;
        self.word(abi::header(Kind::InlineBytes, 0, words, 0) | abi::STATIC_BIT);
        self.word(bytes.len() as u64);
        self.addresses.push((place + 8 * abi::bytes::ADDRESS, Address::Data(place + 8 * abi::bytes::DATA)));
        self.word(0);
        self.bytes.extend_from_slice(bytes);
    }
}
