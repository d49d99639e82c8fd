//! `Json`: an object with a field for each field of a struct, or `{"fields":[…],"tag":"…"}`.
//!
//! For `struct Pair do left :: A; right :: B = b end deriving(Json)`:
//!
//! ```snow
//! fn write_json(self, writer) do
//!   Writer.raw(writer, "{\"left\":")
//!   ToJson.write(self.left, writer)
//!   Writer.raw(writer, ",\"right\":")
//!   ToJson.write(self.right, writer)
//!   Writer.raw(writer, "}")
//! end
//!
//! fn read_json(reader) do
//!   if not Reader.enter_object(reader) do return None end
//!   let left = Cell.new(None)
//!   let right = Cell.new(Some(b))
//!   while case Reader.next_field(reader) do There -> true; End -> false; Broken -> return None end do
//!     let field = case Reader.behind_quotes(reader) do
//!       <<"left\"", _::view>> -> Reader.begin_field(reader, 5, 0)
//!       <<"right\"", _::view>> -> Reader.begin_field(reader, 6, 1)
//!       _ -> Reader.begin_other_field(reader, ["left", "right"])
//!     end
//!     let found = case field do
//!       0 -> FromJson.fill(reader, left)
//!       1 -> FromJson.fill(reader, right)
//!       -1 -> Reader.skip(reader)
//!       _ -> false
//!     end
//!     if not found do return None end
//!   end
//!   Some(Pair {
//!     left: Reader.required(reader, Cell.get(left), "left")?,
//!     right: Reader.required(reader, Cell.get(right), "right")?
//!   })
//! end
//! ```
//!
//! The code grows with the number of fields, and no faster.

use super::cases::SELF;
use super::{Deriving, Form};
use crate::expand::build::At;
use snow_syntax::ast::{
    Arm, BinaryOp, BitSegment, BitSize, Block, Expr, ExprKind, Field, FnClause, LIBRARY, Name, Pattern,
    PatternKind, Stmt, SumDecl, UnaryOp, Variant,
};

const WRITER: &str = "(writer)";
const READER: &str = "(reader)";

impl<'d> Deriving<'d> {
    pub(super) fn write_json(&self) -> FnClause {
        let body = match self.form {
            Form::Struct(declaration) => self.write_fields(&declaration.fields),
            _ => self.apart(|case, parts| self.write_variant(self.variant_name(case.index), parts)),
        };
        self.method("write_json", &[SELF, WRITER], body)
    }

    pub(super) fn read_json(&self) -> FnClause {
        let body = match self.form {
            Form::Struct(declaration) => self.read_fields(&declaration.name, &declaration.fields),
            Form::Sum(declaration) => self.read_variant(declaration),
            Form::Tuple(_) => Block::default(),
        };
        self.method("read_json", &[READER], body)
    }

    /// What a field or a constructor is called in JSON.
    fn json_name(&self, name: &'d str) -> &'d str {
        let other = self.renamings.iter().find(|(renamed, _)| renamed.text == name);
        other.map_or(name, |(_, text)| text)
    }

    fn variant_name(&self, index: usize) -> &'d str {
        match self.form {
            Form::Sum(declaration) => self.json_name(&declaration.variants[index].name.text),
            _ => "",
        }
    }

    /// In alphabetical order.
    fn write_fields(&self, fields: &'d [Field]) -> Block {
        let at = self.at;
        let mut sorted: Vec<(&str, &Name)> =
            fields.iter().map(|field| (self.json_name(&field.name.text), &field.name)).collect();
        sorted.sort_by_key(|(name, _)| *name);
        let mut before = "{".to_string();
        let mut statements = Vec::new();
        for (name, field) in sorted {
            statements.push(self.raw(format!("{before}{}:", quoted(name))));
            before = ",".to_string();
            let value = ExprKind::Member(Box::new(at.name(SELF)), at.ident(&field.text));
            statements.push(self.write(at.expr(value)));
        }
        let last = if statements.is_empty() { "{}" } else { "}" };
        statements.push(self.raw(last.to_string()));
        at.block(statements)
    }

    fn write_variant(&self, name: &str, parts: Vec<Expr>) -> Block {
        let mut before = "{\"fields\":[".to_string();
        let mut statements = Vec::new();
        for part in parts {
            statements.push(self.raw(std::mem::replace(&mut before, ",".to_string())));
            statements.push(self.write(part));
        }
        let open = if statements.is_empty() { &*before } else { "" };
        statements.push(self.raw(format!("{open}],\"tag\":{}}}", quoted(name))));
        self.at.block(statements)
    }

