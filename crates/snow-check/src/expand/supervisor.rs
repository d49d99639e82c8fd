//! `supervisor Tree do … end`: a description of the tree, an actor that keeps it, and a module with
//! functions that start it.
//!
//! ```snow
//! fn Tree.specification(size) = Supervisor.Spec { strategy: Supervisor.RestForOne, … }
//! actor Tree(argument) do Supervisor.tree(Tree.specification(argument)) end
//! module Tree do
//!   pub fn specification(argument) = …
//!   pub fn start(argument) = Supervisor.start_or_panic("Tree", …)
//! end
//! ```

use super::Expansion;
use super::build::{At, argument};
use snow_syntax::ast::{
    ActorDecl, ChildDecl, Expr, ExprKind, Item, ItemKind, Name, Param, PatternKind, SupervisorDecl, TypeExpr,
    TypeKind,
};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

const STRATEGIES: [(&str, &str); 4] = [
    ("one_for_one", "OneForOne"),
    ("one_for_all", "OneForAll"),
    ("rest_for_one", "RestForOne"),
    (DYNAMIC, ""),
];
const DYNAMIC: &str = "simple_one_for_one";
const RESTARTS: [(&str, &str); 3] =
    [("permanent", "Permanent"), ("transient", "Transient"), ("temporary", "Temporary")];
const SUPERVISOR: &str = "Supervisor";

type Settings = [(Name, Expr)];

