//! Damaged and foreign folders: refused in words that name the folder and say what to do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::{TestIndex, ask, record, small};
use tingjian_indexer::{Index, IndexError};

/// A folder with an index of a few records, no longer open.
fn written() -> tempfile::TempDir {
    let mut index = TestIndex::new();
    index.add((0..50).map(|at| record(&format!("r{at}"), "送餐太慢，客服态度很好", at)));
    let TestIndex { folder, .. } = index;
    folder
}

/// Opens, searches and lists; the first error.
fn use_it(folder: &Path) -> Result<(), IndexError> {
    let index = Index::open(folder, &small())?;
    index.search(&ask("太慢")).map_err(|error| match error {
        tingjian_indexer::SearchError::Index(error) => error,
        other => panic!("{other}"),
    })?;
    index.for_each_record(|_| {})?;
    match index.verify()?.first() {
        Some(file) => Err(IndexError::Corrupt { folder: folder.to_owned(), detail: file.display().to_string() }),
        None => Ok(()),
    }
}

fn check_corrupt(folder: &Path, what: &str) {
    let error = use_it(folder).expect_err(what);
    assert!(matches!(error, IndexError::Corrupt { .. }), "{what}: {error:?}");
    assert!(!error.is_recoverable(), "{what}");
    let message = error.to_string();
    assert!(message.contains(&folder.display().to_string()), "{what}: {message}");
    assert!(message.contains("tingjian-server rebuild-index"), "{what}: {message}");
}

fn segment_files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'))
        .filter(|path| path.file_name().unwrap() != "meta.json" && fs::metadata(path).unwrap().len() > 0)
        .collect();
    files.sort();
    files
}

#[test]
fn an_undamaged_index_is_fine() {
    let folder = written();
    use_it(folder.path()).unwrap();
    assert!(segment_files(folder.path()).len() >= 5);
}

#[test]
fn every_missing_file_is_noticed() {
    for nth in 0..segment_files(written().path()).len() {
        let folder = written();
        let file = segment_files(folder.path()).swap_remove(nth);
        fs::remove_file(&file).unwrap();
        check_corrupt(folder.path(), &format!("{file:?} missing"));
    }
}

#[test]
fn every_truncated_file_is_noticed() {
    for nth in 0..segment_files(written().path()).len() {
        let folder = written();
        let file = segment_files(folder.path()).swap_remove(nth);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        check_corrupt(folder.path(), &format!("{file:?} truncated"));
    }
}

#[test]
fn a_flipped_bit_is_noticed_by_verify() {
    for nth in 0..segment_files(written().path()).len() {
        let folder = written();
        let file = segment_files(folder.path()).swap_remove(nth);
        let mut bytes = fs::read(&file).unwrap();
        bytes[0] ^= 1;
        fs::write(&file, &bytes).unwrap();
        let index = Index::open(folder.path(), &small());
        // Where opening notices it already, all the better.
        let noticed = index.and_then(|index| index.verify());
        assert!(noticed.as_ref().map_or(true, |files| !files.is_empty()), "{file:?}");
    }
}

#[test]
fn the_list_of_segments_is_vital() {
    let folder = written();
    fs::write(folder.path().join("meta.json"), "{").unwrap();
    check_corrupt(folder.path(), "meta.json garbled");
    fs::remove_file(folder.path().join("meta.json")).unwrap();
    check_corrupt(folder.path(), "meta.json missing");
}

#[test]
fn foreign_indexes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut schema = tantivy::schema::Schema::builder();
    schema.add_text_field("title", tantivy::schema::TEXT);
    tantivy::Index::create_in_dir(folder.path(), schema.build()).unwrap();
    let error = Index::open(folder.path(), &small()).err().unwrap();
    assert!(matches!(error, IndexError::OtherVersion { .. }), "{error:?}");
}

#[test]
fn a_file_in_the_way_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Index::open(&file, &small()).err().unwrap();
    assert!(matches!(error, IndexError::Io { .. }) && error.is_recoverable(), "{error:?}");
}
