//! Lowered functions do what the tree says: each is verified and run by the interpreter.

mod support;

use snow_check::hir::*;
use snow_ir::{Entry, text};
use snow_ir_testing::interpreter::{self, Data, Machine};
use support::tree::*;

fn run_int(program: Program, function: FnId, arguments: Vec<Data>) -> Result<i64, String> {
    let run = |(program, id): (snow_ir::ir::Program, _)| {
        Machine::new(&program).run(id, arguments.clone()).map(|value| interpreter::int(&value))
    };
    let plain = run(lowered(program.clone(), function));
    assert_eq!(run(optimised(program, function)), plain, "the optimiser changed what the function does");
    plain
}

#[test]
fn self_tail_calls_are_loops() {
    // fn sum(n, all) = if n == 0 do all else sum(n + -1, all + n) end
    let mut program = library();
    let sum = FnId(0);
    let again = call(sum, vec![add(var(0), int(-1)), add(var(1), var(0))], Type::Int);
    let body = if_else(equal(var(0), int(0)), var(1), again);
    function(&mut program, "sum", &[(0, Type::Int), (1, Type::Int)], Type::Int, FnKind::Body(body));
    let (lowered, id) = lowered(program.clone(), sum);
    let shown = text::function(&lowered.functions[id], &lowered);
    assert!(!shown.contains("call"), "{shown}");
    assert_eq!(run_int(program, sum, vec![Data::Int(100_000), Data::Int(0)]), Ok(5_000_050_000));
}

#[test]
fn division_is_checked() {
    let mut program = library();
    let divide = FnId(0);
    let body = div(var(0), var(1));
    function(&mut program, "divide", &[(0, Type::Int), (1, Type::Int)], Type::Int, FnKind::Body(body));
    let run = |a, b| run_int(program.clone(), divide, vec![Data::Int(a), Data::Int(b)]);
    assert_eq!(run(-7, 2), Ok(-3));
    assert_eq!(run(7, -1), Ok(-7));
    assert_eq!(run(7, 0), Err("division by zero".to_owned()));
    assert_eq!(run(i64::MIN, -1), Err("integer overflow in division".to_owned()));
}

#[test]
fn options_are_told_apart_by_immediates() {
    // case option do Some(n) when n < 10 -> n + 1; Some(n) -> n; None -> -1 end
    let mut program = library();
    let some =
        |number| pattern(option(Type::Int), PatternKind::Constructor(1, vec![bind(number, Type::Int)]));
    let none = pattern(option(Type::Int), PatternKind::Constructor(0, vec![]));
    let body = case(
        local(0, option(Type::Int)),
        vec![
            guarded(some(1), less(var(1), int(10)), add(var(1), int(1))),
            arm(some(2), var(2)),
            arm(none, int(-1)),
        ],
    );
    let take = function(&mut program, "take", &[(0, option(Type::Int))], Type::Int, FnKind::Body(body));
    for (given, expected) in [(Some(3), 4), (Some(10), 10), (None, -1)] {
        let mut program = program.clone();
        let (constructor, payload) = match given {
            Some(number) => (1, vec![int(number)]),
            None => (0, vec![]),
        };
        let value = expr(option(Type::Int), ExprKind::Construct(constructor, payload));
        let body = call(take, vec![value], Type::Int);
        let start = function(&mut program, "start", &[], Type::Int, FnKind::Body(body));
        assert_eq!(run_int(program, start, vec![]), Ok(expected));
    }
}

#[test]
fn a_tuple_that_is_matched_is_never_made() {
    // case (a, b) do (0, 0) -> 0; (0, _) -> 1; (_, 0 | 1) -> 2; (x, y) -> x + y end
    let mut program = library();
    let pair = Type::Tuple(vec![Type::Int, Type::Int]);
    let tuple = |a, b| pattern(pair.clone(), PatternKind::Tuple(vec![a, b]));
    let either = pattern(Type::Int, PatternKind::Or(vec![number(0), number(1)]));
    let body = case(
        expr(pair.clone(), ExprKind::Tuple(vec![var(0), var(1)])),
        vec![
            arm(tuple(number(0), number(0)), int(0)),
            arm(tuple(number(0), any(Type::Int)), int(1)),
            arm(tuple(any(Type::Int), either), int(2)),
            arm(tuple(bind(2, Type::Int), bind(3, Type::Int)), add(var(2), var(3))),
        ],
    );
    let which =
        function(&mut program, "which", &[(0, Type::Int), (1, Type::Int)], Type::Int, FnKind::Body(body));
    let (lowered, id) = lowered(program.clone(), which);
    let shown = text::function(&lowered.functions[id], &lowered);
    assert!(!shown.contains("new"), "{shown}");
    for ((a, b), expected) in [((0, 0), 0), ((0, 9), 1), ((4, 0), 2), ((4, 1), 2), ((4, 5), 9)] {
        assert_eq!(run_int(program.clone(), which, vec![Data::Int(a), Data::Int(b)]), Ok(expected));
    }
}

