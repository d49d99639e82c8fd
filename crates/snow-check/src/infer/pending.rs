//! What cannot be decided before a type is known, such as which method `x.name()` calls: it is put off, and decided
//! when the type has been inferred.

use super::Infer;
use crate::copies::DEEPEST_TYPE;
use crate::hir::{FnId, InterfaceId};
use crate::impl_selection::{Answer, Entailed, MAX_DEPTH};
use crate::program::ModuleId;
use crate::types::{Constraint, Head, Ty};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashSet;

/// What follows from one constraint.
struct Question {
    span: Span,
    /// What has been answered or put off, and need not be asked again.
    settled: HashSet<Constraint>,
    /// It leads on and on.
    endless: bool,
}

pub struct Pending {
    pub kind: PendingKind,
    pub span: Span,
    pub module: ModuleId,
}

#[derive(Clone)]
pub enum PendingKind {
    Implements(Constraint),
    /// An interpolated value: a String itself, Display, or else Debug.
    Show {
        ty: Ty,
        resolution: usize,
        optional: bool,
    },
    Field {
        receiver: Ty,
        name: String,
        result: Ty,
        resolution: usize,
    },
    MethodCall {
        receiver: Ty,
        name: String,
        arguments: Vec<(Ty, Span)>,
        result: Ty,
        resolution: usize,
    },
    /// `a <> b`
    Concat {
        ty: Ty,
    },
    /// What a `for` runs over.
    Iterate {
        iterable: Ty,
        /// The list that it is made, or the steps that are taken through it.
        source: Ty,
        element: Ty,
        pair: bool,
        resolution: usize,
    },
}

/// What an open place in the tree turned out to be.
#[derive(Clone, Debug)]
pub enum Resolution {
    Open,
    /// The argument itself.
    Itself,
    /// No text can be made of it.
    NoText,
    Field(usize),
    /// A call of the receiver's field.
    FieldCall(usize, Ty),
    Method {
        interface: InterfaceId,
        index: usize,
        arguments: Vec<Ty>,
        self_type: Ty,
        type_args: Vec<Ty>,
    },
    Function(FnId, Vec<Ty>),
    /// One behind the other; by the type of the result.
    Concat,
}

impl<'p, 'a> Infer<'p, 'a> {
    /// Answers what can be answered, until nothing more can.
    pub(super) fn solve(&mut self) {
        loop {
            let mut progress = false;
            let waiting = std::mem::take(&mut self.pending);
            for item in waiting {
                let outer = std::mem::replace(&mut self.body.module, item.module);
                match self.attempt(&item) {
                    true => progress = true,
                    false => self.pending.push(item),
                }
                self.body.module = outer;
            }
            if !progress {
                break;
            }
        }
    }

    /// Is the question answered? Answers may raise new ones.
    pub(super) fn attempt(&mut self, item: &Pending) -> bool {
        match &item.kind {
            PendingKind::Implements(constraint) => {
                let mut question = Question { span: item.span, settled: HashSet::new(), endless: false };
                self.attempt_constraint(constraint, &mut question, 0)
            }
            PendingKind::Show { ty, resolution, optional } => {
                self.attempt_show(ty, *resolution, *optional, item.span)
            }
            PendingKind::Field { receiver, name, result, resolution } => {
                if matches!(self.shallow(receiver), Ty::Var(_)) {
                    return false;
                }
                let (receiver, result) = (receiver.clone(), result.clone());
                if let Some((index, ty)) = self.find_field(&receiver, name, item.span) {
                    self.resolutions[*resolution] = Resolution::Field(index);
                    self.coerce(&ty, &result, item.span);
                } else {
                    let _ = self.variables.unify(&result, &Ty::Error);
                }
                true
            }
            PendingKind::MethodCall { receiver, name, arguments, result, resolution } => {
                if matches!(self.shallow(receiver), Ty::Var(_)) {
                    return false;
                }
                self.resolve_postponed_call(receiver, name, arguments, result, *resolution, item.span);
                true
            }
            PendingKind::Concat { ty } => match self.shallow(ty) {
                Ty::Var(_) => false,
                ty => {
                    self.check_concat(&ty, item.span);
                    true
                }
            },
            PendingKind::Iterate { iterable, source, element, pair, resolution } => {
                match self.shallow(iterable) {
                    Ty::Var(_) => false,
                    _ => {
                        self.settle_iteration(iterable, source, element, *pair, *resolution, item.span);
                        true
                    }
                }
            }
        }
    }

