//! Nobody where they do not belong: every route × every role × no token, a revoked one, an expired one × another's id.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use serde_json::{Value, json};
use tingjian_tests::{Answer, Client, Sandbox, run_program, wait_until};

const WHEN: &str = "2026-11-20T12:00:00+08:00";
/// In the text of every record that is another's.
const SECRET: &str = "外人不得见";

/// A row of the table that the server prints.
struct Row {
    method: String,
    path: String,
    /// By column: the roles, then `bound to a department`.
    reach: BTreeMap<String, String>,
}

fn table() -> Vec<Row> {
    let printed = run_program(&["access"], &[]);
    let text = String::from_utf8(printed.stdout).expect("UTF-8");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|c| c.trim().replace('`', "")).collect::<Vec<_>>();
    let mut lines = text.lines();
    let names = cells(lines.next().expect("a heading"));
    let rows: Vec<_> = lines
        .skip(1)
        .map(|line| {
            let cells = cells(line);
            let reach = names.iter().cloned().zip(cells.iter().cloned()).skip(2).collect();
            Row { method: cells[0].clone(), path: cells[1].clone(), reach }
        })
        .collect();
    assert!(rows.len() > 40, "the table was read: {text}");
    rows
}

fn complaint(id: &str, department: &str, agent_no: &str, text: &str) -> Value {
    json!({ "event_id": id, "occurred_at": WHEN, "department": department, "agent_no": agent_no, "case_id": format!("case-{id}"), "text": text })
}

/// A server with records of two departments, and a token for everybody.
struct House {
    sandbox: Sandbox,
    tokens: BTreeMap<&'static str, String>,
}

/// One house for all tests; it goes when the last of them ends.
fn house() -> Arc<House> {
    static SHARED: Mutex<Weak<House>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let house = Arc::new(build());
        *shared = Arc::downgrade(&house);
        house
    })
}

fn build() -> House {
    let sandbox = Sandbox::start();
    let admin = sandbox.client();
    admin.send(
        "complaints",
        &[
            complaint("ours", "物流", "0417", "包裹送来的时候外包装压坏了，是物流装卸的问题"),
            complaint("theirs", "市场", "0526", &format!("{SECRET}：页面宣传的赠品没有送，客服态度也不好")),
        ],
    );
    let praise = |id: &str, agent: &str, text: &str| json!({ "event_id": id, "occurred_at": WHEN, "agent_no": agent, "text": text, "praised": [{ "agent_no": agent }] });
    admin.send(
        "commendations",
        &[
            praise("praise-ours", "0417", "特别有耐心，一定要表扬她"),
            praise("praise-theirs", "0526", &format!("{SECRET}：讲得清楚，要表扬")),
        ],
    );
    admin.send(
        "case-events",
        &[json!({ "event_id": "step-1", "occurred_at": WHEN, "case_id": "case-theirs", "kind": "opened", "holder": "市场", "text": SECRET })],
    );
    sandbox.settle();
    let add = |name: &str, more: &[&str]| {
        let arguments = [&["accounts", "add", name], more].concat();
        sandbox.command(&arguments).trim().to_owned()
    };
    let mut tokens = BTreeMap::new();
    for role in ["intake", "supervisor", "analyst", "executive", "admin"] {
        tokens.insert(role, add(&format!("a-{role}"), &["--role", role]));
    }
    tokens.insert("agent", add("a-agent", &["--role", "agent", "--agent-no", "0417", "--department", "物流"]));
    add("b-agent", &["--role", "agent", "--agent-no", "0526", "--department", "市场"]);
    tokens.insert("bound", add("a-bound", &["--role", "analyst", "--department", "物流"]));
    tokens.insert("expired", add("a-expired", &["--role", "admin", "--expires-days", "0"]));
    tokens.insert("revoked", add("a-revoked", &["--role", "admin"]));
    sandbox.command(&["accounts", "revoke", "a-revoked"]);
    House { sandbox, tokens }
}

impl House {
    fn client(&self, who: &str) -> Client {
        self.sandbox.client().with_token(self.tokens.get(who).map(String::as_str))
    }
}

