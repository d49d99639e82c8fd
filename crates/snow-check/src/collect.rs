//! First look at every module: what it declares, and what it imports.

use crate::hir::{ConstId, FnId, InterfaceId, TypeId};
use crate::opaque::Attempt;
use crate::program::{
    AliasInfo, ConstantInfo, Declared, FunctionInfo, FunctionKind, InterfaceInfo, ModuleId, Program,
    TestInfo, TypeDeclaration, TypeInfo, TypeKind, TypeName, Value,
};
use crate::scope::MemberError;
use crate::suggestions::{STANDARD_MODULES, nearest};
use crate::types::Skolem;
use snow_syntax::ast::{self, ItemKind};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

impl<'a> Program<'a> {
    /// Fills the tables of names. Types and signatures are not looked at yet.
    pub fn collect(&mut self) {
        for module in 0..self.modules.len() {
            self.collect_items(module);
        }
        self.language.prelude = self.module_by_name.get("Prelude").copied();
        for module in 0..self.modules.len() {
            self.collect_imports(module);
        }
        self.report_import_cycles();
        for module in 0..self.modules.len() {
            self.check_imported_names(module);
        }
        self.find_language_items();
    }

    fn collect_items(&mut self, module: ModuleId) {
        let items = self.modules[module].items;
        let mut index = 0;
        while index < items.len() {
            let item = &items[index];
            index += 1;
            match &item.kind {
                ItemKind::Fn(first) => {
                    let mut clauses = vec![first];
                    while let Some(ast::Item { kind: ItemKind::Fn(next), public, span, .. }) =
                        items.get(index)
                        && next.name.text == first.name.text
                        && next.params.len() == first.params.len()
                    {
                        self.warn_about_later_clause(module, next, *public, *span);
                        clauses.push(next);
                        index += 1;
                    }
                    self.declare_function(
                        module,
                        &first.name,
                        first.params.len(),
                        item.public,
                        FunctionKind::Clauses(clauses),
                    );
                }
                ItemKind::Extern(declaration) => self.declare_extern(module, declaration, item),
                ItemKind::Actor(actor) => {
                    let kind = FunctionKind::Actor(actor);
                    self.declare_function(module, &actor.name, actor.params.len(), item.public, kind);
                }
                ItemKind::Struct(declaration) => {
                    let params = &declaration.type_params;
                    let declared = TypeDeclaration::Struct(declaration);
                    self.declare_type(module, &declaration.name, params, item.public, declared);
                }
                ItemKind::Sum(declaration) => {
                    let params = &declaration.type_params;
                    let declared = TypeDeclaration::Sum(declaration);
                    let id = self.declare_type(module, &declaration.name, params, item.public, declared);
                    self.declare_constructors(module, id, declaration, item.public);
                }
                ItemKind::Alias(declaration) => {
                    self.aliases.push(AliasInfo { module, declaration });
                    let alias = TypeName::Alias(self.aliases.len() - 1);
                    self.declare_type_name(module, &declaration.name, alias, item.public);
                }
                ItemKind::Interface(declaration) => self.declare_interface(module, declaration, item.public),
                ItemKind::Let(declaration) => self.declare_constant(module, declaration, item.public),
                ItemKind::Test(declaration) => {
                    let id = self.new_function(
                        module,
                        &format!("test {}", declaration.name),
                        declaration.name_span,
                        0,
                        FunctionKind::Test(declaration),
                    );
                    self.tests.push(TestInfo { declaration, module, function: id, span: item.span });
                }
                ItemKind::Expr(expr) => {
                    self.report(
                        Diagnostic::error(
                            "E0042",
                            self.modules[module].file,
                            expr.span,
                            "an expression cannot stand outside of a function",
                        )
                        .help("modules are not run: put it into `fn main()`"),
                    );
                }
                // Written anew before: see `expand`.
                ItemKind::Service(_) | ItemKind::Supervisor(_) => {}
                ItemKind::Impl(_)
                | ItemKind::Module(..)
                | ItemKind::Import(_)
                | ItemKind::From(..)
                | ItemKind::Error => {}
            }
        }
    }

    pub(crate) fn warn_about_later_clause(
        &self,
        module: ModuleId,
        clause: &ast::FnClause,
        public: bool,
        span: Span,
    ) {
        let what = if public {
            Some(("pub", Span { start: span.start, end: clause.name.span.start }))
        } else if let Some(first) = clause.type_params.first() {
            Some(("type parameters", first.name.span))
        } else {
            clause.bounds.first().map(|bound| ("where", bound.param.span))
        };
        if let Some((what, span)) = what {
            self.report(
                Diagnostic::warning(
                    "W0002",
                    self.modules[module].file,
                    span,
                    format!("`{what}` on a later clause of `{}` has no effect", clause.name.text),
                )
                .help("the first clause speaks for the whole function"),
            );
        }
    }

