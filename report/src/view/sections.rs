//! The report's sections, in the order in which they are read.

use jiff::Timestamp;

use super::{Heart, cell::Cell, chart, links::Links};
use crate::{Cause, Department, Edition, Objection, OverPromise, Report, SentenceRule};

/// One section.
#[derive(Debug, Default)]
pub struct Section {
    /// For links within the file.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// What it says in words.
    pub lead: Vec<Cell>,
    /// SVG.
    pub chart: Option<String>,
    /// What the chart's shapes mean.
    pub legend: &'static str,
    /// Names of columns, and whether numbers stand in them.
    pub head: Vec<(&'static str, bool)>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Single figures, each with its name.
    pub figures: Vec<(&'static str, Cell)>,
    /// In small print.
    pub notes: Vec<Cell>,
    /// Objections to the section as a whole.
    pub objections: Vec<Objection>,
}

/// One row.
#[derive(Debug, Default)]
pub struct Row {
    /// Cells.
    pub cells: Vec<Cell>,
    /// One customer's words.
    pub quote: Option<Cell>,
    /// Objections to it.
    pub objections: Vec<Objection>,
}

impl Row {
    fn of(cells: Vec<Cell>) -> Self {
        Self { cells, ..Self::default() }
    }
}

/// Objections to one thing.
pub fn objections<'e>(edition: &'e Edition, about: &str) -> Vec<&'e Objection> {
    edition.objections.iter().filter(|objection| objection.about == about).collect()
}

fn owned(edition: &Edition, about: &str) -> Vec<Objection> {
    objections(edition, about).into_iter().cloned().collect()
}

/// All sections.
pub fn all(edition: &Edition, links: &Links, local: &impl Fn(Timestamp) -> String) -> Vec<Section> {
    let report = &edition.report;
    vec![
        over_promises(edition, links),
        volumes(edition, links),
        causes(edition, links),
        departments(edition, links),
        effort(edition, links),
        emerging(report, links),
        campaigns(report, links, local),
        people(edition, links),
        followed(report, links),
        quality(edition, links),
        check(edition),
    ]
}

/// Counts of complaints under a cause, from `/causes`.
fn cause_records(links: &Links, code: &str, records: u64) -> Cell {
    if records == 0 {
        return Cell::nought();
    }
    let at = format!("/groups[key={code}]/records");
    let cell = Cell::number("count", records as f64, &links.api("causes", &[("kind", "complaint")]), &at);
    cell.linked(&links.records(&[("kind", "complaint"), ("cause", code)]))
}

fn cause_records_before(links: &Links, code: &str, records: u64) -> Cell {
    if records == 0 {
        return Cell::nought();
    }
    let at = format!("/groups[key={code}]/records");
    Cell::number("count", records as f64, &links.api_before("causes", &[("kind", "complaint")]), &at)
}

fn cause_department(links: &Links, code: &str, department: &str, records: u64) -> Cell {
    let api = links.api("causes", &[("by", "department"), ("kind", "complaint"), ("cause", code)]);
    let cell = Cell::number("count", records as f64, &api, &format!("/groups[key={department}]/records"));
    cell.linked(&links.records(&[("kind", "complaint"), ("cause", code), ("department", department)]))
}

fn changed(now: u64, before: Option<u64>, change: Option<f64>) -> Cell {
    match (before, change) {
        (Some(before), Some(change)) => Cell::change(change, now, before),
        (Some(0), None) if now > 0 => Cell::words("新出现"),
        _ => Cell::none(),
    }
}

/// The one sentence, each number with its source.
pub fn sentence(report: &Report, links: &Links) -> Vec<Cell> {
    let told = &report.sentence;
    let (Some(code), Some(name)) = (&told.cause, &told.name) else { return vec![Cell::words(&told.text)] };
    let begin = match told.rule {
        SentenceRule::Change => "变化最大的是",
        SentenceRule::First => "第一周，还没有可以比较的上周；最多的是",
        _ => "与上周相比没有超出偶然的变化；最多的仍是",
    };
    let mut cells = vec![Cell::words(begin).then("“").and(&Cell::name(name)).then("”：投诉 ")];
    cells.push(cause_records(links, code, told.records).then(" 条"));
    if let Some(before) = told.last_week {
        cells.push(Cell::words("，上周 ").and(&cause_records_before(links, code, before)).then(" 条"));
        if let Some(change) = told.change {
            cells.push(Cell::words("（").and(&Cell::change(change, told.records, before)).then("）"));
        }
    }
    cells.push(match &told.department {
        Some(department) if told.department_records > 0 => Cell::words("；其中 ")
            .and(&cause_department(links, code, department, told.department_records))
            .then(" 条由")
            .and(&Cell::name(department))
            .then("负责。"),
        Some(department) => Cell::words("；归口").and(&Cell::name(department)).then("。"),
        None => Cell::words("；责任待定。"),
    });
    cells
}

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

