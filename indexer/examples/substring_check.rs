//! The substring guarantee on real texts.
//!
//! `DATA=FILE [TEXTS=20000] [RUNS=2000] cargo run --release --example substring_check`: indexes the first TEXTS texts,
//! cuts RUNS random runs of 2 to 8 Chinese characters from them, searches each, and compares with a plain scan of all
//! texts. Exit status 1 if one answer differs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.

mod support;

use std::collections::BTreeSet;

use support::{Corpus, Outcome, Random, number, texts, upto};
use tingjian_indexer::{Index, IndexOptions, SearchRequest};

fn main() -> Outcome<()> {
    let mut texts = texts()?;
    texts.truncate(number("TEXTS", 20_000));
    let folder = std::env::temp_dir().join(format!("tingjian-substring-{}", std::process::id()));
    let index = Index::open(&folder, &IndexOptions::default())?;
    let mut sink = index.writer()?;
    let corpus = Corpus::of(&texts);
    let count = texts.len() as u64;
    for first in (0..count).step_by(1_000) {
        sink.write(&corpus.batch(first, 1_000.min(count - first)))?;
        sink.commit(&upto((first + 1_000).min(count)))?;
    }
    let (runs, missed, false_hits) = compare(&index, &texts)?;
    drop(sink);
    std::fs::remove_dir_all(&folder)?;
    println!("{count} texts, {runs} runs: {missed} missed, {false_hits} false hits");
    if missed + false_hits > 0 { Err("the guarantee does not hold".into()) } else { Ok(()) }
}

fn compare(index: &Index, texts: &[String]) -> Outcome<(usize, usize, usize)> {
    let mut random = Random(42);
    let (mut runs, mut missed, mut false_hits) = (0, 0, 0);
    while runs < number("RUNS", 2_000) {
        let Some(run) = run(texts, &mut random) else { continue };
        let expected: BTreeSet<String> =
            texts.iter().zip(0..).filter(|(text, _)| text.contains(&run)).map(|(_, at)| format!("r{at:010}")).collect();
        let found = found(index, &run)?;
        missed += expected.difference(&found).count();
        false_hits += found.difference(&expected).count();
        runs += 1;
    }
    Ok((runs, missed, false_hits))
}

/// Ids of all hits on all pages.
fn found(index: &Index, run: &str) -> Outcome<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut request = SearchRequest { query: run.to_owned(), limit: 1_000, ..SearchRequest::default() };
    loop {
        let answer = index.search(&request)?;
        found.extend(answer.hits.into_iter().map(|hit| hit.record_id));
        if answer.next.is_none() {
            return Ok(found);
        }
        request.cursor = answer.next;
    }
}

fn run(texts: &[String], random: &mut Random) -> Option<String> {
    let text: Vec<char> = texts.get(random.below(texts.len()))?.chars().collect();
    let (from, length) = (random.below(text.len()), 2 + random.below(7));
    let run = text.get(from..from + length)?;
    run.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).then(|| run.iter().collect())
}
