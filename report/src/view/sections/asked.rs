//! Appendix: questions of people's own.

use super::{Row, Section, of_or_nought};
use crate::{Asked, Report, view::cell::Cell};

/// The appendix; `None`: nobody asked anything.
pub(super) fn asked(report: &Report) -> Option<Section> {
    if report.asked.is_empty() {
        return None;
    }
    Some(Section {
        id: "asked",
        title: "附录：订阅的问题",
        lead: vec![Cell::words("由各账号自己提出，按其权限回答；不由周报的规则选取。")],
        head: vec![("问题", false), ("由谁提出", false), ("分组", false), ("记录", true)],
        rows: report.asked.iter().flat_map(rows).collect(),
        ..Section::default()
    })
}

fn rows(asked: &Asked) -> Vec<Row> {
    let api = format!("/api/v1/causes?{}", asked.query);
    let number = |records: u64, at: &str| of_or_nought(records, || Cell::number("count", records as f64, &api, at));
    let first = Row::of(vec![
        Cell::name(&asked.name),
        Cell::name(&asked.by),
        Cell::words("全部"),
        number(asked.total, "/total"),
    ]);
    let groups = asked.groups.iter().map(|group| {
        let records = number(group.records, &format!("/groups[key={}]/records", group.key));
        Row::of(vec![Cell::words(""), Cell::words(""), Cell::name(&group.name), records])
    });
    std::iter::once(first).chain(groups).collect()
}
