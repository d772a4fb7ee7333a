//! The list of commendations, page by page.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_warehouse::{CommendationFilter, StoredCommendation, Warehouse};
use utoipa::ToSchema;

use crate::{FilterError, QueryError};

/// A commendation as people may see it: masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct CommendationView {
    pub commendation_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub text: String,
    pub praised: Vec<PraisedView>,
    pub filed_by: Option<String>,
    pub recording_ref: Option<String>,
    pub channel: Option<String>,
}

/// Who is praised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct PraisedView {
    pub agent_no: Option<String>,
    pub department: Option<String>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommendationPage {
    /// All of the selection, not only this page's.
    pub total: u64,
    /// This page.
    pub items: Vec<CommendationView>,
    /// Cursor of the next page; `None` at the end.
    pub next: Option<String>,
}

/// Commendations of a selection, the newest first, from `cursor` on.
///
/// # Errors
/// A foreign cursor; the warehouse is away.
pub async fn commendations(
    warehouse: &Warehouse,
    filter: &CommendationFilter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<CommendationPage, QueryError> {
    let before = cursor.map(place).transpose()?;
    let wanted = u32::try_from(limit.saturating_add(1)).unwrap_or(u32::MAX);
    let total = warehouse.commendations_total(filter).await?;
    let mut rows = warehouse.commendations(filter, before, wanted).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| format!("{}.{}", last.at, last.record_id));
    Ok(CommendationPage { total, items: rows.into_iter().map(CommendationView::from).collect(), next })
}

/// One commendation; `None`: none of that id.
///
/// # Errors
/// The warehouse is away.
pub async fn commendation(warehouse: &Warehouse, id: &str) -> Result<Option<CommendationView>, QueryError> {
    Ok(warehouse.commendation(id).await?.map(CommendationView::from))
}

fn place(cursor: &str) -> Result<(i64, &str), FilterError> {
    let parts = cursor.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id)));
    parts.ok_or_else(|| FilterError {
        name: "cursor".into(),
        value: cursor.to_owned(),
        problem: "不是本列表给出的翻页位置".into(),
    })
}

impl From<StoredCommendation> for CommendationView {
    fn from(row: StoredCommendation) -> Self {
        let said = |text: String| Some(text).filter(|text| !text.is_empty());
        let praised = row.agents.into_iter().zip(row.departments);
        Self {
            commendation_id: row.record_id,
            occurred_at: Timestamp::from_millisecond(row.at).unwrap_or(Timestamp::UNIX_EPOCH),
            text: row.text,
            praised: praised
                .map(|(agent_no, department)| PraisedView { agent_no: said(agent_no), department: said(department) })
                .collect(),
            filed_by: said(row.filed_by),
            recording_ref: said(row.recording_ref),
            channel: said(row.channel),
        }
    }
}
