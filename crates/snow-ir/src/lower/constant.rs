//! Constants: the value of a top-level `let`, and literals of constants, become static objects where they
//! can be computed at compile time; others are made at each use.

use crate::ir::{BinaryOp, Class, Op, Static, StaticWord, UnaryOp, Value};
use crate::layout::Layout;
use crate::lower::extern_functions::array_object;
use crate::lower::function::FunctionLowering;
use crate::lower::monomorphise::Work;
use crate::lower::primitive::Primitive;
use crate::lower::static_dispatch::Resolved;
use crate::lower::types::{self, Substitution};
use snow_abi::{Kind, header, immediate};
use snow_check::hir::visit::{Visitor, walk_expr};
use snow_check::hir::{Callee, ConstId, Expr, ExprKind, Type};

/// With its type arguments.
pub(crate) type Constant = (ConstId, Vec<Type>);

/// A value that nests deeper is made when the program runs.
const DEEPEST: u32 = 100;

/// Joined texts and Bytes that are longer are made when the program runs: constants that double each other have lengths
/// beyond every memory.
const LONGEST: usize = 1 << 20;

/// A list literal of constants as one static object.
pub(crate) fn list<'p>(
    lowering: &mut FunctionLowering<'_, 'p>,
    elements: &'p [Expr],
    ty: &Type,
) -> Option<StaticWord> {
    lowering.static_list(elements, ty, 0)
}

