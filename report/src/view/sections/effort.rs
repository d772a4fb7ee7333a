//! What it cost customers.

use super::{Row, Section, of_or_nought, owned};
use crate::{
    Edition,
    view::{cell::Cell, links::Links},
};

pub(super) fn effort(edition: &Edition, links: &Links) -> Section {
    let report = &edition.report;
    let told = &report.effort;
    let mut section =
        Section {
            id: "effort", title: "客户费了多少力", objections: owned(edition, "effort"), ..Section::default()
        };
    if told.now.contacts == 0 {
        section.lead.push(Cell::words("本周没有来电或投诉。"));
        return section;
    }
    let of = |way: &str, field: &str, value: f64| {
        let at = format!("/groups[key={}]/{field}", report.week);
        Cell::number(way, value, &links.api("contacts", &[("by", "week")]), &at)
    };
    let now = &told.now;
    section.figures = vec![
        ("联系（投诉与来电）", of("count", "contacts", now.contacts as f64)),
        ("来电", of_or_nought(now.calls, || of("count", "calls", now.calls as f64))),
        ("它们是多少件事（重复来电链）", of("count", "chains", now.chains as f64)),
        ("客户花掉的时间", of("duration", "effort/total_min", now.total_min)),
        ("排队", of("duration", "effort/wait_min", now.wait_min)),
        ("通话", of("duration", "effort/talk_min", now.talk_min)),
        ("按键", of("duration", "effort/press_min", now.press_min)),
        ("按键次数", of("count", "presses", now.presses as f64)),
        ("转接次数", of("count", "transfers", now.transfers as f64)),
        ("被重复询问", of("count", "asked_twice", now.asked_twice as f64)),
    ];
    section.head = vec![
        ("一次解决率", false),
        ("本周够时限的联系", true),
        ("一次解决", true),
        ("解决率", true),
        ("上周解决率", true),
    ];
    section.rows = now
        .fcr
        .iter()
        .enumerate()
        .map(|(place, window)| {
            let before = told.last_week.as_ref().and_then(|week| week.fcr.get(place)?.rate);
            let at = format!("/groups[key={}]/fcr/{place}/rate", links.week_before());
            let before = before.map_or_else(Cell::none, |rate| {
                Cell::number("percent", rate, &links.api_before("contacts", &[("by", "week")]), &at)
            });
            let field = |name: &str| format!("fcr/{place}/{name}");
            Row::of(vec![
                Cell::name(&format!("{} 小时内不再来", window.hours)),
                of_or_nought(window.contacts, || of("count", &field("contacts"), window.contacts as f64)),
                of_or_nought(window.resolved, || of("count", &field("resolved"), window.resolved as f64)),
                window.rate.map_or_else(Cell::none, |rate| of("percent", &field("rate"), rate)),
                before,
            ])
        })
        .collect();
    if let Some(worst) = &told.worst_menu {
        let api = links.api("menus", &[]);
        let of = |way: &str, field: &str, value: f64| Cell::number(way, value, &api, &format!("/worst/{field}"));
        section.notes.push(
            Cell::words("最差的按键菜单：")
                .and(&Cell::name(&worst.path.join(" › ")))
                .then("。在此结束 ")
                .and(&of("count", "ended", worst.ended as f64))
                .then(" 通，共按键 ")
                .and(&of("count", "presses", worst.presses as f64))
                .then(" 次，排队与按键耗去 ")
                .and(&of("duration", "lost_min", worst.lost_min))
                .then("；绕回来过的 ")
                .and(&of_or_nought(worst.looped, || of("count", "looped", worst.looped as f64)))
                .then(" 通，没有接通人工就挂断的 ")
                .and(&of_or_nought(worst.gave_up, || of("count", "gave_up", worst.gave_up as f64)))
                .then(" 通。"),
        );
    }
    section
}
