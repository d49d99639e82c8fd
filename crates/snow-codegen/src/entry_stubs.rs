//! Stubs through which the runtime enters Snow.
//!
//! A stub has the platform's C convention, `(record, arguments)`, and calls a function
//! of Snow's own. It keeps a frame of its own, above which the frame pointer is zero:
//! there a walk of the frames ends.

use crate::calling_convention;
use crate::symbols::Symbol;
use crate::target::Target;
use cranelift_codegen::ir::{
    ExtFuncData, ExternalName, Function, InstBuilder, UserExternalName, UserFuncName, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use snow_ir::ir::{Class, FuncId, Program};

/// The functions that the runtime enters, in the order of their numbers.
pub(crate) fn entered(program: &Program) -> Vec<FuncId> {
    let marked = program.functions.iter().filter(|(_, function)| function.entry).map(|(id, _)| id);
    let named = program.main.into_iter().chain(program.tests.iter().map(|test| test.entry));
    let mut entered: Vec<FuncId> = marked.chain(named).collect();
    entered.sort_unstable();
    entered.dedup();
    entered
}

/// The stub of a function with no parameter, or with the argument object as its only one.
pub(crate) fn stub(
    program: &Program,
    id: FuncId,
    target: &Target,
    context: &mut FunctionBuilderContext,
) -> Function {
    let callee = &program.functions[id];
    let parameters = callee.params().len();
    assert!(parameters <= 1, "`{}` is entered by the runtime and has {parameters} parameters", callee.name);
    let signature = calling_convention::intrinsic(target, [Class::Ref], None);
    let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    let mut builder = FunctionBuilder::new(&mut function, context);
    let block = builder.create_block();
    builder.append_block_params_for_function_params(block);
    builder.switch_to_block(block);
    builder.seal_block(block);
    let arguments = builder.block_params(block)[1..1 + parameters].to_vec();
    let (namespace, index) = Symbol::Function(id).encode();
    let name = builder.func.declare_imported_user_function(UserExternalName { namespace, index });
    let signature = builder.import_signature(calling_convention::of_function(callee));
    let name = ExternalName::user(name);
    let callee = builder.import_function(ExtFuncData { name, signature, colocated: true, patchable: false });
    builder.ins().call(callee, &arguments);
    builder.ins().return_(&[]);
    builder.finalize(target.isa.frontend_config());
    debug_assert_eq!(target.isa.pointer_type(), types::I64);
    function
}
