//! Imports over HTTP: jobs on disk, worked one after another; a restart goes on where they were.

pub mod work;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use tingjian_schemas::Stream;
use utoipa::ToSchema;

use crate::accounts::Account;

/// Files kept of imports that ended, and of such as were never confirmed.
const KEPT: Duration = Duration::from_secs(7 * 86_400);
/// Imports listed.
pub const LISTED: u32 = 50;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// For its mapping to be confirmed.
    Waiting,
    /// Its rows are on their way.
    Running,
    /// All rows are durable or refused.
    Done,
    /// The file cannot be read on.
    Failed,
}

impl ImportState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// Its name in the store and on the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// One import.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub import_id: String,
    /// Stream.
    #[schema(value_type = String)]
    pub stream: Stream,
    /// Name of the file as it was sent.
    pub file_name: String,
    /// The mapping that was sent or confirmed (TOML); empty: guessed.
    #[serde(skip)]
    pub mapping: String,
    /// Name of the account.
    #[serde(skip)]
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Where it stands.
    pub state: ImportState,
    /// Why it failed.
    pub problem: Option<String>,
    /// Rows dealt with.
    pub rows: u64,
    /// Of these durable.
    pub accepted: u64,
    /// Of these refused.
    pub refused: u64,
    /// How far the file was read, 0 to 1.
    pub progress: f64,
    /// Where the refused rows are, once it is done and there are any.
    pub errors: Option<String>,
    /// Name of the file of refused rows.
    #[serde(skip)]
    pub errors_name: String,
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportsError {
    /// SQLite's report.
    #[error("导入记录 {path} 读写失败：{source}")]
    Store {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A file.
    #[error("导入文件 {path} 读写失败：{source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What an import has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows dealt with.
    pub rows: u64,
    /// Of these durable.
    pub accepted: u64,
    /// Of these refused.
    pub refused: u64,
    /// How far the file was read.
    pub position: u64,
    /// To what that counts.
    pub length: u64,
}

/// The imports of one data folder.
pub struct Imports {
    folder: PathBuf,
    connection: Mutex<Connection>,
}

impl Imports {
    /// Opens or creates the store in `data_dir`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open(data_dir: &Path) -> Result<Self, ImportsError> {
        let folder = data_dir.join("imports");
        make_private(&folder).map_err(|source| ImportsError::File { path: folder.clone(), source })?;
        let path = folder.join("imports.sqlite");
        let open = || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.execute_batch(include_str!("imports/schema.sql"))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { folder, connection: Mutex::new(connection) }),
            Err(source) => Err(ImportsError::Store { path, source }),
        }
    }

    /// The folder of one import's files. The id is made here, never sent.
    pub fn folder_of(&self, import_id: &str) -> PathBuf {
        self.folder.join(import_id)
    }

    /// The file as it was sent.
    pub fn sent_file(&self, import_id: &str) -> PathBuf {
        self.folder_of(import_id).join("sent")
    }

    /// Makes the folder for a new import's file.
    ///
    /// # Errors
    /// File trouble.
    pub fn make_folder(&self, import_id: &str) -> Result<PathBuf, ImportsError> {
        let path = self.folder_of(import_id);
        make_private(&path).map_err(|source| ImportsError::File { path: path.clone(), source })?;
        Ok(path)
    }

    /// Enters an import whose file is there.
    ///
    /// # Errors
    /// Store trouble.
    pub fn enter(&self, import: &Import) -> Result<(), ImportsError> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO imports (import_id, stream, file_name, mapping, created_by, created_at, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    import.import_id,
                    import.stream.name(),
                    import.file_name,
                    import.mapping,
                    import.created_by,
                    import.created_at.as_millisecond(),
                    import.state.name()
                ],
            )
        })?;
        Ok(())
    }

    /// Lets a waiting import run, by this mapping; `false`: it does not wait.
    ///
    /// # Errors
    /// Store trouble.
    pub fn confirm(&self, import_id: &str, mapping: &str) -> Result<bool, ImportsError> {
        let changed = self.with(|connection| {
            let sql = "UPDATE imports SET state = 'running', mapping = ?2 WHERE import_id = ?1 AND state = 'waiting'";
            connection.execute(sql, params![import_id, mapping])
        })?;
        Ok(changed == 1)
    }

    /// Notes how far a running import has come.
    ///
    /// # Errors
    /// Store trouble.
    pub fn note(&self, import_id: &str, tally: Tally) -> Result<(), ImportsError> {
        self.with(|connection| {
            connection.execute(
                "UPDATE imports SET rows = ?2, accepted = ?3, refused = ?4, position = ?5, length = ?6
                 WHERE import_id = ?1",
                params![
                    import_id,
                    signed(tally.rows),
                    signed(tally.accepted),
                    signed(tally.refused),
                    signed(tally.position),
                    signed(tally.length)
                ],
            )
        })?;
        Ok(())
    }

    /// Ends an import, and takes away the file that was sent: what it holds is not masked.
    ///
    /// # Errors
    /// Store or file trouble.
    pub fn end(&self, import_id: &str, outcome: Result<&str, &str>) -> Result<(), ImportsError> {
        let (state, problem, errors) = match outcome {
            Ok(errors) => (ImportState::Done, "", errors),
            Err(problem) => (ImportState::Failed, problem, ""),
        };
        self.with(|connection| {
            connection.execute(
                "UPDATE imports SET state = ?2, problem = ?3, errors_name = ?4 WHERE import_id = ?1",
                params![import_id, state.name(), problem, errors],
            )
        })?;
        for name in ["sent", "refused"] {
            let path = self.folder_of(import_id).join(name);
            if path.exists() {
                fs::remove_file(&path).map_err(|source| ImportsError::File { path, source })?;
            }
        }
        Ok(())
    }

    /// One import.
    ///
    /// # Errors
    /// Store trouble.
    pub fn get(&self, import_id: &str) -> Result<Option<Import>, ImportsError> {
        self.with(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM imports WHERE import_id = ?1");
            connection.query_row(&sql, [import_id], read).optional()
        })
    }

    /// The newest imports: an account's own, or everybody's.
    ///
    /// # Errors
    /// Store trouble.
    pub fn newest(&self, of: Option<&Account>) -> Result<Vec<Import>, ImportsError> {
        let name = of.map(|account| account.name.as_str());
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM imports WHERE ?1 IS NULL OR created_by = ?1
                 ORDER BY created_at DESC, import_id DESC LIMIT {LISTED}"
            ))?;
            statement.query_map([name], read)?.collect()
        })
    }

    /// Those that are to run, the oldest first.
    ///
    /// # Errors
    /// Store trouble.
    pub fn running(&self) -> Result<Vec<Import>, ImportsError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM imports WHERE state = 'running' ORDER BY created_at, import_id"
            ))?;
            statement.query_map([], read)?.collect()
        })
    }

    /// Forgets what is too old, with its files.
    ///
    /// # Errors
    /// Store or file trouble.
    pub fn clean(&self, now: Timestamp) -> Result<(), ImportsError> {
        let old = (now - KEPT).as_millisecond();
        let ids: Vec<String> = self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "DELETE FROM imports WHERE created_at < ?1 AND state != 'running' RETURNING import_id",
            )?;
            statement.query_map([old], |row| row.get(0))?.collect()
        })?;
        for id in ids {
            let path = self.folder_of(&id);
            if path.exists() {
                fs::remove_dir_all(&path).map_err(|source| ImportsError::File { path, source })?;
            }
        }
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, ImportsError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|source| ImportsError::Store { path: self.folder.join("imports.sqlite"), source })
    }
}

