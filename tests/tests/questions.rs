//! Questions that people keep: answered at their time with their owner's rights, sent once, caught up once.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{fs, io::Cursor, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use calamine::{Reader, Xlsx};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use tingjian_tests::{Client, Receiver, Sandbox, wait_until};

/// A complaint that a department answers for by its text.
fn complaint(id: &str, department: &str) -> Value {
    let text = match department {
        "物流" => "包裹送来的时候外包装压坏了，是物流装卸的问题",
        _ => "页面宣传的赠品没有送",
    };
    let at = (Timestamp::now() - SignedDuration::from_mins(30)).to_string();
    json!({"event_id": id, "occurred_at": at, "department": department, "text": text})
}

fn channels(folder: &Path, hook: &Receiver) -> String {
    fs::write(folder.join("url"), format!("{}/hook", hook.address)).unwrap();
    fs::write(folder.join("secret"), "hsecret").unwrap();
    let channel = |name: &str, takes: &str| {
        format!(
            "[[channel]]\nname = '{name}'\nkind = 'webhook'\nurl_file = 'url'\nsecret_file = 'secret'\ntakes = [{takes}]\n"
        )
    };
    let file = folder.join("channels.toml");
    fs::write(&file, channel("files", "'questions'") + &channel("board", "'reports'")).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Time of day some seconds from now, where the organisation is.
fn soon(seconds: i64) -> String {
    let at = Timestamp::now() + SignedDuration::from_secs(seconds);
    at.to_zoned(TimeZone::get("Asia/Shanghai").unwrap()).strftime("%H:%M:%S").to_string()
}

fn keep(client: &Client, question: &Value) -> (u16, Value) {
    let headers = [("Content-Type", "application/json")];
    let answer = client.post("/api/v1/questions", &headers, question.to_string().as_bytes());
    (answer.status, answer.json())
}

/// Rows below the head of the sheet that came with a message.
fn rows(body: &str) -> Vec<Vec<String>> {
    let body: Value = serde_json::from_str(body).unwrap();
    let bytes = STANDARD.decode(body["attachments"][0]["base64"].as_str().unwrap()).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().skip(1).map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

fn token(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> String {
    let printed = sandbox.command(&[&["accounts", "add", name], arguments].concat());
    printed.split_whitespace().find(|word| word.starts_with("tj_")).unwrap().to_owned()
}

#[test]
fn answered_with_the_owners_rights_once_and_caught_up_once() {
    let folder = tempfile::tempdir().unwrap();
    let hook = Receiver::start(&[(204, "")]);
    let file = channels(folder.path(), &hook);
    let mut sandbox = Sandbox::with(&[
        ("TINGJIAN_REPORTS_CHANNELS_FILE", file.as_str()),
        ("TINGJIAN_LOG_LEVEL", "info,tingjian_server=debug"),
    ]);
    sandbox.wait_ready();
    let admin = sandbox.client();
    admin.send("complaints", &[complaint("ours-1", "物流"), complaint("ours-2", "物流"), complaint("theirs", "市场")]);
    sandbox.settle();
    let analyst = admin.with_token(Some(&token(&sandbox, "analyst-a", &["--role", "analyst", "--department", "物流"])));

    let wrong = |change: Value, words: &str| {
        let mut question =
            json!({"name": "我的", "kind": "search", "query": "kind=complaint", "channel": "files", "time": "08:00"});
        question.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, answer) = keep(&analyst, &question);
        assert!(
            (status == 400 || status == 403) && answer.to_string().contains(words),
            "{question}: {status} {answer}"
        );
    };
    wrong(json!({"channel": "board"}), "takes");
    wrong(json!({"query": "kind=nothing"}), "kind");
    wrong(json!({"query": "department=%E5%B8%82%E5%9C%BA"}), "物流");
    wrong(json!({"kind": "causes", "query": "q=x"}), "q");
    wrong(json!({"day": 7}), "day");
    wrong(json!({"channel": ""}), "附录");
    wrong(json!({"name": " "}), "名字");

    let ours =
        json!({"name": "物流投诉", "kind": "search", "query": "kind=complaint", "channel": "files", "time": soon(3)});
    assert_eq!(keep(&analyst, &ours).0, 201);
    let seen = analyst.ask("/api/v1/search", &[("kind", "complaint")])["total"].as_u64().unwrap();
    let all = admin.ask("/api/v1/search", &[("kind", "complaint")])["total"].as_u64().unwrap();
    assert!(seen >= 2 && seen < all, "the analyst sees {seen} of {all}");
    let got = wait_until("the answer", || hook.got().first().cloned());
    assert_eq!(rows(&got.body).len() as u64, seen, "the owner's rights, not the server's");
    assert!(!got.body.contains("hsecret"));

    // Missed while the server was away: caught up, once.
    let counts =
        json!({"name": "按根因", "kind": "causes", "query": "by=department", "channel": "files", "time": soon(2)});
    assert_eq!(keep(&analyst, &counts).0, 201);
    let due = Timestamp::now() + SignedDuration::from_secs(3);
    sandbox.stop();
    wait_until("the time to pass", || (Timestamp::now() > due).then_some(()));
    sandbox.restart();
    sandbox.wait_ready();
    let got = wait_until("the answer caught up", || hook.got().get(1).cloned());
    assert!(rows(&got.body).iter().any(|row| row[0] == "物流"), "{}", got.body);

    // Whoever has gone is answered no more, and the log says so.
    let other = admin.with_token(Some(&token(&sandbox, "analyst-b", &["--role", "analyst"])));
    let gone = json!({"name": "全部", "kind": "search", "query": "", "channel": "files", "time": soon(4)});
    assert_eq!(keep(&other, &gone).0, 201);
    sandbox.command(&["accounts", "revoke", "analyst-b"]);
    let log = || admin.ask("/api/v1/reports/deliveries", &[])["items"].as_array().unwrap().clone();
    let failed = wait_until("the refusal to be noted", || log().into_iter().find(|note| note["what"] == "failed"));
    assert!(failed["detail"].as_str().unwrap().contains("已停用"), "{failed}");
    let names: Vec<_> =
        hook.got().iter().map(|got| serde_json::from_str::<Value>(&got.body).unwrap()["data"].clone()).collect();
    assert_eq!(names.len(), 2, "each once: {names:?}");

    let own = analyst.ask("/api/v1/questions", &[]);
    assert_eq!(own["total"], 2, "{own}");
    assert_eq!(admin.ask("/api/v1/questions", &[])["total"], 0, "everybody's own");
    let path = format!("/api/v1/questions/{}", own["items"][0]["id"].as_str().unwrap());
    assert_eq!(admin.call("DELETE", &path, &[], b"").status, 404, "another's stays");
    assert_eq!(analyst.call("DELETE", &path, &[], b"").status, 204);
    assert_eq!(analyst.ask("/api/v1/questions", &[])["total"], 1);
    let page = analyst.get("/search?kind=complaint", &[]).text();
    assert!(page.contains("/questions?query=kind%3Dcomplaint"), "the button on the search page");
}
