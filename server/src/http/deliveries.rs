//! `/reports/deliveries`: what was sent, and a test of a channel.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, State},
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
    /// What and where: `weekly/2026-W47/CHANNEL`.
    key: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `claimed` (about to be sent), `sent` or `failed`.
    what: String,
    /// Why it failed.
    detail: String,
}

/// What a test came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tested {
    /// The channel took the message.
    sent: bool,
    /// Why not.
    detail: String,
}

/// What was sent to whom, and what became of it.
#[utoipa::path(
    get, path = "/reports/deliveries", tag = "reports",
    responses((status = 200, body = DeliveryLog), (status = 503, body = Problem)), security(("token" = [])))]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<DeliveryLog>, Problem> {
    let notes = app.warehouse.delivery_notes("").await.map_err(tingjian_query::QueryError::from)?;
    let items = notes.into_iter().map(|note| DeliveryView {
        key: note.key,
        at: Timestamp::from_millisecond(note.at).unwrap_or(Timestamp::UNIX_EPOCH),
        what: note.what,
        detail: note.detail,
    });
    Ok(Json(DeliveryLog { items: items.collect() }))
}

/// Between the tries of a test: whoever asks waits for it.
const TEST_PAUSE: Duration = Duration::from_millis(200);

/// Sends a test message over one channel.
#[utoipa::path(
    post, path = "/reports/deliveries/test/{channel}", tag = "reports", params(("channel" = String, Path)),
    responses((status = 200, body = Tested), (status = 403, body = Problem), (status = 404, body = Problem)),
    security(("token" = [])),
)]
pub async fn test(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<Json<Tested>, Problem> {
    let file = app.config.reports.channels_file.as_ref();
    let file = file.ok_or_else(|| Problem::not_found("没有配置 reports.channels_file"))?;
    let channels = Channels::read(file).map_err(|error| Problem::bad_request(error.to_string()))?;
    let channel = channels.channel.iter().find(|channel| channel.name == name);
    let channel = channel.ok_or_else(|| Problem::not_found(format!("没有名为 {name} 的通道")))?;
    let outcome = delivery::send(channel, &delivery::test_message(channel), Some(TEST_PAUSE)).await;
    let detail = match &outcome {
        Outcome::Sent => String::new(),
        Outcome::Later(why) | Outcome::Refused(why) => why.clone(),
    };
    Ok(Json(Tested { sent: outcome == Outcome::Sent, detail }))
}
