//! Limits of the machine code: how many parameters, fields, constructors and values at a time there may be. Each is told
//! where the source goes beyond it.

use crate::copies::Source;
use crate::hir::visit::{Visitor, walk_expr, walk_pattern, walk_statement};
use crate::hir::{Expr, ExprKind, FnDef, FnId, FnKind, LocalId, Pattern, PatternKind, Program, Stmt};
use crate::program;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// A constructor's number has 16 bits in an object.
const MOST_CONSTRUCTORS: usize = 1 << 16;
const MOST_FIELDS: usize = 1 << 16;
const MOST_PARAMETERS: usize = 1000;

/// Values that a function holds at the same time: each has a place in its frame, and each call knows all
/// of them.
const MOST_IN_USE: usize = 5000;

/// A type has so many constructors and fields that their numbers fit where objects keep them.
pub fn check_types(program: &program::Program) {
    for info in &program.types {
        let (count, most, what) = match &info.kind {
            program::TypeKind::Sum(constructors) => (constructors.len(), MOST_CONSTRUCTORS, "constructors"),
            program::TypeKind::Struct(fields) => (fields.len(), MOST_FIELDS, "fields"),
        };
        if count > most {
            let message = format!("`{}` has more than {most} {what}", info.short);
            let help = "give those that belong together a type of their own";
            let file = program.modules[info.module].file;
            program.report(Diagnostic::error("E0052", file, info.span, message).help(help));
        }
    }
}

/// What is too large in the functions that a user wrote.
pub fn report(program: &Program, source: &dyn Source) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (index, definition) in program.functions.iter().enumerate() {
        let id = FnId(index as u32);
        // Whoever goes beyond a limit has as many locals.
        if !source.is_own(id) || definition.locals.len() <= MOST_PARAMETERS {
            continue;
        }
        let name = source.name(id);
        if definition.params.len() > MOST_PARAMETERS {
            diagnostics.push(too_many_parameters(definition.file, definition.span, &format!("`{name}`")));
        }
        let mut uses = Uses::of(definition);
        uses.definition(definition);
        for span in &uses.closures {
            diagnostics.push(too_many_parameters(definition.file, *span, "this closure"));
        }
        if let Some(span) = uses.place_of_too_many() {
            let message = format!("`{name}` holds more than {MOST_IN_USE} values at the same time");
            let diagnostic = Diagnostic::error("E0052", definition.file, span, message)
                .label("here is one more, and all are needed later")
                .help("keep them in a list or a map, or work in functions of their own");
            diagnostics.push(diagnostic);
        }
    }
    diagnostics
}

fn too_many_parameters(file: usize, span: Span, what: &str) -> Diagnostic {
    let message = format!("{what} has more than {MOST_PARAMETERS} parameters");
    Diagnostic::error("E0052", file, span, message)
        .help("a struct holds what belongs together, a list what is alike")
}

/// From where to where each local of a function is in use, in steps of its code.
struct Uses {
    now: usize,
    /// By local: the step and the place at which it is bound, and the step of its last use.
    ranges: Vec<Option<(usize, Span, usize)>>,
    /// Closures with too many parameters.
    closures: Vec<Span>,
}

impl Uses {
    fn of(definition: &FnDef) -> Uses {
        Uses { now: 0, ranges: vec![None; definition.locals.len()], closures: Vec::new() }
    }

    fn definition(&mut self, definition: &FnDef) {
        definition.params.iter().for_each(|param| self.bind(param.local, definition.span));
        match &definition.kind {
            FnKind::Body(body) => self.visit_expr(body),
            FnKind::Actor { body, terminate, .. } => {
                self.visit_expr(body);
                terminate.iter().for_each(|block| self.visit_expr(block));
            }
            FnKind::Extern { .. } => {}
        }
    }

    fn bind(&mut self, local: LocalId, span: Span) {
        self.ranges[local.0 as usize] = Some((self.now, span, self.now));
    }

    /// Where a local is bound while too many others are needed later.
    fn place_of_too_many(&self) -> Option<Span> {
        let used = self.ranges.iter().flatten().filter(|(from, _, to)| from < to);
        let mut ends: Vec<usize> = used.clone().map(|(_, _, to)| *to).collect();
        let mut starts: Vec<(usize, Span)> = used.map(|(from, span, _)| (*from, *span)).collect();
        ends.sort_unstable();
        starts.sort_unstable_by_key(|(from, _)| *from);
        let mut ended = 0;
        for (begun, (from, span)) in starts.iter().enumerate() {
            while ends.get(ended).is_some_and(|end| end <= from) {
                ended += 1;
            }
            if begun + 1 - ended > MOST_IN_USE {
                return Some(*span);
            }
        }
        None
    }
}

impl Visitor for Uses {
    fn visit_expr(&mut self, expr: &Expr) {
        self.now += 1;
        match &expr.kind {
            ExprKind::Local(local, _) => {
                if let Some((_, _, last)) = &mut self.ranges[local.0 as usize] {
                    *last = self.now;
                }
            }
            ExprKind::Closure(closure) => {
                if closure.params.len() > MOST_PARAMETERS {
                    self.closures.push(expr.span);
                }
                closure.params.iter().for_each(|param| self.bind(param.local, expr.span));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_statement(&mut self, statement: &Stmt) {
        if let Stmt::LetRecursive(values) = statement {
            values.iter().for_each(|(local, value)| self.bind(*local, value.span));
        }
        walk_statement(self, statement);
    }

    fn visit_pattern(&mut self, pattern: &Pattern) {
        if let PatternKind::Bind(local) | PatternKind::As(_, local) = &pattern.kind {
            self.bind(*local, pattern.span);
        }
        walk_pattern(self, pattern);
    }
}
