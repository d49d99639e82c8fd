//! The syntax tree in few words: one S-expression per node, without spans.

use snow_syntax::ast::*;

pub fn file(file: &File) -> String {
    let mut lines = Vec::new();
    if let Some(doc) = &file.doc {
        lines.push(format!("doc {doc:?}"));
    }
    lines.extend(file.items.iter().map(item));
    lines.join("\n")
}

fn join<T>(parts: &[T], show: impl Fn(&T) -> String) -> String {
    parts.iter().map(show).collect::<Vec<_>>().join(" ")
}

fn node(head: &str, parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { format!("({head})") } else { format!("({head} {})", parts.join(" ")) }
}

fn path(path: &Path) -> String {
    let segments: Vec<&str> = path.iter().map(|name| name.text.trim_start_matches(LIBRARY)).collect();
    segments.join(".")
}

fn item(item: &Item) -> String {
    let doc = item.doc.as_ref().map(|doc| format!("{doc:?} ")).unwrap_or_default();
    let public = if item.public { "pub " } else { "" };
    format!("{doc}{public}{}", item_kind(&item.kind))
}

fn opaque(opaque: bool, word: &'static str) -> &'static str {
    match (opaque, word) {
        (true, "struct") => "opaque-struct",
        (true, _) => "opaque-type",
        (false, word) => word,
    }
}

fn item_kind(kind: &ItemKind) -> String {
    match kind {
        ItemKind::Fn(clause) => function(clause),
        ItemKind::Extern(declaration) => node(
            "extern",
            &[
                declaration.name.text.clone(),
                type_params(&declaration.type_params),
                params(&declaration.params),
                result(&declaration.result),
            ],
        ),
        ItemKind::Struct(declaration) => {
            let fields = join(&declaration.fields, |field| {
                let default =
                    field.default.as_ref().map_or(String::new(), |value| format!("={}", expr(value)));
                let ty = type_expr(&field.annotation);
                format!("{}{}::{ty}{default}", doc(&field.doc), field.name.text)
            });
            node(
                opaque(declaration.opaque, "struct"),
                &[
                    declaration.name.text.clone(),
                    type_params(&declaration.type_params),
                    fields,
                    deriving(&declaration.deriving),
                ],
            )
        }
        ItemKind::Sum(declaration) => {
            let variants = join(&declaration.variants, |variant| {
                let payload = join(&variant.payload, |(label, annotation)| {
                    let label = label.as_ref().map(|label| format!("{}::", label.text)).unwrap_or_default();
                    label + &type_expr(annotation)
                });
                doc(&variant.doc) + &node(&variant.name.text, &[payload])
            });
            node(
                opaque(declaration.opaque, "type"),
                &[
                    declaration.name.text.clone(),
                    type_params(&declaration.type_params),
                    variants,
                    deriving(&declaration.deriving),
                ],
            )
        }
        ItemKind::Alias(alias) => node(
            "alias",
            &[alias.name.text.clone(), type_params(&alias.type_params), type_expr(&alias.target)],
        ),
        ItemKind::Interface(declaration) => node(
            "interface",
            &[
                declaration.name.text.clone(),
                type_params(&declaration.type_params),
                join(&declaration.associated, |name| format!("type:{}", name.text)),
                join(&declaration.methods, |method| {
                    node(
                        "method",
                        &[
                            method.name.text.clone(),
                            params(&method.params),
                            result(&method.result),
                            method.default.as_ref().map(block).unwrap_or_default(),
                        ],
                    )
                }),
            ],
        ),
        ItemKind::Impl(declaration) => node(
            "impl",
            &[
                path(&declaration.interface),
                join(&declaration.arguments, type_expr),
                format!("for {}", type_expr(&declaration.target)),
                bounds(&declaration.bounds),
                join(&declaration.associated, |(name, target)| {
                    format!("type:{}={}", name.text, type_expr(target))
                }),
                join(&declaration.methods, function),
            ],
        ),
        ItemKind::Actor(declaration) => node(
            "actor",
            &[
                declaration.name.text.clone(),
                params(&declaration.params),
                block(&declaration.body),
                declaration
                    .terminate
                    .as_ref()
                    .map(|body| node("terminate", &[block(body)]))
                    .unwrap_or_default(),
            ],
        ),
        ItemKind::Service(declaration) => node(
            "service",
            &[
                declaration.name.text.clone(),
                declaration.init.as_ref().map(|init| format!("init:{}", function(init))).unwrap_or_default(),
                join(&declaration.functions, function),
                join(&declaration.handlers, |handler| {
                    node(
                        if handler.is_call { "call" } else { "cast" },
                        &[
                            handler.name.text.clone(),
                            params(&handler.params),
                            result(&handler.reply),
                            handler
                                .state
                                .as_ref()
                                .map(|state| format!("|{}|", state.text))
                                .unwrap_or_default(),
                            block(&handler.body),
                        ],
                    )
                }),
            ],
        ),
        ItemKind::Supervisor(declaration) => node(
            "supervisor",
            &[
                declaration.name.text.clone(),
                params(&declaration.params),
                fields(&declaration.settings),
                join(&declaration.children, |child| {
                    node("child", &[child.name.text.clone(), fields(&child.settings)])
                }),
            ],
        ),
        ItemKind::Module(name, items) => node("module", &[name.text.clone(), join(items, item)]),
        ItemKind::Import(import) => {
            let renamed = |alias: &Option<Name>| {
                alias.as_ref().map_or(String::new(), |name| format!(" as {}", name.text))
            };
            let module = path(&import.path) + &renamed(&import.alias);
            match &import.names {
                None => node("import", &[module]),
                Some(names) => node(
                    "from",
                    &[module, join(names, |name| name.name.text.clone() + &renamed(&name.alias))],
                ),
            }
        }
        ItemKind::Let(binding) => let_stmt(binding),
        ItemKind::Test(test) => node("test", &[format!("{:?}", test.name), block(&test.body)]),
        ItemKind::Expr(value) => node("top-level", &[expr(value)]),
        ItemKind::Error => "(error)".to_string(),
    }
}

fn doc(doc: &Option<String>) -> String {
    doc.as_ref().map(|doc| format!("{doc:?} ")).unwrap_or_default()
}

fn deriving(deriving: &Deriving) -> String {
    deriving.as_ref().map(|all| node("deriving", &[join(all, derived)])).unwrap_or_default()
}

fn derived(derived: &Derived) -> String {
    let renamings = join(&derived.renamings, |(name, text)| format!("({} {text:?})", name.text));
    if renamings.is_empty() { derived.name.text.clone() } else { node(&derived.name.text, &[renamings]) }
}

fn type_params(names: &[TypeParam]) -> String {
    if names.is_empty() { String::new() } else { format!("<{}>", join(names, |name| name.name.text.clone())) }
}

fn bounds(bounds: &[Bound]) -> String {
    join(bounds, |bound| {
        let arguments = join(&bound.arguments, type_expr);
        node("where", &[bound.param.text.clone(), path(&bound.interface), arguments])
    })
}

fn result(result: &Option<TypeExpr>) -> String {
    result.as_ref().map(|result| format!("-> {}", type_expr(result))).unwrap_or_default()
}

fn params(params: &[Param]) -> String {
    let inner = join(params, |param| match &param.annotation {
        Some(annotation) => format!("{}::{}", pattern(&param.pattern), type_expr(annotation)),
        None => pattern(&param.pattern),
    });
    format!("[{inner}]")
}

fn guard(guard: &Option<Expr>) -> String {
    guard.as_ref().map(|guard| format!("when {}", expr(guard))).unwrap_or_default()
}

fn function(clause: &FnClause) -> String {
    node(
        "fn",
        &[
            clause.name.text.clone(),
            type_params(&clause.type_params),
            params(&clause.params),
            result(&clause.result),
            bounds(&clause.bounds),
            guard(&clause.guard),
            block(&clause.body),
        ],
    )
}

fn type_expr(annotation: &TypeExpr) -> String {
    match &annotation.kind {
        TypeKind::Named(name, arguments) if arguments.is_empty() => path(name),
        TypeKind::Named(name, arguments) => format!("{}<{}>", path(name), join(arguments, type_expr)),
        TypeKind::Tuple(parts) => format!("({})", join(parts, type_expr)),
        TypeKind::Unit => "()".to_string(),
        TypeKind::Fun(parts, result) => format!("Fun({})->{}", join(parts, type_expr), type_expr(result)),
        TypeKind::Error => "error".to_string(),
    }
}

fn block(block: &Block) -> String {
    format!("{{{}}}", block.statements.iter().map(stmt).collect::<Vec<_>>().join("; "))
}

fn stmt(stmt: &Stmt) -> String {
    match stmt {
        Stmt::Let(binding) => let_stmt(binding),
        Stmt::Fn(clause) => function(clause),
        Stmt::Expr(value) => expr(value),
        Stmt::Error(_) => "error".to_string(),
    }
}

fn let_stmt(binding: &LetStmt) -> String {
    let annotation = binding.annotation.as_ref().map(|annotation| format!("::{}", type_expr(annotation)));
    node("let", &[pattern(&binding.pattern) + &annotation.unwrap_or_default(), expr(&binding.value)])
}

fn fields(fields: &[(Name, Expr)]) -> String {
    join(fields, |(name, value)| format!("{}:{}", name.text, expr(value)))
}

fn arm(arm: &Arm) -> String {
    node("arm", &[pattern(&arm.pattern), guard(&arm.guard), block(&arm.body)])
}

fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Unit => "()".to_string(),
        ExprKind::String(parts) => match &parts[..] {
            [] => "\"\"".to_string(),
            [StringPart::Text(text)] => format!("{text:?}"),
            parts => node(
                "string",
                &[join(parts, |part| match part {
                    StringPart::Text(text) => format!("{text:?}"),
                    StringPart::Expr(value) => expr(value),
                })],
            ),
        },
        ExprKind::Name(name) => name.clone(),
        ExprKind::Tuple(parts) => node("tuple", &[join(parts, expr)]),
        ExprKind::List(parts) => node("list", &[join(parts, expr)]),
        ExprKind::Map(entries) => {
            node("map", &[join(entries, |(key, value)| format!("{}=>{}", expr(key), expr(value)))])
        }
        ExprKind::Struct(name, values) => node("struct", &[path(name), fields(values)]),
        ExprKind::Update(base, values) => node("update", &[expr(base), fields(values)]),
        ExprKind::Member(base, name) => format!("{}.{}", expr(base), name.text),
        ExprKind::Call(callee, arguments) => node("call", &[expr(callee), join(arguments, expr)]),
        ExprKind::Index(base, index) => node("index", &[expr(base), expr(index)]),
        ExprKind::Try(base) => node("try", &[expr(base)]),
        ExprKind::Unary(operator, operand) => node(&format!("{operator:?}"), &[expr(operand)]),
        ExprKind::Binary(operator, left, right) => node(&format!("{operator:?}"), &[expr(left), expr(right)]),
        ExprKind::Pipe(left, right) => node("|>", &[expr(left), expr(right)]),
        ExprKind::If(branches, otherwise) => {
            let branches = branches.iter().flat_map(|(condition, then)| [expr(condition), block(then)]);
            node("if", &branches.chain(otherwise.as_ref().map(block)).collect::<Vec<_>>())
        }
        ExprKind::Steps(steps) => node("steps", &[join(steps, expr)]),
        ExprKind::Previous => "previous".to_string(),
        ExprKind::Case(subject, arms) => node("case", &[expr(subject), join(arms, arm)]),
        ExprKind::Closure(clauses) => {
            let clauses = join(clauses, |clause| {
                node("clause", &[params(&clause.params), guard(&clause.guard), block(&clause.body)])
            });
            node("closure", &[clauses])
        }
        ExprKind::For(parts) => {
            let binding = match &parts.pattern {
                ForPattern::One(one) => pattern(one),
                ForPattern::Pair(key, value) => format!("{{{} {}}}", key.text, value.text),
            };
            node("for", &[binding, expr(&parts.iterable), guard(&parts.condition), block(&parts.body)])
        }
        ExprKind::While(condition, body) => node("while", &[expr(condition), block(body)]),
        ExprKind::Return(value) => {
            node("return", &[value.as_ref().map(|value| expr(value)).unwrap_or_default()])
        }
        ExprKind::Break => "break".to_string(),
        ExprKind::Continue => "continue".to_string(),
        ExprKind::Spawn(arguments) => node("spawn", &[join(arguments, expr)]),
        ExprKind::Send(arguments) => node("send", &[join(arguments, expr)]),
        ExprKind::Link(arguments) => node("link", &[join(arguments, expr)]),
        ExprKind::SelfCall => "self()".to_string(),
        ExprKind::Receive(arms, after) => {
            let after =
                after.as_ref().map(|after| node("after", &[expr(&after.milliseconds), block(&after.body)]));
            node("receive", &[join(arms, arm), after.unwrap_or_default()])
        }
        ExprKind::Bits(segments) => node("bits", &[join(segments, |part| segment(part, expr))]),
        ExprKind::Assert(condition) => node("assert", &[expr(condition)]),
        ExprKind::ChildStart(start) => expr(start),
        ExprKind::Error => "error".to_string(),
    }
}

