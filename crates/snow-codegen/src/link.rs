//! Links compiled functions to an image: gives each its place, and resolves what they refer to as far as it
//! does not depend on where the image will be loaded.

use crate::compiled_function::{Relocation, RelocationTarget, Unit};
use crate::data_section::{self, Address, Data};
use crate::error::CodegenError;
use crate::parallel::Job;
use crate::symbols::{Symbol, Symbols};
use crate::target::Target;
use cranelift_entity::SecondaryMap;
use snow_abi::image::{
    self, FunctionInfo, Image, LineInfo, RelocationKind, Safepoint, Section, Target as Place, TestInfo,
};
use snow_ir::ir::{FuncId, Program, Test};
use std::collections::HashMap;

const FUNCTION_ALIGNMENT: usize = 16;

pub(crate) fn image(
    program: &Program,
    symbols: &Symbols<'_>,
    target: &Target,
    units: Vec<(Job, Unit)>,
    sources: &dyn Fn(u32, u32) -> u32,
) -> Result<Image, CodegenError> {
    let data = data_section::data(program, symbols)?;
    let layout = Layout::of(&units)?;
    let mut image =
        Image { features: target.features.clone(), files: program.files.clone(), ..Image::default() };
    let mut lines = Lines { sources, known: HashMap::new() };
    for (job, unit) in &units {
        let offset = layout.start(*job);
        // Between functions lies what traps when it is run.
        image.code.resize(offset as usize, 0xcc);
        image.code.extend_from_slice(&unit.code);
        image.functions.push(FunctionInfo {
            offset,
            size: unit.code.len() as u32,
            name: name(program, *job),
            captures: captures(program, *job),
        });
        image.safepoints.extend(unit.safepoints.iter().map(|safepoint| Safepoint {
            offset: offset + safepoint.offset,
            span: safepoint.span,
            slots: safepoint.slots.clone(),
        }));
        for (start, (file, place)) in &unit.places {
            let line = lines.line(*file, *place);
            push_line(&mut image.lines, LineInfo { offset: offset + start, file: *file, line });
        }
        for relocation in &unit.relocations {
            relocate(&mut image, &data, &layout, symbols, offset, relocation);
        }
    }
    image.relocations.extend(data.addresses.iter().map(|(offset, address)| image::Relocation {
        section: Section::Data,
        offset: *offset,
        kind: RelocationKind::Absolute,
        target: match address {
            Address::Data(place) => Place::Data(*place),
            Address::Code(id) => Place::Code(layout.functions[*id]),
        },
        addend: 0,
    }));
    image.data = data.bytes;
    image.main = program.main.map(|id| layout.entries[&id]);
    for Test { name, file, span, entry, system } in &program.tests {
        let line = lines.line(*file, span.start);
        image.tests.push(TestInfo {
            name: name.clone(),
            file: *file,
            line,
            entry: layout.entries[entry],
            system: *system,
        });
    }
    Ok(image)
}

/// Where each function lies in the code.
struct Layout {
    functions: SecondaryMap<FuncId, u32>,
    entries: HashMap<FuncId, u32>,
}

impl Layout {
    fn of(units: &[(Job, Unit)]) -> Result<Layout, CodegenError> {
        let mut layout = Layout { functions: SecondaryMap::new(), entries: HashMap::new() };
        let mut end = 0usize;
        for (job, unit) in units {
            let start = end.next_multiple_of(FUNCTION_ALIGNMENT);
            end = start + unit.code.len();
            if end > i32::MAX as usize {
                return Err(CodegenError::TooLarge);
            }
            match job {
                Job::Function(id) => layout.functions[*id] = start as u32,
                Job::Entry(id) => _ = layout.entries.insert(*id, start as u32),
            }
        }
        Ok(layout)
    }

    fn start(&self, job: Job) -> u32 {
        match job {
            Job::Function(id) => self.functions[id],
            Job::Entry(id) => self.entries[&id],
        }
    }
}

fn name(program: &Program, job: Job) -> String {
    match job {
        Job::Function(id) => program.functions[id].name.clone(),
        Job::Entry(id) => format!("stub of {}", program.functions[id].name),
    }
}

fn captures(program: &Program, job: Job) -> Vec<(u32, String)> {
    match job {
        Job::Function(id) => program.functions[id].captures.clone(),
        Job::Entry(_) => Vec::new(),
    }
}

fn relocate(
    image: &mut Image,
    data: &Data,
    layout: &Layout,
    symbols: &Symbols<'_>,
    start: u32,
    relocation: &Relocation,
) {
    let offset = start + relocation.offset;
    let target = match relocation.target {
        RelocationTarget::Here(offset) => Place::Code(start + offset),
        RelocationTarget::Symbol(Symbol::Function(id)) => Place::Code(layout.functions[id]),
        RelocationTarget::Symbol(Symbol::Entry(id)) => Place::Code(layout.entries[&id]),
        RelocationTarget::Symbol(Symbol::Static(id)) => Place::Data(data.statics[id]),
        RelocationTarget::Symbol(Symbol::Message(index)) => Place::Data(data.messages[index as usize]),
        RelocationTarget::Symbol(Symbol::Runtime(index)) => {
            Place::Runtime(symbols.runtime[index as usize].to_string())
        }
    };
    // Distances inside the code are known already: the loader has nothing to do for them.
    if let (RelocationKind::X86Relative, Place::Code(place)) = (relocation.kind, &target) {
        let distance = *place as i64 + relocation.addend - offset as i64;
        let distance = i32::try_from(distance).expect("code is smaller than two gigabytes");
        image.code[offset as usize..][..4].copy_from_slice(&distance.to_le_bytes());
        return;
    }
    let (kind, addend) = (relocation.kind, relocation.addend);
    image.relocations.push(image::Relocation { section: Section::Code, offset, kind, target, addend });
}

/// Lines of source offsets, each asked for once.
struct Lines<'s> {
    sources: &'s dyn Fn(u32, u32) -> u32,
    known: HashMap<(u32, u32), u32>,
}

impl Lines<'_> {
    /// `u32::MAX` stands for no place at all.
    fn line(&mut self, file: u32, offset: u32) -> u32 {
        let sources = self.sources;
        *self
            .known
            .entry((file, offset))
            .or_insert_with(|| if offset == u32::MAX { 0 } else { sources(file, offset) })
    }
}

fn push_line(lines: &mut Vec<LineInfo>, next: LineInfo) {
    match lines.last_mut() {
        Some(last) if (last.file, last.line) == (next.file, next.line) => {}
        Some(last) if last.offset == next.offset => *last = next,
        _ => lines.push(next),
    }
}
