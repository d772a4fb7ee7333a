//! What is exported is what is searched: the same query, the same filters, in every format.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use serde_json::Value;
use tingjian_tests::{Sandbox, complaint, numeral};

/// More than one page of the index.
const LATE: usize = 1_200;
const OTHER: usize = 30;

#[test]
fn a_query_exports_what_it_finds() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let event = |n: usize| {
        let text = if n < LATE { "催单三次，快递还没到" } else { "=HYPERLINK(1)杯子碎了" };
        let day = format!("2026-11-{:02}T12:00:00+08:00", 1 + n % 20);
        complaint(&format!("r{n}"), &day, &format!("{text}，第{}单", numeral(n)))
    };
    client.send("complaints", &(0..LATE + OTHER).map(event).collect::<Vec<_>>());
    sandbox.settle();

    for query in
        [vec![], vec![("q", "催单 AND 快递")], vec![("q", "杯子碎")], vec![("q", "NOT 催单"), ("since", "2026-11-10")]]
    {
        let total = client.ask("/api/v1/search", &query)["total"].as_u64().expect("a total") as usize;
        let export = |format: &str| {
            let query = [query.as_slice(), &[("format", format)]].concat();
            let answer = client.get("/api/v1/export", &query);
            assert_eq!(answer.status, 200, "{query:?}: {}", answer.text());
            answer
        };
        let jsonl = export("jsonl").text();
        let rows: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
        assert_eq!(rows.len(), total, "{query:?}");
        let times: Vec<&str> = rows.iter().map(|row| row["occurred_at"].as_str().expect("a time")).collect();
        assert!(times.is_sorted(), "{query:?}: oldest first");
        let csv = export("csv").text();
        assert_eq!(csv.lines().count(), total + 1, "{query:?}");
        assert!(!csv.contains(",=HYPERLINK") && !csv.contains("\n=HYPERLINK"), "formulas are disarmed");
        // A workbook is a ZIP file.
        assert!(export("xlsx").body.starts_with(b"PK"), "{query:?}");
    }
    let wrong = client.get("/api/v1/export", &[("q", "(催单"), ("format", "csv")]);
    assert_eq!(wrong.status, 400, "said before the first byte: {}", wrong.text());
}
