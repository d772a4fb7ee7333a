//! What was said last week, and what became of it.

use super::{Row, Section, cause_records, changed, of_or_nought};
use crate::{
    Report,
    view::{cell::Cell, links::Links},
};

pub(super) fn followed(report: &Report, links: &Links) -> Section {
    let told = &report.followed;
    let source = match (&told.sha256, &told.sentence) {
        (Some(hash), Some(sentence)) => Cell::words("上周周报（")
            .and(&Cell::name(hash.get(..12).unwrap_or(hash)))
            .then("）说：")
            .and(&Cell::name(sentence)),
        _ => Cell::words("上周没有发布周报；以下是按同一规则、由今天的数据算出的上周所应列出者。"),
    };
    let mut section = Section { id: "followed", title: "上周说过的，后来怎样", ..Section::default() };
    if told.causes.is_empty() && told.lanes.is_empty() {
        section.lead.push(Cell::words("上周没有列出任何根因或线路。"));
        return section;
    }
    section.lead.push(source);
    section.head = vec![("上周所列", false), ("当时", true), ("本周", true), ("变化", true), ("结果", false)];
    let became = |item: &crate::FollowedItem| match (item.then, item.now) {
        (_, 0) => "消失",
        (then, now) if crate::sentence::is_beyond_chance(then, now) && now > then => "恶化",
        (then, now) if crate::sentence::is_beyond_chance(then, now) => "改善",
        _ => "未见变化",
    };
    let is_published = told.sha256.is_some();
    let then = |item: &crate::FollowedItem, list: &str, key: &str, api: &str, at: &str| {
        let (api, at) = if is_published {
            (links.report_before(), format!("/report/{list}/items[{key}={}]/records", item.key))
        } else {
            (api.to_owned(), at.to_owned())
        };
        of_or_nought(item.then, || Cell::number("count", item.then as f64, &api, &at))
    };
    let row = |name: Cell, then: Cell, now: Cell, item: &crate::FollowedItem| {
        Row::of(vec![name, then, now, changed(item.now, Some(item.then), item.change), Cell::words(became(item))])
    };
    for item in &told.causes {
        let at = format!("/groups[key={}]/records", item.key);
        let then = then(item, "causes", "code", &links.api_before("causes", &[("kind", "complaint")]), &at);
        let now = of_or_nought(item.now, || cause_records(links, &item.key, item.now));
        section.rows.push(row(Cell::name(&item.name), then, now, item));
    }
    for item in &told.lanes {
        let at = format!("/lanes[lane={}]/records", item.key);
        let then = then(item, "over_promises", "lane", &links.api_before("over-promises", &[]), &at);
        let now =
            of_or_nought(item.now, || Cell::number("count", item.now as f64, &links.api("over-promises", &[]), &at));
        section.rows.push(row(Cell::words("过度承诺 ").and(&Cell::name(&item.name)), then, now, item));
    }
    section
}
