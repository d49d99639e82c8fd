//! Inlining: small functions stand in the place of their calls, and so do functions with one call only,
//! and those that are given a closure which is made right here: behind that, the closure's own code can be
//! inlined, and the closure is never made.
//!
//! Tail calls stay guaranteed: a tail call of an inlined function becomes an ordinary call only where the
//! inlined call was one, and recursive functions are not inlined into others, so no recursion loses a tail
//! call (`lower::tail_call` has the rule).
//!
//! Goes from callees to callers, and simplifies what has changed before it is inlined itself. What a
//! function may cost and how large one may become are constants below, so that the work is in proportion
//! to the program.

mod recursion;
mod splice;

use super::block_copies::append_blocks;
use super::call_graph::CallGraph;
use crate::ir::{Block, Class, FuncId, Function, Op, Program, Static, Statics, Terminator, Value};
use cranelift_entity::{EntitySet, PrimaryMap};
use recursion::{is_small_recursion, unfold_recursion};
use snow_abi::{Kind, kind_of};
use splice::{inline_call, place_at_call};

/// Costs up to which a function is inlined: anywhere, where an argument is a closure made here, and
/// where this is the only call.
const SMALL: usize = 30;
const TAKES_KNOWN_CLOSURE: usize = 120;
const CALLED_ONCE: usize = 250;

/// A function does not grow beyond this by inlining.
const LARGEST: usize = 3000;

/// Inlines in the whole program. Simplifies each function that changes before it is put into others in its turn: a
/// chain of calls would else be copied whole for each of its links.
pub fn inline_calls(program: &mut Program, statics: &Statics, simplify: impl Fn(&mut Function)) {
    let graph = CallGraph::of(program);
    let mut costs: PrimaryMap<FuncId, usize> = program.functions.values().map(cost).collect();
    for &caller in &graph.bottom_up {
        let mut function = std::mem::replace(&mut program.functions[caller], placeholder());
        let closures = known_closures(&function, statics);
        let mut any = inline_into(&mut function, caller, program, &graph, &costs, &closures);
        if !any && is_small_recursion(&function, caller, costs[caller]) {
            any = unfold_recursion(&mut function, caller);
        }
        if any {
            // What was put into it counts in full: how much is inlined is bounded by the source.
            costs[caller] = cost(&function);
            simplify(&mut function);
        }
        program.functions[caller] = function;
    }
}

/// Stands in while a function is worked on; never called.
fn placeholder() -> Function {
    Function {
        name: String::new(),
        file: 0,
        blocks: PrimaryMap::from_iter([Block::default()]),
        values: PrimaryMap::new(),
        result: Class::Int,
        closure: false,
        captures: Vec::new(),
        entry: false,
        cold: false,
    }
}

/// Instructions that become machine code.
fn cost(function: &Function) -> usize {
    function
        .blocks
        .values()
        .filter(|block| !block.cold)
        .map(|block| {
            let instructions = block.instructions.iter().map(|instruction| match &instruction.op {
                Op::Int(_)
                | Op::Float(_)
                | Op::Bool(_)
                | Op::Immediate(_)
                | Op::Static(_)
                | Op::VectorConst(_) => 0,
                Op::New { fields, .. } => 2 + fields.len(),
                Op::Call { arguments, .. } | Op::Runtime { arguments, .. } => 2 + arguments.len(),
                Op::CallClosure { arguments, .. } => 3 + arguments.len(),
                _ => 1,
            });
            instructions.sum::<usize>() + 1
        })
        .sum()
}

fn inline_into(
    function: &mut Function,
    own: FuncId,
    program: &Program,
    graph: &CallGraph,
    costs: &PrimaryMap<FuncId, usize>,
    closures: &EntitySet<Value>,
) -> bool {
    let mut size = costs[own];
    let mut wanted = |callee: FuncId, arguments: &[Value]| {
        let body = &program.functions[callee];
        let cost = costs[callee];
        let once = graph.calls[callee] == 1 && !graph.address_taken.contains(callee);
        let limit = if once {
            CALLED_ONCE
        } else if arguments.iter().any(|value| closures.contains(*value)) {
            TAKES_KNOWN_CLOSURE
        } else {
            SMALL
        };
        let fits = callee != own
            && !graph.recursive.contains(callee)
            && !body.cold
            && !body.entry
            && cost <= limit
            && size + cost <= LARGEST;
        if fits {
            size += cost;
        }
        fits
    };
    let mut changed = false;
    // Blocks that inlining adds are not looked at in this round.
    for block in function.blocks.keys() {
        if function.blocks[block].cold {
            continue;
        }
        let instructions = function.blocks[block].instructions.iter().enumerate();
        let calls: Vec<usize> = instructions
            .filter(|(_, instruction)| match &instruction.op {
                Op::Call { function: callee, arguments } => wanted(*callee, arguments),
                _ => false,
            })
            .map(|(at, _)| at)
            .collect();
        if let Terminator::TailCall { function: callee, arguments, span } = &function.blocks[block].terminator
            && wanted(*callee, arguments)
        {
            let (callee, arguments, span) = (*callee, arguments.clone(), *span);
            let entry = append_blocks(function, &program.functions[callee]);
            place_at_call(function, entry, (span, function.file), program);
            function.blocks[block].terminator = Terminator::Jump(entry, arguments);
            changed = true;
        }
        // The last call first: what stands behind it is moved once, and not again for each call before it.
        for at in calls.into_iter().rev() {
            inline_call(function, block, at, program);
            changed = true;
        }
    }
    changed
}

/// Which values are closures whose code is known.
fn known_closures(function: &Function, statics: &Statics) -> EntitySet<Value> {
    let is_closure = |header: u64| kind_of(header) == Kind::Closure;
    let mut known = EntitySet::with_capacity(function.values.len());
    for instruction in function.blocks.values().flat_map(|block| &block.instructions) {
        let Some(result) = instruction.result else { continue };
        let is_known = match &instruction.op {
            Op::New { header, .. } => is_closure(*header),
            Op::Static(id) => match &statics[*id] {
                Static::Object { header, .. } => is_closure(*header),
                Static::Bytes(_) => false,
            },
            _ => false,
        };
        if is_known {
            known.insert(result);
        }
    }
    known
}
