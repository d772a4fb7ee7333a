//! How good the data are.

use super::{Section, of_or_nought, owned};
use crate::{
    Edition,
    view::{cell::Cell, links::Links},
};

pub(super) fn quality(edition: &Edition, links: &Links) -> Section {
    let told = &edition.report.quality;
    let api = links.api("quality", &[]);
    let of = |field: &str, value: u64| {
        of_or_nought(value, || Cell::number("count", value as f64, &api, &format!("/{field}")))
    };
    let maybe = |field: &str, value: Option<u64>| value.map_or_else(|| Cell::words("不清楚"), |n| of(field, n));
    let mut section =
        Section { id: "quality", title: "数据质量", objections: owned(edition, "quality"), ..Section::default() };
    section.figures = vec![
        ("在库事件（去重，全部）", of("events", told.events)),
        ("收到的事件（全部）", maybe("taken", told.taken)),
        ("其中重复或被后来版本取代", maybe("repeats", told.repeats)),
        ("读不懂的（死信，全部）", of("dead_letters", told.dead_letters)),
        ("尚未入库或归因", maybe("lag_records", told.lag_records)),
        ("两人各自更正过的记录", of("double_checked", told.double_checked)),
        ("其中主因一致", of("agreed", told.agreed)),
    ];
    for dead in &told.dead {
        let at = format!("/dead[reason={}][stream={}]/letters", dead.reason, dead.stream);
        section.notes.push(
            Cell::words("死信：")
                .and(&Cell::name(&format!("{} {}", dead.stream, dead.reason)))
                .then(" ")
                .and(&Cell::number("count", dead.letters as f64, &api, &at))
                .then(" 条"),
        );
    }
    let versions = &edition.report.versions;
    section.notes.push(Cell::words("程序版本 ").and(&Cell::name(&versions.program)));
    for (place, reading) in versions.readings.iter().enumerate() {
        let records = Cell::number("count", reading.records as f64, &api, &format!("/readings/{place}/records"));
        let names = format!(
            "词典 {} · 分类 {} · 规则 {} · 模型 {}",
            reading.dictionary, reading.taxonomy, reading.rules, reading.model
        );
        section.notes.push(Cell::words("理解版本：").and(&Cell::name(&names)).then("，").and(&records).then(" 条"));
    }
    section
}
