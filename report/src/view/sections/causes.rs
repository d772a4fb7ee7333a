//! Top causes of complaints.

use super::{Row, Section, cause_department, cause_records, cause_records_before, changed, owned};
use crate::{
    Cause, Edition,
    view::{cell::Cell, links::Links},
};

pub(super) fn causes(edition: &Edition, links: &Links) -> Section {
    let told = &edition.report.causes;
    let row = |cause: &Cause| cause_row(edition, cause, links);
    Section {
        id: "causes",
        title: "投诉的主要根因",
        lead: if told.items.is_empty() {
            vec![Cell::words("本周没有能够确定根因的投诉。")]
        } else {
            Vec::new()
        },
        head: vec![
            ("根因", false),
            ("投诉", true),
            ("占比", true),
            ("占比 95% 区间", true),
            ("上周", true),
            ("变化", true),
            ("主要责任部门（条）", false),
        ],
        rows: told.items.iter().map(row).collect(),
        notes: vec![Cell::words(
            "一条投诉可有几个根因，占比之和可超过百分之百。责任部门以判责为先、事实次之、文本最后。引文已脱敏，取法见 docs/report.md，不可更换。",
        )],
        ..Section::default()
    }
}

fn cause_row(edition: &Edition, cause: &Cause, links: &Links) -> Row {
    let api = links.api("causes", &[("kind", "complaint")]);
    let of =
        |field: &str, value: f64| Cell::number("percent", value, &api, &format!("/groups[key={}]/{field}", cause.code));
    let interval = of("low", cause.low).then("–").and(&of("high", cause.high));
    let owner = cause.department.as_ref().map_or_else(
        || Cell::words("待定"),
        |name| {
            let records = cause_department(links, &cause.code, name, cause.department_records);
            Cell::name(name).then("（").and(&records).then("）").aligned(false)
        },
    );
    let quote = cause.quote.as_ref().map(|quote| {
        let name = Cell::name(&format!("“{}”", quote.text));
        name.linked(&links.record(&quote.record_id))
    });
    Row {
        cells: vec![
            Cell::name(&cause.name),
            cause_records(links, &cause.code, cause.records),
            of("share", cause.share),
            interval.aligned(true),
            cause.last_week.map_or_else(Cell::none, |n| cause_records_before(links, &cause.code, n)),
            changed(cause.records, cause.last_week, cause.change),
            owner,
        ],
        quote,
        objections: owned(edition, &format!("cause:{}", cause.code)),
    }
}
