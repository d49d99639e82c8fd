//! Drops functions that nothing calls any more, once their bodies stand in their callers.

use crate::ir::{FuncId, Function, Op, Program, Static, StaticId, StaticWord, Terminator};

pub fn drop_unreachable(program: &mut Program) {
    let mut search = Search {
        functions: vec![false; program.functions.len()],
        statics: vec![false; program.statics.len()],
        waiting: Vec::new(),
    };
    let entries = program.main.iter().chain(program.tests.iter().map(|test| &test.entry));
    entries.for_each(|entry| search.function(*entry));
    while let Some(function) = search.waiting.pop() {
        search.body(&program.functions[function.0 as usize], &program.statics);
    }
    let mut numbers = vec![FuncId(u32::MAX); program.functions.len()];
    let mut count = 0;
    for (index, used) in search.functions.iter().enumerate() {
        if *used {
            numbers[index] = FuncId(count);
            count += 1;
        }
    }
    let mut index = 0;
    program.functions.retain(|_| {
        index += 1;
        search.functions[index - 1]
    });
    renumber(program, &numbers);
}

struct Search {
    functions: Vec<bool>,
    statics: Vec<bool>,
    waiting: Vec<FuncId>,
}

impl Search {
    fn function(&mut self, function: FuncId) {
        if !std::mem::replace(&mut self.functions[function.0 as usize], true) {
            self.waiting.push(function);
        }
    }

    fn constant(&mut self, id: StaticId, statics: &[Static]) {
        if std::mem::replace(&mut self.statics[id.0 as usize], true) {
            return;
        }
        let Static::Object { words, .. } = &statics[id.0 as usize] else { return };
        for word in words {
            match word {
                StaticWord::Function(function) => self.function(*function),
                StaticWord::Static(inner) => self.constant(*inner, statics),
                StaticWord::Raw(_) => {}
            }
        }
    }

    fn body(&mut self, function: &Function, statics: &[Static]) {
        for block in &function.blocks {
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
fn renumber(program: &mut Program, numbers: &[FuncId]) {
    let new = |function: &mut FuncId| *function = numbers[function.0 as usize];
    program.main.iter_mut().for_each(new);
    program.tests.iter_mut().for_each(|test| new(&mut test.entry));
    for object in &mut program.statics {
        let Static::Object { words, .. } = object else { continue };
        for word in words {
            if let StaticWord::Function(function) = word {
                new(function);
                if function.0 == u32::MAX {
                    *word = StaticWord::Raw(0);
                }
            }
        }
    }
    for block in program.functions.iter_mut().flat_map(|function| &mut function.blocks) {
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

#[cfg(test)]
mod tests {
    use crate::ir::{FuncId, Op};
    use crate::optimise::testing::program;

    #[test]
    fn what_is_called_or_has_its_address_taken_stays_under_a_new_number() {
        let mut program = program(
            "fn \"unused\" -> int
            b0(v0: int):
              return v0
            fn \"main\" -> int
            b0(v0: int):
              v1 = address of \"closure\"
              tail call \"next\"(v1)
            fn \"next\" -> int
            b0(v0: int):
              return v0
            fn \"closure\" -> int
            b0(v0: int):
              return v0",
        );
        program.main = Some(FuncId(1));
        super::drop_unreachable(&mut program);
        let names: Vec<&str> = program.functions.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["main", "next", "closure"]);
        assert_eq!(program.main, Some(FuncId(0)));
        assert_eq!(program.functions[0].blocks[0].instructions[0].op, Op::FunctionAddress(FuncId(2)));
    }
}
