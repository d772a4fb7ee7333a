//! What is surprising in a week, with the records behind it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Weekday, tz::TimeZone};
use serde::Serialize;
use tingjian_attribution::{FALSE_DISCOVERY, MIN_SUPPORT, Series, emerging as surprising};
use tingjian_warehouse::{Warehouse, WeeklyCell};
use utoipa::ToSchema;

use crate::{FilterError, QueryError};

/// Weeks of history that a week is held against at most.
const WEEKS: i64 = 26;

/// What is surprising in a week.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EmergingAnswer {
    /// ISO week, `2026-W47`.
    pub week: String,
    /// Weeks of history it is held against.
    pub weeks_before: u32,
    /// How it is decided.
    pub method: &'static str,
    /// Bound of the expected share of false alarms.
    pub false_discovery: f64,
    /// Fewest records of a surprising cell.
    pub min_support: u64,
    /// Cells held against their history.
    pub tested: u64,
    /// The surprising ones, the most surprising first.
    pub items: Vec<EmergingView>,
}

/// One surprising cell.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EmergingView {
    /// `cause` or `cause_lane`.
    pub kind: String,
    /// Leaf of the taxonomy.
    pub cause: String,
    /// Of a `cause_lane`.
    pub lane: Option<String>,
    /// Distinct records of the week.
    pub records: u64,
    /// What its history led to expect.
    pub expected: f64,
    /// Chance of as many or more.
    pub p: f64,
    /// Smallest bound of false discovery at which it is reported.
    pub q: f64,
    /// Some of the records.
    pub evidence: Vec<String>,
}

/// What is surprising in `week` (`2026-W47`), or in the newest week. A week under way is held against the same part of the
/// weeks before it.
///
/// # Errors
/// A week that cannot be read; the warehouse is away.
pub async fn emerging(
    warehouse: &Warehouse,
    week: Option<&str>,
    zone: &TimeZone,
) -> Result<Option<EmergingAnswer>, QueryError> {
    let Some(as_of) = warehouse.newest_event_at().await? else { return Ok(None) };
    let begin = match week {
        Some(name) => week_named(name, zone)?,
        None => week_of(as_of, zone),
    };
    let end = begin.checked_add(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MAX);
    let until = end.min(as_of.checked_add(SignedDuration::from_millis(1)).unwrap_or(as_of));
    if until <= begin {
        return Ok(None);
    }
    let since = begin.checked_sub(SignedDuration::from_hours(WEEKS * 7 * 24)).unwrap_or(Timestamp::MIN);
    let cells = warehouse.weekly_cells(since, until).await?;
    Ok(Some(answer(&cells, begin, zone)))
}

fn answer(cells: &[WeeklyCell], begin: Timestamp, zone: &TimeZone) -> EmergingAnswer {
    let weeks = cells.iter().map(|cell| cell.weeks_ago).max().unwrap_or(0);
    let mut counts: BTreeMap<&str, Series> = BTreeMap::new();
    let mut examples: BTreeMap<&str, &[String]> = BTreeMap::new();
    for cell in cells {
        let fresh = || Series { cell: cell.cell.clone(), before: vec![0; weeks as usize], now: 0 };
        let series = counts.entry(&cell.cell).or_insert_with(fresh);
        match cell.weeks_ago.checked_sub(1) {
            None => {
                series.now = cell.records;
                examples.insert(&cell.cell, &cell.examples);
            }
            Some(place) => series.before.get_mut(place as usize).into_iter().for_each(|count| *count = cell.records),
        }
    }
    let series: Vec<Series> = counts.into_values().collect();
    let items = surprising(&series).into_iter().map(|found| {
        let (kind, rest) = found.cell.split_once(':').unwrap_or(("cause", &found.cell));
        let (cause, lane) = rest.split_once(' ').map_or((rest, None), |(cause, lane)| (cause, Some(lane.to_owned())));
        EmergingView {
            kind: kind.to_owned(),
            cause: cause.to_owned(),
            lane,
            records: found.now,
            expected: found.expected,
            p: found.p,
            q: found.q,
            evidence: examples.get(found.cell.as_str()).map(|ids| ids.to_vec()).unwrap_or_default(),
        }
    });
    EmergingAnswer {
        week: begin.to_zoned(zone.clone()).strftime("%G-W%V").to_string(),
        weeks_before: weeks,
        method: "负二项预测（含过度离散），Benjamini–Hochberg 控制错误发现率",
        false_discovery: FALSE_DISCOVERY,
        min_support: MIN_SUPPORT,
        tested: series.len() as u64,
        items: items.collect(),
    }
}

/// Monday's midnight of the week a moment lies in.
fn week_of(moment: Timestamp, zone: &TimeZone) -> Timestamp {
    let date = moment.to_zoned(zone.clone()).date();
    let back = date.weekday().since(Weekday::Monday);
    let monday = date.checked_sub(i64::from(back).days()).unwrap_or(date);
    monday.to_zoned(zone.clone()).map_or(moment, |zoned| zoned.timestamp())
}

fn week_named(name: &str, zone: &TimeZone) -> Result<Timestamp, FilterError> {
    let wrong =
        || FilterError {
            name: "week".into(), value: name.to_owned(), problem: "不是 ISO 周：请写 2026-W47".into()
        };
    let (year, week) = name.split_once("-W").ok_or_else(wrong)?;
    let (year, week) = (year.parse().map_err(|_| wrong())?, week.parse().map_err(|_| wrong())?);
    let date = jiff::civil::ISOWeekDate::new(year, week, Weekday::Monday).map_err(|_| wrong())?.date();
    Ok(date.to_zoned(zone.clone()).map_err(|_| wrong())?.timestamp())
}
