//! The arrows between rooms point one way, and what holds for every file holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Which rooms a room may import. Tests of a room may reach further.
const ARROWS: [(&str, &[&str]); 14] = [
    ("tingjian-schemas", &[]),
    ("tingjian-analysis", &["tingjian-schemas"]),
    // Pure, and apart from the reading of texts: what facts say must not depend on how a text is read.
    ("tingjian-attribution", &["tingjian-schemas"]),
    ("tingjian-indexer", &["tingjian-schemas", "tingjian-analysis"]),
    ("tingjian-warehouse", &["tingjian-schemas"]),
    ("tingjian-engine", &[]),
    (
        "tingjian-pipeline",
        &["tingjian-schemas", "tingjian-analysis", "tingjian-attribution", "tingjian-indexer", "tingjian-warehouse"],
    ),
    (
        "tingjian-query",
        &["tingjian-schemas", "tingjian-analysis", "tingjian-attribution", "tingjian-indexer", "tingjian-warehouse"],
    ),
    // Pure, from answers to a document: it must not be able to ask for other ones.
    ("tingjian-report", &["tingjian-schemas"]),
    (
        "tingjian-server",
        &[
            "tingjian-schemas",
            "tingjian-analysis",
            "tingjian-attribution",
            "tingjian-indexer",
            "tingjian-warehouse",
            "tingjian-engine",
            "tingjian-pipeline",
            "tingjian-query",
            "tingjian-report",
            "tingjian-sheets",
        ],
    ),
    // Apart from the command, so that a file imported over a page is read, guessed and refused as by the command.
    ("tingjian-sheets", &["tingjian-schemas"]),
    ("tingjian-cli", &["tingjian-schemas", "tingjian-sheets"]),
    ("tingjian-simulation", &["tingjian-schemas"]),
    // End-to-end tests: nothing but development dependencies.
    ("tingjian-tests", &[]),
];

/// Folders that hold what was built or fetched, never what was written.
const NOT_OURS: [&str; 4] = [".git", "target", "node_modules", "data"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo metadata")
}

#[test]
fn every_arrow_points_the_allowed_way() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into();
    let rooms: BTreeSet<&str> = metadata.packages.iter().map(|room| room.name.as_str()).collect();
    assert_eq!(rooms, allowed.keys().copied().collect(), "the rooms of the workspace and those of the table");
    for room in &metadata.packages {
        for dependency in &room.dependencies {
            let crosses = dependency.kind != DependencyKind::Development && dependency.path.is_some();
            let name = dependency.name.as_str();
            let may = allowed.get(room.name.as_str()).is_some_and(|rooms| rooms.contains(&name));
            assert!(!crosses || may, "{} must not import {name}", room.name);
        }
    }
}

#[test]
fn the_table_itself_has_no_cycle() {
    let mut above: BTreeSet<&str> = BTreeSet::new();
    let mut left: Vec<_> = ARROWS.to_vec();
    while !left.is_empty() {
        let (free, rest): (Vec<_>, Vec<_>) =
            left.iter().copied().partition(|(_, rooms)| rooms.iter().all(|r| above.contains(r)));
        assert!(!free.is_empty(), "a cycle among {rest:?}");
        above.extend(free.iter().map(|(room, _)| *room));
        left = rest;
    }
}

/// Every written file below `folder`, with its path from the root.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let kind = entry.file_type().expect("a file type");
        let name = entry.file_name();
        if kind.is_dir() && !NOT_OURS.iter().any(|other| name == *other) {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

/// The text files of the repository by their path from its root.
fn texts() -> Vec<(String, String)> {
    let root = root();
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let text = |path: PathBuf| {
        let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned();
        // What is no UTF-8 is a picture, a spreadsheet or a sample of another encoding.
        fs::read_to_string(path).ok().map(|text| (name, text))
    };
    paths.into_iter().filter_map(text).collect()
}

/// The line of each place where `text` opens unsafe code: the word, and after it what it may stand before.
fn unsafe_lines(text: &str) -> Vec<usize> {
    // In two pieces, or this file would find itself.
    let word = concat!("un", "safe");
    let opens =
        |after: &str| ["{", "fn ", "impl ", "impl<", "trait ", "extern ", "("].iter().any(|o| after.starts_with(o));
    let is_whole = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let places = text.match_indices(word).filter(|(at, _)| {
        let (before, rest) = text.split_at(*at);
        let line = before.rsplit('\n').next().unwrap_or("");
        let after = rest.trim_start_matches(word);
        is_whole(before) && !line.contains("//") && opens(after.trim_start())
    });
    places.map(|(at, _)| text.split_at(at).0.matches('\n').count() + 1).collect()
}

#[test]
fn unsafe_code_lives_in_one_room() {
    for (name, text) in texts().iter().filter(|(name, _)| name.ends_with(".rs")) {
        let lines = unsafe_lines(text);
        assert!(lines.is_empty() || name.starts_with("embedded-clickhouse/src/"), "unsafe code in {name}:{lines:?}");
    }
}

#[test]
fn unsafe_code_is_found() {
    let word = concat!("un", "safe");
    for (code, lines) in [
        (format!("let x = {word} {{ 1 }};"), vec![1]),
        (format!("\npub {word} fn f() {{}}\n{word}\n{{ }}"), vec![2, 3]),
        (format!("#[{word}(no_mangle)]"), vec![1]),
        (format!("{word} impl<T> Send for X<T> {{}}"), vec![1]),
        (format!("#![deny({word}_code)]"), vec![]),
        (format!("// {word} {{ never }}"), vec![]),
        (format!("not{word} {{"), vec![]),
        (format!("\"it is {word} to stop\""), vec![]),
    ] {
        assert_eq!(unsafe_lines(&code), lines, "{code}");
    }
}

/// The lines with a path that exists on one developer's machine only.
fn machine_lines(text: &str) -> Vec<usize> {
    let folders = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];
    let is_absolute = |line: &str, at: usize| {
        let before = line.split_at(at).0;
        !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | ')' | '*' | '$' | '~'))
    };
    let has_one = |line: &str| folders.iter().any(|f| line.match_indices(f).any(|(at, _)| is_absolute(line, at)));
    text.lines().enumerate().filter(|(_, line)| has_one(line)).map(|(number, _)| number + 1).collect()
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    for (name, text) in texts() {
        let lines = machine_lines(&text);
        assert!(lines.is_empty(), "a path of one machine in {name}:{lines:?}");
    }
}

#[test]
fn paths_of_one_machine_are_found() {
    let root = concat!("/ro", "ot/");
    assert_eq!(machine_lines(&format!("a\n`{root}.cache`\n")), [2]);
    assert_eq!(machine_lines(&format!("cd {root}x && ls")), [1]);
    assert_eq!(machine_lines(&format!("path={root}x")), [1]);
    assert!(machine_lines(&format!("https://example.org{root}x, .{root}, ${{HERE}}{root}")).is_empty());
}
