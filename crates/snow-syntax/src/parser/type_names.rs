//! Which lower-case names are types: behind `::` in a parameter they are no rest of a list.

use crate::syntax_kind::SyntaxKind::*;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The types that the file declares anywhere, and the type parameters that are in scope.
pub(super) struct TypeNames<'s> {
    /// How many declarations in scope give each name.
    declarations: HashMap<&'s str, u32>,
    /// The type parameters in scope, those of the innermost declaration last.
    parameters: Vec<&'s str>,
    /// The function whose clause was read last, with the type parameters that its first clause declares.
    clauses: Option<(&'s str, Rc<HashSet<&'s str>>)>,
}

/// The clauses of one function, as far as they were read.
pub(super) struct Clauses<'s>(Option<(&'s str, Rc<HashSet<&'s str>>)>);

/// How many type parameters were in scope where a declaration began.
pub(super) struct Outside(usize);

impl<'s> TypeNames<'s> {
    /// Those that stand behind `struct`, `type` or `interface`, wherever in the file that is.
    pub(super) fn declared(lexemes: &[super::Lexeme], source: &'s str) -> TypeNames<'s> {
        let mut names = TypeNames { declarations: HashMap::new(), parameters: Vec::new(), clauses: None };
        for pair in lexemes.windows(2) {
            if matches!(pair[0].kind, StructKw | TypeKw | InterfaceKw) && pair[1].kind == Ident {
                names.count(&source[pair[1].start..pair[1].end]);
            }
        }
        names
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        let of_the_first_clause = self.clauses.as_ref().is_some_and(|(_, names)| names.contains(name));
        of_the_first_clause || self.declarations.get(name).is_some_and(|count| *count > 0)
    }

    /// Behind the name of a function: the type parameters of its first clause are those of the clauses behind it.
    pub(super) fn enter_clause(&mut self, function: &'s str) {
        if self.clauses.as_ref().is_none_or(|(known, _)| *known != function) {
            self.clauses = Some((function, Rc::default()));
        }
    }

    /// Behind the type parameters that stand in a clause.
    pub(super) fn declare_for_clauses(&mut self, outside: &Outside) {
        let own = &self.parameters[outside.0..];
        if !own.is_empty()
            && let Some((_, names)) = &mut self.clauses
        {
            *names = Rc::new(own.iter().copied().collect());
        }
    }

    /// At what is no clause.
    pub(super) fn end_clauses(&mut self) {
        self.clauses = None;
    }

    /// What is to be known again behind the body of a clause, which may declare functions of its own.
    pub(super) fn clauses(&self) -> Clauses<'s> {
        Clauses(self.clauses.clone())
    }

    pub(super) fn leave_clause(&mut self, clauses: Clauses<'s>) {
        self.clauses = clauses.0;
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
