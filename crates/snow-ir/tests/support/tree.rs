//! Short names for pieces of the typed tree, and a program with a small library in it.

use snow_check::hir::*;
use snow_ir::{Entry, ir};
use snow_syntax::span::Span;

pub const OPTION: TypeId = TypeId(0);
pub const RESULT: TypeId = TypeId(1);
pub const LIST: TypeId = TypeId(2);
pub const COLOR: TypeId = TypeId(3);
pub const ADD: InterfaceId = InterfaceId(0);
pub const ORD: InterfaceId = InterfaceId(1);
pub const EQ: InterfaceId = InterfaceId(2);
pub const DIV: InterfaceId = InterfaceId(3);

pub fn option(ty: Type) -> Type {
    Type::Named(OPTION, vec![ty])
}

pub fn list_of(ty: Type) -> Type {
    Type::Named(LIST, vec![ty])
}

pub fn color() -> Type {
    Type::Named(COLOR, Vec::new())
}

/// A program with Option, Result, List, an enumeration and some interfaces.
pub fn library() -> Program {
    let constructor = |name: &str, payload: Vec<Type>| Constructor { name: name.to_owned(), payload };
    let sum = |name: &str, type_params, constructors| {
        let kind = TypeDefKind::Sum(constructors);
        let without_payload = kind.without_payload();
        TypeDef { name: name.to_owned(), file: 0, line: 1, type_params, kind, without_payload }
    };
    let interface = |name: &str, method: &str| InterfaceDef {
        name: name.to_owned(),
        methods: vec![method.to_owned()],
        takes_self: vec![true],
    };
    let mut program = Program {
        types: vec![
            sum("Option", 1, vec![constructor("None", vec![]), constructor("Some", vec![Type::Param(0)])]),
            sum(
                "Result",
                2,
                vec![constructor("Ok", vec![Type::Param(0)]), constructor("Err", vec![Type::Param(1)])],
            ),
            TypeDef {
                name: "List".to_owned(),
                file: 0,
                line: 1,
                type_params: 1,
                kind: TypeDefKind::Struct(vec![
                    ("storage".to_owned(), Type::Array(Box::new(Type::Param(0)))),
                    ("start".to_owned(), Type::Int),
                    ("length".to_owned(), Type::Int),
                ]),
                without_payload: 0,
            },
            sum(
                "Color",
                0,
                ["Red", "Green", "Blue"].map(|name| constructor(name, vec![])).into_iter().collect(),
            ),
        ],
        interfaces: vec![
            interface("Add", "add"),
            interface("Ord", "lt"),
            interface("Eq", "eq"),
            interface("Div", "div"),
        ],
        ..Program::default()
    };
    program.lang.option = Some(OPTION);
    program.lang.result = Some(RESULT);
    program.lang.list = Some(LIST);
    for (index, interface) in program.interfaces.iter().enumerate() {
        program.lang.interfaces.insert(interface.name.clone(), InterfaceId(index as u32));
    }
    program
}

pub fn function(
    program: &mut Program,
    name: &str,
    params: &[(u32, Type)],
    result: Type,
    kind: FnKind,
) -> FnId {
    generic(program, name, 0, params, result, kind)
}

pub fn generic(
    program: &mut Program,
    name: &str,
    type_params: usize,
    params: &[(u32, Type)],
    result: Type,
    kind: FnKind,
) -> FnId {
    program.functions.push(FnDef {
        name: name.to_owned(),
        file: 0,
        span: Span::default(),
        type_params,
        params: params.iter().map(|(local, ty)| Param { local: LocalId(*local), ty: ty.clone() }).collect(),
        result,
        kind,
        locals: Vec::new(),
    });
    FnId(program.functions.len() as u32 - 1)
}

/// Lowers from a function on and verifies what comes out; with the number of that function.
pub fn lowered(program: Program, function: FnId) -> (ir::Program, ir::FuncId) {
    translated(program, function, false)
}

/// The same, as the optimiser leaves it.
pub fn optimised(program: Program, function: FnId) -> (ir::Program, ir::FuncId) {
    translated(program, function, true)
}

fn translated(mut program: Program, function: FnId, optimise: bool) -> (ir::Program, ir::FuncId) {
    program.main = Some(function);
    let lowered = snow_ir::lower(&program, &[], Entry::Main).expect("it can be lowered");
    if let Err(errors) = snow_ir::verify::verify(&lowered) {
        panic!("{}\n{}", errors.join("\n"), snow_ir::text::program(&lowered));
    }
    // Every test runs what the optimiser makes of the function, too: it must do the same.
    let mut optimised = lowered.clone();
    let name = &program.functions[function.0 as usize].name;
    // Not inlined into its entry: the tests call it themselves.
    optimised
        .functions
        .values_mut()
        .filter(|function| function.name == *name)
        .for_each(|function| function.cold = true);
    snow_ir::optimise::optimise(&mut optimised);
    if let Err(errors) = snow_ir::verify::verify(&optimised) {
        panic!("{}\n{}", errors.join("\n"), snow_ir::text::program(&optimised));
    }
    let lowered = if optimise { optimised } else { lowered };
    let mut functions = lowered.functions.iter();
    let (found, _) = functions.find(|(_, function)| function.name == *name).expect("the function is there");
    (lowered, found)
}

