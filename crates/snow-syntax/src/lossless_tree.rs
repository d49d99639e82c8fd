//! Events to the lossless tree: puts the trivia back in.

use rowan::{GreenNode, GreenNodeBuilder, Language};

use crate::lexer::Token;
use crate::parser::Event;
use crate::syntax_kind::{Snow, SyntaxKind};

/// Builds the tree. Trivia before a node stays outside it, so that a node begins with its first token.
pub(crate) fn build(source: &str, tokens: &[Token], mut events: Vec<Event>) -> GreenNode {
    let mut tree = Builder {
        inner: GreenNodeBuilder::new(),
        source,
        tokens,
        next: 0,
        next_start: 0,
        offset: 0,
        open: 0,
    };
    let mut chain = Vec::new();
    for index in 0..events.len() {
        match std::mem::replace(&mut events[index], Event::Start { kind: None, parent: None }) {
            Event::Start { kind, mut parent } => {
                chain.extend(kind);
                // Parents come later in the list; taking them here leaves empty starts behind.
                while let Some(position) = parent {
                    let taken =
                        std::mem::replace(&mut events[position], Event::Start { kind: None, parent: None });
                    let Event::Start { kind, parent: next } = taken else { break };
                    chain.extend(kind);
                    parent = next;
                }
                for kind in chain.drain(..).rev() {
                    tree.start(kind);
                }
            }
            Event::Token { kind, end } => {
                tree.trivia();
                tree.token(kind, end);
            }
            Event::Finish => tree.finish(),
        }
    }
    tree.inner.finish()
}

struct Builder<'s> {
    inner: GreenNodeBuilder<'static>,
    source: &'s str,
    tokens: &'s [Token],
    /// The next lexer token that is not wholly in the tree, and where it starts.
    next: usize,
    next_start: usize,
    offset: usize,
    open: usize,
}

impl Builder<'_> {
    fn start(&mut self, kind: SyntaxKind) {
        if self.open > 0 {
            self.trivia();
        }
        self.open += 1;
        self.inner.start_node(Snow::kind_to_raw(kind));
    }

    fn finish(&mut self) {
        self.open -= 1;
        if self.open == 0 {
            self.trivia();
        }
        self.inner.finish_node();
    }

    fn trivia(&mut self) {
        while let Some(token) = self.tokens.get(self.next).filter(|token| token.kind.is_trivia()) {
            self.token(token.kind, self.offset + token.length);
        }
    }

    /// Adds the text up to `end`: a whole lexer token, or a part of one that the parser split.
    fn token(&mut self, kind: SyntaxKind, end: usize) {
        self.inner.token(Snow::kind_to_raw(kind), &self.source[self.offset..end]);
        self.offset = end;
        // A split token is passed once its end is reached.
        while let Some(token) = self.tokens.get(self.next) {
            if self.next_start + token.length > end {
                break;
            }
            self.next_start += token.length;
            self.next += 1;
        }
    }
}
