//! The month's commendations, with who has read them; reading is one button.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use tingjian_query::PraisedView;
use tingjian_warehouse::Span;

use super::{
    address::{address, encode},
    format::local,
    refused::said,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    commendations::Badge,
    http::{
        access::Visitor,
        commendations::{
            CommendationItem, month_span, page as listed, receipts,
            thanks::{self, BadgeView, NewThanks, ThanksView},
        },
        parameters::Parameters,
        problem::Problem,
    },
};

/// Commendations on one page.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "commendations.html")]
struct CommendationsPage {
    visit: Visit,
    /// Badges that can be sent: name, words.
    offered: Vec<(&'static str, String)>,
    /// The month shown, or the days.
    shown: String,
    month: String,
    before: String,
    after: String,
    agent_no: String,
    total: u64,
    /// Badges of the month: whose, which, how often.
    badges: Vec<(String, Vec<(String, u32)>)>,
    items: Vec<Item>,
    next: Option<String>,
}

struct Item {
    id: String,
    link: String,
    at: String,
    text: String,
    praised: String,
    filed_by: Option<String>,
    recording_ref: Option<String>,
    receipts: Vec<(String, Option<String>)>,
    read: Option<String>,
    thanks: Vec<Thanked>,
    /// Where thanks go, for those who may still send some.
    thank: Option<String>,
}

/// Thanks that were sent on.
struct Thanked {
    sent_by: String,
    badge: String,
    words: String,
    receipts: Vec<(String, Option<String>)>,
}

/// The page of a month; this one where none is asked for.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let mut parameters = Parameters::new(pairs);
    let this_month = || Timestamp::now().to_zoned(app.zone.clone()).strftime("%Y-%m").to_string();
    let asked = Asked {
        month: parameters.take("month").unwrap_or_else(this_month),
        since: parameters.take("since").unwrap_or_default(),
        until: parameters.take("until").unwrap_or_default(),
        agent_no: parameters.take("agent_no").unwrap_or_default(),
        cursor: parameters.take("cursor"),
    };
    match gather(&app, &visit, &visitor, asked).await {
        Ok(page) => render(StatusCode::OK, &CommendationsPage { visit, ..page }),
        Err(problem) => said(visit, problem),
    }
}

/// Which commendations: of a month, or between two times where both are given.
struct Asked {
    month: String,
    since: String,
    until: String,
    agent_no: String,
    cursor: Option<String>,
}

impl Asked {
    /// The span, and how it is called.
    fn span(&self, app: &App) -> Result<(Span, String), Problem> {
        if self.since.is_empty() || self.until.is_empty() {
            return Ok((month_span(app, &self.month)?, self.month.clone()));
        }
        let pairs = [("since", &self.since), ("until", &self.until)];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.clone()));
        let given = Parameters::new(pairs.into()).span(&app.zone)?;
        let day = |time: Option<Timestamp>| time.map(|time| local(&app.zone, time)).unwrap_or_default();
        Ok((Span { since: given.since, until: given.until }, format!("{} – {}", day(given.since), day(given.until))))
    }
}

async fn gather(app: &App, visit: &Visit, visitor: &Visitor, asked: Asked) -> Result<CommendationsPage, Problem> {
    let (span, shown) = asked.span(app)?;
    let found = listed(app, visitor, span, asked.agent_no.clone(), asked.cursor.as_deref(), SHOWN).await?;
    let next = found.next.as_deref();
    let Asked { month, since, until, agent_no, .. } = asked;
    let next = next.map(|next| {
        let times = [("month", month.as_str()), ("since", since.as_str()), ("until", until.as_str())];
        address("/commendations", times.into_iter().chain([("agent_no", agent_no.as_str()), ("cursor", next)]))
    });
    Ok(CommendationsPage {
        visit: Visit::default(),
        offered: Badge::ALL.map(|badge| (badge.name(), visit.language.name("badge", badge.name()))).into(),
        badges: by_agent(visit, thanks::badges(app, visitor, span, &agent_no)?),
        before: beside(&month, -1),
        after: beside(&month, 1),
        total: found.total,
        items: found.items.into_iter().map(|item| view(app, visit, visitor, item)).collect(),
        shown,
        month,
        agent_no,
        next,
    })
}

