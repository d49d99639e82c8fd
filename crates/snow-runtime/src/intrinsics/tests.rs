//! The table and `spec/intrinsics.md` say the same.

use super::{find, intrinsic_signature, intrinsics};
use crate::abi::Class;
use std::collections::{BTreeMap, BTreeSet};

const SPECIFICATION: &str = include_str!("../../../../spec/intrinsics.md");

/// The rows of a section's table: texts of the first two columns.
fn rows(section: &str) -> Vec<(String, String)> {
    let start = SPECIFICATION.find(&format!("## {section}")).expect("the section exists");
    let text = &SPECIFICATION[start + 3..];
    let text = &text[..text.find("\n## ").unwrap_or(text.len())];
    text.lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter(|line| line.starts_with('`'))
        .map(|line| {
            let mut columns = line.split(" | ");
            (columns.next().unwrap().to_string(), columns.next().unwrap().to_string())
        })
        .collect()
}

fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Full types by name: a second type of a row that begins with `->` shares the first one's arguments.
fn specified() -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (names, types) in rows("Runtime, for the library") {
        let (names, types) = (quoted(&names), quoted(&types));
        for (index, name) in names.iter().enumerate() {
            let name = name.split('<').next().unwrap();
            let this = types.get(index).unwrap_or(types.last().unwrap());
            let full = match this.strip_prefix("->") {
                Some(result) => format!("{} ->{result}", types[0].rsplit_once(" ->").unwrap().0),
                None => this.to_string(),
            };
            all.insert(name.to_string(), full);
        }
    }
    all
}

#[test]
fn the_library_finds_what_the_specification_lists() {
    for (name, signature) in specified() {
        assert_eq!(intrinsic_signature(&name), Some(signature.as_str()), "{name}");
        let generic = signature.split(|c: char| !c.is_alphanumeric()).any(|word| word == "T");
        let variants = [format!("{name}_ref"), format!("{name}_raw")];
        assert_eq!(variants.iter().all(|variant| find(variant).is_some()), generic, "{name}");
    }
}

#[test]
fn the_specification_lists_every_intrinsic() {
    let mut listed: BTreeSet<String> = specified().into_keys().collect();
    listed.extend(
        rows("Runtime, for compiled code only")
            .iter()
            .flat_map(|row| quoted(&row.0).into_iter().map(str::to_string).collect::<Vec<_>>()),
    );
    for intrinsic in intrinsics() {
        let name = intrinsic.name;
        let base = name.strip_suffix("_ref").or(name.strip_suffix("_raw")).unwrap_or(name);
        assert!(listed.contains(name) || listed.contains(base), "{name}");
    }
    assert_eq!(intrinsic_signature("snow_park"), None, "not for the library");
    assert_eq!(intrinsic_signature("bytes"), None);
}

#[test]
fn classes_fit_signatures() {
    for intrinsic in intrinsics().filter(|intrinsic| !intrinsic.signature.is_empty()) {
        let (arguments, result) =
            intrinsic.signature.strip_prefix("fn(").unwrap().rsplit_once(") -> ").unwrap();
        let references = !intrinsic.name.ends_with("_raw");
        let class = |name: &str| match name {
            "Int" | "()" | "Never" => Class::Int,
            "Float" => Class::Float,
            "Bool" => Class::Bool,
            "T" if !references => Class::Int,
            _ => Class::Ref,
        };
        let expected: Vec<Class> = separate(arguments).into_iter().map(class).collect();
        assert_eq!(intrinsic.arguments, expected, "{}", intrinsic.name);
        assert_eq!(intrinsic.result, class(result), "{}", intrinsic.name);
        // With the record, six registers hold the arguments; stubs do not move any on the stack.
        assert!(expected.len() <= 5, "{}", intrinsic.name);
    }
}

/// The types between commas that are not inside of brackets.
fn separate(types: &str) -> Vec<&str> {
    let (mut depth, mut before) = (0, ' ');
    let at_comma = |c: char| {
        let closes = c == ')' || c == '>' && before != '-';
        depth += i32::from(c == '<' || c == '(') - i32::from(closes);
        before = c;
        c == ',' && depth == 0
    };
    types.split(at_comma).map(str::trim).filter(|name| !name.is_empty()).collect()
}

#[test]
fn names_are_unique_and_have_addresses() {
    let mut names = BTreeSet::new();
    for intrinsic in intrinsics() {
        assert!(names.insert(intrinsic.name), "{}", intrinsic.name);
        assert_ne!((intrinsic.address)(), 0);
    }
}
