//! A damaged index is named at the start, and one command builds it anew from the warehouse; another works attributions out anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::fs;

use serde_json::{Value, json};
use tingjian_tests::{Sandbox, complaint, numeral, refused_start, run_program, wait_until};

const RECORDS: usize = 300;

#[test]
fn a_damaged_index_is_rebuilt_from_the_warehouse() {
    let mut sandbox = Sandbox::start();
    let event = |n: usize| {
        let text = format!("第{}单承诺次日达，三天才到", numeral(n));
        complaint(&format!("r{n}"), &format!("2026-11-{:02}T12:00:00+08:00", 1 + n % 20), &text)
    };
    sandbox.client().send("complaints", &(0..RECORDS).map(event).collect::<Vec<_>>());
    sandbox.settle();
    let questions =
        [vec![], vec![("q", "承诺次日达")], vec![("q", "诺次"), ("since", "2026-11-05"), ("sort", "oldest")]];
    let ask = |sandbox: &Sandbox| -> Vec<Value> {
        questions.iter().map(|question| sandbox.client().ask("/api/v1/search", question)).collect()
    };
    let before = ask(&sandbox);
    assert_eq!(before[1]["total"], RECORDS);

    assert!(sandbox.stop().success());
    let index = sandbox.folder().join("index");
    fs::write(index.join("meta.json"), "{").expect("damage");
    let said = refused_start(sandbox.folder(), "127.0.0.1:0");
    assert!(said.contains("tingjian-server rebuild-index"), "{said}");
    sandbox.command(&["rebuild-index"]);

    sandbox.restart();
    sandbox.wait_ready();
    assert_eq!(ask(&sandbox), before, "the same answers");
    // What comes later is neither lost nor counted twice.
    sandbox.client().send("complaints", &[event(0), event(RECORDS)]);
    sandbox.settle();
    let status = sandbox.client().ask("/api/v1/status", &[]);
    assert_eq!(status["index"]["documents"], RECORDS + 1, "{status}");
    assert!(!index.with_extension("rebuilding").exists() && !index.with_extension("replaced").exists());
}

#[test]
fn attributions_are_worked_out_anew_by_a_command() {
    let mut sandbox = Sandbox::start();
    let texts = ["r1", "r2"].map(|id| {
        let mut event = complaint(id, "2026-11-10T12:00:00+08:00", "承诺次日达，三天才到");
        event["order_id"] = json!("O-1");
        event["customer"] = json!({"account": "u-1"});
        event
    });
    sandbox.client().send("complaints", &texts);
    let verdict = json!({"event_id": "j1", "occurred_at": "2026-11-11T12:00:00+08:00", "record_id": "r1",
        "verdict": "responsible", "department": "市场", "judge": "王芳", "reason": "查过"});
    sandbox.client().send("judgements", &[verdict]);
    let ask = |sandbox: &Sandbox| {
        let client = sandbox.client();
        [client.ask("/api/v1/causes", &[("by", "department")]), client.ask("/api/v1/contacts", &[])]
    };
    let judged =
        |sandbox: &Sandbox| ask(sandbox)[0]["basis"]["judgement"] == 1 && ask(sandbox)[1]["groups"] != json!([]);
    wait_until("the judgement to count", || judged(&sandbox).then_some(()));
    let before = ask(&sandbox);
    let refused = run_program(&["rebuild-attribution", "--data-dir", sandbox.folder().to_str().unwrap()], &[]);
    assert!(
        !refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("正被另一个"),
        "{refused:?}"
    );

    assert!(sandbox.stop().success());
    let said = sandbox.command(&["rebuild-attribution"]);
    assert!(said.contains("归因已重建"), "{said}");
    sandbox.restart();
    sandbox.wait_ready();
    assert_eq!(ask(&sandbox), before, "the same answers");
}
