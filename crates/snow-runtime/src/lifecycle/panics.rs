//! Panics of the runtime's own code: on a worker they are not printed. The place of each is noted, and told with the
//! crash of the actor that it ends.

use crate::stack::overflow;
use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    /// Where the last panic of this thread was, for the message of the actor that it ends.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Where the last panic of this thread was, if nobody has asked yet.
pub fn last_panic() -> Option<String> {
    PLACE.take()
}

/// Keeps panics inside intrinsics from being printed: they become an actor's crash message.
pub fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |information| {
            if overflow::is_worker() {
                PLACE.set(information.location().map(ToString::to_string));
            } else {
                previous(information);
            }
        }));
    });
}
