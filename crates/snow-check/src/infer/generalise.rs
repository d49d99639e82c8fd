//! Generalisation: the type variables that a group of functions leaves open become its type parameters.

use super::Infer;
use super::pending::PendingKind;
use crate::hir::FnId;
use crate::inference_order::Item;
use crate::program::FunctionKind;
use crate::types::{Constraint, Scheme, Skolem, Ty, Variable};
use snow_syntax::diagnostic::Diagnostic;

impl Infer<'_, '_> {
    /// Turns what is left open in the types of a group into type parameters, the same for all of its
    /// functions. What occurs in no type cannot matter, and becomes Unit.
    pub(super) fn generalise_group(&mut self, items: &[Item]) -> (Vec<Skolem>, Vec<(FnId, Scheme)>) {
        let mut vars: Vec<Skolem> = Vec::new();
        let mut open: Vec<Variable> = Vec::new();
        let mut functions = Vec::new();
        for item in items {
            let Item::Function(id) = item else { continue };
            let info = self.program.function(*id);
            vars.extend(info.type_params.iter().map(|(_, skolem)| *skolem));
            if let Some(ty) = self.group.get(id).cloned() {
                let is_entry = matches!(info.kind, FunctionKind::Test(_))
                    || (info.short == "main"
                        && info.arity == 0
                        && self.program.modules[info.module].name == "Main");
                if is_entry {
                    self.close(&ty);
                } else {
                    self.variables.free(&ty, &mut open);
                }
                functions.push((*id, ty));
            }
        }
        for item in items {
            if let Item::Constant(id) = item
                && let Some(ty) = self.constants.get(id).cloned()
            {
                // Of a value that is wrong nothing more is said.
                if !self.failed {
                    crate::constant_expressions::report_undetermined(self.program, *id, &ty, &self.variables);
                }
                self.close(&ty);
            }
        }
        self.add_arguments_of_interfaces(&mut open, 0);
        for (index, variable) in open.iter().enumerate() {
            let skolem = self.program.new_skolem(&parameter_name(index));
            self.variables.bind(*variable, Ty::skolem(skolem));
            vars.push(skolem);
        }
        let constraints = self.take_constraints(&vars[vars.len() - open.len()..]);
        self.givens.extend(constraints.iter().cloned());
        self.close_pending();
        let constraints: Vec<Constraint> = constraints
            .into_iter()
            .map(|constraint| Constraint {
                arguments: constraint
                    .arguments
                    .iter()
                    .map(|ty| self.variables.closed(ty).unwrap_or(Ty::Error))
                    .collect(),
                ..constraint
            })
            .collect();
        let mut schemes = Vec::new();
        for (id, ty) in functions {
            let Some(ty) = self.variables.closed(&ty) else {
                let info = self.program.function(id);
                let file = self.program.modules[info.module].file;
                let message = format!("the type of `{}` is too large", info.short);
                self.report(Diagnostic::error("E0002", file, info.span, message));
                continue;
            };
            let mut all = self.program.function(id).givens.clone();
            all.extend(constraints.iter().cloned());
            schemes.push((id, Scheme { vars: vars.clone(), constraints: all, ty }));
        }
        (vars, schemes)
    }

    /// What a type parameter must implement may be known no better than the parameter itself: `x.make()` of
    /// an `interface Make<A>` asks of x that it makes some A. Whoever uses the parameter tells which, so
    /// such variables become parameters as well.
    fn add_arguments_of_interfaces(&self, open: &mut Vec<Variable>, level: u32) {
        let mut known = 0;
        while known < open.len() {
            known = open.len();
            for item in &self.pending {
                let PendingKind::Implements(constraint) = &item.kind else { continue };
                if !matches!(self.shallow(&constraint.ty), Ty::Var(variable) if open.contains(&variable)) {
                    continue;
                }
                for argument in &constraint.arguments {
                    let mut free = Vec::new();
                    self.variables.free(argument, &mut free);
                    free.retain(|variable| {
                        !open.contains(variable) && self.variables.level(*variable) > level
                    });
                    open.append(&mut free);
                }
            }
        }
    }

    /// Constraints on these new parameters, each once. They leave the list of open questions.
    fn take_constraints(&mut self, params: &[Skolem]) -> Vec<Constraint> {
        let mut taken: Vec<Constraint> = Vec::new();
        let pending = std::mem::take(&mut self.pending);
        for item in pending {
            let PendingKind::Implements(constraint) = &item.kind else {
                self.pending.push(item);
                continue;
            };
            let mut mentions = false;
            if let Ty::Con(crate::types::Head::Skolem(skolem), _) = self.shallow(&constraint.ty) {
                mentions = params.contains(&skolem);
            }
            if !mentions {
                self.pending.push(item);
                continue;
            }
            let deep = |ty: &Ty| self.variables.deep(ty).unwrap_or(Ty::Error);
            let constraint = Constraint {
                interface: constraint.interface,
                arguments: constraint.arguments.iter().map(deep).collect(),
                ty: deep(&constraint.ty),
            };
            let known = taken.iter().any(|other| {
                other.interface == constraint.interface
                    && other.ty.head() == constraint.ty.head()
                    && constraint.arguments.is_empty()
            });
            if !known {
                taken.push(constraint);
            }
        }
        taken
    }

