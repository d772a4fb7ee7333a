//! A stored row → the record it was made of.

use std::sync::Arc;

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::{
    CallNote, CauseReading, Commendation, Complaint, Head, Kind, Lane, LinkKey, Partition, Position, Praised, Reading,
    Record, Span, Stream, TextBody, Transfer, Versions,
};

use super::PageCursor;
use crate::WarehouseError;

/// A record as it is stored, with where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRecord {
    /// The record; `reading.words` is empty, since words are not stored. Times are whole milliseconds.
    pub record: Record,
    /// When the source took it.
    pub received_at: Timestamp,
    /// Where it stood in the source.
    pub position: Position,
    /// Its place among the versions of the same id; grows along the source.
    pub arrival: u64,
    /// Of the original bytes.
    pub content_hash: u64,
}

/// The columns of `columns.sql`.
#[derive(Row, Deserialize)]
pub(crate) struct StoredRow {
    record_id: String,
    stream: String,
    occurred_at: i64,
    received_at: i64,
    source: String,
    channel: String,
    customer_key: [u8; 16],
    order_key: [u8; 16],
    case_key: [u8; 16],
    call_id: String,
    agent_no: String,
    department: String,
    lane_origin: String,
    lane_destination: String,
    lane_carrier: String,
    lane_service: String,
    unknown_fields: String,
    category: String,
    #[serde(rename = "praised.agent_no")]
    praised_agent_no: Vec<String>,
    #[serde(rename = "praised.department")]
    praised_department: Vec<String>,
    filed_by: String,
    recording_ref: String,
    skill_group: String,
    queue_wait_s: Option<u32>,
    talk_s: Option<u32>,
    ivr_presses: Option<u32>,
    ivr_path: Vec<String>,
    #[serde(rename = "transfers.from")]
    transfers_from: Vec<String>,
    #[serde(rename = "transfers.to")]
    transfers_to: Vec<String>,
    #[serde(rename = "transfers.at")]
    transfers_at: Vec<i64>,
    questions_repeated: Option<u32>,
    resolved: Option<bool>,
    text: String,
    kind: String,
    kind_score: f32,
    #[serde(rename = "causes.code")]
    causes_code: Vec<String>,
    #[serde(rename = "causes.department")]
    causes_department: Vec<String>,
    #[serde(rename = "causes.score")]
    causes_score: Vec<f32>,
    #[serde(rename = "causes.starts")]
    causes_starts: Vec<Vec<u32>>,
    #[serde(rename = "causes.ends")]
    causes_ends: Vec<Vec<u32>>,
    promised_min: Option<u32>,
    actual_min: Option<u32>,
    actual_open: Option<bool>,
    praise: bool,
    abuse: bool,
    abstained: bool,
    dictionary_version: String,
    taxonomy_version: String,
    rules_version: String,
    model_version: String,
    content_hash: u64,
    version: u128,
    partition_source: String,
    partition_number: u32,
    partition_offset: u64,
}

impl StoredRow {
    /// Where a page that ends with this row ends.
    pub fn cursor(&self) -> PageCursor {
        PageCursor { time: self.occurred_at, id: self.record_id.clone() }
    }

    /// # Errors
    /// [`WarehouseError::Corrupt`] for a name or a time that this program never writes.
    pub fn into_record(mut self) -> Result<StoredRecord, WarehouseError> {
        let stream: Stream = self.stream.parse().map_err(|error| self.corrupt(&error))?;
        let kind: Kind = self.kind.parse().map_err(|error| self.corrupt(&error))?;
        let received_at = self.time(self.received_at)?;
        let (occurred_at, body) = (self.time(self.occurred_at)?, self.body(stream)?);
        let partition = Partition { source: Arc::from(self.partition_source.as_str()), number: self.partition_number };
        let position = Position { partition, offset: self.partition_offset };
        // The version begins with the arrival.
        let arrival = (self.version >> 64) as u64;
        let (content_hash, versions) = (self.content_hash, self.versions());
        let reading = self.reading(kind);
        let record = Record { head: self.head(stream, occurred_at), body, reading, versions };
        Ok(StoredRecord { record, received_at, position, arrival, content_hash })
    }

    fn corrupt(&self, what: &dyn std::fmt::Display) -> WarehouseError {
        WarehouseError::Corrupt { id: self.record_id.clone(), what: what.to_string() }
    }

