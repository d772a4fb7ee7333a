//! Where accepted events go: the journal of the data folder, or Kafka's topics.

use std::{path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tingjian_pipeline::{
    EndsReport, Incoming, Journal, JournalError, JournalOptions, JournalSource, KafkaError, KafkaProducer, Keyed,
};
use tingjian_schemas::Positions;

use crate::{config::Config, secrets};

/// The header of a message that brings a dead letter in again: that letter's id, which says where it stood.
const REPLAY_OF: &str = "replay_of";

/// Durable intake.
pub enum Intake {
    /// The embedded journal.
    Journal(Journal),
    /// Kafka's topics.
    Kafka(KafkaProducer),
}

/// One event on its way in.
pub struct Submission {
    /// Its stream and bytes.
    pub event: Incoming,
    /// What keeps its story in order; asked for only where [`Intake::wants_keys`].
    pub key: Option<Vec<u8>>,
}

/// Why events were not accepted.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The journal's reason.
    #[error("{0}")]
    Journal(#[from] Arc<JournalError>),
    /// Kafka's reason.
    #[error("{0}")]
    Kafka(#[from] KafkaError),
}

impl Intake {
    /// Whether events have to bring their keys.
    pub fn wants_keys(&self) -> bool {
        matches!(self, Self::Kafka(_))
    }

    /// Makes events durable: returns once the journal has synced them, or once every in-sync replica holds them.
    ///
    /// # Errors
    /// They do not count as accepted; see [`KafkaProducer::produce`] for what may be there all the same.
    pub async fn append(&self, events: Vec<Submission>) -> Result<(), IntakeError> {
        match self {
            Self::Journal(journal) => {
                journal.append(events.into_iter().map(|submission| submission.event).collect()).await?;
            }
            Self::Kafka(producer) => producer.produce(&events.into_iter().map(keyed).collect::<Vec<_>>()).await?,
        }
        Ok(())
    }

    /// The same for the event of a dead letter: in Kafka the message names the letter, which keeps the place it first had.
    ///
    /// # Errors
    /// As [`Intake::append`].
    pub async fn append_again(&self, event: Submission, dead_letter_id: &str) -> Result<(), IntakeError> {
        match self {
            Self::Journal(_) => self.append(vec![event]).await,
            Self::Kafka(producer) => {
                Ok(producer.produce(&[keyed(event).with_header(REPLAY_OF, dead_letter_id)]).await?)
            }
        }
    }

    /// Records that a sink which stands at `held` has yet to take; `None` while Kafka does not say where its topics end.
    pub fn lag(&self, held: &Positions) -> Option<u64> {
        match self {
            Self::Journal(journal) => Some(journal.end().next_offset.saturating_sub(held.next(journal.partition()))),
            Self::Kafka(producer) => {
                let report = producer.report();
                let is_known = report.answered_at.is_some() && report.trouble.is_none();
                is_known.then(|| report.lag(held).map(|(_, records)| records).sum())
            }
        }
    }

    /// What is known of Kafka's topics; `None` with a journal.
    pub fn topics(&self) -> Option<EndsReport> {
        match self {
            Self::Journal(_) => None,
            Self::Kafka(producer) => Some(producer.report()),
        }
    }
}

fn keyed(Submission { event, key }: Submission) -> Keyed {
    Keyed { topic: event.stream.topic(), key, payload: event.bytes, headers: None }
}

/// Opens the journal of the data folder.
///
/// # Errors
/// In words.
pub fn open_journal(data_dir: &Path, config: &Config) -> anyhow::Result<(Journal, JournalSource)> {
    let options = JournalOptions {
        retention: Duration::from_secs(config.source.journal.retention_hours * 3_600),
        max_backlog_records: config.source.journal.max_backlog_records,
        batch_rows: config.pipeline.batch_rows,
        batch_bytes: config.pipeline.batch_bytes,
        flush_interval: Duration::from_millis(config.pipeline.flush_interval_ms),
    };
    let new_id: String = secrets::random()?.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    Ok(Journal::open(&data_dir.join("journal.sqlite"), &new_id, &options, Timestamp::now)?)
}

/// The secret seed of content hashes, derived from the link key.
pub fn content_seed(key: &[u8]) -> u64 {
    let digest = Sha256::new().chain_update(b"tingjian content hash").chain_update(key).finalize();
    digest.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}
