//! Events to send, written for these tests.

use serde_json::{Value, json};

/// A complaint.
pub fn complaint(event_id: &str, occurred_at: &str, text: &str) -> Value {
    json!({ "event_id": event_id, "occurred_at": occurred_at, "text": text })
}

/// A number as Chinese digits: findable in a text, and no number that is masked or read as a time.
pub fn numeral(number: usize) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}
