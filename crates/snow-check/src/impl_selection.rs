//! Impl selection: does a type implement an interface, and by which impl?

use crate::copies::DEEPEST_TYPE;
use crate::program::{ImplInfo, Program};
use crate::types::{Constraint, Head, Skolem, Ty, substitute, substitute_constraint};
use crate::unify::Variables;
use std::collections::HashSet;

/// How a type relates to the target of an impl.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fit {
    Yes,
    No,
    /// It depends on what variables turn out to be.
    Maybe,
}

/// What becomes of a constraint.
pub enum Answer {
    /// It holds if these hold.
    Holds(Vec<Constraint>),
    Fails,
    /// Too little is known yet.
    Open,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entailed {
    Yes,
    No,
    Open,
}

/// Constraints that follow from constraints, at most this deep: a step goes from a type to its parts, so
/// that of the deepest type that can be compiled is answered.
pub const MAX_DEPTH: u32 = DEEPEST_TYPE + 1;

/// A question asks at most so many others: impls that ask for each other in a circle, in several ways at each step, would
/// have no end within any depth.
const MAX_STEPS: u32 = 20_000;

/// What is known while one question is answered.
#[derive(Default)]
struct Proof {
    /// Impls that ask for several things of their parts ask for the same ones again and again.
    proven: HashSet<Constraint>,
    steps: u32,
}

impl Program<'_> {
    /// One step towards proving a constraint. May bind variables among the interface's arguments.
    pub fn answer(
        &self,
        variables: &mut Variables,
        givens: &[Constraint],
        constraint: &Constraint,
    ) -> Answer {
        let ty = variables.shallow(&constraint.ty);
        let head = match &ty {
            Ty::Error => return Answer::Holds(Vec::new()),
            Ty::Con(Head::Never, _) if self.interface(constraint.interface).holds_for_never() => {
                return Answer::Holds(Vec::new());
            }
            Ty::Var(_) => return Answer::Open,
            Ty::Con(head, _) => *head,
        };
        if let Head::Skolem(own) = head {
            let fitting: Vec<&Constraint> = givens
                .iter()
                .filter(|given| {
                    given.interface == constraint.interface && given.ty.head() == Some(Head::Skolem(own))
                })
                .collect();
            for given in &fitting {
                if fitting.len() == 1 || self.equal_all(variables, &given.arguments, &constraint.arguments) {
                    for (a, b) in given.arguments.iter().zip(&constraint.arguments) {
                        if variables.unify(a, b).is_err() {
                            return Answer::Fails;
                        }
                    }
                    return Answer::Holds(Vec::new());
                }
            }
        }
        let key = if matches!(head, Head::Skolem(_)) { None } else { Some(head) };
        let specific = self.impl_index.get(&(constraint.interface, key)).map_or(&[][..], Vec::as_slice);
        let general = match key {
            None => &[][..],
            Some(_) => self.impl_index.get(&(constraint.interface, None)).map_or(&[][..], Vec::as_slice),
        };
        let mut possible = Vec::new();
        for index in specific.iter().chain(general) {
            let info = &self.impls[*index];
            if info.dropped {
                continue;
            }
            let mut found = Vec::new();
            match fit(variables, &info.target, &ty, &info.vars, &mut found) {
                Fit::No => {}
                fits => possible.push((info, fits, found)),
            }
        }
        // Interfaces with arguments: `From<A>` and `From<B>` for one type.
        if possible.len() > 1 {
            possible.retain_mut(|(info, fits, found)| {
                for (pattern, argument) in info.arguments.iter().zip(&constraint.arguments) {
                    match fit(variables, pattern, argument, &info.vars, found) {
                        Fit::No => return false,
                        Fit::Maybe => *fits = Fit::Maybe,
                        Fit::Yes => {}
                    }
                }
                true
            });
        }
        if possible.len() > 1 {
            if possible.iter().any(|(_, fits, _)| *fits == Fit::Maybe) {
                return Answer::Open;
            }
            possible.truncate(1);
        }
        let Some((info, fits, found)) = possible.pop() else { return Answer::Fails };
        if fits == Fit::Maybe {
            return Answer::Open;
        }
        self.apply(variables, info, found, constraint)
    }

    fn apply(
        &self,
        variables: &mut Variables,
        info: &ImplInfo,
        mut found: Vec<(Skolem, Ty)>,
        constraint: &Constraint,
    ) -> Answer {
        for (_, skolem) in &info.vars {
            if !found.iter().any(|(known, _)| known == skolem) {
                found.push((*skolem, variables.fresh(u32::MAX)));
            }
        }
        for (pattern, argument) in info.arguments.iter().zip(&constraint.arguments) {
            if variables.unify(&substitute(pattern, &found), argument).is_err() {
                return Answer::Fails;
            }
        }
        Answer::Holds(info.constraints.iter().map(|needed| substitute_constraint(needed, &found)).collect())
    }