    fn attempt_constraint(&mut self, constraint: &Constraint, question: &mut Question, depth: u32) -> bool {
        if question.endless || question.settled.contains(constraint) {
            return true;
        }
        let span = question.span;
        if depth > MAX_DEPTH {
            question.endless = true;
            let name = self.program.print_constraint(&self.variables, constraint);
            let message = format!("whether a type implements {name} is still open after {MAX_DEPTH} steps");
            let diagnostic = Diagnostic::error("E0006", self.file(), span, message)
                .label("the type nests too deep, or impls ask for one another without end")
                .help("wrap parts of the type in a type of their own; an impl asks for something of the parts of its type alone");
            self.report(diagnostic);
            return true;
        }
        // Only the outermost type is needed for a step; the rest waits its turn.
        let answer = self.program.answer(&mut self.variables, &self.givens, constraint);
        match answer {
            Answer::Open => false,
            Answer::Holds(needed) => {
                for constraint in needed {
                    if !self.attempt_constraint(&constraint, question, depth + 1) {
                        self.require(constraint.clone(), span);
                    }
                    question.settled.insert(constraint);
                }
                true
            }
            Answer::Fails => {
                self.report_missing_impl(constraint, span);
                true
            }
        }
    }

    fn report_missing_impl(&mut self, constraint: &Constraint, span: Span) {
        if self.report_other_associated_type(constraint, span) {
            return;
        }
        let name = self.program.print_constraint(&self.variables, constraint);
        let interface = self.program.interface(constraint.interface).name.clone();
        let ty = self.print(&constraint.ty);
        let shallow = self.shallow(&constraint.ty);
        let operator = operator_of(&interface);
        let message = match operator {
            Some(operator) => format!("{ty} has no `{operator}`: it does not implement {name}"),
            None => format!("{ty} does not implement {name}"),
        };
        let diagnostic = Diagnostic::error("E0006", self.file(), span, message);
        let diagnostic = match (&shallow, interface.as_str()) {
            (Ty::Con(Head::String, _), "Add") => {
                diagnostic.help("texts are joined by `<>`, or by \"${a}${b}\"")
            }
            (Ty::Con(Head::Skolem(skolem), _), _) => {
                let param = self.program.skolem_name(*skolem);
                diagnostic.help(format!("ask for it in the declaration: `where {param}: {name}`"))
            }
            (Ty::Con(Head::Fun, _), "Div") => diagnostic
                .help("a function is handed on by its name alone, without the number of its arguments"),
            (Ty::Con(Head::Fun, _), _) => {
                diagnostic.help("functions cannot be compared, printed or calculated with")
            }
            (Ty::Con(Head::Named(id), _), _)
                if self.program.modules[self.program.type_info(*id).module].standard =>
            {
                diagnostic
            }
            (Ty::Con(Head::Named(id), _), "Eq" | "Ord" | "Display" | "Debug" | "Hash") => {
                let short = self.program.type_info(*id).short.clone();
                diagnostic.help(format!(
                    "add `deriving({interface})` behind the `end` of `{short}`, or write `impl {interface} for {short}`"
                ))
            }
            (Ty::Con(Head::Named(id), _), "ToJson" | "FromJson") => {
                let short = self.program.type_info(*id).short.clone();
                diagnostic.help(format!(
                    "add `deriving(Json)` behind the `end` of `{short}`, or write `impl {interface} for {short}`"
                ))
            }
            (Ty::Con(Head::Named(id), _), _) => {
                let short = self.program.type_info(*id).short.clone();
                diagnostic.help(format!("write `impl {name} for {short}`"))
            }
            _ => diagnostic,
        };
        self.report(diagnostic);
    }