fn segment<V>(segment: &BitSegment<V>, show: impl Fn(&V) -> String) -> String {
    let size = match &segment.size {
        BitSize::Bits(bits) => bits.to_string(),
        BitSize::Computed(count) => format!("({})", expr(count)),
        BitSize::Bytes(count) => format!("bytes({})", expr(count)),
        BitSize::Rest => "rest".to_string(),
        BitSize::View => "view".to_string(),
        BitSize::Text => "text".to_string(),
    };
    let signed = if segment.signed { "-signed" } else { "" };
    let little = if segment.little { "-little" } else { "" };
    format!("{}::{size}{signed}{little}", show(&segment.value))
}

fn pattern(value: &Pattern) -> String {
    match &value.kind {
        PatternKind::Wildcard => "_".to_string(),
        PatternKind::Name(name) => name.clone(),
        PatternKind::Int(value) => value.to_string(),
        PatternKind::Range(first, last) => format!("(range {first} {last})"),
        PatternKind::Float(value) => format!("{value:?}"),
        PatternKind::Bool(value) => value.to_string(),
        PatternKind::String(text) => format!("{text:?}"),
        PatternKind::Unit => "()".to_string(),
        PatternKind::Tuple(parts) => node("tuple", &[join(parts, pattern)]),
        PatternKind::Constructor(name, parts) => node(&path(name), &[join(parts, pattern)]),
        PatternKind::Struct(name, fields) => {
            let fields = join(fields, |(name, value)| format!("{}:{}", name.text, pattern(value)));
            node("struct", &[path(name), fields])
        }
        PatternKind::List(parts) => node("list", &[join(parts, pattern)]),
        PatternKind::Cons(first, rest) => node("cons", &[join(first, pattern), pattern(rest)]),
        PatternKind::Or(parts) => node("or", &[join(parts, pattern)]),
        PatternKind::As(inner, name) => node("as", &[pattern(inner), name.text.clone()]),
        PatternKind::Bits(segments) => node("bits", &[join(segments, |part| segment(part, pattern))]),
        PatternKind::Error => "error".to_string(),
    }
}
