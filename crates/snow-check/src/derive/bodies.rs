//! The methods of derived impls, as typed trees.

use crate::hir::*;
use crate::program::{Program, TypeKind};
use crate::types::Ty;
use crate::writeback::Numbering;
use snow_syntax::span::Span;

/// 64-bit FNV-1a's offset basis: where every hash begins.
const HASH_START: i64 = -3750763034362895579;

/// Parameters, body and locals of a derived method.
pub struct DerivedFunction {
    pub params: Vec<Param>,
    pub body: Expr,
    pub locals: Vec<Local>,
}

pub fn derived_function(
    program: &Program,
    impl_index: usize,
    method: usize,
    numbering: &mut Numbering,
) -> Option<DerivedFunction> {
    let info = &program.impls[impl_index];
    let Ty::Con(crate::types::Head::Named(id), _) = &info.target else { return None };
    let own = numbering.convert(&info.target);
    let shape = match &program.type_info(*id).kind {
        TypeKind::Struct(fields) => Shape::Struct(fields.clone()),
        TypeKind::Sum(constructors) => Shape::Sum(constructors.clone()),
    };
    let interface = program.interface(info.interface);
    let mut maker = Maker {
        program,
        numbering,
        span: info.span,
        own,
        short: program.type_info(*id).short.clone(),
        locals: Vec::new(),
    };
    let method_name = interface.methods[method].name.as_str();
    let (params, body) = match (interface.name.as_str(), method_name) {
        ("Eq", "eq") => maker.two(|maker, a, b| maker.equal(&shape, a, b)),
        ("Ord", "compare") => {
            let kind = maker.total_order()?;
            maker.two(|maker, a, b| maker.compare(&shape, a, b, &kind))
        }
        ("Ord", "partial_compare") => {
            let kind = maker.partial_order()?;
            maker.two(|maker, a, b| maker.compare(&shape, a, b, &kind))
        }
        ("Ord", "lt") => maker.two(|maker, a, b| maker.ordered(info.interface, &["Less"], a, b)),
        ("Ord", "at_most") => {
            maker.two(|maker, a, b| maker.ordered(info.interface, &["Less", "Equal"], a, b))
        }
        ("Display", _) => maker.one(|maker, a| maker.text(&shape, a, false)),
        ("Debug", _) => maker.one(|maker, a| maker.text(&shape, a, true)),
        ("Hash", "hash_keyed") => maker.keyed(&shape),
        ("Hash", _) => maker.one(|maker, a| maker.hash(&shape, a)),
        ("Default", _) => Some((Vec::new(), maker.default(&shape)?)),
        _ => None,
    }?;
    Some(DerivedFunction { params, body, locals: maker.locals })
}

enum Shape {
    Struct(Vec<(String, Ty)>),
    Sum(Vec<(String, Vec<Ty>)>),
}

/// A way to put values in order: a method of `Ord`, and what it gives.
struct OrderKind {
    method: &'static str,
    ty: Type,
    /// The pattern of the result for values that are equal, and that result.
    same: Pattern,
    equal: Expr,
}

struct Maker<'m, 'p> {
    program: &'m Program<'p>,
    numbering: &'m mut Numbering,
    span: Span,
    own: Type,
    short: String,
    locals: Vec<Local>,
}

impl Maker<'_, '_> {
    fn expr(&self, kind: ExprKind, ty: Type) -> Expr {
        Expr { ty, span: self.span, kind }
    }

    fn pattern(&self, kind: PatternKind, ty: Type) -> Pattern {
        Pattern { ty, span: self.span, kind }
    }

    fn local(&mut self, name: &str, ty: Type) -> LocalId {
        self.locals.push(Local { name: name.to_string(), ty });
        LocalId(self.locals.len() as u32 - 1)
    }

    fn read(&self, local: LocalId) -> Expr {
        self.expr(ExprKind::Local(local, Vec::new()), self.locals[local.0 as usize].ty.clone())
    }

    fn param(&mut self, name: &str) -> Param {
        let local = self.local(name, self.own.clone());
        Param { local, ty: self.own.clone() }
    }

    fn one(&mut self, body: impl FnOnce(&mut Self, LocalId) -> Option<Expr>) -> Option<(Vec<Param>, Expr)> {
        let param = self.param("self");
        let body = body(self, param.local)?;
        Some((vec![param], body))
    }

