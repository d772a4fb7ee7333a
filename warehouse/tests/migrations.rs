//! Migrations: applied once, checked by hash, the same for a cluster.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use clickhouse::Row;
use common::engine::Engine;
use serde::{Deserialize, Serialize};
use tingjian_warehouse::{
    EngineState, MigrationError, Timeouts, Tls, Warehouse, WarehouseConfig, WarehouseError, migration_statements,
};

#[derive(Row, Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Applied {
    number: u32,
    name: String,
    sha256: String,
}

async fn applied(engine: &Engine) -> Vec<Applied> {
    engine.client().query("SELECT ?fields FROM migrations ORDER BY number").fetch_all().await.unwrap()
}

async fn run(engine: &Engine, sql: &str) {
    engine.client().query(sql).execute().await.unwrap();
}

async fn insert(engine: &Engine, rows: &[Applied]) {
    let mut insert = engine.client().insert::<Applied>("migrations").await.unwrap();
    for row in rows {
        insert.write(row).await.unwrap();
    }
    insert.end().await.unwrap();
}

#[tokio::test]
async fn migrations_are_applied_once() {
    let engine = Engine::start_empty().await;
    let missing = engine.warehouse.positions().await.unwrap_err();
    assert!(!missing.is_recoverable(), "{missing}");
    engine.warehouse.migrate().await.unwrap();
    let first = applied(&engine).await;
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count();
    // The first file, which makes the table of the others, is not recorded.
    let numbers: Vec<_> = first.iter().map(|row| usize::try_from(row.number).unwrap()).collect();
    assert_eq!(numbers, (1..files).collect::<Vec<_>>());
    engine.warehouse.migrate().await.unwrap();
    assert_eq!(applied(&engine).await, first);
    engine.warehouse.positions().await.unwrap();
}

/// The engine as a server that several processes reach.
fn reached_by_others(engine: &Engine) -> Warehouse {
    let state = engine.supervisor.state();
    let EngineState::Ready { endpoint, .. } = &*state.borrow() else { panic!("the engine is not ready") };
    let (urls, credentials) = (endpoint.urls.clone(), endpoint.credentials.clone());
    let (database, timeouts) = ("tingjian".to_owned(), Timeouts::default());
    Warehouse::connect(WarehouseConfig { urls, credentials, tls: Tls::None, database, cluster: None, timeouts })
        .unwrap()
}

async fn turns(engine: &Engine) -> Vec<String> {
    let sql = "SELECT name FROM system.tables WHERE database = 'tingjian' AND startsWith(name, 'migration_turn_')";
    engine.client().with_database("system").query(sql).fetch_all().await.unwrap()
}

