//! Which types may be in a message, and which in memory: a Buffer belongs to one actor, a vector to a register.

use crate::hir::{Type, TypeDef, TypeDefKind};
use std::collections::HashSet;

/// Is a vector part of something that lives in memory?
pub(super) fn holds_vector(ty: &Type, inside: bool) -> bool {
    match ty {
        Type::U8x16 => inside,
        Type::Array(element) => holds_vector(element, true),
        Type::Tuple(parts) | Type::Named(_, parts) => parts.iter().any(|part| holds_vector(part, true)),
        Type::Fun(params, result) => {
            params.iter().any(|param| holds_vector(param, false)) || holds_vector(result, false)
        }
        Type::Pid(Some(message)) => holds_vector(message, true),
        _ => false,
    }
}

/// Types that other actors cannot be given: the name of what is in the way.
pub fn not_sendable(definitions: &[TypeDef], ty: &Type) -> Option<&'static str> {
    // Addresses take messages, they do not hold them. Captures are looked at when it is sent.
    find_inside(definitions, ty, |ty| match ty {
        Type::Buffer => Some("Buffer"),
        Type::U8x16 => Some("U8x16"),
        _ => None,
    })
}

/// May a closure be part of a value of this type?
pub(super) fn holds_function(definitions: &[TypeDef], ty: &Type) -> bool {
    find_inside(definitions, ty, |ty| matches!(ty, Type::Fun(..) | Type::Param(_)).then_some(())).is_some()
}

/// Looks at a type, at those in it and at those of its fields, until there is an answer.
fn find_inside<T>(definitions: &[TypeDef], ty: &Type, answer: impl Fn(&Type) -> Option<T>) -> Option<T> {
    let mut seen = HashSet::new();
    // With each, whether it is of a field: a parameter there is one of the declaration's, and what stands for it is looked
    // at anyway.
    let mut waiting = vec![(ty.clone(), false)];
    while let Some((ty, of_field)) = waiting.pop() {
        if of_field && matches!(ty, Type::Param(_)) {
            continue;
        }
        if let Some(found) = answer(&ty) {
            return Some(found);
        }
        match ty {
            Type::Array(element) => waiting.push((*element, of_field)),
            Type::Tuple(parts) => waiting.extend(parts.into_iter().map(|ty| (ty, of_field))),
            Type::Named(id, arguments) => {
                waiting.extend(arguments.into_iter().map(|ty| (ty, of_field)));
                if seen.insert(id) {
                    waiting.extend(fields(&definitions[id.0 as usize]).map(|ty| (ty.clone(), true)));
                }
            }
            _ => {}
        }
    }
    None
}

fn fields(definition: &TypeDef) -> Box<dyn Iterator<Item = &Type> + '_> {
    match &definition.kind {
        TypeDefKind::Struct(fields) => Box::new(fields.iter().map(|(_, ty)| ty)),
        TypeDefKind::Sum(constructors) => Box::new(constructors.iter().flat_map(|one| &one.payload)),
    }
}
