//! 根因: causes by department and week; lanes and agents as further cuts; every cell leads to its records.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use tingjian_query::{
    Basis, CausesAnswer, CausesBy, CausesQuestion, Filters, ListQuestion, MatrixAnswer, MatrixRow, QueryError, Week,
};

use super::{
    address::address,
    failure::failed,
    format::{Count, change, interval, percent, trend},
    names::cause_name,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, parameters::Parameters, problem::Problem},
};

/// Weeks shown.
const WEEKS: i32 = 8;
/// Causes shown.
const CAUSES_SHOWN: usize = 40;
/// Rows of another cut shown.
const ROWS_SHOWN: usize = 50;
/// Steps of shade.
const SHADES: u64 = 5;

#[derive(Template)]
#[template(path = "causes.html")]
struct Page {
    visit: Visit,
    span: String,
    cuts: Vec<Cut>,
    chosen: Vec<(String, String)>,
    weeks: Vec<String>,
    rows: Vec<Row>,
    /// The other cuts, where one is asked for.
    groups: Vec<Group>,
    cut: String,
    total: Count,
    abstained: Count,
}

struct Cut {
    name: String,
    href: String,
    here: bool,
}

struct Row {
    name: String,
    open: String,
    is_cause: bool,
    cells: Vec<Cell>,
    total: Count,
}

struct Cell {
    count: Count,
    shade: u64,
}

struct Group {
    name: String,
    /// The matrix of this one alone.
    opens: String,
    count: Count,
    share: String,
    interval: String,
    change: String,
    trend: &'static str,
}

/// What is asked.
struct Asked {
    filters: Filters,
    lane: String,
    by: String,
    /// The cause whose departments are shown; empty: none.
    open: String,
    /// Pairs of the address that narrow it down, besides the span.
    kept: Vec<(String, String)>,
}

/// The page.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    match told(&app, &visit, &visitor, pairs).await {
        Ok(page) => render(StatusCode::OK, &page),
        Err(problem) => failed(visit, problem),
    }
}

async fn told(app: &App, visit: &Visit, visitor: &Visitor, pairs: Vec<(String, String)>) -> Result<Page, Problem> {
    let asked = asked(app, visitor, pairs).await?;
    let zone = &app.config.server.zone;
    let shown = Shown { app, visit, asked: &asked };
    if asked.by == "cause" {
        let both = async {
            tokio::try_join!(
                tingjian_query::matrix(&app.warehouse, &asked.filters, &asked.lane, zone),
                whole(app, &asked)
            )
        };
        let key = format!("{:?} {}", asked.filters, asked.lane);
        let told = app.matrices.get(key, Instant::now(), both).await?;
        let (matrix, counted) = &*told;
        return Ok(shown.matrix(matrix, counted));
    }
    let by = asked.by.parse().map_err(|()| Problem::bad_request("参数 by 可用：cause、lane、agent、department"))?;
    let question = CausesQuestion { by, filters: asked.filters.clone(), zone: zone.clone() };
    let counted = tingjian_query::causes(&app.warehouse, &question).await?;
    Ok(shown.groups(&counted))
}

/// The whole behind the matrix; on one lane it is counted as its list is.
async fn whole(app: &App, asked: &Asked) -> Result<CausesAnswer, QueryError> {
    let question =
        CausesQuestion { by: CausesBy::CAUSE, filters: asked.filters.clone(), zone: app.config.server.zone.clone() };
    if asked.lane.is_empty() {
        return tingjian_query::causes(&app.warehouse, &question).await;
    }
    let on_lane = |only_abstained| ListQuestion {
        filters: asked.filters.clone(),
        lane: asked.lane.clone(),
        only_abstained,
        limit: 1,
        ..ListQuestion::default()
    };
    let (all, abstained) = tokio::try_join!(
        tingjian_query::listed(&app.warehouse, on_lane(false)),
        tingjian_query::listed(&app.warehouse, on_lane(true))
    )?;
    Ok(CausesAnswer {
        total: all.total,
        abstained: abstained.total,
        groups: Vec::new(),
        basis: Basis::default(),
        next: None,
    })
}

