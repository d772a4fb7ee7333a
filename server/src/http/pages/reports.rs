//! 周报: what is published, publishing it, objecting beside a number, what was sent to whom.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_query::QueryError;
use tingjian_report::{Difference, Edition, Report, Week};

use super::{failure::failed, format::local, render, visit::Visit};
use crate::{
    accounts::Role,
    app::App,
    delivery::Channels,
    http::{
        access::Visitor,
        deliveries,
        problem::Problem,
        reports::{NewObjection, objection, time},
    },
    reports::{self, Form as ReportForm},
};

/// Notes of the delivery log shown.
const NOTES_SHOWN: usize = 60;
/// Differences of one amendment shown; the JSON has all.
const DIFFERENCES_SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "reports.html")]
struct Page {
    visit: Visit,
    week: String,
    weeks: Vec<(String, String)>,
    /// As it is, or would be.
    sentence: String,
    incomplete: String,
    is_published: bool,
    may_publish: bool,
    may_object: bool,
    /// In whose name an account objects; empty: it is asked.
    department: String,
    targets: Vec<(String, String)>,
    editions: Vec<[String; 4]>,
    amendments: Vec<Amended>,
    objections: Vec<[String; 4]>,
    notice: String,
    channels: Vec<String>,
    notes: Vec<[String; 4]>,
}

struct Amended {
    at: String,
    by: String,
    rows: Vec<[String; 3]>,
}

/// Which week is looked at.
#[derive(Deserialize)]
pub struct Wanted {
    week: Option<String>,
}

/// The page.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let week = match wanted.week.as_deref().map(str::parse::<Week>).transpose() {
        Ok(week) => week.unwrap_or_else(|| Week::of(Timestamp::now(), &app.zone).before(1)),
        Err(error) => return failed(visit, Problem::bad_request(error.to_string())),
    };
    show(&app, visit, &visitor, week, String::new()).await
}

async fn show(app: &App, visit: Visit, visitor: &Visitor, week: Week, notice: String) -> Response {
    match told(app, &visit, visitor, week).await {
        Ok(page) => render(StatusCode::OK, &Page { notice, visit, ..page }),
        Err(problem) => failed(visit, problem),
    }
}

async fn told(app: &App, visit: &Visit, visitor: &Visitor, week: Week) -> Result<Page, Problem> {
    let current = reports::current(app, week, None, ReportForm::Json).await?;
    let edition = tingjian_report::read(&current.text).map_err(|error| Problem::internal(&error))?.edition;
    let weeks = app.warehouse.published_weeks().await.map_err(QueryError::from)?;
    let kept = app.warehouse.editions(&week.to_string()).await.map_err(QueryError::from)?;
    let role = visitor.account.role;
    let reads_log =
        matches!(role, Role::Analyst | Role::Executive | Role::Admin) && visitor.account.department.is_none();
    let own = visitor.account.department.clone().unwrap_or_default();
    let is_published = current.edition > 0;
    let language = visit.language;
    let kept = kept.into_iter().map(|one| {
        [one.edition.to_string(), local(&app.zone, time(one.at)), one.published_by, language.name("why", &one.why)]
    });
    Ok(Page {
        visit: visit.clone(),
        week: week.to_string(),
        weeks: weeks.into_iter().map(|one| (one.week, local(&app.zone, time(one.at)))).collect(),
        sentence: edition.report.sentence.text.clone(),
        incomplete: edition.report.incomplete.join("；"),
        is_published,
        may_publish: reads_log,
        may_object: is_published && role != Role::Executive && (role == Role::Admin || !own.is_empty()),
        department: own,
        targets: targets(visit, &edition),
        editions: kept.collect(),
        amendments: amendments(app, &edition),
        objections: objections(app, visit, &edition),
        notice: String::new(),
        channels: if role == Role::Admin { channels(app)? } else { Vec::new() },
        notes: if reads_log { notes(app, visit).await? } else { Vec::new() },
    })
}

fn channels(app: &App) -> Result<Vec<String>, Problem> {
    let Some(file) = app.config.reports.channels_file.as_ref() else { return Ok(Vec::new()) };
    let all = Channels::read(file).map_err(|error| Problem::bad_request(format!("{error:#}")))?;
    Ok(all.channel.into_iter().map(|channel| channel.name).collect())
}

