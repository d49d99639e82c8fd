//! Structs, sum types and constants.

use super::{Generator, Wish};
use crate::program::{Bound, Constant, Constructor, Declaration, Expression, Head, Kind, Type};

/// Names that the library has for types of its own, which no program needs to know; each is taken once.
const NAMES: &[&str] = &[
    "", "", "", "Entry", "Trie", "Parcel", "Sent", "Order", "Message", "State", "Frame", "Segment", "Input",
    "Limits",
];

/// The same for constructors.
const CONSTRUCTORS: &[&str] = &[
    "",
    "",
    "",
    "Nil",
    "Tip",
    "Fork",
    "Delivered",
    "Report",
    "Killed",
    "Normal",
    "Shutdown",
    "Start",
    "Text",
    "Node",
];

impl Generator {
    pub fn declaration(&mut self) {
        let number = self.program.declarations.len();
        let is_struct = self.random.one_in(2);
        let parameters = if self.random.one_in(3) { self.random.between(1, 2) } else { 0 };
        let recursive = !is_struct && self.random.one_in(2);
        self.used(match (is_struct, recursive, parameters > 0) {
            (true, _, false) => "struct",
            (true, _, true) => "generic struct",
            (false, true, false) => "recursive type",
            (false, true, true) => "generic recursive type",
            (false, false, false) => "sum type",
            (false, false, true) => "generic sum type",
        });
        let name = if is_struct { format!("Rec{number}") } else { format!("Kind{number}") };
        let name = match NAMES.get(number) {
            Some(name) if self.random.one_in(3) => {
                self.used("name that the library has, too");
                String::from(*name)
            }
            _ => name,
        };
        let own = Type::of(
            Head::Declared(number),
            (0..parameters).map(|number| Type::plain(Head::Parameter(number))).collect(),
        );
        let count = if is_struct { 1 } else { self.random.between(2, 5) };
        let mut constructors = Vec::new();
        for position in 0..count {
            // The first constructor ends every recursion.
            let most = if is_struct { 4 } else { 3 };
            let fields =
                if position == 0 && !is_struct { self.random.below(2) } else { self.random.below(most + 1) };
            let mut types: Vec<Type> = (0..fields).map(|_| self.field_type(parameters)).collect();
            if recursive && position > 0 {
                for ty in &mut types {
                    if self.random.one_in(3) {
                        *ty = if self.random.one_in(4) { Type::list(own.clone()) } else { own.clone() };
                    }
                }
            }
            let letter = char::from(b'a' + position as u8);
            let other = CONSTRUCTORS.get(number).filter(|_| position > 0 && self.random.one_in(6));
            let name = match other {
                _ if is_struct => name.clone(),
                Some(other) => {
                    format!("{other}{}", if position > 1 { letter.to_string() } else { String::new() })
                }
                None => format!("Con{number}{letter}"),
            };
            constructors.push(Constructor { name, fields: types });
        }
        // A type parameter that no field has would be told by nothing.
        let fields = constructors.last_mut().expect("there is a constructor");
        fields.fields.extend((0..parameters).map(|number| Type::plain(Head::Parameter(number))));
        let deriving = self.derivable(&constructors, number, parameters);
        let home = self.home;
        self.program.declarations.push(Declaration {
            home,
            name,
            is_struct,
            parameters,
            constructors,
            deriving,
            own: Vec::new(),
            predefined: false,
        });
        if parameters == 0 {
            self.own_methods(number);
        }
    }

    /// Some types say themselves how they are shown, when they are equal, and what their sum is.
    fn own_methods(&mut self, number: usize) {
        let ty = Type::plain(Head::Declared(number));
        let possible = [(Bound::Display, "own Display"), (Bound::Eq, "own Eq"), (Bound::Add, "own Add")];
        let mut own = Vec::new();
        for (bound, name) in possible {
            // A type of which nothing is known stays so.
            let unknown = self.program.declarations[number].deriving.is_empty();
            if !self.random.one_in(8) || bound == Bound::Eq && unknown {
                continue;
            }
            let declared = &mut self.program.declarations[number];
            declared.deriving.retain(|derived| *derived != bound);
            if bound == Bound::Eq {
                // Both would have to agree with it.
                declared.deriving.retain(|derived| !matches!(derived, Bound::Hash | Bound::Ord));
            }
            self.used(name);
            own.push(bound);
        }
        // Only now is it known what the bodies may do with values of the type.
        for bound in own {
            let (others, result) = match bound {
                Bound::Display => (vec![], Type::string()),
                Bound::Eq => (vec![ty.clone()], Type::bool()),
                _ => (vec![ty.clone()], ty.clone()),
            };
            let method = self.method_body(ty.clone(), &others, &result, Vec::new());
            self.program.declarations[number].own.push((bound, method));
        }
    }

    fn field_type(&mut self, parameters: usize) -> Type {
        if parameters > 0 && self.random.one_in(3) {
            return Type::plain(Head::Parameter(self.random.below(parameters)));
        }
        self.plain_type(1)
    }

    /// Those interfaces that every field has. What can be shown is shown by at least one of the two.
    fn derivable(&mut self, constructors: &[Constructor], number: usize, parameters: usize) -> Vec<Bound> {
        let assumed = vec![Bound::DERIVED.to_vec(); parameters];
        let fields = || constructors.iter().flat_map(|constructor| &constructor.fields);
        let has = |bound: Bound| {
            fields().all(|ty| {
                // The type itself, or a list of it, has what it derives.
                ty.mentions(Head::Declared(number)) || self.program.has(ty, bound, &assumed)
            })
        };
        let mut derivable: Vec<Bound> = Bound::DERIVED.into_iter().filter(|bound| has(*bound)).collect();
        for bound in [Bound::Hash, Bound::Ord] {
            if self.random.one_in(6) {
                derivable.retain(|own| *own != bound);
            }
        }
        if self.random.one_in(5) && derivable.contains(&Bound::Debug) {
            derivable.retain(|own| *own != Bound::Display);
            self.used("shown by Debug");
        }
        for (bound, name) in [
            (Bound::Eq, "deriving Eq"),
            (Bound::Ord, "deriving Ord"),
            (Bound::Display, "deriving Display"),
            (Bound::Debug, "deriving Debug"),
            (Bound::Hash, "deriving Hash"),
        ] {
            if derivable.contains(&bound) {
                self.used(name);
            }
        }
        derivable
    }

    pub fn constant(&mut self) {
        let ty = match self.random.below(6) {
            0 | 1 => Type::plain(Head::Bytes),
            2 => Type::int(),
            3 => Type::string(),
            4 => Type::list(Type::int()),
            _ => Type::of(Head::Tuple, vec![Type::int(), Type::option(Type::string())]),
        };
        let value = self.constant_value(&ty);
        let home = self.home;
        self.program.constants.push(Constant { home, value });
    }

    fn constant_value(&mut self, ty: &Type) -> Expression {
        let kind = match ty.head {
            Head::Tuple => Kind::Tuple(ty.arguments.iter().map(|part| self.constant_value(part)).collect()),
            Head::List => {
                let count = self.random.between(1, 4);
                Kind::List((0..count).map(|_| self.constant_value(&ty.arguments[0])).collect())
            }
            // `None` alone would leave its type open.
            Head::Declared(_) => Kind::Construct(1, vec![self.constant_value(&ty.arguments[0])]),
            _ => return self.literal(ty, Wish { depth: 0, known: true }),
        };
        Expression::new(ty.clone(), kind)
    }
}
