//! How good readings are, against rows that people labelled.

mod measure;
mod report;

use serde::Deserialize;
use tingjian_schemas::{Kind, Reading};

pub use measure::{Bin, CauseQuality, Evaluation, Measures, Mistake, Rare};
pub use report::{html, text};

/// A labelled row, as in the gold files.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct GoldRow {
    /// Names it.
    #[serde(default)]
    pub id: serde_json::Value,
    /// Where the text comes from.
    #[serde(default)]
    pub source: String,
    /// How the row was drawn: `random`, or by what.
    #[serde(default)]
    pub stratum: String,
    /// What was said.
    pub text: String,
    /// What the customer wants.
    pub kind: Kind,
    /// Causes, the primary first.
    pub causes: Vec<String>,
    /// Minutes promised.
    #[serde(default)]
    pub promised_min: Option<u32>,
    /// Minutes passed.
    #[serde(default)]
    pub actual_min: Option<u32>,
    /// A person is praised.
    #[serde(default)]
    pub praised: bool,
    /// A person is insulted.
    #[serde(default)]
    pub abuse: bool,
}

/// A row and how it was read.
#[derive(Clone, Debug)]
pub struct Pair {
    /// As people labelled it.
    pub gold: GoldRow,
    /// As it was read.
    pub reading: Reading,
}
