//! The types of copies, each made once: equal types have equal numbers, and share their parts. So a type
//! that is a tree of a million names costs no more than its twenty levels.

use crate::hir::impls::TypeForm;
use crate::hir::{Type, TypeId};
use std::collections::HashMap;

/// A type without parameters, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shared(u32);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Head {
    /// A type without parts. A parameter stands for itself: that of a function that is looked at before
    /// anybody has used it.
    Plain(Type),
    Array,
    Tuple,
    /// The last part is the result.
    Fun,
    Pid,
    Named(TypeId),
}

struct Node {
    head: Head,
    parts: Vec<Shared>,
    /// How many names it takes to write it, and how deep they nest.
    names: u64,
    depth: u32,
    /// Does a parameter occur in it?
    open: bool,
}

#[derive(Default)]
pub struct Types {
    nodes: Vec<Node>,
    known: HashMap<(Head, Vec<Shared>), Shared>,
}

/// What parameters stand for.
pub struct Arguments<'a> {
    pub params: &'a [u32],
    pub types: &'a [Shared],
}

impl TypeForm for Types {
    type Ty = Shared;

    fn matches(&self, pattern: &Type, ty: &Shared, found: &mut [Option<Shared>]) -> bool {
        Types::matches(self, pattern, *ty, found)
    }

    fn make(&mut self, ty: &Type, found: &[Option<Shared>]) -> Shared {
        let (params, types): (Vec<u32>, Vec<Shared>) =
            (0..).zip(found).filter_map(|(number, known)| Some((number, (*known)?))).unzip();
        self.of(ty, &Arguments { params: &params, types: &types })
    }
}

impl Types {
    fn make(&mut self, head: Head, parts: Vec<Shared>) -> Shared {
        let key = (head, parts);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (head, parts) = key.clone();
        let nodes = || parts.iter().map(|part| &self.nodes[part.0 as usize]);
        let names = nodes().fold(1u64, |sum, node| sum.saturating_add(node.names));
        let depth = 1 + nodes().map(|node| node.depth).max().unwrap_or(0);
        let open = matches!(head, Head::Plain(Type::Param(_))) || nodes().any(|node| node.open);
        let id = Shared(self.nodes.len() as u32);
        self.nodes.push(Node { head, parts, names, depth, open });
        self.known.insert(key, id);
        id
    }

    /// A parameter that stands for itself.
    pub fn parameter(&mut self, number: u32) -> Shared {
        self.make(Head::Plain(Type::Param(number)), Vec::new())
    }

    /// A type with its parameters replaced. One without a type cannot influence anything: Unit.
    pub fn of(&mut self, ty: &Type, arguments: &Arguments) -> Shared {
        let (head, parts): (Head, Vec<&Type>) = match ty {
            Type::Param(number) => {
                let index = arguments.params.iter().position(|param| param == number);
                return match index.and_then(|index| arguments.types.get(index)) {
                    Some(known) => *known,
                    None => self.make(Head::Plain(Type::Unit), Vec::new()),
                };
            }
            Type::Array(element) => (Head::Array, vec![&**element]),
            Type::Tuple(parts) => (Head::Tuple, parts.iter().collect()),
            Type::Fun(params, result) => (Head::Fun, params.iter().chain([&**result]).collect()),
            Type::Pid(Some(message)) => (Head::Pid, vec![&**message]),
            Type::Named(id, parts) => (Head::Named(*id), parts.iter().collect()),
            plain => (Head::Plain(plain.clone()), Vec::new()),
        };
        let parts = parts.into_iter().map(|part| self.of(part, arguments)).collect();
        self.make(head, parts)
    }

    pub fn all(&mut self, types: &[Type], arguments: &Arguments) -> Vec<Shared> {
        types.iter().map(|ty| self.of(ty, arguments)).collect()
    }

    /// Can the pattern become the type? Fills in what its parameters then are.
    pub fn matches(&self, pattern: &Type, ty: Shared, found: &mut [Option<Shared>]) -> bool {
        if let Type::Param(number) = pattern {
            let Some(slot) = found.get_mut(*number as usize) else { return false };
            return *slot.get_or_insert(ty) == ty;
        }
        let node = &self.nodes[ty.0 as usize];
        let inside: Vec<&Type> = match (pattern, &node.head) {
            (Type::Array(element), Head::Array) => vec![element],
            (Type::Tuple(parts), Head::Tuple) => parts.iter().collect(),
            (Type::Fun(params, result), Head::Fun) => params.iter().chain([&**result]).collect(),
            (Type::Pid(Some(message)), Head::Pid) => vec![message],
            (Type::Named(id, parts), Head::Named(own)) if id == own => parts.iter().collect(),
            (plain, Head::Plain(own)) => return plain == own,
            _ => return false,
        };
        inside.len() == node.parts.len()
            && inside.into_iter().zip(&node.parts).all(|(pattern, part)| self.matches(pattern, *part, found))
    }

    pub fn is_never(&self, ty: Shared) -> bool {
        self.nodes[ty.0 as usize].head == Head::Plain(Type::Never)
    }

    pub fn names(&self, ty: Shared) -> u64 {
        self.nodes[ty.0 as usize].names
    }

    pub fn depth(&self, ty: Shared) -> u32 {
        self.nodes[ty.0 as usize].depth
    }

    pub fn is_open(&self, ty: Shared) -> bool {
        self.nodes[ty.0 as usize].open
    }
}
