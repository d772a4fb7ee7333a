//! How much there was.

use super::{Row, Section, changed, of_or_nought, owned};
use crate::{
    Edition,
    view::{cell::Cell, chart, links::Links},
};

/// The Chinese name of a kind.
fn kind_name(kind: &str) -> &str {
    match kind {
        "complaint" => "投诉",
        "commendation" => "表扬",
        "inquiry" => "咨询",
        "suggestion" => "建议",
        _ => "其他",
    }
}

pub(super) fn volumes(edition: &Edition, links: &Links) -> Section {
    let report = &edition.report;
    let (told, api) = (&report.volumes, links.api_of_week("volumes"));
    let of = |week: &str, field: &str, value: u64| {
        Cell::number("count", value as f64, &api, &format!("/weeks[week={week}]/{field}"))
    };
    let before = told.weeks.len().checked_sub(2).and_then(|place| told.weeks.get(place)).map(|week| week.week.clone());
    let last = before.unwrap_or_default();
    let row = |kind: &crate::KindVolume| {
        let field = format!("kinds/{}", kind.kind);
        let now = match kind.records {
            0 => Cell::nought(),
            n => of(&report.week, &field, n).linked(&links.records(&[("kind", &kind.kind)])),
        };
        let band = kind.band.map_or_else(Cell::none, |band| {
            let bound =
                |value: u64, pick: &str| Cell::number("count", value as f64, &api, &format!("{pick}:/weeks/*/{field}"));
            bound(band.low, "least").then("–").and(&bound(band.high, "most")).aligned(true)
        });
        let outside = kind.band.is_some_and(|band| kind.records < band.low || kind.records > band.high);
        Row::of(vec![
            Cell::words(kind_name(&kind.kind)),
            now,
            kind.last_week.map_or_else(Cell::none, |n| of_or_nought(n, || of(&last, &field, n))),
            changed(kind.records, kind.last_week, crate::compose::change(kind.records, kind.last_week)),
            band,
            Cell::words(if outside { "超出" } else { "" }),
        ])
    };
    let basis = |field: &str, value: u64| {
        Cell::number("count", value as f64, &links.api("causes", &[]), &format!("/basis/{field}"))
    };
    let abstained = Cell::number("count", told.abstained as f64, &links.api("causes", &[]), "/abstained");
    let total = Cell::number("count", told.records as f64, &links.api("causes", &[]), "/total");
    Section {
        id: "volumes",
        title: "数量",
        lead: vec![
            Cell::words("本周共 ")
                .and(&total.linked(&links.records(&[])))
                .then(" 条记录，其中 ")
                .and(&abstained.linked(&links.records(&[("unsure", "abstained")])))
                .then(" 条把握不足、不计入任何根因。责任判定依据：人工判责 ")
                .and(&basis("judgement", told.basis.judgement))
                .then(" 条，事实 ")
                .and(&basis("facts", told.basis.facts))
                .then(" 条，仅据文本 ")
                .and(&basis("text", told.basis.text))
                .then(" 条，待定 ")
                .and(&basis("pending", told.basis.pending).linked(&links.records(&[("unsure", "pending")])))
                .then(" 条。"),
        ],
        chart: chart::weeks(&told.weeks),
        legend: "框＝全部记录，斜线＝其中的投诉；本周的框加粗",
        head: vec![
            ("类型", false),
            ("本周", true),
            ("上周", true),
            ("变化", true),
            ("此前八周范围", true),
            ("", false),
        ],
        rows: if told.records == 0 { Vec::new() } else { told.kinds.iter().map(row).collect() },
        notes: weeks_row(told, &api),
        objections: owned(edition, "volumes"),
        ..Section::default()
    }
}

/// The chart's numbers.
fn weeks_row(told: &crate::Volumes, api: &str) -> Vec<Cell> {
    let mut line = Cell::words("每周记录（投诉）：");
    for week in &told.weeks {
        let of = |field: &str, value: u64| {
            of_or_nought(value, || {
                Cell::number("count", value as f64, api, &format!("/weeks[week={}]/{field}", week.week))
            })
        };
        line = line.and(&Cell::time(&week.week)).then(" ").and(&of("records", week.records)).then("（");
        line = line.and(&of("kinds/complaint", week.complaints)).then("） ");
    }
    vec![line]
}
