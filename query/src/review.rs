//! What wants a person's look, blind second looks, and how far looks agree.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tingjian_schemas::Taxonomy;
use tingjian_warehouse::{AgreementRow, Looks, Span, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// A score below this wants a look.
pub const LOW_SCORE: f64 = 0.5;
/// How far back second looks are drawn, and the queue reaches.
const DAYS_BACK: i64 = 28;

/// What wants a look.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ReviewQueue {
    pub total: u64,
    /// The least sure first.
    pub items: Vec<ReviewItem>,
    /// Bound of a low score.
    pub low_score: f64,
}

/// One record of the queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ReviewItem {
    pub record_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub lowest_score: f32,
    pub abstained: bool,
}

/// Agreement about one cause.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct Agreement {
    pub cause: String,
    /// Records both looked at.
    pub records: u64,
    pub both: u64,
    pub first_only: u64,
    pub second_only: u64,
    /// Cohen's κ; `null`: both said the same of every record, so that chance explains all of it.
    pub kappa: Option<f64>,
}

/// How far looks agree.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgreementAnswer {
    /// Two people, blind to each other.
    pub people: Vec<Agreement>,
    /// The system and the last person.
    pub system: Vec<Agreement>,
}

/// The queue of the last 28 days before the newest event.
///
/// # Errors
/// The warehouse is away.
pub async fn review_queue(warehouse: &Warehouse, limit: u32) -> Result<ReviewQueue, QueryError> {
    let Some(as_of) = warehouse.newest_event_at().await? else {
        return Ok(ReviewQueue { total: 0, items: Vec::new(), low_score: LOW_SCORE });
    };
    let span = Span { since: Some(back(as_of)), until: None };
    let (total, rows) = warehouse.review_queue(span, LOW_SCORE, limit).await?;
    let items = rows.into_iter().map(|row| ReviewItem {
        record_id: row.record_id,
        occurred_at: Timestamp::from_millisecond(row.at).unwrap_or_default(),
        lowest_score: row.lowest,
        abstained: row.abstained,
    });
    Ok(ReviewQueue { total, items: items.collect(), low_score: LOW_SCORE })
}

fn back(as_of: Timestamp) -> Timestamp {
    as_of.checked_sub(SignedDuration::from_hours(DAYS_BACK * 24)).unwrap_or(Timestamp::MIN)
}

/// A record for a blind second look by `me`, drawn by `seed`; `None`: others have looked at none that `me` has not.
///
/// # Errors
/// The warehouse is away.
pub async fn second_look(warehouse: &Warehouse, me: &str, seed: u64) -> Result<Option<String>, QueryError> {
    let Some(as_of) = warehouse.newest_event_at().await? else { return Ok(None) };
    Ok(warehouse.drawn_for(me, back(as_of), seed).await?)
}

/// How far two people, and the system and people, agree by cause.
///
/// # Errors
/// The warehouse is away.
pub async fn agreement(warehouse: &Warehouse, taxonomy: &Taxonomy) -> Result<AgreementAnswer, QueryError> {
    let causes: Vec<&str> = taxonomy.leaves().map(|cause| &*cause.code).collect();
    let (people, system) =
        tokio::try_join!(warehouse.agreement(Looks::People, &causes), warehouse.agreement(Looks::System, &causes))?;
    Ok(AgreementAnswer { people: told(people), system: told(system) })
}

/// Causes that somebody named, the most named first.
fn told(rows: Vec<AgreementRow>) -> Vec<Agreement> {
    let named = |row: &Agreement| row.both + row.first_only + row.second_only;
    let mut told: Vec<Agreement> = rows.into_iter().map(agreed).filter(|row| named(row) > 0).collect();
    told.sort_by(|a, b| (named(b), &a.cause).cmp(&(named(a), &b.cause)));
    told
}

fn agreed(row: AgreementRow) -> Agreement {
    let kappa = kappa(row.both, row.first_only, row.second_only, row.looked);
    let AgreementRow { cause, both, first_only, second_only, looked } = row;
    Agreement { cause, records: looked, both, first_only, second_only, kappa }
}

/// Cohen's κ of two yes-or-no answers about the same `records`.
pub fn kappa(both: u64, first_only: u64, second_only: u64, records: u64) -> Option<f64> {
    let all = records as f64;
    if records == 0 {
        return None;
    }
    let neither = records.saturating_sub(both + first_only + second_only);
    let seen = (both + neither) as f64 / all;
    let (first, second) = ((both + first_only) as f64 / all, (both + second_only) as f64 / all);
    let chance = first * second + (1.0 - first) * (1.0 - second);
    (chance < 1.0).then(|| (seen - chance) / (1.0 - chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(both: u64, first_only: u64, second_only: u64, records: u64, expected: Option<f64>) {
        let found = kappa(both, first_only, second_only, records);
        let close = match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-9,
            (found, expected) => found == expected,
        };
        assert!(close, "{both} {first_only} {second_only} of {records}: {found:?}, not {expected:?}");
    }

    /// Cohen 1960 by hand: both yes 20, yes/no 5, no/yes 10, both no 15 of 50: seen 0.7, chance 0.5.
    #[test]
    fn kappa_as_worked_out_by_hand() {
        check(20, 5, 10, 50, Some(0.4));
        check(25, 0, 0, 50, Some(1.0));
        check(0, 25, 25, 50, Some(-1.0));
        check(50, 0, 0, 50, None);
        check(0, 0, 0, 0, None);
    }
}
