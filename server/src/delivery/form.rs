//! The form each channel takes a message in, as its maker documents it. Pure: the moment is passed in.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Message, channels::Kind};

/// Bytes of a 企业微信 Markdown message.
const WECOM_BYTES: usize = 4_096;
/// Bytes of a 钉钉 Markdown message: its documentation names 20 000 for the whole body.
const DINGTALK_BYTES: usize = 18_000;
/// Bytes of a 飞书 message: 20 KB for the whole body.
const FEISHU_BYTES: usize = 18_000;
/// Bytes of a message to a receiver of one's own.
const WEBHOOK_BYTES: usize = 64_000;

/// A request to send.
#[derive(Clone, PartialEq)]
pub struct Formed {
    /// With everything that stands in it.
    pub url: String,
    /// Beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// The message as the channel takes it.
pub fn form(kind: Kind, url: &str, secret: Option<&str>, message: &Message, now: Timestamp) -> Formed {
    match kind {
        Kind::Wecom => {
            plain(url, &json!({"msgtype": "markdown", "markdown": {"content": message.markdown(WECOM_BYTES)}}))
        }
        Kind::Dingtalk => dingtalk(url, secret, message, now),
        Kind::Feishu => feishu(url, secret, message, now),
        // Letters have a form of their own.
        Kind::Webhook | Kind::Email => webhook(url, secret.unwrap_or_default(), message, now),
    }
}

fn plain(url: &str, body: &Value) -> Formed {
    Formed { url: url.to_owned(), headers: Vec::new(), body: body.to_string() }
}

/// HMAC-SHA-256.
fn signature(key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Signed in the address: milliseconds, and the HMAC of `milliseconds\nsecret` under the secret.
fn dingtalk(url: &str, secret: Option<&str>, message: &Message, now: Timestamp) -> Formed {
    let text = message.markdown(DINGTALK_BYTES);
    let mut formed = plain(url, &json!({"msgtype": "markdown", "markdown": {"title": message.title, "text": text}}));
    if let Some(secret) = secret {
        let at = now.as_millisecond();
        let sign = STANDARD.encode(signature(secret.as_bytes(), format!("{at}\n{secret}").as_bytes()));
        let sign: String = sign
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("%{:02X}", c as u32) })
            .collect();
        let mark = if url.contains('?') { '&' } else { '?' };
        formed.url = format!("{url}{mark}timestamp={at}&sign={sign}");
    }
    formed
}

/// Signed in the body: seconds, and the HMAC of nothing under `seconds\nsecret`.
fn feishu(url: &str, secret: Option<&str>, message: &Message, now: Timestamp) -> Formed {
    let text = message.markdown(FEISHU_BYTES);
    let mut body = json!({
        "msg_type": "interactive",
        "card": {
            "header": {"title": {"tag": "plain_text", "content": message.title}},
            "elements": [{"tag": "markdown", "content": text}],
        },
    });
    if let (Some(secret), Some(object)) = (secret, body.as_object_mut()) {
        let at = now.as_second();
        object.insert("timestamp".into(), json!(at.to_string()));
        object.insert("sign".into(), json!(STANDARD.encode(signature(format!("{at}\n{secret}").as_bytes(), b""))));
    }
    plain(url, &body)
}

/// Signed in a header: the HMAC of `seconds.body` under the secret, so that neither can be changed nor sent again later.
fn webhook(url: &str, secret: &str, message: &Message, now: Timestamp) -> Formed {
    let mut body = json!({
        "title": message.title,
        "text": message.markdown(WEBHOOK_BYTES),
        "link": message.link,
        "data": message.data,
    });
    if let (Some(seen), Some(object)) = (&message.seen, body.as_object_mut()) {
        // Posted to, it notes that the message was seen.
        object.insert("seen".into(), json!(seen.link));
    }
    let files = message
        .attachments
        .iter()
        .filter(|file| file.for_programs)
        .map(|file| json!({"name": file.name, "media": file.media, "base64": STANDARD.encode(&file.bytes)}));
    let files: Vec<Value> = files.collect();
    if let (false, Some(object)) = (files.is_empty(), body.as_object_mut()) {
        object.insert("attachments".into(), json!(files));
    }
    let body = body.to_string();
    let at = now.as_second();
    let sign = signature(secret.as_bytes(), format!("{at}.{body}").as_bytes());
    let sign: String = sign.iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = vec![("tingjian-timestamp", at.to_string()), ("tingjian-signature", format!("sha256={sign}"))];
    Formed { url: url.to_owned(), headers, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            title: "听见周报".into(),
            paragraphs: vec!["一句话".into()],
            data: json!({"a": 1}),
            ..Message::default()
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    /// Signatures worked out with Python's `hmac`, `hashlib` and `base64`.
    #[test]
    fn signatures_known_by_value() {
        let formed =
            form(Kind::Dingtalk, "https://d.example/robot/send?access_token=x", Some("SECx"), &message(), now());
        let wanted = "https://d.example/robot/send?access_token=x&timestamp=1700000000000&sign=";
        assert_eq!(formed.url, format!("{wanted}{DINGTALK}"));
        let formed = form(Kind::Feishu, "https://f.example/hook", Some("s"), &message(), now());
        let body: Value = serde_json::from_str(&formed.body).unwrap();
        assert_eq!((&body["timestamp"], &body["sign"]), (&json!("1700000000"), &json!(FEISHU)));
        let formed = form(
            Kind::Webhook,
            "https://w.example",
            Some("s"),
            &Message { title: "t".into(), ..Message::default() },
            now(),
        );
        assert_eq!(formed.body, "{\"data\":null,\"link\":\"\",\"text\":\"## t\\n\\n\",\"title\":\"t\"}");
        assert_eq!(formed.headers[1].1, format!("sha256={WEBHOOK}"));
    }

    const DINGTALK: &str = "rgcjbH%2ByFyES%2BS0llX%2BcAPCwVRpsr7sbiX5Lnyo%2FocU%3D";
    const FEISHU: &str = "+z1fiKH1w9xoRwSUZju5W5ZBj/d5cwS4H+5mTClDOl4=";
    const WEBHOOK: &str = "f3019e8ce228a26fe18dbaf68e98ca7e63b4f3cc3f7b25d0fc3984a84aac5d52";

    #[test]
    fn every_form_keeps_within_what_its_maker_allows() {
        let long = Message { paragraphs: vec!["承诺时效未兑现\"\\".repeat(10_000)], ..message() };
        for (kind, at, bytes) in [
            (Kind::Wecom, "/markdown/content", 4_096),
            (Kind::Dingtalk, "/markdown/text", 20_000),
            (Kind::Feishu, "/card/elements/0/content", 20_000),
        ] {
            let formed = form(kind, "https://x.example", None, &long, now());
            let body: Value = serde_json::from_str(&formed.body).unwrap();
            let text = body.pointer(at).and_then(Value::as_str).unwrap();
            assert!(text.len() <= bytes && text.len() > 4_000, "{kind:?}: {}", text.len());
        }
    }
}
