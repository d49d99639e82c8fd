//! `Default`: a struct whose fields all have their default. A sum has none: no constructor comes before the others.

use super::{Deriving, Form};
use snow_syntax::ast::{ExprKind, FnClause};

impl Deriving<'_> {
    pub(super) fn default(&self) -> Option<FnClause> {
        let Form::Struct(declaration) = self.form else { return None };
        let at = self.at;
        let field = |name: &str| (at.ident(name), self.call("default", Vec::new()));
        let fields = declaration.fields.iter().map(|declared| field(&declared.name.text)).collect();
        let value = at.expr(ExprKind::Struct(vec![at.ident(&declaration.name.text)], fields));
        Some(self.method("default", &[], at.block(vec![value])))
    }
}