async fn asked(app: &App, visitor: &Visitor, pairs: Vec<(String, String)>) -> Result<Asked, Problem> {
    let own = ["since", "until", "by", "open", "lane"];
    let kept =
        pairs.iter().filter(|(name, value)| !own.contains(&name.as_str()) && !value.is_empty()).cloned().collect();
    let mut parameters = Parameters::new(pairs);
    let mut filters = parameters.filters(&app.zone)?;
    visitor.scope.limit(&mut filters)?;
    let mut text = |name: &str| parameters.take(name).unwrap_or_default();
    let (lane, by, open) = (text("lane"), text("by"), text("open"));
    parameters.finish(&["lane", "by", "open"])?;
    let by = if by.is_empty() { "cause".to_owned() } else { by };
    // The other cuts are not counted by lane.
    let lane = if by == "cause" { lane } else { String::new() };
    if filters.since.is_none() || filters.until.is_none() {
        let newest = app.warehouse.newest_event_at().await.map_err(QueryError::from)?;
        let (since, until) = weeks_until(app, newest.unwrap_or_default());
        filters.since = filters.since.or(Some(since));
        filters.until = filters.until.or(Some(until));
    }
    Ok(Asked { filters, lane, by, open, kept })
}

/// From the beginning of the first of the weeks to the newest event.
fn weeks_until(app: &App, newest: Timestamp) -> (Timestamp, Timestamp) {
    let until = newest.checked_add(SignedDuration::from_millis(1)).unwrap_or(newest);
    let first = Week::of(newest, &app.zone).and_then(|week| week.before(WEEKS - 1));
    (first.map_or(Timestamp::UNIX_EPOCH, |week| week.since()), until)
}

struct Shown<'a> {
    app: &'a App,
    visit: &'a Visit,
    asked: &'a Asked,
}

