//! Reads labelled or plain rows (JSONL with `id` and `text`) and writes predictions in the contract's form.
//! Prints the rate to stderr. An argument names a model file; `rules` stands for none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.

use std::{
    env, fs,
    io::{self, BufRead, Write},
    time::Instant,
};

use tingjian_analysis::{Analyser, Context, ModelChoice, Options};
use tingjian_schemas::Taxonomy;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = match env::args().nth(1) {
        None => ModelChoice::Shipped,
        Some(name) if name == "rules" => ModelChoice::Rules,
        Some(file) => ModelChoice::File(fs::read(file)?),
    };
    let analyser = Analyser::new(&Taxonomy::shipped()?, &Options { model, ..Options::default() })?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut count, mut characters) = (0usize, 0usize);
    let mut rows = Vec::new();
    for line in io::stdin().lock().lines() {
        rows.push(serde_json::from_str::<serde_json::Value>(&line?)?);
    }
    let started = Instant::now();
    for row in &rows {
        let text = row.get("text").and_then(|t| t.as_str()).unwrap_or_default();
        let reading = analyser.read(text, &Context::default());
        count += 1;
        characters += reading.text.chars().count();
        let causes: Vec<_> = reading
            .causes
            .iter()
            .map(|c| serde_json::json!({"code": c.code, "score": c.score, "evidence": c.evidence}))
            .collect();
        let answer = serde_json::json!({
            "id": row.get("id"), "kind": reading.kind, "kind_score": reading.kind_score, "causes": causes,
            "promised_min": reading.promised_min, "actual_min": reading.actual_min, "actual_open": reading.actual_open,
            "praised": reading.praised, "abuse": reading.abuse, "abstained": reading.abstained, "masked_text": reading.text,
        });
        writeln!(out, "{answer}")?;
    }
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "{count} texts of {:.0} characters, {:.0} texts/s",
        characters as f64 / count.max(1) as f64,
        count as f64 / seconds
    );
    Ok(())
}
