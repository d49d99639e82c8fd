//! The tables and `spec/intrinsics.md` say the same.

use snow_abi::intrinsics::{self, Signature};
use snow_abi::types::Type;
use std::collections::BTreeMap;

const SPECIFICATION: &str = include_str!("../../../spec/intrinsics.md");

/// Names and types in the rows of a section. A row lists names, and one type for all of them or one for each; a type
/// that begins with `->` has the parameters of the first one of its row.
fn specified(section: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let (_, text) = SPECIFICATION.split_once(&format!("## {section}\n")).expect("the section exists");
    let text = text.split("\n## ").next().unwrap();
    for row in text.lines().filter_map(|line| line.strip_prefix("| ")).filter(|row| row.starts_with('`')) {
        let mut columns = row.split(" | ");
        let (names, types) = (quoted(columns.next().unwrap()), quoted(columns.next().unwrap()));
        assert!(types.len() == 1 || types.len() == names.len(), "one type, or one for each name: {row}");
        for (index, name) in names.iter().enumerate() {
            let ty = types.get(index).unwrap_or(&types[0]);
            let ty = match ty.strip_prefix("->") {
                Some(result) => format!("{} ->{result}", types[0].rsplit_once(" ->").unwrap().0),
                None => ty.to_string(),
            };
            let name = name.split('<').next().unwrap();
            assert!(all.insert(name.to_string(), ty).is_none(), "{name} stands twice in {section}");
        }
    }
    all
}

fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn compare(section: &str, table: impl Iterator<Item = &'static Signature>) {
    let table: BTreeMap<String, String> =
        table.map(|signature| (signature.name.to_string(), signature.to_string())).collect();
    let specified = specified(section);
    for (name, ty) in &table {
        assert_eq!(specified.get(name), Some(ty), "{name}, in {section}");
    }
    for name in specified.keys() {
        assert!(table.contains_key(name), "{name} is specified, and not there");
    }
}

#[test]
fn inline_ones_are_specified() {
    compare("Inline", intrinsics::inline());
}

#[test]
fn those_for_the_library_are_specified() {
    compare("Runtime, for the library", intrinsics::for_the_library());
}

#[test]
fn those_for_compiled_code_are_specified() {
    compare("Runtime, for compiled code only", intrinsics::for_compiled_code());
}

#[test]
fn a_name_stands_for_one_intrinsic() {
    let mut names = std::collections::BTreeSet::new();
    let runtime = intrinsics::for_the_library().chain(intrinsics::for_compiled_code());
    for signature in intrinsics::inline().chain(runtime) {
        assert!(names.insert(signature.name), "{}", signature.name);
    }
}

#[test]
fn arguments_fit_into_registers() {
    // With the record, six registers hold them; stubs do not move any on the stack.
    for signature in intrinsics::for_the_library().chain(intrinsics::for_compiled_code()) {
        assert!(signature.parameters.len() <= 5, "{}", signature.name);
    }
}

/// The most words that a value of this type is made of. Sum types with payloads must come last.
fn words(ty: &Type, is_last: bool) -> usize {
    match ty {
        Type::Unit | Type::Never => 0,
        Type::Tuple(elements) => all_words(elements, is_last),
        Type::Sum(sum) if !sum.is_enumeration() => {
            assert!(is_last, "{ty} is followed by other words");
            let payloads = sum.constructors.iter().map(|case| all_words(case.payload, true));
            1 + payloads.max().unwrap_or(0)
        }
        _ => 1,
    }
}

fn all_words(types: &[Type], are_last: bool) -> usize {
    types.iter().enumerate().map(|(at, ty)| words(ty, are_last && at + 1 == types.len())).sum()
}

#[test]
fn results_fit_into_the_register_and_the_record() {
    for signature in intrinsics::for_the_library().chain(intrinsics::for_compiled_code()) {
        let count = words(&signature.result, true);
        assert!(count <= 1 + snow_abi::record::OUT.len(), "{} has {count} words", signature.name);
    }
}

#[test]
fn arguments_are_one_word() {
    for signature in intrinsics::for_the_library().chain(intrinsics::for_compiled_code()) {
        for ty in signature.parameters {
            let is_word = match ty {
                Type::Sum(sum) => sum.is_enumeration(),
                Type::Tuple(_) | Type::Unit | Type::Never | Type::U8x16 => false,
                _ => true,
            };
            assert!(is_word, "{}: {ty} is no argument", signature.name);
        }
    }
}
