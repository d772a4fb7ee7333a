//! `tingjian commend`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    args::Commend,
    commands::Context,
    failure::{Failure, Outcome},
};

/// Files one commendation.
///
/// # Errors
/// A time that cannot be read, the server.
pub fn run(context: &Context, options: &Commend) -> Result<Outcome, Failure> {
    let event = event(context, options)?;
    let id = event.get("event_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let bytes = context.client.post(
        "/api/v1/commendations",
        "application/json",
        Value::Object(event).to_string().as_bytes(),
    )?;
    if context.wants_json() {
        context.output.raw(&bytes)?;
    } else {
        context.output.text(&format!("表扬已提交，编号 {id}。\n"))?;
    }
    Ok(Outcome::Done)
}

/// The event as the `commendations` stream takes it. Filing is what happens at this moment, so that moment is its time
/// unless another is given; the id is made here so that a repeated request counts once.
fn event(context: &Context, options: &Commend) -> Result<Map<String, Value>, Failure> {
    let zone = &context.output.zone;
    let stated = options.occurred_at.as_deref().unwrap_or("now");
    let occurred_at = zone.moment(stated).map_err(|e| Failure::usage(format!("--occurred-at {e}")))?;
    let now_ms = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    let id = Uuid::new_v7(uuid::Timestamp::from_unix_time(now_ms / 1000, (now_ms % 1000) as u32 * 1_000_000, 0, 0));
    let agents = options.agent_no.iter().map(|a| json!({ "agent_no": a }));
    let departments = options.department.iter().map(|d| json!({ "department": d }));
    let mut event = Map::from_iter([
        ("event_id".to_owned(), json!(id.to_string())),
        ("occurred_at".to_owned(), json!(occurred_at)),
        ("text".to_owned(), json!(options.text)),
        ("praised".to_owned(), Value::Array(agents.chain(departments).collect())),
    ]);
    for (name, value) in
        [("filed_by", &options.filed_by), ("recording_ref", &options.recording_ref), ("call_id", &options.call_id)]
    {
        event.extend(value.as_ref().map(|v| (name.to_owned(), json!(v))));
    }
    Ok(event)
}