#[test]
fn texts_match_by_content() {
    let mut program = library();
    let is = |text: &str| pattern(Type::String, PatternKind::String(text.to_owned()));
    let body = case(
        local(0, Type::String),
        vec![
            arm(is("one"), int(1)),
            arm(is("two"), int(2)),
            arm(is(""), int(0)),
            arm(any(Type::String), int(-1)),
        ],
    );
    let read = function(&mut program, "read", &[(0, Type::String)], Type::Int, FnKind::Body(body));
    for (given, expected) in [("one", 1), ("two", 2), ("", 0), ("six", -1), ("seven", -1)] {
        assert_eq!(run_int(program.clone(), read, vec![interpreter::text(given)]), Ok(expected));
    }
}

#[test]
fn lists_are_taken_apart_as_views() {
    // fn weigh(list) = case list do [] -> 0; [x] -> x; h :: t -> h + weigh(t) + weigh(t) end
    let mut program = library();
    let ints = list_of(Type::Int);
    let weigh = FnId(0);
    let rest = || call(weigh, vec![local(3, ints.clone())], Type::Int);
    let cons = PatternKind::Cons(vec![bind(2, Type::Int)], Box::new(bind(3, ints.clone())));
    let body = case(
        local(0, ints.clone()),
        vec![
            arm(pattern(ints.clone(), PatternKind::List(vec![])), int(0)),
            arm(pattern(ints.clone(), PatternKind::List(vec![bind(1, Type::Int)])), var(1)),
            arm(pattern(ints.clone(), cons), add(var(2), add(rest(), rest()))),
        ],
    );
    function(&mut program, "weigh", &[(0, ints.clone())], Type::Int, FnKind::Body(body));
    // One list of constants, which is a static object, and one made at run time.
    let constant = expr(ints.clone(), ExprKind::List(vec![int(1), int(2), int(3)]));
    let made = expr(ints, ExprKind::List(vec![var(9), add(var(9), int(1)), int(5)]));
    for (list, expected) in [(constant, 1 + 2 * (2 + 2 * 3)), (made, 7 + 2 * (8 + 2 * 5))] {
        let mut program = program.clone();
        let body = call(weigh, vec![list], Type::Int);
        let start = function(&mut program, "start", &[(9, Type::Int)], Type::Int, FnKind::Body(body));
        assert_eq!(run_int(program, start, vec![Data::Int(7)]), Ok(expected));
    }
}

#[test]
fn for_collects_what_its_condition_lets_through() {
    // for (i in 0..n when 2 < i) do if i == 1000 do break else i + i end end, then the sum of it
    let mut program = library();
    let ints = list_of(Type::Int);
    let doubled = if_else(equal(var(1), int(1000)), expr(Type::Int, ExprKind::Break), add(var(1), var(1)));
    let collected = expr(
        ints.clone(),
        ExprKind::For(Box::new(For {
            pattern: bind(1, Type::Int),
            iterable: ForIterable::Range(int(0), var(0)),
            condition: Some(less(int(2), var(1))),
            body: doubled,
            collect: true,
        })),
    );
    // fn sum(list, all) = case list do [] -> all; h :: t -> sum(t, all + h) end
    let sum = FnId(0);
    let cons = PatternKind::Cons(vec![bind(1, Type::Int)], Box::new(bind(2, ints.clone())));
    let rest = call(sum, vec![local(2, ints.clone()), add(var(3), var(1))], Type::Int);
    let body = case(
        local(0, ints.clone()),
        vec![
            arm(pattern(ints.clone(), PatternKind::List(vec![])), var(3)),
            arm(pattern(ints.clone(), cons), rest),
        ],
    );
    let params = [(0, ints.clone()), (3, Type::Int)];
    function(&mut program, "sum", &params, Type::Int, FnKind::Body(body));
    let body = call(sum, vec![collected, int(0)], Type::Int);
    let start = function(&mut program, "start", &[(0, Type::Int)], Type::Int, FnKind::Body(body));
    for (n, expected) in [(0, 0), (3, 0), (6, 24), (5000, 997 * 1002)] {
        assert_eq!(run_int(program.clone(), start, vec![Data::Int(n)]), Ok(expected));
    }
}

