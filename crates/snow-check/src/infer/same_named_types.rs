//! Two different types that are printed alike, in one diagnostic: which is which.

use super::Infer;
use crate::types::{Head, Ty};
use snow_syntax::diagnostic::Diagnostic;

impl Infer<'_, '_> {
    /// Says where the types are declared, if their names do not tell them apart. With each stands what it is here:
    /// `that is expected`.
    pub(super) fn tell_apart(&self, diagnostic: Diagnostic, types: [(&Ty, &str); 2]) -> Diagnostic {
        let [(first, first_role), (second, second_role)] = types;
        if self.print(first) != self.print(second) {
            return diagnostic;
        }
        let Some((first, second)) = self.difference(first, second) else { return diagnostic };
        let diagnostic = self.declared(diagnostic, first, first_role);
        self.declared(diagnostic, second, second_role)
    }

    /// The first place where two types are not the same.
    fn difference(&self, first: &Ty, second: &Ty) -> Option<(Head, Head)> {
        let mut waiting = vec![(self.shallow(first), self.shallow(second))];
        while let Some((first, second)) = waiting.pop() {
            let (Ty::Con(head, arguments), Ty::Con(other, others)) = (first, second) else { continue };
            if head != other {
                return Some((head, other));
            }
            let pairs = arguments.iter().zip(others.iter()).rev();
            waiting.extend(pairs.map(|(first, second)| (self.shallow(first), self.shallow(second))));
        }
        None
    }

    fn declared(&self, mut diagnostic: Diagnostic, head: Head, role: &str) -> Diagnostic {
        let name = self.print(&Ty::plain(head));
        let what = match head {
            Head::Named(id) => {
                let info = self.program.type_info(id);
                let file = self.program.modules[info.module].file;
                return diagnostic.also_in(file, info.span, format!("the `{name}` {role}"));
            }
            Head::Skolem(_) => "a type parameter",
            _ => "built in",
        };
        let help = format!("the `{name}` {role} is {what}");
        diagnostic.help = Some(match diagnostic.help {
            Some(before) => format!("{help}; {before}"),
            None => help,
        });
        diagnostic
    }
}
