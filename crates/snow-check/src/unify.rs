//! Type variables and unification, with levels for generalisation.

use crate::types::{Head, Ty, Variable};
use std::rc::Rc;

#[derive(Clone, Debug)]
enum Slot {
    /// Not known yet; the level of the `let` it belongs to.
    Free(u32),
    Bound(Ty),
}

#[derive(Default, Debug)]
pub struct Variables {
    slots: Vec<Slot>,
}

/// Why two types do not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clash {
    Different,
    /// A type would contain itself.
    Infinite,
    /// A type has grown beyond all reason.
    TooLarge,
}

/// Steps that one unification may take: types are trees that share parts, and may be exponentially large.
const MAX_STEPS: u32 = 200_000;

impl Variables {
    pub fn fresh(&mut self, level: u32) -> Ty {
        self.slots.push(Slot::Free(level));
        Ty::Var(Variable(self.slots.len() as u32 - 1))
    }

    /// Looks through variables at the outside of the type only.
    pub fn shallow(&self, ty: &Ty) -> Ty {
        let mut ty = ty;
        while let Ty::Var(variable) = ty {
            // A variable of another group, in a type on its way out of it, is known to nobody.
            match self.slots.get(variable.0 as usize) {
                Some(Slot::Bound(to)) => ty = to,
                Some(Slot::Free(_)) | None => break,
            }
        }
        ty.clone()
    }

    /// The type with all that is known about its variables. `None`: it is too large to write down.
    pub fn deep(&self, ty: &Ty) -> Option<Ty> {
        let mut steps = MAX_STEPS;
        self.deep_within(ty, &mut steps)
    }

    /// The same for use outside of the group: what is still unknown fits everything.
    pub fn closed(&self, ty: &Ty) -> Option<Ty> {
        fn close(ty: &Ty) -> Ty {
            match ty {
                Ty::Var(_) | Ty::Error => Ty::Error,
                Ty::Con(head, arguments) => Ty::Con(*head, arguments.iter().map(close).collect()),
            }
        }
        self.deep(ty).map(|ty| close(&ty))
    }

    fn deep_within(&self, ty: &Ty, steps: &mut u32) -> Option<Ty> {
        *steps = steps.checked_sub(1)?;
        match self.shallow(ty) {
            Ty::Con(head, arguments) if !arguments.is_empty() => {
                let arguments: Option<Rc<[Ty]>> =
                    arguments.iter().map(|argument| self.deep_within(argument, steps)).collect();
                Some(Ty::Con(head, arguments?))
            }
            other => Some(other),
        }
    }

    pub fn level(&self, variable: Variable) -> u32 {
        match &self.slots[variable.0 as usize] {
            Slot::Free(level) => *level,
            Slot::Bound(_) => 0,
        }
    }

    /// Gives a free variable its type. The caller knows that it does not occur in it.
    pub fn bind(&mut self, variable: Variable, ty: Ty) {
        self.slots[variable.0 as usize] = Slot::Bound(ty);
    }

    /// Free variables in order of occurrence, each once.
    pub fn free(&self, ty: &Ty, into: &mut Vec<Variable>) {
        let mut steps = MAX_STEPS;
        self.free_within(ty, into, &mut steps);
    }

    fn free_within(&self, ty: &Ty, into: &mut Vec<Variable>, steps: &mut u32) {
        let Some(left) = steps.checked_sub(1) else { return };
        *steps = left;
        match self.shallow(ty) {
            Ty::Var(variable) if !into.contains(&variable) => into.push(variable),
            Ty::Con(_, arguments) => {
                for argument in arguments.iter() {
                    self.free_within(argument, into, steps);
                }
            }
            _ => {}
        }
    }

    /// Keeps the variables of a type from being generalised above a level.
    pub fn lower(&mut self, ty: &Ty, level: u32) {
        let mut free = Vec::new();
        self.free(ty, &mut free);
        for variable in free {
            if let Slot::Free(own) = &mut self.slots[variable.0 as usize] {
                *own = (*own).min(level);
            }
        }
    }

    pub fn unify(&mut self, a: &Ty, b: &Ty) -> Result<(), Clash> {
        let mut steps = MAX_STEPS;
        self.unify_within(a, b, &mut steps)
    }

    fn unify_within(&mut self, a: &Ty, b: &Ty, steps: &mut u32) -> Result<(), Clash> {
        *steps = steps.checked_sub(1).ok_or(Clash::TooLarge)?;
        match (self.shallow(a), self.shallow(b)) {
            (Ty::Error, _) | (_, Ty::Error) => Ok(()),
            (Ty::Var(a), Ty::Var(b)) if a == b => Ok(()),
            (Ty::Var(variable), ty) | (ty, Ty::Var(variable)) => {
                let level = self.level(variable);
                self.occurs(variable, &ty, level, steps)?;
                self.bind(variable, ty);
                Ok(())
            }
            (Ty::Con(head_a, arguments_a), Ty::Con(head_b, arguments_b)) => {
                if head_a != head_b || arguments_a.len() != arguments_b.len() {
                    return Err(Clash::Different);
                }
                if Rc::ptr_eq(&arguments_a, &arguments_b) {
                    return Ok(());
                }
                for (a, b) in arguments_a.iter().zip(arguments_b.iter()) {
                    self.unify_within(a, b, steps)?;
                }
                Ok(())
            }
        }
    }

    /// Fails when the variable occurs in the type; lowers the levels of the others on the way.
    fn occurs(&mut self, variable: Variable, ty: &Ty, level: u32, steps: &mut u32) -> Result<(), Clash> {
        *steps = steps.checked_sub(1).ok_or(Clash::TooLarge)?;
        match self.shallow(ty) {
            Ty::Var(other) if other == variable => Err(Clash::Infinite),
            Ty::Var(other) => {
                if let Slot::Free(own) = &mut self.slots[other.0 as usize] {
                    *own = (*own).min(level);
                }
                Ok(())
            }
            Ty::Con(_, arguments) => {
                for argument in arguments.iter() {
                    self.occurs(variable, argument, level, steps)?;
                }
                Ok(())
            }
            Ty::Error => Ok(()),
        }
    }

    pub fn is_never(&self, ty: &Ty) -> bool {
        matches!(self.shallow(ty), Ty::Con(Head::Never, _))
    }

    /// Are there more than so many types inside of one another?
    pub fn is_deeper(&self, ty: &Ty, levels: u32) -> bool {
        match self.shallow(ty) {
            Ty::Con(_, parts) => levels == 0 || parts.iter().any(|part| self.is_deeper(part, levels - 1)),
            Ty::Var(_) | Ty::Error => false,
        }
    }
}
