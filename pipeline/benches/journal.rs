//! Why SQLite: durable appends of one block, SQLite (as the journal uses it) beside redb, on this machine.
//!
//! `cargo bench -p tingjian-pipeline --bench journal`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.
#![allow(missing_docs)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use redb::{Database, Durability, TableDefinition};
use rusqlite::Connection;

/// Small: one posted event. Large: a post of two thousand.
const BLOCK_BYTES: [usize; 2] = [300, 600_000];
const APPENDS: u64 = 300;
const BLOCKS: TableDefinition<u64, &[u8]> = TableDefinition::new("blocks");

fn sqlite(path: &Path, block: &[u8]) -> Duration {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 4_096).unwrap();
    connection.execute("CREATE TABLE blocks (first_offset INTEGER PRIMARY KEY, bytes BLOB NOT NULL)", []).unwrap();
    let started = Instant::now();
    for number in 0..APPENDS {
        let insert = "INSERT INTO blocks VALUES (?1, ?2)";
        connection.prepare_cached(insert).unwrap().execute((number.cast_signed(), block)).unwrap();
    }
    started.elapsed()
}

fn redb(path: &Path, block: &[u8]) -> Duration {
    let database = Database::create(path).unwrap();
    let started = Instant::now();
    for number in 0..APPENDS {
        let mut transaction = database.begin_write().unwrap();
        transaction.set_durability(Durability::Immediate).unwrap();
        transaction.open_table(BLOCKS).unwrap().insert(number, block).unwrap();
        transaction.commit().unwrap();
    }
    started.elapsed()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    for bytes in BLOCK_BYTES {
        let block: Vec<u8> = (0..bytes).map(|n| (n * 31 % 251) as u8).collect();
        for round in 0..3 {
            let path = |name: &str| folder.path().join(format!("{name}-{bytes}-{round}"));
            let (lite, re) = (sqlite(&path("sqlite"), &block), redb(&path("redb"), &block));
            let ms = |time: Duration| time.as_secs_f64() * 1_000.0 / APPENDS as f64;
            let ratio = re.as_secs_f64() / lite.as_secs_f64();
            println!(
                "{bytes:>7} B/block: sqlite {:.3} ms, redb {:.3} ms per durable append; redb/sqlite {ratio:.2}",
                ms(lite),
                ms(re)
            );
        }
    }
}
