//! Mail, against a real SMTP server: what arrives is read as a mail program reads it; refusals, logins, certificates.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use tingjian_tests::{Mailroom, Sandbox, Wire, complaint, wait_until};

const PASSWORD: &str = "geheim-口令-7731";

/// Writes a channels file with one channel `board`.
fn channels(folder: &Path, room: &Mailroom, mail: &str, to: &[&str]) -> String {
    fs::write(folder.join("mail.password"), format!("{PASSWORD}\n")).unwrap();
    if room.authority().is_file() {
        fs::copy(room.authority(), folder.join("ca.pem")).unwrap();
    }
    let to: Vec<String> = to.iter().map(|mailbox| format!("{mailbox:?}")).collect();
    let text = format!(
        "[mail]\nhost = 'localhost'\nport = {}\nfrom = '听见 <report@tingjian.example>'\n{mail}\n\
         [[channel]]\nname = 'board'\nkind = 'email'\nto = [{}]\n",
        room.port(),
        to.join(", ")
    );
    let file = folder.join("channels.toml");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn test_of(sandbox: &Sandbox) -> Value {
    let answer = sandbox.client().post("/api/v1/reports/deliveries/test/board", &[], b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

const TLS: &str = "security = 'tls'\nca_file = 'ca.pem'\nuser = 'report'\npassword_file = 'mail.password'";
const STARTTLS: &str = "security = 'starttls'\nca_file = 'ca.pem'\nuser = 'report'\npassword_file = 'mail.password'";

fn login() -> String {
    format!("report:{PASSWORD}")
}

#[test]
fn each_mailbox_has_its_own_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let room = Mailroom::start(Wire::Starttls, Some(&login()));
    let to = ["王总 <wang@example.cn>", "slow@busy.example", "left@gone.example"];
    let file = channels(folder.path(), &room, STARTTLS, &to);
    let sandbox = Sandbox::with(&[("TINGJIAN_REPORTS_CHANNELS_FILE", &file)]);
    let tested = test_of(&sandbox);
    let ends: Vec<(&str, bool)> = tested["ends"]
        .as_array()
        .unwrap()
        .iter()
        .map(|end| (end["end"].as_str().unwrap(), end["sent"] == true))
        .collect();
    assert_eq!(ends, [(to[0], true), (to[1], true), (to[2], false)], "{tested}");
    assert!(tested["ends"][2]["detail"].as_str().unwrap().contains("550"), "{tested}");
    let asked = ["wang@example.cn", "slow@busy.example", "left@gone.example"].map(|mailbox| room.asked_for(mailbox));
    assert_eq!(asked, [1, 3, 1], "what is refused for now is tried again, what is refused for good is not");
    let letters = room.letters();
    let letter = &letters[0];
    assert_eq!((&letter["subject"], letters.len()), (&Value::from("听见：测试消息"), 2), "{letter}");
    assert!(letter["raw_subject"].as_str().unwrap().is_ascii(), "{letter}");
    assert!(letter["plain"].as_str().unwrap().contains("可以收到消息"), "{letter}");
    assert!(room.said().iter().filter(|line| line["login"].is_string()).all(|line| line["tls"] == true));
}

#[test]
fn a_wrong_password_and_a_strange_certificate_are_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let room = Mailroom::start(Wire::Tls, Some("report:another"));
    let file = channels(folder.path(), &room, TLS, &["wang@example.cn"]);
    let sandbox = Sandbox::with(&[("TINGJIAN_REPORTS_CHANNELS_FILE", &file)]);
    let tested = test_of(&sandbox);
    assert!(tested["detail"].as_str().unwrap().contains("登录失败"), "{tested}");
    assert_eq!(room.said().iter().filter(|line| line["right"] == false).count(), 1, "not tried again");
    // Nobody vouches for the certificate any more: files are read at every try.
    channels(folder.path(), &room, &TLS.replace("ca_file = 'ca.pem'\n", ""), &["wang@example.cn"]);
    let tested = test_of(&sandbox);
    assert_eq!(tested["sent"], false, "{tested}");
    assert!(tested["detail"].as_str().unwrap().contains("certificate"), "{tested}");
    // No encryption where it is asked for: nothing is sent in the clear.
    let plain = Mailroom::start(Wire::Plain, None);
    channels(folder.path(), &plain, &STARTTLS.replace("ca_file = 'ca.pem'\n", ""), &["wang@example.cn"]);
    let tested = test_of(&sandbox);
    assert!(tested["detail"].as_str().unwrap().contains("STARTTLS"), "{tested}");
    assert_eq!(plain.said().len(), 1, "{:?}", plain.said());
    let told = format!("{}{tested}", sandbox.log());
    assert!(!told.contains(PASSWORD) && !told.contains("another"), "a secret was told");
}

#[test]
fn the_report_arrives_as_it_was_published_and_is_told_to_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let room = Mailroom::start(Wire::Starttls, Some(&login()));
    let file = channels(folder.path(), &room, STARTTLS, &["王总 <wang@example.cn>", "left@gone.example"]);
    let environment = [("TINGJIAN_REPORTS_CHANNELS_FILE", file.as_str()), ("TINGJIAN_REPORTS_TIME", "00:00:00")];
    let sandbox = Sandbox::with(&environment);
    sandbox.wait_ready();
    let client = sandbox.client();
    // Of the week that is due, and beyond its end, so that it is whole.
    let now = jiff::Timestamp::now();
    let before = now - jiff::SignedDuration::from_hours(24 * 7);
    client.send(
        "complaints",
        &[
            complaint("c1", &before.to_string(), "客服态度恶劣，骂人，我要投诉"),
            complaint("c2", &now.to_string(), "快递一直没到，说好次日达"),
        ],
    );
    sandbox.settle();
    let log = || client.ask("/api/v1/reports/deliveries", &[])["items"].as_array().unwrap().clone();
    let told = |what: &str| log().into_iter().find(|note| note["what"] == what);
    wait_until("both outcomes", || told("sent").and(told("failed")));
    let failed = told("failed").unwrap();
    assert!(failed["key"].as_str().unwrap().ends_with("/board/left@gone.example"), "{failed}");
    assert!(failed["detail"].as_str().unwrap().contains("550"), "{failed}");

    let letter = room.letters()[0].clone();
    let key = told("sent").unwrap()["key"].as_str().unwrap().to_owned();
    let week = key.split('/').nth(1).unwrap();
    assert_eq!(letter["subject"], format!("听见周报 {week}"));
    assert_eq!(letter["sender"], "听见 <report@tingjian.example>");
    let published = client.get_as(&format!("/api/v1/reports/weekly/{week}"), "text/html");
    let attached = &letter["attachments"][0];
    assert_eq!(
        (&attached["name"], &attached["media"]),
        (&Value::from(format!("tingjian-{week}.html")), &"text/html".into())
    );
    let bytes = STANDARD.decode(attached["bytes"].as_str().unwrap()).unwrap();
    assert_eq!(bytes, published.body, "the attachment is what was published");
    let (html, plain) = (letter["html"].as_str().unwrap(), letter["plain"].as_str().unwrap());
    let sentence = client.ask(&format!("/api/v1/reports/weekly/{week}"), &[])["report"]["sentence"]["text"].clone();
    for text in [html, plain] {
        assert!(text.contains(sentence.as_str().unwrap()), "{sentence}: {text}");
    }
    // What mail programs drop or hold back is not needed.
    for absent in ["<svg", "<style", "<img", "<script", "<link"] {
        assert!(!html.contains(absent), "{absent}: {html}");
    }
    assert!(letter["longest_line"].as_u64().unwrap() <= 998, "RFC 5322");
    assert!(html.len() < 100_000, "Gmail cuts longer ones: {}", html.len());

    // The link has a button; opening it alone, as mail filters do, tells nothing.
    let (_, link) = html.split_once("/seen/").unwrap();
    let code = link.split('"').next().unwrap();
    let nobody = client.with_token(None);
    let page = nobody.get(&format!("/seen/{code}"), &[]);
    assert!(page.status == 200 && page.text().contains("我已读"), "{}", page.text());
    assert_eq!(told("seen"), None);
    let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let (_, field) =
        page.text().split_once("name=\"form_token\" value=\"").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let body = format!("form_token={}", field.split('"').next().unwrap());
    let headers = [("Cookie", cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    for _ in 0..2 {
        assert_eq!(nobody.post(&format!("/seen/{code}"), &headers, body.as_bytes()).status, 200);
    }
    let seen: Vec<Value> = log().into_iter().filter(|note| note["what"] == "seen").collect();
    assert_eq!((seen.len(), &seen[0]["key"]), (1, &Value::from(key)), "once, and by whom: {seen:?}");
    let forged = code.replacen(&code[..4], "d2Vl", 1) + "0";
    assert_eq!(nobody.get(&format!("/seen/{forged}"), &[]).status, 404);
    assert_eq!(nobody.post(&format!("/api/v1/seen/{forged}"), &[], b"").status, 404);
    assert_eq!(nobody.post(&format!("/api/v1/seen/{code}"), &[], b"").status, 204);
    assert!(!sandbox.log().contains(PASSWORD), "a secret was told");
}