    fn two(
        &mut self,
        body: impl FnOnce(&mut Self, LocalId, LocalId) -> Option<Expr>,
    ) -> Option<(Vec<Param>, Expr)> {
        let (a, b) = (self.param("self"), self.param("other"));
        let body = body(self, a.local, b.local)?;
        Some((vec![a, b], body))
    }

    /// A call of a method for a type.
    fn method(
        &self,
        interface: InterfaceId,
        name: &str,
        self_type: Type,
        arguments: Vec<Expr>,
        result: Type,
    ) -> Option<Expr> {
        let index =
            self.program.interface(interface).methods.iter().position(|method| method.name == name)?;
        let target =
            Target::Method { interface, arguments: Vec::new(), index, self_type, type_args: Vec::new() };
        Some(self.expr(ExprKind::Call(Callee::Target(target), arguments), result))
    }

    fn named_method(&self, interface: &str, name: &str, arguments: Vec<Expr>, result: Type) -> Option<Expr> {
        let self_type = arguments.first()?.ty.clone();
        self.method(self.program.language_interface(interface)?, name, self_type, arguments, result)
    }

    fn field(&mut self, of: LocalId, index: usize, ty: &Ty) -> Expr {
        let ty = self.numbering.convert(ty);
        let base = self.read(of);
        self.expr(ExprKind::Field(Box::new(base), index), ty)
    }

    /// A pattern for one constructor that names its payload.
    fn constructor(&mut self, index: usize, payload: &[Ty]) -> (Pattern, Vec<LocalId>) {
        let mut parts = Vec::new();
        let mut locals = Vec::new();
        for (number, ty) in payload.iter().enumerate() {
            let ty = self.numbering.convert(ty);
            let local = self.local(&format!("part {number}"), ty.clone());
            parts.push(self.pattern(PatternKind::Bind(local), ty));
            locals.push(local);
        }
        (self.pattern(PatternKind::Constructor(index, parts), self.own.clone()), locals)
    }

    fn arm(&self, pattern: Pattern, body: Expr) -> Arm {
        Arm { pattern, guard: None, body, span: self.span }
    }

    fn match_on(&self, value: Expr, arms: Vec<Arm>, ty: Type) -> Expr {
        self.expr(ExprKind::Match(Box::new(value), arms, Fallthrough::Impossible), ty)
    }

    /// A match on both values at once.
    fn match_pair(&self, a: LocalId, b: LocalId, arms: Vec<Arm>, ty: Type) -> Expr {
        let pair = Type::Tuple(vec![self.own.clone(), self.own.clone()]);
        let value = self.expr(ExprKind::Tuple(vec![self.read(a), self.read(b)]), pair);
        self.match_on(value, arms, ty)
    }

    fn pair_pattern(&self, a: Pattern, b: Pattern) -> Pattern {
        let ty = Type::Tuple(vec![a.ty.clone(), b.ty.clone()]);
        self.pattern(PatternKind::Tuple(vec![a, b]), ty)
    }

    fn wildcard(&self, ty: Type) -> Pattern {
        self.pattern(PatternKind::Wildcard, ty)
    }

    fn boolean(&self, value: bool) -> Expr {
        self.expr(ExprKind::Bool(value), Type::Bool)
    }

    // Eq

    fn equal_parts(&self, pairs: Vec<(Expr, Expr)>) -> Option<Expr> {
        let mut all: Option<Expr> = None;
        for (a, b) in pairs {
            let same = self.named_method("Eq", "eq", vec![a, b], Type::Bool)?;
            all = Some(match all {
                None => same,
                Some(before) => self.expr(ExprKind::And(Box::new(before), Box::new(same)), Type::Bool),
            });
        }
        Some(all.unwrap_or_else(|| self.boolean(true)))
    }

