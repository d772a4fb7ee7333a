//! What is surprising.

use super::{Row, Section};
use crate::{
    Report,
    view::{cell::Cell, links::Links},
};

pub(super) fn emerging(report: &Report, links: &Links) -> Section {
    let (told, api) = (&report.emerging, links.api_of_week("emerging"));
    let mut section = Section { id: "emerging", title: "新出现的苗头", ..Section::default() };
    if told.items.is_empty() {
        section.lead.push(Cell::words(if told.weeks_before < 3 {
            "历史不足三周，还不能判断什么是异常。"
        } else {
            "没有：与各自的历史相比，没有哪个根因或线路超出应有的波动。"
        }));
        return section;
    }
    section.head = vec![
        ("根因", false),
        ("线路", false),
        ("本周", true),
        ("按历史应有", true),
        ("误报率界", true),
        ("证据", false),
    ];
    section.rows = told
        .items
        .iter()
        .enumerate()
        .map(|(place, item)| {
            let of =
                |way: &str, field: &str, value: f64| Cell::number(way, value, &api, &format!("/items/{place}/{field}"));
            let evidence = item
                .evidence
                .iter()
                .take(2)
                .fold(Cell::default(), |cell, id| cell.and(&Cell::name(id).linked(&links.record(id))).then(" "));
            Row::of(vec![
                Cell::name(&item.name),
                item.lane.as_ref().map_or_else(|| Cell::words("全部"), |lane| Cell::name(lane)),
                of("count", "records", item.records as f64),
                of("short", "expected", item.expected),
                of("chance", "q", item.q),
                evidence,
            ])
        })
        .collect();
    section
}
