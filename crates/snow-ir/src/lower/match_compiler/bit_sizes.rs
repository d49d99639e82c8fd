//! What is known of the sizes of segments. Those that are worked out when the program runs, like `32 * masked` or what
//! a small function chooses, are often a few numbers: each of them can be read as quickly as one that is written down.

use crate::ir::{BinaryOp, UnaryOp};
use crate::lower::function::FunctionLowering;
use crate::lower::primitive::Primitive;
use crate::lower::static_dispatch::Resolved;
use snow_check::hir::visit::{Visitor, walk_expr};
use snow_check::hir::{
    BitSegment, BitSize, Callee, Expr, ExprKind, FnKind, LocalId, Pattern, PatternKind, Type,
};
use std::collections::{BTreeSet, HashMap};

/// More numbers than that count as any.
const MOST_VALUES: usize = 8;
/// How far calls are followed.
const MOST_CALLS: u32 = 3;
/// Expressions that are looked at for one size.
const MOST_STEPS: u32 = 200;

/// The numbers that an expression can be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sizes {
    /// All of them; `None` where there are many.
    pub values: Option<Vec<i64>>,
    /// Are all of them multiples of 8?
    pub whole_bytes: bool,
}

impl Sizes {
    const ANY: Sizes = Sizes { values: None, whole_bytes: false };

    fn of(values: BTreeSet<i64>) -> Sizes {
        let whole_bytes = values.iter().all(|value| value % 8 == 0);
        let few = values.len() <= MOST_VALUES;
        Sizes { values: few.then(|| values.into_iter().collect()), whole_bytes }
    }

    /// Of a number that was read from so many bits.
    pub fn of_bits(bits: u64, signed: bool) -> Sizes {
        match bits {
            0..=3 if !signed => Sizes::of((0..1 << bits).collect()),
            _ => Sizes::ANY,
        }
    }

    fn or(self, other: Sizes) -> Sizes {
        match (&self.values, &other.values) {
            (Some(a), Some(b)) => Sizes::of(a.iter().chain(b).copied().collect()),
            _ => Sizes { values: None, whole_bytes: self.whole_bytes && other.whole_bytes },
        }
    }

    fn combined(self, op: BinaryOp, other: Sizes) -> Sizes {
        let compute = match op {
            BinaryOp::Add => i64::wrapping_add,
            BinaryOp::Subtract => i64::wrapping_sub,
            BinaryOp::Multiply => i64::wrapping_mul,
            _ => return Sizes::ANY,
        };
        if let (Some(a), Some(b)) = (&self.values, &other.values) {
            return Sizes::of(a.iter().flat_map(|a| b.iter().map(move |b| compute(*a, *b))).collect());
        }
        let whole_bytes = match op {
            BinaryOp::Multiply => self.whole_bytes || other.whole_bytes,
            _ => self.whole_bytes && other.whole_bytes,
        };
        Sizes { values: None, whole_bytes }
    }
}

impl FunctionLowering<'_, '_> {
    /// The numbers that a size can be, where names stand for these.
    pub fn sizes_of(&mut self, expr: &Expr, names: &HashMap<LocalId, Sizes>) -> Sizes {
        self.sizes_within(expr, names, MOST_CALLS, &mut MOST_STEPS.clone())
    }

    fn sizes_within(
        &mut self,
        expr: &Expr,
        names: &HashMap<LocalId, Sizes>,
        calls: u32,
        steps: &mut u32,
    ) -> Sizes {
        *steps = steps.saturating_sub(1);
        if *steps == 0 {
            return Sizes::ANY;
        }
        // Of what does not return there is no number.
        if expr.ty == Type::Never {
            return Sizes::of(BTreeSet::new());
        }
        match &expr.kind {
            ExprKind::Int(number) => Sizes::of(BTreeSet::from([*number])),
            ExprKind::Local(local, _) => names.get(local).cloned().unwrap_or(Sizes::ANY),
            ExprKind::Const(constant, _) => {
                let program = self.context.program;
                let value = &program.constants[constant.0 as usize].value;
                self.sizes_within(value, &HashMap::new(), calls, steps)
            }
            ExprKind::Block(block) => match (&block.statements[..], &block.value) {
                ([], Some(value)) => self.sizes_within(value, names, calls, steps),
                _ => Sizes::ANY,
            },
            ExprKind::If(_, then, otherwise) => {
                let then = self.sizes_within(then, names, calls, steps);
                then.or(self.sizes_within(otherwise, names, calls, steps))
            }
            ExprKind::Match(_, arms, _) => {
                let all = arms.iter().map(|arm| self.sizes_within(&arm.body, names, calls, steps));
                all.reduce(Sizes::or).unwrap_or(Sizes::ANY)
            }
            ExprKind::Call(Callee::Target(target), arguments) => {
                let resolved = self.resolve(target);
                let of_arguments: Vec<Sizes> = arguments
                    .iter()
                    .map(|argument| self.sizes_within(argument, names, calls, steps))
                    .collect();
                self.sizes_of_call(resolved, of_arguments, calls, steps)
            }
            _ => Sizes::ANY,
        }
    }