fn over_promises(edition: &Edition, links: &Links) -> Section {
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

fn volumes(edition: &Edition, links: &Links) -> Section {
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

fn of_or_nought(records: u64, cell: impl Fn() -> Cell) -> Cell {
    if records == 0 { Cell::nought() } else { cell() }
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

fn causes(edition: &Edition, links: &Links) -> Section {
    let told = &edition.report.causes;
    let row = |cause: &Cause| cause_row(edition, cause, links);
    Section {
        id: "causes",
        title: "投诉的主要根因",
        lead: if told.items.is_empty() {
            vec![Cell::words("本周没有能够确定根因的投诉。")]
        } else {
            Vec::new()
        },
        head: vec![
            ("根因", false),
            ("投诉", true),
            ("占比", true),
            ("占比 95% 区间", true),
            ("上周", true),
            ("变化", true),
            ("主要责任部门（条）", false),
        ],
        rows: told.items.iter().map(row).collect(),
        notes: vec![Cell::words(
            "一条投诉可有几个根因，占比之和可超过百分之百。责任部门以判责为先、事实次之、文本最后。引文已脱敏，取法见 docs/report.md，不可更换。",
        )],
        ..Section::default()
    }
}

fn cause_row(edition: &Edition, cause: &Cause, links: &Links) -> Row {
    let api = links.api("causes", &[("kind", "complaint")]);
    let of =
        |field: &str, value: f64| Cell::number("percent", value, &api, &format!("/groups[key={}]/{field}", cause.code));
    let interval = of("low", cause.low).then("–").and(&of("high", cause.high));
    let owner = cause.department.as_ref().map_or_else(
        || Cell::words("待定"),
        |name| {
            let records = cause_department(links, &cause.code, name, cause.department_records);
            Cell::name(name).then("（").and(&records).then("）").aligned(false)
        },
    );
    let quote = cause.quote.as_ref().map(|quote| {
        let name = Cell::name(&format!("“{}”", quote.text));
        name.linked(&links.record(&quote.record_id))
    });
    Row {
        cells: vec![
            Cell::name(&cause.name),
            cause_records(links, &cause.code, cause.records),
            of("share", cause.share),
            interval.aligned(true),
            cause.last_week.map_or_else(Cell::none, |n| cause_records_before(links, &cause.code, n)),
            changed(cause.records, cause.last_week, cause.change),
            owner,
        ],
        quote,
        objections: owned(edition, &format!("cause:{}", cause.code)),
    }
}

fn departments(edition: &Edition, links: &Links) -> Section {
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

fn effort(edition: &Edition, links: &Links) -> Section {
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

fn emerging(report: &Report, links: &Links) -> Section {
    let (told, api) = (&report.emerging, links.api_of_week("emerging"));
    let mut section = Section { id: "emerging", title: "新出现的苗头", ..Section::default() };
    if told.items.is_empty() {
        section.lead.push(Cell::words(if told.weeks_before < 3 {
            "历史不足三周，还不能判断什么是异常。"
        } else {
            "没有：与各自的历史相比，没有哪个根因或线路超出应有的波动。"
        }));
        return section;
    }
    section.head = vec![
        ("根因", false),
        ("线路", false),
        ("本周", true),
        ("按历史应有", true),
        ("误报率界", true),
        ("证据", false),
    ];
    section.rows = told
        .items
        .iter()
        .enumerate()
        .map(|(place, item)| {
            let of =
                |way: &str, field: &str, value: f64| Cell::number(way, value, &api, &format!("/items/{place}/{field}"));
            let evidence = item
                .evidence
                .iter()
                .take(2)
                .fold(Cell::default(), |cell, id| cell.and(&Cell::name(id).linked(&links.record(id))).then(" "));
            Row::of(vec![
                Cell::name(&item.name),
                item.lane.as_ref().map_or_else(|| Cell::words("全部"), |lane| Cell::name(lane)),
                of("count", "records", item.records as f64),
                of("short", "expected", item.expected),
                of("chance", "q", item.q),
                evidence,
            ])
        })
        .collect();
    section
}

fn campaigns(report: &Report, links: &Links, local: &impl Fn(Timestamp) -> String) -> Section {
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

fn people(edition: &Edition, links: &Links) -> Section {
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

fn followed(report: &Report, links: &Links) -> Section {
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

fn quality(edition: &Edition, links: &Links) -> Section {
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

fn check(edition: &Edition) -> Section {
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
