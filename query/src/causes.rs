//! Root causes counted: how many, what share, what change, how sure.

use std::{str::FromStr, time::Duration};

use serde::Serialize;
use tingjian_attribution::wilson;
use tingjian_warehouse::{CauseGroup, Warehouse};
use utoipa::ToSchema;

use crate::{Filters, QueryError};

/// By what to group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CausesBy(tingjian_warehouse::CausesBy);

impl CausesBy {
    /// Names of all cuts.
    pub const NAMES: [&str; 5] = ["cause", "department", "week", "lane", "agent"];
    /// By leaf of the taxonomy.
    pub const CAUSE: Self = Self(tingjian_warehouse::CausesBy::Cause);
    /// By responsible department.
    pub const DEPARTMENT: Self = Self(tingjian_warehouse::CausesBy::Department);
}

impl FromStr for CausesBy {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        use tingjian_warehouse::CausesBy::{Agent, Cause, Department, Lane, Week};
        Ok(Self(match name {
            "cause" => Cause,
            "department" => Department,
            "week" => Week,
            "lane" => Lane,
            "agent" => Agent,
            _ => return Err(()),
        }))
    }
}

/// What to count.
#[derive(Clone, Debug)]
pub struct CausesQuestion {
    /// By what to group.
    pub by: CausesBy,
    /// Which records. Without an end the span lasts to the newest event, so that there is a span before it to compare with.
    pub filters: Filters,
    /// IANA name of the zone in which weeks begin.
    pub zone: String,
}

/// The groups and the whole behind them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CausesAnswer {
    /// Distinct records of the selection.
    pub total: u64,
    /// Of these, too unsure to be counted under a cause.
    pub abstained: u64,
    /// The groups, the largest first; weeks in order of time.
    pub groups: Vec<Group>,
    /// What the counting rests on.
    pub basis: Basis,
    /// Cursor of the next groups; `null`: these were all.
    pub next: Option<String>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Group {
    /// Cause, department, week, lane or agent.
    pub key: String,
    /// Distinct records.
    pub records: u64,
    /// Of the total, 0 to 1. A record may be in several groups.
    pub share: f64,
    /// Against the span of the same length before: 0.5 is half as many again. `null`: no span before, or nothing in it.
    pub change: Option<f64>,
    /// Lower 95 % bound of the share.
    pub low: f64,
    /// Upper 95 % bound of the share.
    pub high: f64,
}

/// How many records' responsibility rests on what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Basis {
    /// On a judgement.
    pub judgement: u64,
    /// On facts.
    pub facts: u64,
    /// On the text alone.
    pub text: u64,
    /// Not decided: too unsure.
    pub pending: u64,
}

/// Counts causes.
///
/// # Errors
/// A wrong filter; the warehouse is away.
pub async fn causes(warehouse: &Warehouse, question: &CausesQuestion) -> Result<CausesAnswer, QueryError> {
    question.filters.check()?;
    let mut filters = question.filters.for_warehouse();
    if filters.since.is_some() && filters.until.is_none() {
        filters.until = warehouse.newest_event_at().await?.map(|newest| newest + Duration::from_millis(1));
    }
    let asked = tingjian_warehouse::CausesQuestion { by: question.by.0, filters, zone: question.zone.clone() };
    let counted = warehouse.causes(&asked).await?;
    let basis = counted.basis;
    let mut groups: Vec<Group> = counted.groups.into_iter().map(|found| group(found, counted.total)).collect();
    if question.by.0 == tingjian_warehouse::CausesBy::Week {
        groups.sort_by(|a, b| a.key.cmp(&b.key));
    }
    Ok(CausesAnswer {
        total: counted.total,
        abstained: counted.abstained,
        groups,
        basis: Basis { judgement: basis.judgement, facts: basis.facts, text: basis.text, pending: basis.pending },
        next: None,
    })
}

fn group(found: CauseGroup, total: u64) -> Group {
    let interval = wilson(found.records.min(total), total);
    let before = found.before.filter(|before| *before > 0);
    let change = before.map(|before| (found.records as f64 - before as f64) / before as f64);
    let share = if total == 0 { 0.0 } else { found.records as f64 / total as f64 };
    Group { key: found.key, records: found.records, share, change, low: interval.low, high: interval.high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_needs_something_before() {
        let change = |records, before| group(CauseGroup { key: "k".into(), records, before }, 10).change;
        assert_eq!(change(3, Some(2)), Some(0.5));
        assert_eq!(change(0, Some(2)), Some(-1.0));
        assert_eq!(change(3, Some(0)), None);
        assert_eq!(change(3, None), None);
    }
}
