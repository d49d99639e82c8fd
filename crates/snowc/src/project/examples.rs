//! The examples in documentation comments, as tests.
//!
//! A block between "```snow" and "```" behind `##` or `##!` is a program in small: declarations first, then statements,
//! which run as a test. A statement with `# => text` behind it must show this text; so must what a `println` prints.
//! Each example becomes a module of its own, on the very lines where it stands, so that whatever is said about it
//! leads there. An example that would not end, or needs the world outside, is "```snow checked": it compiles. With
//! another word behind the fence, "```snow fragment", it is text that is only read.

use crate::report::Failure;
use snow_syntax::ast::{Expr, ExprKind, Item, ItemKind, Stmt};
use snow_syntax::span::{LineStarts, Span};
use snow_syntax::syntax_visitor::{self, Visitor};
use std::ops::Range;

const OPENING: &str = "```snow";
const OPENING_CHECKED: &str = "```snow checked";
const CLOSING: &str = "```";
const RESULT: &str = "# => ";

/// The text of a file whose examples are modules beside what it declares: they see all of it.
pub fn within(path: &str, text: &str, module: &str) -> Result<String, Failure> {
    let mut examples = find(text, module);
    // No module can stand inside of a type.
    examples.retain(|example| text[example.opening..].starts_with('#'));
    let mut kept = text.to_string();
    for example in &examples {
        kept.replace_range(example.opening..example.body.end, &example.code);
    }
    with_tests(path, kept, &examples)
}

/// The text of a file which has the examples of another and nothing else: they see what a user sees, and what `header`
/// imports, which stands in the first line. `None` when there are none.
pub fn alone(path: &str, text: &str, module: &str, header: &str) -> Result<Option<String>, Failure> {
    let examples = find(text, module);
    if examples.is_empty() {
        return Ok(None);
    }
    let mut blank = blank(text);
    for example in &examples {
        blank.replace_range(example.opening..example.body.end, &example.code);
    }
    Ok(Some(format!("{header}{}", with_tests(path, blank, &examples)?)))
}

/// Places are bytes of the file.
struct Example {
    /// What it is an example of: `List.sort`, or the module.
    name: String,
    /// Or is it only compiled?
    runs: bool,
    /// Where the line of the opening fence begins.
    opening: usize,
    /// From there up to the closing fence, with spaces instead of the fence and the marks of comments.
    code: String,
    /// From behind the opening fence's line to the beginning of the closing fence's.
    body: Range<usize>,
}

/// All examples of a file.
fn find(text: &str, module: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    // The example that has not ended yet, and the first of those whose documentation has not.
    let (mut open, mut unnamed): (Option<Example>, usize) = (None, 0);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(content) = comment(line) else {
            open = None;
            if let Some(name) = declared(line) {
                examples[unnamed..].iter_mut().for_each(|example| example.name = format!("{module}.{name}"));
            }
            unnamed = examples.len();
            continue;
        };
        match (open.take(), content.trim()) {
            (None, fence @ (OPENING | OPENING_CHECKED)) => {
                let (name, code, runs) = (module.to_string(), blank(line), fence == OPENING);
                open = Some(Example { name, runs, opening: start, code, body: at..at });
            }
            (Some(example), CLOSING) => {
                examples.push(Example { body: example.body.start..start, ..example });
            }
            (Some(mut example), _) => {
                example.code.push_str(&" ".repeat(line.len() - content.len()));
                example.code.push_str(content);
                open = Some(example);
            }
            (None, _) => {}
        }
    }
    examples
}

/// What stands behind the mark of a documentation comment, with the line's end.
fn comment(line: &str) -> Option<&str> {
    let behind = line.trim_start().strip_prefix("##")?;
    let behind = behind.strip_prefix('!').unwrap_or(behind);
    Some(behind.strip_prefix(' ').unwrap_or(behind))
}

/// The name that a line declares.
fn declared(line: &str) -> Option<&str> {
    let words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let mut words = words.filter(|word| !matches!(*word, "" | "pub" | "opaque" | "extern"));
    let kind = words.next()?;
    matches!(kind, "fn" | "let" | "struct" | "type" | "interface" | "actor" | "service" | "supervisor")
        .then(|| words.next())
        .flatten()
}

/// As many bytes and lines, of spaces.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

