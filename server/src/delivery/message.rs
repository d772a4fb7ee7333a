//! What is said, before a channel gives it its form.

use serde_json::Value;
use tingjian_report::{Report, shown};

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// One line.
    pub title: String,
    /// Paragraphs, the most important first.
    pub paragraphs: Vec<String>,
    /// Where to read on; empty: nowhere.
    pub link: String,
    /// For programs.
    pub data: Value,
}

impl Message {
    /// The weekly report in a few lines; `link` leads to it.
    pub fn of_report(report: &Report, link: String) -> Self {
        let mut paragraphs = Vec::new();
        if !report.incomplete.is_empty() {
            paragraphs.push(format!("这一周的数据不完整：{}", report.incomplete.join("；")));
        }
        paragraphs.push(report.sentence.text.clone());
        if let Some(worst) = report.over_promises.items.first() {
            let minutes = |minutes: i64| shown::duration(minutes as f64);
            let advice = worst.suggested_min.map_or_else(String::new, |suggested| {
                format!("应改为 {}，四周可免 {} 条晚到投诉。", minutes(i64::from(suggested)), worst.avoided)
            });
            paragraphs.push(format!(
                "最严重的过度承诺：{}，由{}负责。客户被承诺 {}，线路能力 {}，本周投诉 {} 条。{advice}",
                worst.lane,
                worst.owner,
                minutes(worst.promised_min),
                minutes(worst.capability_min),
                worst.records,
            ));
        }
        let volumes = &report.volumes;
        paragraphs.push(format!(
            "共 {} 条记录，投诉 {} 条；把握不足 {} 条，责任待定 {} 条。",
            volumes.records, report.causes.complaints, volumes.abstained, volumes.basis.pending
        ));
        let data = serde_json::json!({
            "kind": "weekly_report",
            "week": report.week,
            "sentence": report.sentence.text,
            "incomplete": report.incomplete,
        });
        Self { title: format!("听见周报 {}", report.week), paragraphs, link, data }
    }

    /// As Markdown that all robots read, at most `bytes` long: whole characters, the link always there.
    pub fn markdown(&self, bytes: usize) -> String {
        let end = if self.link.is_empty() { String::new() } else { format!("\n\n[打开]({})", self.link) };
        let body = format!("## {}\n\n{}", self.title, self.paragraphs.join("\n\n"));
        let room = bytes.saturating_sub(end.len());
        cut(&body, room) + &end
    }
}

const CUT: &str = "……";

/// The first whole characters that fit, with a mark where something is left out.
fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let room = bytes.saturating_sub(CUT.len());
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
    format!("{}{CUT}", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_between_characters_and_keeps_its_link() {
        let message = Message {
            title: "听见周报".into(),
            paragraphs: vec!["承诺".repeat(3_000)],
            link: "https://tingjian.example/r".into(),
            data: Value::Null,
        };
        for bytes in [100, 101, 102, 4_096, 20_000] {
            let text = message.markdown(bytes);
            assert!(text.len() <= bytes, "{bytes}: {}", text.len());
            assert!(text.ends_with("[打开](https://tingjian.example/r)"), "{text}");
            assert_eq!(text.contains(CUT), bytes < 18_000, "{bytes}");
        }
    }
}
