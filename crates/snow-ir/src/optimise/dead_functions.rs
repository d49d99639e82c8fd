//! Drops the functions that nothing reaches any more from `main` or the tests, once their bodies stand in
//! their callers, and numbers the others anew.
//!
//! A function is reached by a call, or by its address in code or in a constant. Costs one walk over the
//! program.

use crate::ir::{FuncId, Function, Op, Program, Static, StaticId, StaticWord, Statics, Terminator};
use cranelift_entity::{EntitySet, SecondaryMap};

/// Drops what neither `main` nor a test reaches.
pub fn drop_dead(program: &mut Program) {
    let mut search = Search { functions: EntitySet::new(), statics: EntitySet::new(), waiting: Vec::new() };
    let entries = program.main.iter().chain(program.tests.iter().map(|test| &test.entry));
    entries.for_each(|entry| search.function(*entry));
    while let Some(function) = search.waiting.pop() {
        search.body(&program.functions[function], &program.statics);
    }
    let mut numbers: SecondaryMap<FuncId, Option<FuncId>> = SecondaryMap::new();
    for (id, function) in std::mem::take(&mut program.functions) {
        if search.functions.contains(id) {
            numbers[id] = Some(program.functions.push(function));
        }
    }
    renumber(program, &numbers);
}

struct Search {
    functions: EntitySet<FuncId>,
    statics: EntitySet<StaticId>,
    waiting: Vec<FuncId>,
}

impl Search {
    fn function(&mut self, function: FuncId) {
        if self.functions.insert(function) {
            self.waiting.push(function);
        }
    }

    fn constant(&mut self, id: StaticId, statics: &Statics) {
        if !self.statics.insert(id) {
            return;
        }
        let Static::Object { words, .. } = &statics[id] else { return };
        for word in words {
            match word {
                StaticWord::Function(function) => self.function(*function),
                StaticWord::Static(inner) => self.constant(*inner, statics),
                StaticWord::Raw(_) => {}
            }
        }
    }

    fn body(&mut self, function: &Function, statics: &Statics) {
        for block in function.blocks.values() {
            for instruction in &block.instructions {
                match instruction.op {
                    Op::Call { function, .. } | Op::FunctionAddress(function) => self.function(function),
                    Op::Static(id) => self.constant(id, statics),
                    _ => {}
                }
            }
            if let Terminator::TailCall { function, .. } = block.terminator {
                self.function(function);
            }
        }
    }
}

/// Constants that nothing uses stay: they cost a few bytes of data. Functions in them that are gone
/// become a null word.
fn renumber(program: &mut Program, numbers: &SecondaryMap<FuncId, Option<FuncId>>) {
    let new = |function: &mut FuncId| *function = numbers[*function].expect("what is named is kept");
    program.main.iter_mut().for_each(new);
    program.tests.iter_mut().for_each(|test| new(&mut test.entry));
    for object in program.statics.values_mut() {
        let Static::Object { words, .. } = object else { continue };
        for word in words {
            if let StaticWord::Function(function) = word {
                *word = match numbers[*function] {
                    Some(number) => StaticWord::Function(number),
                    None => StaticWord::Raw(0),
                };
            }
        }
    }
    for block in program.functions.values_mut().flat_map(|function| function.blocks.values_mut()) {
        for instruction in &mut block.instructions {
            if let Op::Call { function, .. } | Op::FunctionAddress(function) = &mut instruction.op {
                new(function);
            }
        }
        if let Terminator::TailCall { function, .. } = &mut block.terminator {
            new(function);
        }
    }
}
