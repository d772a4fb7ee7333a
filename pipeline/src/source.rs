//! Where records come from: an ordered, replayable run of bytes.

use bytes::Bytes;
use jiff::Timestamp;
use tingjian_schemas::{Position, Positions, Stream};

/// One record as a source gives it, unread.
#[derive(Clone, Debug, PartialEq)]
pub struct RawRecord {
    /// The stream it came by.
    pub stream: Stream,
    /// Where it stands.
    pub position: Position,
    /// See [`tingjian_schemas::Item::arrival`].
    pub arrival: u64,
    /// When the source took it.
    pub received_at: Timestamp,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What the flow asks of a source.
pub trait Source: Send {
    /// Why a source fails.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The next records in order: waits until there is at least one; gathers no longer than the flush interval.
    fn next(&mut self) -> impl Future<Output = Result<Vec<RawRecord>, Self::Error>> + Send;

    /// A function that tells the source how far both sinks have come: it may let go of what lies before, after its
    /// retention time.
    fn acknowledger(&self) -> impl Fn(&Positions) + Send + 'static;
}
