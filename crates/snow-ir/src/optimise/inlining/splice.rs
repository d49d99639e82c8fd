//! Puts the body of a function in the place of a call: the block of the call is cut in two, the body's blocks
//! come between, and its returns go on behind.

use crate::ir::{Block, BlockId, Function, Instruction, Op, Program, Terminator, is_standard};
use crate::optimise::block_copies::append_blocks;
use cranelift_entity::EntityRef;
use snow_syntax::span::Span;

/// Replaces the call at this place of a block.
pub(super) fn inline_call(function: &mut Function, block: BlockId, at: usize, program: &Program) {
    let call = &function.blocks[block].instructions[at];
    let place = (call.span, call.file);
    let Op::Call { function: callee, .. } = call.op else { return };
    let body = &program.functions[callee];
    let rest = splice(function, block, at, body);
    place_at_call(function, BlockId::new(rest.index() + 1), place, program);
}

/// What comes from the standard library gets the place of its call: crashes are told with the line of the
/// user's that led to them, and no frame of its own is left to find it by. `first`: of the inlined blocks.
pub(super) fn place_at_call(
    function: &mut Function,
    first: BlockId,
    (call_span, call_file): (Span, u32),
    program: &Program,
) {
    let standard = |file: u32| program.files.get(file as usize).is_some_and(|path| is_standard(path));
    let inside_library = standard(call_file);
    let adopt = |span: &mut Span, file: &mut u32| {
        if !inside_library && standard(*file) {
            (*span, *file) = (call_span, call_file);
        }
    };
    for block in function.blocks.values_mut().skip(first.index()) {
        for instruction in &mut block.instructions {
            adopt(&mut instruction.span, &mut instruction.file);
        }
        match &mut block.terminator {
            Terminator::Panic { span, file, .. } | Terminator::PanicWith { span, file, .. } => {
                adopt(span, file)
            }
            // Left only by the inlining of a tail call, and without a file but the function's.
            Terminator::TailCall { span, .. } | Terminator::TailCallClosure { span, .. } => *span = call_span,
            _ => {}
        }
    }
}

/// Puts a copy of the body in the place of the call; returns the block with what stood behind it.
pub(super) fn splice(function: &mut Function, block: BlockId, at: usize, body: &Function) -> BlockId {
    let split = &mut function.blocks[block];
    let mut behind = split.instructions.split_off(at);
    let call = behind.remove(0);
    let Op::Call { arguments, .. } = call.op else { return block };
    let terminator = std::mem::take(&mut split.terminator);
    let cold = split.cold;
    let result = call.result.unwrap_or_else(|| function.values.push(body.result));
    let rest = function.blocks.push(Block { params: vec![result], instructions: behind, terminator, cold });
    let entry = append_blocks(function, body);
    function.blocks[block].terminator = Terminator::Jump(entry, arguments);
    for copy in function.blocks.keys().skip(entry.index()) {
        return_to(function, copy, rest, body);
    }
    rest
}

/// A return of the inlined body goes on in the caller.
fn return_to(function: &mut Function, block: BlockId, rest: BlockId, body: &Function) {
    let (op, span) = match &function.blocks[block].terminator {
        Terminator::Return(value) => {
            function.blocks[block].terminator = Terminator::Jump(rest, vec![*value]);
            return;
        }
        Terminator::TailCall { function, arguments, span } => {
            (Op::Call { function: *function, arguments: arguments.clone() }, *span)
        }
        Terminator::TailCallClosure { closure, arguments, span } => {
            (Op::CallClosure { closure: *closure, arguments: arguments.clone(), result: body.result }, *span)
        }
        _ => return,
    };
    let result = function.values.push(body.result);
    let block = &mut function.blocks[block];
    block.instructions.push(Instruction { result: Some(result), op, span, file: body.file });
    block.terminator = Terminator::Jump(rest, vec![result]);
}
