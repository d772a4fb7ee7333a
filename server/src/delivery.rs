//! Messages to where people read: mailboxes, group robots and webhooks, sent once whatever happens.

mod channels;
mod claim;
mod form;
mod letter;
mod mail;
mod message;
mod outcome;
mod parcel;
mod picture;
mod run;
mod seen;
mod send;

pub use channels::{Channel, Channels, Takes};
pub use claim::{SEEN, note_seen};
pub use message::{File, Message};
pub use outcome::Outcome;
pub use parcel::{Asked, refuse_all, send_all, send_test, taking, unclaimed};
pub use run::{Schedule, watch};
pub use seen::SeenLinks;
pub use send::{Posting, send};
