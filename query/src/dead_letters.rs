//! What could not be read, page by page.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::Reason;
use tingjian_warehouse::{DeadLetterFilter, PageCursor, StoredDeadLetter, Warehouse};
use utoipa::ToSchema;

use crate::{FilterError, QueryError};

/// One page of dead letters, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadLettersAnswer {
    /// All of the selection, not only this page's.
    pub total: u64,
    /// How many there are by stream and reason, whatever the selection.
    pub reasons: Vec<ReasonCount>,
    /// This page.
    pub items: Vec<DeadLetterItem>,
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Dead letters of one stream and reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ReasonCount {
    pub stream: String,
    pub reason: String,
    pub letters: u64,
}

/// One dead letter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadLetterItem {
    /// Its id.
    pub id: String,
    /// Stream.
    pub stream: String,
    /// Stable name of the reason.
    pub reason: String,
    /// The wrong field; `null`: the whole event.
    pub field: Option<String>,
    /// The bound, type or place behind the reason.
    pub detail: Option<String>,
    /// Its event's id where it could be read.
    pub event_id: Option<String>,
    /// Source it stood in.
    pub source: String,
    /// Partition number.
    pub partition: u32,
    /// Offset.
    pub offset: u64,
    /// When the source took it.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Bytes of the original.
    pub size_bytes: u64,
    /// How often it was replayed.
    pub replays: u64,
    /// When it was last replayed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub replayed_at: Option<Timestamp>,
    /// Whether that replay was accepted.
    pub replay_accepted: Option<bool>,
}

impl From<StoredDeadLetter> for DeadLetterItem {
    fn from(stored: StoredDeadLetter) -> Self {
        let last = stored.last_try;
        Self {
            id: stored.dead_letter_id,
            stream: stored.stream,
            reason: stored.reason,
            field: stored.field,
            detail: stored.detail,
            event_id: stored.event_id,
            source: stored.position.partition.source.to_string(),
            partition: stored.position.partition.number,
            offset: stored.position.offset,
            received_at: stored.received_at,
            size_bytes: stored.size,
            replays: stored.tries,
            replayed_at: last.as_ref().map(|replay| replay.replayed_at),
            replay_accepted: last.map(|replay| replay.refused.is_none()),
        }
    }
}

/// Lists dead letters, of `reason` or all, from `cursor` on.
///
/// # Errors
/// An unknown reason, a foreign cursor; the warehouse is away.
pub async fn dead_letters(
    warehouse: &Warehouse,
    reason: Option<&str>,
    cursor: Option<&str>,
    limit: usize,
) -> Result<DeadLettersAnswer, QueryError> {
    let after = cursor.map(place).transpose()?;
    let filter = DeadLetterFilter { reason: reason.map(known).transpose()?, ..DeadLetterFilter::default() };
    let page = warehouse.dead_letters(&filter, after.as_ref(), u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let counts = warehouse.dead_letter_counts().await?.into_iter();
    let counts = counts.map(|count| ReasonCount { stream: count.stream, reason: count.reason, letters: count.letters });
    Ok(DeadLettersAnswer {
        total: page.total,
        reasons: counts.collect(),
        items: page.letters.into_iter().map(DeadLetterItem::from).collect(),
        next: page.next.map(|next| format!("{}.{}", next.time, next.id)),
    })
}

fn known(name: &str) -> Result<Reason, FilterError> {
    let found = Reason::ALL.into_iter().find(|reason| reason.name() == name);
    found.ok_or_else(|| FilterError {
        name: "reason".into(),
        value: name.to_owned(),
        problem: format!("无法识别；可用：{}", Reason::ALL.map(Reason::name).join("、")),
    })
}

fn place(cursor: &str) -> Result<PageCursor, FilterError> {
    let parts = cursor.split_once('.').and_then(|(time, id)| Some((time.parse().ok()?, id.to_owned())));
    parts.map(|(time, id)| PageCursor { time, id }).ok_or_else(|| FilterError {
        name: "cursor".into(),
        value: cursor.to_owned(),
        problem: "不是本列表给出的翻页位置".into(),
    })
}
