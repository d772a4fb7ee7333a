//! How fast the index takes records and answers, and how large it is.
//!
//! `DATA=FILE [N=500000] [COMMIT=100000] [THREADS=2] [FOLDER=DIR] cargo run --release --example index_bench [write] [read] [pace]`
//!
//! `write` (default) indexes N records made of DATA's texts over and over, committing every COMMIT records; `read`
//! (default) asks queries of every class; `pace` writes RATE (5000) records a second for SECONDS (60), committing every
//! 250 ms, and says what the commits cost. `read` alone uses the index that an earlier run left in FOLDER.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.

mod support;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use support::{Corpus, Outcome, Random, cpu_seconds, number, peak_memory, percentile, texts, upto};
use tingjian_indexer::{Index, IndexOptions, SearchRequest, Sort};

const BATCH: u64 = 1_000;
const QUERIES: usize = 200;

fn main() -> Outcome<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let does = |what: &str| wanted.iter().any(|arg| arg == what) || (wanted.is_empty() && what != "pace");
    let temporary = std::env::temp_dir().join(format!("tingjian-bench-{}", std::process::id()));
    let folder = std::env::var("FOLDER").map_or_else(|_| temporary.clone(), Into::into);
    let texts = texts()?;
    println!("texts: {}, {} bytes each", texts.len(), texts.iter().map(String::len).sum::<usize>() / texts.len());
    if does("write") {
        write(&folder, &texts)?;
    }
    if does("pace") {
        pace(&folder, &texts)?;
    }
    if does("read") {
        read(&folder, &texts)?;
    }
    println!("peak memory: {} MB", peak_memory()? / 1_000_000);
    if folder == temporary {
        std::fs::remove_dir_all(&temporary)?;
    }
    Ok(())
}

fn options() -> IndexOptions {
    IndexOptions { writer_threads: number("THREADS", 2), ..IndexOptions::default() }
}

fn write(folder: &Path, texts: &[String]) -> Outcome<()> {
    let (count, commit) = (number("N", 500_000) as u64, number("COMMIT", 100_000) as u64);
    let corpus = Corpus::of(texts);
    let making = making_costs(&corpus, count)?;
    let index = Index::open(folder, &options())?;
    let mut sink = index.writer()?;
    let (started, before) = (Instant::now(), cpu_seconds()?);
    let mut commits = Vec::new();
    for first in (0..count).step_by(BATCH as usize) {
        sink.write(&corpus.batch(first, BATCH.min(count - first)))?;
        let next = (first + BATCH).min(count);
        if next % commit < BATCH || next == count {
            let at = Instant::now();
            sink.commit(&upto(next))?;
            commits.push(at.elapsed().as_secs_f64() * 1e3);
        }
    }
    let (took, after) = (started.elapsed().as_secs_f64(), cpu_seconds()?);
    drop(sink);
    commits.sort_by(f64::total_cmp);
    let per = |seconds: f64| seconds * 1e6 / count as f64;
    println!(
        "write: {count} records in {took:.1} s = {:.0}/s; user {:.1} + sys {:.1} µs each (without {:.1} to make them); \
         {:.0} bytes each; {} segments; commit p50 {:.0} max {:.0} ms",
        count as f64 / took,
        per(after.0 - before.0 - making),
        per(after.1 - before.1),
        per(making),
        index.size_bytes()? as f64 / count as f64,
        index.segment_count(),
        percentile(&commits, 0.5),
        percentile(&commits, 1.0),
    );
    Ok(())
}

/// CPU seconds of making the records, which are not the index's.
fn making_costs(corpus: &Corpus, count: u64) -> Outcome<f64> {
    let before = cpu_seconds()?;
    for first in (0..count).step_by(BATCH as usize) {
        std::hint::black_box(corpus.batch(first, BATCH));
    }
    Ok(cpu_seconds()?.0 - before.0)
}

fn pace(folder: &Path, texts: &[String]) -> Outcome<()> {
    let (rate, seconds) = (number("RATE", 5_000) as u64, number("SECONDS", 60) as u64);
    let corpus = Corpus::of(texts);
    let index = Index::open(folder, &options())?;
    let mut sink = index.writer()?;
    let mut next = sink.positions().next(&tingjian_schemas::Partition::journal());
    let before = cpu_seconds()?;
    let (mut commits, mut segments) = (Vec::new(), Vec::new());
    let started = Instant::now();
    for tick in 1..=seconds * 4 {
        sink.write(&corpus.batch(next, rate / 4))?;
        next += rate / 4;
        let at = Instant::now();
        sink.commit(&upto(next))?;
        commits.push(at.elapsed().as_secs_f64() * 1e3);
        segments.push(index.segment_count() as f64);
        std::thread::sleep((Duration::from_millis(250) * tick as u32).saturating_sub(started.elapsed()));
    }
    let (after, records) = (cpu_seconds()?, seconds * rate);
    commits.sort_by(f64::total_cmp);
    segments.sort_by(f64::total_cmp);
    println!(
        "pace: {rate}/s for {:.1} s: commit p50 {:.1} p99 {:.1} max {:.1} ms; segments p50 {} max {}; user {:.1} + sys {:.1} µs per record",
        started.elapsed().as_secs_f64(),
        percentile(&commits, 0.5),
        percentile(&commits, 0.99),
        percentile(&commits, 1.0),
        percentile(&segments, 0.5),
        percentile(&segments, 1.0),
        (after.0 - before.0) * 1e6 / records as f64,
        (after.1 - before.1) * 1e6 / records as f64,
    );
    Ok(())
}

