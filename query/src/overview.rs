//! A week at a glance, against the week before and the same week a month ago.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use tingjian_attribution::wilson;
use tingjian_warehouse::{DimensionCount, Span, Warehouse};
use utoipa::ToSchema;

use crate::{
    Basis, ContactGroupView, ContactsBy, EmergingAnswer, PromisesAnswer, PromisesBy, QueryError, contacts, emerging,
    promises, weeks::Week,
};

/// How many weeks ago the week is that stands for a month ago.
const MONTH_WEEKS: i32 = 4;

/// A week at a glance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverviewAnswer {
    /// The week, the one before, and the one four weeks before, each up to the same day and hour.
    pub spans: Vec<WeekSpan>,
    /// All seven days have been.
    pub whole: bool,
    /// Distinct records.
    pub total: Compared,
    /// Too unsure to be counted under a cause.
    pub abstained: Compared,
    /// By kind.
    pub kinds: Vec<Compared>,
    /// By cause, the most frequent first.
    pub causes: Vec<Compared>,
    /// On what the week's attributions rest.
    pub basis: Basis,
    /// Departments by what their responsibility rests on, the most records first.
    pub departments: Vec<DepartmentBasis>,
    /// The promise ledger of promises made in the week, and in the week before.
    pub promises: [PromisesAnswer; 2],
    /// Contacts of the week and of the week before; `None`: there are none.
    pub contacts: [Option<ContactGroupView>; 2],
    /// Who held cases, the longest first.
    pub holds: Vec<HoldsOf>,
    /// What is surprising in the week.
    pub emerging: Option<EmergingAnswer>,
    /// The newest event.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// From when to when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct WeekSpan {
    pub week: String,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// One number in three weeks, and its share of this week's records with the 95 % interval.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct Compared {
    pub key: String,
    pub now: u64,
    pub before: u64,
    pub month_before: u64,
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

impl Compared {
    /// Against the week before: 0.5 is half as many again; `None`: nothing before.
    pub fn change(&self) -> Option<f64> {
        (self.before > 0).then(|| (self.now as f64 - self.before as f64) / self.before as f64)
    }
}

/// A department's records of the week by what its responsibility rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct DepartmentBasis {
    pub department: String,
    pub judgement: u64,
    pub facts: u64,
    pub text: u64,
    /// Undecided; the text would name it.
    pub pending: u64,
}

impl DepartmentBasis {
    /// What it answers for.
    pub fn records(&self) -> u64 {
        self.judgement + self.facts + self.text
    }
}

/// Minutes a party held cases in intervals begun in the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct HoldsOf {
    pub holder: String,
    pub held_min: i64,
    pub cases: u64,
    pub holding_now: u64,
}

/// A week at a glance; `None` while there is nothing at all.
///
/// # Errors
/// A week that cannot be read; the warehouse is away.
pub async fn overview(
    warehouse: &Warehouse,
    week: Option<&str>,
    zone: &TimeZone,
    zone_name: &str,
) -> Result<Option<OverviewAnswer>, QueryError> {
    let Some(as_of) = warehouse.newest_event_at().await? else { return Ok(None) };
    let now = match week {
        Some(name) => Some(Week::named(name, as_of, zone)?),
        None => Week::of(as_of, zone),
    };
    let weeks = now.and_then(|now| Some([now.clone(), now.before(1)?, now.before(MONTH_WEEKS)?]));
    let Some(weeks) = weeks else { return Ok(None) };
    let [now, before, month] = weeks.each_ref().map(span);
    let by = PromisesBy::MADE_BY_KIND;
    let name = weeks.first().map(Week::name);
    let (counts, counts_before, counts_month, made, made_before, met, met_before, holds, news) = tokio::try_join!(
        counts(warehouse, now),
        counts(warehouse, before),
        counts(warehouse, month),
        promises(warehouse, by, now),
        promises(warehouse, by, before),
        contacts(warehouse, ContactsBy::WEEK, now, "", zone_name),
        contacts(warehouse, ContactsBy::WEEK, before, "", zone_name),
        holds(warehouse, now),
        emerging(warehouse, name.as_deref(), zone),
    )?;
    let told = Told { now: counts, before: counts_before, month: counts_month };
    let spans = weeks.iter().map(|week| WeekSpan { week: week.name(), since: week.since(), until: week.until() });
    Ok(Some(OverviewAnswer {
        spans: spans.collect(),
        whole: weeks.first().is_some_and(Week::is_whole),
        total: told.one("all", ""),
        abstained: told.one("abstained", ""),
        kinds: told.all("kind"),
        causes: told.all("cause"),
        basis: told.basis(),
        departments: told.departments(),
        promises: [made, made_before],
        contacts: [met.groups.into_iter().next(), met_before.groups.into_iter().next()],
        holds,
        emerging: news,
        as_of,
    }))
}

fn span(week: &Week) -> Span {
    Span { since: Some(week.since()), until: Some(week.until()) }
}

