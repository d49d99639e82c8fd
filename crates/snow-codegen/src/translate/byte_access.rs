//! Loads and stores of bytes, in both byte orders, at an address into a Bytes or Buffer.

use crate::translate::Translator;
use cranelift_codegen::ir::{self as machine, InstBuilder, Type, types};
use snow_ir::ir::Value;

impl<'a> Translator<'a> {
    pub fn load_bytes(
        &mut self,
        address: Value,
        offset: Value,
        width: u8,
        big: bool,
        signed: bool,
    ) -> machine::Value {
        let place = self.place(address, offset);
        let flags = self.memory.bytes;
        if big && width > 1 {
            let narrow = integer(width);
            let value = self.builder.ins().load(narrow, flags, place, 0);
            let value = self.builder.ins().bswap(value);
            return match (narrow, signed) {
                (types::I64, _) => value,
                (_, true) => self.builder.ins().sextend(types::I64, value),
                (_, false) => self.builder.ins().uextend(types::I64, value),
            };
        }
        let ins = self.builder.ins();
        match (width, signed) {
            (1, false) => ins.uload8(types::I64, flags, place, 0),
            (1, true) => ins.sload8(types::I64, flags, place, 0),
            (2, false) => ins.uload16(types::I64, flags, place, 0),
            (2, true) => ins.sload16(types::I64, flags, place, 0),
            (4, false) => ins.uload32(flags, place, 0),
            (4, true) => ins.sload32(flags, place, 0),
            _ => ins.load(integer(width), flags, place, 0),
        }
    }

    pub fn store_bytes(&mut self, address: Value, offset: Value, value: Value, width: u8, big: bool) {
        let place = self.place(address, offset);
        let value = self.get(value);
        let narrow = integer(width);
        let value = if width < 8 { self.builder.ins().ireduce(narrow, value) } else { value };
        let value = if big && width > 1 { self.builder.ins().bswap(value) } else { value };
        self.builder.ins().store(self.memory.bytes, value, place, 0);
    }

    pub fn load_vector(&mut self, address: Value, offset: Value) -> machine::Value {
        let place = self.place(address, offset);
        self.builder.ins().load(types::I8X16, self.memory.bytes, place, 0)
    }

    pub fn store_vector(&mut self, address: Value, offset: Value, value: Value) {
        let place = self.place(address, offset);
        let value = self.get(value);
        self.builder.ins().store(self.memory.bytes, value, place, 0);
    }

    fn place(&mut self, address: Value, offset: Value) -> machine::Value {
        let (address, offset) = (self.get(address), self.get(offset));
        self.builder.ins().iadd(address, offset)
    }
}

fn integer(width: u8) -> Type {
    match width {
        1 => types::I8,
        2 => types::I16,
        4 => types::I32,
        8 => types::I64,
        _ => panic!("an access of {width} bytes"),
    }
}
