//! Customers who knew of a promotion before the agents.

use jiff::Timestamp;

use super::{Row, Section, of_or_nought};
use crate::{
    Report,
    view::{cell::Cell, links::Links},
};

pub(super) fn campaigns(report: &Report, links: &Links, local: &impl Fn(Timestamp) -> String) -> Section {
    let mut section = Section { id: "campaigns", title: "客户比坐席先知道的活动", ..Section::default() };
    if report.campaigns.is_empty() {
        section.lead.push(Cell::words("本周没有与活动有关的记录。"));
        return section;
    }
    let api = links.api("campaigns", &[]);
    section.head =
        vec![("活动", false), ("由谁负责", false), ("坐席何时得知", false), ("相关记录", true), ("客户先知", true)];
    let row = |one: &crate::Campaign| {
        let of = |field: &str, value: u64| {
            let at = format!("/items[promise_id={}]/{field}", one.promise_id);
            of_or_nought(value, || Cell::number("count", value as f64, &api, &at))
        };
        let told = one.agents_notified_at.map_or_else(|| Cell::words("从未告知"), |at| Cell::time(&local(at)));
        Row::of(vec![
            Cell::name(&one.promise_id),
            Cell::name(&one.owner),
            told,
            of("records", one.records),
            of("knew_first", one.knew_first),
        ])
    };
    section.rows = report.campaigns.iter().map(row).collect();
    section
}
