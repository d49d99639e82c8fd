//! `Row`: a struct whose fields are the columns of a row.
//!
//! For `struct Pair do left :: A; right :: B end deriving(Row)`:
//!
//! ```snow
//! fn from_row(row) = Ok(Pair { left: Row.column(row, "left")?, right: Row.column(row, "right")? })
//! ```

use super::{Deriving, Form};
use snow_syntax::ast::{Block, ExprKind, FnClause};

const ROW: &str = "(row)";

impl Deriving<'_> {
    pub(super) fn read_row(&self) -> FnClause {
        let at = self.at;
        // A sum type has been refused.
        let Form::Struct(declaration) = self.form else {
            return self.method("from_row", &[ROW], Block::default());
        };
        let field = |name: &str| {
            let column = at.call(at.library("Row", "column"), vec![at.name(ROW), at.text(name)]);
            (at.ident(name), at.expr(ExprKind::Try(Box::new(column))))
        };
        let fields = declaration.fields.iter().map(|declared| field(&declared.name.text)).collect();
        let value = at.expr(ExprKind::Struct(vec![at.ident(&declaration.name.text)], fields));
        self.method("from_row", &[ROW], at.block(vec![self.call("Ok", vec![value])]))
    }
}
