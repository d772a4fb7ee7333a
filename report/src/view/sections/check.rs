//! How to check this report.

use super::Section;
use crate::{Edition, view::cell::Cell};

pub(super) fn check(edition: &Edition) -> Section {
    let week = &edition.report.week;
    let command = |text: String| Cell::code(&text);
    Section {
        id: "check",
        title: "怎样核对这份周报",
        lead: vec![Cell::words("每个数都由下面的接口和命令算出；任何有权读数据的人都可以重算，逐字节比对：")],
        notes: vec![
            command(format!("tingjian report --week {week} --verify 周报.html")),
            command(format!(
                "tingjian causes --kind complaint --since {} --until {}",
                edition.report.since, edition.report.until
            )),
            command(edition.report.over_promises.items.first().map_or_else(
                || format!("tingjian emerging --week {week}"),
                |lane| format!("tingjian what-if --lane '{}' --kept 0.95", lane.lane),
            )),
            Cell::words("周报的指纹（SHA-256）：").and(&Cell::code(&edition.sha256)),
        ],
        ..Section::default()
    }
}
