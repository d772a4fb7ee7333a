//! Bytes of one event → a valid event, or the one reason why not.

use crate::{Event, Reason, Rejection, Stream};

/// Reads one event of `stream` from the bytes of one JSON object.
///
/// # Errors
/// The first way in which it is wrong, with the field.
pub fn decode(stream: Stream, bytes: &[u8]) -> Result<Event, Rejection> {
    let _ = (stream, bytes);
    Err(Rejection { reason: Reason::InvalidUtf8, field: None, detail: None, event_id: None })
}
