//! Signing in at an OpenID provider: at a real one with a real browser; and what of a lying one is refused.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tingjian_tests::{Answer, Sandbox, chromium, npm_modules, refused_with};

/// What the real provider knows this server's secret as.
const CLIENT_SECRET: &str = "a secret of the tests, long enough to be one";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// Both providers; they end when dropped.
struct Providers {
    child: Child,
    addresses: Value,
}

impl Providers {
    fn start(tingjian: &str) -> Self {
        let mut child = Command::new("node")
            .arg(root().join("tests/oidc/providers.mjs"))
            .args([&npm_modules("oidc"), tingjian])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("stdout"));
        while !line.starts_with('{') {
            line.clear();
            assert!(said.read_line(&mut line).expect("a line") > 0, "the providers ended");
        }
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || said.lines().for_each(drop));
        Self { child, addresses: serde_json::from_str(&line).expect("JSON") }
    }
}

impl Drop for Providers {
    fn drop(&mut self) {
        // Ended already is as good as killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that lets people in over one of the providers.
struct House {
    sandbox: Sandbox,
    base: String,
    providers: Providers,
    _files: TempDir,
}

/// An address where nobody listens yet: the provider must know it before the server starts.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

fn house(provider: &str) -> House {
    let listen = free_address();
    let base = format!("http://{listen}");
    let providers = Providers::start(&base);
    let files = tempfile::tempdir().expect("a folder");
    let secret = files.path().join("client.secret");
    fs::write(&secret, format!("{CLIENT_SECRET}\n")).expect("a file");
    let issuer = providers.addresses[provider].as_str().expect("an address");
    let sandbox = Sandbox::with(&[
        ("TINGJIAN_SERVER_LISTEN", &listen),
        ("TINGJIAN_SERVER_PUBLIC_URL", &base),
        ("TINGJIAN_OIDC_ISSUER", issuer),
        ("TINGJIAN_OIDC_CLIENT_ID", "tingjian"),
        ("TINGJIAN_OIDC_CLIENT_SECRET_FILE", &secret.to_string_lossy()),
        ("TINGJIAN_OIDC_LABEL", "集团账号"),
        ("TINGJIAN_OIDC_ROLES", "{ qa = \"analyst\", seat = \"agent\" }"),
        ("TINGJIAN_OIDC_DEPARTMENT_CLAIM", "dept"),
        ("TINGJIAN_OIDC_DEPARTMENTS", "{ D-07 = \"物流\", HQ = \"\" }"),
    ]);
    sandbox.wait_ready();
    House { sandbox, base, providers, _files: files }
}

#[test]
fn a_person_signs_in_at_a_real_provider_and_out_again() {
    let house = house("real");
    let output = Command::new("node")
        .arg(root().join("tests/oidc/walk.mjs"))
        .arg(tingjian_tests::browser_modules())
        .arg(chromium())
        .arg(&house.base)
        .output()
        .expect("node");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let trail = house.sandbox.client().ask("/api/v1/audit", &[("action", "sign_in"), ("subject", "oidc")]);
    let outcomes: Vec<_> =
        trail["items"].as_array().expect("items").iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, [json!("refused"), json!("refused"), json!("opened")], "the newest first: {trail}");
    let accounts = house.sandbox.client().ask("/api/v1/accounts", &[]);
    let made = accounts["items"].as_array().expect("items").iter().find(|account| account["name"] == "统一小李");
    let made = made.expect("the account made at the first sign-in");
    assert_eq!((&made["role"], &made["department"]), (&json!("analyst"), &json!("物流")), "{made}");
}

/// The value of a parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let found = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("no {name} in {address}")).to_owned()
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.iter().filter(|(header, _)| header == "set-cookie");
    let pairs =
        set.filter_map(|(_, value)| value.split(';').next()).filter(|pair| pair.starts_with(&format!("{name}=")));
    pairs.map(str::to_owned).find(|pair| pair.len() > name.len() + 1)
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl House {
    /// Begins; what the provider would get, and the cookie of the browser.
    fn begin(&self) -> (String, String) {
        let begun = self.sandbox.client().with_token(None).get("/sign-in/oidc?next=%2Frecords", &[]);
        assert_eq!(begun.status, 303, "{}", begun.text());
        let browser = cookie(&begun, "tingjian_oidc").expect("the browser's cookie");
        (begun.header("location").to_owned(), browser)
    }

    fn back(&self, browser: &str, state: &str, code: &Value) -> Answer {
        let path = format!("/sign-in/oidc/callback?state={state}&code={}", encode(&code.to_string()));
        self.sandbox.client().with_token(None).call("GET", &path, &[("Cookie", browser)], b"")
    }

    /// Signs in with a token that says this; `nonce` is filled in where it is not said.
    fn sign_in(&self, said: &Value) -> Answer {
        let (location, browser) = self.begin();
        let mut code = said.clone();
        if code["nonce"].is_null() {
            code["nonce"] = json!(parameter(&location, "nonce"));
        }
        self.back(&browser, &parameter(&location, "state"), &code)
    }
}

#[test]
fn what_a_lying_provider_says_opens_nothing() {
    let house = house("liar");
    let (location, browser) = house.begin();
    assert_eq!(
        (parameter(&location, "code_challenge_method"), parameter(&location, "response_type")),
        ("S256".into(), "code".into())
    );
    let redirect = format!("{}/sign-in/oidc/callback", house.base);
    assert_eq!(parameter(&location, "redirect_uri").replace("%3A", ":").replace("%2F", "/"), redirect);

    let li = json!({ "preferred_username": "li", "roles": ["qa"], "dept": "D-07" });
    let with = |more: Value| {
        let mut said = li.clone();
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said
    };
    let check = |said: Value, status: u16, words: &str| {
        let answer = house.sign_in(&said);
        let shown = answer.text();
        assert!(answer.status == status && shown.contains(words), "{said}: {} {shown}", answer.status);
        assert_eq!(cookie(&answer, "tingjian_session"), None, "{said}");
    };
    let untrusted = "没有通过校验";
    check(with(json!({ "nonce": "another" })), 502, untrusted);
    check(with(json!({ "aud": "another" })), 502, untrusted);
    check(with(json!({ "iss": "http://elsewhere.example" })), 502, untrusted);
    check(with(json!({ "exp": 1_700_000_000 })), 502, untrusted);
    check(with(json!({ "sign": "another" })), 502, untrusted);
    check(with(json!({ "sign": "nobody" })), 502, untrusted);
    check(with(json!({ "roles": ["boss"] })), 403, "没有对应听见的角色");
    check(with(json!({ "dept": null })), 403, "没有给出您的部门");
    check(with(json!({ "roles": "seat" })), 403, "没有给出您的工号");
    check(with(json!({ "preferred_username": "admin" })), 403, "已被本系统的另一个账号使用");
    check(with(json!({ "preferred_username": "a b" })), 403, "账号名须为");

    // Another browser, another state, and a code that is used twice.
    let nonce = parameter(&location, "nonce");
    let good = with(json!({ "nonce": nonce }));
    let state = parameter(&location, "state");
    assert_eq!(house.back("tingjian_oidc=0000", &state, &good).status, 400, "not the browser that began");
    assert_eq!(house.back(&browser, "0000", &good).status, 400, "a state that nobody gave out");
    let opened = house.back(&browser, &state, &good);
    assert_eq!((opened.status, opened.header("location")), (303, "/records"), "{}", opened.text());
    let session = cookie(&opened, "tingjian_session").expect("a session");
    assert_eq!(house.back(&browser, &state, &good).status, 400, "once");

    let page =
        |session: &str| house.sandbox.client().with_token(None).call("GET", "/account", &[("Cookie", session)], b"");
    assert!(page(&session).text().contains("质检分析"));
    // Their role there changed: it changes here at the next sign-in, for what is open too.
    let changed = house.sign_in(&with(json!({ "roles": "seat", "agent_no": "0417" })));
    assert_eq!(changed.status, 303, "{}", changed.text());
    assert!(page(&session).text().contains("坐席"));
    house.sandbox.command(&["accounts", "revoke", "li"]);
    check(li.clone(), 403, "已被撤销");
    assert_eq!(page(&session).status, 303, "its sessions are gone");
}

#[test]
fn keys_that_a_provider_replaced_are_fetched_at_once_and_forged_ones_do_not_make_it_asked_for_ever() {
    let house = house("liar");
    let issuer = house.providers.addresses["liar"].as_str().expect("an address");
    let asked = || {
        let body = ureq::get(format!("{issuer}/keys-asked")).call().expect("the provider").body_mut().read_to_string();
        serde_json::from_str::<Value>(&body.expect("a text")).expect("JSON")["asked"].as_u64().expect("a number")
    };
    let li = |more: Value| {
        let mut said = json!({ "preferred_username": "li", "roles": ["qa"], "dept": "D-07" });
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        house.sign_in(&said)
    };
    assert_eq!(li(json!({})).status, 303);
    let before = asked();
    // The key is another one a moment after it was fetched: nobody is kept out.
    let rotated = li(json!({ "rotate": "second" }));
    assert_eq!(rotated.status, 303, "{}", rotated.text());
    assert_eq!(asked(), before + 1, "asked once more");
    let begun = std::time::Instant::now();
    // Fewer than the sign-ins that one machine may try at once.
    const FORGED: u64 = 10;
    for _ in 0..FORGED {
        assert_eq!(li(json!({ "sign": "another" })).status, 502);
    }
    let (more, most) = (asked() - before - 1, begun.elapsed().as_secs() / 5 + 1);
    assert!(more <= most && most < FORGED, "asked {more} times more for {FORGED} forged tokens");
    assert_eq!(li(json!({})).status, 303, "and the known key still opens");
}

#[test]
fn without_a_provider_there_is_no_button_and_half_a_configuration_is_refused() {
    let sandbox = Sandbox::start();
    let nobody = sandbox.client().with_token(None);
    assert!(!nobody.get("/sign-in", &[]).text().contains("/sign-in/oidc"));
    assert_eq!(nobody.get("/sign-in/oidc", &[]).status, 404);

    let folder = tempfile::tempdir().expect("a folder");
    let issuer = ("TINGJIAN_OIDC_ISSUER", "http://127.0.0.1:1");
    let client = ("TINGJIAN_OIDC_CLIENT_ID", "tingjian");
    let url = ("TINGJIAN_SERVER_PUBLIC_URL", "http://127.0.0.1:1");
    let roles = ("TINGJIAN_OIDC_ROLES", "{ qa = \"analyst\" }");
    for (environment, words) in [
        (vec![issuer], "oidc.client_id"),
        (vec![issuer, client], "server.public_url"),
        (vec![issuer, client, url], "oidc.roles"),
        (vec![issuer, client, url, ("TINGJIAN_OIDC_ROLES", "{ qa = \"boss\" }")], "oidc.roles"),
        (
            vec![issuer, client, url, roles, ("TINGJIAN_OIDC_CLIENT_SECRET_FILE", "/nowhere/secret")],
            "oidc.client_secret_file",
        ),
    ] {
        let said = refused_with(folder.path(), "127.0.0.1:0", &environment);
        assert!(said.contains(words), "{environment:?}: {said}");
    }
    // A provider that is away keeps nobody from signing in otherwise.
    let listen = free_address();
    let own = format!("http://{listen}");
    let own = [("TINGJIAN_SERVER_LISTEN", listen.as_str()), ("TINGJIAN_SERVER_PUBLIC_URL", own.as_str())];
    let away = Sandbox::with(&[issuer, client, own[0], own[1], roles]);
    let answer = away.client().with_token(None).get("/sign-in/oidc", &[]);
    assert!(answer.status == 502 && answer.text().contains("暂时没有正确应答"), "{}", answer.text());
    assert!(answer.text().contains("name=\"password\""), "the other ways are there");
}
