//! The journal as configured.

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tingjian_pipeline::{Journal, JournalOptions, JournalSource};

use crate::{config::Config, secrets};

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