    fn equal_all(&self, variables: &Variables, a: &[Ty], b: &[Ty]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(variables, a, b) == Fit::Yes)
    }

    /// Does a constraint hold, all the way down? Changes nothing.
    pub fn entails(&self, variables: &Variables, givens: &[Constraint], constraint: &Constraint) -> Entailed {
        self.entails_within(variables, givens, constraint, &mut Proof::default(), 0)
    }

    fn entails_within(
        &self,
        variables: &Variables,
        givens: &[Constraint],
        constraint: &Constraint,
        proof: &mut Proof,
        depth: u32,
    ) -> Entailed {
        proof.steps += 1;
        if depth > MAX_DEPTH || proof.steps > MAX_STEPS {
            return Entailed::No;
        }
        if proof.proven.contains(constraint) {
            return Entailed::Yes;
        }
        let ty = variables.shallow(&constraint.ty);
        let head = match &ty {
            Ty::Error => return Entailed::Yes,
            Ty::Con(Head::Never, _) if self.interface(constraint.interface).holds_for_never() => {
                return Entailed::Yes;
            }
            Ty::Var(_) => return Entailed::Open,
            Ty::Con(head, _) => *head,
        };
        let given = givens.iter().any(|given| {
            given.interface == constraint.interface
                && given.ty.head() == Some(head)
                && matches!(head, Head::Skolem(_))
        });
        if given {
            return Entailed::Yes;
        }
        let mut open = false;
        for key in [Some(head), None] {
            let Some(indexes) = self.impl_index.get(&(constraint.interface, key)) else { continue };
            for index in indexes {
                let info = &self.impls[*index];
                let mut found = Vec::new();
                if info.dropped {
                    continue;
                }
                match fit(variables, &info.target, &ty, &info.vars, &mut found) {
                    Fit::No => continue,
                    Fit::Maybe => {
                        open = true;
                        continue;
                    }
                    Fit::Yes => {}
                }
                let mut all = Entailed::Yes;
                for needed in &info.constraints {
                    // Of a type that the target does not tell: arguments will, or an associated type.
                    let is_told = |skolem| found.iter().any(|(known, _)| *known == skolem);
                    if matches!(needed.ty.head(), Some(Head::Skolem(skolem)) if !is_told(skolem)) {
                        if all == Entailed::Yes {
                            all = Entailed::Open;
                        }
                        continue;
                    }
                    let needed = substitute_constraint(needed, &found);
                    match self.entails_within(variables, givens, &needed, proof, depth + 1) {
                        Entailed::Yes => {}
                        Entailed::No => {
                            all = Entailed::No;
                            break;
                        }
                        Entailed::Open => all = Entailed::Open,
                    }
                }
                match all {
                    Entailed::Yes => {
                        proof.proven.insert(constraint.clone());
                        return Entailed::Yes;
                    }
                    Entailed::Open => open = true,
                    Entailed::No => {}
                }
            }
        }
        if open { Entailed::Open } else { Entailed::No }
    }
}

/// One-way matching: parameters of the impl stand for parts of the type.
fn fit(
    variables: &Variables,
    pattern: &Ty,
    ty: &Ty,
    vars: &[(String, Skolem)],
    found: &mut Vec<(Skolem, Ty)>,
) -> Fit {
    let ty = variables.shallow(ty);
    match pattern {
        Ty::Con(Head::Skolem(skolem), _) if vars.iter().any(|(_, own)| own == skolem) => {
            if let Some((_, known)) = found.iter().find(|(own, _)| own == skolem) {
                return equal(variables, known, &ty);
            }
            found.push((*skolem, ty));
            Fit::Yes
        }
        Ty::Con(head, arguments) => match &ty {
            Ty::Error => Fit::Yes,
            Ty::Var(_) => Fit::Maybe,
            Ty::Con(other, inside) if head == other && arguments.len() == inside.len() => {
                let mut all = Fit::Yes;
                for (pattern, ty) in arguments.iter().zip(inside.iter()) {
                    match fit(variables, pattern, ty, vars, found) {
                        Fit::No => return Fit::No,
                        Fit::Maybe => all = Fit::Maybe,
                        Fit::Yes => {}
                    }
                }
                all
            }
            Ty::Con(..) => Fit::No,
        },
        Ty::Var(_) | Ty::Error => Fit::Yes,
    }
}

fn equal(variables: &Variables, a: &Ty, b: &Ty) -> Fit {
    match (variables.shallow(a), variables.shallow(b)) {
        (Ty::Error, _) | (_, Ty::Error) => Fit::Yes,
        (Ty::Var(a), Ty::Var(b)) if a == b => Fit::Yes,
        (Ty::Var(_), _) | (_, Ty::Var(_)) => Fit::Maybe,
        (Ty::Con(a, inside_a), Ty::Con(b, inside_b)) => {
            if a != b || inside_a.len() != inside_b.len() {
                return Fit::No;
            }
            let mut all = Fit::Yes;
            for (a, b) in inside_a.iter().zip(inside_b.iter()) {
                match equal(variables, a, b) {
                    Fit::No => return Fit::No,
                    Fit::Maybe => all = Fit::Maybe,
                    Fit::Yes => {}
                }
            }
            all
        }
    }
}
