//! `tingjian-server analyse`: JSONL in, JSONL out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::{Value, json};

fn analyse(input: &[u8]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tingjian-server"))
        .arg("analyse")
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin");
    let input = input.to_vec();
    let feeding = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    feeding.join().expect("no panic").expect("everything was read");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "it leaves nothing behind");
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn readable(input: &[Value]) -> Vec<Value> {
    let input: String = input.iter().map(|line| format!("{line}\n")).collect();
    let output = analyse(input.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    lines(&output)
}

#[test]
fn every_line_is_answered_in_the_order_of_the_input() {
    let input: Vec<_> =
        (0..9_000).map(|n| json!({ "id": n, "text": format!("第{n}个包裹还没到"), "more": [1] })).collect();
    let answers = readable(&input);
    let ids: Vec<_> = answers.iter().map(|answer| answer["id"].as_u64().expect("the id as it came")).collect();
    assert_eq!(ids, (0..9_000).collect::<Vec<_>>());
}

#[test]
fn an_answer_has_the_fields_of_the_contract() {
    let text = "说好四十分钟送到，结果等了一百分钟，电话13900000001打了三次没人接。";
    let answers = readable(&[json!({ "id": "a-1", "text": text, "occurred_at": "2026-11-20T12:00:00+08:00" })]);
    let answer = answers[0].as_object().expect("an object");
    for field in
        ["id", "kind", "causes", "promised_min", "actual_min", "actual_open", "praised", "abuse", "masked_text"]
    {
        assert!(answer.contains_key(field), "{field} is missing in {answer:?}");
    }
    assert_eq!((&answer["promised_min"], &answer["actual_min"]), (&json!(40), &json!(100)));
    assert!(!answer["masked_text"].as_str().expect("a text").contains("13900000001"));
    assert!(!answer["causes"].as_array().expect("causes").is_empty(), "{answer:?}");
}

#[test]
fn evidence_counts_characters_inside_the_masked_text() {
    let texts = [
        "😀😀说好当天上门，师傅第三天才来，客服13900000001说不归他管。",
        "ＡＰＰ一直闪退，付款扣了两次，退款到现在没到账！",
        "態度惡劣，罵人還掛電話，要求道歉。",
    ];
    let input: Vec<_> = texts.iter().map(|text| json!({ "id": text, "text": text })).collect();
    let mut spans = 0;
    for answer in readable(&input) {
        let characters = answer["masked_text"].as_str().expect("a text").chars().count() as u64;
        for span in answer["causes"]
            .as_array()
            .expect("causes")
            .iter()
            .flat_map(|cause| cause["evidence"].as_array().expect("evidence"))
        {
            let (start, end) = (span["start"].as_u64().expect("start"), span["end"].as_u64().expect("end"));
            assert!(start < end && end <= characters, "{span} in {answer}");
            spans += 1;
        }
    }
    assert!(spans >= texts.len(), "only {spans} spans of evidence");
}

#[test]
fn an_unreadable_line_is_named_and_the_others_are_answered() {
    let mut input = b"{\"id\":1,\"text\":\"\xe5\xa5\xbd\"}\n\n{\"id\":2,\"text\"\n".to_vec();
    input.extend_from_slice(b"{\"id\":3,\"text\":\"\xb0\xfc\xb9\xfc\"}\n"); // GB18030
    input.extend_from_slice(b"{\"id\":4}\n{\"id\":5,\"text\":7}\n{\"id\":6,\"text\":\"\\ud800\"}\n   \n");
    input.extend_from_slice("{\"id\":7,\"text\":\"还行\"}".as_bytes()); // no line end
    let output = analyse(&input);
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    let ids: Vec<_> = answers.iter().filter_map(|answer| answer.get("id")?.as_u64()).collect();
    assert_eq!(ids, [1, 7]);
    let refused: Vec<_> = answers.iter().filter(|answer| answer.get("error").is_some()).collect();
    let numbers: Vec<_> = refused.iter().map(|answer| answer["line"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, [3, 4, 5, 6, 7], "blank lines count but are no errors");
    assert!(refused.iter().all(|answer| !answer["error"].as_str().expect("words").is_empty()));
    assert_eq!(answers.len(), 7);
}

#[test]
fn a_line_without_end_is_refused_and_the_next_is_answered() {
    let mut input = vec![b'x'; 3 << 20];
    input.extend_from_slice("\n{\"id\":1,\"text\":\"好\"}\n".as_bytes());
    let output = analyse(&input);
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    assert_eq!((answers.len(), &answers[0]["line"], &answers[1]["id"]), (2, &json!(1), &json!(1)));
}

#[test]
fn texts_that_say_nothing_are_answered_too() {
    let texts = ["", " \u{3000}\t", "😀👍🏻❤️", "\u{200b}\u{feff}", "。。。！！！", "a"];
    let input: Vec<_> = texts.iter().map(|text| json!({ "id": text, "text": text })).collect();
    for (text, answer) in texts.iter().zip(readable(&input)) {
        assert_eq!((&answer["id"], &answer["causes"]), (&json!(text), &json!([])), "{answer}");
    }
}

#[test]
fn no_input_is_no_output() {
    let output = analyse(b"");
    assert!(output.status.success() && output.stdout.is_empty());
}