/// The route with another's ids in it.
fn anothers(path: &str) -> String {
    path.replace("{record_id}", "theirs")
        .replace("{case_id}", "case-theirs")
        .replace("{agent_no}", "0526")
        .replace("{stream}", "judgements")
        .replace("{id}", "praise-theirs")
        .replace("{code}", "0526.000000000000")
        .replace("{name}", "%E5%B8%82%E5%9C%BA")
        .replace("{department}", "%E5%B8%82%E5%9C%BA")
}

fn call(client: &Client, row: &Row, path: &str) -> Answer {
    let body: &[u8] = if row.method == "GET" { b"" } else { b"{}" };
    client.call(&row.method, path, &[("Content-Type", "application/json")], body)
}

#[test]
fn every_route_keeps_out_whoever_does_not_belong_there() {
    let house = house();
    for row in table() {
        let path = anothers(&row.path);
        let is_open = row.reach["admin"] == "open";
        for stranger in ["nobody", "revoked", "expired"] {
            let answer = call(&house.client(stranger), &row, &path);
            let shown = format!("{} {path} as {stranger}: {} {}", row.method, answer.status, answer.text());
            assert!(!answer.text().contains(SECRET), "{shown}");
            match (is_open, path.starts_with("/api/")) {
                (true, _) => assert!(answer.status != 401 || row.path == "/sign-in", "{shown}"),
                (false, true) => assert_eq!(answer.status, 401, "{shown}"),
                (false, false) => {
                    assert_eq!(
                        (answer.status, answer.header("location").starts_with("/sign-in")),
                        (303, true),
                        "{shown}"
                    )
                }
            }
        }
        if is_open {
            continue;
        }
        for role in ["intake", "agent", "supervisor", "analyst", "executive", "admin"] {
            let answer = call(&house.client(role), &row, &path);
            let shown = format!("{} {path} as {role}: {} {}", row.method, answer.status, answer.text());
            match row.reach[role].as_str() {
                "–" => assert_eq!(answer.status, 403, "{shown}"),
                "all" => assert!(!matches!(answer.status, 401 | 403 | 500..), "{shown}"),
                // Another's: refused, not there, or without a word of it.
                _ => assert!(answer.status < 500 && (role != "agent" || !answer.text().contains(SECRET)), "{shown}"),
            }
        }
        let answer = call(&house.client("bound"), &row, &path);
        let shown = format!("{} {path} as a department: {} {}", row.method, answer.status, answer.text());
        assert!(answer.status < 500 && !answer.text().contains(SECRET), "{shown}");
        if row.reach["bound to a department"] == "–" {
            assert_eq!(answer.status, 403, "{shown}");
        }
    }
}