fn read(folder: &Path, texts: &[String]) -> Outcome<()> {
    let index = Index::open(folder, &options())?;
    println!("read: {} records, {} segments", index.document_count(), index.segment_count());
    let runs = Runs::of(texts);
    let week = |at: usize| Timestamp::from_second(1_735_689_600 + at as i64).map(Some).unwrap_or_default();
    let span = index.document_count() as usize;
    let plain = |query: String| SearchRequest { query, ..SearchRequest::default() };
    let faceted = |query: String| SearchRequest { facets: true, ..plain(query) };
    measure(&index, "2 characters", |r| plain(runs.run(r, 2)))?;
    measure(&index, "2 characters, facets", |r| faceted(runs.run(r, 2)))?;
    measure(&index, "3 characters, facets", |r| faceted(runs.run(r, 3)))?;
    measure(&index, "4 characters, facets", |r| faceted(runs.run(r, 4)))?;
    measure(&index, "8 characters, facets", |r| faceted(runs.run(r, 8)))?;
    measure(&index, "1 character, facets", |r| faceted(runs.run(r, 1)))?;
    measure(&index, "rare", |r| faceted(runs.run(r, 5) + &runs.run(r, 2)))?;
    measure(&index, "frequent, facets", |r| faceted(FREQUENT[r.below(FREQUENT.len())].to_owned()))?;
    measure(&index, "frequent, relevance", |r| SearchRequest {
        sort: Sort::Relevance,
        ..faceted(FREQUENT[r.below(FREQUENT.len())].to_owned())
    })?;
    measure(&index, "phrase, facets", |r| faceted(format!("“{}”", runs.part(r, 10))))?;
    measure(&index, "AND, facets", |r| faceted(format!("{} {}", runs.run(r, 2), runs.run(r, 2))))?;
    measure(&index, "OR, facets", |r| faceted(format!("{} OR {}", runs.run(r, 2), runs.run(r, 3))))?;
    measure(&index, "NOT, facets", |r| faceted(format!("{} NOT {}", runs.run(r, 2), runs.run(r, 2))))?;
    measure(&index, "relevance, facets", |r| SearchRequest { sort: Sort::Relevance, ..faceted(runs.run(r, 2)) })?;
    measure(&index, "2 characters, cause + week, facets", |r| SearchRequest {
        causes: vec!["fulfil".to_owned()],
        since: week(r.below(span)),
        until: week(r.below(span)).and_then(|at| at.checked_add(SignedDuration::from_hours(168)).ok()),
        ..faceted(runs.run(r, 2))
    })?;
    measure(&index, "everything", |_| plain(String::new()))?;
    measure(&index, "everything, facets", |_| faceted(String::new()))?;
    measure(&index, "everything, cause, facets", |_| SearchRequest {
        causes: vec!["fulfil.lost".to_owned()],
        ..faceted(String::new())
    })?;
    measure(&index, "everything, one week, facets", |r| {
        let since = week(r.below(span));
        SearchRequest {
            since,
            until: since.and_then(|at| at.checked_add(SignedDuration::from_hours(168)).ok()),
            ..faceted(String::new())
        }
    })?;
    measure(&index, "everything, agent, facets", |r| SearchRequest {
        agent_no: Some(format!("A{:04}", r.below(2_000))),
        ..faceted(String::new())
    })?;
    Ok(())
}

/// Words that a large part of all reviews contains.
const FREQUENT: [&str; 8] = ["味道", "好吃", "不错", "可以", "就是", "没有", "送餐", "有点"];

fn measure(index: &Index, class: &str, mut request: impl FnMut(&mut Random) -> SearchRequest) -> Outcome<()> {
    let mut random = Random(7);
    let (mut times, mut totals) = (Vec::new(), Vec::new());
    let mut cpu = cpu_seconds()?.0;
    for at in 0..QUERIES + 10 {
        let request = request(&mut random);
        if at == 10 {
            cpu = cpu_seconds()?.0;
        }
        let started = Instant::now();
        let answer = index.search(&request).map_err(|error| format!("{}: {error}", request.query))?;
        if at >= 10 {
            times.push(started.elapsed().as_secs_f64() * 1e3); // the first ones warm up
            totals.push(answer.total as f64);
        }
    }
    let cpu = (cpu_seconds()?.0 - cpu) * 1e3 / QUERIES as f64;
    times.sort_by(f64::total_cmp);
    totals.sort_by(f64::total_cmp);
    println!(
        "  {class:<36} p50 {:7.2}  p99 {:7.2} ms  CPU {cpu:6.2} ms   hits p50 {:>8} max {:>8}",
        percentile(&times, 0.5),
        percentile(&times, 0.99),
        percentile(&totals, 0.5),
        percentile(&totals, 1.0)
    );
    Ok(())
}

/// Texts to cut queries from.
struct Runs<'t> {
    texts: Vec<Vec<char>>,
    _of: &'t [String],
}

impl<'t> Runs<'t> {
    fn of(texts: &'t [String]) -> Self {
        Self { texts: texts.iter().map(|text| text.chars().collect()).collect(), _of: texts }
    }

    /// A run of `length` Chinese characters from anywhere.
    fn run(&self, random: &mut Random, length: usize) -> String {
        loop {
            let part = self.part(random, length);
            if part.chars().count() == length && part.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
                return part;
            }
        }
    }

    /// At most `length` characters from anywhere, without quotes, with something to search for.
    fn part(&self, random: &mut Random, length: usize) -> String {
        loop {
            let Some(text) = self.texts.get(random.below(self.texts.len())) else { continue };
            let from = random.below(text.len());
            let part: String = text.iter().skip(from).take(length).collect();
            let quoted = part.chars().any(|c| "\"“”„‟＂「」".contains(c));
            if !quoted && part.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
                return part;
            }
        }
    }
}
