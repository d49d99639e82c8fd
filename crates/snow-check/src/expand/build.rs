//! Short ways to write pieces of syntax trees.

use snow_syntax::ast::{
    Arm, Block, ClosureClause, Expr, ExprKind, FnClause, Item, ItemKind, LIBRARY, LetStmt, Name, Param,
    Pattern, PatternKind, Stmt, TypeExpr, TypeKind, TypeParam,
};
use snow_syntax::span::Span;

/// Everything generated points at the piece of source that it stands for.
#[derive(Clone, Copy)]
pub struct At(pub Span);

impl At {
    pub fn ident(self, text: impl Into<String>) -> Name {
        Name { text: text.into(), span: self.0 }
    }

    pub fn expr(self, kind: ExprKind) -> Expr {
        Expr { span: self.0, kind }
    }

    pub fn name(self, text: impl Into<String>) -> Expr {
        self.expr(ExprKind::Name(text.into()))
    }

    pub fn text(self, text: impl Into<String>) -> Expr {
        self.expr(ExprKind::String(vec![snow_syntax::ast::StringPart::Text(text.into())]))
    }

    /// `Module.name` of the standard library, whatever the program calls `Module`.
    pub fn library(self, module: &str, name: &str) -> Expr {
        let base = Box::new(self.name(format!("{LIBRARY}{module}")));
        self.expr(ExprKind::Member(base, self.ident(name)))
    }

    /// What every program has in scope under this name, whatever the program calls its own.
    pub fn language(self, name: &str) -> Expr {
        self.name(format!("{LIBRARY}{name}"))
    }

    /// `library` as the path of a type.
    pub fn library_path(self, module: &str, name: &str) -> Vec<Name> {
        vec![self.ident(format!("{LIBRARY}{module}")), self.ident(name)]
    }

    pub fn call(self, callee: Expr, arguments: Vec<Expr>) -> Expr {
        self.expr(ExprKind::Call(Box::new(callee), arguments))
    }

    pub fn call_name(self, callee: impl Into<String>, arguments: Vec<Expr>) -> Expr {
        self.call(self.name(callee), arguments)
    }

    pub fn pattern(self, kind: PatternKind) -> Pattern {
        Pattern { span: self.0, kind }
    }

    pub fn binding(self, name: impl Into<String>) -> Pattern {
        self.pattern(PatternKind::Name(name.into()))
    }

    pub fn param(self, name: impl Into<String>, annotation: Option<TypeExpr>) -> Param {
        Param { pattern: self.binding(name), annotation }
    }

    pub fn closure(self, params: Vec<Param>, body: Expr) -> Expr {
        let clause = ClosureClause { span: self.0, params, guard: None, body: self.block(vec![body]) };
        self.expr(ExprKind::Closure(vec![clause]))
    }

    pub fn arm(self, pattern: Pattern, body: Block) -> Arm {
        Arm { span: self.0, pattern, guard: None, body }
    }

    pub fn block(self, exprs: Vec<Expr>) -> Block {
        Block { span: self.0, statements: exprs.into_iter().map(Stmt::Expr).collect() }
    }

    pub fn assign(self, pattern: Pattern, value: Expr) -> Stmt {
        Stmt::Let(LetStmt { span: self.0, pattern, annotation: None, value })
    }

    pub fn named_type(self, path: Vec<Name>, arguments: Vec<TypeExpr>) -> TypeExpr {
        TypeExpr { span: self.0, kind: TypeKind::Named(path, arguments) }
    }

    /// A type of the language, whatever the program calls its own.
    pub fn language_type(self, name: &str, arguments: Vec<TypeExpr>) -> TypeExpr {
        self.named_type(vec![self.ident(format!("{LIBRARY}{name}"))], arguments)
    }

    pub fn simple_type(self, name: impl Into<String>) -> TypeExpr {
        self.named_type(vec![self.ident(name)], Vec::new())
    }

    pub fn function(
        self,
        name: impl Into<String>,
        type_params: Vec<TypeParam>,
        params: Vec<Param>,
        result: Option<TypeExpr>,
        body: Expr,
    ) -> FnClause {
        FnClause {
            name: self.ident(name),
            type_params,
            params,
            result,
            bounds: Vec::new(),
            guard: None,
            body: self.block(vec![body]),
        }
    }

    pub fn item(self, public: bool, kind: ItemKind) -> Item {
        Item { doc: None, public, span: self.0, kind }
    }
}

/// The name of a parameter that only hands on: none that can be written.
pub fn argument(index: usize) -> String {
    format!("(argument {})", index + 1)
}
