//! Types and declarations of types.

use super::Printer;
use crate::program::{Bound, Closure, Declaration, Head, Type};

/// The name of a type parameter.
pub fn parameter(number: usize) -> String {
    char::from(b'A' + number as u8).to_string()
}

impl Printer<'_> {
    pub fn ty(&mut self, ty: &Type) {
        let name = match ty.head {
            Head::Int => "Int".into(),
            Head::Float => "Float".into(),
            Head::Bool => "Bool".into(),
            Head::String => "String".into(),
            Head::Bytes => "Bytes".into(),
            Head::Unit => "()".into(),
            Head::Range => "Range".into(),
            Head::Buffer => "Buffer".into(),
            Head::Vector => "U8x16".into(),
            Head::List => "List".into(),
            Head::Map => "Map".into(),
            Head::Set => "Set".into(),
            Head::Cell => "Cell".into(),
            Head::Never => "Never".into(),
            Head::Tuple => {
                self.open("(");
                self.list(&ty.arguments, |printer, part| printer.ty(part));
                return self.close(")");
            }
            Head::Function => {
                let (parameters, result) = ty.signature();
                self.open("Fun(");
                self.list(parameters, |printer, part| printer.ty(part));
                self.close(") -> ");
                return self.ty(result);
            }
            Head::Declared(number) => self.type_name(number),
            Head::Parameter(0) if self.in_interface => "Self".into(),
            Head::Parameter(number) => parameter(number),
            Head::Actor(number) => format!("Pid<{}>", message_type(self.program.actors[number].family)),
            Head::Service(number) => format!("Pid<Service{number}.Message>"),
        };
        self.write(name);
        self.arguments(&ty.arguments);
    }

    fn arguments(&mut self, arguments: &[Type]) {
        if !arguments.is_empty() {
            self.open("<");
            self.list(arguments, |printer, part| printer.ty(part));
            self.close(">");
        }
    }

    /// A declared type, named from here.
    pub fn type_name(&self, number: usize) -> String {
        let declaration = &self.program.declarations[number];
        if declaration.predefined {
            return declaration.name.clone();
        }
        format!("{}{}", self.prefix(declaration.home, true), declaration.name)
    }

    /// A constructor, named from here.
    pub fn constructor_name(&self, declaration: usize, constructor: usize) -> String {
        let declared = &self.program.declarations[declaration];
        let name = &declared.constructors[constructor].name;
        if declared.predefined { name.clone() } else { format!("{}{name}", self.prefix(declared.home, true)) }
    }

    pub fn declaration(&mut self, declaration: &Declaration) {
        self.write(if declaration.is_struct { "pub struct " } else { "pub type " });
        self.write(&declaration.name);
        self.parameters(declaration.parameters);
        self.write(" do");
        self.indent += 1;
        for constructor in &declaration.constructors {
            if declaration.is_struct {
                for (number, field) in constructor.fields.iter().enumerate() {
                    self.newline();
                    self.write(format!("{} :: ", super::field_name(number)));
                    self.ty(field);
                }
                continue;
            }
            self.newline();
            self.write(&constructor.name);
            if !constructor.fields.is_empty() {
                self.open("(");
                self.list(&constructor.fields, |printer, field| printer.ty(field));
                self.close(")");
            }
        }
        self.indent -= 1;
        self.newline();
        self.write("end");
        self.deriving(declaration);
        self.newline();
        self.newline();
        for (bound, method) in &declaration.own {
            self.own_method(declaration, *bound, method);
        }
    }

    /// `impl Display for Rec3 do … end`
    fn own_method(&mut self, declaration: &Declaration, bound: Bound, method: &Closure) {
        let name = match bound {
            Bound::Display => "to_string",
            Bound::Eq => "eq",
            _ => "add",
        };
        self.write(format!("impl {bound:?} for {} do", declaration.name));
        self.indent += 1;
        self.newline();
        self.clauses(&format!("fn {name}"), 0, &[], method, true, true);
        self.indent -= 1;
        self.newline();
        self.write("end");
        self.newline();
        self.newline();
    }

    /// Left out where it says what holds without it.
    fn deriving(&mut self, declaration: &Declaration) {
        use Bound::{Debug, Eq, Hash, Ord};
        let usual: &[Bound] = if declaration.is_struct { &[Eq, Ord, Debug, Hash] } else { &[Eq, Ord, Debug] };
        if declaration.deriving != usual {
            let names: Vec<String> = declaration.deriving.iter().map(|bound| format!("{bound:?}")).collect();
            self.write(format!(" deriving({})", names.join(", ")));
        }
    }

    /// `<A, B>`, or nothing.
    pub fn parameters(&mut self, count: usize) {
        if count > 0 {
            let names: Vec<String> = (0..count).map(parameter).collect();
            self.write(format!("<{}>", names.join(", ")));
        }
    }

    /// ` where A: Eq, A: Ord`, or nothing.
    pub fn bounds(&mut self, bounds: &[Vec<Bound>]) {
        let mut before = " where ";
        for (number, bounds) in bounds.iter().enumerate() {
            for bound in bounds {
                let name = match bound {
                    Bound::Interface(interface) => self.interface_name(*interface),
                    known => format!("{known:?}"),
                };
                self.write(format!("{before}{}: {name}", parameter(number)));
                before = ", ";
            }
        }
    }

    pub fn interface_name(&self, number: usize) -> String {
        format!("{}Iface{number}", self.prefix(self.program.interfaces[number].home, false))
    }
}

/// The type of the messages of a family of actors.
pub fn message_type(family: usize) -> String {
    format!("Message{family}")
}
