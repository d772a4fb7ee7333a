//! The committed schema is that of the types. `UPDATE_SCHEMAS=1 cargo test --workspace --test schema` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used)] // Tests fail by panicking.

use std::{fs, path::PathBuf};

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("json/weekly-report.schema.json");
    let schema = tingjian_report::schema();
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("{schema:#}\n")).unwrap();
    }
    let committed: Option<serde_json::Value> =
        serde_json::from_str(&fs::read_to_string(&path).unwrap_or_default()).ok();
    assert_eq!(
        committed.as_ref(),
        Some(&schema),
        "run UPDATE_SCHEMAS=1 cargo test --workspace --test schema, and commit"
    );
}