impl Shown<'_> {
    fn times(&self) -> [(&'static str, String); 2] {
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        [("since", text(self.asked.filters.since)), ("until", text(self.asked.filters.until))]
    }

    /// A number with the records behind it: those of this selection and these values.
    fn count(&self, n: u64, times: &[(&'static str, String); 2], more: &[(&str, &str)]) -> Count {
        let own = |name: &str| more.iter().any(|(other, value)| *other == name && !value.is_empty());
        let kept = self.asked.kept.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.chain([("lane", self.asked.lane.as_str())]).filter(|(name, _)| !own(name));
        let times = times.iter().map(|(name, value)| (*name, value.as_str()));
        Count::new(self.visit.language, n, address("/records", times.chain(kept).chain(more.iter().copied())))
    }

    /// This page with other values.
    fn here(&self, changes: &[(&str, &str)]) -> String {
        let times = self.times();
        let now =
            [("by", self.asked.by.as_str()), ("lane", self.asked.lane.as_str()), ("open", self.asked.open.as_str())];
        let kept = self.asked.kept.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = times.iter().map(|(name, value)| (*name, value.as_str())).chain(now).chain(kept);
        let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
        address("/causes", all.filter(|(name, _)| !changed(name)).chain(changes.iter().copied()))
    }

    fn page(&self, counted: &CausesAnswer) -> Page {
        let times = self.times();
        let language = self.visit.language;
        let day = |time: Option<Timestamp>| {
            time.map(|time| time.to_zoned(self.app.zone.clone()).strftime("%Y-%m-%d").to_string()).unwrap_or_default()
        };
        let cut = |name: &str| Cut {
            name: language.name("cut", name),
            href: self.here(&[("by", name), ("open", "")]),
            here: self.asked.by == name,
        };
        let lane = Some(("lane".to_owned(), self.asked.lane.clone())).filter(|(_, lane)| !lane.is_empty());
        let chosen = self.asked.kept.iter().cloned().chain(lane).map(|(name, value)| {
            let shown = match name.as_str() {
                "cause" => cause_name(self.app, language, &value),
                "kind" | "stream" => language.name(&name, &value),
                _ => value,
            };
            (format!("{} {shown}", language.name("filter", &name)), self.here(&[(&name, "")]))
        });
        Page {
            visit: self.visit.clone(),
            span: format!("{} – {}", day(self.asked.filters.since), day(self.asked.filters.until)),
            cuts: ["cause", "department", "lane", "agent"].map(cut).into(),
            chosen: chosen.collect(),
            weeks: Vec::new(),
            rows: Vec::new(),
            groups: Vec::new(),
            cut: language.name("cut", &self.asked.by),
            total: self.count(counted.total, &times, &[]),
            abstained: self.count(counted.abstained, &times, &[("abstained", "1")]),
        }
    }

    fn matrix(&self, matrix: &MatrixAnswer, counted: &CausesAnswer) -> Page {
        let spans: Vec<[(&'static str, String); 2]> = matrix.weeks.iter().map(|week| self.week(week)).collect();
        let mut rows = Vec::new();
        let largest = matrix.causes.iter().flat_map(|row| row.by_week.iter().copied()).max().unwrap_or(1).max(1);
        for cause in matrix.causes.iter().take(CAUSES_SHOWN) {
            let open = self.asked.open == cause.key;
            let name = cause_name(self.app, self.visit.language, &cause.key);
            let toggle = self.here(&[("open", if open { "" } else { cause.key.as_str() })]);
            rows.push(self.row(cause, name, toggle, &spans, largest, &[("cause", &cause.key)]));
            if open {
                rows.extend(cause.departments.iter().map(|department| {
                    let pairs = [("cause", cause.key.as_str()), ("department", department.key.as_str())];
                    self.row(department, department.key.clone(), String::new(), &spans, largest, &pairs)
                }));
            }
        }
        let weeks =
            matrix.weeks.iter().map(|week| week.split_once('-').map_or(week.as_str(), |(_, week)| week).to_owned());
        Page { weeks: weeks.collect(), rows, ..self.page(counted) }
    }

    fn row(
        &self,
        row: &MatrixRow,
        name: String,
        open: String,
        spans: &[[(&'static str, String); 2]],
        largest: u64,
        pairs: &[(&str, &str)],
    ) -> Row {
        let cell = |(n, span): (&u64, &[(&'static str, String); 2])| Cell {
            count: self.count(*n, span, pairs),
            shade: (n * SHADES).div_ceil(largest).min(SHADES),
        };
        Row {
            name,
            is_cause: !open.is_empty(),
            open,
            cells: row.by_week.iter().zip(spans).map(cell).collect(),
            total: self.count(row.records, &self.times(), pairs),
        }
    }

    /// The part of a week that is in the selection.
    fn week(&self, name: &str) -> [(&'static str, String); 2] {
        let filters = &self.asked.filters;
        let newest = filters.until.unwrap_or(Timestamp::MAX);
        let Ok(week) = Week::named(name, Timestamp::MAX, &self.app.zone) else { return self.times() };
        let since = filters.since.map_or(week.since(), |since| since.max(week.since()));
        [("since", since.to_string()), ("until", week.until().min(newest).to_string())]
    }

    fn groups(&self, counted: &CausesAnswer) -> Page {
        let times = self.times();
        let filter = if self.asked.by == "agent" { "agent_no" } else { self.asked.by.as_str() };
        let group = |group: &tingjian_query::Group| Group {
            // What an agent was cleared of is not under their name; the records' list would show it.
            count: if filter == "agent_no" {
                Count { href: String::new(), ..self.count(group.records, &times, &[]) }
            } else {
                self.count(group.records, &times, &[(filter, &group.key)])
            },
            opens: self.here(&[("by", ""), (filter, &group.key)]),
            name: group.key.clone(),
            share: percent(group.share),
            interval: interval(group.low, group.high),
            change: change(group.change),
            trend: trend(group.change),
        };
        Page {
            groups: counted.groups.iter().filter(|g| g.records > 0).take(ROWS_SHOWN).map(group).collect(),
            ..self.page(counted)
        }
    }
}