    fn declare_function(
        &mut self,
        module: ModuleId,
        name: &ast::Name,
        arity: usize,
        public: bool,
        kind: FunctionKind<'a>,
    ) {
        if let Some(declared) = self.modules[module].values.get(&name.text) {
            let earlier = declared.span;
            let file = self.modules[module].file;
            match &declared.what {
                Value::Functions(functions) => {
                    if let Some(same) = functions.iter().find(|id| self.function(**id).arity == arity) {
                        let earlier = self.function(*same).span;
                        self.report(
                            Diagnostic::error(
                                "E0023",
                                file,
                                name.span,
                                format!("the clauses of `{}` do not stand together", name.text),
                            )
                            .also(earlier, "the first clauses are here")
                            .help("move all clauses of a function next to each other, or rename one of the functions"),
                        );
                        return;
                    }
                }
                // A function of the module hides a method of its interfaces; `x.name()` still finds that.
                Value::Method(..) => {
                    self.modules[module].values.remove(&name.text);
                }
                _ => {
                    self.report(self.declared_twice(file, name, earlier));
                    return;
                }
            }
        }
        let id = self.new_function(module, &name.text, name.span, arity, kind);
        let declared = self.modules[module].values.entry(name.text.clone()).or_insert_with(|| Declared {
            what: Value::Functions(Vec::new()),
            public,
            span: name.span,
        });
        declared.public |= public;
        if let Value::Functions(functions) = &mut declared.what {
            functions.push(id);
        }
    }

    fn declared_twice(&self, file: usize, name: &ast::Name, earlier: Span) -> Diagnostic {
        Diagnostic::error("E0044", file, name.span, format!("`{}` is declared twice", name.text))
            .also(earlier, "the first declaration is here")
    }

    pub(crate) fn new_function(
        &mut self,
        module: ModuleId,
        short: &str,
        span: Span,
        arity: usize,
        kind: FunctionKind<'a>,
    ) -> FnId {
        self.functions.push(FunctionInfo {
            name: format!("{}.{short}", self.modules[module].last_segment()),
            short: short.to_string(),
            module,
            span,
            arity,
            kind,
            type_params: Vec::new(),
            self_type: None,
            givens: Vec::new(),
            params: Vec::new(),
            result: None,
            scheme: None,
            annotated: false,
        });
        FnId(self.functions.len() as u32 - 1)
    }

    fn declare_extern(&mut self, module: ModuleId, declaration: &'a ast::ExternFn, item: &ast::Item) {
        if !self.modules[module].standard {
            self.report(
                Diagnostic::error(
                    "E0040",
                    self.modules[module].file,
                    item.span,
                    "only the standard library can declare `extern fn`",
                )
                .help("intrinsics belong to the runtime; the modules of the standard library offer what they do"),
            );
        }
        let kind = FunctionKind::Extern(declaration);
        self.declare_function(module, &declaration.name, declaration.params.len(), item.public, kind);
    }

    fn declare_type(
        &mut self,
        module: ModuleId,
        name: &ast::Name,
        params: &[ast::TypeParam],
        public: bool,
        declaration: TypeDeclaration<'a>,
    ) -> TypeId {
        let id = TypeId(self.types.len() as u32);
        let params: Vec<Skolem> = params.iter().map(|param| self.new_skolem(&param.name.text)).collect();
        let kind = match declaration {
            TypeDeclaration::Struct(_) => TypeKind::Struct(Vec::new()),
            TypeDeclaration::Sum(_) => TypeKind::Sum(Vec::new()),
        };
        self.types.push(TypeInfo {
            public,
            name: self.printed_name(module, &name.text),
            short: name.text.clone(),
            module,
            span: name.span,
            params,
            kind,
            declaration,
        });
        self.declare_type_name(module, name, TypeName::Type(id), public);
        id
    }

    fn declare_type_name(&mut self, module: ModuleId, name: &ast::Name, what: TypeName, public: bool) {
        if let Some(earlier) = self.modules[module].types.get(&name.text) {
            let diagnostic = self.declared_twice(self.modules[module].file, name, earlier.span);
            self.report(diagnostic);
            return;
        }
        self.modules[module].types.insert(name.text.clone(), Declared { what, public, span: name.span });
    }

