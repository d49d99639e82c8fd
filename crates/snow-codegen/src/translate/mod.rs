//! Translates one function from the intermediate form to Cranelift's: blocks become blocks, values become
//! values, and what is live across a safepoint becomes a variable, since it changes there.
//!
//! The files behind it each translate one kind of operation.

mod allocation;
mod arithmetic;
mod byte_access;
mod calls;
mod memory_flags;
mod objects;
mod operations;
mod safepoints;
mod scheduling;
mod switch;
mod terminators;

use crate::calling_convention::machine_type;
use crate::compiled_function::Places;
use crate::stack_maps::liveness::Liveness;
use crate::stack_maps::slots::Slots;
use crate::symbols::{Symbol, Symbols};
use crate::target::Target;
use crate::translate::memory_flags::Memory;
use cranelift_codegen::ir::{
    self as machine, ExtFuncData, ExternalName, FuncRef, GlobalValueData, InstBuilder, Signature, SourceLoc,
    StackSlot, StackSlotData, StackSlotKind, UserExternalName, types,
};
use cranelift_entity::SecondaryMap;
use cranelift_frontend::{FunctionBuilder, Variable};
use snow_ir::ir::{BlockId, Class, Function, Op, Program, Terminator, Value};
use std::collections::{HashMap, HashSet};

pub(crate) struct Translator<'a> {
    pub builder: FunctionBuilder<'a>,
    pub program: &'a Program,
    pub function: &'a Function,
    pub symbols: &'a Symbols<'a>,
    pub target: &'a Target,
    pub liveness: &'a Liveness,
    pub slots: &'a Slots,
    pub memory: Memory,
    pub places: &'a mut Places,
    /// Indexed by the numbers of `Slots`.
    pub stack_slots: Vec<StackSlot>,
    /// `None` for blocks that cannot be reached.
    blocks: SecondaryMap<BlockId, Option<machine::Block>>,
    /// A value that is live across a safepoint is a variable, since it changes there; any other one
    /// is a single machine value.
    values: SecondaryMap<Value, Option<machine::Value>>,
    variables: SecondaryMap<Value, Option<Variable>>,
    /// Changed by a call in this block and not loaded again yet: the reference lies in its slot,
    /// the address is to be derived from its origin. So what no one needs between two calls is
    /// not loaded between them.
    pub stale: HashSet<Value>,
    /// Arrays made in this block since its last safepoint: no collection can have made them old.
    pub young: HashSet<Value>,
    imports: HashMap<Symbol, FuncRef>,
}

