//! The weekly report: from a week's answers to one document, as HTML and as JSON.
//!
//! Pure: [`compose`] chooses by the rules of `docs/report.md` what is said, [`Edition`] keeps it with what was added to it
//! later, [`html`] and [`json`] write it. The same answers give the same bytes on every machine. Never asks a store, never
//! reads a clock, never lets a text be edited.

mod answers;
mod compose;
mod differences;
mod document;
mod edition;
mod followed;
mod ledger;
mod sentence;
mod view;

pub use answers::{CauseCount, LaneCount, PairCount, WeekAnswers, WeekCounts};
pub use compose::compose;
pub use differences::{Difference, differences};
pub use document::*;
pub use edition::{Amendment, Edition, EditionError, Objection, ReadFile, read};
pub use tingjian_schemas::{Week, WeekError};
pub use view::{html, shown};

/// Form of the JSON document.
pub const FORM: &str = "tingjian.weekly-report/1";

/// The JSON Schema (draft 2020-12) of [`json`].
pub fn schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    schemars::SchemaGenerator::new(settings).into_root_schema_for::<Edition>().to_value()
}

/// The document as JSON, indented, with a newline at its end.
///
/// # Errors
/// Never for what [`compose`] made: its numbers are finite.
pub fn json(edition: &Edition) -> Result<String, EditionError> {
    let text = serde_json::to_string_pretty(edition).map_err(|error| EditionError::Form(error.to_string()))?;
    Ok(text + "\n")
}
