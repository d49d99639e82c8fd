//! Writes the inferred types into the typed tree, which then has its final form, and checks what needs them:
//! completeness of matches, what may be sent, where vectors may stand.

mod captures;
mod declarations;
mod expressions;
mod groups;
mod sendable;
mod type_conversion;

pub use declarations::declarations;
pub use groups::{Found, check_group};
pub use type_conversion::Numbering;

use crate::declarations::written_types::vector_inside;
use crate::exhaustiveness::Matches;
use crate::hir::*;
use crate::infer::Infer;
use crate::infer::placeholders;
use crate::program::ModuleId;
use crate::types::{Skolem, Ty};
use sendable::holds_vector;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

/// Finishes the trees of one function (or constant).
struct Finish<'i, 'p, 'a> {
    infer: &'i Infer<'p, 'a>,
    definitions: &'i [TypeDef],
    numbering: Numbering,
    /// Type arguments of functions of the same group.
    group_arguments: usize,
    module: ModuleId,
    span: Span,
    /// How many closures are around.
    depth: u32,
    bound_at: HashMap<LocalId, u32>,
    vectors: std::collections::HashSet<LocalId>,
    buffers: std::collections::HashSet<LocalId>,
    /// Where a closure uses a Buffer from outside of it, and how deep that is bound.
    captured_buffers: Vec<(Span, u32)>,
    too_large: bool,
    /// Was it written by `expand::deriving`? Its matches are complete.
    is_derived: bool,
}

impl<'i, 'p, 'a> Finish<'i, 'p, 'a> {
    pub fn new(
        infer: &'i Infer<'p, 'a>,
        definitions: &'i [TypeDef],
        group: &[Skolem],
        module: ModuleId,
        span: Span,
    ) -> Finish<'i, 'p, 'a> {
        Finish {
            infer,
            definitions,
            numbering: Numbering::new(group.iter().copied()),
            group_arguments: group.len(),
            module,
            span,
            depth: 0,
            bound_at: HashMap::new(),
            vectors: std::collections::HashSet::new(),
            buffers: std::collections::HashSet::new(),
            captured_buffers: Vec::new(),
            too_large: false,
            is_derived: false,
        }
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.infer.program.report(diagnostic);
    }

    fn report_all(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.report(diagnostic));
    }

    fn matches(&self) -> Matches<'i> {
        let language = &self.infer.program.language;
        Matches { definitions: self.definitions, language, file: self.file() }
    }

    fn check_match(&self, scrutinee: &Type, arms: &[Arm], fallthrough: &mut Fallthrough, span: Span) {
        match self.is_derived {
            true => *fallthrough = Fallthrough::Impossible,
            false => self.report_all(self.matches().complete(scrutinee, arms, fallthrough, span)),
        }
    }

    fn file(&self) -> usize {
        self.infer.program.modules[self.module].file
    }

    pub fn inferred_type(&mut self, ty: &Ty) -> Type {
        match self.numbering.convert_with(ty, &self.infer.variables) {
            Some(ty) => {
                if holds_vector(&ty, false) {
                    self.report(vector_inside(self.file(), self.span));
                }
                ty
            }
            None => {
                if !self.too_large {
                    self.too_large = true;
                    let message = "the type of this is too large";
                    self.report(Diagnostic::error("E0002", self.file(), self.span, message));
                }
                Type::Unit
            }
        }
    }

    fn ty(&mut self, ty: &mut Type) {
        if let Some(number) = placeholders::number_of(ty) {
            let inferred = self.infer.types[number].clone();
            *ty = self.inferred_type(&inferred);
        }
    }

    fn type_arguments(&mut self, types: &mut Vec<Type>) {
        if matches!(types[..], [Type::Param(placeholders::GROUP)]) {
            *types = (0..self.group_arguments as u32).map(Type::Param).collect();
            return;
        }
        for ty in types {
            self.ty(ty);
            if matches!(ty, Type::U8x16) {
                self.report(vector_inside(self.file(), self.span));
            }
        }
    }

    pub fn param(&mut self, param: &mut Param) {
        self.ty(&mut param.ty);
        let ty = param.ty.clone();
        self.bind(param.local, &ty);
    }

    pub fn locals(&mut self, locals: &[(String, Ty)]) -> Vec<Local> {
        locals.iter().map(|(name, ty)| Local { name: name.clone(), ty: self.inferred_type(ty) }).collect()
    }
}
