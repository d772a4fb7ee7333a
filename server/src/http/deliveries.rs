//! `/reports/deliveries`: what was sent, and a test of a channel.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::{
    app::App,
    delivery::{self, Channels, Outcome},
};

/// The delivery log.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryLog {
    /// The newest first.
    items: Vec<DeliveryView>,
}

/// A claim or an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// What and where: `weekly/2026-W47/CHANNEL`, of mail `weekly/2026-W47/CHANNEL/MAILBOX`.
    pub key: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `claimed` (about to be sent), `sent`, `failed`, or `seen` by whoever got it.
    pub what: String,
    /// Why it failed; of what was sent, whether the channel never tells that it was seen.
    pub detail: String,
}

/// What a test came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tested {
    /// Every end of the channel took the message.
    pub sent: bool,
    /// Why not.
    pub detail: String,
    /// Each of its ends: of mail every mailbox.
    pub ends: Vec<TestedEnd>,
}

/// What a test of one end came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedEnd {
    /// The mailbox; empty: the channel has but one end.
    pub end: String,
    /// It took the message.
    pub sent: bool,
    /// Why not.
    pub detail: String,
}

/// What was sent to whom, and what became of it.
#[utoipa::path(
    get, path = "/reports/deliveries", tag = "reports",
    responses((status = 200, body = DeliveryLog), (status = 503, body = Problem)), security(("token" = [])))]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<DeliveryLog>, Problem> {
    Ok(Json(DeliveryLog { items: log(&app).await? }))
}

/// The delivery log, the newest first.
///
/// # Errors
/// The warehouse is away.
pub async fn log(app: &App) -> Result<Vec<DeliveryView>, Problem> {
    let notes = app.warehouse.delivery_notes("").await.map_err(tingjian_query::QueryError::from)?;
    let items = notes.into_iter().map(|note| DeliveryView {
        key: note.key,
        at: Timestamp::from_millisecond(note.at).unwrap_or(Timestamp::UNIX_EPOCH),
        what: note.what,
        detail: note.detail,
    });
    Ok(items.collect())
}

/// Sends a test message over one channel.
#[utoipa::path(
    post, path = "/reports/deliveries/test/{channel}", tag = "reports", params(("channel" = String, Path)),
    responses((status = 200, body = Tested), (status = 403, body = Problem), (status = 404, body = Problem)),
    security(("token" = [])),
)]
pub async fn test(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<Json<Tested>, Problem> {
    tested(&app, &name).await.map(Json)
}

/// Sends a test message to every end of a channel.
///
/// # Errors
/// No such channel; its file cannot be read.
pub async fn tested(app: &App, name: &str) -> Result<Tested, Problem> {
    let file = app.config.reports.channels_file.as_ref();
    let file = file.ok_or_else(|| Problem::not_found("没有配置 reports.channels_file"))?;
    let channels = Channels::read(file).map_err(|error| Problem::bad_request(format!("{error:#}")))?;
    let channel = channels.named(name).ok_or_else(|| Problem::not_found(format!("没有名为 {name} 的通道")))?;
    let mut ends = Vec::new();
    for end in channel.ends() {
        let outcome = delivery::send_test(channel, end).await;
        let detail = match &outcome {
            Outcome::Sent => String::new(),
            Outcome::Later(why) | Outcome::Refused(why) => why.clone(),
        };
        ends.push(TestedEnd { end: end.to_owned(), sent: outcome == Outcome::Sent, detail });
    }
    let details: Vec<&str> = ends.iter().map(|end| end.detail.as_str()).filter(|detail| !detail.is_empty()).collect();
    Ok(Tested { sent: ends.iter().all(|end| end.sent), detail: details.join("；"), ends })
}

/// Notes that a message was seen. The signed code in its address is all it takes: no account, no cookie.
#[utoipa::path(
    post, path = "/seen/{code}", tag = "reports", params(("code" = String, Path, description = "of the message")),
    responses((status = 204, description = "noted"), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn seen(State(app): State<Arc<App>>, Path(code): Path<String>) -> Result<StatusCode, Problem> {
    note_seen(&app, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that the message of a signed code was seen; gives its key.
///
/// # Errors
/// Not signed here; the warehouse is away.
pub async fn note_seen(app: &App, code: &str) -> Result<String, Problem> {
    let key = app.seen_links.key_of(code).ok_or_else(|| Problem::not_found("这个链接不完整，或不是由本系统签发"))?;
    delivery::note_seen(app, &key).await.map_err(tingjian_query::QueryError::from)?;
    // Whoever says so of an alert takes it on: under the name of where it was read.
    if let Some((id, place)) = key.strip_prefix("alert/").and_then(|rest| rest.split_once('/')) {
        crate::alerts::acknowledge(app, id, place).await.map_err(tingjian_query::QueryError::from)?;
    }
    Ok(key)
}
