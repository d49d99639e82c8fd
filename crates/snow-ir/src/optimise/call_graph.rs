//! Which functions call which, and which are part of a recursion.

use crate::ir::{FuncId, Function, Op, Program, Static, StaticWord, Terminator};

pub struct CallGraph {
    /// Callees before callers, except within a recursion.
    pub bottom_up: Vec<FuncId>,
    /// Does it call itself, directly or through others?
    pub recursive: Vec<bool>,
    /// The functions that each one calls directly, once for each call.
    pub callees: Vec<Vec<FuncId>>,
    /// Direct calls of each function in the whole program.
    pub calls: Vec<u32>,
    /// Is its address taken: can it be called through a closure or by the runtime?
    pub address_taken: Vec<bool>,
}

impl CallGraph {
    pub fn of(program: &Program) -> CallGraph {
        let count = program.functions.len();
        let callees: Vec<Vec<FuncId>> = program.functions.iter().map(callees).collect();
        let mut calls = vec![0; count];
        callees.iter().flatten().for_each(|callee| calls[callee.0 as usize] += 1);
        let mut address_taken = vec![false; count];
        let entries = program.main.iter().chain(program.tests.iter().map(|test| &test.entry));
        let taken = program.functions.iter().flat_map(addresses).chain(entries.copied());
        taken.for_each(|function| address_taken[function.0 as usize] = true);
        for object in &program.statics {
            if let Static::Object { words, .. } = object {
                for word in words {
                    if let StaticWord::Function(function) = word {
                        address_taken[function.0 as usize] = true;
                    }
                }
            }
        }
        let mut groups = Groups {
            callees: &callees,
            index: vec![usize::MAX; count],
            low: vec![0; count],
            group: vec![usize::MAX; count],
            stack: Vec::new(),
            next: 0,
            bottom_up: Vec::new(),
            recursive: vec![false; count],
        };
        (0..count).for_each(|function| groups.visit(function));
        let (bottom_up, recursive) = (groups.bottom_up, groups.recursive);
        CallGraph { bottom_up, recursive, callees, calls, address_taken }
    }
}

fn callees(function: &Function) -> Vec<FuncId> {
    let mut found = Vec::new();
    for block in &function.blocks {
        found.extend(block.instructions.iter().filter_map(|instruction| match instruction.op {
            Op::Call { function, .. } => Some(function),
            _ => None,
        }));
        if let Terminator::TailCall { function, .. } = block.terminator {
            found.push(function);
        }
    }
    found
}

fn addresses(function: &Function) -> impl Iterator<Item = FuncId> + '_ {
    function.blocks.iter().flat_map(|block| &block.instructions).filter_map(|instruction| {
        match instruction.op {
            Op::FunctionAddress(function) => Some(function),
            _ => None,
        }
    })
}

/// Tarjan's strongly connected components, without recursion of its own.
struct Groups<'a> {
    callees: &'a [Vec<FuncId>],
    index: Vec<usize>,
    low: Vec<usize>,
    group: Vec<usize>,
    stack: Vec<usize>,
    next: usize,
    bottom_up: Vec<FuncId>,
    recursive: Vec<bool>,
}

impl Groups<'_> {
    fn visit(&mut self, root: usize) {
        if self.index[root] != usize::MAX {
            return;
        }
        let mut work = vec![(root, 0)];
        self.enter(root);
        while let Some((function, at)) = work.last_mut() {
            let function = *function;
            if let Some(callee) = self.callees[function].get(*at) {
                *at += 1;
                let callee = callee.0 as usize;
                if self.index[callee] == usize::MAX {
                    self.enter(callee);
                    work.push((callee, 0));
                } else if self.group[callee] == usize::MAX {
                    self.low[function] = self.low[function].min(self.index[callee]);
                }
                continue;
            }
            work.pop();
            if let Some((caller, _)) = work.last() {
                self.low[*caller] = self.low[*caller].min(self.low[function]);
            }
            if self.low[function] == self.index[function] {
                self.close(function);
            }
        }
    }

    fn enter(&mut self, function: usize) {
        self.index[function] = self.next;
        self.low[function] = self.next;
        self.next += 1;
        self.stack.push(function);
    }

    fn close(&mut self, root: usize) {
        let start = self.stack.iter().rposition(|function| *function == root).unwrap_or(0);
        let members = self.stack.split_off(start);
        let several = members.len() > 1;
        for member in members {
            self.group[member] = root;
            let own = FuncId(member as u32);
            self.recursive[member] = several || self.callees[member].contains(&own);
            self.bottom_up.push(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::testing::program;

    #[test]
    fn callees_come_first_and_recursions_are_found() {
        let program = program(
            "fn \"main\" -> int
            b0(v0: int):
              v1 = call \"a\"(v0)
              v2 = call \"leaf\"(v1)
              return v2
            fn \"a\" -> int
            b0(v0: int):
              tail call \"b\"(v0)
            fn \"b\" -> int
            b0(v0: int):
              v1 = address of \"leaf\"
              tail call \"a\"(v1)
            fn \"leaf\" -> int
            b0(v0: int):
              return v0
            fn \"self\" -> int
            b0(v0: int):
              tail call \"self\"(v0)",
        );
        let graph = CallGraph::of(&program);
        let place = |function| graph.bottom_up.iter().position(|found| *found == FuncId(function));
        assert!(place(1) < place(0) && place(2) < place(0) && place(3) < place(0));
        assert_eq!(graph.recursive, [false, true, true, false, true]);
        assert_eq!(graph.calls, [0, 2, 1, 1, 1]);
        assert_eq!(graph.address_taken, [false, false, false, true, false]);
    }
}
