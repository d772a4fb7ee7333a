//! Reading history again with the taxonomy, rules and model in force: runs and how far they have come, in SQLite in the data
//! folder.

pub mod work;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use tingjian_warehouse::PageCursor;
use utoipa::ToSchema;

/// Runs listed.
const LISTED: i64 = 50;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Texts are being read.
    Reading,
    /// Responsibility is being worked out from the new readings.
    Attributing,
    /// Everything is read by what was in force.
    Done,
    /// Ended early; `problem` says why. What was read again stays.
    Failed,
}

impl RunState {
    const ALL: [Self; 4] = [Self::Reading, Self::Attributing, Self::Done, Self::Failed];

    /// The name in JSON and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Attributing => "attributing",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// Account.
    pub started_by: String,
    #[allow(missing_docs)]
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    #[allow(missing_docs)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// How far it is.
    pub state: RunState,
    /// Why it ended early.
    pub problem: Option<String>,
    /// The taxonomy that reads, as readings cite it.
    pub taxonomy: String,
    /// Records that were to be read again when it began.
    pub total: u64,
    /// Records read again.
    pub done: u64,
    /// Of them those whose kind, primary cause or department is another now.
    pub changed: u64,
    /// Share of the texts that are read, 0 to 1.
    pub progress: f64,
    #[serde(skip)]
    #[schema(ignore)]
    place: Place,
}

/// Where a run goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Dictionary, taxonomy, rules and model that read; another one makes the run begin again.
    pub versions: String,
    /// Of the readings it makes: greater than that of any reading before.
    pub generation: u32,
    /// The last record that both sinks hold.
    pub after: Option<PageCursor>,
}

/// Store trouble.
#[derive(Debug, thiserror::Error)]
#[error("重新分析记录 {path} 读写失败：{source}")]
pub struct ReanalysisError {
    path: PathBuf,
    source: rusqlite::Error,
}

/// The runs of one data folder.
pub struct Reanalyses {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Reanalyses {
    /// Opens or creates the store in `data_dir`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open(data_dir: &Path) -> Result<Self, ReanalysisError> {
        let path = data_dir.join("reanalyses.sqlite");
        let open = || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.execute_batch(include_str!("reanalysis/schema.sql"))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { path, connection: Mutex::new(connection) }),
            Err(source) => Err(ReanalysisError { path, source }),
        }
    }

    /// Begins a run; where one is under way, that one is the answer and `false`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn begin(&self, by: &str, now: Timestamp) -> Result<(Run, bool), ReanalysisError> {
        if let Some(under_way) = self.under_way()? {
            return Ok((under_way, false));
        }
        let id = self.with(|store| {
            let begin = "INSERT INTO reanalyses (started_by, started_at, state) VALUES (?1, ?2, 'reading')";
            store.execute(begin, params![by, now.as_millisecond()])?;
            Ok(store.last_insert_rowid())
        })?;
        let begun = self.get(id)?;
        begun.map(|run| (run, true)).ok_or_else(|| self.wrong(rusqlite::Error::QueryReturnedNoRows))
    }

    /// The run that is under way.
    ///
    /// # Errors
    /// Store trouble.
    pub fn under_way(&self) -> Result<Option<Run>, ReanalysisError> {
        self.with(|store| {
            let sql = format!("SELECT {COLUMNS} FROM reanalyses WHERE state IN ('reading', 'attributing') LIMIT 1");
            store.query_row(&sql, [], read).optional()
        })
    }

    /// One run.
    ///
    /// # Errors
    /// Store trouble.
    pub fn get(&self, id: i64) -> Result<Option<Run>, ReanalysisError> {
        self.with(|store| {
            store.query_row(&format!("SELECT {COLUMNS} FROM reanalyses WHERE id = ?1"), [id], read).optional()
        })
    }

    /// Runs, the newest first.
    ///
    /// # Errors
    /// Store trouble.
    pub fn newest(&self) -> Result<Vec<Run>, ReanalysisError> {
        self.with(|store| {
            let sql = format!("SELECT {COLUMNS} FROM reanalyses ORDER BY id DESC LIMIT {LISTED}");
            store.prepare(&sql)?.query_map([], read)?.collect()
        })
    }

    /// The greatest generation any run made.
    fn last_generation(&self) -> Result<u32, ReanalysisError> {
        self.with(|store| store.query_row("SELECT ifnull(max(generation), 0) FROM reanalyses", [], |row| row.get(0)))
    }

    /// Lets a run begin from the first record, read by `taxonomy`.
    fn start_over(&self, id: i64, place: &Place, taxonomy: &str, total: u64) -> Result<(), ReanalysisError> {
        self.with(|store| {
            let sql = "UPDATE reanalyses SET versions = ?2, generation = ?3, taxonomy = ?4, total = ?5, time = NULL,
                record_id = '', done = 0, state = 'reading' WHERE id = ?1";
            store.execute(sql, params![id, place.versions, place.generation, taxonomy, signed(total)])
        })?;
        Ok(())
    }

    /// Notes that both sinks hold everything up to a record. `None`: the next look begins with the first record again.
    fn note(&self, id: i64, after: Option<&PageCursor>, done: u64, changed: u64) -> Result<(), ReanalysisError> {
        self.with(|store| {
            let sql = "UPDATE reanalyses SET time = ?2, record_id = ?3, done = done + ?4, changed = changed + ?5,
                total = max(total, done + ?4) WHERE id = ?1";
            let (time, record) = (after.map(|after| after.time), after.map_or("", |after| after.id.as_str()));
            store.execute(sql, params![id, time, record, signed(done), signed(changed)])
        })?;
        Ok(())
    }

    fn enter(&self, id: i64, state: RunState) -> Result<(), ReanalysisError> {
        self.with(|store| store.execute("UPDATE reanalyses SET state = ?2 WHERE id = ?1", params![id, state.name()]))?;
        Ok(())
    }

    fn end(&self, id: i64, problem: Option<&str>, now: Timestamp) -> Result<(), ReanalysisError> {
        let state = if problem.is_some() { RunState::Failed } else { RunState::Done };
        self.with(|store| {
            let sql = "UPDATE reanalyses SET state = ?2, problem = ?3, ended_at = ?4 WHERE id = ?1";
            store.execute(sql, params![id, state.name(), problem.unwrap_or_default(), now.as_millisecond()])
        })?;
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, ReanalysisError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|source| self.wrong(source))
    }

    fn wrong(&self, source: rusqlite::Error) -> ReanalysisError {
        ReanalysisError { path: self.path.clone(), source }
    }
}

