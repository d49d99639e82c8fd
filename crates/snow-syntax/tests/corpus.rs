//! One file with every form of the language: its whole tree, without a diagnostic.

mod sketch;

#[test]
fn whole_language() {
    let source = include_str!("corpus/language.snow");
    let (tree, _) = snow_syntax::parse_tree(0, source);
    assert_eq!(tree.text().to_string(), source);
    let (file, diagnostics) = snow_syntax::parse(0, source);
    assert_eq!(diagnostics, []);
    insta::assert_snapshot!(sketch::file(&file).replace("; ", ";\n    "));
}
