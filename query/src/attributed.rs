//! The records behind a count: those that `causes` counts under the same filters.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_warehouse::{Narrowed, Warehouse};
use utoipa::ToSchema;

use crate::{Filters, QueryError};

/// Which records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributedQuestion {
    /// The filters every question takes.
    pub filters: Filters,
    /// `origin→destination/carrier/service`; empty: any.
    pub lane: String,
    /// Only complaints with an over-promise share; `lane` is then the delivery's.
    pub over_promised: bool,
    /// `abstained`, `pending`, or empty: all.
    pub unsure: String,
}

/// One page of records, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct AttributedAnswer {
    /// All that match.
    pub total: u64,
    /// This page.
    pub items: Vec<AttributedView>,
    /// Cursor of the next page; `null`: this was the last.
    pub next: Option<String>,
}

/// One record, with what counts of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributedView {
    /// Record.
    pub record_id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// After corrections.
    pub kind: String,
    /// After corrections, primary first.
    pub causes: Vec<String>,
    /// Who answers for it.
    pub departments: Vec<String>,
    /// `judgement`, `facts`, `text` or `pending`.
    pub basis: String,
    /// Masked.
    pub text: String,
}

/// Lists records as `causes` counts them.
///
/// # Errors
/// A wrong filter; the warehouse is away.
pub async fn attributed(
    warehouse: &Warehouse,
    question: &AttributedQuestion,
    limit: u32,
    offset: u64,
) -> Result<AttributedAnswer, QueryError> {
    question.filters.check()?;
    let mut filters = question.filters.for_warehouse();
    let lane = question.lane.clone();
    let narrowed = Narrowed {
        unsure: question.unsure.clone(),
        over_promised: question.over_promised,
        over_lane: if question.over_promised { lane.clone() } else { String::new() },
    };
    filters.lane = Some(lane).filter(|lane| !lane.is_empty() && !question.over_promised);
    let (total, rows) = tokio::try_join!(
        warehouse.attributed_total(&filters, &narrowed),
        warehouse.attributed_page(&filters, &narrowed, limit, offset),
    )?;
    let ids: Vec<&str> = rows.iter().map(|row| row.record_id.as_str()).collect();
    let texts = warehouse.records(&ids).await?;
    let text = |id: &str| {
        let stored = texts.iter().find(|stored| stored.record.head.event_id == id);
        stored.map(|stored| stored.record.reading.text.clone()).unwrap_or_default()
    };
    let end = offset + rows.len() as u64;
    let items = rows.iter().map(|row| AttributedView {
        record_id: row.record_id.clone(),
        occurred_at: Timestamp::from_millisecond(row.at).unwrap_or(Timestamp::UNIX_EPOCH),
        kind: row.kind.clone(),
        causes: row.causes.clone(),
        departments: row.departments.clone(),
        basis: row.basis.clone(),
        text: text(&row.record_id),
    });
    Ok(AttributedAnswer { total, items: items.collect(), next: (end < total).then(|| end.to_string()) })
}
