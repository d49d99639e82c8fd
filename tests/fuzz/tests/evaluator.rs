//! The judge: what values, operators and crashes must be, as the language has it, and that it notices what is wrong.

use snow_fuzz::evaluate::{Verdict, verdicts};
use snow_fuzz::generate;
use snow_fuzz::library;
use snow_fuzz::program::{
    BinaryOperator, Callee, Case, Declaration, Expression, Head, Kind, Program, Style, Type, each_body_mut,
};

fn text(text: &str) -> Expression {
    Expression::new(Type::string(), Kind::String(text.into()))
}

fn float(number: f64) -> Expression {
    Expression::new(Type::plain(Head::Float), Kind::Float(number))
}

fn bytes(bytes: &[u8]) -> Expression {
    Expression::new(Type::plain(Head::Bytes), Kind::Bytes(bytes.into()))
}

fn call(name: &str, arguments: Vec<Expression>, result: Type) -> Expression {
    let callee = Callee::Library(library::position(name));
    Expression::new(result, Kind::Call(callee, arguments, Style::Plain))
}

fn binary(operator: BinaryOperator, left: Expression, right: Expression, result: Type) -> Expression {
    Expression::binary(result, operator, left, right)
}

/// What a program with this one case prints.
fn prints(call: Expression) -> String {
    let mut program = Program { declarations: Declaration::predefined(), ..Program::default() };
    program.cases.push(Case { call, expected: String::new() });
    match verdicts(&program).remove(0) {
        Verdict::Prints(text) => text,
        Verdict::LeftOut(why) => why.into(),
    }
}

#[test]
fn whole_numbers_wrap_and_divisions_crash() {
    use BinaryOperator::{Add, Divide, Remainder};
    let int = Type::int;
    let number = Expression::int;
    assert_eq!(prints(binary(Add, number(i64::MAX), number(1), int())), "Ok(-9223372036854775808)");
    assert_eq!(prints(binary(Divide, number(-7), number(2), int())), "Ok(-3)");
    assert_eq!(prints(binary(Remainder, number(-7), number(2), int())), "Ok(-1)");
    assert_eq!(prints(binary(Divide, number(1), number(0), int())), "Err(division by zero)");
    assert_eq!(
        prints(binary(Remainder, number(i64::MIN), number(-1), int())),
        "Err(integer overflow in division)"
    );
    assert_eq!(prints(call("Int.shl", vec![number(1), number(65)], int())), "Ok(2)");
    assert_eq!(prints(call("Int.shr", vec![number(-8), number(-63)], int())), "Ok(-4)");
}

#[test]
fn floats_are_shown_and_compared_as_ieee_754_has_them() {
    use BinaryOperator::{Divide, LessEqual};
    let ty = || Type::plain(Head::Float);
    let nan = || binary(Divide, float(0.0), float(0.0), ty());
    assert_eq!(prints(float(1e21)), "Ok(1000000000000000000000)");
    assert_eq!(prints(nan()), "Ok(NaN)");
    assert_eq!(prints(binary(LessEqual, nan(), float(1.0), Type::bool())), "Ok(false)");
    let ordering = Type::plain(Head::Declared(2));
    assert_eq!(prints(call("compare", vec![nan(), float(1.0)], ordering)), "Ok(Greater)");
    assert_eq!(prints(call("Math.min", vec![nan(), float(1.0)], ty())), "Ok(1)");
    assert_eq!(prints(call("hash", vec![nan()], Type::int())), "which NaN it is");
}

#[test]
fn hashes_are_fnv_1a() {
    // The offset basis, and the published hash of "a".
    assert_eq!(
        prints(call("hash", vec![text("")], Type::int())),
        format!("Ok({})", 0xcbf29ce484222325_u64 as i64)
    );
    assert_eq!(
        prints(call("hash", vec![text("a")], Type::int())),
        format!("Ok({})", 0xaf63dc4c8601ec8c_u64 as i64)
    );
}

#[test]
fn bytes_are_read_in_both_orders() {
    let number = Expression::int;
    let read = |name: &str, at: i64| prints(call(name, vec![bytes(&[1, 2, 0xff]), number(at)], Type::int()));
    assert_eq!(read("Bytes.u16", 0), "Ok(513)");
    assert_eq!(read("Bytes.u16_be", 0), "Ok(258)");
    assert_eq!(read("Bytes.get", 2), "Ok(255)");
    assert_eq!(read("Bytes.u16", 2), "Err(Bytes.u16: index 2 out of bounds (len 3))");
}

#[test]
fn texts_count_code_points() {
    let number = Expression::int;
    assert_eq!(prints(call("String.length", vec![text("a😀é")], Type::int())), "Ok(3)");
    let slice = call("String.slice", vec![text("a😀é"), number(1), number(9)], Type::string());
    assert_eq!(prints(slice), "Ok(😀é)");
    let split = call("String.split", vec![text("ab"), text("")], Type::list(Type::string()));
    assert_eq!(prints(split), "Ok([, a, b, ])");
}

/// A compiler that added where it should subtract would be noticed: the judge's answers depend on every operator.
#[test]
fn an_exchanged_operator_changes_answers() {
    let program = generate::program(3);
    let mut wrong = program.clone();
    each_body_mut(&mut wrong, &mut |body| {
        body.each_below(&mut |expression| {
            // Types of a program's own have no subtraction.
            if expression.ty == Type::int()
                && let Kind::Binary(operator @ BinaryOperator::Add, ..) = &mut expression.kind
            {
                *operator = BinaryOperator::Subtract;
            }
        });
    });
    assert_ne!(verdicts(&program), verdicts(&wrong));
}