    fn raw(&self, text: String) -> Expr {
        self.json("Writer", "raw", vec![self.at.name(WRITER), self.at.text(text)])
    }

    fn write(&self, value: Expr) -> Expr {
        self.json("ToJson", "write", vec![value, self.at.name(WRITER)])
    }

    fn read_fields(&self, name: &Name, fields: &'d [Field]) -> Block {
        let at = self.at;
        let mut statements = vec![self.unless(self.reader("enter_object", Vec::new()))];
        for (index, field) in fields.iter().enumerate() {
            let first = match &field.default {
                Some(default) => self.call("Some", vec![default.clone()]),
                None => at.language("None"),
            };
            let place = at.call(at.library("Cell", "new"), vec![first]);
            statements.push(at.assign(at.binding(place_of(index)), place));
        }
        let names: Vec<&str> = fields.iter().map(|field| self.json_name(&field.name.text)).collect();
        let next = self.reader("next_field", Vec::new());
        let boolean = |value| at.block(vec![at.expr(ExprKind::Bool(value))]);
        let more = at.expr(ExprKind::Case(
            Box::new(next),
            vec![
                at.arm(self.next("There"), boolean(true)),
                at.arm(self.next("End"), boolean(false)),
                at.arm(self.next("Broken"), at.block(vec![self.give_up()])),
            ],
        ));
        let body = Block { span: at.0, statements: self.read_field(&names) };
        statements.push(Stmt::Expr(at.expr(ExprKind::While(Box::new(more), body))));
        let field = |(index, field): (usize, &Field)| {
            let found = at.call(at.library("Cell", "get"), vec![at.name(place_of(index))]);
            let needed = self.reader("required", vec![found, at.text(names[index])]);
            (at.ident(&field.name.text), at.expr(ExprKind::Try(Box::new(needed))))
        };
        let fields = fields.iter().enumerate().map(field).collect();
        let value = at.expr(ExprKind::Struct(vec![at.ident(&name.text)], fields));
        statements.push(Stmt::Expr(self.call("Some", vec![value])));
        Block { span: at.0, statements }
    }

    /// Reads one field, whichever it is.
    fn read_field(&self, names: &[&str]) -> Vec<Stmt> {
        let at = self.at;
        let field = "(field)";
        let found = "(found)";
        let begin = |index: usize, length: usize| {
            self.reader("begin_field", vec![self.number(length), self.number(index)])
        };
        let other = self.reader("begin_other_field", vec![self.texts(names)]);
        let mut arms: Vec<Arm> = Vec::new();
        for index in 0..names.len() {
            let place = at.name(place_of(index));
            let fill = self.json("FromJson", "fill", vec![at.name(READER), place]);
            arms.push(at.arm(self.number_pattern(index as i64), at.block(vec![fill])));
        }
        let skip = self.reader("skip", Vec::new());
        arms.push(at.arm(self.number_pattern(-1), at.block(vec![skip])));
        arms.push(at.arm(at.pattern(PatternKind::Wildcard), at.block(vec![at.expr(ExprKind::Bool(false))])));
        vec![
            at.assign(at.binding(field), self.by_name(names, begin, other)),
            at.assign(at.binding(found), at.expr(ExprKind::Case(Box::new(at.name(field)), arms))),
            self.unless(at.name(found)),
        ]
    }

    fn read_variant(&self, declaration: &'d SumDecl) -> Block {
        let at = self.at;
        let (stop, tag) = ("(stop)", "(tag)");
        let names: Vec<&str> =
            declaration.variants.iter().map(|variant| self.json_name(&variant.name.text)).collect();
        let is_negative = |name: &str| {
            let (value, zero) = (Box::new(at.name(name)), Box::new(self.number(0)));
            at.expr(ExprKind::Binary(BinaryOp::Less, value, zero))
        };
        let index = |index: usize, _: usize| self.number(index);
        let other = self.reader("other_tag", vec![self.texts(&names), at.text(&declaration.name.text)]);
        let mut arms: Vec<Arm> = Vec::new();
        for (index, variant) in declaration.variants.iter().enumerate() {
            let value = self.read_parts(&declaration.name, variant, at.name(stop));
            arms.push(at.arm(self.number_pattern(index as i64), value));
        }
        arms.push(at.arm(at.pattern(PatternKind::Wildcard), at.block(vec![at.language("None")])));
        let statements = vec![
            at.assign(at.binding(stop), self.reader("begin_variant", Vec::new())),
            self.when(is_negative(stop)),
            at.assign(at.binding(tag), self.by_name(&names, index, other)),
            self.when(is_negative(tag)),
            self.unless(self.reader("enter_fields", Vec::new())),
            Stmt::Expr(at.expr(ExprKind::Case(Box::new(at.name(tag)), arms))),
        ];
        Block { span: at.0, statements }
    }

