//! What pages send: events into the same streams, through the same intake, as everybody else's.

use bytes::Bytes;
use serde_json::Value;
use tingjian_pipeline::Incoming;
use tingjian_schemas::{Stream, decode};

use crate::{
    app::{App, intake::Submission},
    http::{
        access::{
            Visitor,
            scope::{may_post, own_events},
        },
        problem::Problem,
        streams::refused,
    },
    secrets,
};

/// An id that nobody has used.
///
/// # Errors
/// No randomness.
pub fn fresh_id(prefix: &str) -> Result<String, Problem> {
    let random = secrets::random().map_err(|error| Problem::internal(&error))?;
    let digits: String = random.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{prefix}-{digits}"))
}

/// Makes one event durable.
///
/// # Errors
/// The visitor may not; it is not one of that stream; the intake refuses.
pub async fn file(app: &App, visitor: &Visitor, stream: Stream, event: &Value) -> Result<(), Problem> {
    may_post(visitor, stream)?;
    let bytes = Bytes::from(event.to_string());
    own_events(visitor, stream, std::iter::once(&*bytes))?;
    let decoded = decode(stream, &bytes).map_err(|rejection| Problem::bad_request(rejection.message_zh()))?;
    let key = app.intake.wants_keys().then(|| decoded.partition_key().as_bytes().to_vec());
    let submission = Submission { event: Incoming { stream, bytes }, key };
    app.intake.append(vec![submission]).await.map_err(|error| refused(&error))
}
