//! 承诺: the ledger with kept-rates, lanes, and what another promise would have done.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use tingjian_query::{PromiseGroupView, PromisesBy, WhatIfAnswer};
use tingjian_warehouse::{BusyLane, Span};

use super::{
    address::address,
    curve::Curve,
    failure::failed,
    format::{Count, interval, minutes, number, percent},
    render,
    svg::Meter,
    visit::Visit,
};
use crate::{
    app::App,
    http::{parameters::Parameters, problem::Problem},
};

/// Days of the ledger and of the lanes, where the address does not say.
const DAYS: i64 = 28;
/// Lanes shown.
const LANES_SHOWN: u32 = 15;
/// Groups shown.
const GROUPS_SHOWN: usize = 30;
/// Least and greatest share of the slider, and where it begins, percent.
const SLIDER: (u32, u32, u32) = (50, 99, 95);

#[derive(Template)]
#[template(path = "promises.html")]
struct Page {
    visit: Visit,
    span: String,
    cuts: Vec<(String, String, bool)>,
    column: String,
    rows: Vec<Row>,
    lanes: Vec<Lane>,
    what_if: Option<WhatIf>,
    lane: String,
    kept: u32,
    slider: (u32, u32),
    by: String,
}

struct Row {
    name: String,
    promises: Count,
    kept: Count,
    broken: Count,
    open: Count,
    unknown: Count,
    rate: String,
    interval: String,
    meter: Meter,
}

struct Lane {
    name: String,
    href: String,
    deliveries: String,
    late: String,
    here: bool,
}

struct WhatIf {
    deliveries: String,
    promise: String,
    kept_at_promise: String,
    suggested: String,
    late: String,
    avoided: String,
    curve: Option<Curve>,
}

/// The page.
pub async fn page(visit: Visit, State(app): State<Arc<App>>, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    match told(&app, &visit, pairs).await {
        Ok(page) => render(StatusCode::OK, &page),
        Err(problem) => failed(visit, problem),
    }
}

async fn told(app: &App, visit: &Visit, pairs: Vec<(String, String)>) -> Result<Page, Problem> {
    let mut parameters = Parameters::new(pairs);
    let given = parameters.span(&app.zone)?;
    let mut text = |name: &str| parameters.take(name).unwrap_or_default();
    let (by_name, lane, kept) = (text("by"), text("lane"), text("kept"));
    parameters.finish(&["by", "lane", "kept"])?;
    let by_name = if by_name.is_empty() { "made_by_kind".to_owned() } else { by_name };
    let unknown = || Problem::bad_request(format!("参数 by 可用：{}", PromisesBy::NAMES.join("、")));
    let by: PromisesBy = by_name.parse().map_err(|()| unknown())?;
    let kept: u32 = if kept.is_empty() { Ok(SLIDER.2) } else { kept.trim_end_matches('%').parse() }
        .ok()
        .filter(|kept| (1..=100).contains(kept))
        .ok_or_else(|| Problem::bad_request("参数 kept 须为 1 到 100 的整数（百分比）"))?;
    let newest = app.warehouse.newest_event_at().await.map_err(tingjian_query::QueryError::from)?.unwrap_or_default();
    let since = newest.checked_sub(SignedDuration::from_hours(DAYS * 24)).unwrap_or(newest);
    let after = newest.checked_add(SignedDuration::from_millis(1)).unwrap_or(newest);
    let span = Span { since: given.since.or(Some(since)), until: given.until.or(Some(after)) };
    let (ledger, lanes) = tokio::try_join!(tingjian_query::promises(&app.warehouse, by, span), async {
        Ok(app.warehouse.busy_lanes(span, LANES_SHOWN).await?)
    })?;
    let lane = if lane.is_empty() { lanes.first().map(|lane| lane.lane.clone()).unwrap_or_default() } else { lane };
    let share = f64::from(kept) / 100.0;
    let answer = match lane.as_str() {
        "" => None,
        lane => tingjian_query::what_if(&app.warehouse, &app.taxonomy(), lane, share).await?,
    };
    let shown = Shown { app, visit, span, by: &by_name, lane: &lane, kept };
    Ok(shown.page(&ledger.groups, &lanes, answer.as_ref()))
}