    fn sizes_of_call(
        &mut self,
        resolved: Resolved,
        arguments: Vec<Sizes>,
        calls: u32,
        steps: &mut u32,
    ) -> Sizes {
        match resolved {
            Resolved::Primitive(Primitive::Binary(op)) => match <[Sizes; 2]>::try_from(arguments) {
                Ok([a, b]) => a.combined(op, b),
                Err(_) => Sizes::ANY,
            },
            Resolved::Primitive(Primitive::Unary(UnaryOp::Negate)) => match <[Sizes; 1]>::try_from(arguments)
            {
                Ok([a]) => Sizes::of(BTreeSet::from([0])).combined(BinaryOp::Subtract, a),
                Err(_) => Sizes::ANY,
            },
            Resolved::Function(function, _) if calls > 0 => {
                let program = self.context.program;
                let definition = &program.functions[function.0 as usize];
                match &definition.kind {
                    FnKind::Body(body) if definition.type_params == 0 && !leaves_early(body, steps) => {
                        let params = definition.params.iter().map(|param| param.local);
                        self.sizes_within(body, &params.zip(arguments).collect(), calls - 1, steps)
                    }
                    _ => Sizes::ANY,
                }
            }
            _ => Sizes::ANY,
        }
    }
}

/// May a function end with a value other than that of its body?
fn leaves_early(body: &Expr, steps: &mut u32) -> bool {
    struct Leaving<'s> {
        found: bool,
        steps: &'s mut u32,
    }
    impl Visitor for Leaving<'_> {
        fn visit_expr(&mut self, expr: &Expr) {
            *self.steps = self.steps.saturating_sub(1);
            self.found |= *self.steps == 0 || matches!(expr.kind, ExprKind::Return(_) | ExprKind::Try { .. });
            if !self.found {
                walk_expr(self, expr);
            }
        }
    }
    let mut leaving = Leaving { found: false, steps };
    leaving.visit_expr(body);
    leaving.found
}

/// In bits, of a segment whose size is known.
pub(super) fn fixed_size(segment: &BitSegment<Pattern>) -> u64 {
    match (&segment.size, &segment.value.kind) {
        (BitSize::Bits(bits), _) => u64::from(*bits),
        (BitSize::Text, PatternKind::String(text)) => 8 * text.len() as u64,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn few(values: &[i64]) -> Sizes {
        Sizes::of(values.iter().copied().collect())
    }

    #[test]
    fn a_bit_times_a_number_is_one_of_two() {
        let product = few(&[32]).combined(BinaryOp::Multiply, Sizes::of_bits(1, false));
        assert_eq!(product, Sizes { values: Some(vec![0, 32]), whole_bytes: true });
    }

    #[test]
    fn many_numbers_are_any_but_may_be_whole_bytes() {
        let product = Sizes::of_bits(7, false).combined(BinaryOp::Multiply, few(&[8]));
        assert_eq!(product, Sizes { values: None, whole_bytes: true });
        assert_eq!(product.clone().combined(BinaryOp::Add, few(&[4])), Sizes::ANY);
        assert_eq!(product.combined(BinaryOp::Add, few(&[16])), Sizes { values: None, whole_bytes: true });
    }

    #[test]
    fn signed_numbers_are_any() {
        assert_eq!(Sizes::of_bits(1, true), Sizes::ANY);
    }
}
