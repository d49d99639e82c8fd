//! Which interfaces a type has, and which method a value's type brings.

use super::{Bound, Closure, Head, Program, Type};
use crate::evaluate::{Function, Value};

impl Program {
    /// Does the type have the interface? Type parameters have what their bounds say.
    pub fn has(&self, ty: &Type, bound: Bound, parameters: &[Vec<Bound>]) -> bool {
        let all = |ty: &Type| ty.arguments.iter().all(|argument| self.has(argument, bound, parameters));
        if let Head::Parameter(number) = ty.head {
            return parameters.get(number).is_some_and(|bounds| bounds.contains(&bound));
        }
        if let Bound::Interface(interface) = bound {
            return self.implementation(interface, ty.head).is_some() && (ty.head != Head::List || all(ty));
        }
        match ty.head {
            Head::Int | Head::Float => true,
            Head::String => bound != Bound::Add,
            Head::Unit | Head::Bytes => bound != Bound::Add,
            Head::Bool => !matches!(bound, Bound::Ord | Bound::Add),
            Head::Range => !matches!(bound, Bound::Ord | Bound::Add),
            Head::Tuple => ty.arguments.len() <= 6 && bound != Bound::Add && all(ty),
            Head::List => bound != Bound::Add && all(ty),
            Head::Map => matches!(bound, Bound::Eq | Bound::Display | Bound::Debug) && all(ty),
            // Its members alone decide, which have Hash and Eq.
            Head::Set => bound == Bound::Eq || bound == Bound::Display && all(ty),
            Head::Declared(declaration) => {
                let declared = &self.declarations[declaration];
                declared.own(bound).is_some() || declared.deriving.contains(&bound) && all(ty)
            }
            _ => false,
        }
    }

    /// By which interface interpolation shows a value.
    pub fn shown_by(&self, ty: &Type) -> Bound {
        // What stands for a type parameter has been chosen to have Display: the generator shows no others.
        let displayed = vec![vec![Bound::Display]; 8];
        if self.has(ty, Bound::Display, &displayed) { Bound::Display } else { Bound::Debug }
    }

    /// The implementation of an interface for types of this head.
    pub fn implementation(&self, interface: usize, head: Head) -> Option<usize> {
        self.implementations.iter().position(|own| own.interface == interface && own.target.head == head)
    }

    /// The method of the type of a value: its own, or the interface's default.
    pub fn method(&self, interface: usize, method: usize, receiver: &Value) -> &Closure {
        let head = head(receiver);
        let implementation =
            self.implementation(interface, head).expect("the receiver's type has the interface");
        let own = self.implementations[implementation].methods[method].as_ref();
        own.or(self.interfaces[interface].methods[method].default.as_ref()).expect("no method is missing")
    }
}

fn head(value: &Value) -> Head {
    match value {
        Value::Int(_) => Head::Int,
        Value::Float(_) => Head::Float,
        Value::Bool(_) => Head::Bool,
        Value::String(_) => Head::String,
        Value::Bytes(_) => Head::Bytes,
        Value::Unit => Head::Unit,
        Value::Range(..) => Head::Range,
        Value::Tuple(_) => Head::Tuple,
        Value::List(_) => Head::List,
        Value::Map(_) => Head::Map,
        Value::Set(_) => Head::Set,
        Value::Data { declaration, .. } => Head::Declared(*declaration),
        Value::Buffer(_) => Head::Buffer,
        Value::Vector(_) => Head::Vector,
        Value::Cell(_) => Head::Cell,
        Value::Function(Function::Closure(..) | Function::Named(_) | Function::Library(_)) => Head::Function,
        Value::Function(Function::Constructor(..)) => Head::Function,
        Value::Actor(_) | Value::Service(_) => Head::Never,
    }
}
