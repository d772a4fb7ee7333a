//! What only the server knows of commendations: what was filed twice, and who has read which.

mod link;
mod thanks;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;

use crate::secrets::keyed;
pub use link::PraiseLinks;
pub use thanks::{Badge, BadgeCount, Sending, Thanks};

/// The same words for the same people within this time are the same commendation.
const SAME_WITHIN: Duration = Duration::from_secs(7 * 86_400);

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[error("表扬库 {path} 读写失败：{source}")]
pub struct CommendationsError {
    path: PathBuf,
    source: rusqlite::Error,
}

/// What a filing turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody filed this before; it is to be filed under this id.
    New(String),
    /// It was filed before, under this id.
    Duplicate(String),
}

/// A reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which recipient: `agent:0417`, `supervisor`, `operations_manager`.
    pub recipient: String,
    /// When.
    pub read_at: Timestamp,
}

/// The store of one data folder.
pub struct Commendations {
    path: PathBuf,
    connection: Mutex<Connection>,
    keyed: Hmac<Sha256>,
}

impl Commendations {
    /// Opens or creates the store in `data_dir`; hashes are keyed by the installation's secret.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open(data_dir: &Path, secret: &[u8]) -> Result<Self, CommendationsError> {
        let path = data_dir.join("commendations.sqlite");
        let open = || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.execute_batch(include_str!("commendations/schema.sql"))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => {
                Ok(Self { path, connection: Mutex::new(connection), keyed: keyed("filed commendation", secret) })
            }
            Err(source) => Err(CommendationsError { path, source }),
        }
    }

    /// Says whether `content` was filed before. What is new is claimed for `id`, to be confirmed by [`Self::confirm`] once it
    /// is durable; a claim that never was is given again to whoever comes next, under its id, so that nothing is lost.
    ///
    /// # Errors
    /// Store trouble.
    pub fn claim(&self, id: &str, content: &str, filed_by: &str, now: Timestamp) -> Result<Claim, CommendationsError> {
        let mut mac = self.keyed.clone();
        mac.update(content.as_bytes());
        let hash = mac.finalize().into_bytes().to_vec();
        let since = (now - SAME_WITHIN).as_millisecond();
        self.with(|connection| {
            let found: Option<(String, bool)> = connection
                .query_row(
                    "SELECT commendation_id, is_durable FROM filed WHERE content_hash = ?1 AND filed_at > ?2
                     ORDER BY filed_at LIMIT 1",
                    params![hash, since],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            if let Some((earlier, is_durable)) = found {
                return Ok(if is_durable { Claim::Duplicate(earlier) } else { Claim::New(earlier) });
            }
            connection.execute(
                "INSERT OR IGNORE INTO filed VALUES (?1, ?2, ?3, ?4, 0)",
                params![id, hash, filed_by, now.as_millisecond()],
            )?;
            Ok(Claim::New(id.to_owned()))
        })
    }

    /// The claimed commendation is durable.
    ///
    /// # Errors
    /// Store trouble.
    pub fn confirm(&self, id: &str) -> Result<(), CommendationsError> {
        self.with(|connection| connection.execute("UPDATE filed SET is_durable = 1 WHERE commendation_id = ?1", [id]))?;
        Ok(())
    }

    /// Notes that a recipient has read it; the first reading counts.
    ///
    /// # Errors
    /// Store trouble.
    pub fn note_read(&self, id: &str, recipient: &str, by: &str, now: Timestamp) -> Result<(), CommendationsError> {
        self.with(|connection| {
            connection.execute(
                "INSERT OR IGNORE INTO receipts VALUES (?1, ?2, ?3, ?4)",
                params![id, recipient, by, now.as_millisecond()],
            )
        })?;
        Ok(())
    }

    /// Who has read it.
    ///
    /// # Errors
    /// Store trouble.
    pub fn receipts(&self, id: &str) -> Result<Vec<Receipt>, CommendationsError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT recipient, read_at FROM receipts WHERE commendation_id = ?1")?;
            let rows = statement.query_map([id], |row| {
                let read_at = Timestamp::from_millisecond(row.get(1)?).unwrap_or(Timestamp::UNIX_EPOCH);
                Ok(Receipt { recipient: row.get(0)?, read_at })
            })?;
            rows.collect()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, CommendationsError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|source| CommendationsError { path: self.path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_praise_is_noticed_for_a_week_and_never_before_it_is_durable() {
        let folder = tempfile::tempdir().unwrap();
        let store = Commendations::open(folder.path(), b"secret").unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let claim = |id: &str, content: &str, now| store.claim(id, content, "0417", now).unwrap();
        assert_eq!(claim("a", "好 0526", now), Claim::New("a".into()));
        assert_eq!(
            claim("b", "好 0526", now),
            Claim::New("a".into()),
            "the first was never durable: the same id again"
        );
        store.confirm("a").unwrap();
        assert_eq!(claim("c", "好 0526", now), Claim::Duplicate("a".into()));
        assert_eq!(claim("d", "好 0527", now), Claim::New("d".into()), "another agent");
        assert_eq!(claim("e", "好 0526", now + SAME_WITHIN), Claim::New("e".into()), "a week later");
        let bytes = std::fs::read(folder.path().join("commendations.sqlite")).unwrap();
        assert!(!bytes.windows(3).any(|w| w == "好".as_bytes()), "no words are kept");
    }

    #[test]
    fn the_first_reading_counts() {
        let folder = tempfile::tempdir().unwrap();
        let store = Commendations::open(folder.path(), b"secret").unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        store.note_read("a", "supervisor", "王", now).unwrap();
        store.note_read("a", "supervisor", "李", now + Duration::from_secs(9)).unwrap();
        assert_eq!(store.receipts("a").unwrap(), [Receipt { recipient: "supervisor".into(), read_at: now }]);
        assert_eq!(store.receipts("b").unwrap(), []);
    }
}
