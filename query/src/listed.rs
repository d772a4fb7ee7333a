//! The records behind a number: a list whose count equals it.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_warehouse::{Choice, ContactChoice, ContactTold, PageCursor, Part, Span, Warehouse};
use utoipa::ToSchema;

use crate::{Filters, QueryError};

/// Which records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListQuestion {
    /// The filters of every question.
    pub filters: Filters,
    /// Lane; empty: any.
    pub lane: String,
    /// `judgement`, `facts`, `text`, `pending`; empty: any.
    pub basis: String,
    /// Undecided ones whose text would name this department.
    pub pending_for: String,
    /// Only abstained ones.
    pub only_abstained: bool,
    /// As texts were read, before facts and judgements.
    pub as_read: bool,
    /// Records of one page.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ListAnswer {
    /// All of them, not only this page's.
    pub total: u64,
    /// This page, the newest first.
    pub items: Vec<ListedRecord>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// One record with what counts of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ListedRecord {
    pub record_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub stream: String,
    pub kind: String,
    pub agent_no: String,
    pub lane: String,
    pub basis: String,
    pub causes: Vec<String>,
    pub departments: Vec<String>,
    /// Masked.
    pub text: String,
}

/// Lists the records of a choice.
///
/// # Errors
/// A wrong filter; the warehouse is away.
pub async fn listed(warehouse: &Warehouse, question: ListQuestion) -> Result<ListAnswer, QueryError> {
    question.filters.check()?;
    let mut filters = question.filters.for_warehouse();
    filters.lane = Some(question.lane).filter(|lane| !lane.is_empty());
    let choice = Choice {
        filters,
        basis: question.basis,
        pending_for: question.pending_for,
        only_abstained: question.only_abstained,
        as_read: question.as_read,
    };
    let before = question.cursor.as_deref().and_then(read_cursor);
    let (total, rows) =
        tokio::try_join!(warehouse.chosen_total(&choice), warehouse.chosen(&choice, before.as_ref(), question.limit))?;
    let ids: Vec<&str> = rows.iter().map(|row| row.record_id.as_str()).collect();
    let stored = warehouse.records(&ids).await?;
    let text = |id: &str| stored.iter().find(|s| s.record.head.event_id == id).map(|s| s.record.reading.text.clone());
    let is_full = rows.len() == question.limit as usize;
    let next = rows.last().filter(|_| is_full).map(|row| format!("{}.{}", row.at, row.record_id));
    let items = rows.into_iter().map(|row| ListedRecord {
        occurred_at: Timestamp::from_millisecond(row.at).unwrap_or_default(),
        text: text(&row.record_id).unwrap_or_default(),
        record_id: row.record_id,
        stream: row.stream_name,
        kind: row.kind_name,
        agent_no: row.agent,
        lane: row.lane_name,
        basis: row.basis_name,
        causes: row.cause_codes,
        departments: row.departments,
    });
    Ok(ListAnswer { total, items: items.collect(), next })
}

fn read_cursor(text: &str) -> Option<PageCursor> {
    let (time, id) = text.split_once('.')?;
    Some(PageCursor { time: time.parse().ok()?, id: id.to_owned() })
}

/// Which contacts, by whether another followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedQuestion {
    /// When they happened.
    pub span: Span,
    /// 工号; empty: any.
    pub agent_no: String,
    /// `all`, `old`, `resolved` or `followed`.
    pub told: String,
    /// Hours of the window.
    pub hours: u32,
    /// Records of one page, and before it.
    pub part: Part,
}

/// Lists contacts as first-contact resolution counts them. The cursor is left out: pages go by offset.
///
/// # Errors
/// The warehouse is away.
pub async fn followed(warehouse: &Warehouse, question: FollowedQuestion) -> Result<ListAnswer, QueryError> {
    let as_of = warehouse.newest_event_at().await?.unwrap_or_default();
    let told = match question.told.as_str() {
        "old" => ContactTold::Old,
        "resolved" => ContactTold::Resolved,
        "followed" => ContactTold::Followed,
        _ => ContactTold::Any,
    };
    let (span, agent_no, hours) = (question.span, question.agent_no, question.hours);
    let choice = ContactChoice { span, agent_no, told, hours, as_of };
    let (total, ids) =
        tokio::try_join!(warehouse.contacts_total(&choice), warehouse.contact_ids(&choice, question.part))?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let items = warehouse.records(&ids).await?.into_iter().map(|stored| {
        let (head, reading) = (stored.record.head, stored.record.reading);
        ListedRecord {
            record_id: head.event_id,
            occurred_at: head.occurred_at,
            stream: head.stream.name().to_owned(),
            kind: reading.kind.name().to_owned(),
            agent_no: head.agent_no.unwrap_or_default(),
            lane: String::new(),
            basis: String::new(),
            causes: reading.causes.iter().map(|cause| cause.code.to_string()).collect(),
            departments: Vec::new(),
            text: reading.text,
        }
    });
    Ok(ListAnswer { total, items: items.collect(), next: None })
}
