//! `deriving(Eq, …)`: the methods that a derived impl has, as one would write them.
//!
//! For `type Shape do Dot; Disc(Float) end deriving(Eq)`:
//!
//! ```snow
//! fn eq(self, other) = case (self, other) do
//!   (Dot, Dot) -> true
//!   (Disc(left), Disc(right)) -> eq(left, right)
//!   _ -> false
//! end
//! ```
//!
//! Functions and constructors of the library are meant whatever the program calls its own. Expressions nest by the
//! logarithm of the number of fields, so that a type may have any number of them.

mod cases;
mod default;
mod display;
mod equality;
mod hashing;
mod json;
mod ordering;
mod row;

use super::build::At;
use snow_syntax::ast::{FnClause, Name, StructDecl, SumDecl};
use snow_syntax::span::Span;

/// What can be derived.
pub const DERIVABLE: [&str; 8] = ["Eq", "Ord", "Display", "Debug", "Hash", "Default", JSON, ROW];

/// What is derived for both directions, each of which has an interface.
pub const JSON: &str = "Json";
/// What is read from the columns of a row.
pub const ROW: &str = "Row";

/// The interfaces in the library's folder of the same name that deriving such a thing implements.
pub fn interfaces_of(derived: &str) -> &'static [&'static str] {
    match derived {
        JSON => &["ToJson", "FromJson"],
        ROW => &["FromRow"],
        _ => &[],
    }
}

/// What all parts of a value must implement so that it can have this interface.
pub fn needed_of_parts(interface: &str) -> &str {
    if interface == "FromRow" { "FromColumn" } else { interface }
}

/// The values that methods are derived for.
#[derive(Clone, Copy)]
pub enum Form<'d> {
    Struct(&'d StructDecl),
    Sum(&'d SumDecl),
    /// So many values of any types.
    Tuple(usize),
}

/// The methods of an interface, by its name. `at` is where the deriving is asked for; `renamings` is what fields and
/// constructors are called instead.
pub fn methods(interface: &str, form: Form, renamings: &[(Name, String)], at: Span) -> Vec<FnClause> {
    let deriving = Deriving { form, renamings, at: At(at) };
    match interface {
        "Eq" => deriving.equality(),
        "Ord" => deriving.ordering(),
        "Display" => vec![deriving.display()],
        "Debug" => vec![deriving.debug()],
        "Hash" => deriving.hashing(),
        "Default" => deriving.default().into_iter().collect(),
        "ToJson" => vec![deriving.write_json()],
        "FromJson" => vec![deriving.read_json()],
        "FromRow" => vec![deriving.read_row()],
        _ => Vec::new(),
    }
}

struct Deriving<'d> {
    form: Form<'d>,
    renamings: &'d [(Name, String)],
    at: At,
}
