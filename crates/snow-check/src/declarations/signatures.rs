//! The types that are written at functions and constants.

use crate::declarations::written_types::TypeScope;
use crate::hir::FnId;
use crate::program::{FunctionKind, Program};
use crate::types::{Scheme, Skolem, Ty};
use snow_syntax::ast;
use std::cell::RefCell;

impl<'a> Program<'a> {
    /// The types of functions and constants, as far as they are written.
    pub fn resolve_functions(&mut self) {
        for id in 0..self.functions.len() {
            self.resolve_function(FnId(id as u32));
        }
        for id in 0..self.constants.len() {
            let info = &self.constants[id];
            if let Some(annotation) = info.written {
                let scope = TypeScope::new(info.module, &[], None);
                let ty = self.resolve_type(&scope, annotation);
                self.constants[id].annotation = Some(ty);
            }
        }
    }

    /// Gives a function its scheme when its annotations say everything.
    pub(super) fn complete_signature(&mut self, id: FnId) {
        let function = &mut self.functions[id.0 as usize];
        if !function.holes.is_empty() {
            return;
        }
        let params: Option<Vec<Ty>> = function.params.iter().cloned().collect();
        let (Some(params), Some(result)) = (params, function.result.clone()) else { return };
        function.annotated = true;
        function.scheme = Some(Scheme {
            vars: function.type_params.iter().map(|(_, skolem)| *skolem).collect(),
            constraints: function.givens.clone(),
            ty: Ty::fun(params, result),
        });
    }

    fn resolve_function(&mut self, id: FnId) {
        let function = self.function(id);
        if function.annotated || function.self_type.is_some() {
            return;
        }
        let module = function.module;
        let (type_params, params, result, bounds): (&[ast::TypeParam], Vec<&ast::Param>, _, &[ast::Bound]) =
            match &function.kind {
                FunctionKind::Clauses(clauses) => {
                    let first = clauses[0];
                    (&first.type_params, first.params.iter().collect(), first.result.as_ref(), &first.bounds)
                }
                FunctionKind::Extern(declaration) => {
                    let params = declaration.params.iter().collect();
                    (&declaration.type_params, params, declaration.result.as_ref(), &[])
                }
                FunctionKind::Actor(declaration) => (&[], declaration.params.iter().collect(), None, &[]),
                FunctionKind::Test(_) | FunctionKind::Default(_) | FunctionKind::Derived(_) => {
                    (&[], Vec::new(), None, &[])
                }
            };
        self.check_type_params(module, type_params);
        let mut named: Vec<(String, Skolem)> = Vec::new();
        for param in type_params {
            named.push((param.name.text.clone(), self.new_skolem(&param.name.text)));
        }
        let is_extern = matches!(function.kind, FunctionKind::Extern(_));
        let givens = self.resolve_bounds(module, &mut named, None, bounds);
        let scope = TypeScope::new(module, &named, None);
        let scope = if is_extern { scope } else { scope.with_holes() };
        let mut types: Vec<Option<Ty>> = params
            .iter()
            .map(|param| param.annotation.as_ref().map(|annotation| self.resolve_type(&scope, annotation)))
            .collect();
        // Another clause may say what the first leaves open.
        if let FunctionKind::Clauses(clauses) = &function.kind {
            for clause in &clauses[1..] {
                for (ty, param) in types.iter_mut().zip(&clause.params) {
                    if ty.is_none() {
                        *ty =
                            param.annotation.as_ref().map(|annotation| self.resolve_type(&scope, annotation));
                    }
                }
            }
        }
        let result = match result {
            Some(annotation) => Some(self.resolve_type(&scope, annotation)),
            None if is_extern => Some(Ty::unit()),
            None => None,
        };
        if is_extern {
            for (ty, param) in types.iter_mut().zip(&params) {
                if ty.is_none() {
                    self.error(
                        module,
                        "E0072",
                        param.pattern.span,
                        "a parameter of an `extern fn` needs a type",
                    );
                    *ty = Some(Ty::Error);
                }
            }
        }
        let function = &mut self.functions[id.0 as usize];
        function.type_params = named;
        function.givens = givens;
        function.params = types;
        function.result = result;
        function.holes = scope.holes.map(RefCell::into_inner).unwrap_or_default();
        self.complete_signature(id);
    }
}
