//! Messages to where people read: group robots and webhooks, sent once whatever happens.

mod channels;
mod form;
mod message;
mod outcome;
mod run;
mod send;

pub use channels::{Channel, Channels};
pub use message::Message;
pub use outcome::Outcome;
pub use run::{Schedule, test_message, watch};
pub use send::send;
