//! `[source]`: where records come from.

use serde::Deserialize;

use super::Kafka;

/// Where records come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The embedded journal, fed by HTTP and file intake.
    #[default]
    Journal,
    /// Apache Kafka.
    Kafka,
}

/// `[source]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Which source.
    pub kind: SourceKind,
    /// `[source.journal]`.
    pub journal: Journal,
    /// `[source.kafka]`.
    pub kafka: Kafka,
}

/// `[source.journal]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Journal {
    /// How long raw events are kept after both sinks hold them, hours.
    pub retention_hours: u64,
    /// Records that may wait for the sinks before intake is refused with 503.
    pub max_backlog_records: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self { retention_hours: 168, max_backlog_records: 20_000_000 }
    }
}
