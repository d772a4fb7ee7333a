//! What the commands show, against the double of the server's HTTP edge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod support;

use std::fs;

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::{Value, json};
use support::{Desk, Double, golden};

fn taxonomy() -> Value {
    json!({"version": 1, "citation": "1-test", "groups": [{"code": "promise", "zh": "承诺", "en": "Promise", "causes": [
        {"code": "promise.eta_overpromise", "zh": "承诺时效未兑现", "en": "", "owner": "承诺制定方", "definition": ""},
        {"code": "promise.callback_missed", "zh": "未按约回电", "en": "", "owner": "承办部门", "definition": ""}]}]})
}

fn hits() -> Value {
    json!({"total": 1234, "next": "c2", "facets": {}, "hits": [
        {"record_id": "TS-0001", "score": 3.5, "occurred_at": "2026-05-01T01:05:00Z", "stream": "complaints", "kind": "complaint",
         "causes": ["promise.eta_overpromise", "promise.callback_missed"], "department": "市场",
         "snippet": {"text": "页面写的次日达，到今天第三天还没到，打了四次电话都说在催，没有一个人给准话，最后也没有人回电", "highlights": [{"start": 4, "end": 7}]}},
        {"record_id": "-2+3", "score": 0.0, "occurred_at": "2026-05-02T12:00:00+08:00", "stream": "call-notes", "kind": "inquiry",
         "causes": [], "department": null, "snippet": {"text": "=HYPERLINK(\"x\")\n问：营业时间？", "highlights": []}}]})
}

fn server() -> Double {
    let server = Double::start();
    server.answers("/api/v1/taxonomy", 200, &taxonomy());
    server
}

