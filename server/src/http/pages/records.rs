//! The records behind a number: the list whose count equals it.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tingjian_query::{FollowedQuestion, ListAnswer, ListQuestion, ListedRecord};
use tingjian_warehouse::{Part, Span};

use super::{
    address::{address, encode},
    failure::failed,
    format::{local, number},
    names::cause_name,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, parameters::Parameters, problem::Problem},
};

/// Records on one page.
const SHOWN: u32 = 30;
/// The furthest page of lists that go by offset.
const LAST_PAGE: u32 = 1_000;

type Pairs = Query<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "records.html")]
struct Page {
    visit: Visit,
    title: String,
    total: u64,
    total_text: String,
    conditions: Vec<String>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// A record as lists show it.
pub struct Row {
    /// Its page.
    pub link: String,
    /// When it happened.
    pub at: String,
    /// Kind.
    pub kind: String,
    /// Names of its causes.
    pub causes: Vec<String>,
    /// Who answers for it.
    pub departments: Vec<String>,
    /// On what that rests; empty: not said.
    pub basis: String,
    /// Masked text.
    pub text: String,
}

/// Records of a choice.
pub async fn page(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Query(pairs): Pairs) -> Response {
    match ask(&app, &visitor, pairs.clone()).await {
        Ok(told) => show(&app, visit, told, &pairs, |told| told.next.clone().map(|next| ("cursor", next))),
        Err(problem) => failed(visit, problem),
    }
}

async fn ask(app: &App, visitor: &Visitor, pairs: Vec<(String, String)>) -> Result<ListAnswer, Problem> {
    let mut parameters = Parameters::new(pairs);
    let mut filters = parameters.filters(&app.zone)?;
    let pending_for = parameters.take("pending_for").unwrap_or_default();
    // Undecided records name nobody yet: whose text names one's own department are one's own all the same.
    if visitor.scope.department() != Some(pending_for.as_str()) {
        visitor.scope.limit(&mut filters)?;
    }
    let mut text = |name: &str| parameters.take(name).unwrap_or_default();
    let question = ListQuestion {
        filters,
        lane: text("lane"),
        basis: text("basis"),
        pending_for,
        only_abstained: text("abstained") == "1",
        as_read: text("as_read") == "1",
        limit: SHOWN,
        cursor: Some(text("cursor")).filter(|cursor| !cursor.is_empty()),
    };
    parameters.finish(&["lane", "basis", "pending_for", "abstained", "as_read", "cursor"])?;
    Ok(tingjian_query::listed(&app.warehouse, question).await?)
}

/// Contacts as first-contact resolution counts them.
pub async fn contacts(visit: Visit, State(app): State<Arc<App>>, Query(pairs): Pairs) -> Response {
    let place = page_number(&pairs);
    match ask_contacts(&app, pairs.clone(), place).await {
        Ok(told) => {
            let more = u64::from((place + 1) * SHOWN) < told.total;
            show(&app, visit, told, &pairs, |_| more.then(|| ("page", (place + 2).to_string())))
        }
        Err(problem) => failed(visit, problem),
    }
}

async fn ask_contacts(app: &App, pairs: Vec<(String, String)>, place: u32) -> Result<ListAnswer, Problem> {
    let mut parameters = Parameters::new(pairs);
    let span = parameters.span(&app.zone)?;
    let mut text = |name: &str| parameters.take(name).unwrap_or_default();
    let (told, hours, agent_no) = (text("told"), text("hours"), text("agent_no"));
    text("page");
    parameters.finish(&["told", "hours", "agent_no", "page"])?;
    let hours = match hours.as_str() {
        "" => 48,
        given => given
            .parse::<u32>()
            .ok()
            .filter(|hours| [24, 48, 72, 168].contains(hours))
            .ok_or_else(|| Problem::bad_request("参数 hours 可用：24、48、72、168"))?,
    };
    let span = Span { since: span.since, until: span.until };
    let part = Part { limit: SHOWN, offset: place * SHOWN };
    let question = FollowedQuestion { span, agent_no, told, hours, part };
    Ok(tingjian_query::followed(&app.warehouse, question).await?)
}

/// Which page of a list that goes by offset, counting from 0.
pub fn page_number(pairs: &[(String, String)]) -> u32 {
    let given = pairs.iter().rev().find(|(name, _)| name == "page").and_then(|(_, page)| page.parse::<u32>().ok());
    given.unwrap_or(1).clamp(1, LAST_PAGE) - 1
}

/// A page of a list; `next` is what the next one is asked with.
pub fn show(
    app: &App,
    visit: Visit,
    told: ListAnswer,
    pairs: &[(String, String)],
    next: impl Fn(&ListAnswer) -> Option<(&'static str, String)>,
) -> Response {
    let path = visit.address.split('?').next().unwrap_or("/records").to_owned();
    let next = next(&told).map(|(name, value)| {
        let kept = pairs.iter().filter(|(other, _)| other != name).map(|(name, value)| (name.as_str(), value.as_str()));
        address(&path, kept.chain([(name, value.as_str())]))
    });
    let page = Page {
        title: visit.t(if path == "/contacts" { "records.contacts" } else { "records.title" }).to_owned(),
        total: told.total,
        total_text: number(visit.language, told.total),
        conditions: conditions(app, &visit, pairs),
        rows: told.items.into_iter().map(|record| row(app, &visit, record)).collect(),
        next,
        visit,
    };
    render(StatusCode::OK, &page).into_response()
}

/// What the list is limited to, in words.
fn conditions(app: &App, visit: &Visit, pairs: &[(String, String)]) -> Vec<String> {
    let language = visit.language;
    let said = |(name, value): &(String, String)| {
        if value.is_empty() || matches!(name.as_str(), "cursor" | "page" | "limit") {
            return None;
        }
        let shown = match name.as_str() {
            "since" | "until" => value.parse().map_or_else(|_| value.clone(), |time| local(&app.zone, time)),
            "cause" => cause_name(app, language, value),
            "kind" | "basis" | "told" => language.name(name, value),
            "abstained" | "as_read" | "over_promised" => return Some(language.name("filter", name)),
            "unsure" if value == "abstained" => return Some(language.name("filter", "abstained")),
            "unsure" => return Some(format!("{} {}", language.name("filter", "basis"), language.name("basis", value))),
            _ => value.clone(),
        };
        Some(format!("{} {shown}", language.name("filter", name)))
    };
    pairs.iter().filter_map(said).collect()
}

fn row(app: &App, visit: &Visit, record: ListedRecord) -> Row {
    Row {
        link: format!("/records/{}", encode(&record.record_id)),
        at: local(&app.zone, record.occurred_at),
        kind: visit.language.name("kind", &record.kind),
        causes: record.causes.iter().map(|code| cause_name(app, visit.language, code)).collect(),
        departments: record.departments,
        basis: if record.basis.is_empty() { String::new() } else { visit.language.name("basis", &record.basis) },
        text: record.text,
    }
}
