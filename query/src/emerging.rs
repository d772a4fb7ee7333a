//! What is surprising in a week, with the records behind it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Serialize;
use tingjian_attribution::{FALSE_DISCOVERY, MIN_SUPPORT, Series, Surprise, emerging as surprising};
use tingjian_schemas::Week as IsoWeek;
use tingjian_warehouse::{TERM_WEEKS, Warehouse, WeeklyCell, WeeklyTerm};
use utoipa::ToSchema;

use crate::{Filters, QueryError, weeks::Week};

/// Weeks of history that a week is held against at most.
const WEEKS: i64 = 26;
/// Records a week whose texts are read for terms, about.
const TEXTS_A_WEEK: u64 = 10_000;

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
    /// Terms are counted in one of so many records; 0: they were not asked for.
    pub terms_of_one_in: u64,
    /// The surprising ones, the most surprising first.
    pub items: Vec<EmergingView>,
}

/// One surprising cell.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EmergingView {
    /// `cause`, `cause_lane` or `term`.
    pub kind: String,
    /// Leaf of the taxonomy; of a `term` its characters.
    pub cause: String,
    /// Of a `cause_lane`.
    pub lane: Option<String>,
    /// Distinct records of the week; of a `term` those among the records read.
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

/// Whether the texts are looked at as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Terms {
    Counted,
    LeftOut,
}

/// What is surprising in `week` (`2026-W47`), or in the newest week, among causes and causes on lanes. A week under way is held
/// against the same part of the weeks before it.
///
/// # Errors
/// A week that cannot be read; the warehouse is away.
pub async fn emerging(
    warehouse: &Warehouse,
    week: Option<&str>,
    zone: &TimeZone,
) -> Result<Option<EmergingAnswer>, QueryError> {
    surprises(warehouse, week, zone, Terms::LeftOut).await
}

/// The same with the terms of the texts beside them, which takes longer.
///
/// # Errors
/// As [`emerging`].
pub async fn emerging_with_terms(
    warehouse: &Warehouse,
    week: Option<&str>,
    zone: &TimeZone,
) -> Result<Option<EmergingAnswer>, QueryError> {
    surprises(warehouse, week, zone, Terms::Counted).await
}

async fn surprises(
    warehouse: &Warehouse,
    week: Option<&str>,
    zone: &TimeZone,
    terms: Terms,
) -> Result<Option<EmergingAnswer>, QueryError> {
    let Some(as_of) = warehouse.newest_event_at().await? else { return Ok(None) };
    let newest = || IsoWeek::of(as_of, zone).to_string();
    let week = Week::named(&week.map_or_else(newest, str::to_owned), as_of, zone)?;
    if as_of < week.since() {
        return Ok(None);
    }
    let (begin, until) = (week.since(), week.until());
    let since = begin.checked_sub(SignedDuration::from_hours(WEEKS * 7 * 24)).unwrap_or(Timestamp::MIN);
    let cells = warehouse.weekly_cells(since, until).await?;
    let (one_of, terms) = match terms {
        Terms::Counted => weekly_terms(warehouse, begin, until).await?,
        Terms::LeftOut => (0, Vec::new()),
    };
    Ok(Some(answer(&cells, one_of, &terms, week.name())))
}

/// Of every week about as many texts, so that a question takes as long whatever the weeks hold.
async fn weekly_terms(
    warehouse: &Warehouse,
    begin: Timestamp,
    until: Timestamp,
) -> Result<(u64, Vec<WeeklyTerm>), QueryError> {
    let back = SignedDuration::from_hours((TERM_WEEKS - 1) * 7 * 24);
    let since = begin.checked_sub(back).unwrap_or(Timestamp::MIN);
    let filters = Filters { since: Some(since), until: Some(until), ..Filters::default() };
    let texts = warehouse.record_count(&filters.for_warehouse()).await?;
    let one_of = (texts / (TEXTS_A_WEEK * TERM_WEEKS as u64)).max(1);
    Ok((one_of, warehouse.weekly_terms(since, until, one_of, MIN_SUPPORT).await?))
}

