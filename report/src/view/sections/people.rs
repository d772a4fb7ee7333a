//! Praise, exonerations, abuse, load.

use super::{Row, Section, of_or_nought, owned};
use crate::{
    Edition,
    view::{cell::Cell, links::Links},
};

pub(super) fn people(edition: &Edition, links: &Links) -> Section {
    let told = &edition.report.people;
    let api = links.api("people", &[]);
    let of = |field: &str, value: u64| {
        of_or_nought(value, || Cell::number("count", value as f64, &api, &format!("/{field}")))
    };
    let band = Cell::number("count", f64::from(told.band_low), &api, "/band_low").then("–").and(&Cell::number(
        "count",
        f64::from(told.band_high),
        &api,
        "/band_high",
    ));
    let mut section =
        Section { id: "people", title: "人", objections: owned(edition, "people"), ..Section::default() };
    section.figures = vec![
        ("表扬", of("commendations", told.commendations)),
        (
            "其中主管已读",
            told.commendations_read.map_or_else(|| Cell::words("未记录"), |n| of("commendations_read", n)),
        ),
        ("坐席照章回答而免责", of("exonerated", told.exonerated)),
        ("辱骂坐席的联系", of("abuse", told.abuse)),
        ("坐席·日", of("agent_days", told.agent_days)),
        ("超量的坐席·日", of("days_over", told.days_over)),
        ("不足的坐席·日", of("days_under", told.days_under)),
        ("每日适宜量", band),
    ];
    section.head = vec![("受表扬", false), ("次数", true), ("因为", false)];
    let row = |one: &crate::Praised| {
        let cell = Cell::number("count", one.records as f64, &api, &format!("/praised[name={}]/records", one.name));
        let quote = one.quote.as_ref().map_or_else(Cell::none, |quote| {
            Cell::name(&format!("“{}”", quote.text)).linked(&links.record(&quote.record_id))
        });
        Row::of(vec![Cell::name(&one.name), cell, quote.aligned(false)])
    };
    section.rows = told.praised.iter().map(row).collect();
    for moved in &told.moved {
        let of = |field: &str, value: u64| {
            Cell::number("count", value as f64, &api, &format!("/moved[department={}]/{field}", moved.department))
        };
        section.notes.push(
            Cell::words("免责：")
                .and(&of("agents", moved.agents))
                .then(" 名坐席的 ")
                .and(&of("records", moved.records))
                .then(" 条记录，责任移至定规则的")
                .and(&Cell::name(&moved.department))
                .then("。"),
        );
    }
    section
}
