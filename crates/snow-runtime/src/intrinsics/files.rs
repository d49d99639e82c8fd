//! Files and folders.

use super::context::*;
use super::define::define;
use crate::abi::FileOperation;
use crate::io::file_calls::Call;

define! {
    fn file_ask(context, operation: FileOperation, path: Ref, argument: Ref) -> Int {
        let runtime = context.runtime();
        let (path, argument) = (context.text(path).into_owned(), context.bytes(argument).to_vec());
        let place = runtime.actors.new_place(context.pid());
        let call = Call { operation, path, argument };
        let here = runtime.deterministic();
        if !runtime.io.files.ask(place, call, here, |pid| runtime.actors.is_alive(pid)) {
            // The actor runs: there is nobody to be woken.
            let _ = runtime.actors.answer_place(place);
        }
        place.reference.to_int()
    }

    fn file_take(context, place: Int) -> Result<Ref, (Int, Ref)> {
        match context.runtime().io.files.take(place) {
            Some(Ok(bytes)) => Ok(context.new_bytes(&bytes)),
            Some(Err((number, why))) => Err((i64::from(number), context.new_bytes(why.as_bytes()))),
            None => {
                let nothing = context.crash("file_take: nothing was asked for");
                Ok(nothing)
            }
        }
    }
}