fn answer(cells: &[WeeklyCell], one_of: u64, terms: &[WeeklyTerm], week: String) -> EmergingAnswer {
    let weeks = cells.iter().map(|cell| cell.weeks_ago).max().unwrap_or(0);
    let mut counts: BTreeMap<String, Series> = BTreeMap::new();
    let mut examples: BTreeMap<String, &[String]> = BTreeMap::new();
    for cell in cells {
        let fresh = || Series { cell: cell.cell.clone(), before: vec![0; weeks as usize], now: 0 };
        let series = counts.entry(cell.cell.clone()).or_insert_with(fresh);
        match cell.weeks_ago.checked_sub(1) {
            None => {
                series.now = cell.records;
                examples.insert(cell.cell.clone(), &cell.examples);
            }
            Some(place) => series.before.get_mut(place as usize).into_iter().for_each(|count| *count = cell.records),
        }
    }
    for term in terms {
        let cell = format!("term:{}", term.term);
        examples.insert(cell.clone(), &term.examples);
        let before: Vec<u64> = term.counts.iter().skip(1).take(weeks as usize).copied().collect();
        let now = term.counts.first().copied().unwrap_or(0);
        counts.insert(cell.clone(), Series { cell, before, now });
    }
    let others = terms.first().map_or(0, |term| term.terms).saturating_sub(terms.len() as u64);
    let series: Vec<Series> = counts.into_values().collect();
    let tested = series.len() as u64 + others;
    let found: Vec<EmergingView> = surprising(&series, others)
        .into_iter()
        .map(|found| {
            let evidence = examples.get(&found.cell).map(|ids| ids.to_vec()).unwrap_or_default();
            view(found, evidence)
        })
        .collect();
    let items = found.iter().filter(|item| !said_longer(item, &found)).cloned().collect();
    EmergingAnswer {
        week,
        weeks_before: weeks,
        method: "负二项预测（含过度离散），Benjamini–Hochberg 控制错误发现率",
        false_discovery: FALSE_DISCOVERY,
        min_support: MIN_SUPPORT,
        tested,
        terms_of_one_in: one_of,
        items,
    }
}

fn view(found: Surprise, evidence: Vec<String>) -> EmergingView {
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
        evidence,
    }
}

/// A term that is told as a part of a longer one, which nearly all of its records hold.
fn said_longer(item: &EmergingView, found: &[EmergingView]) -> bool {
    let longer =
        |other: &&EmergingView| other.kind == "term" && other.cause != item.cause && other.cause.contains(&item.cause);
    item.kind == "term" && found.iter().filter(longer).any(|other| other.records * 5 >= item.records * 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(term: &str, now: u64) -> WeeklyTerm {
        let counts = [vec![now], vec![1; 12]].concat();
        WeeklyTerm { term: term.to_owned(), counts, examples: vec!["r1".to_owned()], terms: 500 }
    }

    fn cell(weeks_ago: u32, records: u64) -> WeeklyCell {
        WeeklyCell { cell: "cause:product.quality".to_owned(), weeks_ago, records, examples: Vec::new() }
    }

    #[test]
    fn a_new_phrase_is_told_once_and_in_full() {
        let cells: Vec<WeeklyCell> = (0..=12).map(|weeks_ago| cell(weeks_ago, 40)).collect();
        let terms = [term("蓝色", 31), term("蓝色塑料", 30), term("塑料", 60), term("很慢", 6)];
        let told = answer(&cells, 3, &terms, "2026-W47".to_owned());
        let shown: Vec<_> = told.items.iter().map(|item| (item.kind.as_str(), item.cause.as_str())).collect();
        assert_eq!(shown, [("term", "塑料"), ("term", "蓝色塑料")]);
        assert_eq!((told.tested, told.terms_of_one_in, told.items[0].evidence.len()), (501, 3, 1));
    }
}
