//! `service Stock do … end`: a message type, an actor that loops with the state, and a function for
//! each of its messages.
//!
//! For `call TakeOut(n :: Int) :: Bool do |count| … end` the module `Stock` gets
//!
//! ```snow
//! pub type Message do
//!   TakeOut(Int, Reply<Bool>)
//! end
//! pub fn start(…) = spawn((loop), init(…))
//! pub fn take_out(service :: Pid<Message>, n :: Int) -> Bool
//! pub fn try_take_out(service :: Pid<Message>, milliseconds :: Int, n :: Int) -> Result<Bool, CallError>
//! ```

use super::Expansion;
use super::build::{At, argument};
use snow_syntax::ast::{
    self, ActorDecl, AliasDecl, Block, Expr, ExprKind, FnClause, Handler, Item, ItemKind, Name, Param,
    PatternKind, ServiceDecl, Stmt, SumDecl, TypeExpr, TypeKind, TypeParam, Variant,
};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

/// The actor; no source can spell its name.
pub const LOOP: &str = "(loop)";
const STATE: &str = "(state)";
const REPLY: &str = "(reply)";
const SERVICE: &str = "(service)";
const MILLISECONDS: &str = "(milliseconds)";
const MESSAGE: &str = "Message";
/// A hidden parameter of handlers: what `self()` means in them.
pub const OWN_ADDRESS: &str = "self()";

/// A handler and what is generated for it.
struct Message<'d> {
    handler: &'d Handler,
    at: At,
    /// `Stock.TakeOut`: the function that holds the handler's body.
    function: String,
    /// As the message type and the functions name them.
    params: Vec<TypeExpr>,
    reply: TypeExpr,
}

