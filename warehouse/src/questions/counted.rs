//! From where a question reads its records: whole days and hours that were counted ahead, the rest record by record.

use std::collections::BTreeSet;

use clickhouse::{Row, query::Query};
use serde::Deserialize;

use super::{Hours, attributed, with_parts};
use crate::{
    Warehouse, WarehouseError,
    projection::hours::{DAY_S, HOUR_S},
};

const ACTION: &str = "looking for what was counted ahead";
/// Hours read record by record at most; with more of them everything is, which reads no more and asks shorter.
const MAX_SINGLE_HOURS: usize = 400;
/// The last hour that ClickHouse's `DateTime` knows begins before this second.
const LATEST_S: i64 = 4_294_800_000;

/// The span of a question, milliseconds since 1970, and where it must not be read across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Inclusive.
    pub since: i64,
    /// Exclusive.
    pub until: i64,
    /// Where a second period begins inside it.
    pub border: i64,
    /// Whether days of UTC may be read as wholes: not where weeks of another zone are told apart.
    pub by_days: bool,
}

/// How a span is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Record by record.
    Single,
    /// From what was counted ahead, but for some hours.
    Counted(Spans),
}

/// Seconds since 1970 throughout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spans {
    first_day: i64,
    end_day: i64,
    first_hour: i64,
    end_hour: i64,
    /// Hours read record by record.
    hours: Vec<i64>,
    /// Days read by hours.
    split_days: Vec<i64>,
}

#[derive(Row, Deserialize)]
struct HourRow {
    hour: u32,
}

fn ceil(seconds: i64, unit: i64) -> i64 {
    floor(seconds + unit - 1, unit)
}

fn floor(seconds: i64, unit: i64) -> i64 {
    seconds.div_euclid(unit) * unit
}

/// Seconds up to which a time in milliseconds reaches.
fn seconds(millis: i64) -> i64 {
    ceil(millis, 1000) / 1000
}

impl Reach {
    fn first_hour(&self) -> i64 {
        ceil(seconds(self.since), HOUR_S).clamp(0, LATEST_S)
    }

    fn end_hour(&self) -> i64 {
        floor(self.until.div_euclid(1000), HOUR_S).clamp(0, LATEST_S)
    }

    /// The hours that an end or the border of the span cuts.
    fn cut_hours(&self) -> impl Iterator<Item = i64> {
        let cut = [self.since, self.until, self.border].into_iter().filter(|at| at.rem_euclid(HOUR_S * 1000) != 0);
        cut.map(|at| floor(at.div_euclid(1000), HOUR_S)).filter(|hour| (0..LATEST_S).contains(hour))
    }

    /// How to read it where `uncounted` hours are to be read record by record.
    fn reading(self, uncounted: &[i64]) -> Reading {
        let hours: BTreeSet<i64> = self.cut_hours().chain(uncounted.iter().copied()).collect();
        let (first_hour, end_hour) = (self.first_hour(), self.end_hour());
        if hours.len() > MAX_SINGLE_HOURS || first_hour >= end_hour {
            return Reading::Single;
        }
        let (first_day, end_day) =
            if self.by_days { (ceil(first_hour, DAY_S), floor(end_hour, DAY_S)) } else { (end_hour, end_hour) };
        let border = floor(self.border.div_euclid(1000), DAY_S);
        let split = hours.iter().map(|hour| floor(*hour, DAY_S)).chain([border]).collect::<BTreeSet<_>>();
        let split_days = split.into_iter().filter(|day| (first_day..end_day).contains(day)).collect();
        Reading::Counted(Spans {
            first_day,
            end_day,
            first_hour,
            end_hour,
            hours: hours.into_iter().collect(),
            split_days,
        })
    }
}

