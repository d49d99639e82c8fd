//! The type of a library function, read from a line such as
//! `List.contains(List<a>, a) -> Bool where a: Eq`.

use crate::program::{Bound, Head, Type};

#[derive(Clone, Debug)]
pub struct Signature {
    pub name: &'static str,
    pub parameters: Vec<Type>,
    pub result: Type,
    /// For each type variable, what it must be able to do.
    pub bounds: Vec<Vec<Bound>>,
    /// Does it change something, so that it stands as a statement?
    pub has_effect: bool,
}

impl Signature {
    /// # Panics
    /// When the line is no signature.
    pub fn parse(line: &'static str) -> Signature {
        let (types, bounds) = line.split_once(" where ").unwrap_or((line, ""));
        let (name, rest) = types.split_once('(').unwrap_or_else(|| panic!("{line:?} has no parameters"));
        let mut reader = Reader { text: rest, variables: Vec::new() };
        let parameters = reader.list(')');
        reader.take("->");
        let result = reader.ty();
        let mut all = vec![Vec::new(); reader.variables.len()];
        for bound in bounds.split(", ").filter(|bound| !bound.is_empty()) {
            let (variable, interface) =
                bound.split_once(": ").unwrap_or_else(|| panic!("{line:?}: {bound:?}"));
            let position =
                reader.variables.iter().position(|known| *known == variable).expect("a known variable");
            all[position].push(match interface {
                "Eq" => Bound::Eq,
                "Ord" => Bound::Ord,
                "Display" => Bound::Display,
                "Debug" => Bound::Debug,
                "Hash" => Bound::Hash,
                other => panic!("{line:?}: {other:?} is no interface"),
            });
        }
        let has_effect = result.head == Head::Unit;
        Signature { name, parameters, result, bounds: all, has_effect }
    }
}

struct Reader {
    text: &'static str,
    variables: Vec<&'static str>,
}

impl Reader {
    fn skip(&mut self) {
        self.text = self.text.trim_start();
    }

    fn peeks(&mut self, wanted: &str) -> bool {
        self.skip();
        self.text.starts_with(wanted)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.peeks(wanted);
        if found {
            self.text = &self.text[wanted.len()..];
        }
        found
    }

    fn list(&mut self, close: char) -> Vec<Type> {
        let close = close.to_string();
        let mut types = Vec::new();
        while !self.take(&close) {
            types.push(self.ty());
            self.take(",");
        }
        types
    }

    fn ty(&mut self) -> Type {
        if self.take("(") {
            let parts = self.list(')');
            return if parts.is_empty() { Type::unit() } else { Type::of(Head::Tuple, parts) };
        }
        self.skip();
        let end = self.text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(self.text.len());
        let (name, rest) = self.text.split_at(end);
        self.text = rest;
        if name == "Fun" {
            self.take("(");
            let parameters = self.list(')');
            self.take("->");
            return Type::function(parameters, self.ty());
        }
        let arguments = if self.take("<") { self.list('>') } else { Vec::new() };
        let head = match name {
            "Int" => Head::Int,
            "Float" => Head::Float,
            "Bool" => Head::Bool,
            "String" => Head::String,
            "Bytes" => Head::Bytes,
            "Range" => Head::Range,
            "Buffer" => Head::Buffer,
            "Vector" => Head::Vector,
            "List" => Head::List,
            "Map" => Head::Map,
            "Set" => Head::Set,
            "Cell" => Head::Cell,
            "Never" => Head::Never,
            "Option" => Head::Declared(0),
            "Result" => Head::Declared(1),
            "Ordering" => Head::Declared(2),
            variable if variable.len() == 1 => {
                let position =
                    self.variables.iter().position(|known| *known == variable).unwrap_or_else(|| {
                        self.variables.push(variable);
                        self.variables.len() - 1
                    });
                Head::Parameter(position)
            }
            other => panic!("{other:?} is no type of the table"),
        };
        Type::of(head, arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::Signature;
    use crate::program::{Bound, Head, Type};

    #[test]
    fn a_line_is_read() {
        let map = Signature::parse("List.map(List<a>, Fun(a) -> b) -> List<b>");
        let variable = |number| Type::plain(Head::Parameter(number));
        assert_eq!(map.name, "List.map");
        assert_eq!(map.parameters[1], Type::function(vec![variable(0)], variable(1)));
        assert_eq!(map.result, Type::list(variable(1)));
        let contains = Signature::parse("List.contains(List<a>, a) -> Bool where a: Eq");
        assert_eq!(contains.bounds, [[Bound::Eq]]);
    }
}
