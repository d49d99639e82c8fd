//! What stands between brackets or quotes, by its tokens alone.

use super::Parser;
use crate::syntax_kind::SyntaxKind::{self, *};

/// The index behind the closing bracket or quotes of those at `at`.
pub(super) fn behind_group(p: &Parser, at: usize) -> Option<usize> {
    p.partners[at].map(|close| close + 1)
}

/// Takes the group that begins here, unread; one token where none does.
pub(super) fn skip_group(p: &mut Parser) {
    let end = behind_group(p, p.position).unwrap_or(p.position + 1);
    while p.position < end && !p.at_end() {
        p.bump();
    }
}

/// For each opening bracket and quote the index of the one that closes it; for `${` too.
pub(super) fn partners(kinds: impl Iterator<Item = SyntaxKind>) -> Vec<Option<usize>> {
    let mut partners = Vec::new();
    let mut open: Vec<(usize, SyntaxKind)> = Vec::new();
    for (index, kind) in kinds.enumerate() {
        partners.push(None);
        let closed_by = match kind {
            LeftParen => RightParen,
            LeftBracket => RightBracket,
            LeftBrace | MapStart => RightBrace,
            StringStart => StringEnd,
            InterpolationStart => InterpolationEnd,
            _ => {
                // What does not fit closes nothing: the program is reported as wrong in any case.
                if let Some((start, _)) = open.pop_if(|(_, wanted)| *wanted == kind) {
                    partners[start] = Some(index);
                }
                continue;
            }
        };
        open.push((index, closed_by));
    }
    partners
}
