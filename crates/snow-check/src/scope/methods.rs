//! Which methods of interfaces a name behind a dot may mean.

use crate::hir::InterfaceId;
use crate::program::{Methods, ModuleId, Program};

impl Program<'_> {
    /// Interfaces that have a method of this name, in order of declaration.
    pub fn methods_named(&self, name: &str) -> &[(InterfaceId, usize)] {
        self.methods_by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The same in two parts: those of the library and of modules that `from` imports, directly or through others, and
    /// those that are merely part of the program. The second ones are meant only where nothing else can be. A private
    /// interface of the program has methods in its module only.
    pub fn methods_seen_from(&self, from: ModuleId, name: &str) -> (Methods, Methods) {
        let mut all = self.methods_named(name).to_vec();
        all.retain(|(interface, _)| self.may_call_methods_of(from, *interface));
        let is_user = |method: &(InterfaceId, usize)| !self.modules[self.interface(method.0).module].standard;
        if !all.iter().any(is_user) {
            return (all, Vec::new());
        }
        let reached = self.reached_modules(from);
        all.into_iter()
            .partition(|method| !is_user(method) || reached.contains(&self.interface(method.0).module))
    }

    /// Is the interface public, or the module one to which its private names are open?
    pub fn may_call_methods_of(&self, from: ModuleId, interface: InterfaceId) -> bool {
        let info = self.interface(interface);
        info.public || self.modules[info.module].standard || self.is_around(from, info.module)
    }
}
