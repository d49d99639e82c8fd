//! What a file names, comments and the text of strings aside.
//!
//! Which modules of the library a program needs is decided before anything is checked. Too much does no harm here:
//! what a name means is decided by declarations and imports, never by what happens to be loaded.

use crate::syntax_kind::{SyntaxKind, SyntaxNode};
use std::collections::BTreeSet;

/// The names that may stand for modules and for what they export, and the forms of the language that occur.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    /// Dotted names as far as their segments begin with a capital letter: `Geometry.Plane` of
    /// `Geometry.Plane.distance(p, q)`.
    pub paths: BTreeSet<String>,
    /// Some forms are worked out by functions of the library: a map's literal, `link`.
    pub forms: BTreeSet<SyntaxKind>,
}

pub(crate) fn mentions(tree: &SyntaxNode) -> Mentions {
    let mut mentions = Mentions::default();
    let mut path = String::new();
    let mut behind_dot = false;
    for element in tree.descendants_with_tokens() {
        let token = match element {
            rowan::NodeOrToken::Node(node) => {
                mentions.forms.insert(node.kind());
                continue;
            }
            rowan::NodeOrToken::Token(token) => token,
        };
        match token.kind() {
            kind if kind.is_trivia() => {}
            SyntaxKind::Dot => behind_dot = true,
            SyntaxKind::Ident if token.text().starts_with(char::is_uppercase) => {
                if behind_dot && !path.is_empty() {
                    path.push('.');
                } else if !path.is_empty() {
                    mentions.paths.insert(std::mem::take(&mut path));
                }
                path.push_str(token.text());
                behind_dot = false;
            }
            _ => {
                if !path.is_empty() {
                    mentions.paths.insert(std::mem::take(&mut path));
                }
                behind_dot = false;
            }
        }
    }
    if !path.is_empty() {
        mentions.paths.insert(path);
    }
    mentions
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::syntax_kind::SyntaxKind;

    fn paths(source: &str) -> Vec<String> {
        parse(0, source).0.mentions.paths.into_iter().collect()
    }

    #[test]
    fn names_of_modules_are_found_wherever_code_stands() {
        let source = "import Geometry.Plane\nfn f(x :: Map<Int, Ws.Message>) = \"${List.length(x)}\" <> Some(Net.Tcp.y)";
        assert_eq!(paths(source), ["Geometry.Plane", "Int", "List", "Map", "Net.Tcp", "Some", "Ws.Message"]);
    }

    #[test]
    fn comments_and_texts_name_nothing() {
        assert!(paths("# Process\n## Timer\n#= Job =#\nfn f() = \"Cell\"\n").is_empty());
    }

    #[test]
    fn a_dotted_name_may_span_white_space() {
        assert_eq!(paths("fn f() = Net . Tcp . listen(1)"), ["Net.Tcp"]);
        assert_eq!(paths("fn f(x) = x.Net"), ["Net"]);
    }

    #[test]
    fn forms_are_noted() {
        let forms = |source: &str| parse(0, source).0.mentions.forms;
        assert!(forms("fn f() = %{1 => 2}").contains(&SyntaxKind::MapExpr));
        assert!(!forms("fn f() = \"%{\" # %{}").contains(&SyntaxKind::MapExpr));
    }
}