/// The badges of each agent, those with most first.
fn by_agent(visit: &Visit, badges: Vec<BadgeView>) -> Vec<(String, Vec<(String, u32)>)> {
    let mut agents: Vec<(String, Vec<(String, u32)>)> = Vec::new();
    for BadgeView { agent_no, badge, times } in badges {
        let named = (visit.language.name("badge", &badge), times);
        match agents.last_mut().filter(|(last, _)| *last == agent_no) {
            Some((_, badges)) => badges.push(named),
            None => agents.push((agent_no, vec![named])),
        }
    }
    agents
}

/// A month some months away.
fn beside(month: &str, months: i32) -> String {
    let first = format!("{month}-01").parse::<Date>();
    let there = first.and_then(|first| first.checked_add(jiff::Span::new().months(months)));
    let month = there.map(|there| there.strftime("%Y-%m").to_string()).unwrap_or_default();
    address("/commendations", [("month", month.as_str())])
}

fn view(app: &App, visit: &Visit, visitor: &Visitor, item: CommendationItem) -> Item {
    let CommendationItem { commendation, recipients, thanks } = item;
    let awaits =
        receipts::awaits(&recipients, &visitor.account) || thanks::awaits(&thanks, visitor.account.agent_no.as_deref());
    let thank = !thanks::to_thank(visitor, &commendation.praised, &thanks).is_empty();
    let receipts = recipients.iter().map(|one| {
        let name = visit.language.name("recipient", one.recipient);
        let name = one.agent_no.as_ref().map_or(name.clone(), |agent_no| format!("{name} {agent_no}"));
        (name, one.read_at.map(|at| local(&app.zone, at)))
    });
    let praised: Vec<_> = commendation.praised.iter().map(named).collect();
    Item {
        link: format!("/records/{}", encode(&commendation.commendation_id)),
        read: awaits.then(|| format!("/commendations/{}/read", encode(&commendation.commendation_id))),
        thank: thank.then(|| format!("/commendations/{}/thanks", encode(&commendation.commendation_id))),
        thanks: thanks.into_iter().map(|one| thanked(app, visit, one)).collect(),
        at: local(&app.zone, commendation.occurred_at),
        praised: praised.join("、"),
        receipts: receipts.collect(),
        id: commendation.commendation_id,
        text: commendation.text,
        filed_by: commendation.filed_by,
        recording_ref: commendation.recording_ref,
    }
}

fn thanked(app: &App, visit: &Visit, thanks: ThanksView) -> Thanked {
    let read = |one: thanks::ThankedView| (one.agent_no, one.read_at.map(|at| local(&app.zone, at)));
    Thanked {
        sent_by: format!("{} {}", visit.language.name("role", &thanks.role), thanks.sent_by),
        badge: visit.language.name("badge", &thanks.badge),
        words: thanks.words,
        receipts: thanks.thanked.into_iter().map(read).collect(),
    }
}

fn named(praised: &PraisedView) -> String {
    let parts: Vec<_> = [&praised.department, &praised.agent_no].into_iter().flatten().cloned().collect();
    parts.join(" ")
}

/// Notes the reading and goes back to the list.
pub async fn read(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    match receipts::read(&app, &visitor, &id, Timestamp::now()).await {
        Ok(_) => Redirect::to("/commendations").into_response(),
        Err(problem) => said(visit, problem),
    }
}

/// What was typed in.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    badge: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    month: String,
}

/// Sends thanks on and goes back to the list.
pub async fn thank(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(Typed { badge, words, month }): Form<Typed>,
) -> Response {
    match thanks::send(&app, &visitor, &id, &NewThanks { badge, words }, Timestamp::now()).await {
        Ok(_) => Redirect::to(&address("/commendations", [("month", month.as_str())])).into_response(),
        Err(problem) => said(visit, problem),
    }
}