#[test]
fn closures_capture_references_and_words() {
    // let f = fn x -> x + a end; apply(f, 1) + (fn() -> length of s)()
    let mut program = library();
    let unary = Type::Fun(vec![Type::Int], Box::new(Type::Int));
    let apply = function(
        &mut program,
        "apply",
        &[(0, unary.clone()), (1, Type::Int)],
        Type::Int,
        FnKind::Body(call_value(local(0, unary.clone()), vec![var(1)], Type::Int)),
    );
    let length = function(
        &mut program,
        "length",
        &[(0, Type::String)],
        Type::Int,
        FnKind::Extern { name: "string_length_bytes".to_owned() },
    );
    let inner = closure(&[(3, Type::Int)], Type::Int, add(var(3), var(0)));
    let both = closure(
        &[(5, Type::Int)],
        Type::Int,
        add(
            add(var(5), call(length, vec![local(1, Type::String)], Type::Int)),
            call_value(local(2, unary.clone()), vec![int(100)], Type::Int),
        ),
    );
    let body = block(
        vec![let_(2, inner), let_(4, both)],
        add(
            call(apply, vec![local(2, unary.clone()), int(1)], Type::Int),
            call(apply, vec![local(4, unary.clone()), int(10)], Type::Int),
        ),
    );
    let start =
        function(&mut program, "start", &[(0, Type::Int), (1, Type::String)], Type::Int, FnKind::Body(body));
    let given = vec![Data::Int(1000), interpreter::text("four")];
    assert_eq!(run_int(program, start, given), Ok(1001 + 14 + 1100));
}

#[test]
fn recursive_closures_call_each_other() {
    // fn even(n) = if n == 0 do step else odd(n + -1) end; fn odd(n) = if n == 0 do 0 else even(n + -1) end
    let mut program = library();
    let unary = Type::Fun(vec![Type::Int], Box::new(Type::Int));
    let other = |local_number, parameter| {
        call_value(local(local_number, unary.clone()), vec![add(var(parameter), int(-1))], Type::Int)
    };
    let even = closure(&[(3, Type::Int)], Type::Int, if_else(equal(var(3), int(0)), var(0), other(2, 3)));
    let odd = closure(&[(4, Type::Int)], Type::Int, if_else(equal(var(4), int(0)), int(0), other(1, 4)));
    let body = block(
        vec![Stmt::LetRecursive(vec![(LocalId(1), even), (LocalId(2), odd)])],
        call_value(local(1, unary.clone()), vec![var(5)], Type::Int),
    );
    let start =
        function(&mut program, "start", &[(0, Type::Int), (5, Type::Int)], Type::Int, FnKind::Body(body));
    let run = |n| run_int(program.clone(), start, vec![Data::Int(77), Data::Int(n)]);
    assert_eq!(run(10_000), Ok(77));
    assert_eq!(run(10_001), Ok(0));
}

#[test]
fn polymorphic_locals_are_lowered_at_each_type() {
    // let first = fn a, b -> a end; first(first(n, "x"), first("y", 0.5))
    let mut program = library();
    let (a, b) = (Type::Param(7), Type::Param(8));
    let value = closure(&[(1, a.clone()), (2, b.clone())], a.clone(), local(1, a));
    let use_at = |a: Type, b: Type, x: Expr, y: Expr| {
        let ty = Type::Fun(vec![a.clone(), b.clone()], Box::new(a.clone()));
        let callee = expr(ty, ExprKind::Local(LocalId(0), vec![a.clone(), b]));
        call_value(callee, vec![x, y], a)
    };
    let float = expr(Type::Float, ExprKind::Float(0.5));
    let body = block(
        vec![Stmt::LetPolymorphic(LocalId(0), vec![7, 8], value)],
        use_at(
            Type::Int,
            Type::String,
            use_at(Type::Int, Type::String, var(3), string("x")),
            use_at(Type::String, Type::Float, string("y"), float),
        ),
    );
    let start = function(&mut program, "start", &[(3, Type::Int)], Type::Int, FnKind::Body(body));
    let (lowered, _) = lowered(program.clone(), start);
    let copies = lowered.functions.values().filter(|function| function.closure).count();
    assert_eq!(copies, 2, "{}", text::program(&lowered));
    assert_eq!(run_int(program, start, vec![Data::Int(42)]), Ok(42));
}

