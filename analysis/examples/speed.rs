//! Reads JSON lines with `text`, reads every text a few times on one thread, and prints how much processor time each
//! step took, with a hash of all readings to see whether a change of the code changed any:
//! `cargo run --profile quick --example speed < TEXTS.jsonl`. Processor time of the thread (Linux), so that other
//! programs on the machine do not blur it. An argument (`read`) names one step to be timed alone, for a profiler.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufRead},
};

use tingjian_analysis::{Analyser, Context, Options, Segmenter, mask, normalise, readable, times};
use tingjian_schemas::Taxonomy;

/// How often every text is read.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let analyser = Analyser::new(&Taxonomy::shipped()?, &Options::default())?;
    let segmenter = Segmenter::new(None)?;
    let mut texts = Vec::new();
    for line in io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        texts.push(row.get("text").and_then(|t| t.as_str()).unwrap_or_default().to_owned());
    }
    let clean: Vec<String> = texts.iter().map(|t| mask(&normalise(t)).into_owned()).collect();
    let characters: usize = clean.iter().map(|t| t.chars().count()).sum();
    eprintln!("{} texts of {:.1} characters", texts.len(), characters as f64 / texts.len().max(1) as f64);
    let context = Context::default();
    step("normalise", &texts, |t| normalise(t).len());
    step("mask", &texts, |t| mask(t).len());
    step("times", &clean, |t| times::read_times(t, &times::TimesContext::default()).mentions.len());
    step("cut", &clean, |t| {
        let mut out = Vec::new();
        segmenter.cut(t, &mut out);
        out.len()
    });
    step("readable", &clean, |t| readable(t).len());
    step("parse (all before the decision)", &texts, |t| analyser.parse(t, &context).parsed.features.len());
    step("read (everything)", &texts, |t| analyser.read(t, &context).causes.len());
    let mut hasher = DefaultHasher::new();
    for text in &texts {
        format!("{:?}", analyser.read(text, &context)).hash(&mut hasher);
    }
    eprintln!("readings {:016x}", hasher.finish());
    Ok(())
}

/// Times one step, unless the first argument names another.
fn step(name: &str, texts: &[String], work: impl Fn(&str) -> usize) {
    if env::args().nth(1).is_some_and(|wanted| !name.starts_with(&wanted)) {
        return;
    }
    let start = processor_time();
    let mut sum = 0;
    for _ in 0..ROUNDS {
        sum += texts.iter().map(|t| work(t)).sum::<usize>();
    }
    let each = (processor_time() - start) / (ROUNDS * texts.len().max(1)) as f64;
    eprintln!("{name:32} {:8.2} µs a text, {:8.0} a second ({sum})", each * 1e6, 1.0 / each);
}

/// Seconds of processor time of this thread.
fn processor_time() -> f64 {
    let line = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    line.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
