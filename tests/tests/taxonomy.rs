//! The taxonomy changed over HTTP, and history read again: owners and leaves move, corrections stay, nothing is lost or doubled,
//! also when the server is killed in the middle.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use serde_json::{Value, json};
use tingjian_tests::{Answer, Client, Sandbox, complaint, numeral, wait_until};

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];
const WHEN: &str = "2026-11-20T12:00:00+08:00";

fn put(client: &Client, draft: &Value) -> Answer {
    client.call("PUT", "/api/v1/taxonomy?note=%E6%94%B9", &JSON, draft.to_string().as_bytes())
}

fn saved(client: &Client, draft: &Value) -> Value {
    let answer = put(client, draft);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The leaf with this code in a draft.
fn leaf<'d>(draft: &'d mut Value, code: &str) -> &'d mut Value {
    let groups = draft["groups"].as_array_mut().unwrap().iter_mut();
    let mut leaves = groups.flat_map(|group| group["causes"].as_array_mut().unwrap());
    leaves.find(|leaf| leaf["code"] == code).unwrap_or_else(|| panic!("no {code}"))
}

fn without(draft: &Value, code: &str) -> Value {
    let mut draft = draft.clone();
    for group in draft["groups"].as_array_mut().unwrap() {
        group["causes"].as_array_mut().unwrap().retain(|leaf| leaf["code"] != code);
    }
    draft
}

/// Begins a run and gives its number.
fn begin(client: &Client) -> i64 {
    let answer = client.post("/api/v1/reanalyse", &[], b"");
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["id"].as_i64().unwrap()
}

fn finished(client: &Client, id: i64) -> Value {
    wait_until("the run to end", || {
        let run =
            client.try_get(&format!("/api/v1/reanalyse/{id}"), &[]).ok().filter(|answer| answer.status == 200)?.json();
        assert_ne!(run["state"], "failed", "{run}");
        (run["state"] == "done").then_some(run)
    })
}

fn total(client: &Client, path: &str, query: &[(&str, &str)]) -> u64 {
    client.ask(path, query)["total"].as_u64().unwrap()
}

/// The primary cause and its department, as the text was read.
fn read_as(client: &Client, id: &str) -> (String, String) {
    let record = client.ask(&format!("/api/v1/records/{id}"), &[]);
    let first = &record["causes"][0];
    (first["code"].as_str().unwrap_or_default().to_owned(), first["department"].as_str().unwrap_or_default().to_owned())
}

