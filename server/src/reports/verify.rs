//! A file's report made anew and compared, byte for byte: from what is known now, and where more is known by now, from what was known
//! when it was made.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tingjian_pipeline::Projector;
use tingjian_report::{Difference, Edition, EditionError, Report, Week, compose, differences, read};
use tingjian_warehouse::Warehouse;
use utoipa::ToSchema;

use super::{
    Form, ReportError,
    gather::{Source, gather},
    keep::{compute, written},
};
use crate::app::App;

/// Whether a file says what the data say.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verification {
    /// ISO week.
    pub week: String,
    /// Edition of the file.
    pub edition: u32,
    /// The file and the report made anew from what was known are the same, byte for byte.
    pub same: bool,
    /// As the file says.
    pub sha256: String,
    /// As what was known says.
    pub sha256_now: String,
    /// The file is an edition that was published here, byte for byte.
    pub published: bool,
    /// Where they differ: pointers into the document, what it said, what the data say.
    #[schema(value_type = Vec<Object>)]
    pub differences: Vec<Difference>,
    /// What became known since would be said otherwise: no fault of the file, but an amendment to it.
    #[schema(value_type = Vec<Object>)]
    pub later: Vec<Difference>,
}

fn value(edition: &Edition) -> Result<Value, ReportError> {
    Ok(serde_json::to_value(edition).map_err(|error| EditionError::Form(error.to_string()))?)
}

/// Makes the report of a file anew, with the file's additions, and compares.
///
/// # Errors
/// Not a report; a store is away.
pub async fn verify(app: &App, file: &str) -> Result<Verification, ReportError> {
    let told = read(file)?;
    let report = &told.edition.report;
    let week: Week = report.week.parse().map_err(|_| EditionError::Form(format!("没有 {} 这样的周", report.week)))?;
    let form = if told.is_html { Form::Html } else { Form::Json };
    let kept = app.warehouse.edition(&week.to_string(), Some(told.edition.edition)).await?;
    let published = kept.is_some_and(|kept| (if told.is_html { &kept.html } else { &kept.document }) == file);
    let now = told.edition.with_report(compute(app, week).await?)?;
    let same_now = written(&now, form)? == file;
    let (then, later) = match report.as_of.filter(|_| !same_now) {
        None => (now, Vec::new()),
        Some(as_of) => {
            let then = told.edition.with_report(compute_then(app, week, as_of, report).await?)?;
            let later = differences(&value(&then)?, &value(&now)?);
            (then, later)
        }
    };
    Ok(Verification {
        week: week.to_string(),
        edition: told.edition.edition,
        same: same_now || written(&then, form)? == file,
        published,
        differences: differences(&value(&told.edition)?, &value(&then)?),
        later,
        sha256: told.edition.sha256,
        sha256_now: then.sha256,
    })
}

/// The report as it was: from events that happened until `as_of`, and, where it was published here, that were received until then.
async fn compute_then(app: &App, week: Week, as_of: Timestamp, told: &Report) -> Result<Report, ReportError> {
    // One at a time: each copies what was known.
    let _turn = app.verifying.lock().await;
    let now = Timestamp::now();
    let first = app.warehouse.edition(&week.to_string(), Some(1)).await?;
    let received_by = first.map_or(now, |first| Timestamp::from_millisecond(first.at).unwrap_or(now));
    let store = app.warehouse.known(as_of, received_by, now).await?;
    let report = work_out(app, &store, week, told).await;
    store.give_up().await?;
    report
}

async fn work_out(app: &App, store: &Warehouse, week: Week, told: &Report) -> Result<Report, ReportError> {
    let projector = Projector::new(store.clone(), app.taxonomy(), Timestamp::now);
    projector.catch_up(&mut None).await?;
    let source = Source { app, store, told: Some(told) };
    Ok(compose(&gather(source, week).await?, &app.taxonomy()))
}
