//! `tingjian what-if`.

use crate::{
    answers::WhatIf as Answer,
    args::{Format, WhatIf},
    commands::{Context, or_absent},
    failure::{Failure, Outcome},
    output::{Cell, Column, column, labelled},
    when,
};

static CURVE: [Column; 2] = [column("承诺（分）"), column("能兑现")];

/// What another promise would have done.
///
/// # Errors
/// The server, the output.
pub fn run(context: &Context, options: &WhatIf) -> Result<Outcome, Failure> {
    let query = [("lane", options.lane.clone()), ("kept", options.kept.to_string())];
    let Some(bytes) = or_absent(context.client.get("/api/v1/lanes/what-if", &query))? else {
        return Ok(Outcome::Incomplete);
    };
    let answer: Answer = context.client.read(&bytes)?;
    match context.output.format {
        Format::Json => context.output.raw(&bytes)?,
        Format::Table => context.output.text(&told(&answer, options))?,
        Format::Csv | Format::Xlsx | Format::Html | Format::Pdf => {
            let mut rows = context.output.rows(&CURVE)?;
            let points = answer.curve.iter().map(|(m, share)| vec![Cell::Number(*m, 0), Cell::Share(*share)]);
            rows.page(&points.collect::<Vec<_>>())?;
            rows.finish(&[])?;
        }
    }
    Ok(Outcome::Done)
}

fn told(answer: &Answer, options: &WhatIf) -> String {
    let minutes = |m: Option<f64>| m.map_or_else(|| "不明".to_owned(), when::minutes);
    let share = |s: Option<f64>| s.map_or_else(|| "不明".to_owned(), |s| format!("{:.1}%", s * 100.0));
    let count = |n: Option<u64>| n.map_or_else(|| "不明".to_owned(), |n| n.to_string());
    labelled([
        ("线路", options.lane.clone()),
        ("近 28 天", format!("{} 单", count(answer.deliveries))),
        ("现行承诺", format!("{}，能兑现 {}", minutes(answer.promise_min), share(answer.kept_at_promise))),
        ("建议承诺", format!("{}（兑现 {}）", minutes(answer.suggested_min), share(Some(options.kept)))),
        ("晚到投诉", format!("{} 件，按建议承诺可避免 {} 件", count(answer.late_complaints), count(answer.avoided))),
    ])
}