/// As at the first start of a whole fleet: tables that are made anew must not be taken from under the others.
#[tokio::test]
async fn of_many_that_start_at_once_one_makes_the_tables() {
    let engine = Engine::start_empty().await;
    assert!(!reached_by_others(&engine).is_migrated().await.unwrap());
    let start = |with_text_index: bool| {
        let warehouse = reached_by_others(&engine);
        tokio::spawn(async move {
            warehouse.migrate().await.unwrap();
            if with_text_index {
                warehouse.ensure_text_index().await.unwrap();
            }
            warehouse.positions().await.unwrap();
        })
    };
    for started in [start(true), start(false), start(true), start(false), start(true)] {
        started.await.unwrap();
    }
    let numbers: Vec<_> = applied(&engine).await.iter().map(|row| row.number).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "applied more than once: {numbers:?}");
    assert!(reached_by_others(&engine).is_migrated().await.unwrap());
    assert_eq!(turns(&engine).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_turn_left_behind_is_taken_over() {
    let engine = Engine::start().await;
    run(&engine, "TRUNCATE TABLE migrations").await;
    run(&engine, "CREATE TABLE migration_turn_7 (nothing UInt8) ENGINE = Memory").await;
    let written = walk(engine.folder.path()).into_iter().find(|path| path.ends_with("migration_turn_7.sql")).unwrap();
    // As after a kill: nobody has touched it for long.
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    std::fs::File::options().write(true).open(written).unwrap().set_modified(long_ago).unwrap();
    reached_by_others(&engine).migrate().await.unwrap();
    assert!(reached_by_others(&engine).is_migrated().await.unwrap());
    assert_eq!(turns(&engine).await, Vec::<String>::new());
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() && !path.is_symlink() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_migration_that_was_cut_off_is_finished_the_next_time() {
    let engine = Engine::start().await;
    let whole = applied(&engine).await;
    // As after a crash in the middle of the second: its last tables are not there and it is not recorded.
    run(&engine, "TRUNCATE TABLE migrations").await;
    insert(&engine, &whole[..1]).await;
    run(&engine, "DROP TABLE corrections").await;
    run(&engine, "DROP TABLE positions").await;
    engine.warehouse.migrate().await.unwrap();
    assert_eq!(applied(&engine).await, whole);
    run(&engine, "SELECT * FROM corrections").await;
    engine.warehouse.positions().await.unwrap();
}

#[tokio::test]
async fn a_changed_migration_and_a_newer_database_are_refused_in_words() {
    let engine = Engine::start().await;
    let whole = applied(&engine).await;
    run(&engine, "TRUNCATE TABLE migrations").await;
    let changed = Applied { sha256: "0123".to_owned(), ..whole[1].clone() };
    insert(&engine, &[whole[0].clone(), changed]).await;
    let error = engine.warehouse.migrate().await.unwrap_err();
    let WarehouseError::Migration(MigrationError::Changed { number: 2, applied, shipped, .. }) = &error else {
        panic!("{error}")
    };
    assert_eq!((applied.as_str(), shipped), ("0123", &whole[1].sha256));
    assert!(!error.is_recoverable());
    assert!(error.to_string().contains("migration 0002 (facts)"), "{error}");

    run(&engine, "TRUNCATE TABLE migrations").await;
    let newer = Applied { number: 9000, name: "later".to_owned(), sha256: String::new() };
    insert(&engine, &[whole, vec![newer]].concat()).await;
    let error = engine.warehouse.migrate().await.unwrap_err();
    assert!(error.to_string().contains("9000 (later)") && error.to_string().contains("newer"), "{error}");
}

#[tokio::test]
async fn the_statements_for_a_cluster_are_sql() {
    let engine = Engine::start_empty().await;
    let single = migration_statements(None).unwrap();
    let cluster = migration_statements(Some("main")).unwrap();
    assert_eq!(single.len(), cluster.len());
    for statement in &cluster {
        let sql = format!("EXPLAIN AST {statement}");
        engine.client().with_database("system").query_raw(&sql).fetch_all::<String>().await.unwrap();
        // Replicas copy what one of them is told.
        let fills = statement.contains("INSERT INTO");
        assert_ne!(statement.contains("ON CLUSTER 'main'"), fills, "{statement}");
        let makes_no_table =
            ["CREATE VIEW", "DROP TABLE", "ALTER TABLE", "INSERT INTO"].iter().any(|made| statement.contains(made));
        assert!(makes_no_table || statement.contains("Replicated"), "{statement}");
    }
    assert!(single.iter().all(|statement| !statement.contains("Replicated") && !statement.contains("CLUSTER")));
}

#[derive(Row, Deserialize)]
struct Column {
    value: String,
}

#[tokio::test]
async fn a_view_shows_every_cause_with_its_quotes() {
    let engine = Engine::start().await;
    let mut record = common::events::complaint("a", "2026-11-05T00:00:00Z");
    record.reading =
        common::events::reading("物流太慢", tingjian_schemas::Kind::Complaint, &["fulfil.transit_delay", "promise.x"]);
    engine.warehouse.write(&common::events::batch(vec![common::events::record_item(0, 1, record)])).await.unwrap();
    let sql =
        "SELECT concat(toString(position), ' ', code, ' ', department, ' ', arrayStringConcat(quotes, '|')) AS value
               FROM record_causes ORDER BY position";
    let rows: Vec<Column> = engine.client().query(sql).fetch_all().await.unwrap();
    let rows: Vec<&str> = rows.iter().map(|row| row.value.as_str()).collect();
    assert_eq!(rows, ["1 fulfil.transit_delay dep:fulfil 物流|太慢", "2 promise.x dep:promise 物流|太慢"]);
}
