//! Scalar replacement of aggregates, through block parameters: where every edge passes a new object of one
//! form, and the parameter is only ever taken apart, its fields are passed instead. So the tuple that a
//! loop carries from turn to turn is never made.
//!
//! Relies on value numbering, which finds the fields of an object that is made in sight. Costs a walk over
//! the function, and one over its edges for each parameter that is replaced.

use super::dead_code;
use super::memory_writes::written_objects;
use crate::ir::{BlockId, Function, Op, UnaryOp, Value};
use cranelift_entity::SecondaryMap;
use rustc_hash::FxHashMap;

/// Replaces what can be; was there anything?
pub fn replace_aggregates(function: &mut Function) -> bool {
    let forms = forms(function);
    let mut chosen: Vec<(BlockId, usize, u64)> = Vec::new();
    for (id, block) in function.blocks.iter().skip(1) {
        for (position, param) in block.params.iter().enumerate() {
            if let Form::Always(header) = forms[*param] {
                chosen.push((id, position, header));
            }
        }
    }
    if chosen.is_empty() {
        return false;
    }
    let objects = made_objects(function);
    // The last parameter of a block first, so that the positions of the others stay.
    for (block, position, header) in chosen.into_iter().rev() {
        split(function, &objects, block, position, header);
    }
    dead_code::remove(function);
    true
}

/// What is known of a parameter.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// No edge has been seen.
    Unknown,
    /// A new object with this header, on every edge.
    Always(u64),
    /// Anything else, or it is used as a whole.
    Other,
}

fn forms(function: &Function) -> SecondaryMap<Value, Form> {
    let written = written_objects(function);
    let mut forms = SecondaryMap::with_default(Form::Other);
    forms.resize(function.values.len());
    let mut headers: SecondaryMap<Value, Option<u64>> = SecondaryMap::new();
    for block in function.blocks.values() {
        block.params.iter().for_each(|param| forms[*param] = Form::Unknown);
        for instruction in &block.instructions {
            if let (Some(result), Op::New { header, .. }) = (instruction.result, &instruction.op)
                && !written.contains(result)
            {
                headers[result] = Some(*header);
            }
        }
    }
    for block in function.blocks.values() {
        for instruction in &block.instructions {
            if !takes_apart(&instruction.op) {
                instruction.op.each_operand(|value| forms[value] = Form::Other);
            }
        }
        let mut on_edges = 0;
        block.terminator.each_edge(|next, arguments| {
            on_edges += arguments.len();
            let params = &function.blocks[next].params;
            for (param, argument) in params.iter().zip(arguments) {
                // Handed from one turn to the next, it stays what it is.
                if param == argument {
                    continue;
                }
                // Handed on to another place, it is used as a whole.
                forms[*argument] = Form::Other;
                let form = &mut forms[*param];
                *form = match (*form, headers[*argument]) {
                    (Form::Unknown, Some(header)) => Form::Always(header),
                    (Form::Always(known), Some(header)) if known == header => *form,
                    _ => Form::Other,
                };
            }
        });
        let operands = block.terminator.operands();
        for value in &operands[..operands.len() - on_edges] {
            forms[*value] = Form::Other;
        }
    }
    function.blocks[BlockId::ENTRY].params.iter().for_each(|param| forms[*param] = Form::Other);
    forms
}

/// Does it look at an object's parts only?
fn takes_apart(op: &Op) -> bool {
    use UnaryOp::{HeaderTag, IsImmediate, IsNull};
    matches!(op, Op::Load { .. } | Op::Unary(HeaderTag | IsImmediate | IsNull, _))
}

/// Replaces a parameter by one for each field. The object is made again at the start of the block, for
/// what looks at it: folding finds the fields there, and then nobody needs it.
fn split(
    function: &mut Function,
    objects: &FxHashMap<Value, Vec<Value>>,
    block: BlockId,
    position: usize,
    header: u64,
) {
    let param = function.blocks[block].params.remove(position);
    let mut fields: Option<Vec<Value>> = None;
    for from in function.blocks.keys() {
        let mut terminator = std::mem::take(&mut function.blocks[from].terminator);
        terminator.edges_mut(|next, arguments| {
            if *next != block {
                return;
            }
            let object = arguments.remove(position);
            let given = objects.get(&object).filter(|_| object != param).cloned();
            let classes: Vec<_> = match &given {
                Some(given) => given.iter().map(|value| function.values[*value]).collect(),
                None => Vec::new(),
            };
            if fields.is_none() && !classes.is_empty() {
                fields = Some(classes.iter().map(|class| function.values.push(*class)).collect());
            }
            arguments.extend(given.unwrap_or_else(|| vec![param]));
        });
        function.blocks[from].terminator = terminator;
    }
    let fields = fields.unwrap_or_default();
    for from in function.blocks.values_mut() {
        from.terminator.edges_mut(|next, arguments| {
            if *next == block
                && let Some(place) = arguments.iter().rposition(|argument| *argument == param)
            {
                arguments.splice(place..=place, fields.iter().copied());
            }
        });
    }
    let content = &mut function.blocks[block];
    content.params.extend(&fields);
    let span = content.instructions.first().map(|first| (first.span, first.file)).unwrap_or_default();
    let instruction = crate::ir::Instruction {
        result: Some(param),
        op: Op::New { header, fields },
        span: span.0,
        file: span.1,
    };
    content.instructions.insert(0, instruction);
}

/// The fields of each new object.
fn made_objects(function: &Function) -> FxHashMap<Value, Vec<Value>> {
    let instructions = function.blocks.values().flat_map(|block| &block.instructions);
    let objects = instructions.filter_map(|instruction| match &instruction.op {
        Op::New { fields, .. } => Some((instruction.result?, fields.clone())),
        _ => None,
    });
    objects.collect()
}