impl Expansion<'_> {
    pub(super) fn service(&mut self, declaration: &ServiceDecl, item: &Item) -> Vec<Item> {
        let at = At(declaration.name.span);
        let service = declaration.name.text.as_str();
        let mut declaration = declaration.clone();
        declaration.handlers.iter_mut().for_each(|handler| self.check_outcome(handler));
        let declaration = &declaration;
        let handlers = self.checked_handlers(declaration);
        let mut outside = Vec::new();
        let mut type_params = Vec::new();
        let messages: Vec<Message> = handlers
            .into_iter()
            .map(|handler| message(service, handler, &mut outside, &mut type_params))
            .collect();
        let init = self.initial_state(declaration, &mut outside);
        let state = init.result.clone();
        outside.extend(messages.iter().map(|message| handler_function(message, state.as_ref())));
        let mut inside = vec![at.item(item.public, ItemKind::Sum(message_type(at, &type_params, &messages)))];
        inside.push(at.item(item.public, ItemKind::Fn(start(at, service, &init))));
        inside.push(at.item(false, ItemKind::Actor(actor(at, &messages))));
        for message in &messages {
            let functions = message_functions(service, message, &type_params);
            inside.extend(
                functions.into_iter().map(|function| message.at.item(item.public, ItemKind::Fn(function))),
            );
        }
        let module = ItemKind::Module(declaration.name.clone(), inside);
        outside.push(Item { kind: module, ..item.clone() });
        outside
    }

    /// The handlers whose functions have names of their own.
    fn checked_handlers<'d>(&mut self, declaration: &'d ServiceDecl) -> Vec<&'d Handler> {
        for function in declaration.functions.iter().filter(|function| function.name.text != "init") {
            self.report(
                Diagnostic::error(
                    "E0048",
                    self.file,
                    function.name.span,
                    format!("`{}` cannot stand in a service", function.name.text),
                )
                .help("a service has `fn init`, calls and casts; other functions stand outside of it"),
            );
        }
        // The functions that there are, and whose they are, by number.
        let mut taken: HashMap<String, (usize, &Name)> = HashMap::new();
        let mut fine = Vec::new();
        for handler in &declaration.handlers {
            let name = &handler.name;
            let own = snake_case(&name.text);
            if own == "start" {
                let service = &declaration.name.text;
                self.report(
                    Diagnostic::error("E0044", self.file, name.span, "a handler cannot be called `Start`")
                        .help(format!("`{service}.start` starts the service")),
                );
                continue;
            }
            let mut names = vec![own.clone()];
            if handler.is_call {
                names.push(format!("try_{own}"));
            }
            let clashes = names.iter().filter_map(|function| taken.get_key_value(function));
            let first = clashes.min_by_key(|(_, (number, _))| *number);
            let clash = first.map(|(function, (_, earlier))| (function.clone(), *earlier));
            for function in names {
                let number = taken.len();
                taken.entry(function).or_insert((number, name));
            }
            let Some((function, earlier)) = clash else {
                fine.push(handler);
                continue;
            };
            if earlier.text == name.text {
                self.declared_twice(name, earlier, &format!("the handler `{}` is written twice", name.text));
            } else {
                let message = format!(
                    "`{}` and `{}` would both have the function `{function}`",
                    earlier.text, name.text
                );
                self.declared_twice(name, earlier, &message);
            }
        }
        fine
    }

    /// Reports a call whose last expression cannot be a pair. Inference would report it in another place.
    fn check_outcome(&mut self, handler: &mut Handler) {
        let alone = handler.body.statements.len() == 1;
        let Some(Stmt::Expr(last)) = handler.body.statements.last_mut() else { return };
        let is_state = |name: &String| handler.state.as_ref().is_some_and(|state| state.text == *name);
        let no_pair = match &last.kind {
            ExprKind::Name(name) => is_state(name) && alone,
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::String(_) => true,
            ExprKind::Unit | ExprKind::List(_) | ExprKind::Map(_) => true,
            _ => false,
        };
        if handler.is_call && no_pair {
            let message = format!("the call `{}` gives no reply here", handler.name.text);
            self.report(
                Diagnostic::error("E0048", self.file, last.span, message)
                    .help("a call ends with the next state and the reply: `(state, reply)`"),
            );
            last.kind = ExprKind::Error;
        }
    }

    /// Puts `fn init` outside; gives its first clause.
    fn initial_state(&mut self, declaration: &ServiceDecl, outside: &mut Vec<Item>) -> FnClause {
        let at = At(declaration.name.span);
        let name = init_name(&declaration.name.text);
        let Some(first) = &declaration.init else {
            self.report(
                Diagnostic::error(
                    "E0048",
                    self.file,
                    declaration.name.span,
                    format!("the service `{}` has no `fn init`", declaration.name.text),
                )
                .help("`fn init(…) -> State do … end` gives the state that it starts with"),
            );
            let missing = at.function(name, Vec::new(), Vec::new(), None, at.expr(ExprKind::Error));
            outside.push(at.item(false, ItemKind::Fn(missing.clone())));
            return missing;
        };
        let later = declaration.functions.iter().filter(|function| function.name.text == "init");
        for clause in std::iter::once(first).chain(later) {
            if clause.params.len() != first.params.len() {
                self.report(
                    Diagnostic::error(
                        "E0024",
                        self.file,
                        clause.name.span,
                        format!(
                            "this clause takes {} arguments, the first one {}",
                            clause.params.len(),
                            first.params.len()
                        ),
                    )
                    .help("a service starts in one way: all clauses of `init` take the same arguments"),
                );
                continue;
            }
            let renamed = Name { text: name.clone(), span: clause.name.span };
            let clause = FnClause { name: renamed, ..clause.clone() };
            outside.push(At(clause.name.span).item(false, ItemKind::Fn(clause)));
        }
        first.clone()
    }
}

fn init_name(service: &str) -> String {
    format!("{service}.init")
}

/// Names the types of a handler. Those that are written get aliases outside, where their names mean
/// what they meant; the others become parameters of the message type, and are inferred.
fn message<'d>(
    service: &str,
    handler: &'d Handler,
    outside: &mut Vec<Item>,
    type_params: &mut Vec<TypeParam>,
) -> Message<'d> {
    let at = At(handler.name.span);
    let function = format!("{service}.{}", handler.name.text);
    let mut named = |written: Option<&TypeExpr>, what: &str| match written {
        Some(written) => {
            let at = At(written.span);
            let alias = format!("{function} {what}");
            let target = written.clone();
            let declaration = AliasDecl { name: at.ident(&alias), type_params: Vec::new(), target };
            outside.push(at.item(false, ItemKind::Alias(declaration)));
            at.simple_type(alias)
        }
        None => {
            let name = format!("{}_{what}", handler.name.text);
            type_params.push(TypeParam { name: at.ident(&name) });
            at.simple_type(name)
        }
    };
    let params = handler
        .params
        .iter()
        .enumerate()
        .map(|(index, param)| named(param.annotation.as_ref(), &(index + 1).to_string()))
        .collect();
    let reply = match (handler.is_call, &handler.reply) {
        (true, written) => named(written.as_ref(), "reply"),
        (false, _) => TypeExpr { span: at.0, kind: TypeKind::Unit },
    };
    Message { handler, at, function, params, reply }
}

