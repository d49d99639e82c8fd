//! Objects that the runtime or the compiler makes or reads itself, though their types are the library's. Each is of
//! kind `Fixed`; the modules number its words.

/// A Pid made by `Pid.adapt`.
pub mod adapter {
    /// The Pid that it leads to, which may be an adapter again.
    pub const TO: u32 = 1;
    /// A closure from a parcel to a parcel: what is sent, to what `TO` takes.
    pub const FUNCTION: u32 = 2;
    /// The type of messages that it takes: see [`message_type`](super::message_type).
    pub const MESSAGE_TYPE: u32 = 3;
    /// How many words it has, all of them references.
    pub const WORDS: u32 = 3;
}

/// The static object that stands for a type of messages, the library's `Pid.MessageType`. Each type of a program has
/// one: two types are the same when they are the same object.
pub mod message_type {
    /// A String: the type as printed. Different types may be printed alike.
    pub const NAME: u32 = 1;
    /// A String: where the types in it are declared.
    pub const DECLARED: u32 = 2;
    /// How many words it has, both of them references.
    pub const WORDS: u32 = 2;
}

/// A message that came through an adapter, as `receive` finds it.
pub mod adapted {
    /// The adapter to which it was sent.
    pub const ADAPTER: u32 = 1;
    /// What was sent, in a [`parcel`](super::parcel).
    pub const PARCEL: u32 = 2;
    /// How many words it has, both of them references.
    pub const WORDS: u32 = 2;
}

/// The library's struct `Parcel<T>`, `{ message :: T }`: a value of any class as a reference.
pub mod parcel {
    /// The value: a reference or a raw word.
    pub const MESSAGE: u32 = 1;
    /// How many words it has.
    pub const WORDS: u32 = 1;
}

/// The library's struct `Report`: how an actor ended.
pub mod report {
    /// A String: the message of a crash, or what the program said.
    pub const TEXT: u32 = 1;
    /// The Pid of the actor that ended.
    pub const PID: u32 = 2;
    /// The Pid of the actor whose end was the cause.
    pub const ORIGIN: u32 = 3;
    /// The number of the reason.
    pub const KIND: u32 = 4;
    /// The reference of the monitor.
    pub const REFERENCE: u32 = 5;
    /// How many words it has.
    pub const WORDS: u32 = 5;
    /// How many of them, the first ones, are references.
    pub const REFERENCES: u32 = 3;
}
