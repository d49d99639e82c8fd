//! What a file names, comments and the text of strings aside.
//!
//! Which modules of the library a program needs is decided before anything is checked. Too much does no harm here:
//! what a name means is decided by declarations and imports, never by what happens to be loaded.

use crate::lexer::Token;
use crate::syntax_kind::SyntaxKind;
use std::collections::BTreeSet;

/// The names that may stand for modules and for what they export, and the forms of the language that occur.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    /// Dotted names as far as their segments begin with a capital letter: `Geometry.Plane` of
    /// `Geometry.Plane.distance(p, q)`.
    pub paths: BTreeSet<String>,
    /// The words and marks that begin a form which the library works out: a map's literal, `link`.
    pub forms: BTreeSet<SyntaxKind>,
}

const FORMS: [SyntaxKind; 5] = [
    SyntaxKind::DotDotEqual,
    SyntaxKind::MapStart,
    SyntaxKind::LinkKw,
    SyntaxKind::ServiceKw,
    SyntaxKind::SupervisorKw,
];

pub(crate) fn mentions(source: &str, tokens: &[Token]) -> Mentions {
    let mut mentions = Mentions::default();
    let mut offset = 0;
    // A dotted name that has not ended, and whether a dot is behind it.
    let mut path: Option<String> = None;
    let mut behind_dot = false;
    for token in tokens {
        let text = &source[offset..offset + token.length];
        offset += token.length;
        match token.kind {
            kind if kind.is_trivia() => {}
            SyntaxKind::Dot if path.is_some() => behind_dot = true,
            SyntaxKind::Ident if text.starts_with(char::is_uppercase) => {
                path = Some(match path.take() {
                    Some(mut before) if behind_dot => {
                        before.push('.');
                        before.push_str(text);
                        before
                    }
                    before => {
                        mentions.paths.extend(before);
                        text.to_string()
                    }
                });
                behind_dot = false;
            }
            kind => {
                mentions.paths.extend(path.take());
                behind_dot = false;
                if FORMS.contains(&kind) {
                    mentions.forms.insert(kind);
                }
            }
        }
    }
    mentions.paths.extend(path);
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
        assert!(forms("fn f() = %{1 => 2}").contains(&SyntaxKind::MapStart));
        assert!(!forms("fn f() = \"%{\" # %{}").contains(&SyntaxKind::MapStart));
    }
}
