//! The functions and the signatures of `snow-abi` fit together.

use super::{find, intrinsics};
use crate::abi::Class;
use crate::abi::intrinsics::{Signature, for_compiled_code, for_the_library};
use crate::abi::types::Type;
use std::collections::BTreeSet;

/// The functions that a signature asks for: names, and the class of its type parameter in each.
fn variants(signature: &Signature) -> Vec<(String, Class)> {
    match signature.is_generic() {
        true => [("_ref", Class::Ref), ("_raw", Class::Int)]
            .map(|(suffix, class)| (format!("{}{suffix}", signature.name), class))
            .to_vec(),
        false => vec![(signature.name.to_string(), Class::Ref)],
    }
}

#[test]
fn every_signature_has_its_function() {
    let mut wanted = BTreeSet::new();
    for signature in for_the_library().chain(for_compiled_code()) {
        for (name, parameter) in variants(signature) {
            let class = |ty: &Type| match ty {
                Type::Int | Type::Unit | Type::Never => Class::Int,
                Type::Float => Class::Float,
                Type::Bool => Class::Bool,
                Type::Parameter("T") => parameter,
                _ => Class::Ref,
            };
            let function = find(&name).unwrap_or_else(|| panic!("{name} is missing"));
            let arguments: Vec<Class> = signature.parameters.iter().map(class).collect();
            assert_eq!(function.arguments, arguments, "arguments of {name}");
            assert_eq!(function.result, class(&signature.result), "result of {name}");
            wanted.insert(name);
        }
    }
    for function in intrinsics() {
        assert!(wanted.contains(function.name), "{} has no signature", function.name);
    }
}

#[test]
fn names_are_unique_and_have_addresses() {
    let mut names = BTreeSet::new();
    for intrinsic in intrinsics() {
        assert!(names.insert(intrinsic.name), "{}", intrinsic.name);
        assert_ne!((intrinsic.address)(), 0);
    }
}
