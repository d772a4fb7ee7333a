//! `tingjian cases`, `departments`, `contacts`, `agents`, `emerging`: one list of each answer as a table, and a line about the rest.

use serde_json::Value;

use crate::{
    args::{Agents, Contacts, Emerging, Period},
    client::segment,
    commands::{Context, nothing, or_absent},
    failure::{Failure, Outcome},
    output::{Cell, Column, column, long_column},
};

/// How one value of an item looks.
#[derive(Clone, Copy)]
enum Look {
    Text,
    Count,
    Share,
    Minutes,
    Time,
    List,
}

/// A list in an answer: its place, its columns, and where each finds its value.
struct View {
    list: &'static str,
    columns: &'static [Column],
    values: &'static [(&'static str, Look)],
    empty: &'static str,
}

static CASE: View = View {
    list: "/holds",
    columns: &[column("持有方"), column("从"), column("到"), column("分钟")],
    values: &[("/holder", Look::Text), ("/from", Look::Time), ("/to", Look::Time), ("/minutes", Look::Count)],
    empty: "这张工单还没有时间线。",
};

static DEPARTMENTS: View = View {
    list: "/items",
    columns: &[
        column("部门"),
        column("负责"),
        column("依判责"),
        column("依事实"),
        column("依原文"),
        column("不归其责"),
        column("待定"),
        column("持有分钟"),
        column("协查"),
        column("超期"),
        column("改判率"),
    ],
    values: &[
        ("/department", Look::Text),
        ("/records", Look::Count),
        ("/by_judgement", Look::Count),
        ("/by_facts", Look::Count),
        ("/by_text", Look::Count),
        ("/not_theirs", Look::Count),
        ("/pending", Look::Count),
        ("/held_min", Look::Count),
        ("/requests", Look::Count),
        ("/requests_late", Look::Count),
        ("/overturn_rate", Look::Share),
    ],
    empty: "没有符合条件的部门。",
};

static CONTACTS: View = View {
    list: "/groups",
    columns: &[
        column("分组"),
        column("来电投诉"),
        column("一次解决 24h"),
        column("48h"),
        column("72h"),
        column("7 天"),
        column("费力分钟"),
        column("重复提问"),
    ],
    values: &[
        ("/key", Look::Text),
        ("/contacts", Look::Count),
        ("/fcr/0/rate", Look::Share),
        ("/fcr/1/rate", Look::Share),
        ("/fcr/2/rate", Look::Share),
        ("/fcr/3/rate", Look::Share),
        ("/effort/total_min", Look::Minutes),
        ("/asked_twice", Look::Count),
    ],
    empty: "没有符合条件的来电或投诉。",
};

static AGENT: View = View {
    list: "/exonerated",
    columns: &[column("移出的记录"), column("时间"), column("所引规定"), column("归于")],
    values: &[
        ("/record_id", Look::Text),
        ("/occurred_at", Look::Time),
        ("/rule", Look::Text),
        ("/moved_to", Look::Text),
    ],
    empty: "没有因规定有错而移出的记录。",
};

static EMERGING: View = View {
    list: "/items",
    columns: &[
        column("类别"),
        column("根因/用语"),
        column("线路"),
        column("本周"),
        column("预期"),
        column("q 值"),
        long_column("证据"),
    ],
    values: &[
        ("/kind", Look::Text),
        ("/cause", Look::Text),
        ("/lane", Look::Text),
        ("/records", Look::Count),
        ("/expected", Look::Minutes),
        ("/q", Look::Share),
        ("/evidence", Look::List),
    ],
    empty: "这一周没有反常。",
};

/// One case.
///
/// # Errors
/// The server, the output.
pub fn case(context: &Context, case_id: &str) -> Result<Outcome, Failure> {
    let count = |answer: &Value, name: &str| answer.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    show(context, &format!("/api/v1/cases/{}", segment(case_id)), &[], &CASE, |answer| {
        let elapsed = answer.get("elapsed_min").and_then(Value::as_i64).unwrap_or(0);
        let late = |request: &&Value| request.get("late_min").and_then(Value::as_i64).is_some_and(|late| late > 0);
        let requests = answer.get("requests").and_then(Value::as_array);
        let late = requests.map_or(0, |requests| requests.iter().filter(late).count());
        let (asked, records) = (count(answer, "requests"), count(answer, "records"));
        format!("历时 {elapsed} 分钟；协查 {asked} 次，超期 {late} 次；关联记录 {records} 条。")
    })
}

