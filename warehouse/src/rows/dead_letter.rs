//! The row of an event that could not be read.

use serde::Serialize;
use tingjian_schemas::{DeadLetter, Item, Position};

use super::cells::{Bytes, millis, text};

/// One dead letter. Owns its id: dead letters are few.
#[derive(Serialize)]
pub(crate) struct DeadLetterRow<'a> {
    dead_letter_id: String,
    received_at: i64,
    stream: &'a str,
    reason: &'a str,
    field: &'a str,
    detail: &'a str,
    event_id: &'a str,
    bytes: Bytes<'a>,
    content_hash: u64,
    version: u128,
    partition_source: &'a str,
    partition_number: u32,
    partition_offset: u64,
}

impl<'a> DeadLetterRow<'a> {
    pub(crate) fn new(item: &'a Item, letter: &'a DeadLetter, version: u128) -> Self {
        let position = &item.position;
        Self {
            dead_letter_id: dead_letter_id(position),
            received_at: millis(item.received_at),
            stream: letter.stream.name(),
            reason: letter.rejection.reason.name(),
            field: text(&letter.rejection.field),
            detail: text(&letter.rejection.detail),
            event_id: text(&letter.rejection.event_id),
            bytes: Bytes(&letter.bytes),
            content_hash: item.content_hash,
            version,
            partition_source: &position.partition.source,
            partition_number: position.partition.number,
            partition_offset: position.offset,
        }
    }
}

/// The id of the dead letter from `position`, such as `journal-0-123`: the same whenever the source is read again. Fit for a
/// path of a URL: whatever is neither letter, digit, `.` nor `_` becomes `-`.
pub fn dead_letter_id(position: &Position) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '_' { c } else { '-' };
    let source: String = position.partition.source.chars().map(plain).collect();
    format!("{source}-{}-{}", position.partition.number, position.offset)
}
