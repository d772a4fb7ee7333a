//! Exported corrections are rows to train on, in the form that docs/corrections.md says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use tingjian_analysis::learn::rows::cause_rows;
use tingjian_schemas::Kind;

const DOCS: &str = include_str!("../../docs/corrections.md");

#[test]
fn the_documented_rows_are_read_for_training() {
    let example = DOCS.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let rows = cause_rows(example, 0).unwrap();
    assert_eq!((rows[0].kind, rows[0].causes.len()), (Kind::Complaint, 2));
    assert_eq!(
        (rows[1].kind, rows[1].causes.len(), rows[1].text.as_str()),
        (Kind::Commendation, 0, "师傅很耐心，谢谢")
    );
}
