use std::{os::unix::fs::PermissionsExt, sync::atomic::AtomicI64};

use bytes::Bytes;
use tingjian_schemas::{Positions, Stream};

use super::*;
use crate::source::{RawRecord, Source};

static NOW_MS: AtomicI64 = AtomicI64::new(1_760_000_000_000);

fn clock() -> Timestamp {
    Timestamp::from_millisecond(NOW_MS.load(Ordering::SeqCst)).unwrap()
}

fn options() -> JournalOptions {
    JournalOptions {
        retention: Duration::from_secs(3_600),
        max_backlog_records: 1_000,
        batch_rows: 100,
        batch_bytes: 1 << 20,
        flush_interval: Duration::from_millis(5),
    }
}

fn records(numbers: Range<u64>) -> Vec<Incoming> {
    numbers.map(|n| Incoming { stream: Stream::Complaints, bytes: Bytes::from(format!("record {n}")) }).collect()
}

fn open(folder: &tempfile::TempDir) -> (Journal, JournalSource) {
    Journal::open(&folder.path().join("journal.sqlite"), "0a1b2c3d", &options(), clock).unwrap()
}

async fn read_all(source: &mut JournalSource, until: u64) -> Vec<RawRecord> {
    let mut read: Vec<RawRecord> = Vec::new();
    while read.last().is_none_or(|r| r.position.offset + 1 < until) {
        read.extend(source.next().await.unwrap());
    }
    read
}

#[tokio::test]
async fn what_is_appended_is_read_in_order_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    {
        let (journal, _source) = open(&folder);
        assert_eq!(journal.append(records(0..3)).await.unwrap(), 0..3);
        assert_eq!(journal.append(records(3..4)).await.unwrap(), 3..4);
    }
    let (journal, mut source) = open(&folder);
    assert_eq!(journal.append(records(4..9)).await.unwrap(), 4..9);
    let read = read_all(&mut source, 9).await;
    let texts: Vec<_> = read.iter().map(|r| String::from_utf8(r.bytes.to_vec()).unwrap()).collect();
    assert_eq!(texts, (0..9).map(|n| format!("record {n}")).collect::<Vec<_>>());
    assert!(read.windows(2).all(|w| w[0].arrival < w[1].arrival && w[0].position.offset + 1 == w[1].position.offset));
    assert_eq!(&*read[0].position.partition.source, "journal:0a1b2c3d");
}

#[tokio::test]
async fn reading_starts_where_the_sinks_stopped_also_inside_a_block() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, mut source) = open(&folder);
    journal.append(records(0..50)).await.unwrap();
    source.seek(&Positions::from_iter([(journal.partition().clone(), 17)]));
    let read = read_all(&mut source, 50).await;
    assert_eq!(read[0].position.offset, 17);
    assert_eq!(&read[0].bytes[..], b"record 17");
}

#[tokio::test]
async fn concurrent_appends_each_get_their_own_offsets() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, mut source) = open(&folder);
    let appends = (0..100).map(|_| journal.append(records(0..2)));
    let mut ranges: Vec<_> = futures_util::future::join_all(appends).await.into_iter().map(Result::unwrap).collect();
    ranges.sort_by_key(|r| r.start);
    assert!(ranges.iter().zip((0_u64..).step_by(2)).all(|(range, start)| *range == (start..start + 2)));
    assert_eq!(read_all(&mut source, 200).await.len(), 200);
}

#[tokio::test]
async fn a_full_backlog_is_refused_and_taken_again_once_the_sinks_moved_on() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, source) = open(&folder);
    journal.append(records(0..1_000)).await.unwrap();
    let refused = journal.append(records(0..1)).await.unwrap_err();
    assert!(matches!(*refused, JournalError::BacklogFull { limit: 1_000 }), "{refused}");
    source.acknowledger()(&Positions::from_iter([(journal.partition().clone(), 500)]));
    assert_eq!(journal.append(records(0..1)).await.unwrap(), 1_000..1_001);
}

#[tokio::test]
async fn old_acknowledged_blocks_go_but_the_numbering_never_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let now = clock();
    {
        let mut store = Store::open(&path, "0a1b2c3d").unwrap();
        let mut end = store.end().unwrap();
        for n in 0..10 {
            end = store.append(end, now, records(n..n + 1).iter()).unwrap();
        }
        let later = now + Duration::from_secs(1);
        assert_eq!(store.trim(4, later, 2).unwrap(), 2, "bounded");
        assert_eq!(store.trim(4, later, 100).unwrap(), 2, "only what is acknowledged");
        assert_eq!(store.trim(10, now, 100).unwrap(), 0, "only what is old");
        assert_eq!(store.trim(10, later, 100).unwrap(), 5, "never the last block");
        assert_eq!(store.end().unwrap().next_offset, 10);
    }
    let (journal, _source) = open(&folder);
    assert_eq!(journal.append(records(0..1)).await.unwrap(), 10..11);
}

#[tokio::test]
async fn arrivals_grow_even_when_the_clock_jumps_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("journal.sqlite"), "0a1b2c3d").unwrap();
    let now = clock();
    let end = store.append(store.end().unwrap(), now, records(0..3).iter()).unwrap();
    let later = store.append(end, now - Duration::from_secs(86_400), records(0..3).iter()).unwrap();
    assert_eq!(later.last_arrival, end.last_arrival + 3);
}

#[test]
fn the_file_is_readable_by_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let _store = Store::open(&path, "0a1b2c3d").unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap());
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn a_flipped_byte_in_the_file_is_reported_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut store = Store::open(&path, "0a1b2c3d").unwrap();
    store.append(store.end().unwrap(), clock(), records(0..3).iter()).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("UPDATE blocks SET bytes = CAST(replace(bytes, 'record 1', 'record 7') AS BLOB)", []).unwrap();
    let error = store.read(0, 10, 1_000).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { offset: 0, .. }), "{error}");
}

#[test]
fn a_file_of_another_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    drop(Store::open(&path, "0a1b2c3d").unwrap());
    rusqlite::Connection::open(&path).unwrap().execute("UPDATE identity SET version = 99", []).unwrap();
    assert!(matches!(Store::open(&path, "0a1b2c3d"), Err(JournalError::Version { found: 99, .. })));
}
