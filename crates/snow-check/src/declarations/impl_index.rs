//! All impls of a program, by interface and type: no two may overlap.

use crate::hir::InterfaceId;
use crate::program::{ImplInfo, Program};
use crate::types::{Head, Skolem, Ty, substitute};
use snow_syntax::diagnostic::Diagnostic;

impl<'a> Program<'a> {
    /// Takes an impl in; one that overlaps another is reported, and kept only for what is written in it.
    pub(crate) fn add_impl(&mut self, info: ImplInfo) -> usize {
        let index = self.impls.len();
        let key = impl_key(&info);
        let overlapping = self.overlapping_impl(&info);
        let mut info = info;
        if let Some(other) = overlapping {
            info.dropped = true;
            let interface = self.interface(info.interface).name.clone();
            let target = self.print(&Default::default(), &info.target);
            let diagnostic = Diagnostic::error(
                "E0026",
                self.modules[info.module].file,
                info.span,
                format!("`{interface}` is already implemented for `{target}`"),
            );
            let other = &self.impls[other];
            self.report(if other.module == info.module {
                diagnostic.also(other.span, "the other implementation is here")
            } else {
                diagnostic.help(format!(
                    "the module `{}` implements it; a type has one implementation of an interface in the whole program",
                    self.modules[other.module].name
                ))
            });
        } else {
            self.impl_index.entry(key).or_default().push(index);
        }
        self.impls.push(info);
        index
    }

    pub(super) fn overlaps_another(&self, info: &ImplInfo) -> bool {
        self.overlapping_impl(info).is_some()
    }

    /// The first impl that overlaps: of a type with the same head, or of all types.
    fn overlapping_impl(&self, info: &ImplInfo) -> Option<usize> {
        let key = &impl_key(info);
        let of_key = |key| self.impl_index.get(key).into_iter().flatten().copied();
        let candidates: Vec<usize> = match key.1 {
            Some(_) => of_key(key).chain(of_key(&(key.0, None))).collect(),
            None => (0..self.impls.len()).collect(),
        };
        let overlaps = |other: &usize| {
            let other = &self.impls[*other];
            if other.interface != info.interface || other.dropped {
                return false;
            }
            // Each side gets variables of its own; then the two overlap exactly if they unify. Associated types do not
            // tell impls apart.
            let written = self.interface(info.interface).written_params();
            let mut variables = crate::unify::Variables::default();
            let mut open = |info: &ImplInfo| {
                let fresh: Vec<(Skolem, Ty)> =
                    info.vars.iter().map(|(_, skolem)| (*skolem, variables.fresh(0))).collect();
                let parts = std::iter::once(&info.target).chain(info.arguments.iter().take(written));
                parts.map(|ty| substitute(ty, &fresh)).collect::<Vec<_>>()
            };
            let (ours, theirs) = (open(info), open(other));
            ours.iter().zip(&theirs).all(|(a, b)| variables.unify(a, b).is_ok())
        };
        candidates.into_iter().filter(overlaps).min()
    }
}

/// Where an impl is found: by its interface, and the head of its type if that is no parameter.
fn impl_key(info: &ImplInfo) -> (InterfaceId, Option<Head>) {
    let head = info.target.head().filter(|head| !matches!(head, Head::Skolem(_)));
    (info.interface, head)
}
