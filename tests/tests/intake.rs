//! What arrives wrong gets one clear outcome, and the server keeps answering.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tingjian_tests::{Answer, Client, Sandbox, Shared, complaint};

const WHEN: &str = "2026-11-20T12:00:00+08:00";
const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];
const NDJSON: &[(&str, &str)] = &[("Content-Type", "application/x-ndjson")];

/// One server for the tests that do not mind others' records; it goes when the last of them ends.
fn shared() -> Arc<Sandbox> {
    static SHARED: Shared<Sandbox> = Shared::new();
    SHARED.get(Sandbox::start)
}

fn still_answers(client: &Client) {
    let answer =
        client.post("/api/v1/streams/complaints", JSON, complaint("alive", WHEN, "还在").to_string().as_bytes());
    assert_eq!(answer.status, 202, "after all that: {}", answer.text());
    assert_eq!(client.get("/health", &[]).status, 200);
}

fn is_problem(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.media, "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    let detail = problem["detail"].as_str().expect("detail");
    for word in words {
        assert!(detail.contains(word), "{word:?} is missing in {detail}");
    }
}

/// Posts; checks how many were accepted, and of each refused event `(index, event_id, field, reason)`.
fn check_refused(
    client: &Client,
    stream: &str,
    body: &[u8],
    accepted: u64,
    refused: &[(u64, Option<&str>, Option<&str>, &str)],
) {
    let answer = client.post(&format!("/api/v1/streams/{stream}"), NDJSON, body);
    let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
    assert_eq!(answer.status, 202, "{shown}: {}", answer.text());
    let told = answer.json();
    assert_eq!(told["accepted"], accepted, "{shown}: {told}");
    let expected: Vec<_> = refused
        .iter()
        .map(|(index, event_id, field, reason)| json!({ "index": index, "event_id": event_id, "field": field, "reason": reason }))
        .collect();
    let mut found = told["rejected"].as_array().expect("rejected").clone();
    for one in &mut found {
        let message = one.as_object_mut().expect("an object").remove("message");
        assert!(message.is_some_and(|message| message.as_str().is_some_and(|m| !m.is_empty())), "{shown}: no words");
    }
    assert_eq!(found, expected, "{shown}");
}

fn lines(lines: &[&[u8]]) -> Vec<u8> {
    lines.join(&b'\n')
}