    /// Where the type implements the interface with another associated type than the one that is wanted.
    fn report_other_associated_type(&mut self, constraint: &Constraint, span: Span) -> bool {
        let program = self.program;
        let info = program.interface(constraint.interface);
        let written = info.written_params();
        let mut arguments = constraint.arguments[..written].to_vec();
        arguments.extend(info.declaration.associated.iter().map(|_| self.fresh()));
        let known = Constraint { arguments, ..constraint.clone() };
        if !matches!(program.answer(&mut self.variables, &self.givens, &known), Answer::Holds(_)) {
            return false;
        }
        for (index, associated) in info.declaration.associated.iter().enumerate() {
            let (found, wanted) = (&known.arguments[written + index], &constraint.arguments[written + index]);
            if self.variables.unify(found, wanted).is_err() {
                let (ty, found, wanted) = (self.print(&constraint.ty), self.print(found), self.print(wanted));
                let message = format!(
                    "`{}` of `{}` is {found} for {ty}, and {wanted} is wanted here",
                    associated.text, info.name
                );
                self.report(Diagnostic::error("E0001", self.file(), span, message));
                return true;
            }
        }
        false
    }

    fn attempt_show(&mut self, ty: &Ty, resolution: usize, optional: bool, span: Span) -> bool {
        let outside = self.shallow(ty);
        match &outside {
            Ty::Var(_) => return false,
            Ty::Con(Head::String, _) if !optional => {
                self.resolutions[resolution] = Resolution::Itself;
                return true;
            }
            Ty::Error | Ty::Con(Head::Never, _) => {
                self.resolutions[resolution] = Resolution::Itself;
                return true;
            }
            _ => {}
        }
        // An assertion shows texts in quotes.
        let order = if optional { ["Debug", "Display"] } else { ["Display", "Debug"] };
        for name in order {
            let Some(interface) = self.program.language_interface(name) else { continue };
            let constraint = Constraint { interface, arguments: Vec::new(), ty: ty.clone() };
            match self.program.entails(&self.variables, &self.givens, &constraint) {
                Entailed::Yes => {
                    self.show_by(interface, ty, resolution);
                    return true;
                }
                Entailed::Open => return false,
                Entailed::No => {}
            }
        }
        if optional {
            self.resolutions[resolution] = Resolution::NoText;
            return true;
        }
        if self.variables.is_deeper(ty, DEEPEST_TYPE) {
            let message = format!("this type nests deeper than {DEEPEST_TYPE} levels");
            let diagnostic = Diagnostic::error("E0006", self.file(), span, message)
                .label("which is too deep to make a text of it")
                .help("wrap parts of the type in a type of their own");
            self.report(diagnostic);
            self.resolutions[resolution] = Resolution::NoText;
            return true;
        }
        let text = self.print(ty);
        let mut diagnostic =
            Diagnostic::error("E0006", self.file(), span, format!("{text} has no text form"))
                .label("neither Display nor Debug is implemented");
        if let Ty::Con(Head::Skolem(skolem), _) = outside {
            let param = self.program.skolem_name(skolem);
            diagnostic = diagnostic.help(format!("ask for it in the declaration: `where {param}: Display`"));
        } else {
            diagnostic = diagnostic.help("write an `impl Display` for it, or show parts of it");
        }
        self.report(diagnostic);
        self.resolutions[resolution] = Resolution::NoText;
        true
    }

    pub(super) fn show_by(&mut self, interface: InterfaceId, ty: &Ty, resolution: usize) {
        self.resolutions[resolution] = Resolution::Method {
            interface,
            index: 0,
            arguments: Vec::new(),
            self_type: ty.clone(),
            type_args: Vec::new(),
        };
    }
}

fn operator_of(interface: &str) -> Option<&'static str> {
    Some(match interface {
        "Add" => "+",
        "Sub" => "-",
        "Mul" => "*",
        "Div" => "/",
        "Mod" => "%",
        "Eq" => "==",
        "Ord" => "<",
        _ => return None,
    })
}