impl Expansion<'_> {
    pub(super) fn supervisor(&mut self, declaration: &SupervisorDecl, item: &Item) -> Vec<Item> {
        let at = At(declaration.name.span);
        let tree = declaration.name.text.as_str();
        self.check_keys_once(&declaration.settings);
        self.check_limit(&declaration.settings, "max_restarts", 0);
        self.check_limit(&declaration.settings, "max_seconds", 1);
        self.check_child_names(&declaration.children);
        let strategy = self.strategy(&declaration.settings);
        let is_dynamic = strategy.is_empty();
        let specification = if is_dynamic {
            self.dynamic_specification(declaration, at)
        } else {
            self.specification(declaration, strategy, at)
        };
        let described = format!("{tree}.specification");
        let names: Vec<String> = (0..declaration.params.len()).map(argument).collect();
        let params = || names.iter().map(|name| at.param(name, None)).collect();
        let function =
            |name: &str, params, body| ItemKind::Fn(at.function(name, Vec::new(), params, None, body));
        let again = || at.call_name(&described, names.iter().map(|name| at.name(name)).collect());
        let (keeps, starts, arguments) = if is_dynamic {
            ("family", "start_dynamic", vec![again()])
        } else {
            ("tree", "start_or_panic", vec![at.text(tree), again()])
        };
        let actor = ActorDecl {
            name: declaration.name.clone(),
            params: params(),
            body: at.block(vec![at.call(at.library(SUPERVISOR, keeps), vec![again()])]),
            terminate: None,
        };
        let start = at.call(at.library(SUPERVISOR, starts), arguments);
        let inside = vec![
            at.item(item.public, function("specification", params(), again())),
            at.item(item.public, function("start", params(), start)),
        ];
        vec![
            at.item(false, function(&described, declaration.params.clone(), specification)),
            Item { kind: ItemKind::Actor(actor), ..item.clone() },
            Item { kind: ItemKind::Module(declaration.name.clone(), inside), ..item.clone() },
        ]
    }

    fn specification(&mut self, declaration: &SupervisorDecl, strategy: &str, at: At) -> Expr {
        let children = declaration.children.iter().map(|child| self.child(child)).collect();
        let mut fields = vec![(at.ident("children"), at.expr(ExprKind::List(children)))];
        fields.extend(intensity(&declaration.settings));
        let base = at.call(at.library(SUPERVISOR, "spec"), vec![at.library(SUPERVISOR, strategy)]);
        at.expr(ExprKind::Update(Box::new(base), fields))
    }

    /// `%{Supervisor.worker("db", fn -> … end) | restart: …, shutdown: …}`
    fn child(&mut self, child: &ChildDecl) -> Expr {
        let at = At(child.name.span);
        self.check_keys_once(&child.settings);
        let start = self.start(child, 0);
        let base = at.call(at.library(SUPERVISOR, "worker"), vec![at.text(&child.name.text), start]);
        at.expr_with(base, self.child_fields(child))
    }

    fn dynamic_specification(&mut self, declaration: &SupervisorDecl, at: At) -> Expr {
        let [child] = &declaration.children[..] else {
            let second = declaration.children.get(1).map_or(declaration.name.span, |child| child.name.span);
            self.report(
                Diagnostic::error(
                    "E0019",
                    self.file,
                    second,
                    format!("a `{DYNAMIC}` supervisor has one child, {} given", declaration.children.len()),
                )
                .help("it says how all of its children are started: `Supervisor.start_child` adds them"),
            );
            return at.expr(ExprKind::Error);
        };
        self.check_keys_once(&child.settings);
        let start = self.start(child, 1);
        let base = at.call(at.library(SUPERVISOR, "dynamic"), vec![start]);
        let mut fields = self.child_fields(child);
        fields.extend(intensity(&declaration.settings));
        at.expr_with(base, fields)
    }

    fn child_fields(&mut self, child: &ChildDecl) -> Vec<(Name, Expr)> {
        let mut fields = Vec::new();
        if let Some((key, value)) = setting(&child.settings, "restart") {
            let constructor = self.choice(value, &RESTARTS, "E0020", "restart").unwrap_or("Permanent");
            fields.push((key.clone(), At(value.span).library(SUPERVISOR, constructor)));
        }
        if let Some((key, value)) = setting(&child.settings, "shutdown") {
            fields.push((key.clone(), self.shutdown(value)));
        }
        fields
    }

    /// A closure that starts the child. `arguments` is how many parameters it may have at most.
    fn start(&mut self, child: &ChildDecl, arguments: usize) -> Expr {
        let Some((_, value)) = setting(&child.settings, "start") else {
            self.report(
                Diagnostic::error(
                    "E0018",
                    self.file,
                    child.name.span,
                    format!("the child `{}` has no `start`", child.name.text),
                )
                .help("write `start: fn -> spawn(actor) end`"),
            );
            return At(child.name.span).expr(ExprKind::Error);
        };
        let at = At(value.span);
        let ExprKind::Closure(clauses) = &value.kind else {
            self.report(
                Diagnostic::error(
                    "E0018",
                    self.file,
                    value.span,
                    "`start` is a closure that starts an actor",
                )
                .help("write `start: fn -> spawn(actor) end`"),
            );
            return at.expr(ExprKind::Error);
        };
        let given = clauses.first().map_or(0, |clause| clause.params.len());
        if given > arguments {
            let (message, help) = if arguments == 0 {
                ("this `start` takes no argument", "write `start: fn -> spawn(actor) end`")
            } else {
                ("this `start` takes one argument", "give it a tuple, or a struct")
            };
            self.report(Diagnostic::error("E0018", self.file, value.span, message).help(help));
            return at.expr(ExprKind::Error);
        }
        let started = at.expr(ExprKind::ChildStart(Box::new(value.clone())));
        if given == arguments {
            return started;
        }
        // All children are the same: `Supervisor.start_child(tree, ())`.
        let unit = TypeExpr { span: value.span, kind: TypeKind::Unit };
        let nothing = Param { pattern: at.pattern(PatternKind::Wildcard), annotation: Some(unit) };
        at.closure(vec![nothing], at.call(started, Vec::new()))
    }

    fn shutdown(&mut self, value: &Expr) -> Expr {
        let at = At(value.span);
        match &value.kind {
            ExprKind::Name(name) if name == "brutal_kill" => at.library(SUPERVISOR, "BrutalKill"),
            ExprKind::Int(milliseconds) if *milliseconds > 0 => {
                at.call(at.library(SUPERVISOR, "Within"), vec![value.clone()])
            }
            ExprKind::Error => value.clone(),
            _ => {
                self.report(
                    Diagnostic::error(
                        "E0021",
                        self.file,
                        value.span,
                        "`shutdown` is a positive number of milliseconds, or `brutal_kill`",
                    )
                    .help("so long may the child take to end in good order; then it is killed"),
                );
                at.expr(ExprKind::Error)
            }
        }
    }

    fn strategy(&mut self, settings: &Settings) -> &'static str {
        match setting(settings, "strategy") {
            Some((_, value)) => self.choice(value, &STRATEGIES, "E0019", "strategy").unwrap_or("OneForOne"),
            None => "OneForOne",
        }
    }

    /// The constructor for one of several words.
    fn choice(
        &mut self,
        value: &Expr,
        choices: &[(&'static str, &'static str)],
        code: &'static str,
        what: &str,
    ) -> Option<&'static str> {
        if let ExprKind::Name(name) = &value.kind
            && let Some((_, constructor)) = choices.iter().find(|(word, _)| word == name)
        {
            return Some(constructor);
        }
        if matches!(value.kind, ExprKind::Error) {
            return None;
        }
        let message = match &value.kind {
            ExprKind::Name(name) => format!("there is no {what} `{name}`"),
            _ => format!("this is no {what}"),
        };
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.report(
            Diagnostic::error(code, self.file, value.span, message)
                .help(format!("it is one of `{}`", words.join("`, `"))),
        );
        None
    }

    fn check_keys_once(&mut self, settings: &Settings) {
        for (index, (key, _)) in settings.iter().enumerate() {
            if let Some((earlier, _)) = settings[..index].iter().find(|(earlier, _)| earlier.text == key.text)
            {
                self.declared_twice(key, earlier, &format!("`{}` is given twice", key.text));
            }
        }
    }

    /// Only numbers are looked at: what a program works out is checked when the supervisor starts.
    fn check_limit(&mut self, settings: &Settings, key: &str, least: i64) {
        if let Some((_, value)) = setting(settings, key)
            && let ExprKind::Int(given) = value.kind
            && given < least
        {
            self.report(
                Diagnostic::error("E0019", self.file, value.span, format!("`{key}` is at least {least}"))
                    .help(
                        "so many restarts are allowed within so many seconds, then the supervisor gives up",
                    ),
            );
        }
    }

    fn check_child_names(&mut self, children: &[ChildDecl]) {
        let mut first: HashMap<&str, Span> = HashMap::new();
        for child in children {
            let name = &child.name;
            let earlier = *first.entry(&name.text).or_insert(name.span);
            if earlier != name.span {
                self.report(
                    Diagnostic::error(
                        "E0019",
                        self.file,
                        name.span,
                        format!("there are two children `{}`", name.text),
                    )
                    .also(earlier, "the first one is here"),
                );
            }
        }
    }
}

impl At {
    /// `%{base | fields}`, or just the base.
    fn expr_with(self, base: Expr, fields: Vec<(Name, Expr)>) -> Expr {
        if fields.is_empty() { base } else { self.expr(ExprKind::Update(Box::new(base), fields)) }
    }
}

fn setting<'s>(settings: &'s Settings, key: &str) -> Option<&'s (Name, Expr)> {
    settings.iter().find(|(name, _)| name.text == key)
}

/// `max_restarts` and `max_seconds` are fields of the specification under the same names.
fn intensity(settings: &Settings) -> impl Iterator<Item = (Name, Expr)> + '_ {
    let keys = ["max_restarts", "max_seconds"];
    keys.into_iter().filter_map(|key| setting(settings, key).cloned())
}