async fn notes(app: &App, visit: &Visit) -> Result<Vec<[String; 4]>, Problem> {
    let log = deliveries::log(app).await?.into_iter().take(NOTES_SHOWN);
    let row = |note: deliveries::DeliveryView| {
        [local(&app.zone, note.at), note.key, visit.language.name("note", &note.what), note.detail]
    };
    Ok(log.map(row).collect())
}

/// What a target of an objection is called, with the number that stands there.
fn target_name(visit: &Visit, report: &Report, target: &str) -> String {
    let language = visit.language;
    let counted = |name: &str, records: Option<u64>| match records {
        Some(records) => format!("{name}（{}）", language.fill("report.records", &[&records.to_string()])),
        None => name.to_owned(),
    };
    match target.split_once(':') {
        None => language.name("report", target),
        Some(("cause", code)) => {
            let found = report.causes.items.iter().find(|cause| cause.code == code);
            counted(found.map_or(code, |cause| &cause.name), found.map(|cause| cause.records))
        }
        Some(("lane", name)) => {
            let found = report.over_promises.items.iter().find(|lane| lane.lane == name);
            counted(name, found.map(|lane| lane.records))
        }
        Some((_, name)) => {
            let found = report.departments.iter().find(|one| one.department == name);
            counted(name, found.map(|one| one.records))
        }
    }
}

fn targets(visit: &Visit, edition: &Edition) -> Vec<(String, String)> {
    let named = |target: String| (target_name(visit, &edition.report, &target), target);
    edition.targets().into_iter().map(named).map(|(name, target)| (target, name)).collect()
}

fn objections(app: &App, visit: &Visit, edition: &Edition) -> Vec<[String; 4]> {
    let row = |one: &tingjian_report::Objection| {
        let about = target_name(visit, &edition.report, &one.about);
        [local(&app.zone, one.at), one.department.clone(), about, one.text.clone()]
    };
    edition.objections.iter().map(row).collect()
}

fn amendments(app: &App, edition: &Edition) -> Vec<Amended> {
    let row = |one: &Difference| [one.at.clone(), one.said.to_string(), one.now.to_string()];
    let amended = |one: &tingjian_report::Amendment| Amended {
        at: local(&app.zone, one.at),
        by: one.by.clone(),
        rows: one.differences.iter().take(DIFFERENCES_SHOWN).map(row).collect(),
    };
    edition.amendments.iter().map(amended).collect()
}

fn back(week: &str) -> Response {
    Redirect::to(&format!("/reports?week={}", super::address::encode(week))).into_response()
}

fn week_of(week: &str) -> Result<Week, Problem> {
    week.parse().map_err(|error: tingjian_report::WeekError| Problem::bad_request(error.to_string()))
}

/// Whether a week that is not whole is to be published.
#[derive(Deserialize)]
pub struct Publish {
    partial: Option<String>,
}

/// Publishes a week.
pub async fn publish(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Form(wanted): Form<Publish>,
) -> Response {
    let done = async {
        let week = week_of(&name)?;
        reports::publish(&app, week, &visitor.account.name, wanted.partial.is_some(), Timestamp::now()).await?;
        Ok::<(), Problem>(())
    };
    done.await.map_or_else(|problem| failed(visit, problem), |()| back(&name))
}

/// Works a published week out anew.
pub async fn amend(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Path(name): Path<String>) -> Response {
    let done = async {
        reports::amend(&app, week_of(&name)?, &visitor.account.name, Timestamp::now()).await?;
        Ok::<(), Problem>(())
    };
    done.await.map_or_else(|problem| failed(visit, problem), |()| back(&name))
}

/// What somebody objects.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    department: String,
    about: String,
    text: String,
}

/// Adds an objection.
pub async fn object(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let department = Some(typed.department).filter(|named| !named.trim().is_empty());
    let new = NewObjection { department, about: typed.about, text: typed.text };
    let done = async {
        reports::object(&app, week_of(&name)?, objection(visitor.account, new)?).await?;
        Ok::<(), Problem>(())
    };
    done.await.map_or_else(|problem| failed(visit, problem), |()| back(&name))
}

/// Sends a test message over a channel.
pub async fn test(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(channel): Path<String>,
) -> Response {
    let outcome = match deliveries::tested(&app, &channel).await {
        Ok(tested) if tested.sent => visit.t("report.taken").to_owned(),
        Ok(tested) => tested.detail,
        Err(problem) => return failed(visit, problem),
    };
    let notice = visit.language.fill("report.tested", &[&channel, &outcome]);
    let week = Week::of(Timestamp::now(), &app.zone).before(1);
    show(&app, visit, &visitor, week, notice).await
}
