//! Types without type parameters: substitution, the classes of their values, matching, names.

use crate::ir::Class;
use snow_check::hir::impls::TypeForm;
use snow_check::hir::{Constructor, Program, Type, TypeDefKind, TypeId};
use std::collections::HashMap;
use std::rc::Rc;

/// What each type parameter in scope stands for.
#[derive(Clone, Default)]
pub(crate) struct Substitution(Rc<HashMap<u32, Type>>);

impl Substitution {
    /// Of parameters 0.. to these.
    pub fn of(arguments: &[Type]) -> Substitution {
        Substitution(Rc::new((0..).zip(arguments.iter().cloned()).collect()))
    }

    pub fn extended(&self, parameters: &[u32], arguments: Vec<Type>) -> Substitution {
        let mut map = (*self.0).clone();
        map.extend(parameters.iter().copied().zip(arguments));
        Substitution(Rc::new(map))
    }

    /// A parameter without a type cannot influence anything that is computed: it becomes Unit.
    pub fn apply(&self, ty: &Type) -> Type {
        let all = |types: &[Type]| types.iter().map(|ty| self.apply(ty)).collect();
        match ty {
            Type::Param(number) => self.0.get(number).cloned().unwrap_or(Type::Unit),
            Type::Array(element) => Type::Array(Box::new(self.apply(element))),
            Type::Tuple(types) => Type::Tuple(all(types)),
            Type::Fun(parameters, result) => Type::Fun(all(parameters), Box::new(self.apply(result))),
            Type::Pid(message) => Type::Pid(message.as_ref().map(|message| Box::new(self.apply(message)))),
            Type::Named(id, arguments) => Type::Named(*id, all(arguments)),
            _ => ty.clone(),
        }
    }

    pub fn apply_all(&self, types: &[Type]) -> Vec<Type> {
        types.iter().map(|ty| self.apply(ty)).collect()
    }
}

/// The parts of a type.
pub(crate) fn parts(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::Array(element) => vec![element],
        Type::Tuple(types) | Type::Named(_, types) => types.iter().collect(),
        Type::Fun(parameters, result) => parameters.iter().chain([&**result]).collect(),
        Type::Pid(Some(message)) => vec![message],
        _ => Vec::new(),
    }
}

/// Does the type consist of more than `names` names, or do they nest deeper than `depth`? Found out in
/// at most so many steps.
pub(crate) fn is_larger(ty: &Type, names: usize, depth: usize) -> bool {
    let mut waiting = vec![(ty, 1)];
    let mut seen = 0;
    while let Some((ty, level)) = waiting.pop() {
        seen += 1;
        if seen > names || level > depth {
            return true;
        }
        waiting.extend(parts(ty).into_iter().map(|part| (part, level + 1)));
    }
    false
}

/// Types as they are, for whoever looks for impls.
pub(crate) struct Whole;

impl TypeForm for Whole {
    type Ty = Type;

    fn matches(&self, pattern: &Type, ty: &Type, found: &mut [Option<Type>]) -> bool {
        matches(pattern, ty, found)
    }

    fn make(&mut self, ty: &Type, found: &[Option<Type>]) -> Type {
        let known = (0..).zip(found).filter_map(|(number, known)| Some((number, known.clone()?)));
        Substitution(Rc::new(known.collect())).apply(ty)
    }
}

/// Can `pattern` become `ty`? Fills in what its parameters then are.
fn matches(pattern: &Type, ty: &Type, found: &mut [Option<Type>]) -> bool {
    if let Type::Param(number) = pattern {
        let Some(slot) = found.get_mut(*number as usize) else { return false };
        return match slot {
            Some(known) => known == ty,
            None => {
                *slot = Some(ty.clone());
                true
            }
        };
    }
    let same_head = match (pattern, ty) {
        (Type::Named(a, _), Type::Named(b, _)) => a == b,
        _ => std::mem::discriminant(pattern) == std::mem::discriminant(ty),
    };
    let (inside_pattern, inside) = (parts(pattern), parts(ty));
    same_head
        && inside_pattern.len() == inside.len()
        && inside_pattern.into_iter().zip(inside).all(|(pattern, ty)| matches(pattern, ty, found))
}

