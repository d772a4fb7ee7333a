//! `tingjian import` against the double of the server's HTTP edge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod support;

use std::{
    fs,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use support::{Desk, Double, double::Step, golden, ran};

/// `rows` complaints as they come from a system that knows the contract.
fn jsonl(rows: usize) -> String {
    (0..rows)
        .map(|n| format!("{{\"event_id\":\"e{n}\",\"occurred_at\":\"2026-05-01T08:00:00+08:00\",\"text\":\"说好次日达，第{n}单没到\"}}\n"))
        .collect()
}

fn texts(server: &Double) -> Vec<String> {
    server.events("complaints").iter().map(|e| e["text"].as_str().unwrap().to_owned()).collect()
}

const TIME: [&str; 2] = ["--occurred-at", "2026-05-01"];

#[test]
fn jsonl_goes_as_it_is() {
    let (desk, server) = (Desk::new(), Double::start());
    let content = jsonl(5_000).replace("}\n", ",\"城市\":\"成都\"}\r\n\n");
    desk.write("a.jsonl", format!("\u{feff}{content}"));
    let ran = desk.ask(&server, &["import", "a.jsonl", "--stream", "complaints"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("共 5000 行，接受 5000，拒绝 0"), "{}", ran.out);
    let events = server.events("complaints");
    assert_eq!(events.len(), 5_000);
    assert_eq!(events[0]["城市"], "成都");
    let mut batches = server.with(|m| m.posts.clone());
    assert_eq!(batches[0], 100, "a small batch tries the door first");
    batches.sort_unstable(); // The others are sent side by side and arrive in any order.
    assert_eq!(batches, [100, 900, 2000, 2000]);
    assert_eq!(desk.names(), ["a.jsonl"], "nothing is left behind");
}

#[test]
fn compressed_reviews_by_a_guess_and_one_stated_time() {
    let (desk, server) = (Desk::new(), Double::start());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for n in 0..250 {
        writeln!(packed, "{{\"id\": \"r{n}\", \"source\": \"示例\", \"text\": \"味道好{n}\", \"positive\": true, \"category\": null}}").unwrap();
    }
    desk.write("reviews.jsonl.gz", packed.finish().unwrap());

    let refused = desk.ask(&server, &["import", "reviews.jsonl.gz", "--stream", "complaints"]);
    assert_eq!(refused.code, 2, "no time column and no time stated: never now");
    assert!(refused.err.contains("--occurred-at") && server.events("complaints").is_empty(), "{}", refused.err);

    let ran = desk.ask(&server, &[&["import", "reviews.jsonl.gz", "--stream", "complaints"], &TIME[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let events = server.events("complaints");
    assert_eq!(events.len(), 250);
    let expected =
        json!({"event_id": "r0", "text": "味道好0", "source": "示例", "occurred_at": "2026-05-01T00:00:00+08:00"});
    assert_eq!(events[0], expected);
}

#[test]
fn csv_in_gb18030_with_quoted_line_breaks_and_derived_ids() {
    let (desk, server) = (Desk::new(), Double::start());
    let csv = "时间,投诉内容,手机号,备注栏\r\n\
               2026/5/1 9:05,\"说好次日达，\r\n三天了，\"\"没到\"\"\",13800138000,x\r\n\
               2026年5月2日,客服态度差,\t13800138001,\r\n,,,\r\n";
    desk.write("投诉.csv", encoding_rs::GB18030.encode(csv).0);
    let args = ["import", "投诉.csv", "--stream", "complaints"];
    let ran = desk.ask(&server, &args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    golden("import_csv_told.txt", &ran.err);
    let mut events = server.events("complaints");
    events.sort_by_key(|e| e["occurred_at"].to_string());
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["text"], "说好次日达，\r\n三天了，\"没到\"");
    assert_eq!(events[0]["occurred_at"], "2026-05-01T09:05:00+08:00");
    assert_eq!(events[0]["customer"], json!({"phone": "13800138000"}));
    assert_eq!(events[1]["occurred_at"], "2026-05-02T00:00:00+08:00");
    assert_eq!(events[1]["customer"], json!({"phone": "13800138001"}));
    let id = events[0]["event_id"].as_str().unwrap();
    assert!(id.len() <= 64 && id.ends_with("-2"), "{id}: content and line");

    assert_eq!(desk.ask(&server, &args).code, 0);
    assert_eq!(server.events("complaints").len(), 2, "the same file again counts nothing twice");
}

#[test]
fn csv_of_a_thousand_texts() {
    let (desk, server) = (Desk::new(), Double::start());
    let mut csv = String::from("编号;日期;内容;工号;渠道;订单号\n");
    for n in 0..1000 {
        csv.push_str(&format!(
            "TS{n:04};2026-04-{:02} 10:00;第{n}次来电，还是没有人回复;10{n:02};电话;D{n}\n",
            n % 30 + 1
        ));
    }
    desk.write("a.csv", csv);
    let ran = desk.ask(&server, &["import", "a.csv", "--stream", "complaints", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&summary["rows"], &summary["accepted"]), (&json!(1000), &json!(1000)));
    let events = server.events("complaints");
    assert_eq!(events.len(), 1000);
    let expected = json!({"event_id": "TS0000", "occurred_at": "2026-04-01T10:00:00+08:00", "agent_no": "1000",
        "text": "第0次来电，还是没有人回复", "channel": "电话", "order_id": "D0"});
    assert_eq!(events[0], expected);
}

#[test]
fn a_mapping_file_is_followed_to_the_letter() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.csv", "单,何时,说了什么,从,到\nA1,05/01/2026 09:05,晚了三天,上海,成都\n");
    desk.write(
        "m.toml",
        "[fields]\nevent_id = \"单\"\ntext = \"说了什么\"\nlane.origin = \"从\"\n\"lane.destination\" = \"到\"\n\
         occurred_at = { column = \"何时\", format = \"%m/%d/%Y %H:%M\", zone = \"+09:00\" }\n\
         [constants]\nchannel = \"电话\"\n",
    );
    let ran = desk.ask(&server, &["import", "a.csv", "--stream", "complaints", "--mapping", "m.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let expected = json!({"event_id": "A1", "occurred_at": "2026-05-01T09:05:00+09:00", "text": "晚了三天",
        "lane": {"origin": "上海", "destination": "成都"}, "channel": "电话"});
    assert_eq!(server.events("complaints"), [expected]);
}

#[test]
fn a_dry_run_sends_nothing_and_writes_a_mapping_that_works() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.csv", "编号,时间,内容,手机号\n1,2026-05-01 09:00,没到,13800138000\n");
    let args = ["import", "a.csv", "--stream", "complaints", "--set", "channel=电话"];
    let dry = desk.ask(&server, &[&args[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 0);
    golden("import_dry_run.toml", &dry.out);
    assert!(server.events("complaints").is_empty());
    desk.write("m.toml", &dry.out);
    let ran = desk.ask(&server, &["import", "a.csv", "--stream", "complaints", "--mapping", "m.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(server.events("complaints")[0]["channel"], "电话");
}

fn workbook(desk: &Desk, name: &str) {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().write_string(0, 0, "填表说明").unwrap();
    let sheet = book.add_worksheet().set_name("台账").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    sheet.write_string(0, 0, "五月投诉台账").unwrap();
    for (column, title) in (0..).zip(["编号", "来电时间", "诉求内容", "联系电话", "重复"]) {
        sheet.write_string(1, column, title).unwrap();
    }
    for row in 2..5 {
        sheet.write_number(row, 0, 2_026_050_100_000.0 + f64::from(row)).unwrap();
        let time = ExcelDateTime::from_ymd(2026, 5, 1).unwrap().and_hms(9, row as u8, 0).unwrap();
        sheet.write_datetime_with_format(row, 1, time, &date).unwrap();
        sheet.write_string(row, 2, format!("第{row}行：没有人回电")).unwrap();
        sheet.write_number(row, 3, 13_800_138_000.0).unwrap();
        sheet.write_boolean(row, 4, true).unwrap();
    }
    // One date as a bare serial number, one time that is none, one text missing.
    sheet.write_number(5, 0, 9.0).unwrap();
    sheet.write_number(5, 1, 46_143.375).unwrap();
    sheet.write_string(5, 2, "只有序列号的日期").unwrap();
    sheet.write_number(6, 0, 10.0).unwrap();
    sheet.write_string(6, 1, "上周三").unwrap();
    sheet.write_string(6, 2, "时间写成了话").unwrap();
    sheet.write_number(8, 0, 11.0).unwrap();
    sheet.write_number(8, 1, 46_143.0).unwrap();
    book.save(desk.path(name)).unwrap();
}

#[test]
fn xlsx_with_dates_and_a_title_above_the_heading() {
    let (desk, server) = (Desk::new(), Double::start());
    workbook(&desk, "台账.xlsx");
    let ran = desk.ask(&server, &["import", "台账.xlsx", "--stream", "complaints", "--sheet", "台账"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("共 6 行，接受 4，拒绝 2"), "{}", ran.out);
    let events = server.events("complaints");
    let first = events.iter().find(|e| e["event_id"] == "2026050100002").unwrap();
    assert_eq!(first["occurred_at"], "2026-05-01T09:02:00+08:00");
    assert_eq!(first["customer"], json!({"phone": "13800138000"}));
    assert!(events.iter().any(|e| e["event_id"] == "9" && e["occurred_at"] == "2026-05-01T09:00:00+08:00"));

    let mut book: Xlsx<_> = open_workbook(desk.path("台账.rejected.xlsx")).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let text = |row: usize, column: usize| rows[row][column].to_string();
    assert_eq!([text(0, 0), text(0, 1), text(0, 2), text(0, 3)], ["原行号", "拒绝原因", "拒绝字段", "编号"]);
    assert_eq!([text(1, 0), text(1, 2), text(1, 4)], ["7", "occurred_at", "上周三"]);
    assert_eq!([text(2, 0), text(2, 2), text(2, 3)], ["9", "text", "11"]);
    assert!(text(2, 1).contains("missing"), "{}", text(2, 1));

    let wrong = desk.ask(&server, &["import", "台账.xlsx", "--stream", "complaints", "--sheet", "台帐"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("说明、台账"), "{}", wrong.err);
}

#[test]
fn rejected_rows_come_back_in_the_form_they_were_sent() {
    let (desk, server) = (Desk::new(), Double::start());
    let long = "长".repeat(70_000);
    desk.write(
        "a.csv",
        format!(
            "编号,时间,内容,工号\nA1,2026-05-01 09:00,没到,1\nA2,前天,没到,2\nA3,2026-05-01,,3\nA4,2026-05-01,没到\n\
             A5,2026-05-01,{long},5\nA6,2026-05-01 10:00,\"带,逗号\",6\n"
        ),
    );
    let ran = desk.ask(&server, &["import", "a.csv", "--stream", "complaints"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("共 6 行，接受 2，拒绝 4"), "{}", ran.out);
    golden("import_rejected.csv", &desk.read("a.rejected.csv").replace(&long, "（长文）"));
    assert_eq!(desk.names(), ["a.csv", "a.rejected.csv"]);

    // Mended, the error file is imported as it is; its own columns are no data.
    let mended = desk.read("a.rejected.csv").replace("前天", "2026-04-29").replace(&long, "短了");
    desk.write("mended.csv", mended);
    let ran = desk.ask(&server, &["import", "mended.csv", "--stream", "complaints", "--errors", "还是不行.csv"]);
    assert_eq!((ran.code, server.events("complaints").len()), (1, 4), "{}", ran.err);
    assert_eq!(
        desk.read("还是不行.csv").lines().next().unwrap(),
        "\u{feff}原行号,拒绝原因,拒绝字段,编号,时间,内容,工号"
    );
}

#[test]
fn rejected_json_lines_keep_what_was_sent() {
    let (desk, server) = (Desk::new(), Double::start());
    let mut lines = jsonl(3).into_bytes();
    lines.extend_from_slice(b"{\"event_id\":\"x\",\n");
    lines.extend_from_slice(b"{\"event_id\":\"y\",\"occurred_at\":\"2026-05-01T08:00:00\",\"text\":\"t\"}\n");
    lines.extend_from_slice(&encoding_rs::GB18030.encode("{\"event_id\":\"z\",\"text\":\"超时\"}\n").0);
    lines.extend_from_slice("[1]\n\"说\"\n".as_bytes());
    desk.write("a.jsonl", lines);
    let ran = desk.ask(&server, &["import", "a.jsonl", "--stream", "complaints"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    golden("import_rejected.jsonl", &desk.read("a.rejected.jsonl"));
    assert_eq!(server.events("complaints").len(), 3);

    // A mended line may keep the reason it came back with.
    let mended = desk
        .read("a.rejected.jsonl")
        .lines()
        .find(|l| l.contains("\"y\""))
        .unwrap()
        .replace("08:00:00\"", "08:00:00Z\"");
    desk.write("mended.jsonl", mended);
    assert_eq!(desk.ask(&server, &["import", "mended.jsonl", "--stream", "complaints"]).code, 0);
    assert!(server.events("complaints").iter().any(|e| e["event_id"] == "y" && e.get("_rejected").is_none()));
}

#[test]
fn busy_servers_are_tried_again_and_lost_answers_count_once() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.jsonl", jsonl(700));
    server.steps([Step::Busy(503, 0), Step::Busy(429, 1), Step::TakeAndHangUp, Step::Busy(500, 0), Step::Take]);
    let ran = desk.ask(&server, &["import", "a.jsonl", "--stream", "complaints", "--batch-rows", "100"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(server.events("complaints").len(), 700);
    assert!(ran.out.contains("共 700 行，接受 700，拒绝 0"), "{}", ran.out);
    assert!(server.with(|m| m.posts.len()) > 7, "one batch was sent twice");
    assert!(ran.err.contains("秒后重试：服务器拒绝：服务繁忙"), "{}", ran.err);
}

#[test]
fn batches_that_are_too_large_are_cut() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.jsonl", jsonl(500));
    server.steps([Step::AtMost(30)]);
    let ran = desk.ask(&server, &["import", "a.jsonl", "--stream", "complaints"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(server.events("complaints").len(), 500);
    assert!(server.with(|m| m.posts.iter().all(|rows| *rows <= 30)));

    server.steps([Step::AtMost(0)]);
    desk.write("one.jsonl", jsonl(1));
    let ran = desk.ask(&server, &["import", "one.jsonl", "--stream", "complaints"]);
    assert_eq!(ran.code, 1);
    assert!(desk.read("one.rejected.jsonl").contains("row_too_large"));
}

#[test]
fn goes_on_where_the_server_died() {
    let (desk, server) = (Desk::new(), Double::start());
    let mut rows = jsonl(2_000);
    rows.insert_str(0, "{\"event_id\":\"bad\"}\n");
    desk.write("a.jsonl", rows);
    let mut steps = vec![Step::Take; 9];
    steps.push(Step::Die);
    server.steps(steps);
    let args = [
        "import",
        "a.jsonl",
        "--stream",
        "complaints",
        "--batch-rows",
        "100",
        "--parallel",
        "2",
        "--retry-seconds",
        "0",
    ];
    let broken = desk.ask(&server, &args);
    assert_eq!(broken.code, 3, "{}", broken.err);
    assert!(broken.err.contains("再次运行同一命令从断处继续"), "{}", broken.err);
    assert!(broken.err.contains(&server.url()) && broken.err.contains("tingjian-server serve"), "{}", broken.err);
    let before = server.events("complaints").len();
    assert!((800..2_000).contains(&before), "{before}");
    assert!(desk.names().contains(&"a.jsonl.tingjian-progress".to_owned()));

    let server = server.restart();
    server.with(|m| m.posts.clear());
    let ran = desk.ask(&server, &args);
    assert_eq!(ran.code, 1, "the bad row of the first run is remembered: {}", ran.err);
    let told = ran.err.split("（前 ").nth(1).and_then(|rest| rest.split(' ').next());
    let confirmed: usize = told.and_then(|n| n.parse().ok()).unwrap();
    assert!((700..=before + 1).contains(&confirmed), "{confirmed} of {before}");
    assert!(ran.out.contains("共 2001 行，接受 2000，拒绝 1"), "{}", ran.out);
    assert_eq!(server.events("complaints").len(), 2_000);
    assert_eq!(
        server.with(|m| m.posts.iter().sum::<usize>()),
        2_001 - confirmed,
        "what was acknowledged is not sent again"
    );
    assert_eq!(desk.names(), ["a.jsonl", "a.rejected.jsonl"]);

    let other = Double::start();
    desk.ask(&other, &args);
    assert_eq!(other.events("complaints").len(), 2_000, "another server has everything to come");
}

#[test]
fn a_mapped_import_goes_on_too() {
    let (desk, server) = (Desk::new(), Double::start());
    let rows: String = (0..1_000).map(|n| format!("{n},2026-05-01 09:00,第{n}单没到,电话\n")).collect();
    desk.write("a.csv", format!("编号,时间,内容,渠道\n{rows}"));
    server.steps([Step::Take, Step::Take, Step::Take, Step::Die]);
    let args =
        ["import", "a.csv", "--stream", "complaints", "--batch-rows", "100", "--parallel", "1", "--retry-seconds", "0"];
    assert_eq!(desk.ask(&server, &args).code, 3);
    let server = server.restart();
    let ran = desk.ask(&server, &args);
    assert!(ran.err.contains("前 300 行已确认"), "{}", ran.err);
    assert_eq!((ran.code, server.events("complaints").len()), (0, 1_000));
}

#[test]
fn fields_that_come_late_in_a_json_file_count() {
    let (desk, server) = (Desk::new(), Double::start());
    let mut rows: String = (0..150).map(|n| format!("{{\"id\":\"r{n}\",\"text\":\"好\"}}\n")).collect();
    rows.push_str(
        "{\"id\":\"late\",\"text\":\"好\",\"agent_no\":1024,\"customer\":{\"account\":\"A\"},\"城市\":\"成都\"}\n",
    );
    desk.write("a.jsonl", rows);
    let ran = desk.ask(&server, &[&["import", "a.jsonl", "--stream", "complaints"], &TIME[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let late = server.events("complaints").into_iter().find(|e| e["event_id"] == "late").unwrap();
    assert_eq!((&late["agent_no"], &late["customer"]), (&json!("1024"), &json!({"account": "A"})));
    assert_eq!(late.get("城市"), None, "what is no field is not sent unless asked for");
}

#[test]
fn unicode_text_from_excel_is_utf_16() {
    let (desk, server) = (Desk::new(), Double::start());
    let text = "编号\t时间\t内容\r\n1\t2026-05-01\t没到\r\n";
    let bytes: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    desk.write("a.txt", bytes);
    let ran = desk.ask(&server, &["import", "a.txt", "--stream", "complaints"]);
    assert_eq!((ran.code, texts(&server)), (0, vec!["没到".to_owned()]), "{}", ran.err);
}

#[test]
fn a_changed_file_and_restart_begin_at_the_first_row() {
    let (desk, server) = (Desk::new(), Double::start());
    let args = ["import", "a.jsonl", "--stream", "complaints", "--batch-rows", "100", "--retry-seconds", "0"];
    let die = || server.steps([Step::Take, Step::Take, Step::Die]);
    desk.write("a.jsonl", jsonl(1_000));
    die();
    assert_eq!(desk.ask(&server, &args).code, 3);
    let server = server.restart();
    let ran = desk.ask(&server, &[&args[..], &["--restart"]].concat());
    assert_eq!(ran.code, 0);
    assert!(!ran.err.contains("继续") && ran.out.contains("共 1000 行，接受 1000"), "{}{}", ran.err, ran.out);

    server.steps([Step::Take, Step::Take, Step::Die]);
    assert_eq!(desk.ask(&server, &args).code, 3);
    let server = server.restart();
    desk.write("a.jsonl", jsonl(1_200));
    let ran = desk.ask(&server, &args);
    assert!(ran.out.contains("共 1200 行，接受 1200"), "{}", ran.out);
}

#[test]
fn a_hopeless_import_stops_early() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.csv", format!("编号,时间,内容\n{}", "1,2026-05-01,超时\n".repeat(5_000)));
    let args = ["import", "a.csv", "--stream", "commendations", "--set", "praised.agent_no="];
    assert_eq!(desk.ask(&server, &args).code, 2, "an empty constant is wrong usage");
    let args = ["import", "a.csv", "--stream", "commendations", "--map", "praised=内容"];
    let ran = desk.ask(&server, &args);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("第一批全部被拒，已停止") && ran.out.contains("--dry-run"), "{}", ran.out);
    assert_eq!(server.with(|m| m.posts.clone()), [100]);
    assert_eq!(desk.read("a.rejected.csv").lines().count(), 101);
}

#[test]
fn waits_until_what_was_taken_is_stored() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.jsonl", jsonl(10));
    let status = |next: u64, lag: u64| {
        let sink = |name: &str, next: u64, lag: u64| json!({"name": name, "positions": [{"source": "journal", "number": 0, "next": next}], "lag_records": lag});
        json!({"records": 0, "sinks": [sink("warehouse", 100, 0), sink("indexer", next, lag)]})
    };
    server.answers("/api/v1/status", 200, &status(90, 10));
    let args = ["import", "a.jsonl", "--stream", "complaints"];
    assert!(desk.ask(&server, &args).out.contains("还有 10 条正在入库"));

    // The lag stays because others send meanwhile; what counts is what was taken before.
    server.with(|m| m.then.insert("/api/v1/status".to_owned(), vec![status(95, 25), status(99, 30), status(100, 40)]));
    let ran = desk.ask(&server, &[&args[..], &["--wait"]].concat());
    assert!(ran.code == 0 && !ran.out.contains("正在入库"), "{}", ran.out);
    assert!(server.with(|m| m.then["/api/v1/status"].is_empty()), "looked until all was stored");
}

#[test]
fn repeated_ids_are_told() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.csv", "单号,时间,内容\n1,2026-05-01,超时\n1,2026-05-02,又超时\n2,2026-05-03,没到\n");
    let ran = desk.ask(&server, &["import", "a.csv", "--stream", "complaints"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("有 1 行的编号与前面的行相同"), "{}", ran.out);
}

#[test]
fn a_quote_that_is_never_closed_is_told_with_its_line() {
    let (desk, server) = (Desk::new(), Double::start());
    let mut csv = String::from("编号,时间,内容\n1,2026-05-01,好\n2,2026-05-01,\"没有闭合\n");
    csv.push_str(&"3,2026-05-01,后面全都进了这一格\n".repeat(450_000));
    desk.write("a.csv", csv);
    let ran = desk.ask(&server, &["import", "a.csv", "--stream", "complaints"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("第 2 行之后") && ran.err.contains("引号"), "{}", ran.err);
}

#[test]
fn facts_from_a_spreadsheet_export() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write(
        "协查.csv",
        "协查编号,工单编号,协查部门,发起时间,要求答复时间,备注\nX1,G1,仓储,2026-05-01 09:00,2026-05-01 10:00,请查\n",
    );
    let ran = desk.ask(&server, &["import", "协查.csv", "--stream", "department-requests"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let expected = json!({"event_id": "X1", "request_id": "X1", "case_id": "G1", "to_department": "仓储", "text": "请查",
        "occurred_at": "2026-05-01T09:00:00+08:00", "due_at": "2026-05-01T10:00:00+08:00"});
    assert_eq!(server.events("department-requests"), [expected]);

    desk.write(
        "表扬.csv",
        "编号,时间,表扬内容,被表扬工号,被表扬部门\nB1,2026-05-01,耐心,1001,客服\nB2,2026-05-01,好,1001、1002,\n",
    );
    assert_eq!(desk.ask(&server, &["import", "表扬.csv", "--stream", "commendations"]).code, 0);
    let praised: Vec<Value> = server.events("commendations").iter().map(|e| e["praised"].clone()).collect();
    assert_eq!(
        praised,
        [json!([{"agent_no": "1001", "department": "客服"}]), json!([{"agent_no": "1001"}, {"agent_no": "1002"}])]
    );
}

#[test]
fn what_is_wrong_with_the_usage_is_said() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.csv", "编号,时间,说明文字\n1,2026-05-01,好\n");
    desk.write("empty.csv", "");
    desk.write("array.json", "[{\"event_id\":1}]");
    desk.write("bad.toml", "[fields]\ntext = \"内荣\"\n");
    for (args, said) in [
        (vec!["import", "none.csv", "--stream", "complaints"], "不存在"),
        (vec!["import", "empty.csv", "--stream", "complaints"], "空的"),
        (vec!["import", "array.json", "--stream", "complaints"], "jq -c"),
        (vec!["import", "a.csv", "--stream", "complaint"], "是不是 complaints"),
        (vec!["import", "a.csv"], "--stream"),
        (vec!["import", "a.csv", "--stream", "complaints"], "text"),
        (vec!["import", "a.csv", "--stream", "complaints", "--map", "txet=说明文字"], "是不是 text"),
        (vec!["import", "a.csv", "--stream", "complaints", "--map", "text=说明文"], "是不是“说明文字”"),
        (vec!["import", "a.csv", "--stream", "complaints", "--mapping", "bad.toml"], "没有“内荣”这一列"),
        (vec!["import", "a.csv", "--stream", "complaints", "--occurred-at", "去年"], "看不懂时间"),
        (vec!["import", "a.csv", "--stream", "complaints", "--sheet", "一"], "--sheet"),
        (vec!["import", "a.csv", "--stream", "complaints", "--zone", "Mars"], "Asia/Shanghai"),
        (vec!["import", "a.csv", "--stream", "complaints", "--errors", "./a.csv"], "不能把结果写到"),
    ] {
        let ran = desk.ask(&server, &args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
    assert!(server.with(|m| m.posts.is_empty()));
}

#[test]
fn refusals_of_the_server_end_the_import() {
    let (desk, server) = (Desk::new(), Double::start());
    desk.write("a.jsonl", jsonl(10));
    let args = ["import", "a.jsonl", "--stream", "complaints", "--url", &server.url(), "--token", "wrong"];
    let ran = desk.run(&args);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("没有有效的令牌") && ran.err.contains("TINGJIAN_TOKEN"), "{}", ran.err);
}

/// The file is several times the bound.
#[test]
fn memory_does_not_grow_with_the_file() {
    const ROWS: usize = 100_000;
    const BOUND_KIB: u64 = 80 << 10;
    let (desk, server) = (Desk::new(), Double::start());
    let mut file = std::io::BufWriter::new(fs::File::create(desk.path("a.jsonl")).unwrap());
    let text = "一直没有人回电话，说好的四十分钟变成了两天。".repeat(20);
    for n in 0..ROWS {
        writeln!(file, "{{\"event_id\":\"e{n}\",\"occurred_at\":\"2026-05-01T08:00:00+08:00\",\"text\":\"{text}\"}}")
            .unwrap();
    }
    file.flush().unwrap();
    let bytes = fs::metadata(desk.path("a.jsonl")).unwrap().len();
    assert!(bytes > 100 << 20, "{bytes}");

    let (pid, peak) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU64::new(0)));
    let (seen_pid, seen_peak) = (Arc::clone(&pid), Arc::clone(&peak));
    server.with(|memory| {
        memory.unread = true;
        memory.at_post = Some(Box::new(move || {
            let status =
                fs::read_to_string(format!("/proc/{}/status", seen_pid.load(Ordering::SeqCst))).unwrap_or_default();
            let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
            let kib = line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
            seen_peak.fetch_max(kib, Ordering::SeqCst);
        }));
    });
    let mut command = desk.command(&["import", "a.jsonl", "--stream", "complaints", "--url", &server.url()]);
    command.args(["--token", support::double::TOKEN]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    pid.store(child.id(), Ordering::SeqCst);
    let ran = ran(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(server.with(|m| m.posts.iter().sum::<usize>()), ROWS);
    let peak = peak.load(Ordering::SeqCst);
    assert!(peak > 0 && peak < BOUND_KIB, "peak {peak} KiB of {bytes} bytes");
}

#[test]
fn texts_keep_their_order_and_content_with_one_batch_at_a_time() {
    let (desk, server) = (Desk::new(), Double::start());
    let rows: String = (0..300).map(|n| jsonl(1).replace("第0单", &format!("第{n}版"))).collect();
    desk.write("a.jsonl", rows);
    let ran =
        desk.ask(&server, &["import", "a.jsonl", "--stream", "complaints", "--batch-rows", "7", "--parallel", "1"]);
    assert_eq!(ran.code, 0);
    assert_eq!(texts(&server), ["说好次日达，第299版没到"], "of equal ids the last in the file counts");
}