    fn declare_constructors(
        &mut self,
        module: ModuleId,
        id: TypeId,
        declaration: &ast::SumDecl,
        public: bool,
    ) {
        let mut own: HashMap<&str, Span> = HashMap::new();
        for (index, variant) in declaration.variants.iter().enumerate() {
            let name = &variant.name;
            let file = self.modules[module].file;
            if let Some(earlier) = own.insert(&name.text, name.span) {
                let diagnostic = self.declared_twice(file, name, earlier);
                self.report(diagnostic);
                continue;
            }
            let public = public && !declaration.opaque;
            let declared = Declared { what: (id, index), public, span: name.span };
            if let Some(earlier) = self.modules[module].constructors.insert(name.text.clone(), declared) {
                let other = self.type_info(earlier.what.0).short.clone();
                self.report(
                    Diagnostic::warning(
                        "W0003",
                        file,
                        name.span,
                        format!("`{}` is a constructor of `{other}` too", name.text),
                    )
                    .also(earlier.span, "the other one is here")
                    .help(format!(
                        "the bare name means this one; write `{other}.{}` for the other",
                        name.text
                    )),
                );
            }
        }
    }

    fn declare_interface(&mut self, module: ModuleId, declaration: &'a ast::InterfaceDecl, public: bool) {
        let id = InterfaceId(self.interfaces.len() as u32);
        let params = declaration
            .type_params
            .iter()
            .map(|param| (param.name.text.clone(), self.new_skolem(&param.name.text)))
            .collect();
        self.interfaces.push(InterfaceInfo {
            name: declaration.name.text.clone(),
            module,
            self_param: self.new_skolem("Self"),
            params,
            methods: Vec::new(),
            declaration,
        });
        if let Some(name) = declaration.associated.first() {
            self.report(Diagnostic::error(
                "E0099",
                self.modules[module].file,
                name.span,
                "associated types are not supported yet",
            ));
        }
        let info = &mut self.modules[module];
        let name = &declaration.name;
        if let Some(earlier) = info.interfaces.get(&name.text) {
            let earlier = earlier.span;
            let diagnostic = self.declared_twice(self.modules[module].file, name, earlier);
            self.report(diagnostic);
            return;
        }
        info.interfaces.insert(name.text.clone(), Declared { what: id, public, span: name.span });
        for (index, method) in declaration.methods.iter().enumerate() {
            info.values.entry(method.name.text.clone()).or_insert(Declared {
                what: Value::Method(id, index),
                public,
                span: method.name.span,
            });
        }
    }

    fn declare_constant(&mut self, module: ModuleId, declaration: &'a ast::LetStmt, public: bool) {
        let file = self.modules[module].file;
        let ast::PatternKind::Name(name) = &declaration.pattern.kind else {
            self.report(
                Diagnostic::error("E0042", file, declaration.pattern.span, "a constant needs a plain name")
                    .help("patterns are for `let` inside of functions"),
            );
            return;
        };
        let name = ast::Name { text: name.clone(), span: declaration.pattern.span };
        if let Some(earlier) = self.modules[module].values.get(&name.text) {
            // Methods of the module's interfaces give way to anything else.
            if !matches!(earlier.what, Value::Method(..)) {
                let diagnostic = self.declared_twice(file, &name, earlier.span);
                self.report(diagnostic);
                return;
            }
        }
        let id = ConstId(self.constants.len() as u32);
        self.constants.push(ConstantInfo {
            name: format!("{}.{}", self.modules[module].last_segment(), name.text),
            module,
            declaration,
            annotation: None,
            ty: None,
        });
        let declared = Declared { what: Value::Constant(id), public, span: name.span };
        self.modules[module].values.insert(name.text, declared);
    }

    fn collect_imports(&mut self, module: ModuleId) {
        for item in self.modules[module].items {
            let path = match &item.kind {
                ItemKind::Import(path) | ItemKind::From(path, _) => path,
                _ => continue,
            };
            let Some(last) = path.last() else { continue };
            let name = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
            let Some(target) = self.module_by_name.get(&name).copied() else {
                self.report_missing_module(module, path, &name);
                let missing = &mut self.modules[module].missing_imports;
                match &item.kind {
                    ItemKind::From(_, names) => missing.extend(names.iter().map(|name| name.text.clone())),
                    _ => missing.extend([last.text.clone(), path[0].text.clone()]),
                }
                continue;
            };
            if let ItemKind::From(_, names) = &item.kind {
                for name in names {
                    if let Some(inner) = self.inline_module(target, &name.text) {
                        self.modules[module].qualifiers.insert(name.text.clone(), inner);
                    }
                }
            }
            let info = &mut self.modules[module];
            if !info.imports.contains(&target) {
                info.imports.push(target);
            }
            match &item.kind {
                ItemKind::From(_, names) => {
                    for name in names {
                        info.imported_names.insert(name.text.clone(), target);
                    }
                }
                _ => {
                    info.qualifiers.insert(last.text.clone(), target);
                }
            }
        }
    }

