//! Leaves: literals, and the smallest values of other types.

use super::{Generator, Wish};
use crate::library;
use crate::program::{BinaryOperator, Callee, Expression, Head, Kind, Style, Type};

const INTS: &[i64] = &[
    0,
    1,
    2,
    3,
    5,
    7,
    8,
    10,
    16,
    31,
    32,
    63,
    64,
    65,
    100,
    127,
    128,
    255,
    256,
    257,
    1000,
    65535,
    65536,
    1 << 31,
    1 << 32,
    1 << 52,
    (1 << 53) + 1,
    i64::MAX,
    i64::MAX - 1,
    i64::MIN,
    -1,
    -2,
    -3,
    -8,
    -64,
    -128,
    -129,
    -1000,
    -(1 << 31),
];

const FLOATS: &[f64] = &[
    0.0,
    1.0,
    0.5,
    1.5,
    2.0,
    3.25,
    10.0,
    100.0,
    0.1,
    1e-3,
    1e10,
    1e21,
    1e300,
    4.9e-324,
    9007199254740993.0,
    9.3e18,
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "ab",
    "abc",
    "z",
    "Hello",
    "é",
    "größe",
    "日本語",
    "😀",
    "a😀b",
    "ẞß",
    " x ",
    "-12",
    "42",
    "3.5",
    "a,b,,c",
    "line\nline",
    "tab\there",
    "\"quoted\"",
    "back\\slash",
    "${no}",
    "İ",
    "nul\0nul",
    "a b c d e f g h i j k l m n o p",
];

impl Generator {
    pub fn literal(&mut self, ty: &Type, wish: Wish) -> Expression {
        let leaf = |generator: &mut Generator, ty: &Type| generator.leaf(ty, wish.deeper());
        let kind = match ty.head {
            Head::Int => return self.int_literal(),
            Head::Float => return self.float_literal(),
            Head::Bool => Kind::Bool(self.random.one_in(2)),
            Head::String => Kind::String(self.random.pick(TEXTS).into()),
            Head::Bytes => Kind::Bytes(self.some_bytes()),
            Head::Unit => Kind::Unit,
            Head::Range => {
                let first = self.random.below(6) as i64 - 2;
                let stop = first + self.random.below(6) as i64 - 1;
                Kind::Binary(
                    BinaryOperator::Range,
                    Box::new(Expression::int(first)),
                    Box::new(Expression::int(stop)),
                )
            }
            Head::Tuple => Kind::Tuple(ty.arguments.iter().map(|part| leaf(self, part)).collect()),
            Head::List => {
                let count = if wish.known { self.random.below(3) } else { self.random.between(1, 2) };
                Kind::List((0..count).map(|_| leaf(self, &ty.arguments[0])).collect())
            }
            Head::Map => {
                let count = if wish.known { self.random.below(3) } else { 1 };
                let pair = |generator: &mut Generator| {
                    (leaf(generator, &ty.arguments[0]), leaf(generator, &ty.arguments[1]))
                };
                Kind::Map((0..count).map(|_| pair(self)).collect())
            }
            Head::Set => {
                let list = self.literal(&Type::list(ty.arguments[0].clone()), wish.deeper());
                return self.library("Set.from_list", vec![list], ty);
            }
            Head::Cell => {
                let value = leaf(self, &ty.arguments[0]);
                return self.library("Cell.new", vec![value], ty);
            }
            Head::Buffer => {
                let bytes = Expression::new(Type::plain(Head::Bytes), Kind::Bytes(self.some_bytes()));
                return self.library("Buffer.from_bytes", vec![bytes], ty);
            }
            Head::Vector => {
                let byte = self.int_literal();
                return self.library("U8x16.splat", vec![byte], ty);
            }
            Head::Function => return self.closure(ty, Wish { depth: 0, ..wish }),
            Head::Declared(declaration) => return self.smallest(ty, declaration, wish),
            Head::Actor(_) | Head::Service(_) => return self.start(ty, wish),
            Head::Parameter(_) | Head::Never => return self.panic(ty),
        };
        Expression::new(ty.clone(), kind)
    }

