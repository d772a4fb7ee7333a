//! `GET /status`: how much is stored and how far each sink has come.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use tingjian_pipeline::SinkStatus;
use tingjian_query::StoredAnswer;
use tingjian_schemas::Positions;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::App;

/// How the server stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// What is stored.
    #[serde(flatten)]
    stored: StoredAnswer,
    /// Each sink.
    sinks: Vec<SinkView>,
    /// Version of the program.
    version: &'static str,
}

/// One sink.
#[derive(Debug, Serialize, ToSchema)]
pub struct SinkView {
    /// Its name.
    pub name: &'static str,
    /// How far it has come.
    #[schema(value_type = Vec<Object>)]
    pub positions: Positions,
    /// Records of the source it has not stored yet; `null`: Kafka does not say at the moment.
    pub lag_records: Option<u64>,
    /// How long it has been retrying, seconds; 0: it is not.
    pub trouble_s: u64,
    /// Outcomes since the start of this process.
    pub stored: u64,
    /// Same id and content.
    pub duplicates: u64,
    /// Same id, other content.
    pub replaced: u64,
    /// Could not be read.
    pub dead: u64,
}

/// Counts and positions.
#[utoipa::path(get, path = "/status", tag = "operations",
    responses((status = 200, body = Status), (status = 503, body = Problem)), security(("token" = [])))]
pub async fn get(State(app): State<Arc<App>>) -> Result<Json<Status>, Problem> {
    let stored = tingjian_query::stored(&app.warehouse, &app.finder).await?;
    Ok(Json(Status { stored, sinks: sinks(&app).await, version: env!("CARGO_PKG_VERSION") }))
}

/// How far each sink has come.
pub async fn sinks(app: &App) -> Vec<SinkView> {
    app.sinks().await.into_iter().map(|sink| view(app, sink)).collect()
}

fn view(app: &App, sink: SinkStatus) -> SinkView {
    SinkView {
        name: sink.name,
        lag_records: app.intake.lag(&sink.positions),
        positions: sink.positions,
        trouble_s: sink.trouble.as_ref().map_or(0, |(since, _)| since.elapsed().as_secs()),
        stored: sink.written.stored,
        duplicates: sink.written.duplicates,
        replaced: sink.written.replaced,
        dead: sink.written.dead,
    }
}
