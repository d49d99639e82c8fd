//! Calling conventions: which registers the values of each class travel in. Snow's functions call each
//! other by Cranelift's `tail` convention, in which a callee takes over its caller's frame; intrinsics have
//! the platform's C convention.

use crate::target::Target;
use cranelift_codegen::ir::{AbiParam, Signature, Type, types};
use cranelift_codegen::isa::CallConv;
use snow_ir::ir::{Class, Function};

/// The register type of a class.
pub(crate) fn machine_type(class: Class) -> Type {
    match class {
        Class::Int | Class::Ref | Class::Address => types::I64,
        Class::Float => types::F64,
        Class::Bool => types::I8,
        Class::Vector => types::I8X16,
    }
}

/// Snow's own convention: tail calls are possible between any two signatures.
pub(crate) fn snow(parameters: impl IntoIterator<Item = Class>, result: Class) -> Signature {
    let mut signature = Signature::new(CallConv::Tail);
    signature.params.extend(parameters.into_iter().map(|class| AbiParam::new(machine_type(class))));
    signature.returns.push(AbiParam::new(machine_type(result)));
    signature
}

pub(crate) fn of_function(function: &Function) -> Signature {
    let parameters = function.params().iter().map(|value| function.values[*value]);
    snow(parameters, function.result)
}

/// An intrinsic, in the platform's C convention: the actor's record comes first.
pub(crate) fn intrinsic(
    target: &Target,
    parameters: impl IntoIterator<Item = Class>,
    result: Option<Class>,
) -> Signature {
    let mut signature = Signature::new(target.platform);
    signature.params.push(AbiParam::new(types::I64));
    for class in parameters {
        let parameter = AbiParam::new(machine_type(class));
        // C leaves the upper bits of a small argument to the caller.
        signature.params.push(if class == Class::Bool { parameter.uext() } else { parameter });
    }
    signature.returns.extend(result.map(|class| AbiParam::new(machine_type(class))));
    signature
}
