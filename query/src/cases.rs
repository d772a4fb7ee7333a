//! One case: its events, who held it, who was asked.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_attribution::{asked, case_entries, contradictions, timeline};
use tingjian_schemas::{LinkKey, Taxonomy};
use tingjian_warehouse::Warehouse;
use utoipa::ToSchema;

use crate::{ContradictionView, HoldView, QueryError, RequestView, load};

/// A case as of the newest event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseAnswer {
    /// Keyed hash of its number.
    pub case_key: String,
    /// Its steps in order of time.
    pub events: Vec<CaseEventView>,
    /// Who held it, and for how long.
    pub holds: Vec<HoldView>,
    /// The sum of the holds.
    pub elapsed_min: i64,
    /// The clock runs.
    pub open: bool,
    /// How often it was opened again.
    pub reopened: u32,
    /// How often the customer was called back.
    pub follow_ups: u32,
    /// Departments asked.
    pub requests: Vec<RequestView>,
    /// Callbacks promised.
    pub callbacks: Vec<CallbackView>,
    /// Records that name it, in order of time.
    pub records: Vec<String>,
    /// Questions that customers had to answer again although the case knew.
    pub asked_twice: u32,
    /// Events that cannot all be true.
    pub contradictions: Vec<ContradictionView>,
    /// The time it is told for.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// A step of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct CaseEventView {
    pub event_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub kind: String,
    pub holder: String,
    pub text: Option<String>,
}

/// A callback and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct CallbackView {
    pub promise_id: String,
    pub owner_department: String,
    pub agent_no: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// `kept`, `broken` (missed) or `open`.
    pub outcome: &'static str,
}

/// One case; `None` where no event, request, promise or record names it.
///
/// # Errors
/// The warehouse is away.
pub async fn case(warehouse: &Warehouse, taxonomy: &Taxonomy, key: LinkKey) -> Result<Option<CaseAnswer>, QueryError> {
    let records = warehouse.records_of_case(key).await?;
    let ids: Vec<String> = records.iter().map(|stored| stored.record.head.event_id.clone()).collect();
    let facts = load::of_case(warehouse, taxonomy, key, records).await?;
    let Some(as_of) = warehouse.newest_event_at().await? else { return Ok(None) };
    let callbacks = case_entries(&facts, &key, as_of);
    if facts.case(&key).is_none() && ids.is_empty() && callbacks.is_empty() {
        return Ok(None);
    }
    let steps = facts.case(&key).map(|case| case.steps.as_slice()).unwrap_or_default();
    let line = facts.case(&key).map(|case| timeline(case, as_of)).unwrap_or_default();
    let repeated = facts.contacts().filter_map(|contact| contact.call.as_ref()).map(|call| call.questions_repeated);
    Ok(Some(CaseAnswer {
        case_key: key.to_string(),
        events: steps.iter().map(event).collect(),
        holds: line.holds.into_iter().map(HoldView::from).collect(),
        elapsed_min: line.elapsed_min,
        open: line.open,
        reopened: line.reopened,
        follow_ups: line.follow_ups,
        requests: asked(&facts, &key, as_of).into_iter().map(RequestView::from).collect(),
        callbacks: callbacks.into_iter().map(callback).collect(),
        asked_twice: repeated.sum(),
        records: ids,
        contradictions: contradictions(&facts).into_iter().map(ContradictionView::from).collect(),
        as_of,
    }))
}

fn event(step: &tingjian_attribution::facts::StepFact) -> CaseEventView {
    CaseEventView {
        event_id: step.head.event_id.clone(),
        occurred_at: step.head.occurred_at,
        kind: step.body.kind.name().to_owned(),
        holder: step.body.holder.clone(),
        text: step.body.text.clone(),
    }
}

fn callback(entry: tingjian_attribution::LedgerEntry) -> CallbackView {
    CallbackView {
        promise_id: entry.promise_id,
        owner_department: entry.owner_department,
        agent_no: entry.agent_no,
        made_at: entry.made_at,
        outcome: entry.outcome.name(),
    }
}
