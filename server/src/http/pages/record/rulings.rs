//! What people add to a record: corrections of its label, verdicts, appeals.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tingjian_schemas::Stream;

use crate::{
    app::App,
    http::{
        access::Visitor,
        pages::{
            address::encode,
            failure::failed,
            filing::{file, fresh_id},
            visit::Visit,
        },
        problem::Problem,
    },
};

/// A correction as the form sends it.
#[derive(Deserialize)]
pub struct Correction {
    kind: String,
    #[serde(default)]
    cause_1: String,
    #[serde(default)]
    cause_2: String,
    #[serde(default)]
    cause_3: String,
    #[serde(default)]
    note: String,
}

impl Correction {
    /// As an event.
    pub fn event(&self, id: String, record_id: &str, by: &str, at: Timestamp) -> Value {
        let mut causes: Vec<&str> = Vec::new();
        for code in [&self.cause_1, &self.cause_2, &self.cause_3] {
            if !code.is_empty() && !causes.contains(&code.as_str()) {
                causes.push(code);
            }
        }
        let mut event = json!({
            "event_id": id, "occurred_at": at.to_string(), "source": "web", "record_id": record_id, "by": by,
            "kind": self.kind, "causes": causes,
        });
        put(&mut event, "note", &self.note);
        event
    }
}

fn put(event: &mut Value, name: &str, text: &str) {
    if let (Some(fields), false) = (event.as_object_mut(), text.trim().is_empty()) {
        fields.insert(name.to_owned(), Value::from(text.trim()));
    }
}

/// Corrects the label.
pub async fn correct(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
    Form(form): Form<Correction>,
) -> Response {
    let name = visit.name().to_owned();
    let event = fresh_id("correction").map(|id| form.event(id, &record_id, &name, Timestamp::now()));
    filed(visit, &visitor, &app, Stream::Corrections, &record_id, event).await
}

/// A verdict as the form sends it.
#[derive(Deserialize)]
pub struct Verdict {
    verdict: String,
    department: String,
    reason: String,
    #[serde(default)]
    appeal_id: String,
}

/// Judges.
pub async fn judge(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
    Form(form): Form<Verdict>,
) -> Response {
    let event = fresh_id("judgement").map(|id| {
        let mut event = json!({
            "event_id": id, "occurred_at": Timestamp::now().to_string(), "source": "web", "record_id": record_id,
            "verdict": form.verdict, "department": form.department.trim(), "judge": visit.name(), "reason": form.reason.trim(),
        });
        put(&mut event, "appeal_id", &form.appeal_id);
        event
    });
    filed(visit, &visitor, &app, Stream::Judgements, &record_id, event).await
}

/// An appeal as the form sends it.
#[derive(Deserialize)]
pub struct Appeal {
    department: String,
    reason: String,
}

/// Appeals.
pub async fn appeal(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
    Form(form): Form<Appeal>,
) -> Response {
    let event = fresh_id("appeal").map(|id| {
        json!({
            "event_id": id, "occurred_at": Timestamp::now().to_string(), "source": "web", "appeal_id": id,
            "record_id": record_id, "department": form.department.trim(), "filed_by": visit.name(), "reason": form.reason.trim(),
        })
    });
    filed(visit, &visitor, &app, Stream::Appeals, &record_id, event).await
}

async fn filed(
    visit: Visit,
    visitor: &Visitor,
    app: &App,
    stream: Stream,
    record_id: &str,
    event: Result<Value, Problem>,
) -> Response {
    let sent = match event {
        Ok(event) => file(app, visitor, stream, &event).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(()) => Redirect::to(&format!("/records/{}?filed=1", encode(record_id))).into_response(),
        Err(problem) => failed(visit, problem),
    }
}
