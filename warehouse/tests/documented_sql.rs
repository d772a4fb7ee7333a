//! What `docs/sql.md` says runs, and says every column there is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::engine::Engine;

const DOCS: &str = include_str!("../../docs/sql.md");

/// The questions of the document.
fn questions() -> Vec<&'static str> {
    DOCS.split("```sql").skip(1).map(|rest| rest.split("```").next().unwrap().trim()).collect()
}

#[tokio::test]
async fn every_documented_question_runs() {
    let engine = Engine::start().await;
    assert_eq!(questions().len(), 10);
    for sql in questions() {
        let checked = engine.client().query(&format!("SELECT count() FROM ({sql})")).fetch_one::<u64>().await;
        checked.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
}

#[tokio::test]
async fn every_column_of_every_view_is_documented() {
    let engine = Engine::start().await;
    let sql = "SELECT table, name FROM system.columns WHERE database = 'tingjian' AND table IN \
               (SELECT name FROM system.tables WHERE database = 'tingjian' AND engine = 'View')";
    let columns: Vec<(String, String)> = engine.client().query(sql).fetch_all().await.unwrap();
    assert!(columns.len() > 50, "{}", columns.len());
    for (view, column) in columns {
        let section = DOCS.split(&format!("**`{view}`**")).nth(1).unwrap_or_else(|| panic!("{view} is not documented"));
        let section = section.split("\n\n").next().unwrap();
        assert!(section.contains(&format!("`{column}`")), "{view}.{column} is not documented");
    }
}

/// As `corrected_records` answers, so the document says: the lines come back as they were.
#[test]
fn exported_corrections_have_the_documented_form() {
    let docs = include_str!("../../docs/corrections.md");
    let example = docs.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let lines: Vec<&str> = example.trim().lines().collect();
    assert_eq!(lines.len(), 2);
    for line in lines {
        let row: tingjian_warehouse::CorrectedRecord = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&row).unwrap(), line);
    }
}
