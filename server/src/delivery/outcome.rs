//! What a channel's answer means.

use serde_json::Value;

use super::channels::Kind;

/// What became of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken.
    Sent,
    /// May be taken later; says why not now.
    Later(String),
    /// Will never be taken; says why.
    Refused(String),
}

/// Codes by which robots say that they are asked too often or are busy: 企业微信 45009 and -1, 钉钉 130101 and -1, 飞书 9499 and
/// 11232.
const BUSY: [i64; 5] = [-1, 45_009, 130_101, 9_499, 11_232];

/// The longest part of an answer that is kept.
const DETAIL: usize = 200;

/// Reads an answer. Nothing that was sent is in the words, so no secret is.
pub fn read(kind: Kind, status: u16, body: &str) -> Outcome {
    if status == 408 || status == 429 || status >= 500 {
        return Outcome::Later(format!("HTTP {status}"));
    }
    if !(200..300).contains(&status) {
        return Outcome::Refused(format!("HTTP {status}"));
    }
    if matches!(kind, Kind::Webhook | Kind::Email) {
        return Outcome::Sent;
    }
    let answer: Value = serde_json::from_str(body).unwrap_or_default();
    let code = ["errcode", "code", "StatusCode"].iter().find_map(|name| answer.get(name)?.as_i64());
    let words = ["errmsg", "msg"].iter().find_map(|name| answer.get(name)?.as_str()).unwrap_or_default();
    let words: String = words.chars().take(DETAIL).collect();
    match code {
        Some(0) => Outcome::Sent,
        Some(code) if BUSY.contains(&code) => Outcome::Later(format!("{code} {words}")),
        Some(code) => Outcome::Refused(format!("{code} {words}")),
        None => Outcome::Refused("回答不是机器人应有的样子".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_as_documented() {
        let later = |outcome: &Outcome| matches!(outcome, Outcome::Later(_));
        for (kind, status, body, sent, again) in [
            (Kind::Wecom, 200, r#"{"errcode":0,"errmsg":"ok"}"#, true, false),
            (Kind::Wecom, 200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, false, true),
            (Kind::Wecom, 200, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, false, false),
            (Kind::Dingtalk, 200, r#"{"errcode":310000,"errmsg":"sign not match"}"#, false, false),
            (Kind::Dingtalk, 200, r#"{"errcode":130101,"errmsg":"send too fast"}"#, false, true),
            (Kind::Feishu, 200, r#"{"code":0,"msg":"success","data":{}}"#, true, false),
            (Kind::Feishu, 200, r#"{"code":11232,"msg":"frequency limited"}"#, false, true),
            (Kind::Feishu, 200, r#"{"code":19021,"msg":"sign match fail"}"#, false, false),
            (Kind::Feishu, 200, "<html>", false, false),
            (Kind::Webhook, 204, "", true, false),
            (Kind::Webhook, 503, "", false, true),
            (Kind::Webhook, 429, "", false, true),
            (Kind::Webhook, 404, "", false, false),
        ] {
            let outcome = read(kind, status, body);
            assert_eq!(
                (outcome == Outcome::Sent, later(&outcome)),
                (sent, again),
                "{kind:?} {status} {body}: {outcome:?}"
            );
        }
    }
}
