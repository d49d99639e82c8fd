//! Actors and services.

use super::{Block, Closure, Expression, Name, Pattern, Type};

/// An actor: it takes one message after the other, and becomes itself or another of its family.
/// Every actor of a family takes the family's messages.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The first actor of its family: the message type is called after it.
    pub family: usize,
    /// Of the first actor of a family: the messages' payloads, and the type of the answer to those that are questions.
    pub messages: Vec<(Vec<Type>, Option<Type>)>,
    pub parameters: Vec<(Name, Type)>,
    pub arms: Vec<ReceiveArm>,
}

/// What happens with a message. The last arm of a message has no guard.
#[derive(Clone, Debug)]
pub struct ReceiveArm {
    pub message: usize,
    pub payload: Vec<Pattern>,
    pub guard: Option<Expression>,
    /// Does it first wait a millisecond for a message that does not come?
    pub pauses: bool,
    /// Of a question: what is answered.
    pub answer: Option<Block>,
    pub end: ActorEnd,
}

/// How the handling of a message ends.
#[derive(Clone, Debug)]
pub enum ActorEnd {
    Become(usize, Vec<Expression>),
    Choose(Expression, Box<ActorEnd>, Box<ActorEnd>),
    Finish,
}

/// A service: an actor that the language writes the questions for.
#[derive(Clone, Debug)]
pub struct Service {
    pub state: Type,
    /// `fn init`.
    pub init: Closure,
    pub handlers: Vec<Handler>,
}

#[derive(Clone, Debug)]
pub struct Handler {
    pub parameters: Vec<(Name, Type)>,
    /// `None`: a cast.
    pub reply: Option<Type>,
    pub state: Name,
    /// The next state, or that and the reply.
    pub body: Block,
}
