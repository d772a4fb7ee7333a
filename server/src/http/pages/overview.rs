//! 总览: a week at a glance; every number leads to the records behind it.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use tingjian_query::{Compared, DepartmentBasis, EmergingView, OverviewAnswer, PromiseGroupView, WeekSpan};

use super::{
    address::{address, encode},
    failure::failed,
    format::{Count, change, interval, local_short, minutes, percent, trend},
    names::cause_name,
    render,
    svg::{BasisBar, Meter},
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, parameters::Parameters, problem::Problem},
};

/// Causes shown.
const CAUSES_SHOWN: usize = 10;
/// Departments and holders shown.
const DEPARTMENTS_SHOWN: usize = 10;
/// Surprises shown.
const NEWS_SHOWN: usize = 8;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    visit: Visit,
    week: String,
    span: String,
    whole: bool,
    previous: String,
    following: String,
    tiles: Vec<Tile>,
    kinds: Vec<Row>,
    causes: Vec<Row>,
    departments: Vec<Department>,
    promises: Vec<Promises>,
    fcr: Vec<Fcr>,
    holds: Vec<Holds>,
    news: Vec<News>,
    news_method: String,
}

#[derive(Template)]
#[template(path = "overview_empty.html")]
struct Empty {
    visit: Visit,
}

struct Tile {
    name: String,
    figure: Count,
    note: String,
    was: Count,
}

struct Row {
    name: String,
    now: Count,
    before: Count,
    month_before: Count,
    change: String,
    trend: &'static str,
    share: String,
    interval: String,
    meter: Meter,
}

struct Department {
    name: String,
    href: String,
    bar: BasisBar,
    records: Count,
    judgement: Count,
    facts: Count,
    text: Count,
    pending: Count,
}

struct Promises {
    name: String,
    kept: Count,
    broken: Count,
    rate: String,
    interval: String,
    before: String,
}

struct Fcr {
    window: String,
    rate: String,
    before: String,
    contacts: Count,
    followed: Count,
}

struct Holds {
    name: String,
    held: String,
    cases: Count,
    now: Count,
    meter: Meter,
}

struct News {
    name: String,
    lane: String,
    records: Count,
    expected: String,
    chance: String,
}

/// The page.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    // Somebody bound to a department sees its page: the whole organisation's numbers are not theirs.
    if let Some(own) = visitor.scope.department() {
        return Redirect::to(&format!("/departments/{}", encode(own))).into_response();
    }
    let mut parameters = Parameters::new(pairs);
    let week = parameters.take("week");
    if let Err(problem) = parameters.finish(&["week"]) {
        return failed(visit, problem);
    }
    let key = week.clone().unwrap_or_default();
    let asked = tingjian_query::overview(&app.warehouse, week.as_deref(), &app.zone, &app.config.server.zone);
    match app.overviews.get(key, Instant::now(), asked).await {
        Ok(told) => match told.as_ref() {
            Some(told) => render(StatusCode::OK, &Shown { app: &app, visit: &visit, told }.page()),
            None => render(StatusCode::OK, &Empty { visit }),
        },
        Err(error) => failed(visit, Problem::from(error)),
    }
}

/// The answer on its way to the page.
struct Shown<'a> {
    app: &'a App,
    visit: &'a Visit,
    told: &'a OverviewAnswer,
}

