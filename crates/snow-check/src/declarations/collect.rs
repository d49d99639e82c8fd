//! The first pass over every module: the names that it declares.

use crate::declarations::bounds::associated_name;
use crate::expand::deriving::{JSON, ROW, interfaces_of, needed_of_parts};
use crate::hir::{ConstId, FnId, InterfaceId, TypeId};
use crate::library::PRELUDE;
use crate::program::{
    AliasInfo, ConstantInfo, Declared, FunctionInfo, FunctionKind, InterfaceInfo, ModuleId, Program,
    TestInfo, TypeDeclaration, TypeInfo, TypeKind, TypeName, Value,
};
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
        self.language.prelude = self.library_modules.get(PRELUDE).copied();
        self.reexport_names();
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
                    self.check_type_params(module, &declaration.type_params);
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
                            "E0074",
                            self.modules[module].file,
                            expr.span,
                            "an expression cannot stand outside of a function",
                        )
                        .help("modules are not run: put it into `fn main()`"),
                    );
                }
                // Written anew before: see `expand`.
                ItemKind::Service(_) | ItemKind::Supervisor(_) => {}
                ItemKind::Impl(_) | ItemKind::Module(..) | ItemKind::Import(_) | ItemKind::Error => {}
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
            Some(("`pub`", Span { start: span.start, end: clause.name.span.start }))
        } else if let Some(first) = clause.type_params.first() {
            Some(("type parameters", first.name.span))
        } else {
            clause.bounds.first().map(|bound| ("`where`", bound.param.span))
        };
        if let Some((what, span)) = what {
            self.report(
                Diagnostic::warning(
                    "W0002",
                    self.modules[module].file,
                    span,
                    format!("{what} on a later clause of `{}`: without effect", clause.name.text),
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
                        self.report_clauses_apart(module, "function", name, self.function(*same).span);
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

    /// Two groups of clauses of a function or a method, with others between them.
    pub(super) fn report_clauses_apart(&self, module: ModuleId, what: &str, name: &ast::Name, earlier: Span) {
        let message = format!("the clauses of `{}` do not stand together", name.text);
        self.report(
            Diagnostic::error("E0023", self.modules[module].file, name.span, message)
                .also(earlier, "the first clauses are here")
                .help(format!(
                    "move all clauses of a {what} next to each other, or rename one of the {what}s"
                )),
        );
    }

    pub(super) fn declared_twice(&self, file: usize, name: &ast::Name, earlier: Span) -> Diagnostic {
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
            associated: Vec::new(),
            givens: Vec::new(),
            params: Vec::new(),
            result: None,
            holes: Vec::new(),
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
        self.check_type_params(module, params);
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
            numbers: declaration.numbers(),
            defaults: Vec::new(),
            declaration,
        });
        self.declare_type_name(module, name, TypeName::Type(id), public);
        id
    }

    pub(super) fn check_type_params(&self, module: ModuleId, params: &[ast::TypeParam]) {
        let mut first: HashMap<&str, Span> = HashMap::new();
        for param in params {
            let earlier = *first.entry(&param.name.text).or_insert(param.name.span);
            if earlier != param.name.span {
                let message = format!("the type parameter `{}` is declared twice", param.name.text);
                let file = self.modules[module].file;
                let diagnostic = Diagnostic::error("E0044", file, param.name.span, message);
                self.report(diagnostic.also(earlier, "the first declaration is here"));
            }
        }
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
            self.modules[module].constructors.entry(name.text.clone()).or_default().push(declared);
            self.constructor_names.insert(name.text.clone());
        }
    }

    fn declare_interface(&mut self, module: ModuleId, declaration: &'a ast::InterfaceDecl, public: bool) {
        let id = InterfaceId(self.interfaces.len() as u32);
        self.check_type_params(module, &declaration.type_params);
        let mut params: Vec<(String, Skolem)> = declaration
            .type_params
            .iter()
            .map(|param| (param.name.text.clone(), self.new_skolem(&param.name.text)))
            .collect();
        for (index, associated) in declaration.associated.iter().enumerate() {
            let earlier = declaration.associated[..index].iter().find(|other| other.text == associated.text);
            if let Some(earlier) = earlier {
                let diagnostic = self.declared_twice(self.modules[module].file, associated, earlier.span);
                self.report(diagnostic);
            }
            let name = associated_name("Self", &associated.text);
            params.push((name.clone(), self.new_skolem(&name)));
        }
        self.interfaces.push(InterfaceInfo {
            name: declaration.name.text.clone(),
            module,
            public,
            self_param: self.new_skolem("Self"),
            params,
            methods: Vec::new(),
            declaration,
        });
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
            let declared = Declared { what: Value::Method(id, index), public, span: method.name.span };
            match info.values.get(&method.name.text) {
                Some(Declared { what: Value::Method(other, _), .. }) => {
                    info.shared_methods.insert(method.name.text.clone(), (*other, id));
                }
                Some(_) => {}
                None => drop(info.values.insert(method.name.text.clone(), declared)),
            }
        }
    }

    fn declare_constant(&mut self, module: ModuleId, declaration: &'a ast::LetStmt, public: bool) {
        let file = self.modules[module].file;
        let ast::PatternKind::Name(name) = &declaration.pattern.kind else {
            self.report(
                Diagnostic::error("E0073", file, declaration.pattern.span, "a constant needs a plain name")
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
            span: name.span,
            is_default: false,
            value: &declaration.value,
            written: declaration.annotation.as_ref(),
            type_params: Vec::new(),
            annotation: None,
            ty: None,
        });
        let declared = Declared { what: Value::Constant(id), public, span: name.span };
        self.modules[module].values.insert(name.text, declared);
    }

    fn find_language_items(&mut self) {
        let type_of = |name: &str| match self.standard_type(name) {
            Some(TypeName::Type(id)) => Some(id),
            _ => None,
        };
        let (option, result, list) = (type_of("Option"), type_of("Result"), type_of("List"));
        let (range, map) = (type_of("Range"), type_of("Map"));
        let type_in =
            |module: &str, name: &str| match self.exported_type(*self.library_modules.get(module)?, name) {
                Some(TypeName::Type(id)) => Some(id),
                _ => None,
            };
        let (view, iter_loop) = (type_in("Buffer", "View"), type_in("Iter.Loop", "Loop"));
        let in_folder = |folder: &'static str| {
            let names = interfaces_of(folder).iter().flat_map(|name| [*name, needed_of_parts(name)]);
            names.map(move |name| (folder, name))
        };
        let in_folders = [JSON, ROW].into_iter().flat_map(in_folder).filter_map(|(folder, name)| {
            let module = *self.library_modules.get(&*format!("{folder}.{name}"))?;
            Some((name.to_string(), self.modules[module].interfaces.get(name)?.what))
        });
        let in_folders: Vec<_> = in_folders.collect();
        let language = &mut self.language;
        (language.option, language.result, language.list) = (option, result, list);
        (language.range, language.map, language.view) = (range, map, view);
        language.iter_loop = iter_loop;
        if let Some(prelude) = language.prelude {
            let interfaces = &self.modules[prelude].interfaces;
            language.interfaces = interfaces.iter().map(|(name, found)| (name.clone(), found.what)).collect();
        }
        language.interfaces.extend(in_folders);
    }
}
