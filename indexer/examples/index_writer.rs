//! A process that writes until it is stopped, for the tests of crashes and full disks.
//!
//! `index_writer FOLDER`: writes batches of a journal, each record's id and text made from its offset, every
//! seventh record replaced a little later, commits after one batch, then after two more, then three, and so on, and
//! prints `committed NEXT_OFFSET` after each commit.
//! After an error it prints `failed MESSAGE`, waits for a line on standard input, lifts its own limit on the size of
//! files, resumes and goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.

mod support;

use std::{
    error::Error,
    io::{BufRead, Write},
    path::Path,
};

use jiff::Timestamp;
use support::{reading, record, upto};
use tingjian_indexer::{Index, IndexError, IndexOptions, IndexSink};
use tingjian_schemas::{Batch, Entry, Item, Partition, Position};

const BATCH: u64 = 50;
/// Batches in one commit, at most.
const MOST_BATCHES: u64 = 12;
/// Offset distance between a record and its second version.
const AGAIN: u64 = 40;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("which folder?")?;
    let options = IndexOptions { writer_threads: 2, writer_memory_bytes: 30_000_000, ..IndexOptions::default() };
    let mut sink = Index::open(Path::new(&folder), &options)?.writer()?;
    let mut next = sink.positions().next(&Partition::journal());
    for batches in (1..=MOST_BATCHES).cycle() {
        match commit(&mut sink, next, batches) {
            Ok(committed) => next = committed,
            Err(error) if error.is_recoverable() => next = recover(&mut sink, &error)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Writes and commits this many batches from offset `first`.
fn commit(sink: &mut IndexSink, first: u64, batches: u64) -> Result<u64, IndexError> {
    for at in 0..batches {
        sink.write(&batch(first + at * BATCH))?;
    }
    let next = first + batches * BATCH;
    sink.commit(&upto(next))?;
    say(&format!("committed {next}"));
    Ok(next)
}

fn recover(sink: &mut IndexSink, error: &IndexError) -> Result<u64, Box<dyn Error>> {
    say(&format!("failed {error}"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let limit = rustix::process::Rlimit { current: None, maximum: None };
    rustix::process::setrlimit(rustix::process::Resource::Fsize, limit)?;
    let positions = sink.resume()?;
    say("resumed");
    Ok(positions.next(&Partition::journal()))
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever reads has gone: so can we.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

fn batch(first: u64) -> Batch {
    Batch { items: (first..first + BATCH).map(item).collect(), upto: upto(first + BATCH) }
}

/// Offset n is record `r{n}`; but where n − 40 is a multiple of seven, it is a second version of `r{n-40}`.
fn item(offset: u64) -> Item {
    let again = offset.checked_sub(AGAIN).filter(|first| first.is_multiple_of(7));
    let id = format!("r{}", again.unwrap_or(offset));
    let text = format!("{} 送餐太慢 第{offset}条", if again.is_some() { "改过" } else { "原来" });
    let words = text.replace(' ', "\u{1f}");
    Item {
        position: Position { partition: Partition::journal(), offset },
        arrival: offset,
        received_at: Timestamp::UNIX_EPOCH,
        content_hash: offset,
        generation: 0,
        maybe_repeat: again.is_some(),
        entry: Entry::Record(Box::new(record(id, 0, reading(text, words)))),
    }
}
