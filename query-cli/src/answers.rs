//! The forms of the server's answers, as the contract has them. What may be missing is optional; what is not known
//! here is passed over.

use serde::Deserialize;

/// A commendation that was filed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filed {
    pub commendation_id: String,
    pub duplicate_of: Option<String>,
    pub recipients: Vec<Recipient>,
}

/// Who gets a commendation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Recipient {
    pub recipient: String,
    pub agent_no: Option<String>,
    pub read_at: Option<String>,
}

/// `POST /streams/{stream}`.
#[derive(Debug, Deserialize)]
pub struct Intake {
    /// Rows taken.
    pub accepted: u64,
    /// Rows refused.
    #[serde(default)]
    pub rejected: Vec<Refusal>,
}

/// One refused row.
#[derive(Clone, Debug, Deserialize)]
pub struct Refusal {
    /// Its number among the rows sent, from 0.
    pub index: usize,
    /// The field that is wrong.
    pub field: Option<String>,
    /// Why: a code.
    pub reason: String,
    /// Why, in words.
    pub message: Option<String>,
}

/// `GET /search`.
#[derive(Debug, Deserialize)]
pub struct SearchPage {
    /// How many there are in all.
    pub total: u64,
    /// This page.
    pub hits: Vec<Hit>,
    /// Where the next page begins; absent on the last.
    pub next: Option<String>,
}

/// One record found.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Hit {
    pub record_id: String,
    pub occurred_at: Option<String>,
    pub stream: Option<String>,
    pub kind: Option<String>,
    #[serde(default)]
    pub causes: Vec<CauseRef>,
    pub department: Option<String>,
    pub snippet: Option<Snippet>,
}

/// A cause: its bare code, or an object with it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum CauseRef {
    /// Bare.
    Code(String),
    /// With more about it.
    Full {
        /// The code.
        code: String,
    },
}

impl CauseRef {
    /// The code.
    pub fn code(&self) -> &str {
        match self {
            Self::Code(code) | Self::Full { code } => code,
        }
    }
}

/// A piece of a text around what was found.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Snippet {
    /// Plain text, with `<em>` around what was found.
    Text(String),
    /// Text, with what was found as ranges of its characters.
    Ranges {
        /// The text.
        text: String,
        /// Ranges: `start` inclusive, `end` exclusive.
        #[serde(default)]
        highlights: Vec<Range>,
        /// The record's text goes on before it.
        #[serde(default)]
        cut_before: bool,
        /// The record's text goes on after it.
        #[serde(default)]
        cut_after: bool,
    },
}

/// A range of characters.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Range {
    pub start: usize,
    pub end: usize,
}

/// `GET /causes`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Causes {
    pub total: u64,
    pub abstained: Option<u64>,
    pub groups: Vec<CauseGroup>,
    pub basis: Option<std::collections::BTreeMap<String, u64>>,
}

/// One group of `GET /causes`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct CauseGroup {
    pub key: Option<String>,
    pub records: u64,
    pub share: Option<f64>,
    pub change: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// `GET /promises`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Promises {
    pub groups: Vec<PromiseGroup>,
}

/// One group of `GET /promises`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct PromiseGroup {
    pub key: Option<String>,
    pub promises: u64,
    pub kept: u64,
    pub broken: u64,
    pub open: u64,
    pub unknown: u64,
    pub kept_rate: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// `GET /lanes/what-if`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct WhatIf {
    pub deliveries: Option<u64>,
    pub promise_min: Option<f64>,
    pub kept_at_promise: Option<f64>,
    pub suggested_min: Option<f64>,
    pub late_complaints: Option<u64>,
    pub avoided: Option<u64>,
    #[serde(default)]
    pub curve: Vec<(f64, f64)>,
}

/// `GET /taxonomy`: the part that is shown.
#[derive(Debug, Default, Deserialize)]
pub struct Taxonomy {
    /// Groups of causes.
    pub groups: Vec<CauseGroupNames>,
}

/// A group of the taxonomy.
#[derive(Debug, Deserialize)]
pub struct CauseGroupNames {
    /// The group itself.
    #[serde(flatten)]
    pub name: CauseName,
    /// Its leaves.
    pub causes: Vec<CauseName>,
}

/// A group or leaf of the taxonomy.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct CauseName {
    pub code: String,
    pub zh: String,
}

/// `GET /dead-letters`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct DeadLetters {
    pub total: u64,
    pub items: Vec<DeadLetter>,
    pub next: Option<String>,
}

/// One dead letter.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct DeadLetter {
    pub id: Id,
    pub stream: Option<String>,
    pub reason: Option<String>,
    pub field: Option<String>,
    pub detail: Option<String>,
    pub event_id: Option<String>,
    pub source: Option<String>,
    pub partition: Option<i64>,
    pub offset: Option<i64>,
    pub received_at: Option<String>,
    pub size_bytes: Option<u64>,
    pub replayed_at: Option<String>,
    /// Whether the last replay was accepted.
    pub replay_accepted: Option<bool>,
}

/// `POST /dead-letters/{id}/replay`.
#[derive(Debug, Deserialize)]
pub struct Replayed {
    /// Whether it can be read now.
    pub accepted: bool,
    /// What is still wrong.
    pub message: Option<String>,
}

/// An id, whether the server writes it as a number or as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Id {
    Number(i64),
    Text(String),
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// `GET /health`.
#[derive(Debug, Default, Deserialize)]
#[allow(missing_docs)]
pub struct Health {
    pub status: String,
    #[serde(default)]
    pub checks: Vec<Check>,
    pub version: Option<String>,
}

/// One check of `GET /health`.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Check {
    pub name: String,
    pub ok: bool,
    pub detail: Option<String>,
}

/// `GET /api/v1/status`.
#[derive(Debug, Default, Deserialize)]
#[allow(missing_docs)]
pub struct Status {
    pub records: Option<u64>,
    /// Distinct events by stream.
    #[serde(default, alias = "facts")]
    pub streams: std::collections::BTreeMap<String, u64>,
    pub dead_letters: Option<u64>,
    #[serde(default)]
    pub sinks: Vec<Sink>,
    #[serde(default)]
    pub tables: Vec<TableSize>,
    pub index: Option<IndexSize>,
}

/// How far one sink has come.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Sink {
    pub name: String,
    #[serde(default)]
    pub positions: Vec<Passed>,
    #[serde(default)]
    pub lag_records: u64,
    /// How long it has been retrying, seconds; 0: it is not.
    #[serde(default)]
    pub trouble_s: u64,
}

impl Sink {
    /// Records of the source that it has passed, over all partitions.
    pub fn passed(&self) -> u64 {
        self.positions.iter().map(|p| p.next).sum()
    }
}

/// How far a sink has come in one partition.
#[derive(Debug, Deserialize)]
pub struct Passed {
    /// The next record it wants.
    pub next: u64,
}

/// Size of a table.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct TableSize {
    pub name: String,
    pub rows: u64,
    pub bytes: u64,
}

/// Size of the index.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct IndexSize {
    pub documents: u64,
    pub bytes: u64,
}
