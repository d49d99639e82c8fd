//! The shapes that values of a type may have, and the types of their parts.

use super::question::{MAX_MISSING, Question, Shape, State, TypeNumber};
use crate::hir::{Constructor, Type, TypeDefKind};
use std::rc::Rc;

impl<'p> Question<'_, 'p> {
    /// How many shapes a type has; `None`: there are too many to count.
    pub fn count(&self, ty: TypeNumber) -> Option<usize> {
        match &self.types[ty as usize] {
            Type::Bool | Type::Bytes => Some(2),
            Type::Unit | Type::Tuple(_) => Some(1),
            Type::Never => Some(0),
            Type::Named(id, _) if Some(*id) == self.list => Some(2),
            Type::Named(id, _) => match &self.definitions.get(id.0 as usize)?.kind {
                TypeDefKind::Struct(_) => Some(1),
                TypeDefKind::Sum(constructors) => Some(constructors.len()),
            },
            _ => None,
        }
    }

    /// The shapes of a type that are not among these, in order.
    pub fn absent(&self, ty: TypeNumber, present: &[(Shape<'p>, usize, State)]) -> Vec<Shape<'p>> {
        let count = self.count(ty).unwrap_or(0);
        let shape = |index: usize| match &self.types[ty as usize] {
            Type::Bool => Shape::Bool { is_false: index == 1 },
            Type::Bytes => [Shape::Empty, Shape::Cons][index],
            Type::Named(id, _) if Some(*id) == self.list => [Shape::Empty, Shape::Cons][index],
            Type::Named(id, _) if matches!(self.definitions[id.0 as usize].kind, TypeDefKind::Sum(_)) => {
                Shape::Variant(index)
            }
            _ => Shape::Only,
        };
        let absent = (0..count)
            .map(shape)
            .filter(|shape| present.binary_search_by_key(shape, |(present, ..)| *present).is_err());
        absent.take(MAX_MISSING).collect()
    }

    /// The types of the parts of a shape.
    pub fn part_types(&mut self, ty: TypeNumber, shape: Shape<'p>, count: usize) -> Rc<[TypeNumber]> {
        if let Some(known) = self.parts.get(&(ty, shape)) {
            return known.clone();
        }
        let all = |types: &[Type], arguments: &[Type]| -> Vec<Type> {
            types.iter().map(|ty| substitute(ty, arguments)).collect()
        };
        let mut parts = match (&self.types[ty as usize], shape) {
            (Type::Tuple(parts), _) => parts.clone(),
            (Type::Bytes, Shape::Cons) => vec![Type::Int, Type::Bytes],
            (list @ Type::Named(_, arguments), Shape::Cons) => {
                vec![arguments.first().cloned().unwrap_or(Type::Unit), list.clone()]
            }
            (Type::Named(id, arguments), _) => match (&self.definitions[id.0 as usize].kind, shape) {
                (TypeDefKind::Struct(fields), _) => {
                    fields.iter().map(|(_, ty)| substitute(ty, arguments)).collect()
                }
                (TypeDefKind::Sum(constructors), Shape::Variant(index)) => constructors
                    .get(index)
                    .map_or(Vec::new(), |Constructor { payload, .. }| all(payload, arguments)),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        parts.resize(count, Type::Param(0));
        let parts: Rc<[TypeNumber]> = parts.into_iter().map(|part| self.type_id(part)).collect();
        self.parts.insert((ty, shape), parts.clone());
        parts
    }

    pub fn part_count(&self, ty: TypeNumber, shape: Shape) -> usize {
        match (&self.types[ty as usize], shape) {
            (_, Shape::Cons) => 2,
            (Type::Named(id, _), Shape::Variant(index)) => match &self.definitions[id.0 as usize].kind {
                TypeDefKind::Sum(constructors) => constructors[index].payload.len(),
                TypeDefKind::Struct(_) => 0,
            },
            _ => 0,
        }
    }
}

fn substitute(ty: &Type, arguments: &[Type]) -> Type {
    let all = |types: &[Type]| types.iter().map(|ty| substitute(ty, arguments)).collect();
    match ty {
        Type::Param(number) => arguments.get(*number as usize).cloned().unwrap_or(Type::Param(*number)),
        Type::Array(element) => Type::Array(Box::new(substitute(element, arguments))),
        Type::Tuple(parts) => Type::Tuple(all(parts)),
        Type::Named(id, parts) => Type::Named(*id, all(parts)),
        Type::Fun(params, result) => Type::Fun(all(params), Box::new(substitute(result, arguments))),
        Type::Pid(Some(message)) => Type::Pid(Some(Box::new(substitute(message, arguments)))),
        other => other.clone(),
    }
}
