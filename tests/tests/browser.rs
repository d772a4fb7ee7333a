//! The pages in a real browser: a simulated centre is sent to the real server, and `tests/browser/` walks it with Chromium.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use tingjian_simulation::{Options, Output, Simulation, truth::Truth};
use tingjian_tests::{Client, Sandbox, browser_modules, chromium, complaint, wait_until};

/// Eight weeks of a small centre: enough for capabilities, late deliveries, cases, judgements.
const EVENTS: u64 = 12_000;
/// The department that one of the accounts is bound to.
const DEPARTMENT: &str = "物流";
/// Records looked through for one of a kind.
const LOOKED_AT: &str = "300";

#[test]
fn the_pages_do_their_job_in_a_real_browser() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let ledger = send_centre(&client);
    sandbox.settle();
    worked_out(&client, ledger);
    let fixtures = fixtures(&client);
    sandbox.settle();
    let links = links(&sandbox, &fixtures);
    let browser = root().join("tests/browser");
    let output = Command::new("node")
        .arg(browser.join("main.mjs"))
        .env("TINGJIAN_URL", client.address())
        .env("TINGJIAN_LINKS", links.to_string())
        .env("TINGJIAN_MODULES", browser_modules())
        .env("TINGJIAN_CHROMIUM", chromium())
        .env("TINGJIAN_SHOTS", shots())
        .env("TINGJIAN_FIXTURES", fixtures.to_string())
        .output()
        .expect("node");
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// A one-time sign-in link for an account of every kind.
fn links(sandbox: &Sandbox, fixtures: &Value) -> Value {
    let text = |name: &str| fixtures[name].as_str().expect("a fixture").to_owned();
    let (agent_no, department) = (text("agent_no"), text("department"));
    let accounts: [(&str, &[&str]); 6] = [
        ("agent", &["--role", "agent", "--agent-no", &agent_no, "--department", &department]),
        ("sender", &["--role", "intake"]),
        ("manager", &["--role", "supervisor"]),
        ("analyst", &["--role", "analyst"]),
        ("executive", &["--role", "executive"]),
        ("bound", &["--role", "supervisor", "--department", &department]),
    ];
    for (name, more) in accounts {
        sandbox.command(&[&["accounts", "add", name], more].concat());
    }
    let link = |name: &str| {
        let printed = sandbox.command(&["accounts", "link", name]);
        let link = printed.split_whitespace().find(|word| word.contains("/sign-in")).expect("a link");
        let path = link.find("/sign-in").map(|at| &link[at..]).expect("a path");
        format!("{}{path}", sandbox.client().address())
    };
    let names = accounts.map(|(name, _)| name).into_iter().chain(["admin"]);
    names.map(|name| (name.to_owned(), Value::String(link(name)))).collect::<serde_json::Map<_, _>>().into()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// Where screenshots are left: beside the build.
fn shots() -> PathBuf {
    std::env::var_os("TINGJIAN_SHOTS").map_or_else(
        || {
            let test = std::env::current_exe().expect("the test's own path");
            test.ancestors().nth(3).expect("the build folder").join("screenshots")
        },
        PathBuf::from,
    )
}

/// Sends everything; says how many promises came to what, as the centre knows it.
fn send_centre(client: &Client) -> [u64; 4] {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let simulation = Simulation::new(&Options::ending(until, 8, EVENTS, 7).unwrap()).unwrap();
    let mut bodies: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut ledger = [0; 4];
    for output in simulation {
        match output {
            Output::Event(event) => {
                bodies.entry(event.stream.name()).or_default().push(serde_json::from_str(&event.json).unwrap());
            }
            Output::Truth(Truth::Ledger(entry)) => ledger[entry.outcome as usize] += 1,
            Output::Truth(_) => {}
        }
    }
    for (stream, events) in bodies {
        events.chunks(2_000).for_each(|events| client.send(stream, events));
    }
    ledger
}

/// Waits until everything sent has been worked out: the ledger is the last that can be complete.
fn worked_out(client: &Client, ledger: [u64; 4]) {
    wait_until("the ledger to be complete", || {
        let told = client.ask("/api/v1/promises", &[]);
        let groups = told["groups"].as_array().expect("groups");
        let sum = |outcome: &str| groups.iter().filter_map(|group| group[outcome].as_u64()).sum::<u64>();
        (["kept", "broken", "open", "unknown"].map(sum) == ledger).then_some(())
    });
}

/// Records of each kind that the tests look at.
fn fixtures(client: &Client) -> Value {
    let hits = |pairs: &[(&str, &str)]| {
        let found = client.ask("/api/v1/search", pairs);
        let hits = found["hits"].as_array().expect("hits").clone();
        hits.into_iter().map(|hit| hit["record_id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    let trace = |id: &String| client.ask(&format!("/api/v1/records/{id}/trace"), &[]);
    let late = hits(&[("stream", "complaints"), ("cause", "promise.eta_overpromise"), ("limit", LOOKED_AT)]);
    let complaints = hits(&[("stream", "complaints"), ("limit", LOOKED_AT)]);
    let told = |trace: &Value| {
        let terms = &trace["decomposition"];
        terms["basis"] == "facts" && terms["overpromise_min"].as_i64() > Some(0) && terms["late_min"].as_i64() > Some(0)
    };
    let late_record = late.iter().find(|id| told(&trace(id))).expect("a late delivery whose lane is known");
    let held =
        complaints.iter().map(trace).find(|trace| trace["holds"].as_array().is_some_and(|holds| holds.len() > 1));
    let held = held.expect("a record with a case");
    let plain = complaints.iter().find(|id| *id != late_record && trace(id)["judgements"] == json!([]));
    let notes = hits(&[("stream", "call-notes"), ("limit", LOOKED_AT)]);
    let told_again = |trace: &Value| {
        let contacts = trace["chain"]["records"].as_array().map_or(0, Vec::len);
        (2..10).contains(&contacts) && trace["effort"]["total_min"].as_f64() > Some(0.0)
    };
    let chained = notes.iter().find(|id| told_again(&trace(id))).expect("a call that is one of several");
    let is_cleared = |trace: &Value| trace["exonerated"].as_array().is_some_and(|all| !all.is_empty());
    let cleared = late.iter().chain(&complaints).find(|id| is_cleared(&trace(id))).expect("an agent who is cleared");
    let departments = client.ask("/api/v1/departments", &[]);
    let busy = departments["items"].as_array().expect("items").iter().find(|one| one["requests_overdue"] != 0);
    // What cannot be read, so that there is a dead letter.
    client.post("/api/v1/streams/complaints", &[("Content-Type", "application/json")], b"[{\"event_id\":\"dead-1\"}]");
    let hostile = complaint(
        "browser-hostile",
        "2026-11-15T12:00:00+08:00",
        "客服让我打开<script>alert('听见')</script>才能退款，<b>太离谱</b>了",
    );
    client.send("complaints", &[hostile]);
    let agents = client.ask("/api/v1/causes", &[("by", "agent")]);
    let record = |id: &String| client.ask(&format!("/api/v1/records/{id}"), &[]);
    let of_other_agent = |id: &&String| {
        let agent_no = record(id)["agent_no"].clone();
        agent_no.is_string() && agent_no != agents["groups"][0]["key"]
    };
    let others = complaints.iter().find(of_other_agent).expect("another agent's record");
    // Nothing about it, in text or facts, is about the department.
    let is_outside = |id: &&String| {
        let (record, trace) = (record(id), trace(id));
        !format!("{record}{trace}").contains(DEPARTMENT)
    };
    let outside = complaints.iter().find(is_outside).expect("a record of other departments");
    json!({
        "late_record": late_record,
        "held_record": held["record"]["record_id"],
        "elapsed_min": held["elapsed_min"],
        "case_key": held["record"]["case_key"],
        "chain_record": chained,
        "busy_department": busy.expect("a department with a request that waits")["department"],
        "cleared_record": cleared,
        "plain_record": plain.expect("a record that nobody judged"),
        "hostile_record": "browser-hostile",
        "department": DEPARTMENT,
        "other_department": "市场",
        "outside_record": outside,
        "agent_no": agents["groups"][0]["key"],
        "other_agent_no": agents["groups"][1]["key"],
        "other_agents_record": others,
    })
}
