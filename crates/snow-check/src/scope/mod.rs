//! What a name means in a module.
//!
//! Declarations and imports say it, and nothing else: neither the order of files nor what else is part of the
//! program. From the nearest to the farthest, a name is looked for
//!
//! 1. in the module itself,
//! 2. among the names that it imports one by one (`from M import name`),
//! 3. among what its imports bring with them: types, constructors, methods,
//! 4. in the same three places of the modules around it, when it stands inside of others,
//! 5. in the prelude, and among the names that the prelude imports one by one: what is in scope unasked.
//!
//! Where two imports bring different things of one name, neither is meant: that is an error where the name is used.

mod constructors;
mod methods;
mod modules;
pub mod opaque_types;
mod suggestions;
mod type_names;
mod values;

pub use constructors::Candidates;
pub use values::Meaning;

use crate::hir::InterfaceId;
use crate::program::ModuleId;

/// Why a name does not lead anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameError {
    Missing,
    Private,
    /// These two modules, both imported, have something of this name.
    Ambiguous(ModuleId, ModuleId),
    /// A method of these two interfaces of one module.
    SharedMethod(InterfaceId, InterfaceId),
}
