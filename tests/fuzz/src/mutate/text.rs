//! Mutations of the text: of tokens, lines and letters.

use crate::print::File;
use crate::random::Random;

/// A change of a text cut into tokens.
type Mutation = fn(&mut Vec<String>, &mut Random);

pub const TEXT_MUTATIONS: &[(&str, Mutation)] = &[
    ("delete a token", |tokens, random| {
        let at = random.below(tokens.len());
        tokens.remove(at);
    }),
    ("duplicate a token", |tokens, random| {
        let at = random.below(tokens.len());
        tokens.insert(at, tokens[at].clone());
    }),
    ("exchange two tokens", |tokens, random| {
        let (a, b) = (random.below(tokens.len()), random.below(tokens.len()));
        tokens.swap(a, b);
    }),
    ("exchange neighbours", |tokens, random| {
        let at = random.below(tokens.len());
        let next = (at + 2).min(tokens.len() - 1);
        tokens.swap(at, next);
    }),
    ("insert a token", |tokens, random| {
        let at = random.below(tokens.len());
        tokens.insert(at, format!(" {} ", random.pick(VOCABULARY)));
    }),
    ("replace a token", |tokens, random| {
        let at = random.below(tokens.len());
        tokens[at] = format!(" {} ", random.pick(VOCABULARY));
    }),
    ("repeat a token many times", |tokens, random| {
        let at = random.below(tokens.len());
        let many = vec![tokens[at].clone(); 300];
        tokens.splice(at..at, many);
    }),
    ("cut the end off", |tokens, random| {
        let at = random.below(tokens.len());
        tokens.truncate(at.max(1));
    }),
    ("delete a line", |tokens, random| {
        let at = random.below(tokens.len());
        let start = tokens[..at].iter().rposition(|token| token == "\n").map_or(0, |before| before + 1);
        let end =
            tokens[at..].iter().position(|token| token == "\n").map_or(tokens.len(), |behind| at + behind);
        tokens.drain(start..end);
    }),
    ("move a run of tokens", |tokens, random| {
        let from = random.below(tokens.len());
        let to = (from + random.between(1, 30)).min(tokens.len());
        let run: Vec<String> = tokens.drain(from..to).collect();
        let at = random.below(tokens.len() + 1);
        tokens.splice(at..at, run);
    }),
    ("insert strange letters", |tokens, random| {
        let at = random.below(tokens.len());
        let letters = [
            '\0', '\u{feff}', '\u{202e}', 'é', '😀', '\\', '"', '$', '\r', '\u{7f}', '\u{2028}', '@', '~',
            '`',
        ];
        let count = random.between(1, 4);
        tokens.insert(at, (0..count).map(|_| random.pick(&letters)).collect());
    }),
    ("end a text early", |tokens, random| {
        let at = random.below(tokens.len());
        tokens.insert(at, "\"".into());
    }),
    ("import anything", |tokens, random| {
        let modules = ["Main", "Alpha", "Beta", "Gamma", "Map", "Prelude", "Nothing", "Map.Trie", "Service"];
        tokens.insert(0, format!("import {}\n", random.pick(&modules)));
    }),
    ("delete an import", |tokens, random| {
        let imports: Vec<usize> =
            (0..tokens.len()).filter(|at| matches!(&*tokens[*at], "import" | "from")).collect();
        if imports.is_empty() {
            return;
        }
        let start = random.pick(&imports);
        let end = tokens[start..]
            .iter()
            .position(|token| token == "\n")
            .map_or(tokens.len(), |behind| start + behind);
        tokens.drain(start..end);
    }),
];

const VOCABULARY: &[&str] = &[
    "fn",
    "do",
    "end",
    "else",
    "if",
    "case",
    "when",
    "->",
    "=",
    "::",
    "|",
    "|>",
    "..",
    "<<",
    ">>",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "%{",
    ",",
    ".",
    "?",
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "<",
    ">",
    "<>",
    "++",
    "and",
    "or",
    "not",
    "let",
    "pub",
    "struct",
    "type",
    "interface",
    "impl",
    "for",
    "in",
    "while",
    "break",
    "continue",
    "return",
    "receive",
    "after",
    "actor",
    "service",
    "call",
    "cast",
    "supervisor",
    "module",
    "import",
    "from",
    "spawn",
    "send",
    "self",
    "test",
    "as",
    "where",
    "deriving",
    "Int",
    "String",
    "List",
    "Some",
    "None",
    "Ok",
    "Never",
    "_",
    "0",
    "1",
    "9223372036854775808",
    "1.5",
    "\"\"",
    "\"${",
    "true",
    "nil",
    "()",
    "[]",
    "\n",
    "#=",
    "=#",
    "#",
    ";",
    "extern",
    "assert",
    "link",
    "A",
    "v1",
];

/// Changes one of the files; says how.
pub fn mutate_text(files: &mut [File], random: &mut Random) -> Option<&'static str> {
    let at = random.below(files.len());
    let mut tokens = tokens(&files[at].text);
    if tokens.is_empty() {
        return None;
    }
    let (name, change) = random.pick(TEXT_MUTATIONS);
    change(&mut tokens, random);
    files[at].text = tokens.concat();
    Some(name)
}

/// Words, blanks, and single signs: together they are the text again.
fn tokens(text: &str) -> Vec<String> {
    let kind = |letter: char| match letter {
        _ if letter.is_alphanumeric() || letter == '_' => 0,
        ' ' => 1,
        _ => 2,
    };
    let mut tokens: Vec<String> = Vec::new();
    let mut last = 2;
    for letter in text.chars() {
        let now = kind(letter);
        match tokens.last_mut() {
            Some(token) if now == last && now != 2 => token.push(letter),
            _ => tokens.push(letter.into()),
        }
        last = now;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::{TEXT_MUTATIONS, tokens};
    use crate::random::Random;

    const TEXT: &str =
        "import Alpha\nfn f(v1 :: Int) -> Int = v1 + 10\nfn main() do println(\"é${f(1)}\") end\n";

    #[test]
    fn tokens_are_the_text() {
        assert_eq!(tokens(TEXT).concat(), TEXT);
    }

    #[test]
    fn every_mutation_changes_something() {
        for (name, change) in TEXT_MUTATIONS {
            let changed = (0..20).any(|seed| {
                let mut cut = tokens(TEXT);
                change(&mut cut, &mut Random::new(seed));
                cut.concat() != TEXT
            });
            assert!(changed, "{name}");
        }
    }
}
