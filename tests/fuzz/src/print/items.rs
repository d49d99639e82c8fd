//! Files, modules, functions, interfaces, and `main`.

use super::{File, Printer, capitalised, variable};
use crate::program::{Case, Closure, Conversion, Home, Type};

impl Printer<'_> {
    /// A file; in `main.snow`, what runs the cases is written by `main`.
    pub fn file(&mut self, main: fn(&mut Printer)) {
        self.imports();
        let program = self.program;
        if program.homes[self.home] == Home::Main {
            for (number, home) in program.homes.iter().enumerate() {
                if let Home::Inline(name) = home {
                    self.module(number, name);
                }
            }
        }
        self.items();
        if program.homes[self.home] == Home::Main {
            self.actors();
            main(self);
        }
        self.ascriptions();
    }

    fn imports(&mut self) {
        let program = self.program;
        for (number, home) in program.homes[..self.home].iter().enumerate() {
            if let Home::File(name) = home {
                let module = capitalised(name);
                self.write(format!("import {module}\n"));
                let named: Vec<String> = (0..program.functions.len())
                    .filter(|function| {
                        function.is_multiple_of(2) && program.functions[*function].home == number
                    })
                    .filter(|function| !program.functions[*function].body.clauses.is_empty())
                    .map(|function| format!("f{function}"))
                    .collect();
                if !named.is_empty() {
                    self.write(format!("from {module} import {}\n", named.join(", ")));
                }
            }
        }
        if !program.actors.is_empty() || !program.services.is_empty() {
            self.write("import Reply\n");
        }
        self.write("\n");
    }

    /// A module inside `main.snow`.
    fn module(&mut self, number: usize, name: &str) {
        let mut inside = Printer::new(self.program, number);
        inside.items();
        inside.ascriptions();
        self.write(format!("module {} do\n", capitalised(name)));
        self.write(inside.text.trim_end());
        self.write("\nend\n\n");
    }

    fn items(&mut self) {
        let program = self.program;
        let home = self.home;
        for declaration in program.declarations.iter().filter(|own| own.home == home && !own.predefined) {
            self.declaration(declaration);
        }
        for number in (0..program.interfaces.len()).filter(|number| program.interfaces[*number].home == home)
        {
            self.interface(number);
        }
        for number in
            (0..program.implementations.len()).filter(|own| program.implementations[*own].home == home)
        {
            self.implementation(number);
        }
        for conversion in program.conversions.iter().filter(|own| own.home == home) {
            self.conversion(conversion);
        }
        for (number, constant) in program.constants.iter().enumerate().filter(|(_, own)| own.home == home) {
            self.write(format!("pub let k{number} = "));
            self.expression(&constant.value);
            self.write("\n\n");
        }
        for (number, function) in program.functions.iter().enumerate().filter(|(_, own)| own.home == home) {
            // The reducer has emptied what is not needed.
            if function.body.clauses.is_empty() {
                continue;
            }
            let bounds = &function.bounds;
            let name = format!("pub fn f{number}");
            self.clauses(&name, bounds.len(), bounds, &function.body, function.annotated, false);
            self.newline();
        }
    }

    /// The clauses of a function or method.
    pub fn clauses(
        &mut self,
        name: &str,
        parameters: usize,
        bounds: &[Vec<crate::program::Bound>],
        body: &Closure,
        annotated: bool,
        with_self: bool,
    ) {
        for (number, clause) in body.clauses.iter().enumerate() {
            let first = number == 0;
            self.write(name);
            if first {
                self.parameters(parameters);
            }
            self.open("(");
            let pairs: Vec<_> = clause.patterns.iter().zip(&body.parameters).enumerate().collect();
            self.list(&pairs, |printer, (position, (pattern, ty))| {
                let annotated = first && annotated;
                // `::` would begin a type.
                printer.enclosed(pattern, matches!(pattern, crate::program::Pattern::Cons(..)));
                if annotated && !(with_self && *position == 0) {
                    printer.write(" :: ");
                    printer.ty(ty);
                }
            });
            self.close(")");
            if first && annotated {
                self.write(" -> ");
                self.ty(&body.result);
                self.bounds(bounds);
            }
            self.guard(clause.guard.as_ref());
            if clause.body.statements.is_empty() {
                self.write(" = ");
                self.expression(&clause.body.value);
            } else {
                self.write(" do");
                self.body(&clause.body);
                self.write("end");
            }
            self.newline();
        }
    }

    fn interface(&mut self, number: usize) {
        let program = self.program;
        self.write(format!("pub interface Iface{number} do"));
        self.indent += 1;
        for (position, method) in program.interfaces[number].methods.iter().enumerate() {
            self.newline();
            let name = format!("fn m{number}_{position}");
            match &method.default {
                Some(body) => {
                    self.in_interface = true;
                    self.clauses(&name, 0, &[], body, true, true);
                    self.in_interface = false;
                }
                None => {
                    self.open(&format!("{name}(self"));
                    for (at, ty) in method.parameters.iter().enumerate() {
                        self.write(format!(", {} :: ", variable(at as u32)));
                        self.ty(ty);
                    }
                    self.close(") -> ");
                    self.ty(&method.result);
                }
            }
        }
        self.indent -= 1;
        self.newline();
        self.write("end\n\n");
    }

    fn implementation(&mut self, number: usize) {
        let implementation = &self.program.implementations[number];
        let interface = implementation.interface;
        let name = self.interface_name(interface);
        self.write(format!("impl {name} for "));
        self.ty(&implementation.target);
        if implementation.target.has_parameters() {
            let bound = crate::program::Bound::Interface(interface);
            let bounds = vec![vec![bound]; implementation.target.arguments.len()];
            self.bounds(&bounds);
        }
        self.write(" do");
        self.indent += 1;
        for (position, method) in implementation.methods.iter().enumerate() {
            if let Some(body) = method {
                self.newline();
                self.clauses(&format!("fn m{interface}_{position}"), 0, &[], body, true, true);
            }
        }
        self.indent -= 1;
        self.newline();
        self.write("end\n\n");
    }

    /// `impl From<Int> for Kind3 do … end`
    fn conversion(&mut self, conversion: &Conversion) {
        self.open("impl From<");
        self.ty(&conversion.from);
        self.close("> for ");
        self.ty(&conversion.to);
        self.write(" do");
        self.indent += 1;
        self.newline();
        self.clauses("fn from", 0, &[], &conversion.body, true, false);
        self.indent -= 1;
        self.newline();
        self.write("end\n\n");
    }

    /// Each case in an actor of its own, so that its crash is told as a result.
    pub fn main(&mut self) {
        self.write("fn main() do");
        self.indent += 1;
        for (number, case) in self.program.cases.iter().enumerate() {
            self.newline();
            self.write(format!("println(\"{number}: ${{"));
            self.brackets += 1;
            self.outcome(case);
            self.brackets -= 1;
            self.write("}\")");
        }
        self.indent -= 1;
        self.newline();
        self.write("end\n");
    }

    /// Tests in place of `main`.
    pub fn tests(&mut self) {
        for (number, case) in self.program.cases.iter().enumerate() {
            self.write(format!("test \"{number}\" do\n  assert \"${{"));
            self.outcome(case);
            self.write(format!("}}\" == {}\nend\n\n", super::literal::text(&case.expected)));
        }
    }

    /// `Ok` with a case's text, or `Err` with that of its crash.
    fn outcome(&mut self, case: &Case) {
        self.open("Job.await(Job.async(fn -> \"${");
        self.brackets += 1;
        self.expression(&case.call);
        self.brackets -= 1;
        self.close("}\" end))");
    }

    /// The functions behind `Ascribe`.
    fn ascriptions(&mut self) {
        let home = self.home;
        for (number, ty) in self.ascribed.clone().iter().enumerate() {
            let count = parameters_of(ty);
            self.write(format!("\nfn typed{home}_{number}"));
            self.parameters(count);
            self.write("(value :: ");
            self.ty(ty);
            self.write(") -> ");
            self.ty(ty);
            self.write(" = value\n");
        }
    }
}

/// One more than the greatest type parameter in it.
fn parameters_of(ty: &Type) -> usize {
    let own = match ty.head {
        crate::program::Head::Parameter(number) => number + 1,
        _ => 0,
    };
    ty.arguments.iter().map(parameters_of).max().unwrap_or(0).max(own)
}

/// All files in one text, for people.
pub fn joined(files: &[File]) -> String {
    let mut text = String::new();
    for file in files {
        if files.len() > 1 {
            text.push_str(&format!("# {}\n", file.path));
        }
        text.push_str(&file.text);
    }
    text
}
