//! `GET /health` and `GET /metrics`: open to everybody on the network the server listens on; neither shows a text.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics::gauge;
use serde::Serialize;
use tingjian_pipeline::EndsReport;
use tingjian_query::Finder;
use utoipa::ToSchema;

use crate::app::{App, FlowPhase, intake::Intake};

/// Whether the server does its work, and if not, why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ready`; `degraded`: intake works but something behind it waits; `starting`; `failed`.
    pub status: &'static str,
    /// Each part.
    pub checks: Vec<Check>,
    /// Version of the program.
    pub version: &'static str,
}

/// One part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Whether it works.
    pub ok: bool,
    /// What is wrong, or how it stands.
    pub detail: String,
}

/// Ready, or why not.
#[utoipa::path(get, path = "/health", tag = "operations", responses(
    (status = 200, body = Health), (status = 503, body = Health, description = "not ready, with reasons")))]
pub async fn health(State(app): State<Arc<App>>) -> Response {
    let health = look(&app);
    let status = if health.status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

/// How each part stands.
pub fn look(app: &App) -> Health {
    let mut checks = vec![engine(app)];
    checks.extend(app.intake.topics().map(kafka));
    let phase = app.phase.borrow().clone();
    let status = match &phase {
        FlowPhase::Starting(step) => {
            checks.push(Check { name: "flow", ok: false, detail: step.clone() });
            "starting"
        }
        FlowPhase::Failed(error) => {
            checks.push(Check { name: "flow", ok: false, detail: error.clone() });
            "failed"
        }
        FlowPhase::Running(flow) => {
            checks.extend(flow.sinks.iter().map(|sink| {
                let sink = sink.borrow();
                match &sink.trouble {
                    None => Check { name: sink.name, ok: true, detail: "正常".into() },
                    Some((since, error)) => {
                        let seconds = since.elapsed().as_secs();
                        Check { name: sink.name, ok: false, detail: format!("重试中（{seconds} 秒）：{error}") }
                    }
                }
            }));
            if checks.iter().all(|check| check.ok) { "ready" } else { "degraded" }
        }
    };
    Health { status, checks, version: env!("CARGO_PKG_VERSION") }
}

fn engine(app: &App) -> Check {
    match app.engine_trouble() {
        None => Check { name: "engine", ok: true, detail: "正常".into() },
        Some(detail) => Check { name: "engine", ok: false, detail },
    }
}

fn kafka(topics: EndsReport) -> Check {
    let detail = match (topics.trouble, topics.answered_at, topics.missing.as_slice()) {
        (Some(error), ..) => error.to_string(),
        (None, None, _) => "等待 Kafka 首次应答".into(),
        (None, Some(_), []) => return Check { name: "kafka", ok: true, detail: "正常".into() },
        (None, Some(_), missing) => {
            format!("缺少主题 {}：请运行 tingjian-server topics create", missing.join("、"))
        }
    };
    Check { name: "kafka", ok: false, detail }
}

/// Prometheus metrics.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let topics = app.intake.topics();
    if let Intake::Journal(journal) = &app.intake {
        gauge!("tingjian_journal_next_offset").set(journal.end().next_offset as f64);
    }
    if let Some(topics) = &topics {
        gauge!("tingjian_kafka_up").set(if topics.trouble.is_none() && topics.answered_at.is_some() {
            1.0
        } else {
            0.0
        });
    }
    if let Finder::Index(index) = &app.finder {
        gauge!("tingjian_index_documents").set(index.document_count() as f64);
    }
    for sink in app.sinks().await {
        // Not known is no number: what was known before would look as if nothing moved.
        let lag = app.intake.lag(&sink.positions).map_or(f64::NAN, |records| records as f64);
        gauge!("tingjian_lag_records", "sink" => sink.name).set(lag);
        for (partition, records) in topics.iter().flat_map(|topics| topics.lag(&sink.positions)) {
            let (topic, number) = (partition.source.to_string(), partition.number.to_string());
            gauge!("tingjian_partition_lag_records", "sink" => sink.name, "topic" => topic, "partition" => number)
                .set(records as f64);
        }
        gauge!("tingjian_sink_up", "sink" => sink.name).set(if sink.trouble.is_none() { 1.0 } else { 0.0 });
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render()).into_response()
}
