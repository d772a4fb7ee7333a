//! Processes that die while writing, and disks that fill up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tingjian_indexer::{Index, IndexOptions, SearchRequest};
use tingjian_schemas::Partition;

/// The example `index_writer`, which cargo builds before it runs the tests.
fn writer() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples").join("index_writer")
}

fn spawn(command: &mut Command) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    (child, lines)
}

/// Everything up to the position is there once, in its last version, and nothing else.
fn check_holds_exactly(folder: &Path, at_least: u64) -> u64 {
    let index = Index::open(folder, &IndexOptions::default()).unwrap();
    let next = index.positions().next(&Partition::journal());
    assert!(next >= at_least, "what was said to be committed ({at_least}) is: {next}");
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for offset in 0..next {
        let again = offset.checked_sub(40).filter(|first| first % 7 == 0);
        expected.insert(format!("r{}", again.unwrap_or(offset)), offset);
    }
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    let count = index.for_each_record(|record| {
        assert!(found.insert(record.record_id.to_owned(), record.arrival).is_none(), "{} twice", record.record_id);
    });
    assert_eq!(found, expected);
    assert_eq!(count.unwrap(), expected.len() as u64);
    check_is_searchable(&index, &expected);
    assert_eq!(index.verify().unwrap(), Vec::<PathBuf>::new());
    next
}

fn check_is_searchable(index: &Index, expected: &BTreeMap<String, u64>) {
    let total = |query: &str| {
        index.search(&SearchRequest { query: query.to_owned(), ..SearchRequest::default() }).unwrap().total
    };
    let replaced = expected.iter().filter(|(id, arrival)| id[1..].parse() != Ok(**arrival)).count() as u64;
    assert_eq!(total("送餐太慢"), expected.len() as u64);
    assert_eq!(total("改过"), replaced);
    assert_eq!(total("原来"), expected.len() as u64 - replaced);
}

#[test]
fn a_killed_writer_loses_nothing_committed_and_repeats_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut committed = 0;
    for round in 0..6 {
        let (mut child, lines) = spawn(Command::new(writer()).arg(folder.path()));
        // Killed at another moment each time: right after a commit, or a while of work later.
        for line in lines.take(1 + round) {
            committed = line.strip_prefix("committed ").unwrap().parse().unwrap();
        }
        let work: u64 = (0..round as u64 * 2_000_000).fold(0, |sum, n| std::hint::black_box(sum ^ n));
        std::hint::black_box(work);
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        committed = check_holds_exactly(folder.path(), committed);
    }
    assert!(committed > 0);
}

#[test]
fn a_full_disk_is_recovered_from_once_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    // No file may grow beyond 16 or 32 KiB (shells differ), which a segment of a few hundred records does: to a process
    // that is the same as a disk that is full. The signal that would come with it is ignored, so that the write fails.
    let script = r#"trap '' XFSZ; ulimit -S -f 32; exec "$0" "$1""#;
    let (mut child, mut lines) = spawn(Command::new("sh").args(["-c", script]).arg(writer()).arg(folder.path()));
    let mut committed = 0;
    let failure = loop {
        let line = lines.next().expect("the limit is met before the writer ends");
        match line.strip_prefix("committed ") {
            Some(next) => committed = next.parse().unwrap(),
            None => break line,
        }
    };
    assert!(failure.starts_with("failed "), "{failure}");
    assert!(failure.contains(&folder.path().display().to_string()), "{failure}");
    check_holds_exactly(folder.path(), committed);
    writeln!(child.stdin.take().unwrap(), "there is space now").unwrap();
    assert_eq!(lines.next().as_deref(), Some("resumed"));
    let after: Vec<u64> = lines.by_ref().take(3).map(|line| line["committed ".len()..].parse().unwrap()).collect();
    assert!(after[0] > committed && after.is_sorted(), "it goes on where the last commit ended: {after:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    check_holds_exactly(folder.path(), after[2]);
}
