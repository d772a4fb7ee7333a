//! How many records by cause, department, week, lane or agent, against the period before.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    FILTERS, Filters,
    counted::{Reach, Reading},
    filters::{since_millis, until_millis},
    with_parts,
};
use crate::{Warehouse, WarehouseError};

/// Groups in one answer at most; further ones have the fewest records.
const MAX_GROUPS: u32 = 10_000;

/// By what records are grouped. A record counts once in each of its groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CausesBy {
    /// Every cause read in it.
    Cause,
    /// Every department responsible for one of its causes.
    Department,
    /// ISO week (`2026-W47`) of its time in the question's zone.
    Week,
    /// `origin→destination/carrier/service`; records without a lane are in no group.
    Lane,
    /// 工号; records without one are in no group.
    Agent,
}

impl CausesBy {
    const fn keys(self) -> &'static str {
        match self {
            Self::Cause => include_str!("../../questions/keys/cause.sql"),
            Self::Department => include_str!("../../questions/keys/department.sql"),
            Self::Week => include_str!("../../questions/keys/week.sql"),
            Self::Lane => include_str!("../../questions/keys/lane.sql"),
            Self::Agent => include_str!("../../questions/keys/agent.sql"),
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct CausesQuestion {
    /// By what.
    pub by: CausesBy,
    /// About which records. With `since` and `until` both given the equally long period before is counted too.
    pub filters: Filters,
    /// IANA name of the zone in which weeks begin.
    pub zone: String,
}

/// How many distinct records, in all and by group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CausesAnswer {
    /// Records that match the filters.
    pub total: u64,
    /// Of them those too unsure to be counted under a cause.
    pub abstained: u64,
    /// Records of the period before; `None` where the question has no period.
    pub total_before: Option<u64>,
    /// On what the attributions rest; adds up to `total`.
    pub basis: Basis,
    /// Most records first.
    pub groups: Vec<CauseGroup>,
}

/// On what the attributions of the records rest. A judgement outranks facts, facts outrank text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// A verdict.
    pub judgement: u64,
    /// Promise, delivery, capability.
    pub facts: u64,
    /// What the text says.
    pub text: u64,
    /// Undecided.
    pub pending: u64,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseGroup {
    /// Cause, department, week, lane or 工号.
    pub key: String,
    /// Distinct records.
    pub records: u64,
    /// Distinct records of the period before; `None` where the question has no period.
    pub before: Option<u64>,
}

#[derive(Row, Deserialize)]
struct GroupRow {
    key: Option<String>,
    records: u64,
    abstained_records: u64,
    before: u64,
    judgement: u64,
    facts: u64,
    text: u64,
    pending: u64,
}

impl Warehouse {
    /// Distinct records by group.
    ///
    /// # Errors
    /// What the server says.
    pub async fn causes(&self, question: &CausesQuestion) -> Result<CausesAnswer, WarehouseError> {
        let reading = match question.reach() {
            Some(reach) => self.reading(reach).await?,
            None => Reading::Single,
        };
        self.count_causes(question, &reading).await
    }

    /// The same, record by record whatever was counted ahead: what the answer is held against.
    ///
    /// # Errors
    /// What the server says.
    pub async fn causes_one_by_one(&self, question: &CausesQuestion) -> Result<CausesAnswer, WarehouseError> {
        self.count_causes(question, &Reading::Single).await
    }

    async fn count_causes(&self, question: &CausesQuestion, reading: &Reading) -> Result<CausesAnswer, WarehouseError> {
        const SQL: &str = include_str!("../../questions/causes.sql");
        let sql = with_parts(&reading.sql(SQL), &[("keys", question.by.keys()), FILTERS]);
        let filters = question.filters_of_both();
        let rows = self.fetch_all::<GroupRow>("counting causes", &sql, |query| {
            let query = filters.bind(query).param("current_since", since_millis(question.filters.since));
            reading.bind(query).param("zone", &question.zone).param("limit", MAX_GROUPS)
        });
        Ok(answer(rows.await?, begin_before(&question.filters).is_some()))
    }
}

impl CausesQuestion {
    /// The filters with the period before in their span.
    fn filters_of_both(&self) -> Filters {
        let begin = begin_before(&self.filters).or(self.filters.since);
        Filters { since: begin, ..self.filters.clone() }
    }

    /// The span to count; `None` where what was counted ahead does not tell records apart as the question does.
    fn reach(&self) -> Option<Reach> {
        let both = self.filters_of_both();
        let single = both.agent_no.is_some() || both.channel.is_some() || both.lane.is_some();
        let by_week = self.by == CausesBy::Week;
        // Where weeks begin within an hour of UTC.
        let odd_weeks = by_week && !self.has_whole_hours();
        (!single && !odd_weeks && !matches!(self.by, CausesBy::Lane | CausesBy::Agent)).then(|| Reach {
            since: since_millis(both.since),
            until: until_millis(both.until),
            border: since_millis(self.filters.since),
            by_days: !by_week,
        })
    }

    fn has_whole_hours(&self) -> bool {
        let zone = jiff::tz::TimeZone::get(&self.zone).ok();
        let ends = [self.filters.since, self.filters.until].into_iter().flatten().chain([Timestamp::UNIX_EPOCH]);
        let whole = |zone: &jiff::tz::TimeZone, at| zone.to_offset(at).seconds() % 3_600 == 0;
        zone.is_some_and(|zone| ends.into_iter().all(|at| whole(&zone, at)))
    }
}

/// Where the equally long period before begins.
fn begin_before(filters: &Filters) -> Option<Timestamp> {
    let (since, until) = (filters.since?, filters.until?);
    since.checked_sub(until.duration_since(since)).ok()
}

fn answer(rows: Vec<GroupRow>, has_before: bool) -> CausesAnswer {
    let before = |row: &GroupRow| has_before.then_some(row.before);
    let whole = rows.iter().find(|row| row.key.is_none());
    let (total, abstained) = whole.map_or((0, 0), |row| (row.records, row.abstained_records));
    let total_before = whole.map_or(has_before.then_some(0), before);
    let basis = whole.map_or(Basis::default(), |row| Basis {
        judgement: row.judgement,
        facts: row.facts,
        text: row.text,
        pending: row.pending,
    });
    let group = |row: &GroupRow| Some(CauseGroup { key: row.key.clone()?, records: row.records, before: before(row) });
    CausesAnswer { total, abstained, total_before, basis, groups: rows.iter().filter_map(group).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_before_is_as_long_and_ends_where_the_period_begins() {
        let time = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let week =
            Filters { since: time("2026-11-16T00:00:00Z"), until: time("2026-11-23T00:00:00Z"), ..Filters::default() };
        assert_eq!(begin_before(&week), time("2026-11-09T00:00:00Z"));
        assert_eq!(begin_before(&Filters { until: None, ..week.clone() }), None);
        assert_eq!(begin_before(&Filters { since: None, ..week }), None);
    }
}
