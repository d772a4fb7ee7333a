//! Searches that people keep: a name and an address, per account, in SQLite in the data folder.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::{Connection, params};

/// Searches one account may keep.
const MAX_KEPT: i64 = 50;
/// Longest name, characters.
pub const NAME_CHARACTERS: usize = 60;
/// Last searches kept of an account.
const MAX_RECENT: i64 = 20;
/// Longest query string, bytes.
pub const QUERY_BYTES: usize = 2_000;

/// A search that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSearch {
    /// Its number.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// The query string of its address.
    pub query: String,
}

/// Why a search cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SearchesError {
    /// Too many.
    #[error("最多保存 {MAX_KEPT} 条检索；请先删除不用的")]
    TooMany,
    /// Store trouble.
    #[error("检索收藏 {path} 读写失败：{source}")]
    Store {
        /// The file.
        path: PathBuf,
        /// SQLite's report.
        source: rusqlite::Error,
    },
}

/// The searches of one data folder.
pub struct Searches {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Searches {
    /// Opens or creates the store in `data_dir`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open(data_dir: &Path) -> Result<Self, SearchesError> {
        let path = data_dir.join("searches.sqlite");
        let open = || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.execute_batch(include_str!("searches/schema.sql"))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { path, connection: Mutex::new(connection) }),
            Err(source) => Err(SearchesError::Store { path, source }),
        }
    }

    /// Keeps a search; one of the same name is replaced.
    ///
    /// # Errors
    /// There are too many; store trouble.
    pub fn keep(&self, account: &str, name: &str, query: &str) -> Result<(), SearchesError> {
        let kept = self.with(|store| {
            let count = "SELECT count(*) FROM searches WHERE account = ?1 AND name != ?2";
            let kept: i64 = store.query_row(count, params![account, name], |row| row.get(0))?;
            if kept >= MAX_KEPT {
                return Ok(false);
            }
            let keep = "INSERT INTO searches (account, name, query) VALUES (?1, ?2, ?3)
                ON CONFLICT (account, name) DO UPDATE SET query = excluded.query";
            store.execute(keep, params![account, name, query]).map(|_| true)
        })?;
        if kept { Ok(()) } else { Err(SearchesError::TooMany) }
    }

    /// What an account keeps, by name.
    ///
    /// # Errors
    /// Store trouble.
    pub fn of(&self, account: &str) -> Result<Vec<KeptSearch>, SearchesError> {
        self.with(|store| {
            let mut rows = store.prepare("SELECT id, name, query FROM searches WHERE account = ?1 ORDER BY name")?;
            let found = rows.query_map([account], |row| {
                Ok(KeptSearch { id: row.get(0)?, name: row.get(1)?, query: row.get(2)? })
            })?;
            found.collect()
        })
    }

    /// Lets go of one of an account's searches; another's stays.
    ///
    /// # Errors
    /// Store trouble.
    pub fn forget(&self, account: &str, id: i64) -> Result<(), SearchesError> {
        self.with(|store| store.execute("DELETE FROM searches WHERE account = ?1 AND id = ?2", params![account, id]))?;
        Ok(())
    }

    /// Notes what an account looked for, and lets go of what it looked for long ago.
    ///
    /// # Errors
    /// Store trouble.
    pub fn note(&self, account: &str, q: &str) -> Result<(), SearchesError> {
        self.with(|store| {
            let note = "INSERT INTO recent (account, q, seen)
                VALUES (?1, ?2, (SELECT ifnull(max(seen), 0) + 1 FROM recent WHERE account = ?1))
                ON CONFLICT (account, q) DO UPDATE SET seen = excluded.seen";
            store.execute(note, params![account, q])?;
            let old = "DELETE FROM recent WHERE account = ?1 AND q NOT IN
                (SELECT q FROM recent WHERE account = ?1 ORDER BY seen DESC LIMIT ?2)";
            store.execute(old, params![account, MAX_RECENT])
        })?;
        Ok(())
    }

    /// What an account looked for, the last first.
    ///
    /// # Errors
    /// Store trouble.
    pub fn recent(&self, account: &str) -> Result<Vec<String>, SearchesError> {
        self.with(|store| {
            let mut rows = store.prepare("SELECT q FROM recent WHERE account = ?1 ORDER BY seen DESC")?;
            rows.query_map([account], |row| row.get(0))?.collect()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, SearchesError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|source| SearchesError::Store { path: self.path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_searches_are_known_once_each_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let searches = Searches::open(folder.path()).unwrap();
        for q in ["慢", "退款", "慢"] {
            searches.note("甲", q).unwrap();
        }
        assert_eq!(searches.recent("甲").unwrap(), ["慢", "退款"]);
        assert_eq!(searches.recent("乙").unwrap(), Vec::<String>::new());
        for n in 0..MAX_RECENT {
            searches.note("甲", &n.to_string()).unwrap();
        }
        let recent = searches.recent("甲").unwrap();
        assert!(recent.len() == MAX_RECENT as usize && recent[0] == (MAX_RECENT - 1).to_string(), "{recent:?}");
    }

    #[test]
    fn each_account_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let searches = Searches::open(folder.path()).unwrap();
        searches.keep("甲", "慢", "q=1").unwrap();
        searches.keep("甲", "慢", "q=2").unwrap();
        searches.keep("乙", "慢", "q=3").unwrap();
        let own = searches.of("甲").unwrap();
        assert_eq!(own.iter().map(|kept| kept.query.as_str()).collect::<Vec<_>>(), ["q=2"]);
        searches.forget("乙", own[0].id).unwrap();
        assert_eq!(searches.of("甲").unwrap().len(), 1, "another's stays");
        searches.forget("甲", own[0].id).unwrap();
        assert_eq!(searches.of("甲").unwrap(), []);
        for n in 0..MAX_KEPT {
            searches.keep("甲", &n.to_string(), "q=").unwrap();
        }
        assert!(matches!(searches.keep("甲", "one more", "q="), Err(SearchesError::TooMany)));
        searches.keep("甲", "0", "q=replaced").unwrap();
    }
}
