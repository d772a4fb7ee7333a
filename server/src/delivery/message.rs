//! What is said, before a channel gives it its form.

use std::sync::Arc;

use serde_json::Value;
use tingjian_report::{OverPromise, Report, shown};

use super::picture::{self, Picture};

/// A message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// One line.
    pub title: String,
    /// Paragraphs, the most important first.
    pub paragraphs: Vec<String>,
    /// Where to read on; empty: nowhere.
    pub link: String,
    /// How whoever got it says so.
    pub seen: Option<Seen>,
    /// Tables with bars, for letters.
    pub bars: Vec<Bars>,
    /// Files, for letters.
    pub attachments: Vec<File>,
    /// For programs.
    pub data: Value,
}

/// How whoever got a message says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Signed; leads to a page with one button.
    pub link: String,
    /// What it is called.
    pub words: &'static str,
}

/// A table whose rows have a bar each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Above it.
    pub title: &'static str,
    /// Names of the columns.
    pub head: Vec<&'static str>,
    /// How its pictures are read; empty: it has none.
    pub legend: &'static str,
    /// Rows.
    pub rows: Vec<BarRow>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarRow {
    /// Under each name of a column.
    pub cells: Vec<String>,
    /// How long its bar is, in whatever unit.
    pub amount: u64,
    /// Shown in place of the bar.
    pub picture: Option<Picture>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Name.
    pub name: String,
    /// Content type.
    pub media: &'static str,
    /// Every byte of it.
    pub bytes: Arc<[u8]>,
    /// Whether receivers of one's own get it too, and not mailboxes alone.
    pub for_programs: bool,
}

fn minutes(minutes: i64) -> String {
    shown::duration(minutes as f64)
}

/// What the worst over-promise is, whose, and what to promise instead.
fn worst(worst: &OverPromise) -> String {
    let advice = worst.suggested_min.map_or_else(String::new, |suggested| {
        format!("应改为 {}，四周可免 {} 条晚到投诉。", minutes(i64::from(suggested)), worst.avoided)
    });
    format!(
        "最严重的过度承诺：{}，由{}负责。客户被承诺 {}，线路能力 {}，本周投诉 {} 条。{advice}",
        worst.lane,
        worst.owner,
        minutes(worst.promised_min),
        minutes(worst.capability_min),
        worst.records,
    )
}

/// The report's two tables that an executive reads first.
fn bars(report: &Report) -> Vec<Bars> {
    let longest = picture::longest(&report.over_promises.items);
    let lane = |one: &OverPromise| BarRow {
        cells: vec![
            one.lane.clone(),
            one.owner.clone(),
            minutes(one.promised_min),
            minutes(one.capability_min),
            one.suggested_min.map_or_else(|| "—".to_owned(), |suggested| minutes(i64::from(suggested))),
            one.records.to_string(),
        ],
        amount: one.records,
        picture: picture::of_lane(one, longest),
    };
    let cause = |one: &tingjian_report::Cause| BarRow {
        cells: vec![
            one.name.clone(),
            one.department.clone().unwrap_or_else(|| "未定".to_owned()),
            one.last_week.map_or_else(|| "—".to_owned(), |before| before.to_string()),
            one.records.to_string(),
        ],
        amount: one.records,
        picture: None,
    };
    let lanes = Bars {
        title: "过度承诺",
        head: vec!["线路", "由谁负责", "客户被承诺", "能做到", "应改为", "投诉"],
        legend: "圆＝承诺，方＝能做到，菱形＝应改为；粗线＝承诺与能力的差距",
        rows: report.over_promises.items.iter().map(lane).collect(),
    };
    let causes = Bars {
        title: "投诉根因",
        head: vec!["根因", "责任部门", "上周", "本周"],
        legend: "",
        rows: report.causes.items.iter().map(cause).collect(),
    };
    [lanes, causes].into_iter().filter(|bars| !bars.rows.is_empty()).collect()
}

impl Message {
    /// The weekly report in a few lines; `link` leads to it, `html` is its file as it was published.
    pub fn of_report(report: &Report, link: String, html: &str) -> Self {
        let mut paragraphs = Vec::new();
        if !report.incomplete.is_empty() {
            paragraphs.push(format!("这一周的数据不完整：{}", report.incomplete.join("；")));
        }
        paragraphs.push(report.sentence.text.clone());
        paragraphs.extend(report.over_promises.items.first().map(worst));
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
        let file = File {
            name: format!("tingjian-{}.html", report.week),
            media: "text/html; charset=utf-8",
            bytes: html.as_bytes().into(),
            for_programs: false,
        };
        Self {
            title: format!("听见周报 {}", report.week),
            paragraphs,
            link,
            seen: None,
            bars: bars(report),
            attachments: vec![file],
            data,
        }
    }

    /// As plain words, for readers that show nothing else.
    pub fn plain(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.title, self.paragraphs.join("\n\n"));
        for bars in &self.bars {
            text.push_str(&format!("\n{}（{}）\n", bars.title, bars.head.join("，")));
            bars.rows.iter().for_each(|row| text.push_str(&format!("- {}\n", row.cells.join("，"))));
        }
        if !self.link.is_empty() {
            text.push_str(&format!("\n打开：{}\n", self.link));
        }
        if let Some(seen) = &self.seen {
            text.push_str(&format!("{}：{}\n", seen.words, seen.link));
        }
        text
    }

    /// As Markdown that all robots read, at most `bytes` long: whole characters, the link always there.
    pub fn markdown(&self, bytes: usize) -> String {
        let open = (!self.link.is_empty()).then(|| format!("[打开]({})", self.link));
        let seen = self.seen.as_ref().map(|seen| format!("[{}]({})", seen.words, seen.link));
        let links: Vec<String> = [open, seen].into_iter().flatten().collect();
        let end = if links.is_empty() { String::new() } else { format!("\n\n{}", links.join(" · ")) };
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
            ..Message::default()
        };
        for bytes in [100, 101, 102, 4_096, 20_000] {
            let text = message.markdown(bytes);
            assert!(text.len() <= bytes, "{bytes}: {}", text.len());
            assert!(text.ends_with("[打开](https://tingjian.example/r)"), "{text}");
            assert_eq!(text.contains(CUT), bytes < 18_000, "{bytes}");
        }
    }
}
