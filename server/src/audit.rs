//! The audit trail: each look at one record and each change, in SQLite in the data folder; rows are only ever added.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Who did something that no account did: the command line on the server.
pub const CONSOLE: &str = "(命令行)";

/// Something somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed<'d> {
    /// When.
    pub at: Timestamp,
    /// Name of the account; [`CONSOLE`].
    pub account: &'d str,
    /// Its role at that time.
    pub role: &'d str,
    /// Stable name of what was done.
    pub action: &'d str,
    /// To what: an id or a name.
    pub subject: &'d str,
    /// What came of it: an HTTP status, or a word.
    pub outcome: &'d str,
}

/// A line of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct AuditLine {
    pub id: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub account: String,
    pub role: String,
    pub action: String,
    pub subject: String,
    pub outcome: String,
}

/// Which lines; empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct AuditFilter {
    pub account: String,
    pub action: String,
    pub subject: String,
    /// What the trail keeps in the subject's place, where that is something else: the key of a case's number.
    pub subject_key: String,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[error("审计库 {path} 读写失败：{source}")]
pub struct AuditError {
    path: PathBuf,
    source: rusqlite::Error,
}

/// The trail of one data folder.
pub struct Audit {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Audit {
    /// Opens or creates the trail in `data_dir`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open(data_dir: &Path) -> Result<Self, AuditError> {
        let path = data_dir.join("audit.sqlite");
        let open = || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // A crash of the program loses nothing; a power cut may lose the last looks, never a whole trail.
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.execute_batch(include_str!("audit/schema.sql"))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { path, connection: Mutex::new(connection) }),
            Err(source) => Err(AuditError { path, source }),
        }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// Store trouble: what was done must then not be answered.
    pub fn note(&self, deed: &Deed<'_>) -> Result<(), AuditError> {
        self.with(|connection| {
            // Other processes write too (`accounts` on the command line): look and write in one.
            connection.execute_batch("BEGIN IMMEDIATE")?;
            let written = write(connection, deed);
            connection.execute_batch(if written.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            written
        })
    }

    /// Lines before the one of id `before`, the newest first.
    ///
    /// # Errors
    /// Store trouble.
    pub fn search(&self, filter: &AuditFilter, before: i64, limit: usize) -> Result<Vec<AuditLine>, AuditError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.with(|connection| {
            let mut statement = connection.prepare_cached(include_str!("audit/search.sql"))?;
            let rows = statement.query_map(
                named_params! {
                    ":before": before, ":limit": limit, ":account": filter.account, ":action": filter.action,
                    ":subject": filter.subject, ":subject_key": filter.subject_key,
                    ":since": stamp(filter.since), ":until": stamp(filter.until),
                },
                line,
            )?;
            rows.collect()
        })
    }

    /// How many lines there are.
    ///
    /// # Errors
    /// Store trouble.
    pub fn count(&self, filter: &AuditFilter) -> Result<u64, AuditError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(include_str!("audit/count.sql"))?;
            statement.query_row(
                named_params! {
                    ":account": filter.account, ":action": filter.action, ":subject": filter.subject,
                    ":subject_key": filter.subject_key, ":since": stamp(filter.since), ":until": stamp(filter.until),
                },
                |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
            )
        })
    }

    /// Of the newest `lines`, the first whose hash does not fit it and the line before; `None`: they are whole.
    ///
    /// # Errors
    /// Store trouble.
    pub fn first_changed(&self, lines: u32) -> Result<Option<i64>, AuditError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(include_str!("audit/newest.sql"))?;
            let mut before: Vec<u8> = statement.query_row([lines], |row| row.get(0)).optional()?.unwrap_or_default();
            let mut statement = connection.prepare_cached(include_str!("audit/chain.sql"))?;
            let mut rows = statement.query([lines])?;
            while let Some(row) = rows.next()? {
                let fields: [String; 6] =
                    [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
                let hash: Vec<u8> = row.get(7)?;
                if hash != chained(&before, &fields.each_ref().map(String::as_str)) {
                    return row.get(0).map(Some);
                }
                before = hash;
            }
            Ok(None)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, AuditError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|source| AuditError { path: self.path.clone(), source })
    }
}

