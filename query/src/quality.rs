//! How good the data are that answers rest on.

use serde::Serialize;
use tingjian_warehouse::{Span, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// What was taken in, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QualityAnswer {
    /// Distinct events of all streams, ever.
    pub events: u64,
    /// Events that the warehouse has taken from its source, ever.
    pub taken: u64,
    /// Of these repeats of an id, identical or replaced by a later version.
    pub repeats: u64,
    /// Could not be read, ever.
    pub dead_letters: u64,
    /// By stream and reason.
    pub dead: Vec<DeadView>,
    /// Stored, but not worked out yet.
    pub unattributed: u64,
    /// Records of the span whose causes two people corrected, each for themselves.
    pub double_checked: u64,
    /// Of these with the same primary cause.
    pub agreed: u64,
    /// What made the readings of the span.
    pub readings: Vec<ReadingView>,
}

/// Dead letters of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct DeadView {
    pub stream: String,
    pub reason: String,
    pub letters: u64,
}

/// What made some readings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct ReadingView {
    pub dictionary: String,
    pub taxonomy: String,
    pub rules: String,
    pub model: String,
    pub records: u64,
}

/// The quality of what is stored, and of a span's readings.
///
/// # Errors
/// The warehouse is away.
pub async fn quality(warehouse: &Warehouse, span: Span) -> Result<QualityAnswer, QueryError> {
    let (streams, dead, positions, projected, checks, readings) = tokio::try_join!(
        warehouse.stream_counts(),
        warehouse.dead_letter_counts(),
        warehouse.positions(),
        warehouse.projected(),
        warehouse.double_checks(span),
        warehouse.readings(span),
    )?;
    let events = streams.iter().map(|count| count.events).sum();
    let dead_letters = dead.iter().map(|count| count.letters).sum();
    let taken: u64 = positions.iter().map(|(_, next)| next).sum();
    let behind =
        |(partition, next): (&tingjian_schemas::Partition, u64)| next.saturating_sub(projected.next(partition));
    Ok(QualityAnswer {
        events,
        taken,
        repeats: taken.saturating_sub(events + dead_letters),
        dead_letters,
        dead: dead.into_iter().map(|d| DeadView { stream: d.stream, reason: d.reason, letters: d.letters }).collect(),
        unattributed: positions.iter().map(behind).sum(),
        double_checked: checks.checked,
        agreed: checks.agreed,
        readings: readings
            .into_iter()
            .map(|r| ReadingView {
                dictionary: r.dictionary,
                taxonomy: r.taxonomy,
                rules: r.rules,
                model: r.model,
                records: r.records,
            })
            .collect(),
    })
}
