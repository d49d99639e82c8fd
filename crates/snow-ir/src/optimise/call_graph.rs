//! The call graph: which functions call which, and which are part of a recursion.
//!
//! Recursions are the strongly connected components (Robert Tarjan, "Depth-first search and linear graph
//! algorithms", 1972). Costs one walk over the program.

use crate::ir::{FuncId, Function, Op, Program, Static, StaticWord, Terminator};
use cranelift_entity::{EntitySet, PrimaryMap, SecondaryMap};

pub struct CallGraph {
    /// Callees before callers, except within a recursion.
    pub bottom_up: Vec<FuncId>,
    /// Does it call itself, directly or through others?
    pub recursive: EntitySet<FuncId>,
    /// The functions that each one calls directly, once for each call.
    pub callees: PrimaryMap<FuncId, Vec<FuncId>>,
    /// Direct calls of each function in the whole program.
    pub calls: SecondaryMap<FuncId, u32>,
    /// Is its address taken: can it be called through a closure or by the runtime?
    pub address_taken: EntitySet<FuncId>,
}

impl CallGraph {
    pub fn of(program: &Program) -> CallGraph {
        let callees: PrimaryMap<FuncId, Vec<FuncId>> = program.functions.values().map(callees).collect();
        let mut calls = SecondaryMap::with_capacity(callees.len());
        callees.values().flatten().for_each(|callee| calls[*callee] += 1);
        let mut address_taken = EntitySet::new();
        let entries = program.main.iter().chain(program.tests.iter().map(|test| &test.entry));
        let taken = program.functions.values().flat_map(addresses).chain(entries.copied());
        taken.for_each(|function| _ = address_taken.insert(function));
        for object in program.statics.values() {
            if let Static::Object { words, .. } = object {
                for word in words {
                    if let StaticWord::Function(function) = word {
                        address_taken.insert(*function);
                    }
                }
            }
        }
        let mut groups = Groups {
            callees: &callees,
            index: SecondaryMap::with_default(UNSEEN),
            low: SecondaryMap::new(),
            grouped: EntitySet::new(),
            stack: Vec::new(),
            next: 0,
            bottom_up: Vec::new(),
            recursive: EntitySet::new(),
        };
        callees.keys().for_each(|function| groups.visit(function));
        let (bottom_up, recursive) = (groups.bottom_up, groups.recursive);
        CallGraph { bottom_up, recursive, callees, calls, address_taken }
    }
}

fn callees(function: &Function) -> Vec<FuncId> {
    let mut found = Vec::new();
    for block in function.blocks.values() {
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
    function.blocks.values().flat_map(|block| &block.instructions).filter_map(|instruction| match instruction
        .op
    {
        Op::FunctionAddress(function) => Some(function),
        _ => None,
    })
}

/// Tarjan's strongly connected components, without recursion of its own.
struct Groups<'a> {
    callees: &'a PrimaryMap<FuncId, Vec<FuncId>>,
    /// When each function was come to first.
    index: SecondaryMap<FuncId, u32>,
    /// The first function that each one leads back to, by `index`.
    low: SecondaryMap<FuncId, u32>,
    /// Those whose component is known.
    grouped: EntitySet<FuncId>,
    stack: Vec<FuncId>,
    next: u32,
    bottom_up: Vec<FuncId>,
    recursive: EntitySet<FuncId>,
}

const UNSEEN: u32 = u32::MAX;

impl Groups<'_> {
    fn visit(&mut self, root: FuncId) {
        if self.index[root] != UNSEEN {
            return;
        }
        let mut work = vec![(root, 0)];
        self.enter(root);
        while let Some((function, at)) = work.last_mut() {
            let function = *function;
            if let Some(&callee) = self.callees[function].get(*at) {
                *at += 1;
                if self.index[callee] == UNSEEN {
                    self.enter(callee);
                    work.push((callee, 0));
                } else if !self.grouped.contains(callee) {
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

    fn enter(&mut self, function: FuncId) {
        self.index[function] = self.next;
        self.low[function] = self.next;
        self.next += 1;
        self.stack.push(function);
    }

    fn close(&mut self, root: FuncId) {
        let start = self.stack.iter().rposition(|function| *function == root).unwrap_or(0);
        let members = self.stack.split_off(start);
        let several = members.len() > 1;
        for member in members {
            self.grouped.insert(member);
            if several || self.callees[member].contains(&member) {
                self.recursive.insert(member);
            }
            self.bottom_up.push(member);
        }
    }
}
