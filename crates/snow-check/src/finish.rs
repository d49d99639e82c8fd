//! From numbers in the tree to final types, and the checks that need those: exhaustiveness, what may
//! be sent, where vectors may stand.

use crate::exhaustive::{self, Checked};
use crate::hir::{self, *};
use crate::infer::Infer;
use crate::infer::pending::Resolution;
use crate::infer::tree;
use crate::program::ModuleId;
use crate::type_expressions::vector_inside;
use crate::types::{Head, Skolem, Ty};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

/// Parts that a type may have when it is written out.
const MAX_PARTS: usize = 50_000;

/// Which parameter of a function a type parameter of the program is.
#[derive(Default)]
pub struct Numbering {
    numbers: HashMap<Skolem, u32>,
}

impl Numbering {
    pub fn new(params: impl IntoIterator<Item = Skolem>) -> Numbering {
        let mut numbering = Numbering::default();
        for skolem in params {
            numbering.number(skolem);
        }
        numbering
    }

    pub fn number(&mut self, skolem: Skolem) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(skolem).or_insert(next)
    }

    /// A type without variables, written out. Whatever is unknown cannot matter: Unit.
    pub fn convert(&mut self, ty: &Ty) -> Type {
        let mut parts = MAX_PARTS;
        self.convert_within(ty, &crate::unify::Variables::default(), &mut parts).unwrap_or(Type::Unit)
    }

    fn convert_within(
        &mut self,
        ty: &Ty,
        variables: &crate::unify::Variables,
        parts: &mut usize,
    ) -> Option<Type> {
        *parts = parts.checked_sub(1)?;
        let (head, arguments) = match variables.shallow(ty) {
            Ty::Var(_) | Ty::Error => return Some(Type::Unit),
            Ty::Con(head, arguments) => (head, arguments),
        };
        let mut inside = Vec::with_capacity(arguments.len());
        for argument in arguments.iter() {
            inside.push(self.convert_within(argument, variables, parts)?);
        }
        Some(match head {
            Head::Int => Type::Int,
            Head::Float => Type::Float,
            Head::Bool => Type::Bool,
            Head::Unit => Type::Unit,
            Head::Never => Type::Never,
            Head::String => Type::String,
            Head::Bytes => Type::Bytes,
            Head::Buffer => Type::Buffer,
            Head::U8x16 => Type::U8x16,
            Head::UntypedPid => Type::Pid(None),
            Head::Tuple => Type::Tuple(inside),
            Head::Named(id) => Type::Named(id, inside),
            Head::Skolem(skolem) => Type::Param(self.number(skolem)),
            Head::Array => Type::Array(Box::new(inside.pop()?)),
            Head::Pid => Type::Pid(Some(Box::new(inside.pop()?))),
            Head::Fun => {
                let result = inside.pop()?;
                Type::Fun(inside, Box::new(result))
            }
        })
    }
}

/// Finishes the trees of one function (or constant).
pub struct Finish<'i, 'p, 'a> {
    infer: &'i Infer<'p, 'a>,
    definitions: &'i [TypeDef],
    pub numbering: Numbering,
    /// Type arguments of functions of the same group.
    group_arguments: usize,
    module: ModuleId,
    span: Span,
    /// How many closures are around.
    depth: u32,
    bound_at: HashMap<LocalId, u32>,
    vectors: std::collections::HashSet<LocalId>,
    buffers: std::collections::HashSet<LocalId>,
    /// Where a closure uses a Buffer from outside of it, and how deep that is bound.
    captured_buffers: Vec<(Span, u32)>,
    too_large: bool,
    /// Functions that the tree names, with their type arguments.
    pub named: Vec<(FnId, Vec<Type>, Span)>,
}