struct Shown<'a> {
    app: &'a App,
    visit: &'a Visit,
    span: Span,
    by: &'a str,
    lane: &'a str,
    kept: u32,
}

impl Shown<'_> {
    fn page(&self, groups: &[PromiseGroupView], lanes: &[BusyLane], answer: Option<&WhatIfAnswer>) -> Page {
        let language = self.visit.language;
        let day = |time: Option<Timestamp>| {
            time.map(|time| time.to_zoned(self.app.zone.clone()).strftime("%Y-%m-%d").to_string()).unwrap_or_default()
        };
        let cut = |name: &str| (language.name("cut", name), self.here(&[("by", name)]), self.by == name);
        Page {
            visit: self.visit.clone(),
            span: format!("{} – {}", day(self.span.since), day(self.span.until)),
            cuts: PromisesBy::NAMES.map(cut).into(),
            column: language.name("cut", self.by),
            rows: groups.iter().take(GROUPS_SHOWN).map(|group| self.row(group)).collect(),
            lanes: lanes.iter().map(|lane| self.lane(lane)).collect(),
            what_if: answer.map(|answer| self.what_if(answer)),
            lane: self.lane.to_owned(),
            kept: self.kept,
            slider: (SLIDER.0, SLIDER.1),
            by: self.by.to_owned(),
        }
    }

    fn here(&self, changes: &[(&str, &str)]) -> String {
        let kept = self.kept.to_string();
        let now = [("by", self.by), ("lane", self.lane), ("kept", kept.as_str())];
        let kept = now.into_iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
        address("/promises", kept.chain(changes.iter().copied()))
    }

    fn row(&self, group: &PromiseGroupView) -> Row {
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        let (since, until) = (text(self.span.since), text(self.span.until));
        let of = |outcome: &str, n: u64| {
            let pairs = [("since", since.as_str()), ("until", &until), (self.by, &group.key), ("outcome", outcome)];
            // An empty key would filter nothing: no list shows just those.
            let href = if group.key.is_empty() { String::new() } else { address("/promises/entries", pairs) };
            Count::new(self.visit.language, n, href)
        };
        let table = if self.by == "made_by_kind" { "made_by" } else { "holder" };
        Row {
            name: if group.key.is_empty() {
                self.visit.t("promises.no_lane").to_owned()
            } else {
                self.visit.language.name(table, &group.key)
            },
            promises: of("", group.promises),
            kept: of("kept", group.kept),
            broken: of("broken", group.broken),
            open: of("open", group.open),
            unknown: of("unknown", group.unknown),
            rate: group.kept_rate.map_or_else(|| "–".into(), percent),
            interval: if group.kept_rate.is_some() { interval(group.low, group.high) } else { String::new() },
            meter: Meter::new(group.kept, group.kept + group.broken),
        }
    }

    fn lane(&self, lane: &BusyLane) -> Lane {
        Lane {
            href: self.here(&[("lane", &lane.lane)]),
            deliveries: number(self.visit.language, lane.deliveries),
            late: number(self.visit.language, lane.late_complaints),
            here: lane.lane == self.lane,
            name: lane.lane.clone(),
        }
    }

    fn what_if(&self, answer: &WhatIfAnswer) -> WhatIf {
        let language = self.visit.language;
        let min = |min: Option<i64>| min.map_or_else(|| "–".to_owned(), |min| minutes(language, min));
        let suggested = answer.suggested_min.map(i64::from);
        WhatIf {
            deliveries: number(language, u64::from(answer.deliveries)),
            promise: min(answer.promise_min),
            kept_at_promise: answer.kept_at_promise.map_or_else(|| "–".into(), percent),
            suggested: min(suggested),
            late: number(language, answer.late_complaints),
            avoided: number(language, answer.avoided),
            curve: Curve::new(language, &answer.curve, answer.promise_min, suggested, f64::from(self.kept) / 100.0),
        }
    }
}
