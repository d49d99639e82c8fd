//! `Hash`: the number of the constructor, then the parts, each going into the state that the next one starts from.

use super::cases::{Case, SELF};
use super::{Deriving, Form};
use snow_syntax::ast::{Block, Expr, FnClause, Stmt};

const STATE: &str = "(state)";

impl<'d> Deriving<'d> {
    pub(super) fn hashing(&self) -> Vec<FnClause> {
        let plain =
            |state: Expr, part: Expr| self.call("hash_combine", vec![state, self.call("hash", vec![part])]);
        let keyed = |state: Expr, part: Expr| self.call("hash_keyed", vec![part, state]);
        let start = self.at.language("hash_start");
        let hash = self.apart(|case, parts| self.folded(&start, case, parts, &plain));
        let given = self.at.name(STATE);
        let hash_keyed = self.apart(|case, parts| self.folded(&given, case, parts, &keyed));
        vec![self.method("hash", &[SELF], hash), self.method("hash_keyed", &[SELF, STATE], hash_keyed)]
    }

    fn folded(
        &self,
        start: &Expr,
        case: Case<'d>,
        mut parts: Vec<Expr>,
        step: &impl Fn(Expr, Expr) -> Expr,
    ) -> Block {
        if let Form::Sum(_) = self.form {
            parts.insert(0, self.number(case.index));
        }
        let mut state = start.clone();
        let mut statements = Vec::new();
        for part in parts {
            let next = step(state, part);
            statements.push(self.at.assign(self.at.binding(STATE), next));
            state = self.at.name(STATE);
        }
        statements.push(Stmt::Expr(state));
        Block { span: self.at.0, statements }
    }
}
