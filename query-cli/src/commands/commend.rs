//! `tingjian commend`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    answers::{Filed, Recipient},
    args::Commend,
    commands::Context,
    failure::{Failure, Outcome},
    labels,
};

/// Files one commendation.
///
/// # Errors
/// A time that cannot be read, the server.
pub fn run(context: &Context, options: &Commend) -> Result<Outcome, Failure> {
    let event = event(context, options)?;
    let bytes = context.client.post(
        "/api/v1/commendations",
        "application/json",
        Value::Object(event).to_string().as_bytes(),
    )?;
    if context.wants_json() {
        context.output.raw(&bytes)?;
    } else {
        context.output.text(&told(&context.client.read(&bytes)?))?;
    }
    Ok(Outcome::Done)
}

/// What became of it, and who gets it.
fn told(filed: &Filed) -> String {
    let done = match &filed.duplicate_of {
        Some(first) => format!("同样的表扬已在库（编号 {first}），没有重复提交。\n"),
        None => format!("表扬已送达，编号 {}。\n", filed.commendation_id),
    };
    let line = |one: &Recipient| {
        let name = labels::of("recipient", &one.recipient);
        let agent = one.agent_no.as_ref().map(|agent_no| format!(" {agent_no}")).unwrap_or_default();
        let read = one.read_at.as_deref().map_or("未读", |_| "已读");
        format!("  {name}{agent}：{read}\n")
    };
    done + &filed.recipients.iter().map(line).collect::<String>()
}

/// The commendation as the server takes it. Filing is what happens at this moment, so that moment is its time unless another is
/// given; the id is made here so that a repeated request counts once. Without a name, the server praises whose token it is.
fn event(context: &Context, options: &Commend) -> Result<Map<String, Value>, Failure> {
    let zone = &context.output.zone;
    let stated = options.occurred_at.as_deref().map(|time| zone.moment(time)).transpose();
    let occurred_at = stated.map_err(|e| Failure::usage(format!("--occurred-at {e}")))?;
    let now_ms = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    let id = Uuid::new_v7(uuid::Timestamp::from_unix_time(now_ms / 1000, (now_ms % 1000) as u32 * 1_000_000, 0, 0));
    let agents = options.agent_no.iter().map(|a| json!({ "agent_no": a }));
    let departments = options.department.iter().map(|d| json!({ "department": d }));
    let praised: Vec<Value> = agents.chain(departments).collect();
    let mut event = Map::from_iter([
        ("event_id".to_owned(), json!(id.to_string())),
        ("text".to_owned(), json!(options.text)),
        ("praised".to_owned(), Value::Array(praised)),
    ]);
    for (name, value) in [
        ("occurred_at", &occurred_at),
        ("filed_by", &options.filed_by),
        ("recording_ref", &options.recording_ref),
        ("call_id", &options.call_id),
    ] {
        event.extend(value.as_ref().map(|v| (name.to_owned(), json!(v))));
    }
    Ok(event)
}