/// `fn Stock.TakeOut(self(), count, n :: Int) -> (Int, Bool)`
fn handler_function(message: &Message, state: Option<&TypeExpr>) -> Item {
    let (handler, at) = (message.handler, message.at);
    let pattern = match &handler.state {
        Some(name) => At(name.span).binding(&name.text),
        None => at.pattern(PatternKind::Wildcard),
    };
    let mut params = vec![at.param(OWN_ADDRESS, None), Param { pattern, annotation: state.cloned() }];
    params.extend(handler.params.iter().cloned());
    let result = match (handler.is_call, state, &handler.reply) {
        (false, Some(state), _) => Some(state.clone()),
        (true, Some(state), Some(reply)) => {
            Some(TypeExpr { span: reply.span, kind: TypeKind::Tuple(vec![state.clone(), reply.clone()]) })
        }
        _ => None,
    };
    let function = FnClause {
        name: at.ident(&message.function),
        type_params: Vec::new(),
        params,
        result,
        bounds: Vec::new(),
        guard: None,
        body: handler.body.clone(),
    };
    Item { doc: None, public: false, span: handler.span, kind: ItemKind::Fn(function) }
}

fn message_type(at: At, type_params: &[TypeParam], messages: &[Message]) -> SumDecl {
    let variants = messages.iter().map(|message| {
        let mut payload: Vec<(Option<Name>, TypeExpr)> =
            message.params.iter().map(|ty| (None, ty.clone())).collect();
        if message.handler.is_call {
            let path = message.at.library_path("Reply", "Reply");
            payload.push((None, message.at.named_type(path, vec![message.reply.clone()])));
        }
        Variant { doc: None, name: message.handler.name.clone(), payload }
    });
    SumDecl {
        opaque: false,
        name: at.ident(MESSAGE),
        type_params: type_params.to_vec(),
        variants: variants.collect(),
        deriving: Some(Vec::new()),
    }
}

/// `fn start(…) = spawn((loop), Stock.init(…))`
fn start(at: At, service: &str, init: &FnClause) -> FnClause {
    let names: Vec<String> = (0..init.params.len()).map(argument).collect();
    let params = names.iter().map(|name| at.param(name, None)).collect();
    let arguments = names.iter().map(|name| at.name(name)).collect();
    // A state that the handlers do not want is reported at what `init` gives.
    let state = At(value_span(&init.body, &init.name)).call(at.name(init_name(service)), arguments);
    let body = at.expr(ExprKind::Spawn(vec![at.name(LOOP), state]));
    at.function("start", Vec::new(), params, None, body)
}

fn actor(at: At, messages: &[Message]) -> ActorDecl {
    let arms: Vec<ast::Arm> = if messages.is_empty() {
        let again = at.call_name(LOOP, vec![at.name(STATE)]);
        vec![at.arm(at.pattern(PatternKind::Wildcard), at.block(vec![again]))]
    } else {
        messages.iter().map(arm).collect()
    };
    ActorDecl {
        name: at.ident(LOOP),
        params: vec![at.param(STATE, None)],
        body: at.block(vec![at.expr(ExprKind::Receive(arms, None))]),
        terminate: None,
    }
}

