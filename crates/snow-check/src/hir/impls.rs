//! Which impl an interface's method means for a type, once that type is known: for the checker, which follows
//! the copies of generic functions, and for the lowering, which makes them.

use super::{FnId, ImplDef, InterfaceId, Program, Type};
use std::collections::HashMap;

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
    /// the impl are then; `None` for those that nothing tells. The types may have any form: `matches` says
    /// whether a pattern can become one, and fills in what the pattern's parameters are.
    pub fn method<T: Clone>(
        &self,
        interface: InterfaceId,
        index: usize,
        self_type: &T,
        arguments: &[T],
        matches: impl Fn(&Type, &T, &mut [Option<T>]) -> bool,
    ) -> Option<(FnId, Vec<Option<T>>)> {
        self.0.get(&interface)?.iter().find_map(|candidate| {
            let mut found = vec![None; candidate.type_params];
            let fits = matches(&candidate.target, self_type, &mut found)
                && candidate.arguments.len() == arguments.len()
                && candidate
                    .arguments
                    .iter()
                    .zip(arguments)
                    .all(|(pattern, ty)| matches(pattern, ty, &mut found));
            let method = candidate.methods.get(index).filter(|_| fits)?;
            Some((*method, found))
        })
    }
}
