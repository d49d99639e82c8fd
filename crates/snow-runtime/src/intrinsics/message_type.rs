//! Which type of messages an address takes, where only the running program knows.

use super::context::{Context, Ref};
use crate::abi::message_type;

/// An object of `abi::message_type`, or none for an actor that no compiled code has spawned. Two are equal when they
/// are the same object: names say nothing, types of different modules may have the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MessageType(pub Ref);

impl Context<'_> {
    /// Two different types in words that tell them apart.
    pub fn told_apart(self, a: MessageType, b: MessageType) -> (String, String) {
        let (names, declared) = ([a, b].map(|ty| self.name_of(ty)), [a, b].map(|ty| self.declared(ty)));
        let [first, second] = match names[0] == names[1] {
            true => [0, 1].map(|index| format!("{} ({})", names[index], declared[index])),
            false => names,
        };
        (first, second)
    }

    fn name_of(self, ty: MessageType) -> String {
        self.text_at(ty, message_type::NAME)
    }

    fn declared(self, ty: MessageType) -> String {
        self.text_at(ty, message_type::DECLARED)
    }

    fn text_at(self, ty: MessageType, word: u32) -> String {
        match ty.0.is_object() {
            // SAFETY: such an object has references to texts in these words.
            true => self.text(unsafe { Ref(ty.0.word(word)) }).into_owned(),
            false => "no messages".to_owned(),
        }
    }
}
