//! The weekly report against the real server: every number is the interface's, every link opens what it says, and what is
//! published stays as it is.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use tingjian_report::shown;
use tingjian_simulation::{Disorder, Options, SimulatedEvent, Simulation};
use tingjian_tests::{Answer, Client, Sandbox, Shared, wait_until};

/// Eight weeks of a small centre, the last two of them with promises a third of what they were.
const EVENTS: u64 = 12_000;
/// Before the wave, within it, and before there was anything.
const QUIET: &str = "2026-W43";
const WAVE: &str = "2026-W45";
const EMPTY: &str = "2026-W20";
/// What somebody has put into the report.
const APPENDIX: [&str; 2] = [
    r#"{"name": "各部门的投诉", "kind": "causes", "query": "by=department&kind=complaint"}"#,
    r#"{"name": "物流的根因", "kind": "causes", "query": "department=%E7%89%A9%E6%B5%81"}"#,
];
/// The newest event is before its end.
const HALF: &str = "2026-W47";

struct World {
    sandbox: Sandbox,
    client: Client,
}

/// One centre for all tests; its server goes when the last of them ends.
fn world() -> Arc<World> {
    static WORLD: Shared<World> = Shared::new();
    WORLD.get(|| {
        let sandbox = Sandbox::start();
        load(&sandbox, &Disorder { seed: 3, shuffled: true, duplicate_share: 0.05, late_share: 0.0 });
        let client = sandbox.client();
        World { sandbox, client }
    })
}

fn simulation() -> Simulation {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    Simulation::new(&Options::ending(until, 8, EVENTS, 5).unwrap()).unwrap()
}

fn events() -> Vec<SimulatedEvent> {
    simulation().events().collect()
}

fn report_of(client: &Client, week: &str, field: &str) -> String {
    let report = client.ask(&format!("/api/v1/reports/weekly/{week}"), &[])["report"].clone();
    report[field].as_str().unwrap().to_owned()
}

/// Sends everything, and waits until it is stored and worked out.
fn load(sandbox: &Sandbox, disorder: &Disorder) {
    let client = sandbox.client();
    let mut bodies: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for event in disorder.deliver(events().into_iter()) {
        bodies.entry(event.stream.name()).or_default().push(serde_json::from_str(&event.json).unwrap());
    }
    for (stream, events) in bodies {
        events.chunks(2_000).for_each(|events| client.send(stream, events));
    }
    for question in APPENDIX {
        let headers = [("Content-Type", "application/json")];
        let answer = client.post("/api/v1/questions", &headers, question.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    sandbox.settle();
    worked_out(&client);
}

fn worked_out(client: &Client) {
    wait_until("everything to be worked out", || {
        let answer = client.try_get("/api/v1/quality", &[]).ok().filter(|answer| answer.status == 200)?;
        (answer.json()["unattributed"] == 0).then_some(())
    });
}

fn report(client: &Client, week: &str, accept: &str) -> Answer {
    let path = format!("/api/v1/reports/weekly/{week}");
    let answer = client.get_as(&path, accept);
    assert_eq!(answer.status, 200, "{week}: {}", answer.text());
    answer
}

fn html(client: &Client, week: &str) -> String {
    report(client, week, "text/html").text()
}

/// An element's attributes.
fn attributes(tag: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit(' ').next().unwrap().to_owned();
        let (value, after) = after.split_once('"').unwrap();
        found.insert(name, unescaped(value));
        rest = after;
    }
    found
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Every `<data …>text</data>` as attributes and text.
fn figures(html: &str) -> Vec<(BTreeMap<String, String>, String)> {
    let parts = html.split("<data ").skip(1);
    parts
        .map(|part| {
            let (tag, rest) = part.split_once('>').unwrap();
            (attributes(tag), unescaped(rest.split_once("</data>").unwrap().0))
        })
        .collect()
}

/// Answers of the interface, each asked once.
struct Asked<'c> {
    client: &'c Client,
    answers: BTreeMap<String, Value>,
}

impl Asked<'_> {
    fn at(&mut self, api: &str) -> &Value {
        let client = self.client;
        self.answers.entry(api.to_owned()).or_insert_with(|| client.ask(api, &[]))
    }

    /// The number at a place: keys, list places, `[field=value]` for the item that has it, `#` for a length; `least:` and `most:`
    /// over all weeks but the last; `place:` for an item's place, counted from one.
    fn number(&mut self, api: &str, at: &str) -> Option<f64> {
        let answer = self.at(api).clone();
        match at.split_once(':').filter(|(rule, _)| ["least", "most", "place"].contains(rule)) {
            None => walk(&answer, at).and_then(|found| found.as_f64()),
            Some(("place", at)) => {
                let (list, wanted) = at.trim_start_matches('/').split_once('[').unwrap();
                let (field, name) = wanted.trim_end_matches(']').split_once('=').unwrap();
                let items = answer[list].as_array().unwrap();
                items.iter().position(|item| item[field] == name).map(|place| place as f64 + 1.0)
            }
            Some((rule, at)) => {
                let (list, field) = at.trim_start_matches('/').split_once("/*/").unwrap();
                let (_, earlier) = answer[list].as_array().unwrap().split_last().unwrap();
                let values = earlier.iter().map(|week| walk(week, field).and_then(|v| v.as_u64()).unwrap_or(0));
                let found = if rule == "least" { values.min() } else { values.max() };
                found.map(|value| value as f64)
            }
        }
    }
}