#[test]
fn functions_and_constructors_are_values() {
    let mut program = library();
    let unary = Type::Fun(vec![Type::Int], Box::new(option(Type::Int)));
    let value = expr(unary.clone(), ExprKind::Function(Target::Constructor(1)));
    let some = pattern(option(Type::Int), PatternKind::Constructor(1, vec![bind(2, Type::Int)]));
    let body = block(
        vec![let_(1, value)],
        case(
            call_value(local(1, unary), vec![var(0)], option(Type::Int)),
            vec![arm(some, var(2)), arm(any(option(Type::Int)), int(-1))],
        ),
    );
    let start = function(&mut program, "start", &[(0, Type::Int)], Type::Int, FnKind::Body(body));
    assert_eq!(run_int(program, start, vec![Data::Int(5)]), Ok(5));
}

#[test]
fn endless_instances_are_an_error() {
    // fn grow<T>(x :: T) -> Int = grow(Some(x))
    let mut program = library();
    let param = Type::Param(0);
    let wrapped = expr(option(param.clone()), ExprKind::Construct(1, vec![local(0, param.clone())]));
    let again = Target::Function(FnId(0), vec![option(param.clone())]);
    let body = expr(Type::Int, ExprKind::Call(Callee::Target(again), vec![wrapped]));
    let grow = generic(&mut program, "grow", 1, &[(0, param)], Type::Int, FnKind::Body(body));
    let start = Target::Function(grow, vec![Type::Int]);
    let body = expr(Type::Int, ExprKind::Call(Callee::Target(start), vec![int(1)]));
    program.main = Some(function(&mut program, "start", &[], Type::Int, FnKind::Body(body)));
    let error = snow_ir::lower(&program, &[], Entry::Main).expect_err("it has no end");
    assert!(error.message.contains("too large"), "{}", error.message);
}

#[test]
fn concatenation_joins_neighbouring_texts() {
    let mut program = library();
    let shown = function(
        &mut program,
        "shown",
        &[(0, Type::Int)],
        Type::String,
        FnKind::Extern { name: "int_to_string".to_owned() },
    );
    let inner =
        expr(Type::String, ExprKind::Concat(vec![string("b"), call(shown, vec![var(0)], Type::String)]));
    let body = expr(Type::String, ExprKind::Concat(vec![string("a"), string(""), inner, string("c")]));
    let start = function(&mut program, "start", &[(0, Type::Int)], Type::String, FnKind::Body(body));
    let (lowered, id) = lowered(program, start);
    let mut machine = Machine::new(&lowered);
    let value = machine.run(id, vec![Data::Int(12)]).expect("no panic");
    assert_eq!(machine.text(&value), "ab12c");
    assert!(text::program(&lowered).contains("static \"ab\""));
}

#[test]
fn try_hands_the_failure_back() {
    // fn next(x :: Option<Int>) -> Option<String> = do let n = x?; Some("ok") end
    let mut program = library();
    let tried = ExprKind::Try { operand: Box::new(local(0, option(Type::Int))), convert: None };
    let body = block(
        vec![let_(1, expr(Type::Int, tried))],
        if_else(
            less(var(1), int(0)),
            expr(option(Type::String), ExprKind::Construct(0, vec![])),
            expr(option(Type::String), ExprKind::Construct(1, vec![string("ok")])),
        ),
    );
    let next =
        function(&mut program, "next", &[(0, option(Type::Int))], option(Type::String), FnKind::Body(body));
    let (lowered, id) = lowered(program, next);
    let mut machine = Machine::new(&lowered);
    let none = machine.run(id, vec![Data::Immediate(0)]).expect("no panic");
    assert!(matches!(none, Data::Immediate(0)));
}
