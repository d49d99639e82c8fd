//! Types as inference sees them: with variables that stand for what is not known yet.

use crate::hir::TypeId;
use std::rc::Rc;

/// A type variable: stands for a type that is not known yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Variable(pub u32);

/// A type parameter seen from inside: equal to itself only. Unique in the whole program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Skolem(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Head {
    Int,
    Float,
    Bool,
    Unit,
    Never,
    String,
    Bytes,
    Buffer,
    U8x16,
    Array,
    Tuple,
    /// The last argument is the result.
    Fun,
    /// One argument: the message type.
    Pid,
    UntypedPid,
    Named(TypeId),
    Skolem(Skolem),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    Con(Head, Rc<[Ty]>),
    Var(Variable),
    /// Something was wrong here and has been reported: fits everything.
    Error,
}

impl Ty {
    pub fn plain(head: Head) -> Ty {
        Ty::Con(head, Rc::from([]))
    }

    pub fn con(head: Head, arguments: Vec<Ty>) -> Ty {
        Ty::Con(head, arguments.into())
    }

    pub fn unit() -> Ty {
        Ty::plain(Head::Unit)
    }

    pub fn int() -> Ty {
        Ty::plain(Head::Int)
    }

    pub fn bool() -> Ty {
        Ty::plain(Head::Bool)
    }

    pub fn string() -> Ty {
        Ty::plain(Head::String)
    }

    pub fn bytes() -> Ty {
        Ty::plain(Head::Bytes)
    }

    pub fn never() -> Ty {
        Ty::plain(Head::Never)
    }

    pub fn skolem(skolem: Skolem) -> Ty {
        Ty::plain(Head::Skolem(skolem))
    }

    pub fn tuple(elements: Vec<Ty>) -> Ty {
        Ty::con(Head::Tuple, elements)
    }

    pub fn pid(message: Ty) -> Ty {
        Ty::con(Head::Pid, vec![message])
    }

    pub fn named(id: TypeId, arguments: Vec<Ty>) -> Ty {
        Ty::con(Head::Named(id), arguments)
    }

    pub fn fun(mut params: Vec<Ty>, result: Ty) -> Ty {
        params.push(result);
        Ty::con(Head::Fun, params)
    }

    /// Parameters and result of a function type.
    pub fn as_fun(&self) -> Option<(&[Ty], &Ty)> {
        match self {
            Ty::Con(Head::Fun, parts) => parts.split_last().map(|(result, params)| (params, result)),
            _ => None,
        }
    }

    pub fn head(&self) -> Option<Head> {
        match self {
            Ty::Con(head, _) => Some(*head),
            _ => None,
        }
    }
}

/// `ty: interface<arguments>`
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Constraint {
    pub interface: crate::hir::InterfaceId,
    pub arguments: Vec<Ty>,
    pub ty: Ty,
}

/// A type with parameters: each use has types of its own for `vars`.
#[derive(Clone, Debug)]
pub struct Scheme {
    pub vars: Vec<Skolem>,
    pub constraints: Vec<Constraint>,
    pub ty: Ty,
}

/// What type parameters stand for.
pub type Substitution = [(Skolem, Ty)];

/// Replaces type parameters. Does not look through variables: schemes hold none.
pub fn substitute(ty: &Ty, substitution: &Substitution) -> Ty {
    if substitution.is_empty() {
        return ty.clone();
    }
    match ty {
        Ty::Con(Head::Skolem(skolem), _) => substitution
            .iter()
            .find(|(from, _)| from == skolem)
            .map_or_else(|| ty.clone(), |(_, to)| to.clone()),
        Ty::Con(_, arguments) if arguments.is_empty() => ty.clone(),
        Ty::Con(head, arguments) => {
            Ty::Con(*head, arguments.iter().map(|argument| substitute(argument, substitution)).collect())
        }
        Ty::Var(_) | Ty::Error => ty.clone(),
    }
}

pub fn substitute_constraint(constraint: &Constraint, substitution: &Substitution) -> Constraint {
    Constraint {
        interface: constraint.interface,
        arguments: constraint.arguments.iter().map(|ty| substitute(ty, substitution)).collect(),
        ty: substitute(&constraint.ty, substitution),
    }
}