impl Reading {
    /// `sql` with `{{counted}}` filled in.
    pub(crate) fn sql(&self, sql: &str) -> String {
        const COUNTED: &str = include_str!("../../questions/counted.sql");
        const ONE_BY_ONE: &str = include_str!("../../questions/one_by_one.sql");
        let single = |hours| with_parts(ONE_BY_ONE, &[("attributed", &attributed(hours))]);
        let counted = match self {
            Self::Single => single(Hours::All),
            // Nothing is read record by record: what an empty list of hours leaves out would be looked at all the same.
            Self::Counted(spans) if spans.hours.is_empty() => with_parts(COUNTED, &[("one_by_one", "")]),
            Self::Counted(_) => {
                let one_by_one = format!("    UNION ALL\n{}", single(Hours::Some));
                with_parts(COUNTED, &[("one_by_one", &one_by_one)])
            }
        };
        with_parts(sql, &[("counted", &counted)])
    }

    /// Binds what the filled-in part takes.
    pub(crate) fn bind(&self, query: Query) -> Query {
        let Self::Counted(spans) = self else { return query };
        query
            .param("first_day", spans.first_day)
            .param("end_day", spans.end_day)
            .param("first_hour", spans.first_hour)
            .param("end_hour", spans.end_hour)
            .param("hours", &spans.hours)
            .param("split_days", &spans.split_days)
    }
}

impl Warehouse {
    /// How to read a span now. What is written afterwards is not counted, or only where an hour is counted again meanwhile.
    pub(crate) async fn reading(&self, reach: Reach) -> Result<Reading, WarehouseError> {
        const UNCOUNTED: &str = include_str!("../../questions/uncounted_hours.sql");
        const UNSEEN: &str = include_str!("../../questions/unseen_hours.sql");
        let unseen = self.tide().await?.unseen().map(|unseen| with_parts(UNSEEN, &[("unseen", &unseen)]));
        let sql = with_parts(UNCOUNTED, &[("unseen_hours", &unseen.unwrap_or_default())]);
        let rows: Vec<HourRow> = self
            .fetch_all(ACTION, &sql, |query| {
                let query = query.param("first_hour", reach.first_hour()).param("end_hour", reach.end_hour());
                query.param("limit", MAX_SINGLE_HOURS as u32 + 1)
            })
            .await?;
        let hours: Vec<i64> = rows.iter().map(|row| i64::from(row.hour)).collect();
        Ok(reach.reading(&hours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const H: i64 = HOUR_S;
    const D: i64 = DAY_S;

    fn check(since: i64, until: i64, border: i64, uncounted: &[i64], expected: Spans) {
        let reach = Reach { since: since * 1000, until: until * 1000, border: border * 1000, by_days: true };
        assert_eq!(reach.reading(uncounted), Reading::Counted(expected), "{since} to {until}, {uncounted:?}");
    }

    #[test]
    fn whole_days_then_hours_then_records() {
        let all = Spans { first_day: D, end_day: 8 * D, first_hour: D, end_hour: 8 * D, ..Spans::default() };
        check(D, 8 * D, D, &[], Spans { split_days: vec![D], ..all.clone() });
        check(D, 8 * D, 0, &[], all.clone());
        check(D, 8 * D, 0, &[3 * D + H], Spans { hours: vec![3 * D + H], split_days: vec![3 * D], ..all.clone() });
        // Cut inside an hour: that hour is read record by record.
        check(
            D - 8 * H + 60,
            8 * D + 30,
            0,
            &[],
            Spans { first_hour: D - 7 * H, hours: vec![D - 8 * H, 8 * D], ..all.clone() },
        );
        // The second period begins inside a day: that day is read by hours.
        check(D, 8 * D, 4 * D + 16 * H, &[], Spans { split_days: vec![4 * D], ..all });
    }

    #[test]
    fn short_spans_and_many_open_hours_are_read_record_by_record() {
        let reach = Reach { since: 60_000, until: 120_000, border: 0, by_days: true };
        assert_eq!(reach.reading(&[]), Reading::Single);
        let many: Vec<i64> = (0..500).map(|hour| hour * H).collect();
        let reach = Reach { since: 0, until: 900 * D * 1000, border: 0, by_days: true };
        assert_eq!(reach.reading(&many), Reading::Single);
        let weeks = Reach { by_days: false, ..reach };
        let Reading::Counted(spans) = weeks.reading(&[]) else { panic!() };
        assert!(spans.first_day >= spans.end_day && spans.split_days.is_empty());
    }
}
