//! Inserts the polls by which a running actor gives others their turn: in every loop,
//! and on entry to functions that are part of a recursion, so that no stretch of code
//! runs for ever without one.

use super::call_graph::CallGraph;
use super::graph::Graph;
use crate::ir::{BlockId, Function, Instruction, Op, Program, Terminator};
use snow_syntax::span::Span;

pub fn insert(program: &mut Program) {
    let graph = CallGraph::of(program);
    for (index, function) in program.functions.iter_mut().enumerate() {
        let mut headers: Vec<BlockId> = loop_headers(function);
        let calls_unknown = calls_closures(function);
        // A recursion may go through a closure: then nobody sees it in the call graph.
        let may_recur = graph.recursive[index] || (calls_unknown && graph.address_taken[index]);
        if may_recur && !headers.contains(&BlockId(0)) {
            headers.push(BlockId(0));
        }
        for header in headers {
            insert_at(function, header);
        }
    }
}

fn loop_headers(function: &Function) -> Vec<BlockId> {
    let graph = Graph::of(function);
    let mut headers: Vec<BlockId> = graph.loops().into_iter().map(|found| found.header).collect();
    // A cycle that is no natural loop has an edge against the order all the same.
    for (at, block) in graph.order.iter().enumerate() {
        for next in function.blocks[block.0 as usize].terminator.successors() {
            let backwards = graph.order[..=at].contains(&next);
            if backwards && !headers.contains(&next) {
                headers.push(next);
            }
        }
    }
    headers
}

fn calls_closures(function: &Function) -> bool {
    function.blocks.iter().any(|block| {
        matches!(block.terminator, Terminator::TailCallClosure { .. })
            || block.instructions.iter().any(|instruction| matches!(instruction.op, Op::CallClosure { .. }))
    })
}

fn insert_at(function: &mut Function, block: BlockId) {
    let file = function.file;
    let instructions = &mut function.blocks[block.0 as usize].instructions;
    let span = instructions.first().map_or(Span::default(), |first| first.span);
    let file = instructions.first().map_or(file, |first| first.file);
    instructions.insert(0, Instruction { result: None, op: Op::Poll, span, file });
}