#[test]
fn each_sees_their_own_and_nothing_of_others() {
    let house = house();
    let (agent, bound, analyst) = (house.client("agent"), house.client("bound"), house.client("analyst"));
    let status = |client: &Client, path: &str| client.get(path, &[]).status;
    for (client, path, expected) in [
        (&agent, "/api/v1/records/ours", 200),
        (&agent, "/api/v1/records/theirs", 404),
        (&agent, "/api/v1/records/praise-ours", 200),
        (&agent, "/api/v1/records/praise-theirs", 404),
        (&agent, "/api/v1/records/theirs/trace", 404),
        (&agent, "/api/v1/agents/0417", 200),
        (&agent, "/api/v1/agents/0526", 403),
        (&bound, "/api/v1/records/ours", 200),
        (&bound, "/api/v1/records/theirs", 404),
        (&bound, "/api/v1/records/theirs/trace", 404),
        (&bound, "/api/v1/cases/case-theirs", 404),
        (&bound, "/api/v1/agents/0417", 200),
        (&bound, "/api/v1/agents/0526", 403),
        (&bound, "/api/v1/search?department=%E5%B8%82%E5%9C%BA", 403),
        (&bound, "/api/v1/promises?by=lane", 403),
        (&analyst, "/api/v1/records/theirs", 200),
        (&analyst, "/api/v1/cases/case-theirs", 200),
    ] {
        assert_eq!(status(client, path), expected, "{path}");
    }
    let ids = |client: &Client| -> Vec<String> {
        let list = client.ask("/api/v1/commendations", &[("until", "2026-11-21")]);
        let items = list["items"].as_array().expect("items").clone();
        assert_eq!(list["total"], items.len(), "the total is of what is seen");
        items.iter().map(|item| item["commendation_id"].as_str().expect("id").to_owned()).collect()
    };
    assert_eq!(ids(&agent), ["praise-ours"]);
    assert_eq!(ids(&bound), ["praise-ours"]);
    assert_eq!(ids(&analyst).len(), 2);

    // A department appeals in its own name, and judges nobody.
    let appeal = |department: &str| json!({ "event_id": "ap-1", "occurred_at": WHEN, "appeal_id": "ap-1", "record_id": "ours", "department": department, "filed_by": "x", "reason": "不是我们" });
    let post = |client: &Client, stream: &str, event: &Value| {
        client
            .call(
                "POST",
                &format!("/api/v1/streams/{stream}"),
                &[("Content-Type", "application/json")],
                event.to_string().as_bytes(),
            )
            .status
    };
    assert_eq!(post(&bound, "appeals", &appeal("市场")), 403);
    assert_eq!(post(&bound, "appeals", &appeal("物流")), 202);
    assert_eq!(post(&bound, "judgements", &appeal("物流")), 403);
    assert_eq!(post(&agent, "appeals", &appeal("物流")), 403);
}

#[test]
fn each_look_at_a_record_is_in_the_audit_trail() {
    let house = house();
    let (admin, analyst) = (house.client("admin"), house.client("analyst"));
    assert_eq!(house.client("supervisor").get("/api/v1/records/praise-ours", &[]).status, 200);
    assert_eq!(house.client("executive").get("/api/v1/agents/0417", &[]).status, 403);
    let found = admin.ask("/api/v1/audit", &[("subject", "praise-ours"), ("account", "a-supervisor")]);
    assert_eq!((&found["total"], &found["items"][0]["action"]), (&json!(1), &json!("record.look")), "{found}");
    // The trail keeps the key of a case, and is found by its number.
    assert_eq!(analyst.get("/api/v1/cases/case-theirs", &[]).status, 200);
    let page = analyst.get("/cases/case-theirs", &[]);
    assert_eq!(page.status, 303, "a number leads to the key");
    assert_eq!(analyst.get(page.header("location"), &[]).status, 200);
    let looks = admin.ask("/api/v1/audit", &[("subject", "case-theirs"), ("account", "a-analyst")]);
    assert!(looks["total"].as_u64() >= Some(3) && looks["items"][0]["action"] == "case.look", "{looks}");
    assert!(!looks.to_string().contains("case-theirs"), "{looks}");
    let shown = admin.get("/system", &[("subject", "case-theirs"), ("account", "a-analyst")]).text();
    let rows = shown.split("id=\"audit\"").nth(1).expect("the trail").matches("case.look").count();
    assert_eq!(rows as u64, looks["total"].as_u64().unwrap(), "the page finds them, too");
    let refused = admin.ask("/api/v1/audit", &[("subject", "0417"), ("account", "a-executive")]);
    assert_eq!(refused["items"][0]["outcome"], "refused", "{refused}");
    let made = admin.ask("/api/v1/audit", &[("action", "account.add")]);
    assert!(made["total"].as_u64().expect("total") >= 9, "what the command line did is there too: {made}");
    assert_eq!(analyst.get("/api/v1/audit", &[]).status, 403);
}

/// A browser: keeps cookies, sends forms with the token of the page before.
struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    page: String,
}

impl Browser {
    fn new(house: &House) -> Self {
        Self { client: house.sandbox.client().with_token(None), cookies: BTreeMap::new(), page: String::new() }
    }