/// The text, in which each example's code stands already, with what makes tests of them.
fn with_tests(path: &str, mut text: String, examples: &[Example]) -> Result<String, Failure> {
    let lines = LineStarts::of(&text);
    for example in examples.iter().rev() {
        let line = lines.line(example.opening as u32);
        for (place, new) in example.changes(line, &text).map_err(|offset| {
            let line = lines.line(offset as u32);
            Failure::plain(format!("{path}:{line}: `{}` stands behind no statement", RESULT.trim()))
        })? {
            text.replace_range(place, &new);
        }
    }
    Ok(text)
}

impl Example {
    /// What must be written where so that it is a module with a test, from the last place to the first.
    /// An error is the place of a result that belongs to no statement.
    fn changes(&self, line: u32, text: &str) -> Result<Vec<(Range<usize>, String)>, usize> {
        let body = &text[self.body.clone()];
        let (file, _) = snow_syntax::parse(0, body);
        let mut shown = Shown { text, offset: self.body.start, changes: Vec::new(), results: Vec::new() };
        file.items.iter().for_each(|item| shown.visit_item(item));
        let results = body.match_indices(RESULT).map(|(at, _)| self.body.start + at);
        if let Some(at) = results.into_iter().find(|at| !shown.results.contains(at)) {
            return Err(at);
        }
        let test = match self.runs {
            true => format!("test \"example of {}\" do ", self.name),
            false => "fn example_that_compiles() do ".to_string(),
        };
        let is_statement = |item: &Item| matches!(item.kind, ItemKind::Let(_) | ItemKind::Expr(_));
        let is_main = |item: &Item| matches!(&item.kind, ItemKind::Fn(clause) if clause.name.text == "main");
        let mut changes = vec![(self.opening..self.opening, format!("module ExampleAtLine{line} do "))];
        let closing = if let Some(first) = file.items.iter().position(is_statement) {
            // In the fence's line, where there is room, so that all that follows keeps its place in its line.
            let start = match first {
                0 => self.opening,
                _ => self.body.start + file.items[first].span.start as usize,
            };
            changes.push((start..start, test));
            "end end ".to_string()
        } else if self.runs && file.items.iter().any(is_main) {
            format!("{test}main() end end ")
        } else {
            "end ".to_string()
        };
        changes.extend(shown.changes);
        changes.push((self.body.end..self.body.end, closing));
        // Of two at one place the first one's text shall stand first.
        changes.sort_by_key(|(place, _)| (place.start, place.end));
        changes.reverse();
        Ok(changes)
    }
}

/// Finds the statements that say what they show, and what to write instead.
struct Shown<'a> {
    text: &'a str,
    /// Where the example begins in the text.
    offset: usize,
    changes: Vec<(Range<usize>, String)>,
    /// Where their results stand.
    results: Vec<usize>,
}

impl<'a> Visitor<'a> for Shown<'a> {
    fn visit_item(&mut self, item: &'a Item) {
        if let ItemKind::Expr(expr) = &item.kind {
            self.look_at(expr);
        }
        syntax_visitor::walk_item(self, item);
    }

    fn visit_statement(&mut self, statement: &'a Stmt) {
        if let Stmt::Expr(expr) = statement {
            self.look_at(expr);
        }
        syntax_visitor::walk_statement(self, statement);
    }
}

impl Shown<'_> {
    fn look_at(&mut self, expr: &Expr) {
        let all = self.place(expr.span);
        let line = self.text[all.end..].lines().next().unwrap_or_default();
        let Some(result) = line.trim_start().strip_prefix(RESULT) else { return };
        let shown = match &expr.kind {
            ExprKind::Call(callee, arguments) => match (&callee.kind, &arguments[..]) {
                (ExprKind::Name(name), [argument]) if name == "println" => self.place(argument.span),
                _ => all.clone(),
            },
            _ => all.clone(),
        };
        let result = result.trim_end().replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
        self.results.push(all.end + line.len() - line.trim_start().len());
        self.changes.push((all.start..shown.start, "assert \"${".to_string()));
        self.changes.push((shown.end..all.end, format!("}}\" == \"{result}\"")));
    }

    fn place(&self, span: Span) -> Range<usize> {
        self.offset + span.start as usize..self.offset + span.end as usize
    }
}
