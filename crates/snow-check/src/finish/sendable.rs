//! What may be where: vectors outside of memory only, and nothing in a message that belongs to one actor.

use crate::hir::{self, Type, TypeDef};

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
    let mut seen = std::collections::HashSet::new();
    let mut waiting = vec![ty.clone()];
    while let Some(ty) = waiting.pop() {
        match ty {
            Type::Buffer => return Some("Buffer"),
            Type::U8x16 => return Some("U8x16"),
            Type::Array(element) => waiting.push(*element),
            Type::Tuple(parts) => waiting.extend(parts),
            Type::Named(id, arguments) => {
                waiting.extend(arguments);
                if seen.insert(id) {
                    match &definitions[id.0 as usize].kind {
                        hir::TypeDefKind::Struct(fields) => {
                            waiting.extend(fields.iter().map(|(_, ty)| ty.clone()));
                        }
                        hir::TypeDefKind::Sum(constructors) => {
                            waiting.extend(constructors.iter().flat_map(|one| one.payload.iter().cloned()));
                        }
                    }
                }
            }
            // Addresses take messages, they do not hold them. Captures are looked at when it is sent.
            _ => {}
        }
    }
    None
}