impl<'p> FunctionLowering<'_, 'p> {
    /// The value of a top-level `let` or of a field's default, at the types that stand here.
    pub fn constant(&mut self, constant: ConstId, types: &[Type]) -> Value {
        let constant = (constant, self.substitution.apply_all(types));
        let definition = &self.context.program.constants[constant.0.0 as usize];
        let outside = std::mem::replace(&mut self.substitution, Substitution::of(&constant.1));
        let class = self.class_of(&definition.ty);
        let value = match self.constant_word(&constant) {
            Some(word) => self.word_value(word, class),
            None => self.constant_made_here(constant, class),
        };
        self.substitution = outside;
        value
    }

    /// Not an object that can lie ready: made anew at each use. In place, unless it uses others of its kind, which
    /// would all be written out with it.
    fn constant_made_here(&mut self, constant: Constant, class: Class) -> Value {
        let definition = &self.context.program.constants[constant.0.0 as usize];
        let inside = self.constants_in(&definition.value);
        if inside.iter().any(|inner| self.constant_word(inner).is_none()) {
            let function = self.context.function(Work::Constant(constant.0, constant.1));
            return self.builder.emit(Op::Call { function, arguments: Vec::new() }, class);
        }
        let file = std::mem::replace(&mut self.builder.file, definition.file as u32);
        let value = self.expr(&definition.value, false);
        self.builder.file = file;
        value
    }

    /// The value of a constant, if it can be had at compile time. Those that it uses come first, however long the chain.
    fn constant_word(&mut self, constant: &Constant) -> Option<StaticWord> {
        let program = self.context.program;
        let outside = self.substitution.clone();
        let mut waiting = vec![constant.clone()];
        while let Some(next) = waiting.last().cloned() {
            if self.context.constant_words.contains_key(&next) {
                waiting.pop();
                continue;
            }
            self.substitution = Substitution::of(&next.1);
            let value = &program.constants[next.0.0 as usize].value;
            let mut inside = self.constants_in(value);
            inside.retain(|inner| !self.context.constant_words.contains_key(inner));
            if inside.is_empty() {
                let word = self.evaluate(value, 0);
                self.context.constant_words.insert(next, word);
                waiting.pop();
            } else {
                waiting.append(&mut inside);
            }
        }
        self.substitution = outside;
        self.context.constant_words.get(constant).cloned().flatten()
    }

    /// The constants that a constant expression uses, in the order of its parts.
    fn constants_in(&self, expr: &Expr) -> Vec<Constant> {
        struct Found<'s>(&'s Substitution, Vec<Constant>);
        impl Visitor for Found<'_> {
            fn visit_expr(&mut self, expr: &Expr) {
                match &expr.kind {
                    ExprKind::Const(constant, types) => self.1.push((*constant, self.0.apply_all(types))),
                    _ => walk_expr(self, expr),
                }
            }
        }
        let mut found = Found(&self.substitution, Vec::new());
        found.visit_expr(expr);
        found.1
    }

    /// A word of a static object as a value.
    pub fn word_value(&mut self, word: StaticWord, class: Class) -> Value {
        match (word, class) {
            (StaticWord::Static(id), _) => self.builder.static_object(id),
            (StaticWord::Raw(word), Class::Float) => self.builder.emit(Op::Float(word), Class::Float),
            (StaticWord::Raw(word), Class::Bool) => self.builder.bool(word != 0),
            (StaticWord::Raw(word), Class::Ref) => {
                self.builder.emit(Op::Immediate((word >> 1) as u32), Class::Ref)
            }
            (StaticWord::Raw(word), _) => self.builder.int(word as i64),
            (StaticWord::Function(id), _) => self.builder.emit(Op::FunctionAddress(id), Class::Int),
        }
    }

    /// The value of an expression, if it can be had at compile time.
    fn evaluate(&mut self, expr: &'p Expr, depth: u32) -> Option<StaticWord> {
        if depth > DEEPEST {
            return None;
        }
        let depth = depth + 1;
        Some(match &expr.kind {
            ExprKind::Int(number) => StaticWord::Raw(*number as u64),
            ExprKind::Float(number) => StaticWord::Raw(number.to_bits()),
            ExprKind::Bool(value) => StaticWord::Raw(u64::from(*value)),
            ExprKind::Unit => StaticWord::Raw(0),
            ExprKind::String(text) => StaticWord::Static(self.context.static_bytes(text.as_bytes())),
            ExprKind::Const(constant, types) => {
                let constant = (*constant, self.substitution.apply_all(types));
                return self.constant_word(&constant);
            }
            ExprKind::Block(block) => match (&block.statements[..], &block.value) {
                ([], Some(value)) => return self.evaluate(value, depth),
                _ => return None,
            },
            ExprKind::Construct(index, arguments) => {
                let ty = self.substitution.apply(&expr.ty);
                match (types::class(self.context.program, &ty), &arguments[..]) {
                    (Class::Int, _) => StaticWord::Raw(*index as u64),
                    (_, []) => StaticWord::Raw(immediate(*index as u32)),
                    _ => return self.static_object(*index as u32, arguments.iter(), depth),
                }
            }
            ExprKind::Tuple(parts) => return self.static_object(0, parts.iter(), depth),
            ExprKind::Struct(fields) => {
                let mut ordered: Vec<&(usize, Expr)> = fields.iter().collect();
                ordered.sort_by_key(|(index, _)| *index);
                return self.static_object(0, ordered.into_iter().map(|(_, value)| value), depth);
            }
            ExprKind::List(elements) => return self.static_list(elements, &expr.ty, depth),
            ExprKind::Concat(parts) => {
                let mut joined = Vec::new();
                for part in parts {
                    let StaticWord::Static(id) = self.evaluate(part, depth)? else { return None };
                    joined.extend_from_slice(self.context.bytes_of(id)?);
                    if joined.len() > LONGEST {
                        return None;
                    }
                }
                StaticWord::Static(self.context.static_bytes(&joined))
            }
            ExprKind::Function(target) => {
                let ty = self.substitution.apply(&expr.ty);
                let resolved = self.resolve(target);
                if !matches!(ty, Type::Fun(..)) {
                    return None;
                }
                let function = self.context.function(Work::Value(resolved, ty));
                StaticWord::Static(self.context.static_closure(function))
            }
            ExprKind::Call(Callee::Target(target), arguments) => {
                let Resolved::Primitive(primitive) = self.resolve(target) else { return None };
                let words: Option<Vec<u64>> = arguments
                    .iter()
                    .map(|argument| match self.evaluate(argument, depth) {
                        Some(StaticWord::Raw(word)) => Some(word),
                        _ => None,
                    })
                    .collect();
                StaticWord::Raw(compute(primitive, &words?)?)
            }
            _ => return None,
        })
    }

    fn static_object(
        &mut self,
        tag: u32,
        fields: impl Iterator<Item = &'p Expr>,
        depth: u32,
    ) -> Option<StaticWord> {
        let mut words = Vec::new();
        let mut classes = Vec::new();
        for field in fields {
            words.push(self.evaluate(field, depth)?);
            classes.push(self.class_of(&field.ty));
        }
        let layout = Layout::fixed(&classes);
        let words = layout.order.iter().map(|field| words[*field].clone()).collect();
        let object = Static::Object { header: layout.fixed_header(tag), words };
        Some(StaticWord::Static(self.context.static_object(object)))
    }

    fn static_list(&mut self, elements: &'p [Expr], ty: &Type, depth: u32) -> Option<StaticWord> {
        let mut words = Vec::new();
        for element in elements {
            words.push(self.evaluate(element, depth + 1)?);
        }
        let length = words.len() as u64;
        let references = self.list_element(ty) == Class::Ref;
        let array = self.context.static_object(array_object(references, words));
        let places = self.list_words();
        let mut words = vec![StaticWord::Static(array), StaticWord::Raw(0), StaticWord::Raw(0)];
        words[places.length as usize - 1] = StaticWord::Raw(length);
        let header = header(Kind::Fixed, 0, 3, 1);
        Some(StaticWord::Static(self.context.static_object(Static::Object { header, words })))
    }
}

/// An operator on words that are known.
fn compute(primitive: Primitive, words: &[u64]) -> Option<u64> {
    let float = |word: u64| f64::from_bits(word);
    Some(match (primitive, words) {
        (Primitive::Unary(UnaryOp::Negate), [a]) => a.wrapping_neg(),
        (Primitive::Unary(UnaryOp::FloatNegate), [a]) => (-float(*a)).to_bits(),
        (Primitive::Binary(op), [a, b]) => match op {
            BinaryOp::Add => a.wrapping_add(*b),
            BinaryOp::Subtract => a.wrapping_sub(*b),
            BinaryOp::Multiply => a.wrapping_mul(*b),
            BinaryOp::FloatAdd => (float(*a) + float(*b)).to_bits(),
            BinaryOp::FloatSubtract => (float(*a) - float(*b)).to_bits(),
            BinaryOp::FloatMultiply => (float(*a) * float(*b)).to_bits(),
            BinaryOp::FloatDivide => (float(*a) / float(*b)).to_bits(),
            _ => return None,
        },
        // Division that fails does so when the program runs.
        (Primitive::Divide, [a, b]) => (*a as i64).checked_div(*b as i64)? as u64,
        (Primitive::Remainder, [a, b]) => (*a as i64).checked_rem(*b as i64)? as u64,
        _ => return None,
    })
}
