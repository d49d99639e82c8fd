//! Calls of `extern fn`: operations of the intermediate form, or intrinsics of the runtime.

mod inline;
mod results;

pub(crate) use inline::array_object;

use crate::ir::{Class, Terminator, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::types;
use snow_abi::intrinsics::{self, Signature};
use snow_abi::types::Type as Declared;
use snow_check::hir::{FnDef, FnId, FnKind, Type};

impl FunctionLowering<'_, '_> {
    /// A call of an `extern fn`; `ty` is the concrete type of the result.
    pub fn call_extern(
        &mut self,
        function: FnId,
        type_arguments: &[Type],
        values: Vec<Value>,
        ty: &Type,
    ) -> Value {
        let program = self.context.program;
        let definition = &program.functions[function.0 as usize];
        let FnKind::Extern { name } = &definition.kind else {
            unreachable!("only extern functions come here")
        };
        let result = types::class(program, ty);
        if definition.params.len() != values.len() {
            self.fail(format!("`{name}` is called with a wrong number of arguments"));
            return self.dummy(result);
        }
        if let Some(signature) = intrinsics::for_the_library().find(|signature| signature.name == name) {
            return self.call_intrinsic(signature, definition, type_arguments, values, ty);
        }
        match self.inline(name, &values, type_arguments, result) {
            Some(value) => value,
            None => {
                self.fail(format!("`{name}` cannot be used like this"));
                self.dummy(result)
            }
        }
    }

    fn call_intrinsic(
        &mut self,
        signature: &'static Signature,
        definition: &FnDef,
        type_arguments: &[Type],
        values: Vec<Value>,
        ty: &Type,
    ) -> Value {
        let argument = type_parameter(signature, definition)
            .and_then(|number| type_arguments.get(number as usize))
            .unwrap_or(&Type::Unit);
        let is_reference = types::class(self.context.program, argument) == Class::Ref;
        let arguments = signature
            .parameters
            .iter()
            .zip(values)
            .map(|(declared, value)| match declared {
                Declared::Parameter("T") => self.builder.word_of(value),
                _ => value,
            })
            .collect();
        let value = self.call_runtime(signature.function(is_reference), arguments, &signature.result, ty);
        if *ty == Type::Never {
            self.builder.terminate(Terminator::Unreachable);
        }
        value
    }
}

/// The number of the parameter that stands for `T` of the signature.
fn type_parameter(signature: &Signature, definition: &FnDef) -> Option<u32> {
    let parameters = signature.parameters.iter().zip(definition.params.iter().map(|param| &param.ty));
    parameters.chain([(&signature.result, &definition.result)]).find_map(|pair| match pair {
        (Declared::Parameter("T"), Type::Param(number)) => Some(*number),
        _ => None,
    })
}
