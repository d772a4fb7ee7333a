//! Rows to learn from: texts of a run with what they are known to say, evenly over causes.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use tingjian_schemas::Kind;

use crate::{
    Output, Simulation,
    event::SOURCE,
    truth::{RecordTruth, Truth},
};

/// A text and its labels, as `tingjian-server train cause` and `evaluate` read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelledRow {
    /// Record id.
    pub id: String,
    /// `synthetic`: nobody ever said it.
    pub source: &'static str,
    /// The text.
    pub text: String,
    /// What the customer wants.
    pub kind: Kind,
    /// Causes voiced, primary first.
    pub causes: Vec<String>,
    /// Minutes that were promised, where the text says so.
    pub promised_min: Option<u32>,
    /// Minutes that it took, where the text says so.
    pub actual_min: Option<u32>,
    /// Whether it is still open, where the text says how long it took.
    pub actual_open: Option<bool>,
    /// A person or staff group is praised.
    pub praised: bool,
    /// A person is insulted.
    pub abuse: bool,
}

#[derive(Deserialize)]
struct TextEvent {
    event_id: String,
    text: String,
}

/// The first rows of a run, at most `per_label` of each primary cause, of each kind without a cause, and of abuse. No text twice, and
/// none with a number or address in it, though all are made up: the rows are kept in files.
///
/// # Errors
/// An event of the run cannot be read back, which would be a fault of the simulation.
pub fn labelled_rows(run: Simulation, per_label: usize) -> Result<Vec<LabelledRow>, serde_json::Error> {
    let mut texts = HashMap::new();
    let mut seen = HashSet::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for output in run {
        match output {
            Output::Event(event) if event.stream.is_text() => {
                let event: TextEvent = serde_json::from_str(&event.json)?;
                texts.insert(event.event_id, event.text);
            }
            Output::Truth(Truth::Record(truth)) => {
                let Some(text) = texts.remove(&truth.record_id).filter(|_| truth.pii.is_empty()) else { continue };
                let count = taken.entry(label(&truth)).or_default();
                if *count < per_label && seen.insert(text.clone()) {
                    *count += 1;
                    rows.push(row(*truth, text));
                }
            }
            Output::Event(_) | Output::Truth(_) => {}
        }
    }
    Ok(rows)
}

fn label(truth: &RecordTruth) -> String {
    match truth.causes.first() {
        _ if truth.abuse => "abuse".to_owned(),
        Some(primary) => primary.clone(),
        None => truth.kind.to_string(),
    }
}

fn row(truth: RecordTruth, text: String) -> LabelledRow {
    LabelledRow {
        id: truth.record_id,
        source: SOURCE,
        text,
        kind: truth.kind,
        causes: truth.causes,
        promised_min: truth.said.promised_min,
        actual_min: truth.said.actual_min,
        actual_open: truth.said.actual_open,
        praised: truth.praised,
        abuse: truth.abuse,
    }
}
