//! Phones, identity numbers, cards and accounts planted in what is sent: none of them stands in the clear in any store, log,
//! page or export. The journal keeps the clear event by design, for its retention time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tingjian_tests::Sandbox;

/// Records where the environment does not say another number (`TINGJIAN_PLANTED=300`).
const RECORDS: usize = 10_000;
/// Pages looked at one by one.
const PAGES: usize = 40;
const BATCH: usize = 2_000;

fn phone(n: usize) -> String {
    format!("138{:08}", 10_203_040 + n * 7)
}

/// With its check digit.
fn identity(n: usize) -> String {
    let base = format!("11010519{}{:02}{:02}{:03}", 60 + n % 30, 1 + n % 12, 1 + n % 28, n % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = base.bytes().zip(weights).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{base}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum % 11])
}

/// With its Luhn digit.
fn card(n: usize) -> String {
    let base = format!("622202{:012}", 1_001_000_000_usize + n * 13);
    let sum: u32 = base
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            if place % 2 == 0 { (digit * 2) / 10 + (digit * 2) % 10 } else { digit }
        })
        .sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

fn account(n: usize) -> String {
    format!("planted.user.{n:05}")
}

fn secrets(n: usize) -> [String; 4] {
    [phone(n), identity(n), card(n), account(n)]
}

fn event(n: usize) -> Value {
    let [phone, identity, card, account] = secrets(n);
    json!({
        "event_id": format!("planted-{n}"),
        "occurred_at": "2026-11-20T12:00:00+08:00",
        "customer": { "phone": phone, "account": account },
        "text": format!("客户账号{account}，手机{phone}，身份证{identity}，退款到银行卡{card}，包裹三天没到"),
        "remark": format!("回电 {phone}"),
    })
}

/// Everything planted, sorted.
struct Planted(Vec<String>);

impl Planted {
    fn new(records: usize) -> Self {
        let mut all: Vec<_> = (0..records).flat_map(secrets).collect();
        all.sort();
        Self(all)
    }

    /// One pass over the bytes: what every planted secret of its kind begins with, then the whole of it.
    fn found_in(&self, bytes: &[u8]) -> Option<&str> {
        let text = String::from_utf8_lossy(bytes);
        for beginning in ["138", "110105", "622202", "planted.user."] {
            for (at, _) in text.match_indices(beginning) {
                let rest: String = text[at..].chars().take(20).collect();
                let place = self.0.partition_point(|secret| secret.as_str() <= rest.as_str());
                if place > 0 && rest.starts_with(&self.0[place - 1]) {
                    return Some(&self.0[place - 1]);
                }
            }
        }
        None
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn what_is_planted_is_found_where_it_stands() {
    let [phone, _, card, _] = secrets(7);
    let planted = Planted::new(10);
    assert_eq!(planted.found_in(format!("xx{phone}yy").as_bytes()), Some(phone.as_str()));
    assert_eq!(planted.found_in(format!("\0{card}").as_bytes()), Some(card.as_str()));
    assert_eq!(planted.found_in("13800000000 [手机号]".as_bytes()), None);
}

#[test]
fn nothing_planted_stands_in_the_clear() {
    let records = std::env::var("TINGJIAN_PLANTED").ok().and_then(|n| n.parse().ok()).unwrap_or(RECORDS);
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let events: Vec<Value> = (0..records).map(event).collect();
    for batch in events.chunks(BATCH) {
        client.send("complaints", batch);
    }
    let praise = json!({ "text": format!("谢谢坐席，我的手机 {}，卡号 {}", phone(1), card(1)), "agent_no": "0417" });
    let filed = client.call("POST", "/api/v1/commendations", &[], praise.to_string().as_bytes());
    assert_eq!(filed.status, 201, "{}", filed.text());
    sandbox.settle();
    // Whoever looks for a customer's number leaves it nowhere.
    for secret in &secrets(1)[..3] {
        let found = client.get("/search", &[("q", secret.as_str())]);
        assert_eq!(found.status, 200, "{}", found.text());
    }
    let planted = Planted::new(records);
    let check = |what: &str, bytes: &[u8]| {
        if let Some(secret) = planted.found_in(bytes) {
            panic!("{secret} stands in the clear in {what}");
        }
    };
    let total = client.ask("/api/v1/search", &[])["total"].as_u64().expect("total");
    assert_eq!(total, records as u64 + 1, "all of it is there to be looked at");
    for format in ["csv", "jsonl"] {
        let export = client.get("/api/v1/export", &[("format", format)]);
        assert_eq!(export.status, 200);
        assert!(export.text().contains("包裹三天没到"), "the export holds the texts");
        check(&format!("the {format} export"), &export.body);
    }
    for path in [
        "/",
        "/api/v1/search?limit=1000",
        "/commendations",
        "/api/v1/commendations",
        "/system",
        "/api/v1/audit",
        "/metrics",
    ] {
        check(path, &client.get(path, &[]).body);
    }
    for n in (0..records).step_by((records / PAGES).max(1)) {
        for path in [
            format!("/records/planted-{n}"),
            format!("/api/v1/records/planted-{n}"),
            format!("/api/v1/records/planted-{n}/trace"),
        ] {
            let answer = client.get(&path, &[]);
            assert_eq!(answer.status, 200, "{path}");
            check(&path, &answer.body);
        }
    }
    check("the log", sandbox.log().as_bytes());
    let mut stores = Vec::new();
    files(sandbox.folder(), &mut stores);
    let is_journal =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("journal.sqlite"));
    assert!(stores.iter().any(|path| is_journal(path)) && stores.len() > 20, "the stores were found");
    for path in stores.iter().filter(|path| !is_journal(path)) {
        // A part that was merged away meanwhile holds nothing any more.
        let Ok(bytes) = fs::read(path) else { continue };
        check(&path.display().to_string(), &bytes);
    }
}