fn responsible(client: &Client, id: &str) -> Vec<String> {
    let trace = client.ask(&format!("/api/v1/records/{id}/trace"), &[]);
    let shares = trace["responsible"].as_array().unwrap().iter();
    shares.map(|share| share["department"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_owner_changes_history_follows_and_corrections_stay() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let text = "杯子收到就是碎的，包装里一点缓冲都没有";
    let mut with_case = complaint("with-case", WHEN, text);
    with_case["case_id"] = json!("case-1");
    client.send("complaints", &[complaint("plain", WHEN, text), with_case, complaint("corrected", WHEN, text)]);
    client.send(
        "case-events",
        &[json!({ "event_id": "s1", "occurred_at": WHEN, "case_id": "case-1", "kind": "opened", "holder": "售后" })],
    );
    sandbox.settle();
    let (code, owner) = read_as(&client, "plain");
    assert!(code.contains('.'), "a cause was read: {code}");
    let other = if code == "people.attitude" { "process.no_authority" } else { "people.attitude" };
    client.send(
        "corrections",
        &[json!({ "event_id": "c1", "occurred_at": WHEN, "record_id": "corrected", "by": "质检", "causes": [other] })],
    );
    sandbox.settle();

    let mut draft = client.ask("/api/v1/taxonomy", &[]);
    draft["owners"].as_array_mut().unwrap().push(json!("包装组"));
    leaf(&mut draft, &code)["owner"] = json!("包装组");
    let preview = client.post("/api/v1/taxonomy/preview", &JSON, draft.to_string().as_bytes()).json();
    assert_eq!((&preview["sampled"], &preview["moved"]), (&json!(3), &json!(3)), "{preview}");
    let now = saved(&client, &draft);
    assert_eq!(now["version"], draft["version"].as_u64().unwrap() + 1);
    assert_eq!(read_as(&client, "plain").1, owner, "history stays until it is read again");
    let outdated = put(&client, &draft);
    assert_eq!(outdated.status, 409, "made from an older version: {}", outdated.text());

    let run = finished(&client, begin(&client));
    assert_eq!((&run["total"], &run["done"], &run["changed"]), (&json!(3), &json!(3), &json!(3)), "{run}");
    assert_eq!(run["taxonomy"], now["citation"]);
    assert_eq!(read_as(&client, "plain"), (code.clone(), "包装组".to_owned()));
    assert_eq!(total(&client, "/api/v1/search", &[("department", "包装组")]), 3, "the index follows");
    assert_eq!(total(&client, "/api/v1/search", &[]), 3, "and holds each record once");
    assert_eq!(responsible(&client, "with-case"), ["包装组"]);
    let groups = client.ask("/api/v1/causes", &[("by", "department")])["groups"].clone();
    let count = |name: &str| {
        let found = groups.as_array().unwrap().iter().find(|group| group["key"] == name);
        found.map_or(0, |group| group["records"].as_u64().unwrap())
    };
    assert_eq!((count("包装组"), count(&owner)), (2, 0), "the corrected one counts elsewhere: {groups}");
    let page = client.get("/records/with-case", &[]).text();
    assert!(page.contains("包装组"), "the page follows");
    let corrected = client.ask("/api/v1/records/corrected/trace", &[]);
    assert_eq!(corrected["corrections"][0]["causes"], json!([other]), "the correction is there");
    let list = client.get("/records", &[("cause", other)]);
    assert!(list.text().contains("data-total=\"1\""), "and counts: {}", list.text());
    let versions = client.ask("/api/v1/taxonomy/versions", &[]);
    assert_eq!((&versions["total"], &versions["items"][0]["note"]), (&json!(1), &json!("改")));
    assert_eq!(finished(&client, begin(&client))["total"], 0, "nothing is left to read");
}

#[test]
fn everything_wrong_is_named_and_a_leaf_goes_only_where_it_is_told_to() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    client.send("complaints", &[complaint("r", WHEN, "客服态度恶劣，说话很不耐烦，还挂我电话")]);
    sandbox.settle();
    let (code, _) = read_as(&client, "r");
    let draft = client.ask("/api/v1/taxonomy", &[]);
    let into = draft["groups"].as_array().unwrap().iter().flat_map(|group| group["causes"].as_array().unwrap());
    let into = into.map(|leaf| leaf["code"].as_str().unwrap().to_owned()).find(|other| *other != code).unwrap();

    let mut wrong = without(&without(&draft, &code), "fulfil.lost");
    let refused = put(&client, &wrong);
    let errors = refused.json()["errors"].as_array().unwrap().clone();
    let says = |what: &str| errors.iter().any(|error| error.as_str().unwrap().contains(what));
    assert!(refused.status == 400 && says(&code) && says("fulfil.lost"), "{errors:?}");
    leaf(&mut wrong, &into)["owner"] = json!("没有这个部门");
    leaf(&mut wrong, &into)["zh"] = json!(" ");
    let errors = put(&client, &wrong).json()["errors"].clone();
    assert_eq!(errors.as_array().unwrap().len(), 2, "both fields are named: {errors}");
    assert_eq!(put(&client, &json!({ "version": 1 })).status, 400);
    assert_eq!(put(&client, &json!([])).status, 400);
    assert_eq!(total(&client, "/api/v1/taxonomy/versions", &[]), 0, "nothing was saved");

    let mut merged = without(&draft, &code);
    merged["moved"] = json!([{ "from": code, "into": into }]);
    let now = saved(&client, &merged);
    client.send(
        "corrections",
        &[json!({ "event_id": "c1", "occurred_at": WHEN, "record_id": "r", "by": "质检", "causes": [code] })],
    );
    let run = finished(&client, begin(&client));
    assert_eq!(run["changed"], 1);
    assert_eq!(read_as(&client, "r").0, into, "what was read as the old leaf counts for the new one");
    sandbox.settle();
    wait_until("the correction to count for the new leaf", || {
        let list = client.get("/records", &[("cause", &into)]).text();
        list.contains("data-total=\"1\"").then_some(())
    });
    // It stays known what became of it.
    let mut forgetful = now.clone();
    forgetful["moved"] = json!([]);
    assert_eq!(put(&client, &forgetful).status, 400);

    // The next server reads by it, too.
    let mut sandbox = sandbox;
    assert!(sandbox.stop().success());
    sandbox.restart();
    sandbox.wait_ready();
    let client = sandbox.client();
    assert_eq!(client.ask("/api/v1/taxonomy", &[])["citation"], now["citation"]);
    assert_eq!(client.ask("/api/v1/taxonomy", &[("version", "1")])["version"], 1, "older versions are kept");
}

#[test]
fn killed_in_the_middle_a_run_ends_as_if_nothing_had_been() {
    const RECORDS: usize = 12_000;
    const BATCH: usize = 2_000;
    let mut sandbox = Sandbox::start();
    let texts = ["快递太慢了一直没到", "客服态度恶劣不耐烦", "杯子收到就是碎的", "退款一直不到账"];
    let event = |n: usize| {
        let at = format!("2026-11-{:02}T{:02}:00:00+08:00", 1 + n % 20, n % 24);
        complaint(&format!("r{n}"), &at, &format!("{}，第{}单", texts[n % texts.len()], numeral(n)))
    };
    for batch in 0..RECORDS / BATCH {
        let events: Vec<Value> = (batch * BATCH..(batch + 1) * BATCH).map(event).collect();
        sandbox.client().send("complaints", &events);
    }
    sandbox.settle();
    let client = sandbox.client();
    let (code, owner) = read_as(&client, "r2");
    let of_leaf = total(&client, "/api/v1/search", &[("cause", &code)]);
    let before = client.ask("/api/v1/causes", &[("by", "cause")]);
    assert!(of_leaf >= (RECORDS / texts.len()) as u64, "{code}: {of_leaf}");
    let mut draft = client.ask("/api/v1/taxonomy", &[]);
    draft["owners"].as_array_mut().unwrap().push(json!("包装组"));
    leaf(&mut draft, &code)["owner"] = json!("包装组");
    saved(&client, &draft);
    let id = begin(&client);
    let run = || client.ask(&format!("/api/v1/reanalyse/{id}"), &[]);
    wait_until("the run to be in the middle", || {
        let run = run();
        let (done, total) = (run["done"].as_u64().unwrap(), run["total"].as_u64().unwrap());
        assert!(run["state"] == "reading", "too quick to be killed in the middle: {run}");
        (done > 0 && done < total).then_some(())
    });
    sandbox.kill();
    sandbox.restart();
    sandbox.wait_ready();
    let client = sandbox.client();
    let run = finished(&client, id);
    assert!(run["done"].as_u64().unwrap() >= RECORDS as u64 && run["total"] == run["done"], "{run}");
    assert_eq!(total(&client, "/api/v1/search", &[]), RECORDS as u64, "each record once");
    assert_eq!(total(&client, "/api/v1/search", &[("department", "包装组")]), of_leaf);
    let left = total(&client, "/api/v1/search", &[("department", &owner), ("cause", &code)]);
    let both = total(&client, "/api/v1/search", &[("department", "包装组"), ("cause", &code)]);
    assert_eq!(both, of_leaf, "{left} are left with the former owner");
    let after = client.ask("/api/v1/causes", &[("by", "cause")]);
    assert_eq!(after["groups"], before["groups"], "causes are what they were");
    let status = client.ask("/api/v1/status", &[]);
    assert_eq!((&status["records"], &status["index"]["documents"]), (&json!(RECORDS), &json!(RECORDS)), "{status}");
    assert_eq!(finished(&client, begin(&client))["total"], 0, "nothing was left out");
}
