//! What is shown before anything is sent: which column feeds which field.

use tingjian_schemas::Stream;
use tingjian_sheets::{Cell, Holds, InputFile, Progress, Shaper, mapping_file, shaper::Mapped};

use crate::{
    commands::Context,
    failure::{Failure, Outcome},
    labels,
    output::{one_line, width_of},
};

/// Rows shown by `--dry-run`.
const SHOWN_ROWS: usize = 3;
/// Characters of an example.
const EXAMPLE_CHARS: usize = 30;

/// Tells on standard error how the columns are understood.
pub fn tell(input: &InputFile, shaper: &Shaper, stream: Stream) {
    let encoding = if input.survey.encoding == encoding_rs::UTF_8 { "" } else { input.survey.encoding.name() };
    let file = input.path.display();
    eprintln!("{file} → {stream}（{}）{}", labels::of("stream", stream.name()), note(encoding));
    match shaper {
        Shaper::AsIs => eprintln!("每行已是完整的事件，原样发送。"),
        Shaper::Mapped(mapped) => eprint!("{}", told(mapped, &input.first)),
    }
}

fn note(encoding: &str) -> String {
    if encoding.is_empty() { String::new() } else { format!("，编码 {encoding}") }
}

fn told(mapped: &Mapped, first: &[Cell]) -> String {
    let mapping = &mapped.mapping;
    let mut lines: Vec<(String, String)> = Vec::new();
    for assigned in &mapping.assigned {
        let title = mapped.titles.get(assigned.column).map(String::as_str).unwrap_or_default();
        let path = &assigned.field.path;
        // Who the customer is has no place on a screen or in a log.
        let shown = if path.starts_with("customer") { String::new() } else { example(first.get(assigned.column)) };
        lines.push((path.clone(), format!("{title}{shown}")));
    }
    for (field, value) in &mapping.constants {
        lines.push((field.path.clone(), format!("（每行都是）{value}")));
    }
    if !mapping.feeds("event_id") {
        lines.push(("event_id".to_owned(), "（由文件内容的指纹和行号得出）".to_owned()));
    }
    let width = lines.iter().map(|(path, _)| width_of(path)).max().unwrap_or(0);
    let mut text = String::new();
    for (path, from) in lines {
        text.push_str(&format!("  {path}{} ← {from}\n", " ".repeat(width - width_of(&path))));
    }
    let unmapped: Vec<&str> = mapping.unmapped(&mapped.titles).into_iter().map(|(_, title)| title).collect();
    if !unmapped.is_empty() {
        let fate = if mapping.keep_unmapped {
            "作为未知字段发送"
        } else {
            "不发送（--keep-unmapped 可一起发送）"
        };
        text.push_str(&format!("  没有对应的列，{fate}：{}\n", unmapped.join("、")));
    }
    let times = mapping.assigned.iter().filter(|a| a.field.holds == Holds::Time);
    if times.filter_map(|a| first.get(a.column)).any(|c| !c.shown().contains([':', '时'])) {
        text.push_str("  时间列只有日期的行按当天 0 点计。\n");
    }
    text
}

fn example(cell: Option<&Cell>) -> String {
    let shown = cell.map(|c| one_line(&c.shown())).unwrap_or_default();
    if shown.is_empty() {
        return String::new();
    }
    let short: String = shown.chars().take(EXAMPLE_CHARS).collect();
    let more = if short.len() < shown.len() { "…" } else { "" };
    format!("　例：{short}{more}")
}

/// `--dry-run`: the mapping as a file on standard output, the first events on standard error.
///
/// # Errors
/// The file cannot be read on; the output.
pub fn show(context: &Context, input: &InputFile, shaper: &Shaper) -> Result<Outcome, Failure> {
    match shaper {
        Shaper::AsIs => eprintln!("每行已是完整的事件，原样发送；不需要映射。"),
        Shaper::Mapped(mapped) => {
            eprint!("{}", told(mapped, &input.first));
            context.output.text(&mapping_file::write(&mapped.mapping, &mapped.titles))?;
        }
    }
    let mut rows = input.rows(Progress::default())?;
    let mut any = false;
    for _ in 0..SHOWN_ROWS {
        let Some(row) = rows.next()? else { break };
        any = true;
        let line = row.line;
        match shaper.event(row) {
            Ok(event) => eprintln!("第 {line} 行：{}", String::from_utf8_lossy(&event.bytes)),
            Err(refused) => eprintln!("第 {line} 行不会发送：{}", labels::of("reason", &refused.reason)),
        }
    }
    Ok(Outcome::found(any))
}
