//! Symbols: what code refers to outside of its own function. Functions, their entry stubs, constants,
//! intrinsics and texts of panics.

use snow_ir::ir::{FuncId, Op, Program, StaticId, Terminator};
use std::collections::HashMap;

/// What a relocation in a function's code points to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Symbol {
    Function(FuncId),
    /// The stub through which the runtime enters a function.
    Entry(FuncId),
    Static(StaticId),
    /// Index in `Symbols::runtime`.
    Runtime(u32),
    /// Index in `Symbols::messages`.
    Message(u32),
}

impl Symbol {
    /// As Cranelift's pair of namespace and index.
    pub fn encode(self) -> (u32, u32) {
        match self {
            Symbol::Function(id) => (0, id.as_u32()),
            Symbol::Entry(id) => (1, id.as_u32()),
            Symbol::Static(id) => (2, id.as_u32()),
            Symbol::Runtime(index) => (3, index),
            Symbol::Message(index) => (4, index),
        }
    }

    pub fn decode(namespace: u32, index: u32) -> Option<Symbol> {
        match namespace {
            0 => Some(Symbol::Function(FuncId::from_u32(index))),
            1 => Some(Symbol::Entry(FuncId::from_u32(index))),
            2 => Some(Symbol::Static(StaticId::from_u32(index))),
            3 => Some(Symbol::Runtime(index)),
            4 => Some(Symbol::Message(index)),
            _ => None,
        }
    }
}

/// Intrinsics that the code generator calls by itself.
pub(crate) mod runtime {
    pub const ALLOCATE: &str = "snow_allocate";
    pub const ALLOCATE_ARRAY: &str = "snow_allocate_array";
    pub const REMEMBER: &str = "snow_remember";
    pub const POLL: &str = "snow_poll";
    pub const PARK: &str = "snow_park";
    pub const PANIC: &str = "snow_panic";
    pub const PANIC_STATIC: &str = "snow_panic_static";
    pub const ALL: [&str; 7] = [ALLOCATE, ALLOCATE_ARRAY, REMEMBER, POLL, PARK, PANIC, PANIC_STATIC];
}

/// The tables behind `Symbol`, fixed before functions are compiled in parallel.
pub(crate) struct Symbols<'p> {
    /// Names of intrinsics.
    pub runtime: Vec<&'static str>,
    /// Texts of fixed panics.
    pub messages: Vec<&'p str>,
    runtime_index: HashMap<&'static str, u32>,
    message_index: HashMap<&'p str, u32>,
}

impl<'p> Symbols<'p> {
    pub fn of(program: &'p Program) -> Symbols<'p> {
        let mut symbols = Symbols {
            runtime: Vec::new(),
            messages: Vec::new(),
            runtime_index: HashMap::new(),
            message_index: HashMap::new(),
        };
        for name in runtime::ALL {
            symbols.add_runtime(name);
        }
        for block in program.functions.values().flat_map(|function| function.blocks.values()) {
            for instruction in &block.instructions {
                if let Op::Runtime { name, .. } = instruction.op {
                    symbols.add_runtime(name);
                }
            }
            if let Terminator::Panic { message, .. } = &block.terminator {
                let next = symbols.messages.len() as u32;
                if *symbols.message_index.entry(message).or_insert(next) == next {
                    symbols.messages.push(message);
                }
            }
        }
        symbols
    }

    fn add_runtime(&mut self, name: &'static str) {
        let next = self.runtime.len() as u32;
        if *self.runtime_index.entry(name).or_insert(next) == next {
            self.runtime.push(name);
        }
    }

    pub fn runtime(&self, name: &str) -> Symbol {
        Symbol::Runtime(self.runtime_index[name])
    }

    pub fn message(&self, text: &str) -> Symbol {
        Symbol::Message(self.message_index[text])
    }
}
