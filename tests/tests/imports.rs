//! Files imported over HTTP: guessed, sent through the same intake, what is refused comes back as it was sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::io::{Cursor, Write};

use rust_xlsxwriter::Workbook;
use serde_json::Value;
use tingjian_tests::{Answer, Client, Sandbox, wait_until};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

const BOUNDARY: &str = "tingjian-test-boundary";

fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

fn send(client: &Client, stream: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
    let media = format!("multipart/form-data; boundary={BOUNDARY}");
    client.call("POST", &format!("/api/v1/imports/{stream}"), &[("Content-Type", media.as_str())], &form(parts))
}

fn done(client: &Client, id: &str) -> Value {
    wait_until("the import to end", || {
        let import = client.ask(&format!("/api/v1/imports/{id}"), &[]);
        (import["state"] != "running").then_some(import)
    })
}

#[test]
fn a_file_goes_through_the_intake_and_its_refused_rows_come_back() {
    let sandbox = Sandbox::start();
    let admin = sandbox.client();
    let add = |name: &str, role: &str| {
        admin.with_token(Some(sandbox.command(&["accounts", "add", name, "--role", role]).trim()))
    };
    let (intake, other) = (add("接入一", "intake"), add("接入二", "intake"));
    let file = "编号,投诉时间,内容,渠道\n\
        i-1,2026-11-20 10:00,包裹三天没到,电话\n\
        i-2,2026-11-20 10:05,客服态度不好,电话\n\
        i-3,昨天下午吧,页面写的赠品没有,\"=HYPERLINK(\"\"x\"\")\"\n";
    let sent = send(&intake, "complaints", &[("file", Some("<script>投诉.csv"), file.as_bytes())]);
    assert_eq!(sent.status, 202, "{}", sent.text());
    let id = sent.json()["import_id"].as_str().expect("id").to_owned();
    let import = done(&intake, &id);
    assert_eq!(
        (&import["state"], &import["rows"], &import["accepted"], &import["refused"]),
        (&"done".into(), &3.into(), &2.into(), &1.into()),
        "{import}"
    );
    let errors = intake.get(&format!("/api/v1/imports/{id}/errors"), &[]);
    assert!(errors.media.starts_with("text/csv"), "the type that was sent: {}", errors.media);
    let errors = errors.text();
    assert!(errors.contains("昨天下午吧") && errors.contains("时间读不懂"), "{errors}");
    assert!(errors.contains("'=HYPERLINK"), "a formula is disarmed: {errors}");
    assert!(!errors.contains("i-1"), "only what was refused: {errors}");
    sandbox.settle();
    assert_eq!(admin.get("/api/v1/records/i-1", &[]).status, 200);

    assert_eq!(other.get(&format!("/api/v1/imports/{id}"), &[]).status, 404, "another's");
    assert_eq!(other.get(&format!("/api/v1/imports/{id}/errors"), &[]).status, 404);
    assert_eq!(other.ask("/api/v1/imports", &[])["total"], 0);
    assert_eq!(admin.ask("/api/v1/imports", &[])["total"], 1, "an administrator sees all");
    let page = admin.get(&format!("/import/{id}"), &[]).text();
    assert!(page.contains("投诉.csv") && !page.contains("<script>投诉"), "names of files are escaped");
    let kept = std::fs::read_dir(sandbox.folder().join("imports").join(&id)).expect("folder");
    let kept: Vec<_> = kept.map(|entry| entry.expect("entry").file_name()).collect();
    assert_eq!(kept, ["errors.csv"], "the unmasked file is gone");

    // The same again counts nothing twice; by a mapping, other titles do as well.
    let again = send(&intake, "complaints", &[("file", Some("a.csv"), file.as_bytes())]).json();
    done(&intake, again["import_id"].as_str().expect("id"));
    let other_titles = "单子,何时,说了啥\ni-9,2026-11-20 11:00,送货员很热心\n";
    let mapping = "[fields]\nevent_id = \"单子\"\noccurred_at = \"何时\"\ntext = \"说了啥\"\n";
    let parts: &[(&str, Option<&str>, &[u8])] =
        &[("mapping", None, mapping.as_bytes()), ("file", Some("b.csv"), other_titles.as_bytes())];
    let mapped = send(&intake, "complaints", parts);
    assert_eq!(mapped.status, 202, "{}", mapped.text());
    done(&intake, mapped.json()["import_id"].as_str().expect("id"));
    sandbox.settle();
    assert_eq!(admin.ask("/api/v1/search", &[])["total"], 3);

    for (stream, parts, status, words) in [
        ("complaints", vec![("mapping", None, b"".as_slice())], 400, "缺少文件"),
        ("complaints", vec![("file", Some("c.csv"), "甲,乙\n1,2\n".as_bytes())], 400, "发生时间"),
        ("complaints", vec![("file", Some("d.csv.gz"), b"\x1f\x8b\x08\0\0\0\0\0".as_slice())], 400, ""),
        ("complaints", vec![("file", Some("e.xlsx"), b"PK\x03\x04 nonsense".as_slice())], 400, ""),
        (
            "complaints",
            vec![("mapping", None, b"[nonsense".as_slice()), ("file", Some("f.csv"), b"a\n1\n".as_slice())],
            400,
            "mapping",
        ),
        ("nonsense", vec![("file", Some("g.csv"), b"a\n1\n".as_slice())], 404, "complaints"),
    ] {
        let answer = send(&intake, stream, &parts);
        assert!(answer.status == status && answer.text().contains(words), "{} {}", answer.status, answer.text());
        let told = answer.text();
        assert!(!told.contains(&*sandbox.folder().to_string_lossy()), "no path of the server: {told}");
    }
    let leftovers = std::fs::read_dir(sandbox.folder().join("imports")).expect("folder");
    let folders = leftovers.filter(|entry| entry.as_ref().is_ok_and(|e| e.path().is_dir())).count();
    assert_eq!(folders, 3, "nothing stays of what was refused");
}