impl Shown<'_> {
    fn page(&self) -> Page {
        let told = self.told;
        let span = self.span(0);
        let zone = &self.app.zone;
        let neighbour = |weeks: i32| {
            let week =
                tingjian_query::Week::named(&span.week, told.as_of, zone).ok().and_then(|week| week.before(weeks));
            week.filter(|week| week.since() <= told.as_of).map_or_else(String::new, |week| week.name())
        };
        Page {
            visit: self.visit.clone(),
            week: span.week.clone(),
            span: format!("{} – {}", local_short(zone, span.since), local_short(zone, span.until)),
            whole: told.whole,
            previous: neighbour(1),
            following: neighbour(-1),
            tiles: self.tiles(),
            kinds: told.kinds.iter().map(|row| self.row("kind", row, self.kind(&row.key))).collect(),
            causes: self.causes(),
            departments: told.departments.iter().take(DEPARTMENTS_SHOWN).map(|row| self.department(row)).collect(),
            promises: self.promises(),
            fcr: self.fcr(),
            holds: self.holds(),
            news: self.news(),
            news_method: told.emerging.as_ref().map(|news| news.method.to_owned()).unwrap_or_default(),
        }
    }

    fn span(&self, place: usize) -> WeekSpan {
        self.told.spans.get(place).cloned().unwrap_or_else(|| WeekSpan {
            week: String::new(),
            since: self.told.as_of,
            until: self.told.as_of,
        })
    }

    /// A number of one of the three weeks, with the list behind it.
    fn count(&self, place: usize, path: &str, n: u64, pairs: &[(&str, &str)]) -> Count {
        let span = self.span(place);
        let times = [("since", span.since.to_string()), ("until", span.until.to_string())];
        let times = times.iter().map(|(name, value)| (*name, value.as_str()));
        Count::new(self.visit.language, n, address(path, times.chain(pairs.iter().copied())))
    }

    fn records(&self, place: usize, n: u64, pairs: &[(&str, &str)]) -> Count {
        self.count(place, "/records", n, pairs)
    }

    fn kind(&self, key: &str) -> String {
        self.visit.language.name("kind", key)
    }

    fn cause(&self, code: &str) -> String {
        cause_name(self.app, self.visit.language, code)
    }

    fn tiles(&self) -> Vec<Tile> {
        let told = self.told;
        let t = |key: &str| self.visit.t(key).to_owned();
        let against = |row: &Compared| self.visit.language.fill("overview.against", &[&change(row.change())]);
        let sums = |which: usize| told.promises.get(which).map(|answer| kept_of(&answer.groups)).unwrap_or_default();
        let rate = |(kept, broken): (u64, u64)| (kept + broken > 0).then(|| kept as f64 / (kept + broken) as f64);
        let fcr = |which: usize| {
            let group = told.contacts.get(which).and_then(Option::as_ref);
            group.and_then(|group| group.fcr.iter().find(|fcr| fcr.hours == 48)).map(|fcr| (fcr.resolved, fcr.rate))
        };
        let said = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), percent);
        let kept = |which: usize| Count {
            text: said(rate(sums(which))),
            ..self.count(which, "/promises/entries", sums(which).0, &[("outcome", "kept")])
        };
        let resolved = |which: usize| {
            let (resolved, rate) = fcr(which).unwrap_or((0, None));
            let told = [("told", "resolved"), ("hours", "48")];
            Count { text: said(rate), ..self.count(which, "/contacts", resolved, &told) }
        };
        vec![
            Tile {
                name: t("overview.records"),
                figure: self.records(0, told.total.now, &[]),
                note: against(&told.total),
                was: self.records(1, told.total.before, &[]),
            },
            Tile {
                name: t("overview.abstained"),
                figure: self.records(0, told.abstained.now, &[("abstained", "1")]),
                note: against(&told.abstained),
                was: self.records(1, told.abstained.before, &[("abstained", "1")]),
            },
            Tile { name: t("overview.promises_kept"), figure: kept(0), note: t("overview.was"), was: kept(1) },
            Tile { name: t("overview.fcr48"), figure: resolved(0), note: t("overview.was"), was: resolved(1) },
        ]
    }

    fn row(&self, filter: &str, row: &Compared, name: String) -> Row {
        let largest = self.told.total.now.max(1);
        let pair = [(filter, row.key.as_str())];
        Row {
            name,
            now: self.records(0, row.now, &pair),
            before: self.records(1, row.before, &pair),
            month_before: self.records(2, row.month_before, &pair),
            change: change(row.change()),
            trend: if row.key == "commendation" { "" } else { trend(row.change()) },
            share: percent(row.share),
            interval: interval(row.low, row.high),
            meter: Meter::new(row.now, largest),
        }
    }

    fn causes(&self) -> Vec<Row> {
        let shown = self.told.causes.iter().take(CAUSES_SHOWN);
        let largest = self.told.causes.first().map_or(1, |row| row.now);
        let row = |row: &Compared| Row {
            meter: Meter::new(row.now, largest),
            ..self.row("cause", row, self.cause(&row.key))
        };
        shown.map(row).collect()
    }

    fn department(&self, row: &DepartmentBasis) -> Department {
        let of = |basis: &str, n: u64| self.records(0, n, &[("department", &row.department), ("basis", basis)]);
        Department {
            name: row.department.clone(),
            href: format!("/departments/{}", encode(&row.department)),
            bar: BasisBar::new([row.judgement, row.facts, row.text, row.pending]),
            records: self.records(0, row.records(), &[("department", &row.department)]),
            judgement: of("judgement", row.judgement),
            facts: of("facts", row.facts),
            text: of("text", row.text),
            pending: self.records(0, row.pending, &[("pending_for", &row.department)]),
        }
    }

    fn promises(&self) -> Vec<Promises> {
        let [now, before] = &self.told.promises;
        let row = |group: &PromiseGroupView| {
            let was = before.groups.iter().find(|other| other.key == group.key).and_then(|other| other.kept_rate);
            let of = |outcome: &str, n: u64| {
                self.count(0, "/promises/entries", n, &[("made_by_kind", &group.key), ("outcome", outcome)])
            };
            Promises {
                name: self.visit.language.name("made_by", &group.key),
                kept: of("kept", group.kept),
                broken: of("broken", group.broken),
                rate: group.kept_rate.map_or_else(|| "–".into(), percent),
                interval: if group.kept_rate.is_some() { interval(group.low, group.high) } else { String::new() },
                before: was.map_or_else(|| "–".into(), percent),
            }
        };
        now.groups.iter().map(row).collect()
    }

    fn fcr(&self) -> Vec<Fcr> {
        let [now, before] = &self.told.contacts;
        let Some(now) = now else { return Vec::new() };
        let said = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), percent);
        let was = |hours: u32| before.as_ref().and_then(|group| group.fcr.iter().find(|fcr| fcr.hours == hours)?.rate);
        let row = |fcr: &tingjian_query::FcrView| {
            let hours = fcr.hours.to_string();
            let of = |told: &str, n: u64| self.count(0, "/contacts", n, &[("told", told), ("hours", &hours)]);
            Fcr {
                window: minutes(self.visit.language, i64::from(fcr.hours) * 60),
                rate: said(fcr.rate),
                before: said(was(fcr.hours)),
                contacts: of("old", fcr.contacts),
                followed: of("followed", fcr.contacts.saturating_sub(fcr.resolved)),
            }
        };
        now.fcr.iter().map(row).collect()
    }

    fn holds(&self) -> Vec<Holds> {
        let largest = self.told.holds.first().map_or(0, |row| row.held_min).max(1);
        let row = |row: &tingjian_query::HoldsOf| Holds {
            name: self.visit.language.name("holder", &row.holder),
            held: minutes(self.visit.language, row.held_min),
            cases: self.count(0, "/cases", row.cases, &[("holder", &row.holder)]),
            now: self.count(0, "/cases", row.holding_now, &[("holder", &row.holder), ("open", "1")]),
            meter: Meter::new(u64::try_from(row.held_min).unwrap_or(0), u64::try_from(largest).unwrap_or(1)),
        };
        self.told.holds.iter().take(DEPARTMENTS_SHOWN).map(row).collect()
    }

    fn news(&self) -> Vec<News> {
        let row = |found: &EmergingView| {
            let lane = found.lane.clone().unwrap_or_default();
            News {
                name: self.cause(&found.cause),
                records: self.records(0, found.records, &[("cause", &found.cause), ("lane", &lane), ("as_read", "1")]),
                lane,
                expected: format!("{:.1}", found.expected),
                chance: format!("{:.1e}", found.q),
            }
        };
        let found = self.told.emerging.iter().flat_map(|news| &news.items);
        found.take(NEWS_SHOWN).map(row).collect()
    }
}

fn kept_of(groups: &[PromiseGroupView]) -> (u64, u64) {
    groups.iter().fold((0, 0), |(kept, broken), group| (kept + group.kept, broken + group.broken))
}