fn arm(message: &Message) -> ast::Arm {
    let at = message.at;
    let names: Vec<String> = (0..message.params.len()).map(argument).collect();
    let mut payload: Vec<ast::Pattern> = names.iter().map(|name| at.binding(name)).collect();
    let mut arguments = vec![at.expr(ExprKind::SelfCall), at.name(STATE)];
    arguments.extend(names.iter().map(|name| at.name(name)));
    // A handler of the wrong type is reported at what it gives.
    let result = At(value_span(&message.handler.body, &message.handler.name));
    let outcome = result.call(at.name(&message.function), arguments);
    let mut statements = Vec::new();
    let next = if message.handler.is_call {
        payload.push(at.binding(REPLY));
        let (next, answer) = ("(next)", "(answer)");
        let both = at.pattern(PatternKind::Tuple(vec![at.binding(next), at.binding(answer)]));
        statements.push(at.assign(both, outcome));
        let answers = vec![at.name(REPLY), at.name(answer)];
        statements.push(Stmt::Expr(at.call(at.library("Reply", "answer"), answers)));
        at.name(next)
    } else {
        outcome
    };
    statements.push(Stmt::Expr(at.call_name(LOOP, vec![next])));
    let constructor = vec![at.ident(MESSAGE), message.handler.name.clone()];
    at.arm(
        at.pattern(PatternKind::Constructor(constructor, payload)),
        Block { span: message.handler.body.span, statements },
    )
}

/// The function of the handler's name; for a call, the one that gives a Result as well.
fn message_functions(service: &str, message: &Message, type_params: &[TypeParam]) -> Vec<FnClause> {
    let at = message.at;
    let own = snake_case(&message.handler.name.text);
    let arguments = type_params.iter().map(|param| at.simple_type(&param.name.text)).collect();
    let message_type = at.named_type(vec![at.ident(MESSAGE)], arguments);
    let address = at.language_type("Pid", vec![message_type]);
    let names: Vec<String> = (0..message.params.len()).map(argument).collect();
    let own_params = || names.iter().zip(&message.params).map(|(name, ty)| at.param(name, Some(ty.clone())));
    let target = || at.param(SERVICE, Some(address.clone()));
    let values = || names.iter().map(|name| at.name(name));
    let constructor = at.expr(ExprKind::Member(Box::new(at.name(MESSAGE)), message.handler.name.clone()));
    let build = |arguments: Vec<Expr>| {
        if arguments.is_empty() { constructor.clone() } else { at.call(constructor.clone(), arguments) }
    };
    if !message.handler.is_call {
        let body = at.expr(ExprKind::Send(vec![at.name(SERVICE), build(values().collect())]));
        let params = std::iter::once(target()).chain(own_params()).collect();
        return vec![at.function(own, type_params.to_vec(), params, Some(message.reply.clone()), body)];
    }
    let question = || {
        let arguments = values().chain([at.name(REPLY)]).collect();
        at.closure(vec![at.param(REPLY, None)], build(arguments))
    };
    let call = at.call(
        at.library("Service", "call"),
        vec![at.name(SERVICE), at.text(format!("{service}.{own}")), question()],
    );
    let params = std::iter::once(target()).chain(own_params()).collect();
    let calling = at.function(&own, type_params.to_vec(), params, Some(message.reply.clone()), call);
    let attempt =
        at.call(at.library("Reply", "ask"), vec![at.name(SERVICE), at.name(MILLISECONDS), question()]);
    let milliseconds = at.param(MILLISECONDS, Some(at.language_type("Int", Vec::new())));
    let params = [target(), milliseconds].into_iter().chain(own_params()).collect();
    let error = at.named_type(at.library_path("Reply", "CallError"), Vec::new());
    let result = at.language_type("Result", vec![message.reply.clone(), error]);
    let trying = at.function(format!("try_{own}"), type_params.to_vec(), params, Some(result), attempt);
    vec![calling, trying]
}

/// Of the last expression of a body, which is its value; else of what the body belongs to.
fn value_span(body: &Block, owner: &Name) -> Span {
    match body.statements.last() {
        Some(Stmt::Expr(expr)) => expr.span,
        _ => owner.span,
    }
}

/// `TakeOut` gives `take_out`: an underscore before every capital letter but the first.
fn snake_case(name: &str) -> String {
    let mut result = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            result.push('_');
        }
        result.extend(letter.to_lowercase());
    }
    result
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn capitals_become_words() {
        assert_eq!(snake_case("TakeOut"), "take_out");
        assert_eq!(snake_case("GetHTTP"), "get_h_t_t_p");
        assert_eq!(snake_case("get"), "get");
    }
}
