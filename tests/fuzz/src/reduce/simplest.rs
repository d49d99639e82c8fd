//! The simplest expression of a type.

use crate::library;
use crate::program::{
    BinaryOperator, Block, Callee, Clause, Closure, Expression, Head, Kind, Pattern, Program, Style, Type,
};

/// `None` where a type has no value that can be written down: a type parameter, an address.
pub fn simplest(program: &Program, ty: &Type) -> Option<Expression> {
    let all =
        |types: &[Type]| types.iter().map(|ty| simplest(program, ty)).collect::<Option<Vec<Expression>>>();
    let call = |name: &str, arguments: Vec<Expression>| {
        Kind::Call(Callee::Library(library::position(name)), arguments, Style::Plain)
    };
    let kind = match ty.head {
        Head::Int => Kind::Int(0),
        Head::Float => Kind::Float(0.0),
        Head::Bool => Kind::Bool(false),
        Head::String => Kind::String(String::new()),
        Head::Bytes => Kind::Bytes(Vec::new()),
        Head::Unit => Kind::Unit,
        Head::Range => {
            let zero = || Box::new(Expression::int(0));
            Kind::Binary(BinaryOperator::Range, zero(), zero())
        }
        Head::Tuple => Kind::Tuple(all(&ty.arguments)?),
        Head::List => Kind::List(Vec::new()),
        Head::Map => Kind::Map(Vec::new()),
        Head::Set => {
            let empty = Expression::new(Type::list(ty.arguments[0].clone()), Kind::List(Vec::new()));
            call("Set.from_list", vec![empty])
        }
        Head::Cell => call("Cell.new", all(&ty.arguments)?),
        Head::Buffer => call("Buffer.new", vec![Expression::int(0)]),
        Head::Vector => call("U8x16.splat", vec![Expression::int(0)]),
        Head::Function => {
            let (parameters, result) = ty.signature();
            let body = Block::of(simplest(program, result)?);
            let patterns = parameters.iter().map(|_| Pattern::Wildcard).collect();
            Kind::Closure(Box::new(Closure {
                parameters: parameters.to_vec(),
                result: result.clone(),
                clauses: vec![Clause { patterns, guard: None, body }],
            }))
        }
        Head::Declared(_) => Kind::Construct(0, all(&program.fields(ty, 0))?),
        Head::Parameter(_) | Head::Actor(_) | Head::Service(_) | Head::Never => return None,
    };
    Some(Expression::new(ty.clone(), kind))
}