/// All departments.
///
/// # Errors
/// A bad time, the server, the output.
pub fn departments(context: &Context, period: &Period) -> Result<Outcome, Failure> {
    let query = pairs(context, period)?;
    show(context, "/api/v1/departments", &query, &DEPARTMENTS, |_| {
        "不归其责：原文指向该部门，而事实或判责另有结论。待定：缺少事实。".to_owned()
    })
}

/// Contacts by group.
///
/// # Errors
/// A bad time or group, the server, the output.
pub fn contacts(context: &Context, options: &Contacts) -> Result<Outcome, Failure> {
    let mut query = pairs(context, &options.period)?;
    query.push(("by", options.by.clone()));
    query.extend(options.agent_no.clone().map(|agent_no| ("agent_no", agent_no)));
    show(context, "/api/v1/contacts", &query, &CONTACTS, |answer| {
        let rate = |name: &str| answer.pointer(&format!("/rates/{name}")).and_then(Value::as_f64).unwrap_or(0.0);
        let (press, transfer, repeat) = (rate("press_s"), rate("transfer_s"), rate("repeat_s"));
        format!("费力：等待与通话按实际秒数，按键每次 {press} 秒，转接每次 {transfer} 秒，重复提问每次 {repeat} 秒。")
    })
}

/// One agent.
///
/// # Errors
/// A bad time, the server, the output.
pub fn agent(context: &Context, options: &Agents) -> Result<Outcome, Failure> {
    let query = pairs(context, &options.period)?;
    let path = format!("/api/v1/agents/{}", segment(&options.agent_no));
    show(context, &path, &query, &AGENT, |answer| {
        let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
        let length = |name: &str| answer.get(name).and_then(Value::as_array).map_or(0, Vec::len);
        let (praise, days) = (length("commendations"), length("load"));
        let (moved, abuse) = (number("exonerated_total"), number("abuse"));
        format!("表扬 {praise} 条；有来电的日子 {days} 天；移出 {moved} 条；受辱骂 {abuse} 次。")
    })
}

/// What is surprising in a week.
///
/// # Errors
/// The server, the output.
pub fn emerging(context: &Context, options: &Emerging) -> Result<Outcome, Failure> {
    let query: Vec<_> = options.week.iter().map(|week| ("week", week.clone())).collect();
    show(context, "/api/v1/emerging", &query, &EMERGING, |answer| {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
        let (week, before) = (text("week"), number("weeks_before"));
        format!("{week}，与此前 {before} 周相比，检验 {} 项；方法：{}。", number("tested"), text("method"))
    })
}

fn pairs(context: &Context, period: &Period) -> Result<Vec<(&'static str, String)>, Failure> {
    let filters = crate::filters::Filters {
        since: period.since.clone(),
        until: period.until.clone(),
        ..crate::filters::Filters::default()
    };
    filters.pairs(&context.output.zone)
}

fn show(
    context: &Context,
    path: &str,
    query: &[(&'static str, String)],
    view: &'static View,
    note: impl FnOnce(&Value) -> String,
) -> Result<Outcome, Failure> {
    let Some(bytes) = or_absent(context.client.get(path, query))? else { return Ok(Outcome::Incomplete) };
    let answer: Value = context.client.read(&bytes)?;
    let items = answer.pointer(view.list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if context.wants_json() {
        context.output.raw(&bytes)?;
        return Ok(Outcome::found(!items.is_empty()));
    }
    if items.is_empty() {
        eprintln!("{}", note(&answer));
        return Ok(nothing(view.empty));
    }
    let row = |item: &Value| view.values.iter().map(|(place, look)| cell(item.pointer(place), *look)).collect();
    let mut rows = context.output.rows(view.columns)?;
    rows.page(&items.iter().map(row).collect::<Vec<Vec<Cell>>>())?;
    rows.finish(&[note(&answer)])?;
    Ok(Outcome::Done)
}

fn cell(value: Option<&Value>, look: Look) -> Cell {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Cell::Empty };
    match look {
        Look::Text => Cell::text(value.as_str()),
        Look::Count => value.as_u64().map_or(Cell::Empty, Cell::Count),
        Look::Share => value.as_f64().map_or(Cell::Empty, Cell::Share),
        Look::Minutes => value.as_f64().map_or(Cell::Empty, |minutes| Cell::Number(minutes, 1)),
        Look::Time => value.as_str().map_or(Cell::Empty, |time| Cell::Time(time.to_owned())),
        Look::List => {
            let texts = value.as_array().map(Vec::as_slice).unwrap_or_default();
            Cell::Several(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
    }
}
