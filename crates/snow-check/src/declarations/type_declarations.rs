//! What is written in declarations of types and interfaces: the types of fields, of what constructors hold, and of
//! methods.

use crate::declarations::written_types::{Implicit, TypeScope};
use crate::hir::{ConstId, InterfaceId, TypeId};
use crate::program::{ConstantInfo, MethodInfo, Program, TypeDeclaration, TypeKind};
use crate::types::{Scheme, Skolem, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;

impl<'a> Program<'a> {
    /// The fields of types, aliases, and the methods of interfaces.
    pub fn resolve_types(&mut self) {
        for id in 0..self.types.len() {
            self.resolve_type_declaration(TypeId(id as u32));
        }
        for alias in 0..self.aliases.len() {
            self.check_alias(alias);
        }
        for id in 0..self.interfaces.len() {
            self.resolve_interface(InterfaceId(id as u32));
        }
    }

    fn resolve_type_declaration(&mut self, id: TypeId) {
        let info = self.type_info(id);
        let module = info.module;
        let declared = match info.declaration {
            TypeDeclaration::Struct(declaration) => &declaration.type_params,
            TypeDeclaration::Sum(declaration) => &declaration.type_params,
        };
        let names = declared.iter().map(|param| param.name.text.clone());
        let params: Vec<(String, Skolem)> = names.zip(info.params.iter().copied()).collect();
        let scope = TypeScope::new(module, &params, None);
        let resolve = |annotation: &ast::TypeExpr| {
            let ty = self.resolve_type(&scope, annotation);
            if ty.head() == Some(crate::types::Head::U8x16) {
                self.report(crate::declarations::written_types::vector_inside(
                    self.modules[module].file,
                    annotation.span,
                ));
                return Ty::Error;
            }
            ty
        };
        let kind = match info.declaration {
            TypeDeclaration::Struct(declaration) => {
                let mut fields: Vec<(String, Ty)> = Vec::new();
                for (index, field) in declaration.fields.iter().enumerate() {
                    if info.numbers[field.name.text.as_str()] != index {
                        let message = format!("the field `{}` is declared twice", field.name.text);
                        self.error(module, "E0044", field.name.span, message);
                    }
                    fields.push((field.name.text.clone(), resolve(&field.annotation)));
                }
                TypeKind::Struct(fields)
            }
            TypeDeclaration::Sum(declaration) => TypeKind::Sum(
                declaration
                    .variants
                    .iter()
                    .map(|variant| {
                        (
                            variant.name.text.clone(),
                            variant.payload.iter().map(|(_, ty)| resolve(ty)).collect(),
                        )
                    })
                    .collect(),
            ),
        };
        self.types[id.0 as usize].kind = kind;
        self.declare_defaults(id, &params);
    }

    /// The default of a field is a constant of the field's type.
    fn declare_defaults(&mut self, id: TypeId, params: &[(String, Skolem)]) {
        let info = self.type_info(id);
        let (TypeDeclaration::Struct(declaration), TypeKind::Struct(types)) = (info.declaration, &info.kind)
        else {
            return;
        };
        let (module, short, types) = (info.module, info.short.clone(), types.clone());
        let mut defaults = Vec::new();
        for (field, (_, ty)) in declaration.fields.iter().zip(types) {
            defaults.push(field.default.as_ref().map(|value| {
                self.constants.push(ConstantInfo {
                    name: format!("{short}.{}", field.name.text),
                    module,
                    span: field.name.span,
                    is_default: true,
                    value,
                    written: None,
                    type_params: params.to_vec(),
                    annotation: Some(ty),
                    ty: None,
                });
                ConstId(self.constants.len() as u32 - 1)
            }));
        }
        self.types[id.0 as usize].defaults = defaults;
    }

    /// Reports what is wrong in an alias even if nobody uses it.
    fn check_alias(&self, alias: usize) {
        let info = &self.aliases[alias];
        let params: Vec<(String, Skolem)> = info
            .declaration
            .type_params
            .iter()
            .map(|param| (param.name.text.clone(), self.new_skolem(&param.name.text)))
            .collect();
        self.resolve_type(&TypeScope::new(info.module, &params, None), &info.declaration.target);
    }

    fn resolve_interface(&mut self, id: InterfaceId) {
        let info = self.interface(id);
        let (module, declaration) = (info.module, info.declaration);
        let self_type = Ty::skolem(info.self_param);
        let params = info.params.clone();
        let mut methods = Vec::new();
        for method in &declaration.methods {
            let mut scope = TypeScope::new(module, &params, Some(self_type.clone()));
            scope.implicit = Implicit::Letters;
            let mut types = Vec::new();
            for (index, param) in method.params.iter().enumerate() {
                types.push(match &param.annotation {
                    Some(annotation) => self.resolve_type(&scope, annotation),
                    None if index == 0 => self_type.clone(),
                    None => {
                        self.report(
                            Diagnostic::error(
                                "E0072",
                                self.modules[module].file,
                                param.pattern.span,
                                "this parameter needs a type",
                            )
                            .help("methods of interfaces state the types of all parameters but the first; `Self` is the implementing type"),
                        );
                        Ty::Error
                    }
                });
            }
            let result = match &method.result {
                Some(annotation) => self.resolve_type(&scope, annotation),
                None => Ty::unit(),
            };
            methods.push(MethodInfo {
                name: method.name.text.clone(),
                params: types,
                result,
                type_params: scope.introduced.take(),
                declaration: method,
            });
        }
        self.interfaces[id.0 as usize].methods = methods;
        for (index, method) in declaration.methods.iter().enumerate() {
            let named = self.methods_by_name.entry(&method.name.text).or_default();
            if named.last().is_none_or(|(interface, _)| *interface != id) {
                named.push((id, index));
            }
        }
    }

    /// A constructor as a scheme, so that each use can be given types of its own.
    pub fn constructor_scheme(&self, id: TypeId, index: usize) -> Scheme {
        let info = self.type_info(id);
        let own = Ty::named(id, info.params.iter().map(|skolem| Ty::skolem(*skolem)).collect());
        let payload = match &info.kind {
            TypeKind::Sum(constructors) => constructors.get(index).map(|(_, payload)| payload.clone()),
            TypeKind::Struct(_) => None,
        };
        let ty = match payload {
            Some(payload) if payload.is_empty() => own,
            Some(payload) => Ty::fun(payload, own),
            None => Ty::Error,
        };
        Scheme { vars: info.params.clone(), constraints: Vec::new(), ty }
    }
}
