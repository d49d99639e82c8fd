//! Types of inference as types of the program: without variables, with numbers for parameters.

use crate::hir::*;
use crate::types::{Head, Skolem, Ty};
use crate::unify::Variables;
use std::collections::HashMap;

/// Parts that a type may have when it is written out.
const MAX_PARTS: usize = 50_000;

/// Which parameter of a function a type parameter of the program is.
#[derive(Default)]
pub struct Numbering {
    numbers: HashMap<Skolem, u32>,
}

impl Numbering {
    pub fn new(params: impl IntoIterator<Item = Skolem>) -> Numbering {
        let mut numbering = Numbering::default();
        for skolem in params {
            numbering.number(skolem);
        }
        numbering
    }

    pub fn number(&mut self, skolem: Skolem) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(skolem).or_insert(next)
    }

    /// A type without variables, written out. Whatever is unknown cannot matter: Unit.
    pub fn convert(&mut self, ty: &Ty) -> Type {
        self.convert_with(ty, &Variables::default()).unwrap_or(Type::Unit)
    }

    /// The same with what is known of variables. `None`: it is too large to be written out.
    pub fn convert_with(&mut self, ty: &Ty, variables: &Variables) -> Option<Type> {
        self.convert_within(ty, variables, &mut { MAX_PARTS })
    }

    fn convert_within(&mut self, ty: &Ty, variables: &Variables, parts: &mut usize) -> Option<Type> {
        *parts = parts.checked_sub(1)?;
        let (head, arguments) = match variables.shallow(ty) {
            Ty::Var(_) | Ty::Error => return Some(Type::Unit),
            Ty::Con(head, arguments) => (head, arguments),
        };
        let mut inside = Vec::with_capacity(arguments.len());
        for argument in arguments.iter() {
            inside.push(self.convert_within(argument, variables, parts)?);
        }
        Some(match head {
            Head::Int => Type::Int,
            Head::Float => Type::Float,
            Head::Bool => Type::Bool,
            Head::Unit => Type::Unit,
            Head::Never => Type::Never,
            Head::String => Type::String,
            Head::Bytes => Type::Bytes,
            Head::Buffer => Type::Buffer,
            Head::U8x16 => Type::U8x16,
            Head::UntypedPid => Type::Pid(None),
            Head::Tuple => Type::Tuple(inside),
            Head::Named(id) => Type::Named(id, inside),
            Head::Skolem(skolem) => Type::Param(self.number(skolem)),
            Head::Array => Type::Array(Box::new(inside.pop()?)),
            Head::Pid => Type::Pid(Some(Box::new(inside.pop()?))),
            Head::Fun => {
                let result = inside.pop()?;
                Type::Fun(inside, Box::new(result))
            }
        })
    }
}