pub(crate) fn class(program: &Program, ty: &Type) -> Class {
    match ty {
        Type::Int | Type::Unit | Type::Never | Type::Param(_) => Class::Int,
        Type::Float => Class::Float,
        Type::Bool => Class::Bool,
        Type::U8x16 => Class::Vector,
        Type::Named(id, _) if is_enumeration(program, *id) => Class::Int,
        _ => Class::Ref,
    }
}

/// A sum type without any payload: its values are Ints.
pub(crate) fn is_enumeration(program: &Program, id: TypeId) -> bool {
    let definition = &program.types[id.0 as usize];
    match &definition.kind {
        TypeDefKind::Sum(constructors) => constructors.len() == definition.without_payload,
        TypeDefKind::Struct(_) => false,
    }
}

/// The constructors of a sum type.
pub(crate) fn constructors<'p>(program: &'p Program, ty: &Type) -> &'p [Constructor] {
    match ty {
        Type::Named(id, _) => match &program.types[id.0 as usize].kind {
            TypeDefKind::Sum(constructors) => constructors,
            TypeDefKind::Struct(_) => &[],
        },
        _ => &[],
    }
}

/// How many constructors of a type have no payload, and how many have one.
pub(crate) fn kinds_of_constructors(program: &Program, ty: &Type) -> (usize, usize) {
    let Type::Named(id, _) = ty else { return (0, 0) };
    let without = program.types[id.0 as usize].without_payload;
    (without, constructors(program, ty).len() - without)
}

/// Types of the payload of a constructor.
pub(crate) fn payload(program: &Program, ty: &Type, constructor: usize) -> Vec<Type> {
    let Type::Named(_, arguments) = ty else { return Vec::new() };
    match constructors(program, ty).get(constructor) {
        Some(constructor) => Substitution::of(arguments).apply_all(&constructor.payload),
        None => Vec::new(),
    }
}

/// Types of the fields of a struct or tuple, in declaration order.
pub(crate) fn fields(program: &Program, ty: &Type) -> Vec<Type> {
    match ty {
        Type::Tuple(types) => types.clone(),
        Type::Named(id, arguments) => match &program.types[id.0 as usize].kind {
            TypeDefKind::Struct(fields) => {
                let substitution = Substitution::of(arguments);
                fields.iter().map(|(_, ty)| substitution.apply(ty)).collect()
            }
            TypeDefKind::Sum(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// As printed in symbols.
pub(crate) fn name(program: &Program, ty: &Type) -> String {
    let list = |types: &[Type]| names(program, types);
    match ty {
        Type::Int => "Int".to_owned(),
        Type::Float => "Float".to_owned(),
        Type::Bool => "Bool".to_owned(),
        Type::Unit => "()".to_owned(),
        Type::Never => "Never".to_owned(),
        Type::String => "String".to_owned(),
        Type::Bytes => "Bytes".to_owned(),
        Type::Buffer => "Buffer".to_owned(),
        Type::U8x16 => "U8x16".to_owned(),
        Type::Array(element) => format!("Array<{}>", name(program, element)),
        Type::Tuple(types) => format!("({})", list(types)),
        Type::Fun(parameters, result) => format!("Fun({}) -> {}", list(parameters), name(program, result)),
        Type::Pid(None) => "Pid".to_owned(),
        Type::Pid(Some(message)) => format!("Pid<{}>", name(program, message)),
        Type::Named(id, arguments) => {
            let own = &program.types[id.0 as usize].name;
            if arguments.is_empty() { own.clone() } else { format!("{own}<{}>", list(arguments)) }
        }
        Type::Param(number) => format!("T{number}"),
    }
}

pub(crate) fn names(program: &Program, types: &[Type]) -> String {
    types.iter().map(|ty| name(program, ty)).collect::<Vec<_>>().join(", ")
}