impl<'i, 'p, 'a> Finish<'i, 'p, 'a> {
    pub fn new(
        infer: &'i Infer<'p, 'a>,
        definitions: &'i [TypeDef],
        group: &[Skolem],
        module: ModuleId,
        span: Span,
    ) -> Finish<'i, 'p, 'a> {
        Finish {
            infer,
            definitions,
            numbering: Numbering::new(group.iter().copied()),
            group_arguments: group.len(),
            module,
            span,
            depth: 0,
            bound_at: HashMap::new(),
            vectors: std::collections::HashSet::new(),
            buffers: std::collections::HashSet::new(),
            captured_buffers: Vec::new(),
            too_large: false,
            named: Vec::new(),
        }
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.infer.program.report(diagnostic);
    }

    fn file(&self) -> usize {
        self.infer.program.modules[self.module].file
    }

    pub fn inferred_type(&mut self, ty: &Ty) -> Type {
        let mut parts = MAX_PARTS;
        match self.numbering.convert_within(ty, &self.infer.variables, &mut parts) {
            Some(ty) => {
                if holds_vector(&ty, false) {
                    self.report(vector_inside(self.file(), self.span));
                }
                ty
            }
            None => {
                if !self.too_large {
                    self.too_large = true;
                    let message = "the type of this is too large";
                    self.report(Diagnostic::error("E0002", self.file(), self.span, message));
                }
                Type::Unit
            }
        }
    }

    fn ty(&mut self, ty: &mut Type) {
        if let Some(number) = tree::number_of(ty) {
            let inferred = self.infer.types[number].clone();
            *ty = self.inferred_type(&inferred);
        }
    }

    fn type_arguments(&mut self, types: &mut Vec<Type>) {
        if matches!(types[..], [Type::Param(tree::GROUP)]) {
            *types = (0..self.group_arguments as u32).map(Type::Param).collect();
            return;
        }
        for ty in types {
            self.ty(ty);
            if matches!(ty, Type::U8x16) {
                self.report(vector_inside(self.file(), self.span));
            }
        }
    }

    fn target(&mut self, target: &mut Target) {
        match target {
            Target::Function(id, types) => {
                self.type_arguments(types);
                self.named.push((*id, types.clone(), self.span));
            }
            Target::Method { arguments, self_type, type_args, .. } => {
                self.type_arguments(arguments);
                self.ty(self_type);
                self.type_arguments(type_args);
            }
            Target::Constructor(_) => {}
        }
    }

    pub fn param(&mut self, param: &mut Param) {
        self.ty(&mut param.ty);
        let ty = param.ty.clone();
        self.bind(param.local, &ty);
    }

    fn bind(&mut self, local: LocalId, ty: &Type) {
        self.bound_at.insert(local, self.depth);
        match ty {
            Type::U8x16 => {
                self.vectors.insert(local);
            }
            Type::Buffer => {
                self.buffers.insert(local);
            }
            _ => {}
        }
    }

    /// Values that go to another actor; a closure among them must not hold a Buffer.
    fn sent(&mut self, values: &mut [Expr]) {
        let before = self.captured_buffers.len();
        self.all(values);
        let captured = self.captured_buffers.split_off(before);
        for (span, depth) in captured {
            if depth <= self.depth {
                let message = "a closure that holds a `Buffer` cannot be sent";
                self.report(Diagnostic::error("E0046", self.file(), span, message).help(
                    "a Buffer belongs to its actor: `Buffer.take_all` makes Bytes of it, which can be sent",
                ));
            }
        }
    }

    fn use_local(&mut self, local: LocalId) {
        let Some(bound) = self.bound_at.get(&local).copied() else { return };
        if bound >= self.depth {
            return;
        }
        if self.buffers.contains(&local) {
            self.captured_buffers.push((self.span, bound));
        }
        if self.vectors.contains(&local) {
            self.report(
                Diagnostic::error("E0043", self.file(), self.span, "a closure cannot capture a `U8x16`")
                    .help("it lives in a register of the processor: make it inside of the closure"),
            );
        }
    }

    pub fn locals(&mut self, locals: &[(String, Ty)]) -> Vec<Local> {
        locals.iter().map(|(name, ty)| Local { name: name.clone(), ty: self.inferred_type(ty) }).collect()
    }

    pub fn expr(&mut self, expr: &mut Expr) {
        self.span = expr.span;
        self.ty(&mut expr.ty);
        let span = expr.span;
        if let ExprKind::Call(Callee::Target(Target::Constructor(index)), _) = &expr.kind
            && let Some(number) = tree::open_number(*index)
        {
            self.open_call(expr, number);
            return;
        }
        match &mut expr.kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Unit
            | ExprKind::String(_)
            | ExprKind::Const(_)
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::SelfPid => {}
            ExprKind::Local(local, types) => {
                let local = *local;
                self.type_arguments(types);
                self.use_local(local);
            }
            ExprKind::Function(target) => self.target(target),
            ExprKind::Call(callee, arguments) => {
                match callee {
                    Callee::Target(target) => self.target(target),
                    Callee::Value(value) => self.expr(value),
                }
                self.all(arguments);
            }
            ExprKind::Construct(_, inside)
            | ExprKind::Tuple(inside)
            | ExprKind::List(inside)
            | ExprKind::Concat(inside) => self.all(inside),
            ExprKind::Struct(fields) => {
                for (_, value) in fields {
                    self.expr(value);
                }
            }
            ExprKind::Update(base, fields) => {
                self.expr(base);
                for (_, value) in fields {
                    self.expr(value);
                }
            }
            ExprKind::Field(base, index) => {
                if let Some(number) = tree::open_number(*index) {
                    *index = match self.infer.resolutions[number] {
                        Resolution::Field(field) => field,
                        _ => 0,
                    };
                }
                self.expr(base);
            }
            ExprKind::Block(block) => {
                self.block(block);
                // A dropped value that turned out to be Unit is none: calls stay in tail position.
                if let ([Stmt::Expr(only)], None) = (&block.statements[..], &block.value)
                    && matches!(only.ty, Type::Unit | Type::Never)
                    && let Some(Stmt::Expr(only)) = block.statements.pop()
                {
                    *expr = only;
                }
            }
            ExprKind::If(condition, then, otherwise) => {
                self.expr(condition);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Match(value, arms, fallthrough) => {
                self.expr(value);
                self.arms(arms);
                let scrutinee = value.ty.clone();
                self.check_match(&scrutinee, arms, fallthrough, span);
            }
            ExprKind::Closure(closure) => {
                self.depth += 1;
                for param in &mut closure.params {
                    self.param(param);
                }
                self.ty(&mut closure.result);
                self.expr(&mut closure.body);
                self.depth -= 1;
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::While(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Not(inside) | ExprKind::Return(inside) | ExprKind::Panic(inside) => self.expr(inside),
            ExprKind::For(inside) => {
                match &mut inside.iterable {
                    ForIterable::Range(from, to) => {
                        self.expr(from);
                        self.expr(to);
                    }
                    ForIterable::List(list) => self.expr(list),
                }
                self.pattern(&mut inside.pattern);
                self.check_irrefutable(&inside.pattern);
                if let Some(condition) = &mut inside.condition {
                    self.expr(condition);
                }
                self.expr(&mut inside.body);
            }
            ExprKind::Try { operand, convert } => {
                self.expr(operand);
                if let Some(target) = convert {
                    self.target(target);
                }
            }
            ExprKind::Spawn(target, arguments) => {
                self.target(target);
                self.sent(arguments);
            }
            ExprKind::Become(target, arguments) => {
                self.target(target);
                self.all(arguments);
            }
            ExprKind::SpawnValue(actor, arguments) => {
                self.sent(std::slice::from_mut(actor));
                self.sent(arguments);
            }
            ExprKind::Send(pid, message) => {
                self.expr(pid);
                self.sent(std::slice::from_mut(message));
            }
            ExprKind::Receive { message, arms, fallthrough, after } => {
                self.ty(message);
                self.arms(arms);
                let message = message.clone();
                self.check_match(&message, arms, fallthrough, span);
                if let Some((milliseconds, body)) = after {
                    self.expr(milliseconds);
                    self.expr(body);
                }
            }
            ExprKind::Bits(segments) => {
                for segment in segments {
                    self.expr(&mut segment.value);
                    if let BitSize::Bytes(size) = &mut segment.size {
                        self.expr(size);
                    }
                }
            }
        }
        self.span = span;
    }

    fn all(&mut self, exprs: &mut [Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// An expression whose meaning came after it.
    fn open_call(&mut self, expr: &mut Expr, number: usize) {
        let ExprKind::Call(_, arguments) = std::mem::replace(&mut expr.kind, ExprKind::Unit) else { return };
        let mut arguments = arguments;
        self.all(&mut arguments);
        let resolution = self.infer.resolutions[number].clone();
        match resolution {
            Resolution::Itself => {
                if let Some(itself) = arguments.pop() {
                    *expr = itself;
                }
            }
            Resolution::NoText | Resolution::Open | Resolution::Field(_) => {
                expr.kind = ExprKind::String("…".to_string());
                expr.ty = Type::String;
            }
            Resolution::FieldCall(index, ty) => {
                let receiver = arguments.remove(0);
                let ty = self.inferred_type(&ty);
                expr.kind = crate::infer::field_call(receiver, index, ty, arguments);
            }
            Resolution::Method { interface, index, arguments: of_interface, self_type, type_args } => {
                let target = Target::Method {
                    interface,
                    arguments: of_interface.iter().map(|ty| self.inferred_type(ty)).collect(),
                    index,
                    self_type: self.inferred_type(&self_type),
                    type_args: type_args.iter().map(|ty| self.inferred_type(ty)).collect(),
                };
                expr.kind = ExprKind::Call(Callee::Target(target), arguments);
            }
            Resolution::Function(id, types) => {
                let types: Vec<Type> = types.iter().map(|ty| self.inferred_type(ty)).collect();
                self.named.push((id, types.clone(), expr.span));
                expr.kind = ExprKind::Call(Callee::Target(Target::Function(id, types)), arguments);
            }
            Resolution::Concat => self.concatenation(expr, arguments),
        }
    }

    fn concatenation(&mut self, expr: &mut Expr, arguments: Vec<Expr>) {
        expr.kind = match &expr.ty {
            Type::Named(_, elements) => match self.infer.program.library_function("List", "concat", 2) {
                Some(concat) => {
                    let target = Target::Function(concat, elements.clone());
                    ExprKind::Call(Callee::Target(target), arguments)
                }
                None => {
                    let message = "`List.concat` is not part of this program";
                    self.report(Diagnostic::error("E0031", self.file(), expr.span, message));
                    ExprKind::Unit
                }
            },
            Type::Bytes => ExprKind::Bits(
                arguments
                    .into_iter()
                    .map(|value| BitSegment {
                        span: value.span,
                        value,
                        size: BitSize::Rest,
                        signed: false,
                        little: false,
                    })
                    .collect(),
            ),
            _ => {
                // A chain of `<>` is one concatenation.
                let mut parts = Vec::new();
                for argument in arguments {
                    match argument.kind {
                        ExprKind::Concat(inside) => parts.extend(inside),
                        _ => parts.push(argument),
                    }
                }
                ExprKind::Concat(parts)
            }
        };
    }

    fn block(&mut self, block: &mut Block) {
        for statement in &mut block.statements {
            match statement {
                Stmt::Let(pattern, value, fallthrough) => {
                    self.expr(value);
                    self.pattern(pattern);
                    if matches!(fallthrough, Fallthrough::Unchecked(_)) {
                        self.check_irrefutable(pattern);
                        *fallthrough = Fallthrough::Impossible;
                    }
                }
                Stmt::LetPolymorphic(local, params, value) => {
                    for param in params.iter_mut() {
                        *param = self.numbering.number(Skolem(*param));
                    }
                    self.bind(*local, &Type::Unit);
                    self.expr(value);
                }
                Stmt::LetRecursive(values) => {
                    for (local, _) in values.iter() {
                        self.bind(*local, &Type::Unit);
                    }
                    for (_, value) in values {
                        self.expr(value);
                    }
                }
                Stmt::Expr(expr) => self.expr(expr),
            }
        }
        if let Some(value) = &mut block.value {
            self.expr(value);
        }
    }

    fn arms(&mut self, arms: &mut [Arm]) {
        for arm in arms {
            self.pattern(&mut arm.pattern);
            if let Some(guard) = &mut arm.guard {
                self.expr(guard);
            }
            self.expr(&mut arm.body);
        }
    }

    fn pattern(&mut self, pattern: &mut Pattern) {
        self.span = pattern.span;
        self.ty(&mut pattern.ty);
        let ty = pattern.ty.clone();
        match &mut pattern.kind {
            PatternKind::Bind(local) => self.bind(*local, &ty),
            PatternKind::As(inside, local) => {
                self.bind(*local, &ty);
                self.pattern(inside);
            }
            PatternKind::Tuple(inside)
            | PatternKind::Constructor(_, inside)
            | PatternKind::Struct(inside)
            | PatternKind::List(inside)
            | PatternKind::Or(inside) => {
                for pattern in inside {
                    self.pattern(pattern);
                }
            }
            PatternKind::Cons(first, rest) => {
                self.pattern(first);
                self.pattern(rest);
            }
            PatternKind::Bits(segments) => {
                for segment in segments {
                    self.pattern(&mut segment.value);
                    if let BitSize::Bytes(size) = &mut segment.size {
                        self.expr(size);
                    }
                }
            }
            PatternKind::Wildcard
            | PatternKind::Int(_)
            | PatternKind::Float(_)
            | PatternKind::Bool(_)
            | PatternKind::String(_)
            | PatternKind::Unit => {}
        }
    }

    fn check_irrefutable(&mut self, pattern: &Pattern) {
        let row = exhaustive::Row { pattern, guarded: false };
        if let Checked::Missing(missing) =
            exhaustive::check(self.definitions, self.infer.program.language.list, &pattern.ty, &[row]).0
        {
            self.report(
                Diagnostic::error(
                    "E0012",
                    self.file(),
                    pattern.span,
                    "this pattern does not match every value",
                )
                .label(listing(&missing))
                .help("use `case`, and say what happens otherwise"),
            );
        }
    }

    /// Are all values matched, and can each arm match? Settles what happens to a value that none matches.
    fn check_match(&mut self, scrutinee: &Type, arms: &[Arm], fallthrough: &mut Fallthrough, span: Span) {
        let Fallthrough::Unchecked(origin) = *fallthrough else { return };
        let rows: Vec<exhaustive::Row> = arms
            .iter()
            .map(|arm| exhaustive::Row { pattern: &arm.pattern, guarded: arm.guard.is_some() })
            .collect();
        let list = self.infer.program.language.list;
        let (checked, unreachable) = exhaustive::check(self.definitions, list, scrutinee, &rows);
        if origin != Origin::Let {
            for index in unreachable {
                self.report(
                    Diagnostic::warning(
                        "W0001",
                        self.file(),
                        arms[index].pattern.span,
                        "this can never match",
                    )
                    .label("what comes before takes all of it")
                    .help("remove it, or move it up"),
                );
            }
        }
        *fallthrough = match checked {
            Checked::Exhaustive => Fallthrough::Impossible,
            Checked::TooLarge | Checked::Missing(_) => Fallthrough::Panic(match origin {
                Origin::Receive | Origin::ReceiveOfTest => "no arm of the `receive` matches the message",
                Origin::Case | Origin::Clauses | Origin::Let => "non-exhaustive match",
            }),
        };
        if let Checked::Missing(missing) = checked
            && let Some(diagnostic) = incomplete(origin, self.file(), span, &listing(&missing))
        {
            self.report(diagnostic);
        }
    }
}

/// What is said of arms that leave something out.
fn incomplete(origin: Origin, file: usize, span: Span, missing: &str) -> Option<Diagnostic> {
    let diagnostic = match origin {
        Origin::Case => Diagnostic::error("E0012", file, span, "this `case` does not cover every value")
            .label(missing)
            .help("add arms for what is missing, or `_ -> …` for all the rest"),
        Origin::Clauses => Diagnostic::warning("E0012", file, span, "these clauses do not cover every value")
            .label(format!("{missing}: that panics"))
            .help("add clauses for what is missing"),
        Origin::Receive => {
            Diagnostic::warning("E0012", file, span, "this `receive` does not cover every message")
                .label(format!("{missing}: that ends the actor"))
                .help("add arms for what is missing, or `_ -> …` for all the rest")
        }
        Origin::ReceiveOfTest => return None,
        Origin::Let => Diagnostic::error("E0012", file, span, "this pattern does not match every value"),
    };
    Some(diagnostic)
}

fn listing(missing: &[String]) -> String {
    let quoted: Vec<String> = missing.iter().map(|pattern| format!("`{pattern}`")).collect();
    let verb = if missing.len() == 1 { "is" } else { "are" };
    format!("{} {verb} not matched", quoted.join(", "))
}

/// Is a vector part of something that lives in memory?
fn holds_vector(ty: &Type, inside: bool) -> bool {
    match ty {
        Type::U8x16 => inside,
        Type::Array(element) => holds_vector(element, true),
        Type::Tuple(parts) | Type::Named(_, parts) => parts.iter().any(|part| holds_vector(part, true)),
        Type::Fun(params, result) => {
            params.iter().any(|param| holds_vector(param, false)) || holds_vector(result, false)
        }
        Type::Pid(Some(message)) => holds_vector(message, true),
        _ => false,
    }
}

/// Types that other actors cannot be given: the name of what is in the way.
pub fn not_sendable(definitions: &[TypeDef], ty: &Type) -> Option<&'static str> {
    let mut seen = std::collections::HashSet::new();
    let mut waiting = vec![ty.clone()];
    while let Some(ty) = waiting.pop() {
        match ty {
            Type::Buffer => return Some("Buffer"),
            Type::U8x16 => return Some("U8x16"),
            Type::Array(element) => waiting.push(*element),
            Type::Tuple(parts) => waiting.extend(parts),
            Type::Named(id, arguments) => {
                waiting.extend(arguments);
                if seen.insert(id) {
                    match &definitions[id.0 as usize].kind {
                        hir::TypeDefKind::Struct(fields) => {
                            waiting.extend(fields.iter().map(|(_, ty)| ty.clone()));
                        }
                        hir::TypeDefKind::Sum(constructors) => {
                            waiting.extend(constructors.iter().flat_map(|one| one.payload.iter().cloned()));
                        }
                    }
                }
            }
            // Addresses take messages, they do not hold them. Captures are looked at when it is sent.
            _ => {}
        }
    }
    None
}