fn walk(answer: &Value, at: &str) -> Option<Value> {
    let mut found = answer.clone();
    let mut rest = at.trim_start_matches('/');
    while !rest.is_empty() {
        if let Some(wanted) = rest.strip_prefix('[') {
            let (condition, after) = wanted.split_once(']')?;
            let (field, value) = condition.split_once('=')?;
            let matching: Vec<Value> = found.as_array()?.iter().filter(|item| item[field] == value).cloned().collect();
            // A second condition chooses among those of the first.
            found = if after.starts_with('[') { Value::Array(matching) } else { matching.first()?.clone() };
            rest = after.trim_start_matches('/');
            continue;
        }
        let end = rest.find(['/', '[']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        found = match (key, &found) {
            ("#", Value::Array(items)) => json!(items.len()),
            (place, Value::Array(items)) if !place.is_empty() => items.get(place.parse::<usize>().ok()?)?.clone(),
            (key, _) => found.get(key)?.clone(),
        };
        rest = after.trim_start_matches('/');
    }
    Some(found)
}

/// Everything between two marks taken out.
fn without(html: &str, begin: &str, end: &str) -> String {
    let mut kept = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(begin) {
        kept.push_str(before);
        rest = after.split_once(end).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The words of a page that are no figures, names, times or commands.
fn words(html: &str) -> String {
    let mut html = html.to_owned();
    for (begin, end) in [
        ("<style", "</style>"),
        ("<script", "</script>"),
        ("<svg", "</svg>"),
        ("<title", "</title>"),
        ("<data ", "</data>"),
        ("<time>", "</time>"),
        ("<code>", "</code>"),
        ("<span class=\"name\">", "</span>"),
    ] {
        html = without(&html, begin, end);
    }
    without(&html, "<", ">")
}

#[test]
fn every_number_is_the_interfaces() {
    let world = world();
    let client = &world.client;
    for (week, least) in [(QUIET, 150), (WAVE, 200), (EMPTY, 5), (HALF, 5), ("2026-W39", 100)] {
        let html = html(client, week);
        let mut asked = Asked { client, answers: BTreeMap::new() };
        let mut held = 0;
        for (attributes, text) in figures(&html) {
            let value: f64 = attributes["value"].parse().unwrap();
            let said = match (attributes.get("data-api"), attributes.get("data-of")) {
                (Some(api), _) => {
                    let at = &attributes["data-at"];
                    let told = asked.number(api, at);
                    let told =
                        told.unwrap_or_else(|| panic!("{week}: {api} has nothing at {at}, the report says {value}"));
                    assert!((told - value).abs() < 1e-6, "{week}: {api} {at} says {told}, the report {value}");
                    held += 1;
                    shown::by_name(&attributes["data-as"], value).unwrap()
                }
                (None, Some(of)) => {
                    let (now, before) = of.split_once(' ').unwrap();
                    let (now, before): (f64, f64) = (now.parse().unwrap(), before.parse().unwrap());
                    assert!(((now - before) / before - value).abs() < 1e-6, "{week}: {now} after {before} is {value}");
                    shown::by_name("change", value).unwrap()
                }
                (None, None) => "0".to_owned(),
            };
            assert_eq!(text, said, "{week}: {attributes:?}");
        }
        assert!(held >= least, "{week}: {held} numbers");
        // The rules' own constants are spelt out, so that no digit is left that nobody answers for.
        let words = words(&html).replace("占比 95% 区间", "").replace("SHA-256", "").replace("A4", "");
        let digit = words.find(|c: char| c.is_ascii_digit());
        assert_eq!(digit.map(|at| words[at..].chars().take(20).collect::<String>()), None, "{week}: {words}");
        println!("{week}: {held} numbers, {} bytes", html.len());
        assert!(html.len() < 500_000, "{week}: {} bytes", html.len());
        assert!(!html.contains("src=") && !html.contains("<link"), "{week}: something from outside");
    }
}

#[test]
fn every_link_opens_a_list_of_exactly_that_many() {
    let world = world();
    let client = &world.client;
    for week in [QUIET, WAVE] {
        let html = html(client, week);
        let mut opened = 0;
        for part in html.split("<a href=\"").skip(1) {
            let (href, rest) = part.split_once('"').unwrap();
            let href = unescaped(href);
            let (inside, _) = rest.split_once("</a>").unwrap();
            if let Some(query) = href.strip_prefix("/attributed?") {
                let count = client.ask(&format!("/api/v1/attributed?{query}&limit=1"), &[])["total"].as_f64().unwrap();
                let said: f64 = figures(inside)[0].0["value"].parse().unwrap();
                assert_eq!(count, said, "{week}: {href}");
                opened += 1;
            } else {
                let record = href.strip_prefix("/records/").unwrap_or_else(|| panic!("a link to {href}"));
                assert_eq!(client.get(&format!("/api/v1/records/{record}"), &[]).status, 200, "{href}");
            }
        }
        assert!(opened > 15, "{week}: {opened} lists");
    }
}

#[test]
fn the_wave_is_found_with_its_owner_and_what_to_promise_instead() {
    let world = world();
    let report = report(&world.client, WAVE, "application/json").json()["report"].clone();
    let worst = &report["over_promises"]["items"][0];
    assert!(worst["records"].as_u64().unwrap() > 0, "{worst}");
    assert!(worst["promised_min"].as_i64() < worst["capability_min"].as_i64(), "{worst}");
    assert!(worst["suggested_min"].as_i64() > worst["promised_min"].as_i64(), "{worst}");
    assert!(!worst["owner"].as_str().unwrap().is_empty(), "{worst}");
    let asked = &report["asked"];
    assert_eq!(asked[0]["total"], report["causes"]["complaints"], "{asked}");
    assert!(asked[1]["groups"].as_array().unwrap().len() > 1, "{asked}");
    // The lanes whose promise was cut to a third on this week's Monday.
    let mut simulation = simulation();
    simulation.by_ref().for_each(drop);
    let is_wave = |lane: &&tingjian_simulation::LaneSummary| lane.role.as_deref() == Some("wave");
    let cut: Vec<String> = simulation
        .summary()
        .lanes
        .iter()
        .filter(is_wave)
        .map(|one| format!("{}→{}/{}/{}", one.lane.origin, one.lane.destination, one.lane.carrier, one.lane.service))
        .collect();
    let over = |week: &str| {
        let (since, until) = (report_of(&world.client, week, "since"), report_of(&world.client, week, "until"));
        let answer = world.client.ask("/api/v1/over-promises", &[("since", &since), ("until", &until)]);
        let lanes = answer["lanes"].as_array().unwrap().clone();
        let cut = lanes.iter().filter(|one| cut.iter().any(|name| one["lane"] == *name));
        cut.map(|one| one["records"].as_u64().unwrap()).sum::<u64>()
    };
    let (now, before) = (over(WAVE), over("2026-W44"));
    assert!(now > before, "{now} after {before}");
    let named = report["over_promises"]["items"].as_array().unwrap().iter();
    assert!(named.clone().any(|item| cut.iter().any(|name| item["lane"] == *name)), "none of {cut:?} is named");
}

#[test]
fn a_week_that_is_not_whole_says_so_and_is_not_published() {
    let world = world();
    let client = &world.client;
    let html = html(client, HALF);
    assert!(html.contains("这一周的数据不完整") && html.contains("还没有过完"), "no word of it");
    let path = format!("/api/v1/reports/weekly/{HALF}/publish");
    let refused = client.post(&path, &[], b"");
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("--partial"), "{}", refused.text());
    assert_eq!(client.post(&format!("{path}?partial=true"), &[], b"").status, 200);
    assert_eq!(report(client, HALF, "text/html").text(), html);
    for (week, status) in [("2026-W60", 400), ("sometime", 400)] {
        assert_eq!(client.get(&format!("/api/v1/reports/weekly/{week}"), &[]).status, status, "{week}");
    }
}

#[test]
fn an_empty_week_and_the_first_week_ever() {
    let world = world();
    let empty = report(&world.client, EMPTY, "application/json").json()["report"].clone();
    assert_eq!((&empty["sentence"]["rule"], &empty["volumes"]["records"]), (&json!("nothing"), &json!(0)));
    assert_eq!(empty["volumes"]["weeks"].as_array().unwrap().len(), 1);
    let first = report(&world.client, "2026-W39", "application/json").json()["report"].clone();
    assert_eq!(first["sentence"]["rule"], "first", "{}", first["sentence"]);
    assert_eq!(first["volumes"]["last_week"], Value::Null);
}

/// Posts JSON; the answer must be 200.
fn told(client: &Client, path: &str, body: &Value) -> Value {
    let answer = client.post(path, &[("Content-Type", "application/json")], body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

#[test]
fn published_verified_objected_to_and_amended() {
    let world = world();
    let mut sandbox = Sandbox::start();
    load(&sandbox, &Disorder { seed: 9, shuffled: true, duplicate_share: 0.05, late_share: 0.05 });
    let client = sandbox.client();
    // The same events in another order; and their duplicates are others, so that only how many there were may differ.
    let [ours, theirs] = [&client, &world.client].map(|client| {
        let mut report = report(client, WAVE, "application/json").json()["report"].clone();
        report["quality"]["taken"] = Value::Null;
        report["quality"]["repeats"] = Value::Null;
        report
    });
    assert_eq!(tingjian_report::differences(&theirs, &ours), [], "another order of arrival");

    let path = format!("/api/v1/reports/weekly/{WAVE}");
    let draft = report(&client, WAVE, "text/html").text();
    let published = told(&client, &format!("{path}/publish"), &Value::Null);
    assert_eq!(published["edition"], 1);
    assert_eq!(told(&client, &format!("{path}/publish"), &Value::Null), published, "published once");
    let file = report(&client, WAVE, "text/html");
    assert_eq!(file.text(), draft, "published as it was shown");
    sandbox.stop();
    sandbox.restart();
    sandbox.wait_ready();
    assert_eq!(report(&client, WAVE, "text/html").body, file.body, "another start of the engine");

    let verified = |file: &[u8]| client.post("/api/v1/reports/weekly/verify", &[], file).json();
    let answer = verified(&file.body);
    assert_eq!((&answer["same"], &answer["published"]), (&json!(true), &json!(true)), "{answer}");
    let json = report(&client, WAVE, "application/json");
    assert_eq!(verified(&json.body)["same"], true);
    // Another machine, that got the same events in another order: made there of what happened until then.
    let theirs = world.client.post("/api/v1/reports/weekly/verify", &[], &json.body).json();
    let strange: Vec<&Value> = theirs["differences"].as_array().unwrap().iter().collect();
    let counts = ["/sha256", "/report/base_url", "/report/quality/taken", "/report/quality/repeats"];
    assert!(strange.iter().all(|d| counts.contains(&d["at"].as_str().unwrap())), "{theirs}");
    assert!(sandbox.kill_engine(), "an engine to kill");
    sandbox.wait_ready();
    wait_until("the engine to be back", || {
        client.try_get("/api/v1/quality", &[]).ok().filter(|answer| answer.status == 200)
    });
    assert_eq!(verified(&json.body)["same"], true, "after the engine was killed");
    let forged = file.text().replacen("最严重", "最轻微", 1);
    let answer = verified(forged.as_bytes());
    assert_eq!((&answer["same"], &answer["published"]), (&json!(false), &json!(false)), "{answer}");
    assert_eq!(client.post("/api/v1/reports/weekly/verify", &[], b"<html>").status, 400);

    let json = json.json();
    let worst = json["report"]["over_promises"]["items"][0].clone();
    let about = format!("lane:{}", worst["lane"].as_str().unwrap());
    let objection = json!({"department": worst["owner"], "about": about, "text": "当周有暴雪，承诺另有说明。"});
    assert_eq!(told(&client, &format!("{path}/objections"), &objection)["edition"], 2);
    let nobody = json!({"department": "市场", "about": "cause:none", "text": "不对"});
    let nobody = client.post(
        &format!("{path}/objections"),
        &[("Content-Type", "application/json")],
        nobody.to_string().as_bytes(),
    );
    assert_eq!(nobody.status, 400, "{}", nobody.text());
    let objected = report(&client, WAVE, "text/html").text();
    assert!(objected.contains("当周有暴雪") && objected.contains("的异议"), "beside the number");
    assert_eq!(client.get_as(&format!("{path}?edition=1"), "text/html").body, file.body, "the first stays");
    assert_eq!(verified(objected.as_bytes())["same"], true, "with what was added to it");

    // A complaint of that week that comes late.
    let late = json!({"event_id": "late-1", "occurred_at": "2026-11-04T10:00:00+08:00", "text": "快递员态度恶劣，骂人，我要投诉"});
    client.send("complaints", &[late]);
    sandbox.settle();
    worked_out(&client);
    assert_eq!(report(&client, WAVE, "text/html").text(), objected, "nothing changes in place");
    // What came later makes no file wrong: it is made anew from what was known, and what is known since is told apart.
    let answer = verified(&file.body);
    assert_eq!((&answer["same"], &answer["differences"]), (&json!(true), &json!([])), "{answer}");
    let later = answer["later"].as_array().unwrap().clone();
    assert!(later.iter().any(|d| d["at"] == "/report/volumes/records"), "{answer}");
    let answer = verified(forged.as_bytes());
    assert_eq!(answer["same"], false, "what is forged stays so: {answer}");
    // Events of days after, as every week brings them; and a judgement of a record of that week.
    let judged = json["report"]["causes"]["items"][0]["quote"]["record_id"].clone();
    let judgement = json!({"event_id": "late-2", "occurred_at": "2026-11-20T10:00:00+08:00", "record_id": judged,
        "verdict": "not_responsible", "department": "物流", "judge": "督办", "reason": "查无此事"});
    client.send("judgements", &[judgement]);
    client.send(
        "complaints",
        &[json!({"event_id": "late-3", "occurred_at": "2026-11-21T10:00:00+08:00", "text": "退款一直没到账"})],
    );
    sandbox.settle();
    worked_out(&client);
    let answer = verified(&file.body);
    assert_eq!((&answer["same"], &answer["differences"]), (&json!(true), &json!([])), "{answer}");
    assert!(answer["later"].as_array().unwrap().len() >= later.len(), "{answer}");
    assert_eq!(told(&client, &format!("{path}/amend"), &Value::Null)["edition"], 3);
    assert_eq!(told(&client, &format!("{path}/amend"), &Value::Null)["edition"], 3, "said once");
    let amended = report(&client, WAVE, "application/json").json();
    assert_eq!(amended["report"], json["report"], "the text as published");
    let records = amended["amendments"][0]["differences"].as_array().unwrap().iter();
    assert!(records.clone().any(|d| d["at"] == "/volumes/records"), "{}", amended["amendments"]);
    assert_eq!(client.ask("/api/v1/reports/weekly", &[])["items"][0]["edition"], 3);
}

#[test]
fn only_who_may_publishes_and_objects() {
    let world = world();
    let sandbox = &world.sandbox;
    let token = |name: &str, arguments: &[&str]| {
        let printed = sandbox.command(&[&["accounts", "add", name], arguments].concat());
        printed.split_whitespace().find(|word| word.starts_with("tj_")).unwrap().to_owned()
    };
    let path = format!("/api/v1/reports/weekly/{QUIET}");
    let supervisor = token("report-supervisor", &["--role", "supervisor", "--department", "物流"]);
    let supervisor = world.client.with_token(Some(&supervisor));
    assert_eq!(supervisor.get(&path, &[]).status, 200);
    assert_eq!(supervisor.post(&format!("{path}/publish"), &[], b"").status, 403);
    let analyst = token("report-analyst", &["--role", "analyst"]);
    assert_eq!(world.client.with_token(Some(&analyst)).post(&format!("{path}/publish"), &[], b"").status, 200);
    let body = json!({"department": "市场", "about": "sentence", "text": "不是我们"}).to_string();
    let object = |client: &Client, body: &str| {
        client.post(&format!("{path}/objections"), &[("Content-Type", "application/json")], body.as_bytes()).status
    };
    assert_eq!(object(&supervisor, &body), 403, "in another department's name");
    let body = json!({"about": "sentence", "text": "不是我们"}).to_string();
    assert_eq!(object(&supervisor, &body), 200);
    let agent = token("report-agent", &["--role", "agent"]);
    assert_eq!(world.client.with_token(Some(&agent)).get(&path, &[]).status, 403);
}