pub fn expr(ty: Type, kind: ExprKind) -> Expr {
    Expr { ty, span: Span::default(), kind }
}

pub fn int(number: i64) -> Expr {
    expr(Type::Int, ExprKind::Int(number))
}

pub fn string(text: &str) -> Expr {
    expr(Type::String, ExprKind::String(text.to_owned()))
}

pub fn unit() -> Expr {
    expr(Type::Unit, ExprKind::Unit)
}

pub fn local(number: u32, ty: Type) -> Expr {
    expr(ty, ExprKind::Local(LocalId(number), Vec::new()))
}

pub fn var(number: u32) -> Expr {
    local(number, Type::Int)
}

pub fn call(function: FnId, arguments: Vec<Expr>, ty: Type) -> Expr {
    expr(ty, ExprKind::Call(Callee::Target(Target::Function(function, Vec::new())), arguments))
}

pub fn call_value(callee: Expr, arguments: Vec<Expr>, ty: Type) -> Expr {
    expr(ty, ExprKind::Call(Callee::Value(Box::new(callee)), arguments))
}

fn method(interface: InterfaceId, a: Expr, b: Expr, ty: Type) -> Expr {
    let target =
        Target::Method { interface, arguments: vec![], index: 0, self_type: a.ty.clone(), type_args: vec![] };
    expr(ty, ExprKind::Call(Callee::Target(target), vec![a, b]))
}

pub fn add(a: Expr, b: Expr) -> Expr {
    method(ADD, a, b, Type::Int)
}

pub fn div(a: Expr, b: Expr) -> Expr {
    method(DIV, a, b, Type::Int)
}

pub fn less(a: Expr, b: Expr) -> Expr {
    method(ORD, a, b, Type::Bool)
}

pub fn equal(a: Expr, b: Expr) -> Expr {
    method(EQ, a, b, Type::Bool)
}

pub fn if_else(condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    expr(then.ty.clone(), ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise)))
}

pub fn block(statements: Vec<Stmt>, value: Expr) -> Expr {
    expr(value.ty.clone(), ExprKind::Block(Block { statements, value: Some(Box::new(value)) }))
}

pub fn let_(number: u32, value: Expr) -> Stmt {
    Stmt::Let(bind(number, value.ty.clone()), value, Fallthrough::Impossible)
}

pub fn closure(params: &[(u32, Type)], result: Type, body: Expr) -> Expr {
    let ty = Type::Fun(params.iter().map(|(_, ty)| ty.clone()).collect(), Box::new(result.clone()));
    let params = params.iter().map(|(local, ty)| Param { local: LocalId(*local), ty: ty.clone() }).collect();
    expr(ty, ExprKind::Closure(Box::new(Closure { params, body, result })))
}

pub fn case(scrutinee: Expr, arms: Vec<Arm>) -> Expr {
    let ty = arms[0].body.ty.clone();
    let fallthrough = Fallthrough::Panic("nothing matches");
    expr(ty, ExprKind::Match(Box::new(scrutinee), arms, fallthrough))
}

pub fn arm(pattern: Pattern, body: Expr) -> Arm {
    Arm { pattern, guard: None, body, span: Span::default() }
}

pub fn guarded(pattern: Pattern, guard: Expr, body: Expr) -> Arm {
    Arm { pattern, guard: Some(guard), body, span: Span::default() }
}

pub fn pattern(ty: Type, kind: PatternKind) -> Pattern {
    Pattern { ty, span: Span::default(), kind }
}

pub fn bind(number: u32, ty: Type) -> Pattern {
    pattern(ty, PatternKind::Bind(LocalId(number)))
}

pub fn number(number: i64) -> Pattern {
    pattern(Type::Int, PatternKind::Int(number))
}

pub fn any(ty: Type) -> Pattern {
    pattern(ty, PatternKind::Wildcard)
}

pub fn segment<V>(value: V, bits: u32) -> BitSegment<V> {
    BitSegment { span: Span::default(), value, size: BitSize::Bits(bits), signed: false, little: false }
}

pub fn bytes_segment<V>(value: V, size: BitSize) -> BitSegment<V> {
    BitSegment { span: Span::default(), value, size, signed: false, little: false }
}
