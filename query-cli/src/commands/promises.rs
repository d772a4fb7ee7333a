//! `tingjian promises`.

use crate::{
    answers::{PromiseGroup, Promises as Answer},
    args::{PromiseBy, Promises},
    commands::{Context, causes::share, nothing},
    failure::{Failure, Outcome},
    labels,
    output::{Cell, Column, column},
};

static COLUMNS: [Column; 9] = [
    column("分组"),
    column("承诺"),
    column("兑现"),
    column("未兑现"),
    column("未到期"),
    column("不明"),
    column("兑现率"),
    column("95% 下限"),
    column("95% 上限"),
];

/// The promise ledger by group.
///
/// # Errors
/// A bad filter, the server, the output.
pub fn run(context: &Context, options: &Promises) -> Result<Outcome, Failure> {
    let by = match options.by {
        PromiseBy::MadeByKind => "made_by_kind",
        PromiseBy::OwnerDepartment => "owner_department",
        PromiseBy::Lane => "lane",
    };
    let mut query = vec![("by", by.to_owned())];
    query.extend(options.filters.pairs(&context.output.zone)?);
    let bytes = context.client.get("/api/v1/promises", &query)?;
    let answer: Answer = context.client.read(&bytes)?;
    if context.wants_json() {
        context.output.raw(&bytes)?;
        return Ok(Outcome::found(!answer.groups.is_empty()));
    }
    if answer.groups.is_empty() {
        return Ok(nothing("没有符合条件的承诺。"));
    }
    let mut rows = context.output.rows(&COLUMNS)?;
    rows.page(&answer.groups.iter().map(row).collect::<Vec<_>>())?;
    rows.finish(&["兑现率 = 兑现 ÷（兑现 + 未兑现）。".to_owned()])?;
    Ok(Outcome::Done)
}

fn row(group: &PromiseGroup) -> Vec<Cell> {
    let key = group.key.as_deref().map_or_else(|| "（未知）".to_owned(), |k| labels::of("made_by_kind", k));
    vec![
        Cell::Text(key),
        Cell::Count(group.promises),
        Cell::Count(group.kept),
        Cell::Count(group.broken),
        Cell::Count(group.open),
        Cell::Count(group.unknown),
        share(group.kept_rate),
        share(group.low),
        share(group.high),
    ]
}