    fn request(&mut self, method: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let encoded: Vec<_> = form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let headers = [("Cookie", cookies.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        let answer = self.client.call(method, path, &headers, encoded.join("&").as_bytes());
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, rest) = cookie.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
        }
        self.page = answer.text();
        answer
    }

    fn token(&self) -> String {
        let (_, rest) = self.page.split_once("name=\"form_token\" value=\"").expect("a form with a token");
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Opens a page and sends its form.
    fn send(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.request("GET", path, &[]);
        let token = self.token();
        self.request("POST", path, &[form, &[("form_token", token.as_str())]].concat())
    }
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn people_sign_in_by_password_and_forms_must_be_ours() {
    let house = house();
    let set = |name: &str, password: &str| {
        let folder = house.sandbox.folder().to_string_lossy().into_owned();
        let script = format!("printf '%s\\n' '{password}' | \"$0\" accounts password {name} --data-dir '{folder}'");
        let program = std::env::current_exe().expect("path");
        let program = program.parent().and_then(|p| p.parent()).expect("folder").join("tingjian-server");
        let done = std::process::Command::new("sh").arg("-c").arg(script).arg(program).status().expect("sh");
        assert!(done.success());
    };
    set("a-analyst", "correct horse battery");
    let mut browser = Browser::new(&house);
    let wanted = browser.request("GET", "/records/ours", &[]);
    assert_eq!((wanted.status, wanted.header("location")), (303, "/sign-in?next=%2Frecords%2Fours"));

    let wrong = browser.send("/sign-in", &[("name", "a-analyst"), ("password", "nonsense nonsense")]);
    assert!(wrong.status == 401 && wrong.text().contains("还可以再试 4 次"), "{}", wrong.text());
    let good: &[(&str, &str)] = &[("name", "a-analyst"), ("password", "correct horse battery")];
    let unasked = browser.request("POST", "/sign-in", good);
    assert_eq!(unasked.status, 403, "a form without the token of this browser");
    let elsewhere = browser.send("/sign-in", &[good, &[("next", "//evil.example/")]].concat());
    assert_eq!((elsewhere.status, elsewhere.header("location")), (303, "/"), "no open redirect");
    let cookie = elsewhere.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let home = browser.request("GET", "/records/ours", &[]);
    assert_eq!(home.status, 200);
    let policy = home.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!((home.header("x-frame-options"), home.header("cache-control")), ("DENY", "no-store"));

    // What a cookie may change needs the form's token; another site's page has none.
    let forged = browser.request("POST", "/account", &[("new", "another password")]);
    assert_eq!(forged.status, 403, "{}", forged.text());
    let stream = browser.request("POST", "/api/v1/streams/corrections", &[]);
    assert_eq!(stream.status, 403, "a cookie alone sends nothing: {}", stream.text());
    let changed = browser.send("/account", &[("current", "correct horse battery"), ("new", "another password")]);
    assert_eq!(changed.status, 200, "{}", changed.text());
    let left = browser.send_out();
    assert_eq!(left.status, 303);
    assert_eq!(browser.request("GET", "/records/ours", &[]).status, 303, "signed out");

    let mut guesser = Browser::new(&house);
    for _ in 0..4 {
        guesser.send("/sign-in", &[("name", "a-admin"), ("password", "guess guess guess")]);
    }
    let locked = guesser.send("/sign-in", &[("name", "a-admin"), ("password", "guess guess guess")]);
    assert!(locked.status == 401 && locked.text().contains("之后再试"), "{}", locked.text());
}

impl Browser {
    fn send_out(&mut self) -> Answer {
        let token = self.token();
        self.request("POST", "/sign-out", &[("form_token", token.as_str())])
    }
}

#[test]
fn a_commendation_is_filed_once_and_its_readers_leave_receipts() {
    let house = house();
    let (agent, admin) = (house.client("agent"), house.client("admin"));
    let file = |client: &Client, body: &Value| {
        client.call(
            "POST",
            "/api/v1/commendations",
            &[("Content-Type", "application/json")],
            body.to_string().as_bytes(),
        )
    };
    let filed = file(&agent, &json!({ "text": "客户说这位坐席教会了她改地址" }));
    assert_eq!(filed.status, 201, "{}", filed.text());
    let filed = filed.json();
    let id = filed["commendation_id"].as_str().expect("id").to_owned();
    let names: Vec<_> =
        filed["recipients"].as_array().expect("recipients").iter().map(|r| r["recipient"].clone()).collect();
    assert_eq!(names, ["agent", "supervisor", "operations_manager"]);
    assert_eq!(filed["recipients"][0]["agent_no"], "0417", "filled in from who files");

    let again = file(&agent, &json!({ "text": "客户说，这位坐席教会了她改地址！" }));
    assert_eq!((again.status, again.json()["duplicate_of"].as_str()), (200, Some(id.as_str())));
    assert_eq!(file(&agent, &json!({ "text": "  " })).status, 400);
    assert_eq!(file(&house.client("analyst"), &json!({ "text": "好" })).status, 400, "nobody is praised");

    let read = |client: &Client| client.call("POST", &format!("/api/v1/commendations/{id}/read"), &[], b"");
    wait_until("the commendation to be stored", || Some(read(&agent)).filter(|answer| answer.status != 404));
    assert_eq!(read(&house.client("analyst")).status, 403);
    assert_eq!(read(&house.client("supervisor")).status, 200);
    let seen = agent.ask("/api/v1/commendations", &[("month", "2026-11"), ("limit", "1000")]);
    let all = admin.ask("/api/v1/commendations", &[("limit", "1000")]);
    let item =
        all["items"].as_array().expect("items").iter().find(|i| i["commendation_id"] == id.as_str()).expect("listed");
    assert!(seen["items"].is_array());
    for recipient in item["recipients"].as_array().expect("recipients") {
        assert!(recipient["read_at"].is_string(), "everybody has read: {item}");
    }
    let own = agent.ask("/api/v1/commendations", &[("agent_no", "0417"), ("limit", "1000")]);
    assert!(own["total"].as_u64() >= Some(2), "{own}");
}

#[test]
fn a_customer_praises_over_a_signed_link_and_no_other() {
    let house = house();
    let agent = house.client("agent");
    let page = agent.get("/praise", &[]).text();
    let (_, rest) = page.split_once("/praise/0417.").expect("the agent's own link");
    let code = format!("0417.{}", rest.split(['"', '/', '<']).next().unwrap_or_default());
    let picture = agent.with_token(None).get(&format!("/praise/{code}/qr.svg"), &[]);
    assert_eq!((picture.status, picture.media.as_str()), (200, "image/svg+xml"));

    let mut customer = Browser::new(&house);
    assert_eq!(customer.request("GET", "/praise/0417.000000000000", &[]).status, 404);
    let path = format!("/praise/{code}");
    let sent = customer.send(&path, &[("text", "<script>alert(1)</script> 小姑娘态度特别好"), ("agent_no", "0526")]);
    assert!(sent.status == 200 && sent.text().contains("已送达"), "{}", sent.text());
    let (_, rest) = sent.text().split_once("/receipts/").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a receipt");
    let receipt = rest.split('"').next().unwrap_or_default().to_owned();
    assert_eq!(customer.request("GET", &format!("/receipts/{receipt}"), &[]).status, 200);

    let listed = wait_until("the commendation to be listed", || {
        let list = agent.ask("/api/v1/commendations", &[("limit", "1000")]);
        let items = list["items"].as_array().expect("items").clone();
        items.into_iter().find(|item| item["text"].as_str().is_some_and(|text| text.contains("小姑娘")))
    });
    assert_eq!(listed["praised"], json!([{ "agent_no": "0417", "department": null }]), "the link says who");
    let shown = agent.get("/commendations", &[]).text();
    assert!(shown.contains("小姑娘") && !shown.contains("<script>alert"), "texts of strangers are escaped");
    for n in 0..5 {
        customer.send(&path, &[("text", format!("第 {n} 次表扬").as_str())]);
    }
    assert!(customer.page.contains("提交过于频繁"), "{}", customer.page);
}
