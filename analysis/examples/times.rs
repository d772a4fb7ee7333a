//! Reads JSON lines with `id` and `text` on standard input and writes one with the times read of each, in the same order,
//! as predictions to score: `cargo run --example times < TEXTS.jsonl > PREDICTIONS.jsonl`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};
use tingjian_analysis::{
    mask, normalise,
    times::{TimesContext, read_times},
};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let text = normalise(row.get("text").and_then(Value::as_str).unwrap_or_default()).into_owned();
        let times = read_times(&mask(&text), &TimesContext::default());
        let answer = json!({
            "id": row.get("id"),
            "promised_min": times.promised.map(|(minutes, _)| minutes),
            "actual_min": times.actual.map(|(minutes, _)| minutes),
            "actual_open": times.open,
        });
        writeln!(out, "{answer}")?;
    }
    out.flush()
}
