//! The ends of blocks.

use super::{BlockId, FuncId, Value};
use snow_syntax::span::Span;

/// How a block ends, and where control goes then.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Terminator {
    Jump(BlockId, Vec<Value>),
    /// Condition (Bool), then, else.
    Branch(Value, (BlockId, Vec<Value>), (BlockId, Vec<Value>)),
    /// On an Int.
    Switch(Value, Vec<(i64, BlockId)>, BlockId),
    Return(Value),
    TailCall {
        function: FuncId,
        arguments: Vec<Value>,
        span: Span,
    },
    TailCallClosure {
        closure: Value,
        arguments: Vec<Value>,
        span: Span,
    },
    /// Ends the actor with a fixed message.
    Panic {
        message: String,
        span: Span,
        file: u32,
    },
    /// Ends the actor with a message made at run time (Ref to a String).
    PanicWith {
        message: Value,
        span: Span,
        file: u32,
    },
    #[default]
    Unreachable,
}
