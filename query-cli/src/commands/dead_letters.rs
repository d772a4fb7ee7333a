//! `tingjian dead-letters`.

use crate::{
    answers::{DeadLetter, DeadLetters as Answer},
    args::{DeadLetterAction, DeadLetters},
    client::{Query, segment},
    commands::{Context, nothing, or_absent},
    failure::{Failure, Outcome},
    labels,
    output::{Cell, Column, column, grouped, labelled, long_column},
};

const PATH: &str = "/api/v1/dead-letters";
/// Rows per request while looking for one.
const LOOKUP_ROWS: u32 = 500;

static COLUMNS: [Column; 8] = [
    column("编号"),
    column("收到"),
    column("流"),
    column("原因"),
    column("字段"),
    column("事件编号"),
    column("已重试"),
    long_column("原文"),
];

/// Lists, shows or replays dead letters.
///
/// # Errors
/// The server, the output.
pub fn run(context: &Context, options: &DeadLetters) -> Result<Outcome, Failure> {
    match &options.action {
        None | Some(DeadLetterAction::List) => list(context, options),
        Some(DeadLetterAction::Show { id }) => show(context, id),
        Some(DeadLetterAction::Replay { ids }) => replay(context, ids),
    }
}

fn list(context: &Context, options: &DeadLetters) -> Result<Outcome, Failure> {
    let mut query = vec![("limit", options.limit.to_string())];
    query.extend(options.cursor.clone().map(|c| ("cursor", c)));
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
        letter.replayed_at.clone().map_or(Cell::Empty, Cell::Time),
        Cell::text(letter.text.as_deref()),
    ]
}

/// Looks through the list: the API has no call for a single one.
fn show(context: &Context, id: &str) -> Result<Outcome, Failure> {
    let mut cursor: Option<String> = None;
    loop {
        let limit = ("limit", LOOKUP_ROWS.to_string());
        let query: Vec<_> = std::iter::once(limit).chain(cursor.take().map(|c| ("cursor", c))).collect();
        let page: Answer = context.client.get_as(PATH, Query::from(&query))?;
        if let Some(letter) = page.items.iter().find(|l| l.id.to_string() == id) {
            context.output.text(&told(letter, context))?;
            return Ok(Outcome::Done);
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(nothing(&format!("没有编号为 {id} 的死信。"))),
        }
    }
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
        ("事件编号", letter.event_id.clone()),
        ("位置", place),
        ("收到", letter.received_at.as_deref().map(|t| zone.shown(t))),
        ("已重试", letter.replayed_at.as_deref().map(|t| zone.shown(t))),
    ];
    let known = lines.into_iter().filter_map(|(label, value)| Some((label, value?)));
    format!("{}原文\n{}\n", labelled(known), letter.text.as_deref().unwrap_or("（没有）"))
}

fn replay(context: &Context, ids: &[String]) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    for id in ids {
        let answer = context.client.post(&format!("{PATH}/{}/replay", segment(id)), "application/json", b"");
        match or_absent(answer)? {
            Some(bytes) if context.wants_json() => context.output.raw(&bytes)?,
            Some(_) => context.output.text(&format!("死信 {id} 已送去重试；过一会儿用 dead-letters 看结果。\n"))?,
            None => outcome = Outcome::Incomplete,
        }
    }
    Ok(outcome)
}
