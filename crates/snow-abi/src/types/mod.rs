//! Snow's types as data, for the signatures of intrinsics.

pub mod names;
mod sums;

pub use sums::{Constructor, Sum};

use std::fmt::{self, Display, Formatter};

/// A type of Snow, as far as intrinsics have to do with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    Int,
    Float,
    Bool,
    Unit,
    Never,
    String,
    Bytes,
    Buffer,
    U8x16,
    Array(&'static Type),
    /// An address of an actor, with the type of its messages; `None` is the address without one.
    Pid(Option<&'static Type>),
    Fun(&'static [Type], &'static Type),
    Tuple(&'static [Type]),
    /// A struct of the library: module and name.
    Struct(&'static str, &'static str),
    Sum(&'static Sum),
    /// A type parameter. `T` may be any type, which the runtime must know to be a reference or not; all others are
    /// parameters of references, and make no difference to it.
    Parameter(&'static str),
    /// Any reference, in what only the compiler calls.
    Reference,
}

impl Type {
    /// Does the type contain the parameter `T`?
    pub fn is_generic(&self) -> bool {
        match self {
            Type::Parameter(name) => *name == "T",
            Type::Array(element) => element.is_generic(),
            Type::Pid(message) => message.is_some_and(Type::is_generic),
            Type::Fun(parameters, result) => parameters.iter().any(Type::is_generic) || result.is_generic(),
            Type::Tuple(elements) => elements.iter().any(Type::is_generic),
            Type::Sum(sum) => sum.arguments.iter().any(Type::is_generic),
            _ => false,
        }
    }
}

/// As the compiler's messages print it.
impl Display for Type {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Type::Int => f.write_str("Int"),
            Type::Float => f.write_str("Float"),
            Type::Bool => f.write_str("Bool"),
            Type::Unit => f.write_str("()"),
            Type::Never => f.write_str("Never"),
            Type::String => f.write_str("String"),
            Type::Bytes => f.write_str("Bytes"),
            Type::Buffer => f.write_str("Buffer"),
            Type::U8x16 => f.write_str("U8x16"),
            Type::Array(element) => write!(f, "Array<{element}>"),
            Type::Pid(None) => f.write_str("Pid"),
            Type::Pid(Some(message)) => write!(f, "Pid<{message}>"),
            Type::Fun(parameters, result) => write!(f, "Fun({}) -> {result}", List(parameters)),
            Type::Tuple(elements) => write!(f, "({})", List(elements)),
            Type::Struct(module, name) => f.write_str(&printed_name(module, name)),
            Type::Sum(sum) => {
                f.write_str(&printed_name(sum.module, sum.name))?;
                if sum.arguments.is_empty() { Ok(()) } else { write!(f, "<{}>", List(sum.arguments)) }
            }
            Type::Parameter(name) => f.write_str(name),
            Type::Reference => f.write_str("Ref"),
        }
    }
}

/// Types with commas between them.
struct List(&'static [Type]);

impl Display for List {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        for (index, ty) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            ty.fmt(f)?;
        }
        Ok(())
    }
}

/// `Tcp.NetError` of the module `Net.Tcp`; names of the prelude, and of what no module declares, stand alone.
fn printed_name(module: &str, name: &str) -> String {
    let last = module.rsplit('.').next().unwrap_or(module);
    if ["", "Prelude", name].contains(&last) { name.to_string() } else { format!("{last}.{name}") }
}
