//! RFC 9457 problem objects: what the server says when it refuses.

use serde::Deserialize;

/// A refusal. Everything but the status may be missing (a proxy in between does not know the form).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Problem {
    /// HTTP status of the answer.
    #[serde(default)]
    pub status: u16,
    /// What kind of problem, in few words.
    pub title: Option<String>,
    /// This very problem.
    pub detail: Option<String>,
    /// Character of the query, from 0, at which it could not be read.
    pub at: Option<usize>,
    /// `Retry-After`, seconds; not part of the object.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
}

/// Longest piece of a foreign error page that is shown.
const SHOWN_CHARS: usize = 200;

impl Problem {
    /// Reads the body of a refusal, whatever it is.
    pub fn read(status: u16, body: &[u8], retry_after_s: Option<u64>) -> Self {
        let read = serde_json::from_slice::<Self>(body).ok().filter(|p| p.title.is_some() || p.detail.is_some());
        let mut problem = read.unwrap_or_else(|| Self { detail: foreign_text(body), ..Self::default() });
        problem.status = status;
        problem.retry_after_s = retry_after_s;
        problem
    }

    /// One sentence: what, why, and where it helps, what to do.
    pub fn sentence(&self) -> String {
        let title = self.title.clone().unwrap_or_else(|| format!("HTTP {}", self.status));
        let mut text = format!("服务器拒绝：{title}");
        if let Some(detail) = self.detail.as_deref().filter(|d| *d != title && !d.is_empty()) {
            text.push_str(&format!("。{}", detail.trim_end_matches('。')));
        }
        text.push('。');
        text.push_str(advice(self.status));
        text
    }
}

fn foreign_text(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN_CHARS).collect();
    (!text.is_empty() && !text.starts_with('<')).then_some(text)
}

fn advice(status: u16) -> &'static str {
    match status {
        401 => "请用 --token、--token-file 或环境变量 TINGJIAN_TOKEN 给出令牌。",
        403 => "这个令牌的角色没有此权限，请向管理员申请。",
        501 => "这个版本的服务器还没有此功能。",
        507 => "服务器磁盘已满，请联系管理员。",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, sentence: &str) {
        assert_eq!(Problem::read(status, body.as_bytes(), None).sentence(), sentence);
    }

    #[test]
    fn one_sentence_whatever_the_body() {
        check(
            400,
            r#"{"type":"about:blank","title":"查询有误","status":400,"detail":"第 3 个字符处缺少右括号"}"#,
            "服务器拒绝：查询有误。第 3 个字符处缺少右括号。",
        );
        check(
            401,
            r#"{"title":"没有令牌"}"#,
            "服务器拒绝：没有令牌。请用 --token、--token-file 或环境变量 TINGJIAN_TOKEN 给出令牌。",
        );
        check(502, "<html><h1>Bad Gateway</h1></html>", "服务器拒绝：HTTP 502。");
        check(404, "no\n such   route", "服务器拒绝：HTTP 404。no such route。");
        check(500, "", "服务器拒绝：HTTP 500。");
    }
}
