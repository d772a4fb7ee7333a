//! What departments held, were asked and answer for.

use super::{Row, Section, of_or_nought, owned};
use crate::{
    Department, Edition,
    view::{cell::Cell, links::Links},
};

pub(super) fn departments(edition: &Edition, links: &Links) -> Section {
    let row = |department: &Department| department_row(edition, department, links);
    Section {
        id: "departments",
        title: "部门",
        head: vec![
            ("部门", false),
            ("负责的记录", true),
            ("上周名次", true),
            ("占用时长中位", true),
            ("占用时长九成", true),
            ("被请求", true),
            ("迟答", true),
            ("重开", true),
            ("被判责", true),
            ("被推翻", true),
            ("推翻率", true),
        ],
        rows: edition.report.departments.iter().map(row).collect(),
        notes: vec![Cell::words(
            "占用时长＝本周开始的每一段由该部门掌握工单的时间（仍在掌握的算到数据截止）；迟答＝超过约定时刻才答复或仍未答复；重开＝由其办结后又被重新打开的工单。",
        )],
        ..Section::default()
    }
}

fn department_row(edition: &Edition, one: &Department, links: &Links) -> Row {
    let api = links.api("departments", &[]);
    let cell = |way: &str, field: &str, value: f64| {
        Cell::number(way, value, &api, &format!("/items[department={}]/{field}", one.department))
    };
    let count = |field: &str, value: u64| of_or_nought(value, || cell("count", field, value as f64));
    let duration =
        |field: &str, value: Option<i64>| value.map_or_else(Cell::none, |m| cell("duration", field, m as f64));
    let place = |place: u64| {
        let at = format!("place:/items[department={}]", one.department);
        Cell::number("count", place as f64, &links.api_before("departments", &[]), &at)
    };
    let records = count("records", one.records);
    let cells = vec![
        Cell::name(&one.department),
        if one.records == 0 { records } else { records.linked(&links.records(&[("department", &one.department)])) },
        one.last_place.map_or_else(Cell::none, place),
        duration("hold_median_min", one.hold_median_min),
        duration("hold_p90_min", one.hold_p90_min),
        count("requests", one.requests),
        count("requests_late", one.requests_late),
        count("reopened", one.reopened),
        count("judgements", one.judgements),
        count("overturned", one.overturned),
        one.overturn_rate.map_or_else(Cell::none, |rate| cell("percent", "overturn_rate", rate)),
    ];
    Row { objections: owned(edition, &format!("department:{}", one.department)), ..Row::of(cells) }
}
