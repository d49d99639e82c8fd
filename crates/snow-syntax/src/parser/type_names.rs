//! Which lower-case names are types: behind `::` in a parameter they are no rest of a list.

use crate::syntax_kind::SyntaxKind::*;
use std::collections::HashMap;

/// The types that the file declares anywhere, and the type parameters that are in scope.
pub(super) struct TypeNames<'s> {
    /// How many declarations in scope give each name.
    declarations: HashMap<&'s str, u32>,
    /// The type parameters in scope, those of the innermost declaration last.
    parameters: Vec<&'s str>,
}

/// How many type parameters were in scope where a declaration began.
pub(super) struct Outside(usize);

impl<'s> TypeNames<'s> {
    /// Those that stand behind `struct`, `type` or `interface`, wherever in the file that is.
    pub(super) fn declared(lexemes: &[super::Lexeme], source: &'s str) -> TypeNames<'s> {
        let mut names = TypeNames { declarations: HashMap::new(), parameters: Vec::new() };
        for pair in lexemes.windows(2) {
            if matches!(pair[0].kind, StructKw | TypeKw | InterfaceKw) && pair[1].kind == Ident {
                names.count(&source[pair[1].start..pair[1].end]);
            }
        }
        names
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.declarations.get(name).is_some_and(|count| *count > 0)
    }

    /// From here on the name is a type, up to the end of the innermost declaration.
    pub(super) fn add_parameter(&mut self, name: &'s str) {
        self.parameters.push(name);
        self.count(name);
    }

    pub(super) fn enter(&self) -> Outside {
        Outside(self.parameters.len())
    }

    pub(super) fn leave(&mut self, outside: Outside) {
        for name in self.parameters.drain(outside.0..) {
            if let Some(count) = self.declarations.get_mut(name) {
                *count -= 1;
            }
        }
    }

    fn count(&mut self, name: &'s str) {
        *self.declarations.entry(name).or_default() += 1;
    }
}
