//! Promises that lanes cannot keep.

use super::{Row, Section, owned};
use crate::{
    Edition, OverPromise, Report,
    view::{Heart, cell::Cell, chart, links::Links},
};

fn what_if(links: &Links, lane: &OverPromise, way: &str, value: f64, field: &str) -> Cell {
    let api = links.api_at_any_time("lanes/what-if", &[("lane", &lane.lane), ("kept", "0.95")]);
    Cell::number(way, value, &api, &format!("/{field}"))
}

fn over(links: &Links, lane: &OverPromise, way: &str, value: f64, field: &str) -> Cell {
    let at = format!("/lanes[lane={}]/{field}", lane.lane);
    Cell::number(way, value, &links.api("over-promises", &[]), &at)
}

fn over_records(links: &Links, lane: &OverPromise) -> Cell {
    let href = links.records(&[("kind", "complaint"), ("over_promised", "true"), ("lane", &lane.lane)]);
    over(links, lane, "count", lane.records as f64, "records").linked(&href)
}

/// The worst over-promise.
pub fn heart(report: &Report, links: &Links) -> Option<Heart> {
    let lane = report.over_promises.items.first()?;
    Some(Heart {
        lane: lane.lane.clone(),
        owner: lane.owner.clone(),
        promised: over(links, lane, "duration", lane.promised_min as f64, "promised_min"),
        capability: over(links, lane, "duration", lane.capability_min as f64, "capability_min"),
        records: over_records(links, lane),
        suggested: lane.suggested_min.map(|m| what_if(links, lane, "duration", f64::from(m), "suggested_min")),
        late: what_if(links, lane, "count", lane.late_complaints as f64, "late_complaints"),
        avoided: what_if(links, lane, "count", lane.avoided as f64, "avoided"),
    })
}

pub(super) fn over_promises(edition: &Edition, links: &Links) -> Section {
    let told = &edition.report.over_promises;
    let api = |field: &str, value: u64| {
        Cell::number("count", value as f64, &links.api("over-promises", &[]), &format!("/{field}"))
    };
    let mut section = Section { id: "over-promises", title: "过度承诺台账", ..Section::default() };
    if told.items.is_empty() {
        section.lead.push(Cell::words("本周没有一条投诉起因于承诺短于线路能力。"));
        return section;
    }
    let all = links.records(&[("kind", "complaint"), ("over_promised", "true")]);
    let mut lead = Cell::words("本周 ")
        .and(&api("records", told.records).linked(&all))
        .then(" 条投诉的晚到，是因为承诺短于线路能做到的");
    if let Some(before) = told.last_week {
        let before = Cell::number("count", before as f64, &links.api_before("over-promises", &[]), "/records");
        lead = lead.then("（上周 ").and(&before).then(" 条）");
    }
    section.lead.push(lead.then("，涉及 ").and(&api("lanes/#", told.total)).then(" 条线路。"));
    section.chart = chart::lanes(&told.items);
    section.legend =
        "圆＝承诺，方＝能力（十次有九次能做到），菱形＝应改的承诺（一百次有九十五次能兑现）；粗线＝承诺与能力的差距";
    section.head = vec![
        ("线路", false),
        ("承诺由谁负责", false),
        ("引起投诉", true),
        ("上周", true),
        ("客户被承诺", true),
        ("线路能力", true),
        ("现行承诺兑现率", true),
        ("应改为", true),
        ("四周晚到投诉", true),
        ("改后可免", true),
    ];
    section.rows = told.items.iter().map(|lane| over_promise(edition, lane, links)).collect();
    section.notes.push(Cell::words(
        "“客户被承诺”与“线路能力”是这些投诉的中位数；“应改为”按最近四周真实时长计算（未完成的按删失处理）；“改后可免”是若当时按此承诺、就不会晚到的投诉。",
    ));
    section
}

fn over_promise(edition: &Edition, lane: &OverPromise, links: &Links) -> Row {
    let before = |records: u64| match records {
        0 => Cell::nought(),
        _ => Cell::number(
            "count",
            records as f64,
            &links.api_before("over-promises", &[]),
            &format!("/lanes[lane={}]/records", lane.lane),
        ),
    };
    let cells = vec![
        Cell::name(&lane.lane),
        Cell::name(&lane.owner),
        over_records(links, lane),
        lane.last_week.map_or_else(Cell::none, before),
        over(links, lane, "duration", lane.promised_min as f64, "promised_min"),
        over(links, lane, "duration", lane.capability_min as f64, "capability_min"),
        lane.kept_at_promise.map_or_else(Cell::none, |share| what_if(links, lane, "percent", share, "kept_at_promise")),
        lane.suggested_min
            .map_or_else(Cell::none, |minutes| what_if(links, lane, "duration", f64::from(minutes), "suggested_min")),
        what_if(links, lane, "count", lane.late_complaints as f64, "late_complaints"),
        what_if(links, lane, "count", lane.avoided as f64, "avoided"),
    ];
    Row { objections: owned(edition, &format!("lane:{}", lane.lane)), ..Row::of(cells) }
}
