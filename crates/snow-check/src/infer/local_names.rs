//! The names of locals in scope: the innermost one of a name is meant.

use crate::hir::LocalId;
use crate::types::Scheme;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Clone)]
pub(super) struct Binding {
    pub local: LocalId,
    /// Of a `let` that is used at several types.
    pub scheme: Option<Rc<Scheme>>,
}

#[derive(Default)]
pub(super) struct LocalNames {
    /// What each name stands for, the innermost meaning last.
    bindings: HashMap<String, Vec<Binding>>,
    /// The names that each scope binds, the innermost scope last.
    scopes: Vec<Vec<String>>,
}

impl LocalNames {
    pub fn of_one_scope() -> LocalNames {
        LocalNames { bindings: HashMap::new(), scopes: vec![Vec::new()] }
    }

    pub fn enter(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Forgets what the innermost scope has bound.
    pub fn leave(&mut self) {
        for name in self.scopes.pop().into_iter().flatten() {
            if let Some(bindings) = self.bindings.get_mut(&name) {
                bindings.pop();
            }
        }
    }

    /// Binds a name in the innermost scope.
    pub fn bind(&mut self, name: &str, binding: Binding) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(name.to_string());
            self.bindings.entry(name.to_string()).or_default().push(binding);
        }
    }

    pub fn find(&self, name: &str) -> Option<&Binding> {
        self.bindings.get(name)?.last()
    }

    /// All names in scope, in the order in which they were bound.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.scopes.iter().flatten()
    }
}