impl<'a> Translator<'a> {
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        mut builder: FunctionBuilder<'a>,
        program: &'a Program,
        function: &'a Function,
        symbols: &'a Symbols<'a>,
        target: &'a Target,
        liveness: &'a Liveness,
        slots: &'a Slots,
        places: &'a mut Places,
    ) -> Translator<'a> {
        let memory = Memory::new(builder.func);
        let word = || StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
        let stack_slots = (0..slots.count).map(|_| builder.create_sized_stack_slot(word())).collect();
        let mut variables = SecondaryMap::new();
        for value in liveness.crossing.iter() {
            variables[value] = Some(builder.declare_var(machine_type(function.values[value])));
        }
        Translator {
            builder,
            program,
            function,
            symbols,
            target,
            liveness,
            slots,
            memory,
            places,
            stack_slots,
            blocks: SecondaryMap::with_capacity(function.blocks.len()),
            values: SecondaryMap::with_capacity(function.values.len()),
            variables,
            stale: HashSet::new(),
            young: HashSet::new(),
            imports: HashMap::new(),
        }
    }

    /// Fills the function and hands the builder back, ready to be finished.
    pub fn translate(mut self) -> FunctionBuilder<'a> {
        self.create_blocks();
        let liveness = self.liveness;
        let mut unseen = liveness.incoming.clone();
        for &id in &liveness.order {
            self.translate_block(id);
            for next in self.function.blocks[id].terminator.successors() {
                unseen[next] -= 1;
                if unseen[next] == 0 {
                    let block = self.blocks[next].expect("successors of reached blocks are reached");
                    self.builder.seal_block(block);
                }
            }
        }
        self.builder.seal_all_blocks();
        self.builder
    }

    fn create_blocks(&mut self) {
        let function = self.function;
        for &id in &self.liveness.order {
            let block = self.builder.create_block();
            self.blocks[id] = Some(block);
            let source = &function.blocks[id];
            let ends_the_actor = matches!(
                source.terminator,
                Terminator::Panic { .. } | Terminator::PanicWith { .. } | Terminator::Unreachable
            );
            if id != BlockId::ENTRY && (source.cold || ends_the_actor) {
                self.builder.set_cold_block(block);
            }
        }
        // Cranelift wants no branch to its first block.
        let first = self.blocks[BlockId::ENTRY].expect("the first block is always reached");
        let entry =
            if self.liveness.incoming[BlockId::ENTRY] > 0 { self.builder.create_block() } else { first };
        for &id in &self.liveness.order {
            let block = self.blocks[id].expect("created above");
            for value in function.blocks[id].params.iter().filter(|_| block != entry) {
                self.builder.append_block_param(block, machine_type(function.values[*value]));
            }
        }
        self.builder.append_block_params_for_function_params(entry);
        if entry != first {
            self.builder.switch_to_block(entry);
            let arguments: Vec<machine::BlockArg> =
                self.builder.block_params(entry).iter().map(|value| (*value).into()).collect();
            self.builder.ins().jump(first, &arguments);
            self.builder.seal_block(entry);
        } else {
            self.builder.seal_block(first);
        }
    }

    fn translate_block(&mut self, id: BlockId) {
        let function = self.function;
        let block = self.blocks[id].expect("in the order of reached blocks");
        self.builder.switch_to_block(block);
        // References that cross safepoints get more parameters later, behind these.
        for (position, &value) in function.blocks[id].params.iter().enumerate() {
            let parameter = self.builder.block_params(block)[position];
            self.define(value, parameter);
        }
        let mut safepoints = 0;
        for (position, instruction) in function.blocks[id].instructions.iter().enumerate() {
            self.locate(instruction.file, instruction.span.start);
            let next = self.liveness.safepoints[id].get(safepoints);
            let safepoint = next.filter(|safepoint| safepoint.instruction == position).map(|safepoint| {
                safepoints += 1;
                (safepoint, &self.slots.stores[id][safepoints - 1][..])
            });
            if safepoint.is_some() {
                // What the call itself reads and nobody reads behind it has its slot only up to here:
                // it is loaded before another reference may be stored there.
                let mut operands = Vec::new();
                instruction.op.each_operand(|value| operands.push(value));
                self.refresh(&operands);
                self.young.clear();
            }
            let result = self.instruction(&instruction.op, safepoint);
            if let Some(value) = instruction.result {
                let result = result.expect("an operation with a result");
                self.define(value, result);
                if let Op::NewArray { .. } = instruction.op {
                    self.young.insert(value);
                }
            }
        }
        self.refresh(&self.liveness.live_out[id]);
        self.terminator(&function.blocks[id].terminator);
        self.stale.clear();
        self.young.clear();
    }

    /// The source place of what follows.
    pub fn locate(&mut self, file: u32, offset: u32) {
        let place = self.places.add(file, offset);
        self.builder.set_srcloc(SourceLoc::new(place));
    }

    pub fn class(&self, value: Value) -> Class {
        self.function.values[value]
    }

    pub fn block(&self, block: BlockId) -> machine::Block {
        self.blocks[block].expect("a block that is branched to is reached")
    }

    /// The machine value at this place. Do not keep it across a safepoint.
    pub fn get(&mut self, value: Value) -> machine::Value {
        self.refresh(&[value]);
        match self.variables[value] {
            Some(variable) => self.builder.use_var(variable),
            None => self.values[value].unwrap_or_else(|| {
                panic!("{value:?} is used before its definition in `{}`", self.function.name)
            }),
        }
    }

    pub fn get_all(&mut self, values: &[Value]) -> Vec<machine::Value> {
        values.iter().map(|value| self.get(*value)).collect()
    }

    pub fn define(&mut self, value: Value, machine: machine::Value) {
        match self.variables[value] {
            Some(variable) => self.builder.def_var(variable, machine),
            None => self.values[value] = Some(machine),
        }
    }

    /// The actor's record.
    pub fn record(&mut self) -> machine::Value {
        self.builder.ins().get_pinned_reg(types::I64)
    }

    /// A callee; `near` when it lies in the image's code.
    pub fn import(&mut self, symbol: Symbol, near: bool, signature: impl FnOnce() -> Signature) -> FuncRef {
        if let Some(found) = self.imports.get(&symbol) {
            return *found;
        }
        let name = self.name(symbol);
        let signature = self.builder.import_signature(signature());
        let import =
            self.builder.import_function(ExtFuncData { name, signature, colocated: near, patchable: false });
        self.imports.insert(symbol, import);
        import
    }

    /// The address of a symbol, as an absolute constant.
    pub fn symbol_address(&mut self, symbol: Symbol) -> machine::Value {
        let name = self.name(symbol);
        let data = GlobalValueData::Symbol { name, offset: 0.into(), colocated: false, tls: false };
        let global = self.builder.create_global_value(data);
        self.builder.ins().symbol_value(types::I64, global)
    }

    fn name(&mut self, symbol: Symbol) -> ExternalName {
        let (namespace, index) = symbol.encode();
        let reference =
            self.builder.func.declare_imported_user_function(UserExternalName { namespace, index });
        ExternalName::user(reference)
    }
}
