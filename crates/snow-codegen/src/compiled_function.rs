//! Compiles one function with Cranelift: code bytes, relocations, stack maps and the places in the source,
//! all relative to the function's start. `link` places it.

use crate::entry_stubs;
use crate::error::CodegenError;
use crate::frame_checks;
use crate::stack_maps::liveness::Liveness;
use crate::stack_maps::slots::Slots;
use crate::symbols::{Symbol, Symbols};
use crate::target::Target;
use crate::translate::Translator;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::function::FunctionParameters;
use cranelift_codegen::ir::{ExternalName, UserFuncName};
use cranelift_codegen::{Context, FinalizedMachReloc, FinalizedRelocTarget};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use snow_abi::image::{RelocationKind, Safepoint};
use snow_ir::ir::{FuncId, Program};

pub(crate) struct Unit {
    pub code: Vec<u8>,
    pub relocations: Vec<Relocation>,
    /// Offsets relative to the function.
    pub safepoints: Vec<Safepoint>,
    /// From this offset in the function on: (file, byte offset in it).
    pub places: Vec<(u32, (u32, u32))>,
}

pub(crate) struct Relocation {
    pub offset: u32,
    pub kind: RelocationKind,
    pub target: RelocationTarget,
    pub addend: i64,
}

pub(crate) enum RelocationTarget {
    Symbol(Symbol),
    /// An offset in this function.
    Here(u32),
}

/// Source places of one function, by the number that its code carries.
#[derive(Default)]
pub(crate) struct Places(Vec<(u32, u32)>);

impl Places {
    pub fn add(&mut self, file: u32, offset: u32) -> u32 {
        if self.0.last() != Some(&(file, offset)) {
            self.0.push((file, offset));
        }
        self.0.len() as u32 - 1
    }
}

/// Memory that is used for one function after the other.
pub(crate) struct Compiler<'a> {
    program: &'a Program,
    symbols: &'a Symbols<'a>,
    target: &'a Target,
    context: Context,
    builder: FunctionBuilderContext,
}

impl<'a> Compiler<'a> {
    pub fn new(program: &'a Program, symbols: &'a Symbols<'a>, target: &'a Target) -> Compiler<'a> {
        let (context, builder) = (Context::new(), FunctionBuilderContext::new());
        Compiler { program, symbols, target, context, builder }
    }

    pub fn function(&mut self, id: FuncId) -> Result<Unit, CodegenError> {
        let source = &self.program.functions[id];
        let mut places = Places::default();
        let liveness = Liveness::of(source);
        let slots = Slots::of(source, &liveness);
        self.context.clear();
        let func = &mut self.context.func;
        func.name = UserFuncName::user(0, id.as_u32());
        func.signature = crate::calling_convention::of_function(source);
        let builder = FunctionBuilder::new(func, &mut self.builder);
        let translator = Translator::new(
            builder,
            self.program,
            source,
            self.symbols,
            self.target,
            &liveness,
            &slots,
            &mut places,
        );
        translator.translate().finalize(self.target.isa.frontend_config());
        self.finish(&source.name, source.file, &places)
    }

    pub fn entry_stub(&mut self, id: FuncId) -> Result<Unit, CodegenError> {
        let source = &self.program.functions[id];
        self.context.clear();
        self.context.func = entry_stubs::stub(self.program, id, self.target, &mut self.builder);
        self.finish(&source.name, source.file, &Places::default())
    }

    fn finish(&mut self, name: &str, file: u32, places: &Places) -> Result<Unit, CodegenError> {
        let isa = &*self.target.isa;
        if let Err(error) = self.context.compile(isa, &mut ControlPlane::default()) {
            let message = if cfg!(debug_assertions) {
                format!("{:?}\n{}", error.inner, error.func.display())
            } else {
                format!("{}", error.inner)
            };
            return Err(CodegenError::Backend { function: name.to_string(), message });
        }
        frame_checks::stack_addresses(name, &self.context.func)?;
        let compiled = self.context.compiled_code().expect("compiled above");
        let buffer = &compiled.buffer;
        let frame = buffer.frame_layout().map_or(0, |layout| layout.frame_to_fp_offset);
        if frame > frame_checks::FRAME_LIMIT {
            let (function, place) = (name.to_string(), places.0.first().copied());
            return Err(CodegenError::FrameTooLarge { function, bytes: frame, place });
        }
        let params = &self.context.func.params;
        let relocations = (buffer.relocs().iter())
            .map(|relocation| relocate(name, relocation, params))
            .collect::<Result<Vec<_>, _>>()?;
        let safepoints = (buffer.user_stack_maps().iter())
            .map(|(offset, span, map)| {
                let slots = map.entries().map(|(_, offset)| offset).collect();
                Safepoint { offset: *offset, span: *span, slots }
            })
            .collect();
        let ranges = buffer.get_srclocs_sorted().iter().filter(|range| !range.loc.is_default());
        let ranges: Vec<(u32, (u32, u32))> =
            ranges.map(|range| (range.start, places.0[range.loc.bits() as usize])).collect();
        let returns: Vec<u32> = buffer.call_sites().map(|site| site.ret_addr).collect();
        let places = with_return_addresses(file, &ranges, returns);
        Ok(Unit { code: buffer.data().to_vec(), relocations, safepoints, places })
    }
}

/// A return address belongs to the call before it, so that it can be looked up as it is.
fn with_return_addresses(
    file: u32,
    ranges: &[(u32, (u32, u32))],
    mut returns: Vec<u32>,
) -> Vec<(u32, (u32, u32))> {
    // The prologue counts as the first place: a stack overflow is found there.
    let first = ranges.first().map_or((file, u32::MAX), |(_, place)| *place);
    let mut places = vec![(0, first)];
    returns.sort_unstable();
    let mut returns = returns.into_iter().peekable();
    for (index, (start, place)) in ranges.iter().enumerate() {
        let end = ranges.get(index + 1).map_or(u32::MAX, |(next, _)| *next);
        // If the last range ended in a call, its return address is this range's first byte.
        let is_return = index > 0 && returns.peek() == Some(start);
        places.push((start + is_return as u32, *place));
        while returns.next_if(|address| *address < end).is_some() {}
    }
    places
}

fn relocate(
    name: &str,
    relocation: &FinalizedMachReloc,
    params: &FunctionParameters,
) -> Result<Relocation, CodegenError> {
    let unsupported = |what: String| CodegenError::Unsupported { function: name.to_string(), what };
    let kind = match relocation.kind {
        Reloc::Abs8 => RelocationKind::Absolute,
        Reloc::X86CallPCRel4 | Reloc::X86PCRel4 => RelocationKind::X86Relative,
        Reloc::Arm64Call => RelocationKind::Arm64Branch,
        other => return Err(unsupported(format!("a relocation of kind {other:?}"))),
    };
    let target = match &relocation.target {
        FinalizedRelocTarget::Func(offset) => RelocationTarget::Here(*offset),
        FinalizedRelocTarget::ExternalName(ExternalName::User(reference)) => {
            let name = &params.user_named_funcs()[*reference];
            let symbol = Symbol::decode(name.namespace, name.index);
            RelocationTarget::Symbol(symbol.expect("only names made by `Symbol::encode`"))
        }
        FinalizedRelocTarget::ExternalName(other) => {
            return Err(unsupported(format!("the library function {}", other.display(Some(params)))));
        }
    };
    Ok(Relocation { offset: relocation.offset, kind, target, addend: relocation.addend })
}
