//! How far an import has come, kept beside the file so that it can go on where it broke off.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tingjian_sheets::{Refused, part_of};

use crate::{failure::Failure, import::send::Receipt, local};

/// Between two writes of the state.
const SAVE_EVERY: Duration = Duration::from_millis(500);

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What makes it the same import: content of the file, stream, mapping.
    pub identity: String,
    /// Rows from the first that are acknowledged.
    pub rows: u64,
    /// Of these, taken.
    pub accepted: u64,
    /// Of these, refused.
    pub refused: u64,
    spool_bytes: u64,
}

/// The state and the list of refused rows, both on disk.
pub struct Ledger {
    /// How far it has come.
    pub state: State,
    state_path: PathBuf,
    spool_path: PathBuf,
    spool: BufWriter<File>,
    saved: Instant,
}

impl Ledger {
    /// Opens the ledger beside `file` (where that is read-only: in the folder for temporary files) and goes on with
    /// what is there if it belongs to the same import.
    ///
    /// # Errors
    /// It cannot be written anywhere.
    pub fn open(file: &Path, identity: &str, restart: bool) -> Result<Self, Failure> {
        let beside = |suffix: &str| beside(file, suffix);
        match Self::open_at(beside(".tingjian-progress"), beside(".tingjian-rejected"), identity, restart) {
            Err(error) if is_not_writable(&error) => {
                let short: String = identity.chars().take(32).collect();
                let temporary = |suffix: &str| std::env::temp_dir().join(format!("tingjian-{short}{suffix}"));
                let state_path = temporary(".progress");
                Self::open_at(state_path.clone(), temporary(".rejected"), identity, restart)
                    .map_err(|e| local("写不了进度文件", &state_path, &e))
            }
            opened => opened.map_err(|e| local("写不了进度文件", &beside(".tingjian-progress"), &e)),
        }
    }

    fn open_at(state_path: PathBuf, spool_path: PathBuf, identity: &str, restart: bool) -> io::Result<Self> {
        let kept = fs::read(&state_path).ok().and_then(|bytes| serde_json::from_slice::<State>(&bytes).ok());
        let mut state = kept.filter(|s| s.identity == identity && !restart).unwrap_or_default();
        identity.clone_into(&mut state.identity);
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&spool_path)?;
        if file.metadata()?.len() < state.spool_bytes {
            // The list of refused rows was lost: what was acknowledged cannot be told from it any more.
            state = State { identity: identity.to_owned(), ..State::default() };
        }
        // Refused rows beyond the last save belong to rows that will be sent again.
        file.set_len(state.spool_bytes)?;
        file.seek(SeekFrom::End(0))?;
        let mut ledger = Self { state, state_path, spool_path, spool: BufWriter::new(file), saved: Instant::now() };
        ledger.save()?;
        Ok(ledger)
    }

    /// Enters a receipt; receipts come in the order of the file.
    ///
    /// # Errors
    /// The disk.
    pub fn enter(&mut self, receipt: &Receipt) -> Result<(), Failure> {
        for refused in &receipt.refused {
            let mut line = serde_json::to_vec(refused).map_err(io::Error::from)?;
            line.push(b'\n');
            self.spool.write_all(&line).map_err(|e| local("写不了", &self.spool_path, &e))?;
            self.state.spool_bytes += line.len() as u64;
        }
        self.state.rows += receipt.rows;
        self.state.accepted += receipt.accepted;
        self.state.refused += receipt.refused.len() as u64;
        if self.saved.elapsed() >= SAVE_EVERY {
            self.save().map_err(|e| local("写不了进度文件", &self.state_path, &e))?;
        }
        Ok(())
    }

    /// Writes the state, whole or not at all, after the refused rows that it counts.
    ///
    /// # Errors
    /// The disk.
    pub fn save(&mut self) -> io::Result<()> {
        self.spool.flush()?;
        let part = part_of(&self.state_path);
        fs::write(&part, serde_json::to_vec(&self.state)?)?;
        fs::rename(&part, &self.state_path)?;
        self.saved = Instant::now();
        Ok(())
    }

    /// The refused rows, in the order of the file.
    ///
    /// # Errors
    /// The disk.
    pub fn refused(&mut self) -> io::Result<impl Iterator<Item = io::Result<Refused>> + use<>> {
        self.spool.flush()?;
        let lines = io::BufRead::lines(io::BufReader::new(File::open(&self.spool_path)?));
        Ok(lines.map(|line| serde_json::from_str(&line?).map_err(io::Error::from)))
    }

    /// Ends the ledger: nothing is left to go on with.
    pub fn remove(self) {
        for path in [&self.state_path, &self.spool_path] {
            // The rows are safe; a leftover is told by its identity and at worst makes the next run start over.
            let _ = fs::remove_file(path);
        }
    }
}

fn is_not_writable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// `file` with `suffix` after its whole name.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    file.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(rows: u64, lines: &[u64]) -> Receipt {
        let refused = |line: &u64| Refused { line: *line, reason: "r".to_owned(), field: None, message: None };
        let refused: Vec<Refused> = lines.iter().map(refused).collect();
        Receipt { rows, accepted: rows - refused.len() as u64, refused, upto: 0 }
    }

    fn lines_of(ledger: &mut Ledger) -> Vec<u64> {
        ledger.refused().unwrap().map(|r| r.unwrap().line).collect()
    }

    #[test]
    fn goes_on_where_it_was_saved() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.csv");
        let mut ledger = Ledger::open(&file, "same", false).unwrap();
        ledger.enter(&receipt(10, &[3, 4])).unwrap();
        ledger.save().unwrap();
        // This one is entered but never saved: a crash comes before.
        ledger.enter(&receipt(10, &[15])).unwrap();
        ledger.spool.flush().unwrap();
        drop(ledger);

        let mut again = Ledger::open(&file, "same", false).unwrap();
        assert_eq!((again.state.rows, again.state.accepted, again.state.refused), (10, 8, 2));
        assert_eq!(lines_of(&mut again), [3, 4]);
        again.enter(&receipt(10, &[15])).unwrap();
        assert_eq!(lines_of(&mut again), [3, 4, 15]);
        again.remove();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn starts_over_where_it_is_another_import() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.csv");
        for (identity, restart, rows) in [("a", false, 0), ("a", false, 5), ("b", false, 0), ("b", true, 0)] {
            let mut ledger = Ledger::open(&file, identity, restart).unwrap();
            assert_eq!(ledger.state.rows, rows, "{identity} {restart}");
            ledger.enter(&receipt(5, &[1])).unwrap();
            ledger.save().unwrap();
        }
        fs::remove_file(beside(&file, ".tingjian-rejected")).unwrap();
        assert_eq!(Ledger::open(&file, "b", false).unwrap().state.rows, 0);
    }
}