const COLUMNS: &str = "import_id, stream, file_name, mapping, created_by, created_at, state, problem, rows, accepted, \
    refused, length, position, errors_name";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Import> {
    let (stream, state, problem): (String, String, String) = (row.get(1)?, row.get(6)?, row.get(7)?);
    let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
    let (length, position) = (number(11)?, number(12)?);
    let (import_id, errors_name): (String, String) = (row.get(0)?, row.get(13)?);
    let state = ImportState::ALL.into_iter().find(|one| one.name() == state).unwrap_or(ImportState::Failed);
    let whole = if state == ImportState::Done { 1.0 } else { 0.0 };
    Ok(Import {
        errors: (!errors_name.is_empty()).then(|| format!("/api/v1/imports/{import_id}/errors")),
        errors_name,
        import_id,
        stream: stream.parse().unwrap_or(Stream::Complaints),
        file_name: row.get(2)?,
        mapping: row.get(3)?,
        created_by: row.get(4)?,
        created_at: Timestamp::from_millisecond(row.get(5)?).unwrap_or(Timestamp::UNIX_EPOCH),
        state,
        problem: Some(problem).filter(|problem| !problem.is_empty()),
        rows: number(8)?,
        accepted: number(9)?,
        refused: number(10)?,
        progress: if length == 0 { whole } else { (position as f64 / length as f64).clamp(whole, 1.0) },
    })
}

/// SQLite counts with a sign.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A folder that only its owner opens: what lies in it is not masked.
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_waits_runs_and_ends_without_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let imports = Imports::open(folder.path()).unwrap();
        let import = Import {
            import_id: "i-1".into(),
            stream: Stream::Complaints,
            file_name: "<script>.csv".into(),
            mapping: String::new(),
            created_by: "接入".into(),
            created_at: Timestamp::from_second(1_790_000_000).unwrap(),
            state: ImportState::Waiting,
            problem: None,
            rows: 0,
            accepted: 0,
            refused: 0,
            progress: 0.0,
            errors: None,
            errors_name: String::new(),
        };
        imports.make_folder("i-1").unwrap();
        fs::write(imports.sent_file("i-1"), "电话\n13800138000").unwrap();
        imports.enter(&import).unwrap();
        assert_eq!(imports.get("i-1").unwrap(), Some(import.clone()));
        assert_eq!(imports.running().unwrap(), []);
        assert!(imports.confirm("i-1", "[fields]").unwrap());
        assert!(!imports.confirm("i-1", "[fields]").unwrap(), "once only");
        imports.note("i-1", Tally { rows: 2, accepted: 1, refused: 1, position: 5, length: 10 }).unwrap();
        assert_eq!(imports.running().unwrap()[0].progress, 0.5);
        imports.end("i-1", Ok("errors.csv")).unwrap();
        let ended = imports.get("i-1").unwrap().unwrap();
        assert_eq!((ended.state, ended.errors_name.as_str(), ended.progress), (ImportState::Done, "errors.csv", 1.0));
        assert!(!imports.sent_file("i-1").exists(), "the unmasked file is gone");
        imports.clean(import.created_at + KEPT * 2).unwrap();
        assert_eq!(imports.get("i-1").unwrap(), None);
        assert!(!imports.folder_of("i-1").exists());
    }
}