#[test]
fn each_unreadable_event_is_named_and_its_neighbours_are_taken() {
    let sandbox = shared();
    let client = sandbox.client();
    let good = |id: &str| complaint(id, WHEN, "邻居").to_string().into_bytes();
    let (a, b) = (good("neighbour-a"), good("neighbour-b"));
    let middle = |bad: &[u8]| lines(&[&a, bad, &b]);

    let broken = middle(br#"{"event_id": "x-1", "text": "#);
    check_refused(&client, "complaints", &broken, 2, &[(1, Some("x-1"), Some("text"), "invalid_json")]);
    let mut gb18030 = br#"{"event_id":"x-2","occurred_at":"2026-11-20T12:00:00+08:00","text":""#.to_vec();
    gb18030.extend_from_slice(b"\xb0\xfc\xb9\xfc\xc3\xbb\xb5\xbd\"}");
    check_refused(&client, "complaints", &middle(&gb18030), 2, &[(1, None, None, "invalid_utf8")]);
    let surrogate = middle(br#"{"event_id":"x-3","occurred_at":"2026-11-20T12:00:00+08:00","text":"\ud83d"}"#);
    check_refused(&client, "complaints", &surrogate, 2, &[(1, Some("x-3"), Some("text"), "lone_surrogate")]);
    check_refused(&client, "complaints", &middle(b"[]"), 2, &[(1, None, None, "not_an_object")]);
    check_refused(&client, "complaints", &middle(b"\"text\""), 2, &[(1, None, None, "not_an_object")]);
    still_answers(&client);
}

#[test]
fn each_wrong_field_is_named() {
    let sandbox = shared();
    let client = sandbox.client();
    let many: BTreeMap<_, _> = (0..10_000).map(|n| (format!("field_{n}"), n)).collect();
    let mut wide = json!(many);
    wide["event_id"] = json!("w-0");
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let with = |id: &str, field: &str, value: Value| {
        let mut event = complaint(id, WHEN, "好");
        event[field] = value;
        event.to_string()
    };
    let without = |id: &str, field: &str| {
        let mut event = complaint(id, WHEN, "好");
        event.as_object_mut().expect("an object").remove(field);
        event.to_string()
    };
    type Case<'a> = (&'a str, String, Option<&'a str>, Option<&'a str>, &'a str);
    let cases: [Case; 19] = [
        ("complaints", wide.to_string(), Some("w-0"), None, "too_many_fields"),
        ("complaints", with("w-1", "text", json!(5)), Some("w-1"), Some("text"), "wrong_type"),
        ("complaints", with("w-2", "event_id", json!(17)), None, Some("event_id"), "wrong_type"),
        ("complaints", with("w-3", "lane", json!("杭州")), Some("w-3"), Some("lane"), "wrong_type"),
        (
            "complaints",
            with("w-4", "occurred_at", json!(1_763_000_000)),
            Some("w-4"),
            Some("occurred_at"),
            "wrong_type",
        ),
        ("complaints", without("w-5", "text"), Some("w-5"), Some("text"), "missing"),
        ("complaints", without("w-6", "occurred_at"), Some("w-6"), Some("occurred_at"), "missing"),
        ("complaints", without("w-7", "event_id"), None, Some("event_id"), "missing"),
        ("complaints", with("w-8", "text", Value::Null), Some("w-8"), Some("text"), "missing"),
        ("complaints", with("w-9", "text", json!("  ")), Some("w-9"), Some("text"), "empty"),
        ("complaints", with("w-10", "text", json!("字".repeat(30_000))), Some("w-10"), Some("text"), "too_long"),
        (
            "complaints",
            with("w-11", "occurred_at", json!("2026-11-20T12:00:00")),
            Some("w-11"),
            Some("occurred_at"),
            "time_without_offset",
        ),
        (
            "complaints",
            with("w-12", "occurred_at", json!("2026年11月20日")),
            Some("w-12"),
            Some("occurred_at"),
            "unreadable_time",
        ),
        (
            "complaints",
            with("w-13", "occurred_at", json!("1026-11-20T12:00:00Z")),
            Some("w-13"),
            Some("occurred_at"),
            "time_out_of_range",
        ),
        ("complaints", with(&"w".repeat(65), "text", json!("好")), None, Some("event_id"), "too_long"),
        (
            "complaints",
            with("w-15", "more", serde_json::from_str(&deep[4_980..5_021]).expect("20 deep")),
            None,
            None,
            "ok",
        ),
        ("commendations", with("w-16", "text", json!("好")), Some("w-16"), Some("praised"), "missing"),
        ("call-notes", with("w-17", "talk_s", json!(-1)), Some("w-17"), Some("talk_s"), "negative"),
        ("promises", with("w-18", "text", json!("好")), Some("w-18"), Some("promise_id"), "missing"),
    ];
    for (stream, event, event_id, field, reason) in cases {
        if reason == "ok" {
            check_refused(&client, stream, event.as_bytes(), 1, &[]);
        } else {
            check_refused(&client, stream, event.as_bytes(), 0, &[(0, event_id, field, reason)]);
        }
    }
    let deep = format!(r#"{{"event_id":"w-19","occurred_at":"{WHEN}","text":"好","more":{deep}}}"#);
    check_refused(
        &client,
        "complaints",
        deep.as_bytes(),
        0,
        &[(0, Some("w-19"), Some("more[0][0][0][0][0][0][0]…"), "too_deep")],
    );
    still_answers(&client);
}

#[test]
fn a_body_that_holds_no_events_is_a_bad_request() {
    let sandbox = shared();
    let client = sandbox.client();
    let post = |headers, body: &[u8]| client.post("/api/v1/streams/complaints", headers, body);
    is_problem(&post(JSON, b""), 400, &["没有任何事件"]);
    is_problem(&post(NDJSON, b"\n \n"), 400, &["没有任何事件"]);
    is_problem(&post(JSON, b"[{\"event_id\":"), 400, &["列表"]);
    is_problem(&post(JSON, b"17"), 400, &["JSON"]);
    is_problem(&post(JSON, b"\xb0\xfc\xb9\xfc"), 400, &["UTF-8"]);
    is_problem(&post(JSON, b"\xff\xfe{\0}\0"), 400, &["UTF-16"]);
    is_problem(&post(&[("Content-Type", "text/csv")], b"a,b\n"), 415, &["text/csv", "application/json"]);
    is_problem(
        &post(&[("Content-Type", "application/json"), ("Content-Encoding", "gzip")], b"\x1f\x8b"),
        415,
        &["gzip"],
    );
    is_problem(&post(&[("Content-Type", "application/json; charset=gb18030")], b"{}"), 415, &["gb18030", "UTF-8"]);
    still_answers(&client);
}

#[test]
fn a_body_of_100_mb_is_refused_while_it_is_still_being_sent() {
    let sandbox = shared();
    let client = sandbox.client();
    for length in ["Content-Length: 104857600", "Transfer-Encoding: chunked"] {
        let told = post_100_mb(&client, length);
        assert!(told.starts_with("HTTP/1.1 413 "), "{length}: {}", &told[..told.len().min(300)]);
        assert!(told.contains("67108864"), "{length}: the bound is named in {told}");
        still_answers(&client);
    }
}

/// Sends up to 100 MiB on a connection of its own, and reads the answer at the same time.
fn post_100_mb(client: &Client, length: &str) -> String {
    let address = client.address();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a bound");
    stream.set_write_timeout(Some(Duration::from_secs(60))).expect("a bound");
    let head = format!(
        "POST /api/v1/streams/complaints HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n{length}\r\n\r\n",
        client.token()
    );
    stream.write_all(head.as_bytes()).expect("the head is sent");
    let mut sending = stream.try_clone().expect("a second handle");
    let chunked = length.contains("chunked");
    let sender = thread::spawn(move || {
        let piece = vec![b' '; 1 << 20];
        for _ in 0..100 {
            let framed = if chunked { [b"100000\r\n", &piece[..], b"\r\n"].concat() } else { piece.clone() };
            // The server need not take it all.
            if sending.write_all(&framed).is_err() {
                return;
            }
        }
    });
    let mut told = Vec::new();
    let mut piece = [0; 4096];
    while !told.ends_with(b"}") {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(read) => told.extend_from_slice(&piece[..read]),
        }
    }
    // Either side may have closed already.
    let _ = stream.shutdown(Shutdown::Both);
    sender.join().expect("the sender ends");
    String::from_utf8_lossy(&told).into_owned()
}

#[test]
fn eight_thousand_of_one_character_are_a_text_like_any_other() {
    let sandbox = shared();
    let client = sandbox.client();
    client.send("complaints", &[complaint("laughter", "2001-01-01T00:00:00Z", &"哈".repeat(8_000))]);
    sandbox.settle();
    let found = client.ask("/api/v1/search", &[("q", "哈哈哈哈哈"), ("until", "2001-01-02")]);
    assert_eq!((&found["total"], &found["hits"][0]["record_id"]), (&json!(1), &json!("laughter")));
    assert_eq!(client.ask("/api/v1/records/laughter", &[])["record_id"], "laughter");
}

#[test]
fn who_may_not_is_told_so() {
    let sandbox = shared();
    let client = sandbox.client();
    let event = complaint("mine", WHEN, "好").to_string();
    for token in [None, Some("tj_0000"), Some(""), Some("tj_0000 tj_1111")] {
        let stranger = client.with_token(token);
        is_problem(&stranger.post("/api/v1/streams/complaints", JSON, event.as_bytes()), 401, &["admin.token"]);
        is_problem(&stranger.get("/api/v1/search", &[]), 401, &["Bearer"]);
        is_problem(&stranger.get("/api/v1/export", &[]), 401, &[]);
        assert_eq!(stranger.get("/health", &[]).status, 200);
    }
    let intake = client.with_token(Some(&account(&sandbox, "进件", "intake")));
    assert_eq!(intake.post("/api/v1/streams/complaints", JSON, event.as_bytes()).status, 202);
    is_problem(&intake.get("/api/v1/search", &[]), 403, &["intake"]);
    is_problem(&intake.get("/api/v1/dead-letters", &[]), 403, &["intake"]);
    let analyst = client.with_token(Some(&account(&sandbox, "分析", "analyst")));
    assert_eq!(analyst.get("/api/v1/search", &[]).status, 200);
    is_problem(&analyst.post("/api/v1/streams/complaints", JSON, event.as_bytes()), 403, &["analyst"]);
    let agent = client.with_token(Some(&account(&sandbox, "坐席", "agent")));
    is_problem(&agent.get("/api/v1/search", &[]), 403, &["agent"]);
}

fn account(sandbox: &Sandbox, name: &str, role: &str) -> String {
    sandbox.command(&["accounts", "add", name, "--role", role]).trim().to_owned()
}

#[test]
fn a_wrong_address_or_parameter_is_explained() {
    let sandbox = shared();
    let client = sandbox.client();
    let post = client.post("/api/v1/streams/compliments", JSON, b"{}");
    is_problem(&post, 404, &["compliments", "complaints", "department-replies"]);
    is_problem(&client.get("/api/v1/serach", &[]), 404, &["openapi.json"]);
    is_problem(&client.get("/api/v1/records/nobody", &[]), 404, &["nobody"]);
    is_problem(&client.get("/api/v1/records/nobody/trace", &[]), 404, &["nobody"]);
    is_problem(&client.get("/api/v1/dead-letters/nobody", &[]), 404, &["nobody"]);
    is_problem(&client.post("/api/v1/search", JSON, b"{}"), 405, &[]);
    let get = |path: &str, name: &str, value: &str| client.get(path, &[(name, value)]);
    is_problem(&get("/api/v1/search", "depratment", "物流"), 400, &["depratment", "department"]);
    is_problem(&get("/api/v1/search", "limits", "5"), 400, &["limits", "limit"]);
    is_problem(&get("/api/v1/search", "limit", "0"), 400, &["limit", "1000"]);
    is_problem(&get("/api/v1/search", "since", "last week"), 400, &["since", "last week"]);
    is_problem(&get("/api/v1/search", "kind", "rant"), 400, &["kind", "rant", "complaint"]);
    is_problem(&get("/api/v1/search", "stream", "x"), 400, &["stream", "call-notes"]);
    is_problem(&get("/api/v1/search", "cursor", "x"), 400, &[]);
    is_problem(&get("/api/v1/causes", "by", "moon"), 400, &["by", "moon", "department"]);
    is_problem(&get("/api/v1/causes", "q", "x"), 400, &["q"]);
    is_problem(&get("/api/v1/export", "format", "pdf"), 400, &["format", "jsonl"]);
    is_problem(&get("/api/v1/dead-letters", "reason", "bad luck"), 400, &["reason", "invalid_json"]);
    let query = get("/api/v1/search", "q", "快递 (没到");
    is_problem(&query, 400, &[]);
    assert!(query.json()["at"].is_u64(), "the place of the mistake: {}", query.text());
    still_answers(&client);
}

#[test]
fn what_was_refused_is_kept_with_its_reason_and_place_and_can_be_tried_again() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let good = complaint("fine", WHEN, "好").to_string().into_bytes();
    let late = complaint("late", "2026-11-20 12:00:00", "没有时区").to_string().into_bytes();
    let body = lines(&[&good, b"{broken", &late]);
    check_refused(
        &client,
        "complaints",
        &body,
        1,
        &[(1, None, None, "invalid_json"), (2, Some("late"), Some("occurred_at"), "time_without_offset")],
    );
    sandbox.settle();

    let letters = client.ask("/api/v1/dead-letters", &[]);
    assert_eq!(letters["total"], 2, "{letters}");
    let by_reason = |reason: &str| {
        let page = client.ask("/api/v1/dead-letters", &[("reason", reason)]);
        assert_eq!(page["total"], 1, "{page}");
        page["items"][0].clone()
    };
    let (broken, late_letter) = (by_reason("invalid_json"), by_reason("time_without_offset"));
    assert_eq!((&broken["stream"], &broken["offset"]), (&json!("complaints"), &json!(1)));
    assert_eq!((&late_letter["field"], &late_letter["event_id"]), (&json!("occurred_at"), &json!("late")));
    assert_eq!((&late_letter["offset"], &late_letter["size_bytes"]), (&json!(2), &json!(late.len())));
    let path = format!("/api/v1/dead-letters/{}", late_letter["id"].as_str().expect("an id"));
    assert_eq!(client.get(&path, &[]).body, late, "the original bytes");

    let again = client.post(&format!("{path}/replay"), JSON, b"");
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!((&again.json()["accepted"], &again.json()["reason"]), (&json!(false), &json!("time_without_offset")));
    let tried = by_reason("time_without_offset");
    assert_eq!((&tried["replays"], &tried["replay_accepted"]), (&json!(1), &json!(false)));
    is_problem(&client.post("/api/v1/dead-letters/nobody/replay", JSON, b""), 404, &["nobody"]);

    let first = client.ask("/api/v1/dead-letters", &[("limit", "1")]);
    let cursor = first["next"].as_str().expect("a second page");
    let second = client.ask("/api/v1/dead-letters", &[("limit", "1"), ("cursor", cursor)]);
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    if let Some(cursor) = second["next"].as_str() {
        let third = client.ask("/api/v1/dead-letters", &[("limit", "1"), ("cursor", cursor)]);
        assert_eq!((&third["items"], &third["next"]), (&json!([]), &Value::Null));
    }
    assert_eq!(client.ask("/api/v1/search", &[])["total"], 1, "only the good one is a record");
}
