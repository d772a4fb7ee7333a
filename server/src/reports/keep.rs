//! Published reports: kept, answered with the same bytes, added to.

use jiff::Timestamp;
use tingjian_report::{Edition, Objection, Report, Week, compose, html, json, read};
use tingjian_warehouse::StoredEdition;

use super::{
    ReportError,
    gather::{Source, gather},
};
use crate::app::App;

/// In which form a report is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One HTML file.
    Html,
    /// JSON.
    Json,
}

/// A report in one form.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its bytes.
    pub text: String,
    /// Hash of the report without additions.
    pub sha256: String,
    /// 0: not published.
    pub edition: u32,
}

/// The report as it would be now.
pub(super) async fn compute(app: &App, week: Week) -> Result<Report, ReportError> {
    let source = Source { app, store: &app.warehouse, told: None };
    Ok(compose(&gather(source, week).await?, &app.taxonomy()))
}

/// A report in one form.
pub(super) fn written(edition: &Edition, form: Form) -> Result<String, ReportError> {
    Ok(match form {
        Form::Html => html(edition)?,
        Form::Json => json(edition)?,
    })
}

/// The newest edition or the one asked for; where none is published, the report as it would be now.
///
/// # Errors
/// A store is away; an edition that is not there.
pub async fn current(app: &App, week: Week, edition: Option<u32>, form: Form) -> Result<Kept, ReportError> {
    match app.warehouse.edition(&week.to_string(), edition).await? {
        Some(kept) => {
            let text = if form == Form::Html { kept.html } else { kept.document };
            Ok(Kept { text, sha256: kept.sha256, edition: kept.edition })
        }
        None if edition.is_some() => Err(ReportError::Unpublished(week)),
        None => {
            let first = Edition::first(compute(app, week).await?)?;
            Ok(Kept { text: written(&first, form)?, sha256: first.sha256, edition: 0 })
        }
    }
}

/// Publishes a week's report; once published it stays as it is and is answered again.
///
/// # Errors
/// The week is not whole and `partial` is not wanted; a store is away.
pub async fn publish(
    app: &App,
    week: Week,
    by: &str,
    partial: bool,
    at: Timestamp,
) -> Result<StoredEdition, ReportError> {
    let name = week.to_string();
    if let Some(kept) = app.warehouse.edition(&name, Some(1)).await? {
        return Ok(kept);
    }
    let report = compute(app, week).await?;
    if !report.incomplete.is_empty() && !partial {
        return Err(ReportError::Incomplete { week, reasons: report.incomplete.join("；") });
    }
    keep(app, week, &Edition::first(report)?, by, "published", at).await?;
    // Somebody else may have published at the same moment: the first one counts.
    app.warehouse.edition(&name, Some(1)).await?.ok_or(ReportError::Unpublished(week))
}

async fn keep(app: &App, week: Week, edition: &Edition, by: &str, why: &str, at: Timestamp) -> Result<(), ReportError> {
    let stored = StoredEdition {
        edition: edition.edition,
        at: at.as_millisecond(),
        published_by: by.to_owned(),
        why: why.to_owned(),
        sha256: edition.sha256.clone(),
        document: json(edition)?,
        html: html(edition)?,
    };
    Ok(app.warehouse.keep_edition(&week.to_string(), &stored).await?)
}

async fn newest(app: &App, week: Week) -> Result<Edition, ReportError> {
    let kept = app.warehouse.edition(&week.to_string(), None).await?.ok_or(ReportError::Unpublished(week))?;
    Ok(read(&kept.document)?.edition)
}

/// Works a published week out anew; where it says something else, that is added as a dated amendment. The number of the newest
/// edition.
///
/// # Errors
/// Not published; a store is away.
pub async fn amend(app: &App, week: Week, by: &str, at: Timestamp) -> Result<u32, ReportError> {
    let kept = newest(app, week).await?;
    match kept.amended(&compute(app, week).await?, at, by)? {
        None => Ok(kept.edition),
        Some(next) => {
            keep(app, week, &next, by, "amended", at).await?;
            Ok(next.edition)
        }
    }
}

/// Adds a department's objection. The number of the new edition.
///
/// # Errors
/// Not published; about nothing the report says; a store is away.
pub async fn object(app: &App, week: Week, objection: Objection) -> Result<u32, ReportError> {
    let (by, at) = (objection.by.clone(), objection.at);
    let next = newest(app, week).await?.objected(objection)?;
    keep(app, week, &next, &by, "objected", at).await?;
    Ok(next.edition)
}
