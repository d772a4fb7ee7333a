//! Questions that people ask again and again: kept per account, answered on a schedule of their own, sent as a workbook.

mod answer;
mod appendix;
mod run;
mod schedule;

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

pub use answer::{AnswerError, check};
pub use appendix::{again, appendix};
pub use run::watch;
pub use schedule::When;

/// Questions one account may keep.
const MAX_KEPT: i64 = 20;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The records of a search.
    Search,
    /// Counts, as `/causes` gives them.
    Causes,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Search, Self::Causes];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Causes => "causes",
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(())
    }
}

/// A question that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// Whose: their rights apply whenever it is answered.
    pub account: String,
    /// What its owner calls it.
    pub name: String,
    /// What is asked.
    pub kind: Kind,
    /// The query string, as the interface takes it.
    pub query: String,
    /// Over which channel the answer goes; empty: into the weekly report's appendix.
    pub channel: String,
    /// When.
    pub when: When,
    /// Since when it is kept: what was due before is not caught up.
    pub kept_at: Timestamp,
}

/// Why a question cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum QuestionsError {
    /// Too many.
    #[error("最多订阅 {MAX_KEPT} 个问题；请先删除不用的")]
    TooMany,
    /// Store trouble.
    #[error("订阅库 {path} 读写失败：{source}")]
    Store {
        /// The file.
        path: PathBuf,
        /// SQLite's report.
        source: rusqlite::Error,
    },
}

/// The questions of one data folder.
pub struct Questions {
    path: PathBuf,
    connection: Mutex<Connection>,
}

const COLUMNS: &str = "id, account, name, kind, query, channel, day, time, kept_at";

fn question(row: &Row<'_>) -> rusqlite::Result<Question> {
    let (kind, day, time): (String, i8, String) = (row.get(3)?, row.get(6)?, row.get(7)?);
    Ok(Question {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        kind: kind.parse().unwrap_or(Kind::Search),
        query: row.get(4)?,
        channel: row.get(5)?,
        when: When { day: u8::try_from(day).ok(), at: time.parse().unwrap_or_default() },
        kept_at: Timestamp::from_millisecond(row.get(8)?).unwrap_or_default(),
    })
}

impl Questions {
    /// Opens or creates the store in `data_dir`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open(data_dir: &Path) -> Result<Self, QuestionsError> {
        let path = data_dir.join("questions.sqlite");
        let open = || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.execute_batch(include_str!("questions/schema.sql"))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { path, connection: Mutex::new(connection) }),
            Err(source) => Err(QuestionsError::Store { path, source }),
        }
    }

    /// Keeps a question; one of the same name is replaced.
    ///
    /// # Errors
    /// There are too many; store trouble.
    pub fn keep(&self, new: &Question) -> Result<(), QuestionsError> {
        let kept = self.with(|store| {
            let count = "SELECT count(*) FROM questions WHERE account = ?1 AND name != ?2";
            let kept: i64 = store.query_row(count, params![new.account, new.name], |row| row.get(0))?;
            if kept >= MAX_KEPT {
                return Ok(false);
            }
            let day = new.when.day.map_or(-1, i64::from);
            let (kind, time) = (new.kind.name(), new.when.at.to_string());
            let keep =
                format!("INSERT OR REPLACE INTO questions ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
            let kept_at = new.kept_at.as_millisecond();
            let values = params![new.id, new.account, new.name, kind, new.query, new.channel, day, time, kept_at];
            store.execute(&keep, values).map(|_| true)
        })?;
        if kept { Ok(()) } else { Err(QuestionsError::TooMany) }
    }

    /// What an account keeps, by name; everybody's without one.
    ///
    /// # Errors
    /// Store trouble.
    pub fn of(&self, account: Option<&str>) -> Result<Vec<Question>, QuestionsError> {
        self.with(|store| {
            let sql =
                format!("SELECT {COLUMNS} FROM questions WHERE ?1 IS NULL OR account = ?1 ORDER BY account, name");
            let mut rows = store.prepare(&sql)?;
            rows.query_map([account], question)?.collect()
        })
    }

    /// Lets go of one of an account's questions; another's stays. Whether there was one.
    ///
    /// # Errors
    /// Store trouble.
    pub fn forget(&self, account: &str, id: &str) -> Result<bool, QuestionsError> {
        let gone = "DELETE FROM questions WHERE account = ?1 AND id = ?2";
        Ok(self.with(|store| store.execute(gone, params![account, id]))? > 0)
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, QuestionsError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|source| QuestionsError::Store { path: self.path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(account: &str, name: &str, query: &str) -> Question {
        Question {
            id: format!("{account}-{name}-{query}"),
            account: account.into(),
            name: name.into(),
            kind: Kind::Causes,
            query: query.into(),
            channel: "board".into(),
            when: When { day: None, at: jiff::civil::time(8, 30, 0, 0) },
            kept_at: Timestamp::from_millisecond(1_790_000_000_123).unwrap(),
        }
    }

    #[test]
    fn each_account_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let questions = Questions::open(folder.path()).unwrap();
        questions.keep(&question("甲", "慢", "q=1")).unwrap();
        let weekly = Question {
            when: When { day: Some(4), ..question("甲", "慢", "").when },
            ..question("甲", "慢", "q=2")
        };
        questions.keep(&weekly).unwrap();
        questions.keep(&question("乙", "慢", "q=3")).unwrap();
        assert_eq!(questions.of(Some("甲")).unwrap(), std::slice::from_ref(&weekly), "replaced, and as it was kept");
        assert_eq!(questions.of(None).unwrap().len(), 2);
        assert!(!questions.forget("乙", &weekly.id).unwrap(), "another's stays");
        assert!(questions.forget("甲", &weekly.id).unwrap());
        for n in 0..MAX_KEPT {
            questions.keep(&question("甲", &n.to_string(), "")).unwrap();
        }
        assert!(matches!(questions.keep(&question("甲", "one more", "")), Err(QuestionsError::TooMany)));
    }
}