    fn time(&self, millis: i64) -> Result<Timestamp, WarehouseError> {
        Timestamp::from_millisecond(millis).map_err(|error| self.corrupt(&error))
    }

    fn body(&mut self, stream: Stream) -> Result<TextBody, WarehouseError> {
        match stream {
            Stream::Commendations => Ok(TextBody::Commendation(self.commendation())),
            Stream::CallNotes => self.call_note().map(TextBody::CallNote),
            _ => Ok(TextBody::Complaint(Complaint { text: String::new(), category: given(&mut self.category) })),
        }
    }

    fn commendation(&mut self) -> Commendation {
        let praised = self.praised_agent_no.iter_mut().zip(&mut self.praised_department);
        Commendation {
            text: String::new(),
            praised: praised.map(|(a, d)| Praised { agent_no: given(a), department: given(d) }).collect(),
            filed_by: given(&mut self.filed_by),
            recording_ref: given(&mut self.recording_ref),
        }
    }

    fn call_note(&mut self) -> Result<CallNote, WarehouseError> {
        let at = self.transfers_at.iter().map(|at| self.time(*at)).collect::<Result<Vec<_>, _>>()?;
        let ways = self.transfers_from.drain(..).zip(self.transfers_to.drain(..));
        Ok(CallNote {
            text: String::new(),
            skill_group: given(&mut self.skill_group),
            queue_wait_s: self.queue_wait_s,
            talk_s: self.talk_s,
            ivr_presses: self.ivr_presses,
            ivr_path: std::mem::take(&mut self.ivr_path),
            transfers: ways.zip(at).map(|((from, to), at)| Transfer { from, to, at }).collect(),
            questions_repeated: self.questions_repeated,
            resolved: self.resolved,
        })
    }

    fn versions(&self) -> Versions {
        Versions {
            dictionary: Arc::from(self.dictionary_version.as_str()),
            taxonomy: Arc::from(self.taxonomy_version.as_str()),
            rules: Arc::from(self.rules_version.as_str()),
            model: Arc::from(self.model_version.as_str()),
        }
    }

    fn reading(&mut self, kind: Kind) -> Reading {
        Reading {
            text: std::mem::take(&mut self.text),
            words: String::new(),
            kind,
            kind_score: self.kind_score,
            causes: self.causes(),
            promised_min: self.promised_min,
            actual_min: self.actual_min,
            actual_open: self.actual_open,
            praised: self.praise,
            abuse: self.abuse,
            abstained: self.abstained,
        }
    }

    fn causes(&self) -> Vec<CauseReading> {
        let names = self.causes_code.iter().zip(&self.causes_department).zip(&self.causes_score);
        let spans = self.causes_starts.iter().zip(&self.causes_ends);
        names
            .zip(spans)
            .map(|(((code, department), score), (starts, ends))| CauseReading {
                code: Arc::from(code.as_str()),
                department: Arc::from(department.as_str()),
                score: *score,
                evidence: starts.iter().zip(ends).map(|(start, end)| Span { start: *start, end: *end }).collect(),
            })
            .collect()
    }

    fn head(mut self, stream: Stream, occurred_at: Timestamp) -> Head {
        Head {
            stream,
            event_id: std::mem::take(&mut self.record_id),
            occurred_at,
            source: given(&mut self.source),
            channel: given(&mut self.channel),
            customer_key: known(self.customer_key),
            order_key: known(self.order_key),
            case_key: known(self.case_key),
            call_id: given(&mut self.call_id),
            agent_no: given(&mut self.agent_no),
            department: given(&mut self.department),
            lane: self.lane(),
            unknown_fields: self.unknown_fields,
        }
    }

    fn lane(&mut self) -> Option<Lane> {
        let lane = Lane {
            origin: given(&mut self.lane_origin),
            destination: given(&mut self.lane_destination),
            carrier: given(&mut self.lane_carrier),
            service: given(&mut self.lane_service),
        };
        (lane != Lane::default()).then_some(lane)
    }
}

/// An empty text is no text.
fn given(text: &mut String) -> Option<String> {
    Some(std::mem::take(text)).filter(|text| !text.is_empty())
}

/// Sixteen zeros are no key.
fn known(key: [u8; 16]) -> Option<LinkKey> {
    Some(LinkKey(key)).filter(|key| key.0 != [0; 16])
}