    /// What is still open mentions no parameter: it becomes Unit.
    fn close_pending(&mut self) {
        self.solve();
        // Each round closes at least one variable.
        while let Some(item) = self.pending.first() {
            let (ty, span, module) = match &item.kind {
                PendingKind::Implements(constraint) => (constraint.ty.clone(), item.span, item.module),
                PendingKind::Show { ty, .. } | PendingKind::Concat { ty } => {
                    (ty.clone(), item.span, item.module)
                }
                PendingKind::Field { receiver, .. } | PendingKind::MethodCall { receiver, .. } => {
                    (receiver.clone(), item.span, item.module)
                }
                PendingKind::Iterate { iterable, .. } => (iterable.clone(), item.span, item.module),
            };
            let mut free = Vec::new();
            self.variables.free(&ty, &mut free);
            let type_is_known = free.is_empty();
            let holds_for_unit = match &item.kind {
                // Several impls fit, and nothing tells which is meant.
                PendingKind::Implements(constraint) if type_is_known => {
                    constraint.arguments.iter().for_each(|ty| self.variables.free(ty, &mut free));
                    false
                }
                PendingKind::Implements(constraint) => {
                    let unit = Constraint { ty: Ty::unit(), ..constraint.clone() };
                    self.program.entails(&self.variables, &self.givens, &unit)
                        != crate::impl_selection::Entailed::No
                }
                _ => true,
            };
            if type_is_known || !holds_for_unit {
                if let PendingKind::Implements(constraint) = &item.kind
                    && !free.is_empty()
                {
                    let name = self.program.print_constraint(&self.variables, constraint);
                    let file = self.program.modules[module].file;
                    let label = match type_is_known {
                        true => format!("which {name} of {} is meant?", self.print(&ty)),
                        false => format!("some type that implements {name}"),
                    };
                    self.report(
                        Diagnostic::error("E0006", file, span, "the type of this is not known")
                            .label(label)
                            .help("state a type: `let name :: Type = …`"),
                    );
                    for variable in free {
                        self.variables.bind(variable, Ty::Error);
                    }
                }
                self.pending.remove(0);
            } else {
                self.close(&ty);
            }
            self.solve();
        }
    }

    fn close(&mut self, ty: &Ty) {
        let mut free = Vec::new();
        self.variables.free(ty, &mut free);
        for variable in free {
            self.variables.bind(variable, Ty::unit());
        }
    }

    /// Generalises the type of a closure bound by `let`. `None`: there is nothing to generalise.
    pub(super) fn generalise_let(&mut self, ty: &Ty) -> Option<Scheme> {
        self.solve();
        self.pin_open_questions();
        let mut free = Vec::new();
        self.variables.free(ty, &mut free);
        free.retain(|variable| self.variables.level(*variable) > self.level);
        if free.is_empty() {
            return None;
        }
        self.add_arguments_of_interfaces(&mut free, self.level);
        let mut vars = Vec::new();
        for (index, variable) in free.iter().enumerate() {
            let skolem = self.program.new_skolem(&parameter_name(index));
            self.variables.bind(*variable, Ty::skolem(skolem));
            vars.push(skolem);
        }
        let constraints = self.take_constraints(&vars);
        self.givens.extend(constraints.iter().cloned());
        let ty = self.variables.deep(ty)?;
        Some(Scheme { vars, constraints, ty })
    }

    /// Variables that open questions hang on keep one type; interpolated ones ask for Display.
    fn pin_open_questions(&mut self) {
        let level = self.level;
        let pending = std::mem::take(&mut self.pending);
        for item in pending {
            let pinned: Vec<Ty> = match &item.kind {
                PendingKind::Implements(_) => Vec::new(),
                PendingKind::Show { ty, .. } => {
                    let mut free = Vec::new();
                    self.variables.free(ty, &mut free);
                    if free.iter().any(|variable| self.variables.level(*variable) > level) {
                        let outer = std::mem::replace(&mut self.body.module, item.module);
                        self.settle_show(&item.kind, item.span);
                        self.body.module = outer;
                        continue;
                    }
                    Vec::new()
                }
                PendingKind::Field { receiver, result, .. } => vec![receiver.clone(), result.clone()],
                PendingKind::MethodCall { receiver, arguments, result, .. } => {
                    let mut all = vec![receiver.clone(), result.clone()];
                    all.extend(arguments.iter().map(|(ty, _)| ty.clone()));
                    all
                }
                PendingKind::Concat { ty } => vec![ty.clone()],
                PendingKind::Iterate { iterable, source, element, .. } => {
                    vec![iterable.clone(), source.clone(), element.clone()]
                }
            };
            for ty in pinned {
                self.variables.lower(&ty, level);
            }
            self.pending.push(item);
        }
        self.solve();
    }
}

/// `a`, `b`, … as written in messages.
fn parameter_name(index: usize) -> String {
    let letter = char::from(b'a' + (index % 26) as u8);
    if index < 26 { letter.to_string() } else { format!("{letter}{}", index / 26) }
}
