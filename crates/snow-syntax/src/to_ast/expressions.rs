//! Expressions and blocks.

use super::{
    Lowering, child, child_where, children, children_where, has_token, name, name_of, names, span, tokens,
};
use crate::ast::{
    After, Arm, BinaryOp, Block, ClosureClause, Expr, ExprKind, ForExpr, ForPattern, LetStmt, Name, Path,
    Stmt, StringPart, UnaryOp,
};
use crate::operator_chain::Chain;
use crate::span::Span;
use crate::syntax_kind::{SyntaxElement, SyntaxKind, SyntaxKind::*, SyntaxNode};

impl Lowering<'_> {
    /// The expression directly in the node, where there must be one.
    pub(super) fn required_expression(&mut self, node: &SyntaxNode) -> Expr {
        match child_where(node, SyntaxKind::is_expression) {
            Some(found) => self.expression(&found),
            None => Expr { span: span(node), kind: ExprKind::Error },
        }
    }

    fn boxed(&mut self, node: &SyntaxNode) -> Box<Expr> {
        Box::new(self.required_expression(node))
    }

    fn expressions_in(&mut self, node: &SyntaxNode) -> Vec<Expr> {
        children_where(node, SyntaxKind::is_expression).map(|node| self.expression(&node)).collect()
    }

    /// Both operands; `Error` where one is missing.
    fn two(&mut self, node: &SyntaxNode) -> (Box<Expr>, Box<Expr>) {
        let mut parts = self.expressions_in(node).into_iter();
        let span = span(node);
        let mut next = || Box::new(parts.next().unwrap_or(Expr { span, kind: ExprKind::Error }));
        (next(), next())
    }

    pub(super) fn expression(&mut self, node: &SyntaxNode) -> Expr {
        let kind = match node.kind() {
            LiteralExpr => self.literal(node),
            StringExpr => ExprKind::String(self.string(node)),
            NameExpr => ExprKind::Name(node.text().to_string()),
            ParenExpr => {
                let mut parts = self.expressions_in(node);
                match parts.len() {
                    0 => ExprKind::Unit,
                    1 => return parts.remove(0),
                    _ => ExprKind::Tuple(parts),
                }
            }
            PostfixExpr => return self.postfix(node),
            BinaryExpr | PipeExpr => return self.infix(node),
            ListExpr => ExprKind::List(self.expressions_in(node)),
            MapExpr => {
                let entries = children(node, MapEntry).map(|entry| {
                    let (key, value) = self.two(&entry);
                    (*key, *value)
                });
                ExprKind::Map(entries.collect())
            }
            UpdateExpr => ExprKind::Update(self.boxed(node), self.fields(node)),
            UnaryExpr => self.unary(node),
            IfExpr => self.conditional(node),
            CaseExpr => ExprKind::Case(self.boxed(node), self.arms(node)),
            ClosureExpr => ExprKind::Closure(self.closure(node)),
            ForExpr => self.for_loop(node),
            WhileExpr => ExprKind::While(self.boxed(node), self.block_in(node)),
            ReturnExpr => ExprKind::Return(
                child_where(node, SyntaxKind::is_expression).map(|value| Box::new(self.expression(&value))),
            ),
            BreakExpr => ExprKind::Break,
            ContinueExpr => ExprKind::Continue,
            SpawnExpr => self.call_form(node, ExprKind::Spawn),
            SendExpr => self.call_form(node, ExprKind::Send),
            LinkExpr => self.call_form(node, ExprKind::Link),
            SelfExpr => ExprKind::SelfCall,
            ReceiveExpr => {
                let after = child(node, AfterClause).map(|after| {
                    Box::new(After {
                        milliseconds: self.required_expression(&after),
                        body: self.block_in(&after),
                    })
                });
                ExprKind::Receive(self.arms(node), after)
            }
            BitsExpr => ExprKind::Bits(self.expression_segments(node)),
            AssertExpr => ExprKind::Assert(self.boxed(node)),
            _ => ExprKind::Error,
        };
        Expr { span: span(node), kind }
    }

    fn literal(&mut self, node: &SyntaxNode) -> ExprKind {
        let Some(token) = tokens(node).next() else { return ExprKind::Error };
        match token.kind() {
            Int => ExprKind::Int(self.integer(&token, false)),
            Character => ExprKind::Int(self.character(&token)),
            Float => ExprKind::Float(self.float(&token)),
            TrueKw => ExprKind::Bool(true),
            FalseKw => ExprKind::Bool(false),
            _ => ExprKind::Unit,
        }
    }

    fn string(&mut self, node: &SyntaxNode) -> Vec<StringPart> {
        let mut parts = Vec::new();
        for element in node.children_with_tokens() {
            match element {
                SyntaxElement::Token(token) if token.kind() == StringText => {
                    parts.push(StringPart::Text(self.unescape(&token)));
                }
                SyntaxElement::Node(node) if node.kind() == Interpolation => {
                    parts.push(StringPart::Expr(self.required_expression(&node)));
                }
                _ => {}
            }
        }
        parts
    }

    /// A value, and the calls and members behind it.
    fn postfix(&mut self, node: &SyntaxNode) -> Expr {
        let start = Span { end: span(node).start, ..span(node) };
        let mut chain = Chain::new(self.required_expression(node));
        for suffix in node.children().filter(|part| !part.kind().is_expression()) {
            chain.link(start.to(span(&suffix)), |value| self.suffix(value, &suffix));
        }
        chain.finish()
    }

    fn suffix(&mut self, value: Expr, node: &SyntaxNode) -> ExprKind {
        match node.kind() {
            MemberSuffix => match child(node, SyntaxKind::Name) {
                Some(member) => ExprKind::Member(Box::new(value), name(&member)),
                None => ExprKind::Error,
            },
            CallSuffix => {
                let mut arguments =
                    child(node, Arguments).map_or(Vec::new(), |arguments| self.arguments(&arguments));
                // A trailing closure.
                arguments.extend(self.expressions_in(node));
                ExprKind::Call(Box::new(value), arguments)
            }
            IndexSuffix => ExprKind::Index(Box::new(value), self.boxed(node)),
            TrySuffix => ExprKind::Try(Box::new(value)),
            StructSuffix => self.structure(value, node),
            // What was reported stands for nothing.
            _ => value.kind,
        }
    }

    /// Operands with operators of one level between them.
    fn infix(&mut self, node: &SyntaxNode) -> Expr {
        let start = Span { end: span(node).start, ..span(node) };
        let mut chain = Chain::new(Expr { span: start, kind: ExprKind::Error });
        let mut operator = None;
        for element in node.children_with_tokens() {
            match element {
                SyntaxElement::Token(token) if token.kind() == Pipe => operator = Some(None),
                SyntaxElement::Token(token) => {
                    operator = binary_operator(token.kind()).map(Some).or(operator);
                }
                SyntaxElement::Node(operand) if operand.kind().is_expression() => {
                    let right = self.expression(&operand);
                    match operator.take() {
                        None => chain = Chain::new(right),
                        Some(None) => chain.link(start.to(span(&operand)), |left| {
                            ExprKind::Pipe(Box::new(left), Box::new(right))
                        }),
                        Some(Some(operator)) => chain.link(start.to(span(&operand)), |left| {
                            ExprKind::Binary(operator, Box::new(left), Box::new(right))
                        }),
                    }
                }
                SyntaxElement::Node(_) => {}
            }
        }
        chain.finish()
    }

    fn structure(&mut self, base: Expr, node: &SyntaxNode) -> ExprKind {
        let fields = self.fields(node);
        match path_from(&base) {
            Some(path) => ExprKind::Struct(path, fields),
            None => {
                if !matches!(base.kind, ExprKind::Error) {
                    let help = "a struct literal is `Name { field: value }`, a map is `%{key => value}`";
                    self.error("P0001", base.span, "expected the name of a struct before `{`", help);
                }
                ExprKind::Error
            }
        }
    }

    fn fields(&mut self, node: &SyntaxNode) -> Vec<(Name, Expr)> {
        let value = |field: SyntaxNode| {
            let name = name_of(&field);
            let alone = !name.text.is_empty() && !tokens(&field).any(|token| token.kind() == Colon);
            let value = match child_where(&field, SyntaxKind::is_expression) {
                None if alone => Expr { span: name.span, kind: ExprKind::Name(name.text.clone()) },
                _ => self.required_expression(&field),
            };
            (name, value)
        };
        children(node, FieldValue).map(value).collect()
    }

    /// Arguments written `key: value` become one map with string keys, the last argument.
    fn arguments(&mut self, list: &SyntaxNode) -> Vec<Expr> {
        let mut arguments = self.expressions_in(list);
        let pairs: Vec<SyntaxNode> = children(list, KeywordArgument).collect();
        let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else { return arguments };
        self.mentions.forms.insert(KeywordArgument);
        let map_span = span(first).to(span(last));
        let entries = pairs.iter().map(|pair| {
            let key = name_of(pair);
            let text = ExprKind::String(vec![StringPart::Text(key.text)]);
            (Expr { span: key.span, kind: text }, self.required_expression(pair))
        });
        let kind = ExprKind::Map(entries.collect());
        arguments.push(Expr { span: map_span, kind });
        arguments
    }

    fn call_form(&mut self, node: &SyntaxNode, form: fn(Vec<Expr>) -> ExprKind) -> ExprKind {
        child(node, Arguments).map_or(ExprKind::Error, |list| form(self.arguments(&list)))
    }

    fn unary(&mut self, node: &SyntaxNode) -> ExprKind {
        if !has_token(node, Minus) {
            return ExprKind::Unary(UnaryOp::Not, self.boxed(node));
        }
        // -9223372036854775808 is a number although 9223372036854775808 is none.
        let operand = child(node, LiteralExpr).and_then(|literal| tokens(&literal).next());
        match operand {
            Some(token) if token.kind() == Int => ExprKind::Int(self.integer(&token, true)),
            _ => ExprKind::Unary(UnaryOp::Negate, self.boxed(node)),
        }
    }

    fn conditional(&mut self, node: &SyntaxNode) -> ExprKind {
        let mut branches = Vec::new();
        let mut condition = None;
        let mut otherwise = None;
        let mut is_last = false;
        for element in node.children_with_tokens() {
            match element {
                SyntaxElement::Token(token) => match token.kind() {
                    ElseKw => is_last = true,
                    IfKw => is_last = false,
                    _ => {}
                },
                SyntaxElement::Node(part) if part.kind() == SyntaxKind::Block => {
                    let block = self.block(&part);
                    if is_last {
                        otherwise = Some(block);
                    } else {
                        let error = Expr { span: span(node), kind: ExprKind::Error };
                        branches.push((condition.take().unwrap_or(error), block));
                    }
                }
                SyntaxElement::Node(part) => condition = Some(self.expression(&part)),
            }
        }
        if branches.is_empty() {
            return ExprKind::Error;
        }
        ExprKind::If(branches, otherwise)
    }

    fn for_loop(&mut self, node: &SyntaxNode) -> ExprKind {
        let pattern = match child(node, ForPair).map(|pair| names(&pair)) {
            Some(pair) => match <[Name; 2]>::try_from(pair) {
                Ok([key, value]) => ForPattern::Pair(key, value),
                Err(_) => return ExprKind::Error,
            },
            None => ForPattern::One(self.required_pattern(node)),
        };
        ExprKind::For(Box::new(ForExpr {
            pattern,
            iterable: self.required_expression(node),
            condition: self.guard(node),
            body: self.block_in(node),
        }))
    }

    fn closure(&mut self, node: &SyntaxNode) -> Vec<ClosureClause> {
        children(node, SyntaxKind::ClosureClause)
            .map(|clause| ClosureClause {
                span: span(&clause),
                params: self.parameters(&clause),
                guard: self.guard(&clause),
                body: self.block_in(&clause),
            })
            .collect()
    }

    fn arms(&mut self, node: &SyntaxNode) -> Vec<Arm> {
        children(node, SyntaxKind::Arm)
            .map(|arm| Arm {
                span: span(&arm),
                pattern: self.required_pattern(&arm),
                guard: self.guard(&arm),
                body: self.block_in(&arm),
            })
            .collect()
    }

    pub(super) fn guard(&mut self, node: &SyntaxNode) -> Option<Expr> {
        child(node, Guard).map(|guard| self.required_expression(&guard))
    }

    /// The block directly in the node; empty where it is missing.
    pub(super) fn block_in(&mut self, node: &SyntaxNode) -> Block {
        child(node, SyntaxKind::Block)
            .map_or(Block { span: span(node), statements: vec![Stmt::Error(span(node))] }, |block| {
                self.block(&block)
            })
    }

    fn block(&mut self, node: &SyntaxNode) -> Block {
        let statements = node.children().map(|statement| match statement.kind() {
            SyntaxKind::LetStmt => Stmt::Let(self.let_statement(&statement)),
            FnDecl => Stmt::Fn(self.function(&statement)),
            ExprStmt => Stmt::Expr(self.required_expression(&statement)),
            _ => Stmt::Error(span(&statement)),
        });
        Block { span: span(node), statements: statements.collect() }
    }

    pub(super) fn let_statement(&mut self, node: &SyntaxNode) -> LetStmt {
        LetStmt {
            span: span(node),
            pattern: self.required_pattern(node),
            annotation: self.type_in(node),
            value: self.required_expression(node),
        }
    }
}