const COLUMNS: &str = "id, started_by, started_at, ended_at, state, problem, taxonomy, total, done, changed, versions, \
    generation, time, record_id";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Run> {
    let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
    let time = |millis: i64| Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    let (state, problem): (String, String) = (row.get(4)?, row.get(5)?);
    let state = RunState::ALL.into_iter().find(|one| one.name() == state).unwrap_or(RunState::Failed);
    let (total, done) = (number(7)?, number(8)?);
    let id: String = row.get(13)?;
    let after = row.get::<_, Option<i64>>(12)?.map(|time| PageCursor { time, id });
    let whole = matches!(state, RunState::Attributing | RunState::Done);
    Ok(Run {
        id: row.get(0)?,
        started_by: row.get(1)?,
        started_at: time(row.get(2)?),
        ended_at: row.get::<_, Option<i64>>(3)?.map(time),
        state,
        problem: Some(problem).filter(|problem| !problem.is_empty()),
        taxonomy: row.get(6)?,
        total,
        done,
        changed: number(9)?,
        progress: if whole { 1.0 } else { done as f64 / (total.max(1)) as f64 },
        place: Place { versions: row.get(10)?, generation: row.get(11)?, after },
    })
}

/// SQLite counts with a sign.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_at_a_time_goes_on_where_it_stood() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let runs = Reanalyses::open(folder.path()).unwrap();
        let (run, is_new) = runs.begin("质检", now).unwrap();
        assert!(is_new);
        assert!(!runs.begin("别人", now).unwrap().1, "another one has to wait");
        let place = Place { versions: "a".into(), generation: 7, after: None };
        runs.start_over(run.id, &place, "2-abc", 4).unwrap();
        let cursor = PageCursor { time: 5, id: "r-1".into() };
        runs.note(run.id, Some(&cursor), 2, 1).unwrap();
        drop(runs);
        let runs = Reanalyses::open(folder.path()).unwrap();
        let found = runs.under_way().unwrap().unwrap();
        assert_eq!((found.done, found.changed, found.progress), (2, 1, 0.5));
        assert_eq!(found.place, Place { after: Some(cursor), ..place });
        assert_eq!(runs.last_generation().unwrap(), 7);
        runs.end(run.id, None, now).unwrap();
        assert_eq!(runs.under_way().unwrap(), None);
        assert_eq!(runs.newest().unwrap()[0].state, RunState::Done);
    }
}
