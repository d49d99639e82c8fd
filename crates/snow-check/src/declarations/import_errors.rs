//! What is said about imports that do not lead anywhere.

use super::imports::{path_span, segments};
use crate::library::dotted;
use crate::program::{ImportedName, ModuleId, Program};
use crate::scope::NameError;
use crate::scope::opaque_types::Attempt;
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// So many names of a module are told when one that it lacks was asked for.
const LISTED: usize = 6;

impl Program<'_> {
    pub(super) fn report_missing_module(&self, module: ModuleId, path: &ast::Path, span: Span) {
        let name = dotted(path);
        let file = self.modules[module].file;
        let diagnostic = Diagnostic::error("E0031", file, span, format!("there is no module `{name}`"));
        let help =
            self.member_taken_for_module(module, path).or_else(|| self.module_in_other_case(&name)).or_else(
                || self.meant(&name, || self.module_names()).map(|near| format!("did you mean `{near}`?")),
            );
        self.report(diagnostic.help(help.unwrap_or_else(|| {
            "modules are the files of the program's folder: `geometry/plane.snow` is `Geometry.Plane`"
                .to_string()
        })));
    }

    /// `import Geometry.Plane.distance`: a name of a module is imported in braces.
    fn member_taken_for_module(&self, module: ModuleId, path: &ast::Path) -> Option<String> {
        let (last, before) = path.split_last().filter(|(_, before)| !before.is_empty())?;
        let before = before.to_vec();
        let target = self.module_by_path(module, &segments(&before))?;
        let name = dotted(&before);
        let has = self.exported_names(target).contains(&last.text);
        has.then(|| {
            format!("`{name}` is a module, and `{0}` a name in it: `import {name}.{{{0}}}`", last.text)
        })
    }

    fn module_in_other_case(&self, name: &str) -> Option<String> {
        let plain = |name: &str| name.replace('_', "").to_lowercase();
        let found = self.module_names().find(|known| plain(known) == plain(name))?;
        Some(format!("names of modules are written with capital letters: `{found}`"))
    }

    pub(super) fn report_private_module(&self, module: ModuleId, path: &ast::Path) {
        let file = self.modules[module].file;
        self.report(
            Diagnostic::error(
                "E0035",
                file,
                path_span(path),
                format!("the module `{}` is private", dotted(path)),
            )
            .help("write `pub` in front of its declaration to use it in other files"),
        );
    }

    /// A name that stands twice in the imports does no harm.
    pub(super) fn warn_about_second_name(&self, module: ModuleId, name: &ast::Name) {
        let message = format!("`{}` is imported already", name.text);
        self.report(
            Diagnostic::warning("W0010", self.modules[module].file, name.span, message)
                .help("once is enough: leave it out here"),
        );
    }

    pub(super) fn report_word(&self, module: ModuleId, target: ModuleId, name: &ast::Name) {
        let word = &name.text;
        let message =
            format!("`{word}` is a word of the language, and means that wherever it is written alone");
        let help = format!(
            "write `{}.{word}`, or give it another name here: `{word} as …`",
            self.modules[target].last_segment()
        );
        self.report(Diagnostic::error("E0061", self.modules[module].file, name.span, message).help(help));
    }

    pub(super) fn report_two_of_a_name(&self, module: ModuleId, name: &ast::Name, both: [&ImportedName; 2]) {
        let [first, second] = both.map(|from| format!("{}.{}", self.modules[from.module].name, from.name));
        let renamed = both.iter().any(|from| from.name != name.text);
        let (message, help) = if renamed {
            let message = format!("`{}` is what both `{first}` and `{second}` are called here", name.text);
            (message, "give one of them another name".to_string())
        } else {
            let [first, second] = both.map(|from| &self.modules[from.module].name);
            let message = format!("`{}` is imported from `{first}` and from `{second}`", name.text);
            let qualified = format!("{}.{}", self.written_module(module, both[0].module), name.text);
            let help = format!(
                "import one of them by its name, and write the other with its module: `{qualified}`; or give it \
                 another name: `{} as …`",
                name.text
            );
            (message, help)
        };
        self.report(Diagnostic::error("E0050", self.modules[module].file, name.span, message).help(help));
    }

    /// False: there is no such name to be had, which is reported.
    pub(super) fn check_imported_name(&self, module: ModuleId, target: ModuleId, name: &ast::Name) -> bool {
        let info = &self.modules[target];
        let ty = info.types.get(&name.text).map(|found| (found.public, found.span));
        let interface = info.interfaces.get(&name.text).map(|found| (found.public, found.span));
        let value = self.member(module, target, &name.text);
        let inner = self.module_in(target, &name.text).map(|inner| &self.modules[inner]);
        let inner = inner.map(|inner| (inner.public, inner.span));
        let found: Vec<(bool, Span)> = [ty, interface, inner].into_iter().flatten().collect();
        let is_file = self.file_below(module, target, &name.text).is_some();
        if found.iter().any(|(public, _)| *public) || value.is_ok() || is_file {
            return true;
        }
        if let Some(ty) = self.closed_constructor_of(module, target, &name.text) {
            self.report_closed(module, ty, Attempt::Build, Some(&name.text), name.span);
            return false;
        }
        let file = self.modules[module].file;
        if !found.is_empty() || matches!(value, Err(NameError::Private)) {
            let constructor = info.constructors.get(&name.text).and_then(|found| found.first());
            let declared = found.first().map(|(_, span)| *span);
            let declared = declared.or(info.values.get(&name.text).map(|found| found.span));
            let declared = declared.or(constructor.map(|found| found.span)).unwrap_or_default();
            let message = format!("`{}` is private to the module `{}`", name.text, info.name);
            self.report(
                Diagnostic::error("E0035", file, name.span, message)
                    .also_in(info.file, declared, "declared here, without `pub`")
                    .help("write `pub` in front of its declaration to use it in other modules"),
            );
            return false;
        }
        // That it could not be handed on has been reported there.
        if info.missing_imports.contains(&name.text) {
            return false;
        }
        let message = format!("the module `{}` has no `{}`", info.name, name.text);
        let diagnostic = Diagnostic::error("E0034", file, name.span, message);
        self.report(match self.meant(&name.text, || self.exported_names(target)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => self.with_what_it_has(diagnostic, target, self.exported_names(target)),
        });
        false
    }

    /// What to do about a name that a module lacks. When the program has a module with the name of one of the library's,
    /// the other one may have been meant.
    pub(crate) fn with_what_it_has(
        &self,
        diagnostic: Diagnostic,
        target: ModuleId,
        mut known: Vec<String>,
    ) -> Diagnostic {
        let info = &self.modules[target];
        let name = &info.name;
        if info.standard || !self.library.has(name) {
            known.retain(|name| !name.contains(['.', '(']));
            known.sort_unstable();
            let listed: Vec<String> = known.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
            return diagnostic.help(match known.len() {
                0 => "what others may use of a module stands behind `pub`".to_string(),
                count if count > LISTED => {
                    format!("it has {} and {} more", listed.join(", "), count - LISTED)
                }
                _ => format!("it has {}", listed.join(", ")),
            });
        }
        diagnostic.help(format!(
            "`import {name}` means the file of this program; the library's module `{name}` is used without an \
             import, or after renaming the file"
        ))
    }
}