fn write(connection: &Connection, deed: &Deed<'_>) -> rusqlite::Result<()> {
    let mut last = connection.prepare_cached("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")?;
    let before: Option<Vec<u8>> = last.query_row([], |row| row.get(0)).optional()?;
    let at = stamp(Some(deed.at));
    let fields = [&*at, deed.account, deed.role, deed.action, deed.subject, deed.outcome];
    let hash = chained(&before.unwrap_or_default(), &fields);
    let mut insert = connection.prepare_cached(
        "INSERT INTO audit (at, account, role, action, subject, outcome, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let [at, account, role, action, subject, outcome] = fields;
    insert.execute(params![at, account, role, action, subject, outcome, hash])?;
    Ok(())
}

/// The hash of a line after the line whose hash is `before`.
fn chained(before: &[u8], fields: &[&str; 6]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(before);
    for field in fields {
        digest.update((field.len() as u64).to_be_bytes());
        digest.update(field.as_bytes());
    }
    digest.finalize().to_vec()
}

fn line(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditLine> {
    let at: String = row.get(1)?;
    Ok(AuditLine {
        id: row.get(0)?,
        at: at.parse().unwrap_or(Timestamp::UNIX_EPOCH),
        account: row.get(2)?,
        role: row.get(3)?,
        action: row.get(4)?,
        subject: row.get(5)?,
        outcome: row.get(6)?,
    })
}

/// Times of one width and one zone, so that they compare as text; empty: no time.
fn stamp(time: Option<Timestamp>) -> String {
    time.map_or_else(String::new, |time| format!("{time:.6}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(subject: &str, second: i64) -> Deed<'_> {
        let at = Timestamp::from_second(second).unwrap();
        Deed { at, account: "小李", role: "analyst", action: "look", subject, outcome: "200" }
    }

    fn trail() -> (tempfile::TempDir, Audit) {
        let folder = tempfile::tempdir().unwrap();
        let audit = Audit::open(folder.path()).unwrap();
        for (second, subject) in ["r-1", "r-2", "r-1"].into_iter().enumerate() {
            audit.note(&deed(subject, second as i64)).unwrap();
        }
        (folder, audit)
    }

    #[test]
    fn lines_are_found_by_what_they_say() {
        let (_folder, audit) = trail();
        let check = |filter: AuditFilter, ids: &[i64]| {
            let found: Vec<_> = audit.search(&filter, i64::MAX, 10).unwrap().iter().map(|line| line.id).collect();
            assert_eq!((found.as_slice(), audit.count(&filter).unwrap()), (ids, ids.len() as u64), "{filter:?}");
        };
        check(AuditFilter::default(), &[3, 2, 1]);
        check(AuditFilter { subject: "r-1".into(), ..AuditFilter::default() }, &[3, 1]);
        check(AuditFilter { subject: "number".into(), subject_key: "r-2".into(), ..AuditFilter::default() }, &[2]);
        check(AuditFilter { account: "小王".into(), ..AuditFilter::default() }, &[]);
        check(AuditFilter { since: Timestamp::from_second(1).ok(), ..AuditFilter::default() }, &[3, 2]);
        check(AuditFilter { until: Timestamp::from_second(1).ok(), ..AuditFilter::default() }, &[1]);
        assert_eq!(audit.search(&AuditFilter::default(), 2, 10).unwrap().len(), 1, "before the second");
    }

    #[test]
    fn no_line_is_changed_or_deleted() {
        let (folder, audit) = trail();
        let file = Connection::open(folder.path().join("audit.sqlite")).unwrap();
        for sql in ["UPDATE audit SET account = '别人'", "DELETE FROM audit"] {
            let error = file.execute(sql, []).unwrap_err().to_string();
            assert!(error.contains("append-only"), "{sql}: {error}");
        }
        assert_eq!((audit.first_changed(2).unwrap(), audit.first_changed(u32::MAX).unwrap()), (None, None));
    }

    #[test]
    fn a_line_changed_behind_its_back_is_noticed() {
        let (folder, audit) = trail();
        let file = Connection::open(folder.path().join("audit.sqlite")).unwrap();
        file.execute_batch("DROP TRIGGER audit_is_not_changed; UPDATE audit SET subject = 'r-9' WHERE id = 2").unwrap();
        assert_eq!((audit.first_changed(2).unwrap(), audit.first_changed(9).unwrap()), (Some(2), Some(2)));
        assert_eq!(audit.first_changed(1).unwrap(), None, "only the newest line is looked at, and its chain holds");
    }
}