    fn equal(&mut self, shape: &Shape, a: LocalId, b: LocalId) -> Option<Expr> {
        match shape {
            Shape::Struct(fields) => {
                let pairs = fields
                    .iter()
                    .enumerate()
                    .map(|(index, (_, ty))| (self.field(a, index, ty), self.field(b, index, ty)))
                    .collect();
                self.equal_parts(pairs)
            }
            Shape::Sum(constructors) => {
                let mut arms = Vec::new();
                for (index, (_, payload)) in constructors.iter().enumerate() {
                    let (left, left_parts) = self.constructor(index, payload);
                    let (right, right_parts) = self.constructor(index, payload);
                    let pairs = left_parts
                        .iter()
                        .zip(&right_parts)
                        .map(|(a, b)| (self.read(*a), self.read(*b)))
                        .collect();
                    let body = self.equal_parts(pairs)?;
                    arms.push(self.arm(self.pair_pattern(left, right), body));
                }
                if constructors.len() != 1 {
                    let any =
                        self.pair_pattern(self.wildcard(self.own.clone()), self.wildcard(self.own.clone()));
                    arms.push(self.arm(any, self.boolean(false)));
                }
                Some(self.match_pair(a, b, arms, Type::Bool))
            }
        }
    }

    // Ord

    fn ordering(&self) -> Option<Type> {
        match self.program.standard_type("Ordering")? {
            crate::program::TypeName::Type(id) => Some(Type::Named(id, Vec::new())),
            crate::program::TypeName::Alias(_) => None,
        }
    }

    fn ordering_index(&self, name: &str) -> Option<usize> {
        match self.ordering()? {
            Type::Named(id, _) => self.program.constructor_index(id, name),
            _ => None,
        }
    }

    /// `compare`.
    fn total_order(&self) -> Option<OrderKind> {
        let ordering = self.ordering()?;
        let equal = self.ordering_index("Equal")?;
        Some(OrderKind {
            method: "compare",
            same: self.pattern(PatternKind::Constructor(equal, Vec::new()), ordering.clone()),
            equal: self.expr(ExprKind::Construct(equal, Vec::new()), ordering.clone()),
            ty: ordering,
        })
    }

    /// `partial_compare`, whose results are those of `compare` in an Option.
    fn partial_order(&self) -> Option<OrderKind> {
        let total = self.total_order()?;
        let crate::program::TypeName::Type(option) = self.program.standard_type("Option")? else {
            return None;
        };
        let some = self.program.constructor_index(option, "Some")?;
        let ty = Type::Named(option, vec![total.ty]);
        Some(OrderKind {
            method: "partial_compare",
            same: self.pattern(PatternKind::Constructor(some, vec![total.same]), ty.clone()),
            equal: self.expr(ExprKind::Construct(some, vec![total.equal]), ty.clone()),
            ty,
        })
    }

    /// The first difference decides.
    fn compare_parts(&mut self, pairs: Vec<(Expr, Expr)>, kind: &OrderKind) -> Option<Expr> {
        let mut result: Option<Expr> = None;
        for (a, b) in pairs.into_iter().rev() {
            let compared = self.named_method("Ord", kind.method, vec![a, b], kind.ty.clone())?;
            result = Some(match result {
                None => compared,
                Some(next) => {
                    let local = self.local("difference", kind.ty.clone());
                    let different = self.pattern(PatternKind::Bind(local), kind.ty.clone());
                    let arms = vec![self.arm(kind.same.clone(), next), self.arm(different, self.read(local))];
                    self.match_on(compared, arms, kind.ty.clone())
                }
            });
        }
        Some(result.unwrap_or_else(|| kind.equal.clone()))
    }

    fn compare(&mut self, shape: &Shape, a: LocalId, b: LocalId, kind: &OrderKind) -> Option<Expr> {
        match shape {
            Shape::Struct(fields) => {
                let pairs = fields
                    .iter()
                    .enumerate()
                    .map(|(index, (_, ty))| (self.field(a, index, ty), self.field(b, index, ty)))
                    .collect();
                self.compare_parts(pairs, kind)
            }
            Shape::Sum(constructors) => {
                let mut arms = Vec::new();
                for (index, (_, payload)) in constructors.iter().enumerate() {
                    // Without payload the positions decide, which the last arm compares.
                    if payload.is_empty() {
                        continue;
                    }
                    let (left, left_parts) = self.constructor(index, payload);
                    let (right, right_parts) = self.constructor(index, payload);
                    let pairs = left_parts
                        .iter()
                        .zip(&right_parts)
                        .map(|(a, b)| (self.read(*a), self.read(*b)))
                        .collect();
                    let body = self.compare_parts(pairs, kind)?;
                    arms.push(self.arm(self.pair_pattern(left, right), body));
                }
                if constructors.len() != 1 || arms.is_empty() {
                    let positions = vec![self.position(constructors, a), self.position(constructors, b)];
                    let body = self.named_method("Ord", kind.method, positions, kind.ty.clone())?;
                    if arms.is_empty() {
                        return Some(body);
                    }
                    let any =
                        self.pair_pattern(self.wildcard(self.own.clone()), self.wildcard(self.own.clone()));
                    arms.push(self.arm(any, body));
                }
                Some(self.match_pair(a, b, arms, kind.ty.clone()))
            }
        }
    }

