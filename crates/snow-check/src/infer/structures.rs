//! Compound values: strings, tuples, lists, maps, structs.

use super::Infer;
use super::pending::PendingKind;
use super::placeholders;
use crate::hir::{self, Callee, ExprKind, Target, TypeId};
use crate::program::TypeKind;
use crate::scope::NameError;
use crate::scope::opaque_types::Attempt;
use crate::types::{Head, Ty, substitute};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashSet;

impl<'a> Infer<'_, 'a> {
    pub(super) fn string(&mut self, parts: &'a [ast::StringPart], span: Span) -> hir::Expr {
        match parts {
            [] => return self.make(ExprKind::String(String::new()), Ty::string(), span),
            [ast::StringPart::Text(text)] => {
                self.warn_about_hash_in_text(span);
                return self.make(ExprKind::String(text.clone()), Ty::string(), span);
            }
            _ => {}
        }
        self.warn_about_hash_in_text(span);
        let mut tree = Vec::new();
        for part in parts {
            tree.push(match part {
                ast::StringPart::Text(text) => self.make(ExprKind::String(text.clone()), Ty::string(), span),
                ast::StringPart::Expr(expr) => {
                    let value = self.expr(expr, None);
                    self.text_of(value, false)
                }
            });
        }
        self.make(ExprKind::Concat(tree), Ty::string(), span)
    }

    /// `"#{name}"` with the name of a local is Ruby's and Elixir's, and plain text here.
    fn warn_about_hash_in_text(&mut self, span: Span) {
        let source = self.program.modules[self.body.module].source;
        let text = source.get(span.start as usize..span.end as usize).unwrap_or("");
        // Texts of generated code have the place of what they are generated for.
        if !text.starts_with('"') {
            return;
        }
        for (offset, _) in text.match_indices("#{") {
            let inside = &text[offset + 2..];
            let name =
                inside.trim_start().split(|c: char| c != '_' && !c.is_alphanumeric()).next().unwrap_or("");
            if name.is_empty() || text[..offset].ends_with('\\') || self.find_local(name).is_none() {
                continue;
            }
            let start = span.start as usize + offset;
            let place = Span::new(start, start + 2);
            self.report(
                Diagnostic::warning(
                    "W0012",
                    self.file(),
                    place,
                    format!("`#{{{name}` in a text is no value"),
                )
                .help("`${…}` shows a value in a text; `\\#{` stands for the characters themselves"),
            );
        }
    }

    /// A value as text. `optional`: without complaint if it has none.
    pub(super) fn text_of(&mut self, value: hir::Expr, optional: bool) -> hir::Expr {
        let (ty, span) = (self.type_of(&value), value.span);
        if matches!(ty, Ty::Con(Head::String, _)) && !optional {
            return value;
        }
        let resolution = self.new_resolution();
        self.postpone(PendingKind::Show { ty, resolution, optional }, span);
        self.make(placeholders::open_call(resolution, vec![value]), Ty::string(), span)
    }

    pub(super) fn tuple(
        &mut self,
        elements: &'a [ast::Expr],
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        let hints = match expected.map(|ty| self.shallow(ty)) {
            Some(Ty::Con(Head::Tuple, types)) if types.len() == elements.len() => types.to_vec(),
            _ => Vec::new(),
        };
        let mut tree = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            tree.push(match hints.get(index) {
                Some(hint) => self.check(element, hint),
                None => self.expr(element, None),
            });
        }
        let mut types = Vec::new();
        for (index, element) in tree.iter().enumerate() {
            types.push(match (hints.get(index), self.type_of(element)) {
                (Some(hint), _) => hint.clone(),
                // The tuple is never made, and fits whatever is wanted.
                (None, Ty::Con(Head::Never, _)) => self.fresh(),
                (None, ty) => ty,
            });
        }
        self.make(ExprKind::Tuple(tree), Ty::tuple(types), span)
    }

    pub(super) fn list(&mut self, elements: &'a [ast::Expr], expected: Option<&Ty>, span: Span) -> hir::Expr {
        let element = match expected.map(|ty| self.shallow(ty)) {
            Some(Ty::Con(Head::Named(id), arguments)) if Some(id) == self.program.language.list => {
                arguments[0].clone()
            }
            _ => self.fresh(),
        };
        let tree = elements.iter().map(|expr| self.check(expr, &element)).collect();
        let ty = self.list_of(element);
        self.make(ExprKind::List(tree), ty, span)
    }

    /// A literal is a call of `Map.from_list`, or of `Map.new`.
    pub(super) fn map(&mut self, entries: &'a [(ast::Expr, ast::Expr)], span: Span) -> hir::Expr {
        let (key, value) = (self.fresh(), self.fresh());
        let (name, arity) = if entries.is_empty() { ("new", 0) } else { ("from_list", 1) };
        let Some(function) = self.program.library_function("Map", name, arity) else {
            self.error("E0031", span, "maps need the module `Map` of the standard library");
            return self.broken(span);
        };
        let pair = Ty::tuple(vec![key.clone(), value.clone()]);
        let mut pairs = Vec::new();
        for (key_expr, value_expr) in entries {
            let tree = vec![self.check(key_expr, &key), self.check(value_expr, &value)];
            pairs.push(self.make(ExprKind::Tuple(tree), pair.clone(), key_expr.span.to(value_expr.span)));
        }
        let Some(scheme) = self.program.function(function).scheme.clone() else { return self.broken(span) };
        let (type_args, ty) = self.instantiate(&scheme, span);
        let Some((params, result)) = ty.as_fun().map(|(params, result)| (params.to_vec(), result.clone()))
        else {
            return self.broken(span);
        };
        let mut arguments = Vec::new();
        if let Some(param) = params.first() {
            let ty = self.list_of(pair);
            self.coerce(&ty, param, span);
            arguments.push(self.make(ExprKind::List(pairs), ty, span));
        }
        let target = Target::Function(function, self.tree_types(type_args));
        self.make(ExprKind::Call(Callee::Target(target), arguments), result, span)
    }

    /// Is the type closed to the code that is looked at? Then that is reported.
    pub(super) fn refuses(&mut self, id: TypeId, attempt: Attempt, part: Option<&str>, span: Span) -> bool {
        if self.program.is_open(self.body.module, id) {
            return false;
        }
        self.failed = true;
        self.program.report_closed(self.body.module, id, attempt, part, span);
        true
    }

    /// The struct that a path names; reports when there is none.
    pub(super) fn struct_by_path(&mut self, path: &ast::Path) -> Option<TypeId> {
        let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        let span = path_span(path);
        if segments == ["Self"]
            && let Some(Ty::Con(Head::Named(id), _)) = &self.body.self_type
        {
            return Some(*id);
        }
        match self.program.struct_path(self.body.module, &segments) {
            Ok(id) => Some(id),
            Err(error) => {
                let text = segments.join(".");
                let file = self.file();
                if self.program.import_failed_for(self.body.module, segments[0]) {
                    self.failed = true;
                    return None;
                }
                let diagnostic = if let NameError::Ambiguous(first, second) = error {
                    self.program.ambiguous_name(self.body.module, segments[0], [first, second], span)
                } else if error == NameError::Private {
                    Diagnostic::error("E0035", file, span, format!("the struct `{text}` is private"))
                } else {
                    let diagnostic =
                        Diagnostic::error("E0004", file, span, format!("there is no struct `{text}`"));
                    let types = &self.program.modules[self.body.module].types;
                    let help = self.help_for_qualified(&segments);
                    match self.program.meant(&text, || types.keys()) {
                        _ if help.is_some() => Diagnostic { help, ..diagnostic },
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic,
                    }
                };
                self.report(diagnostic);
                None
            }
        }
    }

    /// What to do about a name behind that of a module which is not imported.
    pub(super) fn help_for_qualified(&self, path: &[&str]) -> Option<String> {
        self.program.help_to_qualify(self.body.module, path)
    }

    pub(super) fn report_unknown_field(&mut self, id: TypeId, name: &ast::Name) {
        let info = self.program.type_info(id);
        let fields: Vec<&str> = match &info.kind {
            TypeKind::Struct(fields) if self.program.is_open(self.body.module, id) => {
                fields.iter().map(|(field, _)| field.as_str()).collect()
            }
            TypeKind::Struct(_) | TypeKind::Sum(_) => Vec::new(),
        };
        let message = format!("`{}` has no field `{}`", info.name, name.text);
        let diagnostic = Diagnostic::error("E0009", self.file(), name.span, message);
        let diagnostic = match self.program.meant(&name.text, || fields.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if fields.is_empty() => diagnostic,
            None => diagnostic.help(format!("its fields are: {}", fields.join(", "))),
        };
        self.report(diagnostic);
    }

    pub(super) fn struct_literal(
        &mut self,
        path: &'a ast::Path,
        fields: &'a [(ast::Name, ast::Expr)],
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        let Some(id) = self.struct_by_path(path) else {
            for (_, value) in fields {
                self.expr(value, None);
            }
            return self.broken(span);
        };
        if self.refuses(id, Attempt::Build, None, path_span(path)) {
            for (_, value) in fields {
                self.expr(value, None);
            }
            return self.broken(span);
        }
        let (ty, substitution) = self.open_type(id);
        // What the place expects tells the fields' types early; a clash is reported by the place.
        if let Some(expected) = expected
            && self.shallow(expected).head() == ty.head()
        {
            let _ = self.variables.unify(&ty, expected);
        }
        let declared = match &self.program.type_info(id).kind {
            TypeKind::Struct(fields) => fields.clone(),
            TypeKind::Sum(_) => return self.broken(span),
        };
        let mut tree: Vec<(usize, hir::Expr)> = Vec::new();
        let mut given: HashSet<&str> = HashSet::new();
        for (name, value) in fields {
            let Some(index) = self.program.type_info(id).numbers.get(name.text.as_str()).copied() else {
                self.report_unknown_field(id, name);
                // A name alone that is no field's is one mistake.
                if value.span != name.span {
                    self.expr(value, None);
                }
                continue;
            };
            if !given.insert(&name.text) {
                self.error("E0009", name.span, format!("the field `{}` is given twice", name.text));
            }
            let field = substitute(&declared[index].1, &substitution);
            let value = self.check(value, &field);
            tree.push((index, value));
        }
        let arguments: Vec<Ty> = substitution.iter().map(|(_, argument)| argument.clone()).collect();
        let defaults = self.program.type_info(id).defaults.clone();
        let mut missing = Vec::new();
        for (index, (field, field_type)) in declared.iter().enumerate() {
            if given.contains(field.as_str()) {
                continue;
            }
            match defaults.get(index).copied().flatten() {
                Some(default) => {
                    let kind = ExprKind::Const(default, self.tree_types(arguments.clone()));
                    let value = self.make(kind, substitute(field_type, &substitution), span);
                    tree.push((index, value));
                }
                None => missing.push(format!("`{field}`")),
            }
        }
        // Of a field whose name is misspelt it has been told what it is called.
        let numbers = &self.program.type_info(id).numbers;
        let misspelt = fields.iter().any(|(name, _)| !numbers.contains_key(name.text.as_str()));
        if !missing.is_empty() && !misspelt {
            let name = self.program.type_info(id).name.clone();
            let word = if missing.len() == 1 { "field" } else { "fields" };
            self.error_with(
                "E0009",
                span,
                format!("`{name}` also has the {word} {}", missing.join(", ")),
                "a literal gives every field that has no default; `%{value | field: …}` changes some fields of a value",
            );
        }
        self.make(ExprKind::Struct(tree), ty, span)
    }

    pub(super) fn update(
        &mut self,
        base: &'a ast::Expr,
        fields: &'a [(ast::Name, ast::Expr)],
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        let base = self.expr(base, expected);
        let mut ty = self.type_of(&base);
        if matches!(ty, Ty::Var(_)) {
            self.solve();
            ty = self.shallow(&ty);
        }
        if matches!(ty, Ty::Var(_)) {
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.text.as_str()).collect();
            if let Some(id) = self.only_struct_with(&names) {
                let assumed = self.open_type(id).0;
                let _ = self.variables.unify(&ty, &assumed);
                ty = assumed;
            }
        }
        let (id, arguments) = match &ty {
            Ty::Con(Head::Named(id), arguments)
                if matches!(self.program.type_info(*id).kind, TypeKind::Struct(_)) =>
            {
                (*id, arguments.clone())
            }
            // What does not return is never changed.
            Ty::Con(Head::Never, _) => {
                for (_, value) in fields {
                    self.expr(value, None);
                }
                return base;
            }
            other => {
                if !matches!(other, Ty::Error) {
                    let text = self.print(other);
                    let message = if text == "_" {
                        "it is not known which struct this changes".to_string()
                    } else {
                        format!("only structs have fields to change, this is {text}")
                    };
                    self.error_with("E0009", base.span, message, "state its type: `(value :: Type)`");
                }
                for (_, value) in fields {
                    self.expr(value, None);
                }
                return self.broken(span);
            }
        };
        let first = fields.first().map(|(name, _)| name);
        let place = first.map_or(span, |name| name.span);
        if self.refuses(id, Attempt::Change, first.map(|name| name.text.as_str()), place) {
            for (_, value) in fields {
                self.expr(value, None);
            }
            return self.broken(span);
        }
        let info = self.program.type_info(id);
        let substitution: Vec<_> = info.params.iter().copied().zip(arguments.iter().cloned()).collect();
        let declared = match &info.kind {
            TypeKind::Struct(fields) => fields.clone(),
            TypeKind::Sum(_) => Vec::new(),
        };
        let mut tree: Vec<(usize, hir::Expr)> = Vec::new();
        let mut given: HashSet<&str> = HashSet::new();
        for (name, value) in fields {
            let Some(index) = self.program.type_info(id).numbers.get(name.text.as_str()).copied() else {
                self.report_unknown_field(id, name);
                self.expr(value, None);
                continue;
            };
            if !given.insert(&name.text) {
                self.error("E0009", name.span, format!("the field `{}` is given twice", name.text));
            }
            let field = substitute(&declared[index].1, &substitution);
            let value = self.check(value, &field);
            tree.push((index, value));
        }
        self.make(ExprKind::Update(Box::new(base), tree), ty, span)
    }
}

/// Paths are never empty.
pub(super) fn path_span(path: &ast::Path) -> Span {
    path[0].span.to(path[path.len() - 1].span)
}
