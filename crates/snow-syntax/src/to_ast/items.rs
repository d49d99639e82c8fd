//! Declarations.

use super::types::type_parameters;
use super::{
    Lowering, child, child_where, children, doc, has_token, has_word, name_of, path_of, span, token_span,
    tokens,
};
use crate::ast::{self, Expr, Field, FnClause, Handler, Item, ItemKind, MethodDecl, Name, TypeExpr, Variant};
use crate::syntax_kind::{SyntaxKind, SyntaxKind::*, SyntaxNode};

impl Lowering<'_> {
    /// The declarations directly in the node.
    pub(super) fn items(&mut self, node: &SyntaxNode) -> Vec<Item> {
        let items: Vec<SyntaxNode> = node
            .children()
            .filter(|item| {
                item.kind().is_item() || matches!(item.kind(), SyntaxKind::LetStmt | ExprStmt | Error)
            })
            .collect();
        items
            .iter()
            .map(|item| Item {
                doc: doc(item),
                public: has_token(item, PubKw),
                span: span(item),
                kind: self.item(item),
            })
            .collect()
    }

    fn item(&mut self, node: &SyntaxNode) -> ItemKind {
        match node.kind() {
            FnDecl => ItemKind::Fn(self.function(node)),
            SyntaxKind::ExternFn => ItemKind::Extern(ast::ExternFn {
                name: name_of(node),
                type_params: type_parameters(node),
                params: self.parameters(node),
                result: self.result_type(node),
            }),
            SyntaxKind::StructDecl => ItemKind::Struct(self.structure_declaration(node)),
            SyntaxKind::SumDecl => ItemKind::Sum(self.sum(node)),
            SyntaxKind::AliasDecl => ItemKind::Alias(ast::AliasDecl {
                name: name_of(node),
                type_params: type_parameters(node),
                target: self.required_type(node),
            }),
            SyntaxKind::InterfaceDecl => ItemKind::Interface(self.interface(node)),
            SyntaxKind::ImplDecl => ItemKind::Impl(self.implementation(node)),
            SyntaxKind::ActorDecl => ItemKind::Actor(ast::ActorDecl {
                name: name_of(node),
                params: self.parameters(node),
                body: self.block_in(node),
                terminate: child(node, TerminateClause).map(|clause| self.block_in(&clause)),
            }),
            SyntaxKind::ServiceDecl => ItemKind::Service(self.service(node)),
            SyntaxKind::SupervisorDecl => ItemKind::Supervisor(ast::SupervisorDecl {
                name: name_of(node),
                params: self.parameters(node),
                settings: self.settings(node),
                children: children(node, SyntaxKind::ChildDecl)
                    .map(|child| ast::ChildDecl {
                        name: name_of(&child),
                        settings: self.settings(&child),
                        span: span(&child),
                    })
                    .collect(),
            }),
            ModuleDecl => ItemKind::Module(name_of(node), self.items(node)),
            ImportDecl | FromDecl => ItemKind::Import(import(node)),
            SyntaxKind::LetStmt => ItemKind::Let(self.let_statement(node)),
            SyntaxKind::TestDecl => ItemKind::Test(self.test(node)),
            ExprStmt => ItemKind::Expr(self.required_expression(node)),
            _ => ItemKind::Error,
        }
    }

    pub(super) fn function(&mut self, node: &SyntaxNode) -> FnClause {
        FnClause {
            name: name_of(node),
            type_params: type_parameters(node),
            params: self.parameters(node),
            result: self.result_type(node),
            bounds: self.bounds(node),
            guard: self.guard(node),
            body: self.block_in(node),
        }
    }

    fn result_type(&mut self, node: &SyntaxNode) -> Option<TypeExpr> {
        child(node, ResultType).map(|result| self.required_type(&result))
    }

    fn structure_declaration(&mut self, node: &SyntaxNode) -> ast::StructDecl {
        let fields = children(node, FieldDecl).map(|field| Field {
            doc: doc(&field),
            name: name_of(&field),
            annotation: self.required_type(&field),
            default: child_where(&field, SyntaxKind::is_expression).map(|value| self.expression(&value)),
        });
        ast::StructDecl {
            opaque: has_word(node, "opaque"),
            name: name_of(node),
            type_params: type_parameters(node),
            fields: fields.collect(),
            deriving: self.deriving(node),
        }
    }

    fn deriving(&mut self, node: &SyntaxNode) -> ast::Deriving {
        let clause = child(node, SyntaxKind::Deriving)?;
        let derived = children(&clause, SyntaxKind::Derived).map(|derived| {
            let renamings = children(&derived, SyntaxKind::Renaming);
            let renamings = renamings.map(|renaming| (name_of(&renaming), self.text_of(&renaming)));
            ast::Derived { name: name_of(&derived), renamings: renamings.collect() }
        });
        Some(derived.collect())
    }

    fn sum(&mut self, node: &SyntaxNode) -> ast::SumDecl {
        let variants = children(node, VariantDecl).map(|variant| {
            let payload = children(&variant, PayloadField).map(|field| {
                let label = child(&field, SyntaxKind::Name).map(|label| super::name(&label));
                (label, self.required_type(&field))
            });
            Variant { doc: doc(&variant), name: name_of(&variant), payload: payload.collect() }
        });
        ast::SumDecl {
            opaque: has_word(node, "opaque"),
            name: name_of(node),
            type_params: type_parameters(node),
            variants: variants.collect(),
            deriving: self.deriving(node),
        }
    }

    fn interface(&mut self, node: &SyntaxNode) -> ast::InterfaceDecl {
        let methods = children(node, FnDecl).map(|method| MethodDecl {
            doc: doc(&method),
            name: name_of(&method),
            params: self.parameters(&method),
            result: self.result_type(&method),
            default: child(&method, SyntaxKind::Block).map(|_| self.block_in(&method)),
            span: span(&method),
        });
        ast::InterfaceDecl {
            name: name_of(node),
            type_params: type_parameters(node),
            methods: methods.collect(),
            associated: children(node, AssociatedType).map(|associated| name_of(&associated)).collect(),
        }
    }

    fn implementation(&mut self, node: &SyntaxNode) -> ast::ImplDecl {
        ast::ImplDecl {
            interface: path_of(node),
            arguments: self.type_arguments(node),
            target: self.required_type(node),
            bounds: self.bounds(node),
            associated: children(node, AssociatedType)
                .map(|associated| (name_of(&associated), self.required_type(&associated)))
                .collect(),
            methods: children(node, FnDecl).map(|method| self.function(&method)).collect(),
        }
    }

    fn service(&mut self, node: &SyntaxNode) -> ast::ServiceDecl {
        let mut init = None;
        let mut functions = Vec::new();
        for member in children(node, FnDecl) {
            let function = self.function(&member);
            if init.is_none() && function.name.text == "init" {
                init = Some(function);
            } else {
                functions.push(function);
            }
        }
        let handlers = children(node, HandlerDecl).map(|handler| Handler {
            is_call: has_token(&handler, CallKw),
            name: name_of(&handler),
            params: self.parameters(&handler),
            reply: self.type_in(&handler),
            state: child(&handler, StateName).map(|state| name_of(&state)),
            body: self.block_in(&handler),
            span: span(&handler),
        });
        ast::ServiceDecl { name: name_of(node), init, functions, handlers: handlers.collect() }
    }

    fn settings(&mut self, node: &SyntaxNode) -> Vec<(Name, Expr)> {
        children(node, Setting)
            .map(|setting| (name_of(&setting), self.required_expression(&setting)))
            .collect()
    }

    fn test(&mut self, node: &SyntaxNode) -> ast::TestDecl {
        let mut pieces =
            tokens(node).filter(|token| matches!(token.kind(), StringStart | StringText | StringEnd));
        let first = pieces.next().map(|token| token_span(&token)).unwrap_or(span(node));
        let name_span = pieces.fold(first, |whole, token| whole.to(token_span(&token)));
        let system = tokens(node).any(|token| token.kind() == SyntaxKind::WithKw);
        ast::TestDecl { name: self.text_of(node), name_span, system, body: self.block_in(node) }
    }
}

fn import(node: &SyntaxNode) -> ast::Import {
    let names = children(node, SyntaxKind::ImportedName)
        .map(|imported| ast::ImportedName { name: name_of(&imported), alias: import_alias(&imported) });
    let listed = node.kind() == FromDecl || has_token(node, LeftBrace);
    ast::Import {
        path: path_of(node),
        alias: import_alias(node),
        names: listed.then(|| names.filter(|imported| !imported.name.text.is_empty()).collect()),
    }
}

fn import_alias(node: &SyntaxNode) -> Option<Name> {
    let alias = name_of(&child(node, ImportAlias)?);
    (!alias.text.is_empty()).then_some(alias)
}
