//! Alerts between reports, by two servers on one ClickHouse: told once, taken on from the message, over when it is over.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{fs, path::Path};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tingjian_tests::{Client, Engine, Receiver, Sandbox, complaint, wait_until};

/// Requests past their clock from which on a department is told of.
const OVERDUE: usize = 3;

fn ago(minutes: i64) -> String {
    (Timestamp::now() - SignedDuration::from_mins(minutes)).to_string()
}

fn request(n: usize, department: &str) -> Value {
    json!({
        "event_id": format!("ask-{department}-{n}"),
        "occurred_at": ago(300),
        "request_id": format!("request-{department}-{n}"),
        "case_id": format!("case-{department}-{n}"),
        "to_department": department,
        "text": "请核实包裹去向",
    })
}

fn reply(n: usize, department: &str) -> Value {
    json!({
        "event_id": format!("answer-{department}-{n}"),
        "occurred_at": ago(0),
        "request_id": format!("request-{department}-{n}"),
        "department": department,
        "text": "已找到",
    })
}

/// A channels file with a webhook for alerts and a robot that takes reports alone.
fn channels(folder: &Path, hook: &Receiver, robot: &Receiver) -> String {
    fs::write(folder.join("hook.url"), format!("{}/hook", hook.address)).unwrap();
    fs::write(folder.join("robot.url"), format!("{}/robot", robot.address)).unwrap();
    fs::write(folder.join("secret"), "hsecret").unwrap();
    let text = "[[channel]]\nname = 'hook'\nkind = 'webhook'\nurl_file = 'hook.url'\nsecret_file = 'secret'\ntakes = ['alerts']\n\
                [[channel]]\nname = 'group'\nkind = 'wecom'\nurl_file = 'robot.url'\ntakes = ['reports']\n";
    let file = folder.join("channels.toml");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn open_alerts(client: &Client) -> Vec<Value> {
    client.ask("/api/v1/alerts", &[("state", "open")])["items"].as_array().unwrap().clone()
}

/// Waits until a server has looked `times` more.
fn looked(sandbox: &Sandbox, times: usize) {
    let looks = || sandbox.log().matches("alerts looked at").count();
    let before = looks();
    wait_until("further looks", || (looks() >= before + times).then_some(()));
}

#[test]
fn two_servers_tell_of_a_department_past_its_clock_once() {
    let folder = tempfile::tempdir().unwrap();
    let (hook, robot) = (Receiver::start(&[(204, "")]), Receiver::start(&[(200, r#"{"errcode":0}"#)]));
    let file = channels(folder.path(), &hook, &robot);
    fs::write(folder.path().join("link.key"), "a key that both servers share").unwrap();
    let engine = Engine::start();
    let (url, password) = (engine.url(), engine.password_file());
    let key = folder.path().join("link.key");
    let environment = [
        ("TINGJIAN_WAREHOUSE_URL", url.as_str()),
        ("TINGJIAN_WAREHOUSE_PASSWORD_FILE", password.to_str().unwrap()),
        ("TINGJIAN_SECRETS_LINK_KEY_FILE", key.to_str().unwrap()),
        ("TINGJIAN_REPORTS_CHANNELS_FILE", &file),
        ("TINGJIAN_ALERTS_INTERVAL_S", "1"),
        ("TINGJIAN_ALERTS_QUIET_FROM", "00:00"),
        ("TINGJIAN_ALERTS_QUIET_UNTIL", "00:00"),
        ("TINGJIAN_ALERTS_OVERDUE_REQUESTS", "3"),
        ("TINGJIAN_ALERTS_DEAD_LETTERS", "2"),
        ("TINGJIAN_LOG_LEVEL", "info,tingjian_server=debug"),
    ];
    let one = Sandbox::with(&environment);
    one.wait_ready();
    let other = Sandbox::with(&environment);
    other.wait_ready();
    let client = one.client();
    let asked: Vec<Value> = (0..OVERDUE).map(|n| request(n, "物流")).chain([request(0, "市场")]).collect();
    client.send("department-requests", &asked);
    client.send("complaints", &[complaint("c1", &ago(0), "快递一直没到")]);

    let alert = wait_until("an alert", || open_alerts(&client).into_iter().next());
    assert_eq!((&alert["subject"], &alert["acknowledged_by"]), (&json!("overdue/物流"), &Value::Null), "{alert}");
    wait_until("it to be told", || (!hook.got().is_empty()).then_some(()));
    looked(&one, 5);
    looked(&other, 5);
    let got = hook.got();
    assert_eq!(got.len(), 1, "once: {got:?}");
    assert!(got[0].headers["tingjian-signature"].starts_with("sha256="), "{got:?}");
    let body: Value = serde_json::from_str(&got[0].body).unwrap();
    assert!(body["title"].as_str().unwrap().contains("物流"), "{body}");
    assert_eq!(body["data"]["id"], alert["id"]);
    assert!(robot.got().is_empty(), "that channel takes no alerts");
    assert_eq!(open_alerts(&other.client()), open_alerts(&client), "both see the same");
    let link = body["link"].as_str().unwrap();
    let (_, query) = link.split_once("/requests?").expect("a link to the requests");
    let page = client.get(&format!("/requests?{query}"), &[]);
    assert!(page.text().contains("data-total=\"3\""), "{}", page.text());

    // Taken on from the message, at whichever server.
    let (_, code) = body["seen"].as_str().unwrap().split_once("/api/v1/seen/").unwrap();
    assert_eq!(other.client().with_token(None).post(&format!("/api/v1/seen/{code}"), &[], b"").status, 204);
    let taken =
        wait_until("it to be taken on", || open_alerts(&client).into_iter().find(|a| a["acknowledged_at"].is_string()));
    assert_eq!(taken["acknowledged_by"], "hook");
    // A second one is too late, and says who it is.
    let path = format!("/api/v1/alerts/{}/ack", alert["id"].as_str().unwrap());
    assert_eq!(client.post(&path, &[], b"").json()["acknowledged_by"], "hook");
    assert_eq!(client.post("/api/v1/alerts/none/ack", &[], b"").status, 404);

    // Answered: over.
    client.send("department-replies", &(0..OVERDUE).map(|n| reply(n, "物流")).collect::<Vec<_>>());
    wait_until("it to be over", || open_alerts(&client).is_empty().then_some(()));

    // Something else, told once as well.
    for n in 0..2 {
        let broken = json!({"event_id": format!("broken-{n}"), "occurred_at": "sometime", "text": "x"});
        client.post(
            "/api/v1/streams/complaints",
            &[("Content-Type", "application/json")],
            broken.to_string().as_bytes(),
        );
    }
    wait_until("the second to be told", || hook.got().get(1).map(|got| assert!(got.body.contains("dead-letters"))));
    let page = client.get("/alerts", &[]).text();
    assert!(page.contains("无法读取的数据增多") && page.contains("物流超时未答复"), "{page}");
    looked(&one, 3);
    looked(&other, 3);
    assert_eq!(hook.got().len(), 2);
}

#[test]
fn nobody_is_woken_and_it_is_told_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let (hook, robot) = (Receiver::start(&[(204, "")]), Receiver::start(&[(200, "{}")]));
    let file = channels(folder.path(), &hook, &robot);
    let now = Timestamp::now().to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap());
    let hour = SignedDuration::from_hours(1);
    let (from, until) = ((now.clone() - hour).time().to_string(), (now + hour).time().to_string());
    let quiet = |from: &str, until: &str| {
        [
            ("TINGJIAN_REPORTS_CHANNELS_FILE", file.clone()),
            ("TINGJIAN_ALERTS_INTERVAL_S", "1".to_owned()),
            ("TINGJIAN_ALERTS_QUIET_FROM", from.to_owned()),
            ("TINGJIAN_ALERTS_QUIET_UNTIL", until.to_owned()),
            ("TINGJIAN_ALERTS_OVERDUE_REQUESTS", "1".to_owned()),
            ("TINGJIAN_LOG_LEVEL", "info,tingjian_server=debug".to_owned()),
        ]
    };
    let data = folder.path().join("data");
    let start = |environment: &[(&str, String)]| {
        let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let sandbox = Sandbox::at(&data, &environment);
        sandbox.wait_ready();
        sandbox
    };
    let mut sandbox = start(&quiet(&from, &until));
    let client = sandbox.client();
    client.send("department-requests", &[request(0, "物流")]);
    client.send("complaints", &[complaint("c1", &ago(0), "快递一直没到")]);
    wait_until("an alert", || open_alerts(&client).into_iter().next());
    looked(&sandbox, 5);
    assert!(hook.got().is_empty(), "somebody was woken");
    sandbox.stop();
    let sandbox = start(&quiet("00:00", "00:00"));
    wait_until("it to be told afterwards", || (!hook.got().is_empty()).then_some(()));
    assert_eq!(open_alerts(&sandbox.client()).len(), 1);
}
