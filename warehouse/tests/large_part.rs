//! Tables that are read as a whole: what was replaced or voided counts as it is now, however the rows lie in parts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use common::engine::Engine;
use tingjian_warehouse::{CaseTimesRow, Projected, PromiseEntriesRow, PromiseGroup, PromisesBy, Span};

const MADE_AT: i64 = 1_795_000_000_000;

fn key(number: u8) -> [u8; 16] {
    [number; 16]
}

/// One order with one promise.
fn entry(number: u8, outcome: &str, version: u64) -> PromiseEntriesRow {
    PromiseEntriesRow {
        unit: "order".to_owned(),
        unit_key: key(number),
        promise_id: vec![format!("p{number}")],
        made_by_kind: vec!["page".to_owned()],
        owner_department: vec!["市场部".to_owned()],
        agent_no: vec![String::new()],
        made_at: vec![MADE_AT],
        lane: vec![String::new()],
        outcome: vec![outcome.to_owned()],
        version,
        ..PromiseEntriesRow::default()
    }
}

/// One case held once.
fn case(number: u8, minutes: i64, version: u64) -> CaseTimesRow {
    CaseTimesRow {
        case_key: key(number),
        hold_holder: vec!["仓储部".to_owned()],
        hold_from: vec![MADE_AT],
        hold_to: vec![MADE_AT + minutes * 60_000],
        hold_minutes: vec![minutes],
        hold_open: vec![false],
        version,
        ..CaseTimesRow::default()
    }
}

async fn run(engine: &Engine, sql: &str) {
    engine.client().query(sql).execute().await.unwrap();
}

/// Rows and merges so far of the parts of a table.
async fn parts(engine: &Engine, table: &str) -> Vec<(u64, u32)> {
    let sql = "SELECT rows, level FROM system.parts WHERE active AND database = currentDatabase() AND table = ? ORDER BY rows DESC";
    engine.client().query(sql).bind(table).fetch_all().await.unwrap()
}

async fn check(engine: &Engine, (kept, broken): (u64, u64), (held_min, cases, median_min): (i64, u64, i64)) {
    let groups = engine.warehouse.promise_groups(PromisesBy::MadeByKind, Span::default()).await.unwrap();
    assert_eq!(groups, [PromiseGroup { key: "page".to_owned(), kept, broken, open: 0, unknown: 0 }]);
    let holds = engine.warehouse.department_holds(Span::default()).await.unwrap();
    assert_eq!(holds.len(), 1);
    assert_eq!((holds[0].held_min, holds[0].cases, holds[0].median_min), (held_min, cases, median_min));
}

#[tokio::test]
async fn what_was_replaced_or_voided_beside_a_large_part_counts_as_it_is_now() {
    let engine = Engine::start().await;
    let first = Projected {
        entries: (0..100).map(|number| entry(number, "kept", 1)).collect(),
        cases: (0..100).map(|number| case(number, 10, 1)).collect(),
        ..Projected::default()
    };
    engine.warehouse.write_projected(&first).await.unwrap();
    check(&engine, (100, 0), (1_000, 100, 10)).await;
    for table in ["promise_entries", "case_times"] {
        run(&engine, &format!("OPTIMIZE TABLE {table} FINAL")).await;
        run(&engine, &format!("SYSTEM STOP MERGES {table}")).await;
    }
    check(&engine, (100, 0), (1_000, 100, 10)).await;
    // Two replaced, one voided, one new, and one row that comes again though it is older than what is there.
    let voided = |row: PromiseEntriesRow| PromiseEntriesRow { is_deleted: 1, ..row };
    let second = Projected {
        entries: vec![
            entry(0, "broken", 2),
            entry(1, "broken", 2),
            voided(entry(2, "kept", 2)),
            entry(200, "kept", 2),
            entry(3, "broken", 0),
        ],
        cases: vec![
            case(0, 30, 2),
            case(1, 30, 2),
            CaseTimesRow { is_deleted: 1, ..case(2, 10, 2) },
            case(200, 10, 2),
            case(3, 90, 0),
        ],
        ..Projected::default()
    };
    engine.warehouse.write_projected(&second).await.unwrap();
    for table in ["promise_entries", "case_times"] {
        let parts = parts(&engine, table).await;
        assert_eq!(parts.len(), 2, "{table}: {parts:?}");
        assert!(parts[0].0 == 100 && parts[0].1 > 0, "{table}: {parts:?}");
    }
    check(&engine, (98, 2), (1_040, 100, 10)).await;
    // What was replaced is replaced once more, in a third part.
    let third = Projected {
        entries: vec![entry(0, "kept", 3), entry(4, "broken", 3)],
        cases: vec![case(0, 10, 3), case(4, 20, 3)],
        ..Projected::default()
    };
    engine.warehouse.write_projected(&third).await.unwrap();
    check(&engine, (98, 2), (1_030, 100, 10)).await;
    for table in ["promise_entries", "case_times"] {
        run(&engine, &format!("SYSTEM START MERGES {table}")).await;
        run(&engine, &format!("OPTIMIZE TABLE {table} FINAL")).await;
    }
    check(&engine, (98, 2), (1_030, 100, 10)).await;
}
