//! Durations and clock pairs are read into minutes, each in its role.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use jiff::Timestamp;
use proptest::prelude::*;
use tingjian_analysis::times::{Role, Times, TimesContext, read_times};

fn read(text: &str) -> Times {
    read_times(text, &TimesContext::default())
}

fn minutes(text: &str) -> (Option<u32>, Option<u32>) {
    let times = read(text);
    (times.promised.map(|(m, _)| m), times.actual.map(|(m, _)| m))
}

#[test]
fn table() {
    let number = |field: &str| if field == "-" { None } else { Some(field.parse::<u32>().unwrap()) };
    let open = |field: &str| match field {
        "o" => Some(true),
        "c" => Some(false),
        _ => None,
    };
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in include_str!("data/times.tsv").lines().filter(|l| !l.starts_with('#')) {
        let [text, promised, actual, still] = line.split('|').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let times = read(text);
        let got = (times.promised.map(|(m, _)| m), times.actual.map(|(m, _)| m), times.open);
        if got != (number(promised), number(actual), open(still)) {
            wrong.push(format!("{text}: {got:?}, not {promised} {actual} {still}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 400, "{count}");
}

#[test]
fn spans_show_where() {
    let text = "承诺40分钟送到，结果用了100分钟";
    let times = read(text);
    let shown = |span: tingjian_schemas::Span| -> String {
        text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect()
    };
    assert_eq!(times.promised.map(|(m, span)| (m, shown(span))), Some((40, "40分钟".to_owned())));
    assert_eq!(times.actual.map(|(m, span)| (m, shown(span))), Some((100, "100分钟".to_owned())));
    let roles: Vec<_> = times.mentions.iter().map(|m| m.role).collect();
    assert_eq!(roles, [Role::Promised, Role::Actual]);
}

#[test]
fn the_day_of_writing_ends_what_is_open() {
    // A Monday.
    let occurred_at: Timestamp = "2026-03-09T10:00:00+08:00".parse().unwrap();
    let context = TimesContext { occurred_at: Some(occurred_at), ..TimesContext::default() };
    for (text, days) in [("上周五下的单，到现在还没发货", 3), ("3月1日下单到现在还没到", 8), ("周六买的还没发货", 2)]
    {
        let times = read_times(text, &context);
        assert_eq!(times.actual.map(|(m, _)| m), Some(days * 1440), "{text}");
        assert_eq!(times.open, Some(true), "{text}");
        assert_eq!(read(text).actual, None, "{text}: without the day of writing nobody knows");
    }
}

#[test]
fn a_working_day_is_as_long_as_the_calendar_says() {
    let context = TimesContext { working_day_min: 480, ..TimesContext::default() };
    let times = read_times("客服告知3-5个工作日到账", &context);
    assert_eq!(times.promised.map(|(m, _)| m), Some(5 * 480));
}

const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// A number from 1 to 99 as Chinese writes it before a unit.
fn chinese(n: u32) -> String {
    let digit = |d: u32| DIGITS[d as usize];
    match (n / 10, n % 10) {
        (0, 2) => "两".to_owned(),
        (0, d) => digit(d).to_owned(),
        (1, 0) => "十".to_owned(),
        (1, d) => format!("十{}", digit(d)),
        (t, 0) => format!("{}十", digit(t)),
        (t, d) => format!("{}十{}", digit(t), digit(d)),
    }
}

/// Ways to write a length of time, with the minutes.
fn length() -> impl Strategy<Value = (String, u32)> {
    let n = |most: u32| {
        (1..=most, any::<bool>()).prop_map(|(n, arabic)| (if arabic { n.to_string() } else { chinese(n) }, n))
    };
    let counted = |units: &'static [&'static str], each: u32, most: u32| {
        (n(most), prop::sample::select(units)).prop_map(move |((count, n), unit)| (format!("{count}{unit}"), n * each))
    };
    prop_oneof![
        counted(&["分钟"], 1, 99),
        counted(&["小时", "个小时", "个钟头"], 60, 48),
        counted(&["天"], 1440, 60),
        counted(&["个星期", "周", "个礼拜"], 10_080, 8),
        counted(&["个月"], 43_200, 11),
        n(23).prop_map(|(count, n)| (format!("{count}个半小时"), n * 60 + 30)),
        (n(23), n(59)).prop_map(|((h, hours), (m, mins))| (format!("{h}小时{m}分钟"), hours * 60 + mins)),
        Just(("半小时".to_owned(), 30)),
        Just(("半个月".to_owned(), 21_600)),
        Just(("一刻钟".to_owned(), 15)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read((written, expected) in length()) {
        prop_assert_eq!(minutes(&format!("等了{written}才送到")), (None, Some(expected)));
        prop_assert_eq!(minutes(&format!("客服承诺{written}内送到")), (Some(expected), None));
    }

    #[test]
    fn a_promise_and_its_outcome((promised, p) in length(), (passed, a) in length()) {
        prop_assert_eq!(minutes(&format!("说好{promised}送到，结果等了{passed}才送到")), (Some(p), Some(a)));
    }

    #[test]
    fn clock_pairs(start in 0u32..1439, took in 1u32..600) {
        let clock = |minute: u32| format!("{}:{:02}", minute / 60, minute % 60);
        prop_assume!(start + took < 1440);
        let text = format!("{}下单，{}才送到", clock(start), clock(start + took));
        prop_assert_eq!(minutes(&text), (None, Some(took)), "{}", text);
    }

    #[test]
    fn never_panics_and_spans_lie_inside(text in any::<String>()) {
        check_spans(&text)?;
    }

    #[test]
    fn never_panics_on_times(pieces in prop::collection::vec(prop_oneof![
        "[0-9]{1,6}", "[零一二两三四五六七八九十百千半几多]{1,5}", "[0-9]{1,2}[:：][0-9]{2}",
        "(个|多|半|来|到|至|-|、|，|。| )", "(分钟|小时|天|个工作日|周|星期|个月|年|点|刻钟|号|日|月)",
        "(等了|承诺|才|还没|送到|下单|预计|晚了|第|次日|当日|昨天|周五|上周|双11|618|已经|内)", "\\PC{0,2}",
    ], 0..24)) {
        check_spans(&pieces.concat())?;
    }
}

fn check_spans(text: &str) -> Result<(), TestCaseError> {
    let times = read(text);
    let length = u32::try_from(text.chars().count()).unwrap();
    let spans =
        times.mentions.iter().map(|m| m.span).chain(times.promised.map(|(_, s)| s)).chain(times.actual.map(|(_, s)| s));
    for span in spans {
        prop_assert!(span.start < span.end && span.end <= length, "{span:?} in {text:?}");
    }
    prop_assert_eq!(times.open.is_some(), times.actual.is_some());
    Ok(())
}

#[test]
fn linear_time() {
    for unit in [
        "哈",
        "1",
        "一",
        "半",
        "1点",
        "等了",
        "三天",
        "第",
        "1-",
        "一到",
        "等了三天才送到，",
        "11:06下单",
        "2018-01-01 ",
    ] {
        let text = unit.repeat(64 * 1024 / unit.len());
        let start = std::time::Instant::now();
        let _ = read(&text);
        // 50 ms is the promise in release; tests are built without optimisation and run beside others.
        assert!(start.elapsed().as_millis() < 1500, "{unit}: {:?}", start.elapsed());
    }
}
