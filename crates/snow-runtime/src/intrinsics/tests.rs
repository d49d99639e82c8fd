//! The functions and the signatures of `snow-abi` fit together.

use super::{find, intrinsics};
use crate::abi::Shape;
use crate::abi::intrinsics::{for_compiled_code, for_the_library};
use std::collections::BTreeSet;

#[test]
fn every_signature_has_its_function() {
    let mut wanted = BTreeSet::new();
    for signature in for_the_library().chain(for_compiled_code()) {
        for parameter in [Shape::Reference, Shape::Int] {
            let name = signature.function(parameter == Shape::Reference);
            let function = find(name).unwrap_or_else(|| panic!("{name} is missing"));
            let (arguments, result) = (function.shapes)();
            let expected: Vec<Shape> = signature.parameters.iter().map(|ty| ty.shape(&parameter)).collect();
            assert_eq!(arguments, expected, "arguments of {name}");
            assert_eq!(result, signature.result.shape(&parameter), "result of {name}");
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