    /// A module, or a service or a supervisor, inside of another module.
    fn inline_module(&self, outer: ModuleId, name: &str) -> Option<ModuleId> {
        let inner = *self.modules[outer].qualifiers.get(name)?;
        (self.modules[inner].parent == Some(outer)).then_some(inner)
    }

    fn report_missing_module(&self, module: ModuleId, path: &ast::Path, name: &str) {
        let span = path[0].span.to(path[path.len() - 1].span);
        let diagnostic = Diagnostic::error(
            "E0031",
            self.modules[module].file,
            span,
            format!("there is no module `{name}`"),
        );
        let known = self.modules.iter().map(|module| module.name.as_str()).chain(STANDARD_MODULES);
        self.report(match nearest(name, known) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(
                "`geometry/plane.snow` in the program's folder is the module `Geometry.Plane`; \
                 a file that is compiled alone has no other modules: give the command its folder",
            ),
        });
    }

    fn check_imported_names(&mut self, module: ModuleId) {
        for item in self.modules[module].items {
            let ItemKind::From(path, names) = &item.kind else { continue };
            let module_name = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
            let Some(target) = self.module_by_name.get(&module_name).copied() else { continue };
            for name in names {
                let target_info = &self.modules[target];
                let ty = target_info.types.get(&name.text).map(|found| found.public);
                let interface = target_info.interfaces.get(&name.text).map(|found| found.public);
                let value = self.member(module, target, &name.text);
                let inner = self.inline_module(target, &name.text);
                let inner = inner.map(|inner| self.modules[inner].values.values().any(|found| found.public));
                let found = [ty, interface, inner];
                if found.contains(&Some(true)) || value.is_ok() {
                    continue;
                }
                let path: Vec<&str> = path.iter().chain([name]).map(|name| name.text.as_str()).collect();
                if let Some(ty) = self.closed_constructor(module, &path) {
                    self.report_closed(module, ty, Attempt::Build, Some(&name.text), name.span);
                    continue;
                }
                let file = self.modules[module].file;
                if found.contains(&Some(false)) || matches!(value, Err(MemberError::Private)) {
                    let message = format!("`{}` is private to the module `{module_name}`", name.text);
                    self.report(
                        Diagnostic::error("E0035", file, name.span, message)
                            .help("write `pub` in front of its declaration to use it in other modules"),
                    );
                    continue;
                }
                let message = format!("the module `{module_name}` has no `{}`", name.text);
                let diagnostic = Diagnostic::error("E0034", file, name.span, message);
                let known = self.public_names(target);
                self.report(match nearest(&name.text, known.iter().map(String::as_str)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                });
            }
        }
    }

    /// Imports that lead back to the module they start from.
    fn report_import_cycles(&self) {
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
                    let mut names: Vec<&str> =
                        path[at..].iter().map(|(id, _)| self.modules[*id].name.as_str()).collect();
                    names.push(&self.modules[import].name);
                    self.report_cycle(module, import, &names);
                } else if !done[import] {
                    path.push((import, 0));
                }
            }
        }
    }

    fn report_cycle(&self, module: ModuleId, import: ModuleId, names: &[&str]) {
        let span = self.modules[module].items.iter().find_map(|item| match &item.kind {
            ItemKind::Import(path) | ItemKind::From(path, _) => {
                let name = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
                (name == self.modules[import].name).then_some(path[0].span.to(path[path.len() - 1].span))
            }
            _ => None,
        });
        let message = if module == import {
            format!("the module `{}` imports itself", names[0])
        } else {
            format!("these modules import each other: {}", names.join(" → "))
        };
        self.report(
            Diagnostic::error("E0041", self.modules[module].file, span.unwrap_or_default(), message)
                .help("move what both need into a third module"),
        );
    }

    fn find_language_items(&mut self) {
        let type_of = |name: &str| match self.standard_type(name) {
            Some(TypeName::Type(id)) => Some(id),
            _ => None,
        };
        let (option, result, list) = (type_of("Option"), type_of("Result"), type_of("List"));
        let (range, map) = (type_of("Range"), type_of("Map"));
        let language = &mut self.language;
        (language.option, language.result, language.list) = (option, result, list);
        (language.range, language.map) = (range, map);
        if let Some(prelude) = language.prelude {
            let interfaces = &self.modules[prelude].interfaces;
            language.interfaces = interfaces.iter().map(|(name, found)| (name.clone(), found.what)).collect();
        }
    }
}