/// `Plane.Point` as it was read in the place of an expression.
fn path_from(expression: &Expr) -> Option<Path> {
    match &expression.kind {
        ExprKind::Name(text) => Some(vec![Name { text: text.clone(), span: expression.span }]),
        ExprKind::Member(base, member) => {
            let mut path = path_from(base)?;
            path.push(member.clone());
            Some(path)
        }
        _ => None,
    }
}

fn binary_operator(kind: SyntaxKind) -> Option<BinaryOp> {
    Some(match kind {
        OrKw | OrOr => BinaryOp::Or,
        AndKw | AndAnd => BinaryOp::And,
        EqualEqual => BinaryOp::Equal,
        NotEqual => BinaryOp::NotEqual,
        Less => BinaryOp::Less,
        Greater => BinaryOp::Greater,
        LessEqual => BinaryOp::LessEqual,
        GreaterEqual => BinaryOp::GreaterEqual,
        DotDot => BinaryOp::Range,
        DotDotEqual => BinaryOp::RangeInclusive,
        Diamond | PlusPlus => BinaryOp::Concat,
        Plus => BinaryOp::Add,
        Minus => BinaryOp::Subtract,
        Star => BinaryOp::Multiply,
        Slash => BinaryOp::Divide,
        Percent => BinaryOp::Remainder,
        _ => return None,
    })
}