    /// The number of a value's constructor.
    fn position(&self, constructors: &[(String, Vec<Ty>)], of: LocalId) -> Expr {
        let arms = constructors
            .iter()
            .enumerate()
            .map(|(index, (_, payload))| {
                let parts = payload.iter().map(|_| self.wildcard(Type::Unit)).collect::<Vec<_>>();
                let parts =
                    parts.into_iter().zip(self.payload_types(index)).map(|(part, ty)| Pattern { ty, ..part });
                let pattern =
                    self.pattern(PatternKind::Constructor(index, parts.collect()), self.own.clone());
                self.arm(pattern, self.expr(ExprKind::Int(index as i64), Type::Int))
            })
            .collect();
        self.match_on(self.read(of), arms, Type::Int)
    }

    fn payload_types(&self, index: usize) -> Vec<Type> {
        let Type::Named(id, _) = &self.own else { return Vec::new() };
        let info = self.program.type_info(*id);
        // The type's own parameters are the first of the impl, in the same order.
        let mut numbering = Numbering::new(info.params.iter().copied());
        match &info.kind {
            TypeKind::Sum(constructors) => {
                constructors[index].1.iter().map(|ty| numbering.convert(ty)).collect()
            }
            TypeKind::Struct(_) => Vec::new(),
        }
    }

    /// Is the outcome of `partial_compare` one of these?
    fn ordered(&mut self, interface: InterfaceId, outcomes: &[&str], a: LocalId, b: LocalId) -> Option<Expr> {
        let kind = self.partial_order()?;
        let arguments = vec![self.read(a), self.read(b)];
        let compared = self.method(interface, kind.method, self.own.clone(), arguments, kind.ty.clone())?;
        let mut arms = Vec::new();
        for outcome in outcomes {
            let index = self.ordering_index(outcome)?;
            let mut pattern = kind.same.clone();
            if let PatternKind::Constructor(_, parts) = &mut pattern.kind {
                parts[0].kind = PatternKind::Constructor(index, Vec::new());
            }
            arms.push(self.arm(pattern, self.boolean(true)));
        }
        arms.push(self.arm(self.wildcard(kind.ty), self.boolean(false)));
        Some(self.match_on(compared, arms, Type::Bool))
    }

    // Display and Debug

    fn string(&self, text: &str) -> Expr {
        self.expr(ExprKind::String(text.to_string()), Type::String)
    }

    fn shown(&self, value: Expr, ty: &Ty, debug: bool) -> Option<Expr> {
        let interface =
            if debug { self.program.language_interface("Debug")? } else { self.program.shown_by(ty)? };
        if !debug && value.ty == Type::String {
            return Some(value);
        }
        let method = self.program.interface(interface).methods.first()?.name.clone();
        let self_type = value.ty.clone();
        self.method(interface, &method, self_type, vec![value], Type::String)
    }

    fn concat(&self, mut parts: Vec<Expr>) -> Expr {
        match parts.len() {
            1 => parts.remove(0),
            _ => self.expr(ExprKind::Concat(parts), Type::String),
        }
    }

