//! Group robots and webhooks, against receivers that check form, signature and limits as their makers document them; and the
//! schedule: caught up once, by one of two servers.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;
use tingjian_tests::{Receiver, Sandbox, complaint, wait_until};

const OK: &[(u16, &str)] = &[(200, r#"{"errcode":0,"errmsg":"ok"}"#)];
const FEISHU_OK: &[(u16, &str)] = &[(200, r#"{"code":0,"msg":"success","data":{}}"#)];
/// Too often, then busy, then taken.
const BUSY: &[(u16, &str)] =
    &[(200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#), (503, ""), (200, r#"{"errcode":0}"#)];
const REFUSES: &[(u16, &str)] = &[(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#)];

/// Writes a channels file; each channel's address and secret in files of their own.
fn channels(folder: &Path, list: &[(&str, &str, &str, Option<&str>)]) -> String {
    let mut text = String::new();
    for (place, (name, kind, url, secret)) in list.iter().enumerate() {
        fs::write(folder.join(format!("{place}.url")), format!("{url}\n")).unwrap();
        text += &format!("[[channel]]\nname = \"{name}\"\nkind = \"{kind}\"\nurl_file = \"{place}.url\"\n");
        if let Some(secret) = secret {
            fs::write(folder.join(format!("{place}.secret")), secret).unwrap();
            text += &format!("secret_file = \"{place}.secret\"\n");
        }
    }
    let file = folder.join("channels.toml");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn test_of(sandbox: &Sandbox, channel: &str) -> Value {
    let path = format!("/api/v1/reports/deliveries/test/{channel}");
    let answer = sandbox.client().post(&path, &[], b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn every_channel_gets_its_form_and_signature() {
    let folder = tempfile::tempdir().unwrap();
    let (wecom, ding, feishu, hook) =
        (Receiver::start(BUSY), Receiver::start(OK), Receiver::start(FEISHU_OK), Receiver::start(&[(204, "")]));
    let refusing = Receiver::start(REFUSES);
    let urls = [
        format!("{}/cgi-bin/webhook/send?key=SECRETKEY", wecom.address),
        format!("{}/robot/send?access_token=SECRETKEY", ding.address),
        format!("{}/open-apis/bot/v2/hook/SECRETKEY", feishu.address),
        format!("{}/hook", hook.address),
        format!("{}/robot/send?access_token=SECRETKEY", refusing.address),
    ];
    let file = channels(
        folder.path(),
        &[
            ("wecom", "wecom", &urls[0], None),
            ("ding", "dingtalk", &urls[1], Some("SECxyz")),
            ("feishu", "feishu", &urls[2], Some("fsecret")),
            ("hook", "webhook", &urls[3], Some("hsecret")),
            ("refusing", "dingtalk", &urls[4], Some("wrong")),
        ],
    );
    // Far from now, so that nothing but tests is sent: nothing was ever published here and there are no data.
    let sandbox = Sandbox::with(&[("TINGJIAN_REPORTS_CHANNELS_FILE", &file)]);
    sandbox.wait_ready();

    assert_eq!(test_of(&sandbox, "wecom")["sent"], true, "taken at the third try");
    let got = wecom.got();
    assert_eq!(got.len(), 3, "asked too often, busy, taken");
    let body: Value = serde_json::from_str(&got[2].body).unwrap();
    assert_eq!(body["msgtype"], "markdown");
    let content = body["markdown"]["content"].as_str().unwrap();
    assert!(content.contains("测试消息") && content.len() <= 4_096, "{content}");
    assert!(got[2].headers["content-type"].starts_with("application/json"), "{:?}", got[2].headers);

    assert_eq!(test_of(&sandbox, "ding")["sent"], true);
    let got = ding.got();
    let query: BTreeMap<&str, &str> =
        got[0].target.split_once('?').unwrap().1.split('&').filter_map(|pair| pair.split_once('=')).collect();
    assert_eq!(query["access_token"], "SECRETKEY");
    assert_eq!(query["timestamp"].len(), 13, "milliseconds");
    // 32 bytes as Base64, percent-encoded: 44 characters, of which `+`, `/` and `=` are three each.
    assert!(query["sign"].ends_with("%3D") && !query["sign"].contains(['+', '/', '=']), "{}", query["sign"]);
    let body: Value = serde_json::from_str(&got[0].body).unwrap();
    assert!(body["markdown"]["title"].is_string() && body["markdown"]["text"].is_string(), "{body}");

    assert_eq!(test_of(&sandbox, "feishu")["sent"], true);
    let body: Value = serde_json::from_str(&feishu.got()[0].body).unwrap();
    assert_eq!((body["timestamp"].as_str().unwrap().len(), body["sign"].as_str().unwrap().len()), (10, 44), "{body}");
    assert_eq!(body["msg_type"], "interactive");

    assert_eq!(test_of(&sandbox, "hook")["sent"], true);
    let got = hook.got();
    assert!(got[0].headers["tingjian-signature"].starts_with("sha256="), "{:?}", got[0].headers);
    assert_eq!(got[0].headers["tingjian-timestamp"].len(), 10);

    let refused = test_of(&sandbox, "refusing");
    assert_eq!((&refused["sent"], refusing.got().len()), (&Value::Bool(false), 1), "not tried again: {refused}");
    let said = format!("{}{refused}", sandbox.log());
    assert!(!said.contains("SECRETKEY") && !said.contains("SECxyz") && !said.contains("fsecret"), "a secret was told");
    assert_eq!(sandbox.client().post("/api/v1/reports/deliveries/test/nobody", &[], b"").status, 404);
}

#[test]
fn the_last_week_is_caught_up_once() {
    let folder = tempfile::tempdir().unwrap();
    let hook = Receiver::start(&[(503, ""), (204, "")]);
    let file = channels(folder.path(), &[("hook", "webhook", &format!("{}/hook", hook.address), Some("secret"))]);
    // Due since the first second of its Monday, and missed until now.
    let environment = [
        ("TINGJIAN_REPORTS_CHANNELS_FILE", file.as_str()),
        ("TINGJIAN_REPORTS_TIME", "00:00:00"),
        ("TINGJIAN_LOG_LEVEL", "debug"),
    ];
    let mut sandbox = Sandbox::with(&environment);
    sandbox.wait_ready();
    let client = sandbox.client();
    // Data beyond the end of every week that may be due, so that it is whole.
    let now = jiff::Timestamp::now().to_string();
    client.send("complaints", &[complaint("c1", &now, "快递一直没到，说好次日达")]);
    sandbox.settle();
    let log = || client.ask("/api/v1/reports/deliveries", &[])["items"].as_array().unwrap().clone();
    let look_again = |sandbox: &mut Sandbox| {
        sandbox.stop();
        sandbox.restart();
        sandbox.wait_ready();
        wait_until("a look at the schedule", || sandbox.log().contains("delivery log looked at").then_some(()));
    };
    look_again(&mut sandbox);
    assert!(log().is_empty(), "no report of a week before the first record");
    let earlier = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 7)).to_string();
    client.send("complaints", &[complaint("c0", &earlier, "快递一直没到，说好次日达")]);
    sandbox.settle();
    look_again(&mut sandbox);
    let sent = wait_until("the report to be sent", || log().into_iter().find(|note| note["what"] == "sent"));
    assert!(sent["key"].as_str().unwrap().starts_with("weekly/"), "{sent}");
    let got = hook.got();
    assert_eq!(got.len(), 2, "refused once, then taken");
    assert!(got[1].body.contains("weekly_report"), "{}", got[1].body);
    // Started again it looks at once, and finds it done.
    look_again(&mut sandbox);
    let week = sent["key"].as_str().unwrap().split('/').nth(1).unwrap().to_owned();
    let published = client.ask("/api/v1/reports/weekly", &[]);
    assert_eq!(published["items"][0]["week"], week, "published before it was sent");
    assert_eq!(hook.got().len(), 2, "sent once");
    assert_eq!(log().len(), 2, "one claim, one outcome");
}
