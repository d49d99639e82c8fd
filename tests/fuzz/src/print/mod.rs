//! A program as text: one file for each home that is a file.

mod actors;
mod expression;
mod items;
mod literal;
mod pattern;
mod types;

pub use items::joined;

use crate::program::{Home, Name, Program};

/// A file of the printed program.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// `main.snow`
    pub path: String,
    pub text: String,
}

/// All files of a program.
pub fn print(program: &Program) -> Vec<File> {
    files(program, |printer| printer.main())
}

/// The same with a test for each case in place of `main`: what it prints is asserted.
pub fn print_tests(program: &Program) -> Vec<File> {
    files(program, |printer| printer.tests())
}

fn files(program: &Program, main: fn(&mut Printer)) -> Vec<File> {
    let mut files = Vec::new();
    for (number, home) in program.homes.iter().enumerate() {
        let path = match home {
            Home::File(name) => format!("{name}.snow"),
            Home::Main => "main.snow".into(),
            Home::Inline(_) => continue,
        };
        let mut printer = Printer::new(program, number);
        printer.file(main);
        files.push(File { path, text: printer.text });
    }
    files
}

/// The name of a struct's field.
pub fn field_name(number: usize) -> String {
    format!("p{number}")
}

/// The name of a variable.
pub fn variable(name: Name) -> String {
    format!("v{name}")
}

/// Writes one file.
struct Printer<'a> {
    program: &'a Program,
    text: String,
    /// Where the text stands: names of other homes need theirs in front.
    home: usize,
    indent: usize,
    /// How many brackets are open: line ends do not separate statements inside.
    brackets: usize,
    /// In an interface the first type parameter is `Self`.
    in_interface: bool,
    /// Types that `Ascribe` has needed here: a function for each.
    ascribed: Vec<crate::program::Type>,
}

impl<'a> Printer<'a> {
    fn new(program: &'a Program, home: usize) -> Printer<'a> {
        Printer {
            program,
            text: String::new(),
            home,
            indent: 0,
            brackets: 0,
            in_interface: false,
            ascribed: Vec::new(),
        }
    }

    fn write(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
    }

    /// Ends the line. Inside brackets a semicolon has to say so.
    fn newline(&mut self) {
        self.text.push('\n');
        for _ in 0..self.indent {
            self.text.push_str("  ");
        }
    }

    /// Ends a statement or an arm.
    fn separate(&mut self) {
        if self.brackets > 0 {
            self.text.push(';');
        }
        self.newline();
    }

    fn open(&mut self, bracket: &str) {
        self.write(bracket);
        self.brackets += 1;
    }

    fn close(&mut self, bracket: &str) {
        self.write(bracket);
        self.brackets -= 1;
    }

    /// Writes each part, with commas between them.
    fn list<T>(&mut self, parts: &[T], mut write: impl FnMut(&mut Self, &T)) {
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                self.write(", ");
            }
            write(self, part);
        }
    }

    /// The prefix with which an item of another home is named here; with `imported`, whether files need one.
    fn prefix(&self, home: usize, imported: bool) -> String {
        match &self.program.homes[home] {
            _ if home == self.home => String::new(),
            Home::Main => String::new(),
            Home::File(_) if imported => String::new(),
            Home::File(name) | Home::Inline(name) => format!("{}.", capitalised(name)),
        }
    }
}

/// `alpha` is the module `Alpha`.
fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