    fn text(&mut self, shape: &Shape, value: LocalId, debug: bool) -> Option<Expr> {
        let name = self.short.clone();
        match shape {
            Shape::Struct(fields) => {
                if fields.is_empty() {
                    return Some(self.string(&if debug {
                        format!("{name} {{}}")
                    } else {
                        format!("{name}()")
                    }));
                }
                let (open, close) = if debug { (" { ", " }") } else { ("(", ")") };
                let mut parts = Vec::new();
                for (index, (field, ty)) in fields.iter().enumerate() {
                    let before = if index == 0 { format!("{name}{open}") } else { ", ".to_string() };
                    parts.push(self.string(&if debug { format!("{before}{field}: ") } else { before }));
                    let part = self.field(value, index, ty);
                    parts.push(self.shown(part, ty, debug)?);
                }
                parts.push(self.string(close));
                Some(self.concat(parts))
            }
            Shape::Sum(constructors) => {
                let mut arms = Vec::new();
                for (index, (name, payload)) in constructors.iter().enumerate() {
                    let (pattern, locals) = self.constructor(index, payload);
                    let mut parts = Vec::new();
                    for (number, (local, ty)) in locals.iter().zip(payload).enumerate() {
                        parts.push(self.string(&if number == 0 {
                            format!("{name}(")
                        } else {
                            ", ".to_string()
                        }));
                        parts.push(self.shown(self.read(*local), ty, debug)?);
                    }
                    parts.push(self.string(if payload.is_empty() { name } else { ")" }));
                    let body = self.concat(parts);
                    arms.push(self.arm(pattern, body));
                }
                Some(self.match_on(self.read(value), arms, Type::String))
            }
        }
    }

    // Hash

    fn combine(&self, hash: Expr, part: Expr) -> Option<Expr> {
        let next = self.named_method("Hash", "hash", vec![part], Type::Int)?;
        let combine = self.program.library_function("Prelude", "hash_combine", 2)?;
        let target = Target::Function(combine, Vec::new());
        Some(self.expr(ExprKind::Call(Callee::Target(target), vec![hash, next]), Type::Int))
    }

    fn hash(&mut self, shape: &Shape, value: LocalId) -> Option<Expr> {
        let start = self.expr(ExprKind::Int(HASH_START), Type::Int);
        match shape {
            Shape::Struct(fields) => {
                let mut hash = start;
                for (index, (_, ty)) in fields.iter().enumerate() {
                    let part = self.field(value, index, ty);
                    hash = self.combine(hash, part)?;
                }
                Some(hash)
            }
            Shape::Sum(constructors) => {
                let mut arms = Vec::new();
                for (index, (_, payload)) in constructors.iter().enumerate() {
                    let (pattern, locals) = self.constructor(index, payload);
                    let mut hash =
                        self.combine(start.clone(), self.expr(ExprKind::Int(index as i64), Type::Int))?;
                    for local in locals {
                        hash = self.combine(hash, self.read(local))?;
                    }
                    arms.push(self.arm(pattern, hash));
                }
                Some(self.match_on(self.read(value), arms, Type::Int))
            }
        }
    }

    /// Parts go into the state one after the other; a sum's constructor goes first.
    fn keyed(&mut self, shape: &Shape) -> Option<(Vec<Param>, Expr)> {
        let value = self.param("self");
        let state = Param { local: self.local("state", Type::Int), ty: Type::Int };
        let start = self.read(state.local);
        let body = match shape {
            Shape::Struct(fields) => {
                let mut hash = start;
                for (index, (_, ty)) in fields.iter().enumerate() {
                    let part = self.field(value.local, index, ty);
                    hash = self.named_method("Hash", "hash_keyed", vec![part, hash], Type::Int)?;
                }
                hash
            }
            Shape::Sum(constructors) => {
                let mut arms = Vec::new();
                for (index, (_, payload)) in constructors.iter().enumerate() {
                    let (pattern, locals) = self.constructor(index, payload);
                    let number = self.expr(ExprKind::Int(index as i64), Type::Int);
                    let mut hash =
                        self.named_method("Hash", "hash_keyed", vec![number, start.clone()], Type::Int)?;
                    for local in locals {
                        let part = self.read(local);
                        hash = self.named_method("Hash", "hash_keyed", vec![part, hash], Type::Int)?;
                    }
                    arms.push(self.arm(pattern, hash));
                }
                self.match_on(self.read(value.local), arms, Type::Int)
            }
        };
        Some((vec![value, state], body))
    }

    // Default

    fn default(&mut self, shape: &Shape) -> Option<Expr> {
        let Shape::Struct(fields) = shape else { return None };
        let interface = self.program.language_interface("Default")?;
        let method = self.program.interface(interface).methods.first()?.name.clone();
        let mut values = Vec::new();
        for (index, (_, ty)) in fields.iter().enumerate() {
            let ty = self.numbering.convert(ty);
            values.push((index, self.method(interface, &method, ty.clone(), Vec::new(), ty)?));
        }
        Some(self.expr(ExprKind::Struct(values), self.own.clone()))
    }
}