async fn holds(warehouse: &Warehouse, span: Span) -> Result<Vec<HoldsOf>, QueryError> {
    let mut rows = warehouse.department_holds(span).await?;
    rows.sort_by(|a, b| (b.held_min, &a.department).cmp(&(a.held_min, &b.department)));
    let row = |row: tingjian_warehouse::DepartmentHolds| HoldsOf {
        holder: row.department,
        held_min: row.held_min,
        cases: row.cases,
        holding_now: row.open_now,
    };
    Ok(rows.into_iter().map(row).collect())
}

type Counts = BTreeMap<(String, String), u64>;

async fn counts(warehouse: &Warehouse, span: Span) -> Result<Counts, QueryError> {
    let rows = warehouse.dimension_counts(span).await?;
    Ok(rows.into_iter().map(|DimensionCount { dimension, key, records }| ((dimension, key), records)).collect())
}

/// What was counted in the three weeks.
struct Told {
    now: Counts,
    before: Counts,
    month: Counts,
}

impl Told {
    fn one(&self, dimension: &str, key: &str) -> Compared {
        let place = (dimension.to_owned(), key.to_owned());
        let of = |counts: &Counts| counts.get(&place).copied().unwrap_or(0);
        let total = self.now.get(&("all".to_owned(), String::new())).copied().unwrap_or(0);
        let now = of(&self.now);
        let interval = wilson(now.min(total), total);
        Compared {
            key: key.to_owned(),
            now,
            before: of(&self.before),
            month_before: of(&self.month),
            share: if total == 0 { 0.0 } else { now as f64 / total as f64 },
            low: interval.low,
            high: interval.high,
        }
    }

    fn keys(&self, dimension: &str) -> BTreeSet<&String> {
        let all = self.now.keys().chain(self.before.keys());
        all.filter(|(name, _)| name == dimension).map(|(_, key)| key).collect()
    }

    /// Every value of a dimension, the most frequent first.
    fn all(&self, dimension: &str) -> Vec<Compared> {
        let mut rows: Vec<Compared> = self.keys(dimension).into_iter().map(|key| self.one(dimension, key)).collect();
        rows.sort_by(|a, b| (b.now, b.before, &a.key).cmp(&(a.now, a.before, &b.key)));
        rows
    }

    fn basis(&self) -> Basis {
        let of = |key: &str| self.one("basis", key).now;
        Basis { judgement: of("judgement"), facts: of("facts"), text: of("text"), pending: of("pending") }
    }

    fn departments(&self) -> Vec<DepartmentBasis> {
        let mut found: BTreeMap<&str, DepartmentBasis> = BTreeMap::new();
        for ((dimension, key), records) in &self.now {
            let Some(basis) = dimension.strip_prefix("department_") else { continue };
            let row = found.entry(key).or_default();
            row.department.clone_from(key);
            match basis {
                "judgement" => row.judgement = *records,
                "facts" => row.facts = *records,
                "text" => row.text = *records,
                _ => row.pending = *records,
            }
        }
        let mut rows: Vec<DepartmentBasis> = found.into_values().collect();
        rows.sort_by(|a, b| (b.records(), b.pending, &a.department).cmp(&(a.records(), a.pending, &b.department)));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: &[(&str, &str, u64)]) -> Counts {
        rows.iter().map(|(dimension, key, n)| (((*dimension).to_owned(), (*key).to_owned()), *n)).collect()
    }

    #[test]
    fn what_was_there_before_and_is_gone_is_shown_as_gone() {
        let told = Told {
            now: counts(&[("all", "", 10), ("cause", "a", 4)]),
            before: counts(&[("all", "", 8), ("cause", "a", 2), ("cause", "b", 3)]),
            month: counts(&[("cause", "a", 1)]),
        };
        let causes = told.all("cause");
        let shown: Vec<_> = causes.iter().map(|c| (c.key.as_str(), c.now, c.before, c.month_before)).collect();
        assert_eq!(shown, [("a", 4, 2, 1), ("b", 0, 3, 0)]);
        assert_eq!(causes.iter().map(Compared::change).collect::<Vec<_>>(), [Some(1.0), Some(-1.0)]);
        assert!(causes.iter().all(|c| c.low <= c.share && c.share <= c.high));
    }

    #[test]
    fn departments_are_ordered_by_what_they_answer_for_not_by_what_is_undecided() {
        let now = counts(&[
            ("department_text", "物流", 2),
            ("department_facts", "物流", 1),
            ("department_pending", "仓储", 9),
            ("department_judgement", "市场", 4),
        ]);
        let told = Told { now, before: Counts::new(), month: Counts::new() };
        let rows: Vec<_> =
            told.departments().into_iter().map(|d| (d.department.clone(), d.records(), d.pending)).collect();
        assert_eq!(rows, [("市场".to_owned(), 4, 0), ("物流".to_owned(), 3, 0), ("仓储".to_owned(), 0, 9)]);
    }
}
