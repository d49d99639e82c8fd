//! Values that all actors share.

use super::context::*;
use super::define::define;
use crate::abi;
use crate::heap::message::Message;

define! {
    fn value_share_ref(context, value: Ref) -> Ref {
        // SAFETY: compiled code passes a value of the actor's, which runs here.
        unsafe {
            if !value.is_object() || abi::is_static(value.header()) {
                return value;
            }
            // What may not leave its actor is not shared.
            let Ok(block) = context.worker().log.copy(value) else { return value };
            context.runtime().shared_values.share(Message::new(block)).unwrap_or(value)
        }
    }

    leaf {
        fn value_share_raw(_context, value: Int) -> Int {
            value
        }
    }
}
