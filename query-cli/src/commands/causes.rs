//! `tingjian causes`.

use crate::{
    answers::{CauseGroup, Causes as Answer},
    args::{CauseBy, Causes},
    commands::{Context, nothing},
    failure::{Failure, Outcome},
    labels::{self, Causes as Names},
    output::{Cell, Column, column, grouped},
};

static CAUSE_COLUMNS: [Column; 7] = [
    column("根因"),
    column("代码"),
    column("记录"),
    column("占比"),
    column("95% 下限"),
    column("95% 上限"),
    column("较上期"),
];
static DEPARTMENT_COLUMNS: [Column; 6] =
    [column("部门"), column("记录"), column("占比"), column("95% 下限"), column("95% 上限"), column("较上期")];
static WEEK_COLUMNS: [Column; 6] =
    [column("周"), column("记录"), column("占比"), column("95% 下限"), column("95% 上限"), column("较上期")];
static LANE_COLUMNS: [Column; 6] =
    [column("线路"), column("记录"), column("占比"), column("95% 下限"), column("95% 上限"), column("较上期")];
static AGENT_COLUMNS: [Column; 6] =
    [column("工号"), column("记录"), column("占比"), column("95% 下限"), column("95% 上限"), column("较上期")];

/// Counts records by group.
///
/// # Errors
/// A bad filter, the server, the output.
pub fn run(context: &Context, options: &Causes) -> Result<Outcome, Failure> {
    let (by, columns): (&str, &'static [Column]) = match options.by {
        CauseBy::Cause => ("cause", &CAUSE_COLUMNS),
        CauseBy::Department => ("department", &DEPARTMENT_COLUMNS),
        CauseBy::Week => ("week", &WEEK_COLUMNS),
        CauseBy::Lane => ("lane", &LANE_COLUMNS),
        CauseBy::Agent => ("agent", &AGENT_COLUMNS),
    };
    let mut query = vec![("by", by.to_owned())];
    query.extend(options.filters.pairs(&context.output.zone)?);
    let bytes = context.client.get("/api/v1/causes", &query)?;
    let answer: Answer = context.client.read(&bytes)?;
    if context.wants_json() {
        context.output.raw(&bytes)?;
        return Ok(Outcome::found(!answer.groups.is_empty()));
    }
    if answer.groups.is_empty() {
        return Ok(nothing("没有符合条件的记录。"));
    }
    let names = matches!(options.by, CauseBy::Cause).then(|| context.causes());
    let mut rows = context.output.rows(columns)?;
    rows.page(&answer.groups.iter().map(|group| row(group, names.as_ref())).collect::<Vec<_>>())?;
    rows.finish(&notes(&answer))?;
    Ok(Outcome::Done)
}

fn row(group: &CauseGroup, names: Option<&Names>) -> Vec<Cell> {
    let key = group.key.clone().unwrap_or_else(|| "（未知）".to_owned());
    let mut row = match names {
        Some(names) => vec![Cell::Text(names.name(&key)), Cell::Text(key)],
        None => vec![Cell::Text(key)],
    };
    row.extend([
        Cell::Count(group.records),
        share(group.share),
        share(group.low),
        share(group.high),
        group.change.map_or(Cell::Empty, Cell::Change),
    ]);
    row
}

/// A share where it is known.
pub fn share(share: Option<f64>) -> Cell {
    share.map_or(Cell::Empty, Cell::Share)
}

fn notes(answer: &Answer) -> Vec<String> {
    let abstained = answer
        .abstained
        .filter(|n| *n > 0)
        .map(|n| format!("，其中 {} 条把握不足、未归因", grouped(n)))
        .unwrap_or_default();
    let mut notes =
        vec![format!("共 {} 条记录{abstained}。一条记录可有几个根因，各组之和可大于总数。", grouped(answer.total))];
    let counted: Vec<String> = (answer.basis.iter().flatten().filter(|(_, n)| **n > 0))
        .map(|(basis, n)| format!("{} {}", labels::of("basis", basis), grouped(*n)))
        .collect();
    if !counted.is_empty() {
        notes.push(format!("依据：{}。", counted.join("，")));
    }
    notes
}
