//! The one sentence, each number with its source.

use super::{cause_department, cause_records, cause_records_before};
use crate::{
    Report, SentenceRule,
    view::{cell::Cell, links::Links},
};

/// The one sentence, each number with its source.
pub fn sentence(report: &Report, links: &Links) -> Vec<Cell> {
    let told = &report.sentence;
    let (Some(code), Some(name)) = (&told.cause, &told.name) else { return vec![Cell::words(&told.text)] };
    let begin = match told.rule {
        SentenceRule::Change => "变化最大的是",
        SentenceRule::First => "第一周，还没有可以比较的上周；最多的是",
        _ => "与上周相比没有超出偶然的变化；最多的仍是",
    };
    let mut cells = vec![Cell::words(begin).then("“").and(&Cell::name(name)).then("”：投诉 ")];
    cells.push(cause_records(links, code, told.records).then(" 条"));
    if let Some(before) = told.last_week {
        cells.push(Cell::words("，上周 ").and(&cause_records_before(links, code, before)).then(" 条"));
        if let Some(change) = told.change {
            cells.push(Cell::words("（").and(&Cell::change(change, told.records, before)).then("）"));
        }
    }
    cells.push(match &told.department {
        Some(department) if told.department_records > 0 => Cell::words("；其中 ")
            .and(&cause_department(links, code, department, told.department_records))
            .then(" 条由")
            .and(&Cell::name(department))
            .then("负责。"),
        Some(department) => Cell::words("；归口").and(&Cell::name(department)).then("。"),
        None => Cell::words("；责任待定。"),
    });
    cells
}
