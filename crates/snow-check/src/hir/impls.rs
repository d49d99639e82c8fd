//! Which impl an interface's method means for a type, once that type is known: for the checker, which follows
//! the copies of generic functions, and for the lowering, which makes them.

use super::{FnId, ImplDef, InterfaceId, Program, Type};
use crate::copies::DEEPEST_TYPE;
use std::collections::HashMap;

/// How types are written where impls are looked for.
pub trait TypeForm {
    type Ty: Clone;

    /// Can the pattern become the type? Fills in what the pattern's parameters are then.
    fn matches(&self, pattern: &Type, ty: &Self::Ty, found: &mut [Option<Self::Ty>]) -> bool;

    /// The type with its parameters replaced; by Unit those that nothing tells.
    fn make(&mut self, ty: &Type, found: &[Option<Self::Ty>]) -> Self::Ty;
}

/// The impls of a program by interface, in the order in which they are tried.
pub struct Impls<'p>(HashMap<InterfaceId, Vec<&'p ImplDef>>);

impl<'p> Impls<'p> {
    /// Of two impls that fit, the one with fewer parameters is the more special: it is tried first.
    pub fn of(program: &'p Program) -> Impls<'p> {
        let mut impls: HashMap<InterfaceId, Vec<&ImplDef>> = HashMap::new();
        for found in &program.impls {
            impls.entry(found.interface).or_default().push(found);
        }
        impls.values_mut().for_each(|impls| impls.sort_by_key(|found| found.type_params));
        Impls(impls)
    }

    /// The method of this number in the impl of `interface<arguments>` for a type, and what the parameters of
    /// the impl are then; `None` for those that nothing tells.
    pub fn method<F: TypeForm>(
        &self,
        interface: InterfaceId,
        index: usize,
        self_type: &F::Ty,
        arguments: &[F::Ty],
        form: &mut F,
    ) -> Option<(FnId, Vec<Option<F::Ty>>)> {
        self.0.get(&interface)?.iter().find_map(|candidate| {
            let mut found = vec![None; candidate.type_params];
            let fits = form.matches(&candidate.target, self_type, &mut found)
                && candidate.arguments.len() == arguments.len()
                && candidate
                    .arguments
                    .iter()
                    .zip(arguments)
                    .all(|(pattern, ty)| form.matches(pattern, ty, &mut found));
            let method = candidate.methods.get(index).filter(|_| fits)?;
            self.complete(candidate, &mut found, form, 0);
            Some((*method, found))
        })
    }

    /// Fills in the parameters of an impl that its target does not mention: those of its bounds, such as `T.Item`, which
    /// the impls for the types of the bounds tell.
    fn complete<F: TypeForm>(
        &self,
        candidate: &ImplDef,
        found: &mut [Option<F::Ty>],
        form: &mut F,
        depth: u32,
    ) {
        if depth > DEEPEST_TYPE {
            return;
        }
        for bound in &candidate.bounds {
            if found.iter().all(Option::is_some) {
                return;
            }
            let ty = form.make(&bound.ty, found);
            for other in self.0.get(&bound.interface).into_iter().flatten() {
                let mut inside = vec![None; other.type_params];
                if !form.matches(&other.target, &ty, &mut inside) {
                    continue;
                }
                self.complete(other, &mut inside, form, depth + 1);
                let mut told = found.to_vec();
                let fits = bound.arguments.iter().zip(&other.arguments).all(|(pattern, argument)| {
                    let argument = form.make(argument, &inside);
                    form.matches(pattern, &argument, &mut told)
                });
                if fits {
                    found.clone_from_slice(&told);
                    break;
                }
            }
        }
    }
}
