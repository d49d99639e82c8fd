//! Imports that lead back to the module they start from.

use crate::program::{ModuleId, Program};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl Program<'_> {
    pub(crate) fn report_import_cycles(&self) {
        let mut done = vec![false; self.modules.len()];
        for start in 0..self.modules.len() {
            // Depth first, without recursion: a chain of imports may be long.
            let mut path: Vec<(ModuleId, usize)> = vec![(start, 0)];
            while let Some((module, next)) = path.last_mut() {
                let module = *module;
                if done[module] {
                    path.pop();
                    continue;
                }
                let Some(import) = self.modules[module].imports.get(*next).copied() else {
                    done[module] = true;
                    path.pop();
                    continue;
                };
                *next += 1;
                if let Some(at) = path.iter().position(|(on_path, _)| *on_path == import) {
                    let circle: Vec<ModuleId> = path[at..].iter().map(|(id, _)| *id).collect();
                    self.report_cycle(&circle);
                } else if !done[import] {
                    path.push((import, 0));
                }
            }
        }
    }

    /// Each module imports the next one, the last one the first.
    fn report_cycle(&self, circle: &[ModuleId]) {
        let Some((last, others)) = circle.split_last() else { return };
        let name = |module: &ModuleId| self.modules[*module].name.as_str();
        let message = if others.is_empty() {
            format!("the module `{}` imports itself", name(last))
        } else {
            let names: Vec<&str> = circle.iter().chain([&circle[0]]).map(name).collect();
            format!("these modules import each other: {}", names.join(" → "))
        };
        let place = self.import_place(*last, circle[0]);
        let mut diagnostic = Diagnostic::error("E0041", self.modules[*last].file, place, message)
            .help("move what both need into a third module");
        for (module, import) in others.iter().zip(&circle[1..]) {
            let label = format!("`{}` imports `{}`", name(module), name(import));
            diagnostic =
                diagnostic.also_in(self.modules[*module].file, self.import_place(*module, *import), label);
        }
        self.report(diagnostic);
    }

    fn import_place(&self, module: ModuleId, import: ModuleId) -> Span {
        let info = &self.modules[module];
        let found = info.imports.iter().zip(&info.import_places).find(|(known, _)| **known == import);
        found.map(|(_, place)| *place).unwrap_or_default()
    }
}
