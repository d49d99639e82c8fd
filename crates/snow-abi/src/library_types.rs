//! Sum types that intrinsics take or return, each as the library declares it: the order of the constructors is part of
//! what both sides agree on, and the compiler refuses a library with another one.

use crate::convention::{Argument, Part, Returned, Shape, Words, composed};
use crate::types::names::{Int, SnowType};
use crate::types::{Constructor, Sum, Type};
use std::cell::Cell;

/// Declares sum types of the library, `enum Name in "Module" { Constructor, Constructor(Payload) }`, as types of Rust
/// that can be a result.
macro_rules! sum_types {
    ($(
        $(#[$attribute:meta])*
        enum $name:ident in $module:literal {
            $($(#[$about:meta])* $constructor:ident $(($payload:ty))?,)*
        }
    )*) => {
        $(
            $(#[$attribute])*
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub enum $name {
                $($(#[$about])* $constructor $(($payload))?,)*
            }

            impl SnowType for $name {
                const TYPE: Type = Type::Sum(&Sum {
                    module: $module,
                    name: stringify!($name),
                    arguments: &[],
                    constructors: &[$(
                        Constructor {
                            name: stringify!($constructor),
                            payload: &[$(<$payload as SnowType>::TYPE)?],
                        }
                    ),*],
                });
            }

            composed! {
                [] $name = sum_types!(@first $($constructor $(($payload))?),*),
                    Shape::Sum(stringify!($name), vec![$(vec![$(<$payload as Part>::shape())?]),*]),
                    |value, words| {
                        /// The number of a constructor is its place in the declaration.
                        #[allow(clippy::enum_variant_names, reason = "the library names them")]
                        enum Number {
                            $($constructor,)*
                        }
                        words.push(match value {
                            $($name::$constructor { .. } => Number::$constructor as i64,)*
                        });
                        $(sum_types!(@payload value words $name $constructor $(($payload))?);)*
                    };
            }
        )*
    };
    (@first $constructor:ident $(, $($rest:tt)*)?) => { Self::$constructor };
    (@first $constructor:ident ($payload:ty) $(, $($rest:tt)*)?) => { Self::$constructor(<$payload as Part>::NOTHING) };
    (@payload $value:ident $words:ident $name:ident $constructor:ident) => {};
    (@payload $value:ident $words:ident $name:ident $constructor:ident ($payload:ty)) => {
        if let $name::$constructor(payload) = $value {
            payload.put($words);
        }
    };
}

/// Declares sum types without payloads, which can be arguments too.
macro_rules! enumerations {
    ($(
        $(#[$attribute:meta])*
        enum $name:ident in $module:literal {
            $($(#[$about:meta])* $constructor:ident,)*
        }
    )*) => {
        sum_types! {
            $(
                $(#[$attribute])*
                enum $name in $module {
                    $($(#[$about])* $constructor,)*
                }
            )*
        }
        $(
            impl $name {
                /// All values, in the order of their numbers.
                pub const ALL: &[$name] = &[$($name::$constructor),*];
            }

            impl Argument for $name {
                type Register = i64;

                fn shape() -> Shape {
                    <$name as Part>::shape()
                }

                /// # Panics
                /// When no constructor has this number.
                #[inline]
                fn take(number: i64) -> $name {
                    $name::ALL[number as usize]
                }
            }
        )*
    };
}

enumerations! {
    /// Why something with a socket did not work.
    enum NetError in "Net.Tcp" {
        WouldBlock,
        EndOfStream,
        Reset,
        Refused,
        AddressInUse,
        PermissionDenied,
        NotConnected,
        NotOwner,
        ClosedHere,
        TooManyDescriptors,
        AddressNotAvailable,
        TimedOut,
        BadAddress,
        CutOff,
        BadRecord,
        NotEncrypted,
        OtherFailure,
    }

    /// What is asked of a file or folder.
    enum FileOperation in "File.System" {
        ReadAll,
        ReadPart,
        Write,
        WriteNew,
        MakePrivateFile,
        Append,
        Replace,
        Delete,
        Inspect,
        InspectLink,
        ListFolder,
        MakeFolder,
        MakePrivateFolder,
        MakeFolders,
        DeleteFolder,
        DeleteTree,
        Rename,
        Copy,
        ReadLink,
        Canonical,
        CurrentFolder,
        TemporaryFolder,
    }

    /// How a checksum is made.
    enum HashAlgorithm in "Hash" {
        Sha1,
        Sha256,
        Sha384,
        Sha512,
    }

    /// A function of one number.
    enum MathFunction in "Math" {
        Sine,
        Cosine,
        Tangent,
        ArcSine,
        ArcCosine,
        ArcTangent,
        HyperbolicSine,
        HyperbolicCosine,
        HyperbolicTangent,
        Exponential,
        NaturalLogarithm,
        BinaryLogarithm,
        DecimalLogarithm,
        CubeRoot,
    }

    /// What Unicode says of a character.
    enum CharProperty in "String.Character" {
        Alphabetic,
        Numeric,
        Whitespace,
        Uppercase,
        Lowercase,
        Control,
    }

    /// What has come of reading the files of a TLS server.
    enum Loaded in "Net.Tls" {
        New,
        Same,
        Bad,
    }

    /// What an entry of an outbox is for.
    enum EntryKind in "Net.Outbox" {
        Data,
        /// The protocol's own, with a bound of its own.
        Control,
        /// Nothing is taken after it.
        Last,
    }

    /// What becomes of an entry that is pushed to a group, in a member whose bound keeps it out.
    enum Overflow in "Net.Outbox" {
        /// It is left out.
        Refuse,
        /// The oldest entries are dropped for it.
        DropOldest,
        /// A last entry is pushed in its place.
        End,
    }

    /// What became of a push to a group.
    enum Posted in "Net.Outbox" {
        /// Taken; the tender will spread it.
        Taken,
        /// Taken; nobody tends the group.
        Untended,
        /// Not taken: what waits must be spread first.
        Full,
        /// Not taken: the group is gone.
        Closed,
    }

    /// What became of an outbox that shall join a group.
    enum Joined in "Net.Outbox" {
        /// It is in.
        Member,
        /// It is in; nobody tends the group.
        Untended,
        /// It is not: nothing more will be sent from it.
        Shut,
    }

    /// What a listener to a group is told.
    enum GroupChange in "Net.Outbox" {
        /// Nothing, at the moment.
        Unchanged,
        /// A member has come.
        Came,
        /// A member has gone.
        Went,
    }

    /// What became of a message.
    enum Sent in "Pid" {
        Delivered,
        /// The bound was reached: this message was dropped, or an older one, or the actor ends.
        MailboxFull,
        ActorEnded,
    }

    /// What becomes of messages beyond the bound of a mailbox.
    enum MailboxPolicy in "Process" {
        DropNewest,
        DropOldest,
        /// The actor ends.
        EndActor,
    }

    /// Why a name was not given.
    enum RegisterError in "Process" {
        NameTaken,
        NoSuchActor,
    }

    /// How an actor ends, but for the text and the actor that took it along.
    enum ExitKind in "Process" {
        NormalExit,
        ShutdownExit,
        /// A crash, with its text.
        ErrorExit,
        KilledExit,
        /// What the program says.
        CustomExit,
        /// It had ended before it was asked for.
        NoActorExit,
    }

    /// What the system can tell a program.
    enum SystemSignal in "Process" {
        /// SIGTERM.
        Terminate,
        /// SIGINT.
        Interrupt,
        /// SIGHUP.
        HangUp,
    }

    /// How actors that an actor spawns are tied to it.
    enum SpawnTie in "Process" {
        Untied,
        LinkedToIt,
        OwnedByIt,
    }

    /// What became of the wait for an answer.
    enum Awaited in "Reply" {
        /// It is there.
        Answered,
        /// The deadline has passed.
        Late,
        /// There will be none: the other actor has ended.
        Closed,
    }

    /// What `receive` finds in the mailbox. Only compiled code asks for it.
    enum MessageWait in "" {
        /// A message is there.
        Arrived,
        /// It shall park, and look again.
        NotYet,
        /// The deadline has passed.
        Late,
        /// A message is there that came through an adapter.
        Adapted,
    }

    /// Which order two values have.
    enum Ordering in "Prelude" {
        Less,
        Equal,
        Greater,
    }
}

sum_types! {
    /// What became of a push to an outbox.
    enum Pushed in "Net.Outbox" {
        /// Taken; so many bytes wait now.
        Waiting(Int),
        /// Not taken: the bound is reached.
        Full,
        /// Not taken: nothing more will be sent.
        Shut,
    }

    /// What reading into a buffer brought.
    enum Arrival in "Net.Tcp" {
        /// So many bytes, and for now no more.
        Drained(Int),
        /// So many bytes; there may be more.
        Unfinished(Int),
        /// None, and why.
        ReadFailed(NetError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_its_number_and_then_its_payload() {
        let words = |value: Arrival| {
            let out = [const { Cell::new(-7) }; 3];
            let register = value.hand_over(&out);
            (register, out[0].get(), out[1].get())
        };
        assert_eq!(words(Arrival::Drained(40)), (0, 40, -7));
        assert_eq!(words(Arrival::Unfinished(0)), (1, 0, -7));
        assert_eq!(words(Arrival::ReadFailed(NetError::OtherFailure)), (2, 16, -7));
    }

    #[test]
    fn numbers_become_the_values_that_they_came_from() {
        for error in NetError::ALL {
            let out = [const { Cell::new(0) }; 3];
            assert_eq!(NetError::take(error.hand_over(&out)), *error);
        }
    }
}
