//! Broken text: truncated, mutated, deeply nested. Never a panic, never an endless loop, and the tree
//! always holds the text.

/// The mutations are the same in every run: a small linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

const CORPUS: &str = include_str!("corpus/language.snow");

const PIECES: &[&str] = &[
    "do",
    "end",
    "fn",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "%{",
    "\"",
    "\"\"\"",
    "${",
    "\\",
    "->",
    "=>",
    "|",
    "|>",
    "<<",
    ">>",
    "<>",
    ">=",
    "==",
    "::",
    ":",
    ",",
    ";",
    "\n",
    "else",
    "if",
    "case",
    "receive",
    "after",
    "when",
    "terminate",
    "pub",
    "struct",
    "type",
    "impl",
    "actor",
    "call",
    "assert ",
    "from ",
    "test \"",
    "#=",
    "=#",
    "0x",
    "9999999999999999999",
    "1e",
    "é",
    "&",
    "self(",
    "spawn",
    "..",
    "?",
    "!",
    "deriving(",
    "child ",
    "as ",
    "let ",
    "::bytes(",
    "-little",
    "\r",
    "import",
    "interface",
    "for {",
    "while",
    "return",
    "where",
];

fn check(source: &str) {
    let (tree, _) = snow_syntax::parse_tree(0, source);
    assert_eq!(tree.text().to_string(), source);
    let (_, diagnostics) = snow_syntax::parse(0, source);
    for diagnostic in diagnostics {
        let span = diagnostic.primary.span;
        assert!(span.start <= span.end && span.end as usize <= source.len());
        assert!(source.is_char_boundary(span.start as usize) && source.is_char_boundary(span.end as usize));
    }
}

#[test]
fn truncations() {
    for end in (0..=CORPUS.len()).filter(|end| CORPUS.is_char_boundary(*end)).step_by(7) {
        check(&CORPUS[..end]);
    }
}

#[test]
fn snippets_with_a_piece_more_or_less() {
    let mut random = Random(1);
    let lines: Vec<&str> = CORPUS.lines().collect();
    for _ in 0..4000 {
        let first = random.below(lines.len());
        let count = 1 + random.below(12);
        let mut text = lines[first..(first + count).min(lines.len())].join("\n");
        for _ in 0..1 + random.below(4) {
            let at = boundary(&text, random.below(text.len() + 1));
            if random.below(2) == 0 {
                text.insert_str(at, PIECES[random.below(PIECES.len())]);
            } else {
                let to = boundary(&text, (at + random.below(6)).min(text.len()));
                text.replace_range(at..to.max(at), "");
            }
        }
        check(&text);
    }
}

#[test]
fn random_pieces() {
    let mut random = Random(2);
    for _ in 0..4000 {
        let count = random.below(30);
        let text: Vec<&str> = (0..count)
            .map(|_| if random.below(3) == 0 { "a1" } else { PIECES[random.below(PIECES.len())] })
            .collect();
        check(&text.join(if random.below(2) == 0 { " " } else { "" }));
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Each opener repeated far beyond the limit: one diagnostic about it, and no overflow.
#[test]
fn deep_nesting() {
    let openers = [
        "(",
        "[",
        "f(",
        "%{",
        "-",
        "not ",
        "fn -> ",
        "if a do ",
        "case a do b -> ",
        "case [",
        "case (",
        "a::",
        "\"${",
        "<<",
        "1 + (",
        "x.f(",
        "let x :: List<",
        "let x :: Fun(",
        "let x :: A!",
        "if a do 1 else ",
        "receive do a :: ",
        "module M do ",
        "case a do A(",
        "while ",
        "return ",
        "assert ",
        "for x in ",
        "Name { a: ",
        "fn x when ",
        "case x do ",
        "f() do ",
        "let (",
        "case a do b -> c\n",
        "case a do b -> c\n(",
        "case a do b -> <<",
        "case a do b -> c\n<<a, ",
        "{",
        "%A{",
    ];
    for opener in openers {
        check(&opener.repeat(5_000));
        check(&format!("fn f() do {}", opener.repeat(5_000)));
    }
}

/// Chains lean to the left: they make tall trees without recursion in the parser.
#[test]
fn long_chains() {
    for link in [
        " + 1",
        " |> f",
        ".f",
        "(1)",
        "[1]",
        "?",
        " == (1 + 2)",
        "{ a: 1 }",
        " as b",
        "?!",
        "\n| b",
        "\n:: b",
    ] {
        check(&format!("let x = a{}", link.repeat(20_000)));
        check(&format!("case a do b{} -> 1 end", link.repeat(20_000)));
        check(&format!("case a do c -> d\nb{} end", link.repeat(20_000)));
        check(&format!("let x :: Int{} = 1", link.repeat(20_000)));
        let tall = format!("a{}", link.repeat(100));
        let nested = (0..60).fold(tall, |inner, _| format!("({inner}){}", link.repeat(100)));
        check(&format!("let x = {nested}"));
    }
}

/// A chain is no nesting, however long it is.
#[test]
fn chains_have_no_limit() {
    let chains = [
        ("let x = a", " + b", ""),
        ("let x = a", " <> b", ""),
        ("let x = a", " and b", ""),
        ("let x = a", " == b", ""),
        ("let x = a", " |> f(1)", ""),
        ("let x = a", " * b + c", ""),
        ("let x = a", ".b(1)", ""),
        ("let x = a", "?.b?", "()"),
        ("let x = a", "(1)", ""),
        ("let x = a", "[1]", ""),
        ("let x = \"", "text ${a} ", "\""),
        ("fn f(a) = if a do 1", " else if b do 1", " end"),
        ("fn f(a) = case a do x", " :: x", " -> 1 end"),
        ("fn f(a) = case a do 1", " | 2", " -> 1 end"),
        ("fn f(x", " :: y", ") = 1"),
        ("fn f(a) = case a do 1 -> 2\n3", "\n| 4", " -> 5 end"),
        ("fn f(a) = case a do", "\n1 -> f(1)\n(2)\n[3]", "\nend"),
        ("fn f(a) = case a do 1 ->", "\nA(1)\n(2)\n[3]", "\nend"),
        ("type T do A", "\nB(Int)", "\nend"),
        ("fn f() do\n", "let x = if a do 1 else 2 end\n", "end"),
    ];
    for (start, link, end) in chains {
        let source = format!("{start}{}{end}", link.repeat(20_000));
        assert_eq!(snow_syntax::parse(0, &source).1, [], "{start}{link}{end}");
    }
}

/// Width is no depth: long lists and long files are fine.
#[test]
fn wide_code_has_no_limit() {
    let source = format!("let x = [{}]\n{}", "1, ".repeat(20_000), "fn f() = 1\n".repeat(5_000));
    assert_eq!(snow_syntax::parse(0, &source).1, []);
}