    fn read_parts(&self, ty: &Name, variant: &Variant, stop: Expr) -> Block {
        let at = self.at;
        let part = |index: usize| {
            let part = self.json("FromJson", "part", vec![at.name(READER), self.number(index)]);
            at.expr(ExprKind::Try(Box::new(part)))
        };
        let parts: Vec<Expr> = (0..variant.payload.len()).map(part).collect();
        let name = ExprKind::Member(Box::new(at.name(&ty.text)), at.ident(&variant.name.text));
        let constructor = at.expr(name);
        let value = if parts.is_empty() { constructor } else { at.call(constructor, parts) };
        let end = Stmt::Expr(self.reader("end_variant", vec![stop]));
        let whole = "(value)";
        let result = Stmt::Expr(self.call("Some", vec![at.name(whole)]));
        Block { span: at.0, statements: vec![at.assign(at.binding(whole), value), end, result] }
    }

    /// Chooses by the text in quotes that comes next: `chosen` is given its index and its length, with the quotes behind
    /// it.
    fn by_name(&self, names: &[&str], chosen: impl Fn(usize, usize) -> Expr, otherwise: Expr) -> Expr {
        let at = self.at;
        let mut arms: Vec<Arm> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let text = quoted(name).split_off(1);
            let length = text.len();
            let segment = |value, size| BitSegment { span: at.0, value, size, signed: false, little: false };
            let segments = vec![
                segment(at.pattern(PatternKind::String(text)), BitSize::Text),
                segment(at.pattern(PatternKind::Wildcard), BitSize::View),
            ];
            let pattern = at.pattern(PatternKind::Bits(segments));
            arms.push(at.arm(pattern, at.block(vec![chosen(index, length)])));
        }
        arms.push(at.arm(at.pattern(PatternKind::Wildcard), at.block(vec![otherwise])));
        at.expr(ExprKind::Case(Box::new(self.reader("behind_quotes", Vec::new())), arms))
    }

    /// A constructor of `Json.Reader.Next`.
    fn next(&self, name: &str) -> Pattern {
        let path = vec![self.at.ident(format!("{LIBRARY}Json.Reader")), self.at.ident(name)];
        self.at.pattern(PatternKind::Constructor(path, Vec::new()))
    }

    fn number_pattern(&self, value: i64) -> Pattern {
        self.at.pattern(PatternKind::Int(value))
    }

    fn texts(&self, all: &[&str]) -> Expr {
        self.at.expr(ExprKind::List(all.iter().map(|text| self.at.text(*text)).collect()))
    }

    fn give_up(&self) -> Expr {
        self.at.expr(ExprKind::Return(Some(Box::new(self.at.language("None")))))
    }

    fn when(&self, condition: Expr) -> Stmt {
        let at = self.at;
        Stmt::Expr(at.expr(ExprKind::If(vec![(condition, at.block(vec![self.give_up()]))], None)))
    }

    fn unless(&self, condition: Expr) -> Stmt {
        self.when(self.at.expr(ExprKind::Unary(UnaryOp::Not, Box::new(condition))))
    }

    /// A function of `Json.Reader`, for the reader.
    fn reader(&self, function: &str, arguments: Vec<Expr>) -> Expr {
        let mut all = vec![self.at.name(READER)];
        all.extend(arguments);
        self.json("Reader", function, all)
    }

    fn json(&self, module: &str, function: &str, arguments: Vec<Expr>) -> Expr {
        let at: At = self.at;
        at.call(at.library(&format!("Json.{module}"), function), arguments)
    }
}

/// The name of the cell that a field is read into: none that can be written.
fn place_of(index: usize) -> String {
    format!("(place {})", index + 1)
}

/// A text of JSON, as `Json.Writer` writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