/// A workbook whose parts unpack to more than any bound, in a few hundred kilobytes.
fn packed_bomb() -> Vec<u8> {
    let entry = SimpleFileOptions::default();
    let mut one = ZipWriter::new(Cursor::new(Vec::new()));
    one.start_file("part", entry).unwrap();
    one.write_all(&vec![b' '; 64 << 20]).unwrap();
    let mut one = ZipArchive::new(one.finish().unwrap()).unwrap();
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/workbook.xml", entry).unwrap();
    bomb.write_all(b"<workbook/>").unwrap();
    for number in 0..20 {
        bomb.raw_copy_file_rename(one.by_index(0).unwrap(), format!("xl/worksheets/sheet{number}.xml")).unwrap();
    }
    bomb.finish().unwrap().into_inner()
}

/// A workbook of two cells in far corners: read as a rectangle it holds 17 thousand million.
fn wide_bomb() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "编号").unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    workbook.save_to_buffer().unwrap()
}

/// A workbook of more parts than any spreadsheet has.
fn crowded_bomb() -> Vec<u8> {
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..20_000 {
        bomb.start_file(format!("xl/{number}"), SimpleFileOptions::default()).unwrap();
    }
    bomb.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    bomb.finish().unwrap().into_inner()
}

#[test]
fn workbooks_that_would_fill_memory_are_refused_in_words() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let check = |bomb: Vec<u8>, words: &str| {
        assert!(bomb.len() < 4 << 20, "{words}: small on its way, {} bytes", bomb.len());
        let answer = send(&client, "complaints", &[("file", Some("投诉.xlsx"), &bomb)]);
        assert!(answer.status == 400 && answer.text().contains(words), "{} {}", answer.status, answer.text());
    };
    let held = || sandbox.peak_bytes();
    let before = held();
    check(packed_bomb(), "解压后超过");
    check(wide_bomb(), "已拒绝读取");
    check(crowded_bomb(), "不像表格");
    assert!(held() - before < 300 << 20, "memory: {} MiB more", (held() - before) >> 20);
    assert_eq!(client.ask("/api/v1/imports", &[])["total"], 0, "nothing stays of them");
}
