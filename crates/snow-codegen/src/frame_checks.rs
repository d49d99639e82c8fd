//! Checks what Cranelift made of a function: that no address of a stack slot is a value, since an actor's
//! stack is copied when it parks, and that the frame is not larger than the guard below a stack.

use crate::error::CodegenError;
use cranelift_codegen::ir::{Function, InstructionData, Opcode};

/// The guard below a run stack, of a megabyte, catches frames up to this size and what they call.
pub(crate) const FRAME_LIMIT: u32 = 256 * 1024;

/// The address of a stack slot may only be a part of a load or store: in a register it
/// would be wrong after the stack has moved.
pub(crate) fn stack_addresses(name: &str, function: &Function) -> Result<(), CodegenError> {
    if function.sized_stack_slots.is_empty() {
        return Ok(());
    }
    let dfg = &function.dfg;
    let is_slot = |value| {
        let definition = dfg.value_def(dfg.resolve_aliases(value)).inst();
        definition.is_some_and(|inst| dfg.insts[inst].opcode() == Opcode::StackAddr)
    };
    for block in function.layout.blocks() {
        for inst in function.layout.block_insts(block) {
            let escapes = match &dfg.insts[inst] {
                InstructionData::Load { opcode: Opcode::Load, .. } => false,
                InstructionData::Store { opcode: Opcode::Store, args, .. } => is_slot(args[0]),
                _ => dfg.inst_values(inst).any(is_slot),
            };
            if escapes {
                let function = name.to_string();
                let what = format!("a stack address as a value: {}", dfg.display_inst(inst));
                return Err(CodegenError::Unsupported { function, what });
            }
        }
    }
    Ok(())
}