#[test]
fn search_as_a_table() {
    let (desk, server) = (Desk::new(), server());
    server.answers("/api/v1/search", 200, &hits());
    let ran = desk.ask(
        &server,
        &[
            "search",
            "次日达 AND 没到",
            "--since",
            "2026-05-01",
            "--kind",
            "complaint",
            "--kind",
            "inquiry",
            "--agent-no",
            "1024",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    golden("search.txt", &ran.out);
    let asked = server.with(|m| m.requests.iter().find(|r| r.contains("/search")).cloned().unwrap());
    let expected = "GET /api/v1/search?q=次日达 AND 没到&since=2026-05-01T00:00:00+08:00&kind=complaint,inquiry&agent_no=1024&limit=20&sort=newest";
    assert_eq!(asked, expected);
}

#[test]
fn search_in_the_other_formats() {
    let (desk, server) = (Desk::new(), server());
    server.answers("/api/v1/search", 200, &hits());
    let json = desk.ask(&server, &["search", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&json.out).unwrap(), hits());
    golden("search.csv", &desk.ask(&server, &["search", "--format", "csv"]).out);

    assert_eq!(desk.ask(&server, &["search", "-o", "a.csv"]).code, 0);
    assert!(desk.read("a.csv").starts_with("\u{feff}时间"));
    assert_eq!(desk.ask(&server, &["search", "-o", "b.csv", "--bom", "never"]).code, 0);
    assert!(desk.read("b.csv").starts_with("时间"));

    assert_eq!(desk.ask(&server, &["search", "-o", "a.xlsx"]).code, 0);
    let mut book: Xlsx<_> = open_workbook(desk.path("a.xlsx")).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.get((0, 0)), Some(&Data::String("时间".to_owned())));
    let Some(Data::DateTime(time)) = range.get((1, 0)) else { panic!("{:?}", range.get((1, 0))) };
    assert_eq!(time.to_ymd_hms_milli(), (2026, 5, 1, 9, 5, 0, 0));
    assert_eq!(desk.ask(&server, &["search", "--format", "xlsx"]).code, 2, "xlsx needs a file");
    assert_eq!(desk.names(), ["a.csv", "a.xlsx", "b.csv"]);
}

#[test]
fn search_follows_the_cursor_to_the_end() {
    let (desk, server) = (Desk::new(), server());
    let page = |ids: &[&str], next: Option<&str>| {
        let hits: Vec<Value> = ids.iter().map(|id| json!({"record_id": id, "causes": []})).collect();
        json!({"total": 3, "hits": hits, "next": next})
    };
    server.answers("/api/v1/search?q=&limit=1000&sort=newest", 200, &page(&["a", "b"], Some("c2")));
    server.answers("/api/v1/search?q=&limit=1000&sort=newest&cursor=c2", 200, &page(&["c"], None));
    let ran = desk.ask(&server, &["search", "--all", "--format", "json"]);
    let ids: Vec<Value> =
        ran.out.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["record_id"].clone()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let table = desk.ask(&server, &["search", "--all"]);
    assert!(table.out.contains("共 3 条，显示 3 条。") && !table.out.contains("--cursor"), "{}", table.out);
}

#[test]
fn a_query_that_cannot_be_read_is_pointed_at() {
    let (desk, server) = (Desk::new(), server());
    let problem = json!({"title": "请求有误", "status": 400, "detail": "缺少右括号", "at": 3});
    server.answers("/api/v1/search", 400, &problem);
    let ran = desk.ask(&server, &["search", "没到 (超时"]);
    assert_eq!(ran.code, 2);
    golden("search_pointing.txt", &ran.err);
}

#[test]
fn causes_with_intervals() {
    let (desk, server) = (Desk::new(), server());
    let answer = json!({"total": 52340, "abstained": 812, "basis": {"judgement": 12, "facts": 3400, "text": 48116, "pending": 0},
        "groups": [
            {"key": "promise.eta_overpromise", "records": 12345, "share": 0.2359, "change": 0.125, "low": 0.2323, "high": 0.2395},
            {"key": "promise.callback_missed", "records": 987, "share": 0.0189, "change": -0.05, "low": 0.0177, "high": 0.0201},
            {"key": "other", "records": 5, "share": 0.0001, "change": null, "low": 0.0, "high": 0.0002}]});
    server.answers("/api/v1/causes", 200, &answer);
    let ran = desk.ask(&server, &["causes", "--since", "2026-05-01", "--until", "2026-06-01"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    golden("causes.txt", &ran.out);
    golden("causes.csv", &desk.ask(&server, &["causes", "--by", "department", "--format", "csv"]).out);
    server.answers("/api/v1/causes", 200, &json!({"total": 0, "groups": []}));
    assert_eq!(desk.ask(&server, &["causes"]).code, 1);
}

fn trace() -> Value {
    json!({"record": {"record_id": "TS-0001", "occurred_at": "2026-05-01T09:05:00+08:00", "stream": "complaints", "kind": "complaint",
            "text": "说好40分钟，等了100分钟", "department": "市场", "agent_no": "1024", "promised_min": 40, "actual_min": 100, "actual_open": false,
            "causes": [{"code": "promise.eta_overpromise", "department": "承诺制定方", "score": 0.93, "evidence": [{"start": 0, "end": 6}]}]},
        "promise": {"promise_id": "P1", "made_by_kind": "advert", "owner_department": "市场", "made_at": "2026-04-20T00:00:00+08:00", "due_at": null, "promised_min": 40},
        "delivery": {"order_key": "k", "department": "配送", "started_at": "2026-05-01T11:06:00+08:00", "finished_at": "2026-05-01T12:46:00+08:00", "actual_min": 100, "open": false},
        "capability": {"p90_min": 80, "level": "origin+carrier+service", "deliveries": 412, "as_of": "2026-04-20T00:00:00+08:00"},
        "decomposition": {"basis": "facts", "late_min": 60, "overpromise_min": 40, "overrun_min": 20},
        "responsible": [{"department": "市场", "cause": "promise.eta_overpromise", "minutes": 40, "reason": "承诺短于能力"},
            {"department": "配送", "cause": "fulfil.transit_delay", "minutes": 20, "reason": null}],
        "verdict": "responsible", "exonerated": [{"agent_no": "1024", "rule": "引用了页面承诺", "moved_to": "市场"}],
        "holds": [{"holder": "客服", "from": "2026-05-01T13:00:00+08:00", "to": "2026-05-01T14:30:00+08:00", "minutes": 90, "open": false},
            {"holder": "customer", "from": "2026-05-01T14:30:00+08:00", "to": null, "minutes": 30, "open": true}],
        "elapsed_min": 120, "requests": [{"request_id": "Q1", "to_department": "仓储", "asked_at": "2026-05-01T13:00:00+08:00",
            "due_at": "2026-05-01T14:00:00+08:00", "replied_at": null, "late_min": 30, "open": true}],
        "chain": {"chain_id": "c", "records": ["TS-0001", "TS-0007"], "effort_min": 21.5},
        "effort": {"wait_min": 3.0, "talk_min": 6.5, "press_min": 1.2, "transfer_min": 1.0, "repeat_min": 0.0, "total_min": 11.7},
        "judgements": [{"occurred_at": "2026-05-03T10:00:00+08:00", "verdict": "partly", "department": "市场", "judge": "质检甲", "reason": "承诺过短"}],
        "appeals": [], "corrections": [], "versions": {"dictionary": "d1", "taxonomy": "1-test", "rules": "r1", "model": ""}})
}

#[test]
fn trace_says_what_is_known() {
    let (desk, server) = (Desk::new(), server());
    server.answers("/api/v1/records/TS-0001/trace", 200, &trace());
    golden("trace.txt", &desk.ask(&server, &["trace", "TS-0001"]).out);
    golden("trace.csv", &desk.ask(&server, &["trace", "TS-0001", "--format", "csv"]).out);

    let mut early = json!({"record": trace()["record"]});
    early["verdict"] = json!("pending");
    early["decomposition"] = json!({"basis": "text", "late_min": 60, "overpromise_min": null, "overrun_min": null});
    server.answers("/api/v1/records/early/trace", 200, &early);
    golden("trace_early.txt", &desk.ask(&server, &["trace", "early"]).out);

    let absent = desk.ask(&server, &["trace", "没有/这条"]);
    assert_eq!((absent.code, absent.out.as_str()), (1, ""));
    assert!(server.with(|m| m.requests.iter().any(|r| r.ends_with("/records/没有/这条/trace"))));
}

#[test]
fn dead_letters_listed_shown_and_replayed() {
    let (desk, server) = (Desk::new(), server());
    let letter = |id: &str, replayed: Option<bool>| {
        json!({"id": id, "stream": "complaints", "reason": "missing", "field": "text", "detail": null, "event_id": "e9",
            "source": "journal", "partition": 0, "offset": 77, "received_at": "2026-05-01T09:05:00+08:00", "size_bytes": 1234,
            "replays": 1, "replayed_at": replayed.map(|_| "2026-05-02T09:05:00+08:00"), "replay_accepted": replayed})
    };
    let page = |items: &[Value], next: Option<&str>| json!({"total": 2, "reasons": [], "items": items, "next": next});
    server.answers("/api/v1/dead-letters", 200, &page(&[letter("a1", None), letter("b2", Some(false))], Some("n")));
    server.answers("/api/v1/dead-letters?limit=500", 200, &page(&[letter("a1", None)], Some("n")));
    server.answers("/api/v1/dead-letters?limit=500&cursor=n", 200, &page(&[letter("b2", Some(false))], None));
    let original = b"{\"event_id\":\"e9\",\x1b[31m\xff}".to_vec();
    server.answers_bytes("/api/v1/dead-letters/b2", 200, "application/octet-stream", original);
    server.answers("/api/v1/dead-letters/a1/replay", 202, &json!({"accepted": true, "reason": null, "message": null}));
    let still = json!({"accepted": false, "reason": "missing", "message": "字段 text 缺失"});
    server.answers("/api/v1/dead-letters/b2/replay", 200, &still);
    golden("dead_letters.txt", &desk.ask(&server, &["dead-letters"]).out);
    desk.ask(&server, &["dead-letters", "--reason", "missing", "--limit", "7"]);
    assert_eq!(server.last_request(), "GET /api/v1/dead-letters?limit=7&reason=missing");
    golden("dead_letter.txt", &desk.ask(&server, &["dead-letters", "show", "b2"]).out);
    assert_eq!(desk.ask(&server, &["dead-letters", "show", "c3"]).code, 1);
    assert_eq!(desk.ask(&server, &["dead-letters", "replay", "a1"]).code, 0);
    assert_eq!(server.last_request(), "POST /api/v1/dead-letters/a1/replay");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(desk.ask(&server, &["dead-letters", "replay", "a1", "b2", "--with", file]).code, 2);
    assert_eq!(desk.ask(&server, &["dead-letters", "replay", "a1", "--with", "no-such-file"]).code, 2);
    assert_eq!(desk.ask(&server, &["dead-letters", "replay", "a1", "--with", file]).code, 0);
    let both = desk.ask(&server, &["dead-letters", "replay", "b2", "a1", "c3"]);
    assert_eq!(both.code, 1, "one is still unreadable, one is unknown");
    assert_eq!(both.out, "死信 b2 仍读不懂：字段 text 缺失。\n死信 a1 现在读懂了，已重新进入。\n");
    server.answers("/api/v1/dead-letters", 200, &json!({"total": 0, "items": [], "next": null}));
    assert_eq!(desk.ask(&server, &["dead-letters", "list"]).code, 1);
}

#[test]
fn status_ready_or_not() {
    let (desk, server) = (Desk::new(), server());
    let checks = json!([{"name": "engine", "ok": true, "detail": "正常"}, {"name": "index", "ok": false, "detail": "重试中（3 秒）"}]);
    server.answers("/health", 200, &json!({"status": "ready", "checks": [], "version": "0.1.0"}));
    server.answers("/api/v1/status", 200, &json!({"records": 1234567, "streams": {"complaints": 1234567, "promises": 12, "appeals": 0}, "dead_letters": 3,
        "sinks": [{"name": "index", "positions": [], "lag_records": 42, "trouble_s": 0, "stored": 1}, {"name": "warehouse", "positions": [], "lag_records": 7, "trouble_s": 9}],
        "tables": [{"name": "records", "rows": 1234567, "bytes": 300000000}], "index": {"documents": 1234525, "bytes": 412000000}, "version": "0.1.0"}));
    let ran = desk.ask(&server, &["status"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    golden("status.txt", &ran.out.replace(&server.url(), "URL"));
    let both: Value = serde_json::from_str(&desk.ask(&server, &["status", "--format", "json"]).out).unwrap();
    assert_eq!((&both["health"]["status"], &both["status"]["records"]), (&json!("ready"), &json!(1_234_567)));

    server.answers("/health", 503, &json!({"status": "degraded", "checks": checks, "version": "0.1.0"}));
    let ran = desk.run(&["status", "--url", &server.url()]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.out.contains("降级") && ran.out.contains("看不到数量") && ran.err.contains("index"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn exports_are_streamed_into_a_file() {
    let (desk, server) = (Desk::new(), server());
    server.answers("/api/v1/search", 200, &json!({"total": 2, "hits": [], "next": null}));
    server.answers_bytes("/api/v1/export", 200, "text/csv", "编号\n1\n2\n".into());
    let ran = desk.ask(&server, &["export", "-o", "a.csv", "--department", "配送,仓储"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(desk.read("a.csv"), "编号\n1\n2\n");
    assert_eq!(server.last_request(), "GET /api/v1/export?department=配送,仓储&format=csv");
    assert_eq!(desk.ask(&server, &["export", "-o", "-", "--format", "json"]).out, "编号\n1\n2\n");
    assert!(server.last_request().ends_with("format=jsonl"));
    assert_eq!(desk.ask(&server, &["export"]).code, 2);
    assert_eq!(desk.ask(&server, &["export", "--format", "xlsx"]).code, 2);
    server.answers("/api/v1/search", 200, &json!({"total": 0, "hits": [], "next": null}));
    assert_eq!(desk.ask(&server, &["export", "-o", "b.csv"]).code, 1);
    assert_eq!(desk.names(), ["a.csv"], "nothing found, nothing written");
}

#[test]
fn promises_and_what_if() {
    let (desk, server) = (Desk::new(), server());
    let group = json!({"key": "advert", "promises": 100, "kept": 60, "broken": 30, "open": 8, "unknown": 2, "kept_rate": 0.6667, "low": 0.5643, "high": 0.7554});
    server.answers("/api/v1/promises", 200, &json!({"groups": [group]}));
    golden("promises.txt", &desk.ask(&server, &["promises"]).out);
    server.answers(
        "/api/v1/lanes/what-if",
        200,
        &json!({"lane": {"origin": "上海"}, "deliveries": 412, "promise_min": 1440, "kept_at_promise": 0.71,
        "suggested_min": 2610, "late_complaints": 37, "avoided": 29, "curve": [[1440, 0.71], [2610, 0.95]]}),
    );
    golden("what_if.txt", &desk.ask(&server, &["what-if", "--lane", "上海/成都", "--kept", "0.95"]).out);
    assert_eq!(server.last_request(), "GET /api/v1/lanes/what-if?lane=上海/成都&kept=0.95");
    assert_eq!(desk.ask(&server, &["what-if", "--lane", "x", "--kept", "95"]).code, 2);
}

#[test]
fn what_the_server_cannot_do_yet_is_told_in_its_words() {
    let (desk, server) = (Desk::new(), server());
    server.answers(
        "/api/v1/promises",
        501,
        &json!({"title": "尚未实现", "status": 501, "detail": "承诺台账在后续版本提供"}),
    );
    let ran = desk.ask(&server, &["promises"]);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.err, "服务器拒绝：尚未实现。承诺台账在后续版本提供。这个版本的服务器还没有此功能。\n");
}

#[test]
fn commendations_and_reports() {
    let (desk, server) = (Desk::new(), server());
    let recipients = json!([{"recipient": "agent", "agent_no": "1024", "read_at": null}, {"recipient": "supervisor"}]);
    let filed = json!({"commendation_id": "praise-1", "duplicate_of": null, "recipients": recipients});
    server.answers("/api/v1/commendations", 201, &filed);
    let args =
        ["commend", "冒雨送到", "--agent-no", "1024", "--department", "配送", "--occurred-at", "2026-05-01 09:00"];
    let ran = desk.ask(&server, &args);
    assert_eq!((ran.code, ran.out.as_str()), (0, "表扬已送达，编号 praise-1。\n  坐席 1024：未读\n  主管：未读\n"));
    let sent = server.with(|m| m.bodies.last().cloned().unwrap());
    assert_eq!(sent["praised"], json!([{"agent_no": "1024"}, {"department": "配送"}]));
    assert_eq!((&sent["text"], &sent["occurred_at"]), (&json!("冒雨送到"), &json!("2026-05-01T09:00:00+08:00")));
    assert!(sent["event_id"].as_str().is_some_and(|id| id.len() == 36));
    assert_eq!(desk.ask(&server, &["commend", "谢谢"]).code, 0, "whose token it is");
    let sent = server.with(|m| m.bodies.last().cloned().unwrap());
    assert_eq!((&sent["praised"], sent.get("occurred_at")), (&json!([]), None));

    server.answers_bytes("/api/v1/reports/weekly/2026-W18", 200, "text/html", b"<h1>x</h1>".to_vec());
    assert_eq!(desk.ask(&server, &["report", "--week", "2026-W18", "-o", "r.html"]).code, 0);
    assert_eq!(desk.read("r.html"), "<h1>x</h1>");
    assert_eq!(desk.ask(&server, &["report", "--week", "2026-W19", "-o", "s.html"]).code, 1);
    assert_eq!(desk.ask(&server, &["report", "--week", "2026-18"]).code, 2);
    assert_eq!(desk.names(), ["r.html"]);
}

#[test]
fn nobody_there() {
    let desk = Desk::new();
    let mut server = Double::start();
    let url = server.url();
    server.stop();
    let ran = desk.run(&["search", "x", "--url", &url]);
    assert_eq!(ran.code, 3);
    golden("unreachable.txt", &ran.err.replace(&url, "URL"));
    assert_eq!(desk.run(&["search", "--url", "ftp://x"]).code, 2);
}

#[test]
fn something_else_there() {
    let (desk, server) = (Desk::new(), Double::start());
    server.answers_bytes("/api/v1/search", 200, "text/html", b"<html>".to_vec());
    let ran = desk.ask(&server, &["search"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("可能不是听见的服务器"), "{}", ran.err);
}

#[test]
fn tokens_are_found_where_they_are_said_to_be() {
    let (desk, server) = (Desk::new(), server());
    server.answers("/api/v1/search", 200, &hits());
    let url = server.url();
    let search = |set: &dyn Fn(&mut std::process::Command), args: &[&str]| {
        let mut command = desk.command(&[&["search", "--url", &url], args].concat());
        set(&mut command);
        support::ran(command.output().unwrap()).code
    };
    let token = support::double::TOKEN;
    desk.write("t", format!("{token}\n"));
    assert_eq!(search(&|_| {}, &[]), 3);
    assert_eq!(search(&|_| {}, &["--token-file", "t"]), 0);
    assert_eq!(search(&|_| {}, &["--token-file", "nowhere"]), 2);
    assert_eq!(
        search(
            &|c| {
                c.env("TINGJIAN_TOKEN", token);
            },
            &[]
        ),
        0
    );
    assert_eq!(
        search(
            &|c| {
                c.env("TINGJIAN_TOKEN", "wrong");
            },
            &["--token-file", "t"]
        ),
        0,
        "what is typed comes first"
    );
    assert_eq!(
        search(
            &|c| {
                c.env("TINGJIAN_TOKEN_FILE", "t");
            },
            &[]
        ),
        0
    );
    fs::create_dir(desk.path("data")).unwrap();
    desk.write("data/admin.token", token);
    assert_eq!(search(&|_| {}, &[]), 0, "a server on this machine, started from here");
    assert_eq!(
        search(
            &|c| {
                c.env("TINGJIAN_DATA_DIR", "elsewhere");
            },
            &[]
        ),
        3
    );
}

#[test]
fn usage_is_in_chinese() {
    let desk = Desk::new();
    for (args, code) in [
        (vec![], 2),
        (vec!["--help"], 0),
        (vec!["serach"], 2),
        (vec!["search", "--kind", "praise"], 2),
        (vec!["search", "--limti", "3"], 2),
        (vec!["search", "--limit", "0"], 2),
        (vec!["search", "--since", "soon", "--url", "127.0.0.1:9"], 2),
        (vec!["causes", "--by", "colour"], 2),
        (vec!["trace"], 2),
    ] {
        let ran = desk.run(&args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.chars().any(|c| ('一'..='龥').contains(&c)), "{args:?}: {said}");
        assert!(!said.contains("error:") && !said.contains("Usage:"), "{args:?}: {said}");
    }
    for command in [
        "import",
        "search",
        "causes",
        "trace",
        "promises",
        "what-if",
        "commend",
        "report",
        "export",
        "dead-letters",
        "status",
        "completions",
    ] {
        let help = desk.run(&[command, "--help"]);
        assert_eq!(help.code, 0, "{command}");
        for english in ["Usage", "Options", "Arguments", "possible values", "[default:", "Print help"] {
            assert!(!help.out.contains(english), "{command}: {english} in {}", help.out);
        }
    }
}

#[test]
fn completions_for_every_shell() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = desk.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("dead-letters"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let (desk, server) = (Desk::new(), server());
    let many: Vec<Value> = (0..20_000).map(|n| json!({"record_id": format!("r{n}"), "causes": []})).collect();
    server.answers("/api/v1/search", 200, &json!({"total": 20000, "hits": many, "next": null}));
    let mut command = desk.command(&["search", "--url", &server.url(), "--token", support::double::TOKEN]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
