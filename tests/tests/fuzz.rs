//! The HTTP interface against its own description: schemathesis makes requests that fit it and requests that do not, and holds
//! every answer against it. No answer may be a five-hundred, and none may be outside the description.
//!
//! `TINGJIAN_FUZZ_EXAMPLES` says how many requests per call and phase (3), `TINGJIAN_FUZZ_SEED` which ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::process::Command;

use serde_json::json;
use tingjian_tests::{Sandbox, complaint, python_programs};

const EXAMPLES: &str = "3";
const SEED: &str = "20261122";
/// What is asked of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance";
const WHEN: &str = "2026-11-20T12:00:00+08:00";

#[test]
fn every_answer_is_one_that_the_description_names() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    client.send("complaints", &[complaint("r-1", WHEN, "说好次日达，三天了还没到，客服也不回电")]);
    client.send(
        "commendations",
        &[json!({ "event_id": "p-1", "occurred_at": WHEN, "text": "很有耐心", "praised": [{ "agent_no": "0417" }] })],
    );
    // What cannot be read, so that the calls about dead letters have one.
    client.post("/api/v1/streams/complaints", &[("Content-Type", "application/json")], b"[{\"event_id\":\"d-1\"}]");
    sandbox.settle();
    let setting = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(python_programs("fuzz").join("schemathesis"))
        .args(["run", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--no-color", "--no-shrink"])
        .args(["--max-examples", &setting("TINGJIAN_FUZZ_EXAMPLES", EXAMPLES)])
        .args(["--seed", &setting("TINGJIAN_FUZZ_SEED", SEED)])
        .args(["--workers", "2", "--continue-on-failure", "--request-timeout", "30", "--generation-database", "none"])
        .args(["--suppress-health-check", "all", "--warnings", "off"])
        .arg("--header")
        .arg(format!("Authorization: Bearer {}", client.token()))
        .arg(format!("{}/api/v1/openapi.json", client.address()))
        .env("NO_PROXY", "*")
        .current_dir(folder.path())
        .output()
        .expect("schemathesis");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A run that tried nothing proves nothing.
    assert!(said.contains("Tested:"), "calls were tried");
    let health = client.get("/api/v1/health", &[]);
    assert_eq!(health.status, 200, "the server stands: {}", health.text());
}
