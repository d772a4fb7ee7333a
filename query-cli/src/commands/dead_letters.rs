//! `tingjian dead-letters`.

use std::path::Path;

use crate::{
    answers::{DeadLetter, DeadLetters as Answer, Replayed},
    args::{DeadLetterAction, DeadLetters},
    client::{Query, segment},
    commands::{Context, nothing, or_absent},
    failure::{Failure, Outcome},
    labels,
    output::{Cell, Column, column, grouped, labelled, one_line},
};

const PATH: &str = "/api/v1/dead-letters";
/// Rows per request while one is looked for in the list.
const LOOKUP_ROWS: u32 = 500;
/// How far one is looked for.
const LOOKUP_PAGES: usize = 20;

static COLUMNS: [Column; 8] = [
    column("编号"),
    column("收到"),
    column("流"),
    column("原因"),
    column("字段"),
    column("事件编号"),
    column("字节"),
    column("重试"),
];

/// Lists, shows or replays dead letters.
///
/// # Errors
/// The server, the output.
pub fn run(context: &Context, options: &DeadLetters) -> Result<Outcome, Failure> {
    match &options.action {
        None | Some(DeadLetterAction::List) => list(context, options),
        Some(DeadLetterAction::Show { id }) => show(context, id),
        Some(DeadLetterAction::Replay { ids, with }) => replay(context, ids, with.as_deref()),
    }
}

fn list(context: &Context, options: &DeadLetters) -> Result<Outcome, Failure> {
    let mut query = vec![("limit", options.limit.to_string())];
    query.extend(options.cursor.clone().map(|c| ("cursor", c)));
    query.extend(options.reason.clone().map(|r| ("reason", r)));
    let bytes = context.client.get(PATH, &query)?;
    let page: Answer = context.client.read(&bytes)?;
    if context.wants_json() {
        context.output.raw(&bytes)?;
        return Ok(Outcome::found(!page.items.is_empty()));
    }
    if page.items.is_empty() {
        return Ok(nothing("没有死信。"));
    }
    let mut rows = context.output.rows(&COLUMNS)?;
    rows.page(&page.items.iter().map(row).collect::<Vec<_>>())?;
    let mut notes = vec![format!("共 {} 条，显示 {} 条。", grouped(page.total), page.items.len())];
    notes.extend(page.next.map(|cursor| format!("下一页：--cursor {cursor}")));
    rows.finish(&notes)?;
    Ok(Outcome::Done)
}

fn row(letter: &DeadLetter) -> Vec<Cell> {
    vec![
        Cell::Text(letter.id.to_string()),
        letter.received_at.clone().map_or(Cell::Empty, Cell::Time),
        Cell::text(letter.stream.as_deref().map(|s| labels::of("stream", s)).as_deref()),
        Cell::text(letter.reason.as_deref().map(|r| labels::of("reason", r)).as_deref()),
        Cell::text(letter.field.as_deref()),
        Cell::text(letter.event_id.as_deref()),
        letter.size_bytes.map_or(Cell::Empty, Cell::Count),
        Cell::text(replayed(letter)),
    ]
}

/// Whether it was tried again, and with what success.
fn replayed(letter: &DeadLetter) -> Option<&'static str> {
    letter.replayed_at.as_ref().map(|_| if letter.replay_accepted == Some(true) { "成功" } else { "仍读不懂" })
}

/// The original bytes, and what the list says of them. JSON gives the original alone.
fn show(context: &Context, id: &str) -> Result<Outcome, Failure> {
    let original = context.client.get(&format!("{PATH}/{}", segment(id)), &[]);
    let Some(original) = or_absent(original)? else { return Ok(Outcome::Incomplete) };
    if context.wants_json() {
        context.output.raw(&original)?;
        return Ok(Outcome::Done);
    }
    let told = listed(context, id)?.map(|letter| told(&letter, context)).unwrap_or_default();
    let shown = String::from_utf8_lossy(&original);
    let lines: Vec<String> = shown.lines().map(one_line).collect();
    context.output.text(&format!("{told}原文\n{}\n", lines.join("\n")))?;
    Ok(Outcome::Done)
}

/// Looks through the list, the newest first: there is no call for what it says of one.
fn listed(context: &Context, id: &str) -> Result<Option<DeadLetter>, Failure> {
    let mut cursor: Option<String> = None;
    for _ in 0..LOOKUP_PAGES {
        let limit = ("limit", LOOKUP_ROWS.to_string());
        let query: Vec<_> = std::iter::once(limit).chain(cursor.take().map(|c| ("cursor", c))).collect();
        let page: Answer = context.client.get_as(PATH, Query::from(&query))?;
        if let Some(letter) = page.items.into_iter().find(|l| l.id.to_string() == id) {
            return Ok(Some(letter));
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    Ok(None)
}

fn told(letter: &DeadLetter, context: &Context) -> String {
    let zone = &context.output.zone;
    let place = letter.source.as_ref().map(|source| {
        format!("{source}/{} 第 {} 条", letter.partition.unwrap_or_default(), letter.offset.unwrap_or_default())
    });
    let lines = [
        ("编号", Some(letter.id.to_string())),
        ("流", letter.stream.as_deref().map(|s| labels::of("stream", s))),
        ("原因", letter.reason.as_deref().map(|r| labels::of("reason", r))),
        ("字段", letter.field.clone()),
        ("详情", letter.detail.clone()),
        ("事件编号", letter.event_id.clone()),
        ("位置", place),
        ("收到", letter.received_at.as_deref().map(|t| zone.shown(t))),
        (
            "重试",
            letter.replayed_at.as_deref().map(|t| format!("{} {}", zone.shown(t), replayed(letter).unwrap_or(""))),
        ),
    ];
    let known = lines.into_iter().filter_map(|(label, value)| Some((label, value?)));
    labelled(known)
}

/// Of one letter also as a file corrects it.
fn replay(context: &Context, ids: &[String], with: Option<&Path>) -> Result<Outcome, Failure> {
    let corrected = match with {
        Some(_) if ids.len() != 1 => return Err(Failure::usage("--with 只能配一个死信编号")),
        Some(path) => std::fs::read(path).map_err(|e| Failure::usage(format!("读不到 {}：{e}", path.display())))?,
        None => Vec::new(),
    };
    let mut outcome = Outcome::Done;
    for id in ids {
        let answer = context.client.post(&format!("{PATH}/{}/replay", segment(id)), "application/json", &corrected);
        let Some(bytes) = or_absent(answer)? else {
            outcome = Outcome::Incomplete;
            continue;
        };
        let replayed: Replayed = context.client.read(&bytes)?;
        if context.wants_json() {
            context.output.raw(&bytes)?;
        } else if replayed.accepted {
            context.output.text(&format!("死信 {id} 现在读懂了，已重新进入。\n"))?;
        } else {
            context.output.text(&format!("死信 {id} 仍读不懂：{}。\n", replayed.message.unwrap_or_default()))?;
        }
        outcome = if replayed.accepted { outcome } else { Outcome::Incomplete };
    }
    Ok(outcome)
}