    /// A variable, or a literal.
    pub fn leaf(&mut self, ty: &Type, wish: Wish) -> Expression {
        if (matches!(ty.head, Head::Parameter(_)) || self.random.one_in(2))
            && let Some(variable) = self.variable(ty)
        {
            return variable;
        }
        if self.random.one_in(3)
            && let Some(constant) = self.some_constant(ty)
        {
            return constant;
        }
        self.literal(ty, wish)
    }

    pub fn variable(&mut self, ty: &Type) -> Option<Expression> {
        let level = self.context.level;
        let fitting: Vec<u32> = self
            .scope
            .variables()
            .iter()
            .filter(|variable| variable.ty == *ty && (ty.head != Head::Vector || variable.level == level))
            .map(|variable| variable.name)
            .collect();
        // The latest ones are the likeliest.
        let latest = fitting.len().checked_sub(1)?;
        let position = latest - self.random.below(fitting.len()).min(self.random.below(fitting.len()));
        Some(Expression::variable(fitting[position], ty.clone()))
    }

    pub fn some_constant(&mut self, ty: &Type) -> Option<Expression> {
        let constants = &self.program.constants;
        let fitting: Vec<usize> = (0..constants.len()).filter(|at| constants[*at].value.ty == *ty).collect();
        (!fitting.is_empty()).then(|| Expression::new(ty.clone(), Kind::Constant(self.random.pick(&fitting))))
    }

    fn int_literal(&mut self) -> Expression {
        Expression::int(match self.random.below(4) {
            0 => self.random.pick(INTS),
            1 => self.random.number() as i64 >> self.random.below(64),
            _ => self.random.below(12) as i64 - 2,
        })
    }

    /// Numbers that are not finite are written as divisions.
    fn float_literal(&mut self) -> Expression {
        let ty = Type::plain(Head::Float);
        let literal = |number: f64| Expression::new(ty.clone(), Kind::Float(number));
        match self.random.below(10) {
            0 => {
                let dividend = self.random.pick(&[0.0, 1.0, -1.0]);
                self.used("NaN and infinities");
                Expression::binary(ty.clone(), BinaryOperator::Divide, literal(dividend), literal(0.0))
            }
            1 => literal(-self.random.pick(FLOATS)),
            _ => literal(self.random.pick(FLOATS)),
        }
    }

    pub fn some_bytes(&mut self) -> Vec<u8> {
        let count = match self.random.below(8) {
            0 => 0,
            1 => self.random.between(16, 40),
            _ => self.random.between(1, 9),
        };
        (0..count)
            .map(|_| {
                if self.random.one_in(3) {
                    self.random.pick(&[0, 127, 128, 255])
                } else {
                    self.random.number() as u8
                }
            })
            .collect()
    }

    /// The first constructor, which never holds a value of the type itself.
    fn smallest(&mut self, ty: &Type, declaration: usize, wish: Wish) -> Expression {
        let declared = &self.program.declarations[declaration];
        let constructor = match declared.constructors.len() {
            1 => 0,
            count if declared.predefined => self.random.below(count),
            _ => 0,
        };
        self.construct(ty, constructor, wish, true)
    }

    pub fn library(&mut self, name: &'static str, arguments: Vec<Expression>, ty: &Type) -> Expression {
        let function = library::position(name);
        Expression::new(ty.clone(), Kind::Call(Callee::Library(function), arguments, Style::Plain))
    }

    pub fn panic(&mut self, ty: &Type) -> Expression {
        let text =
            Expression::new(Type::string(), Kind::String(self.random.pick(&["gone", "böse", ""]).into()));
        self.library("panic", vec![text], ty)
    }
}
