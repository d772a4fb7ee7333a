//! `tingjian-server train`, `evaluate` and `analyse --model`: learning from an organisation's own rows, through the
//! command. The rows are written for these tests.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

fn command(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tingjian-server"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its options may end before it reads.
    let _ = child.stdin.take().expect("stdin").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn done(folder: &Path, args: &[&str], input: &str) -> String {
    let output = command(folder, args, input);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn refused(folder: &Path, args: &[&str]) -> String {
    let output = command(folder, args, "");
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).expect("UTF-8")
}

const FOODS: [&str; 15] = [
    "米粉", "饺子", "烤鱼", "豆浆", "炒饭", "奶茶", "披萨", "寿司", "凉面", "鸡排", "馄饨", "牛排", "薯条", "粥",
    "汉堡",
];

fn causes() -> Vec<Value> {
    let of = |food: &str| {
        [
            json!({"text": format!("{food}等了两个小时才送来"), "kind": "complaint", "causes": ["fulfil.transit_delay"],
                   "actual_min": 120, "source": "waimai", "stratum": "random"}),
            json!({"text": format!("{food}又咸又硬真难吃"), "kind": "complaint", "causes": ["product.quality"]}),
            json!({"text": format!("{food}很好吃下次还来"), "kind": "commendation", "causes": []}),
            json!({"text": format!("请问{food}怎么订"), "kind": "inquiry", "causes": []}),
        ]
    };
    FOODS.iter().flat_map(|food| of(food)).collect()
}

fn units() -> Vec<Value> {
    let of = |place: &str| {
        [
            json!({"text": format!("{place}的公交车到站不停，司机直接开走了"), "unit": "公交集团"}),
            json!({"text": format!("{place}一带停水两天了，水管一直没人修"), "unit": "水务集团"}),
        ]
    };
    let places = (1..=30).map(|n| format!("{n}号路口"));
    places.flat_map(|place| of(&place)).collect()
}

fn file(folder: &TempDir, name: &str, rows: &[Value]) -> PathBuf {
    let path = folder.path().join(name);
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    fs::write(&path, lines).expect("written");
    path
}

fn train(folder: &TempDir, what: &str, rows: &[Value]) -> String {
    file(folder, "rows.jsonl", rows);
    done(folder.path(), &["train", what, "--input", "rows.jsonl", "--output", "model.bin"], "")
}

#[test]
fn causes_are_learnt_told_and_measured() {
    let folder = TempDir::new().expect("a folder");
    let said = train(&folder, "cause", &causes());
    for word in ["kind_accuracy", "primary_top1", "micro_f1", "fulfil.transit_delay", "60 行"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let input = json!({"id": 1, "text": "面包等了三个小时才送来"}).to_string();
    let answer = done(folder.path(), &["analyse", "--model", "model.bin"], &input);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["causes"][0]["code"], "fulfil.transit_delay");
    assert!(answer.get("units").is_none());

    let gold = ["evaluate", "--gold", "rows.jsonl"];
    let said = done(folder.path(), &[&gold[..], &["--model", "model.bin", "--report", "out.html"]].concat(), "");
    let measure = |name: &str| {
        let line = said.lines().find(|line| line.starts_with(name)).expect("the measure");
        line.rsplit(' ').next().and_then(|n| n.parse::<f64>().ok()).expect("a number")
    };
    assert!(measure("rows") == 60.0 && measure("primary_top1") > 0.9 && measure("micro_f1") > 0.9, "{said}");
    assert!(said.contains("来源 waimai") && said.contains("抽样 random"), "{said}");
    let page = fs::read_to_string(folder.path().join("out.html")).expect("the page");
    assert!(page.contains("<svg") && page.contains("fulfil.transit_delay") && !page.contains("http"), "{page}");
    done(folder.path(), &[&gold[..], &["--rules"]].concat(), "");
}

#[test]
fn labels_by_id_are_joined_with_their_texts() {
    let folder = TempDir::new().expect("a folder");
    file(&folder, "rows.jsonl", &causes());
    file(&folder, "texts.jsonl", &[json!({"id": "t1", "text": "酸奶等了两个小时才送来"})]);
    fs::write(folder.path().join("labels.tsv"), "# by id\nt1\tc\tfulfil.transit_delay\t-\n").expect("written");
    let args = ["train", "cause", "--input", "rows.jsonl", "--labels", "labels.tsv", "--texts", "texts.jsonl"];
    let said = done(folder.path(), &[&args[..], &["--output", "model.bin"]].concat(), "");
    assert!(said.contains("61 行"), "{said}");
    fs::write(folder.path().join("labels.tsv"), "t9\tc\tfulfil.transit_delay\t-\n").expect("written");
    let error = refused(folder.path(), &[&args[..], &["--output", "model.bin"]].concat());
    assert!(error.contains("t9") && error.contains("labels.tsv"), "{error}");
}

#[test]
fn exported_corrections_are_learnt_from() {
    let folder = TempDir::new().expect("a folder");
    file(&folder, "rows.jsonl", &causes());
    let corrected = |number: usize, food: &str| tingjian_warehouse::CorrectedRecord {
        id: format!("r{number}"),
        text: format!("{food}里有头发，恶心"),
        kind: "complaint".to_owned(),
        causes: vec!["product.quality".to_owned()],
    };
    let corrections = FOODS.iter().enumerate().map(|(number, food)| corrected(number, food));
    let corrections: Vec<Value> = corrections.map(|row| serde_json::to_value(row).expect("JSON")).collect();
    file(&folder, "corrections.jsonl", &corrections);
    let args = ["train", "cause", "--input", "rows.jsonl", "--input", "corrections.jsonl", "--output", "model.bin"];
    assert!(done(folder.path(), &args, "").contains("75 行"));
    let input = json!({"id": 1, "text": "面包里有头发，恶心"}).to_string();
    let answer: Value =
        serde_json::from_str(&done(folder.path(), &["analyse", "--model", "model.bin"], &input)).expect("JSON");
    assert_eq!(answer["causes"][0]["code"], "product.quality");
}

#[test]
fn a_router_names_units_the_best_first() {
    let folder = TempDir::new().expect("a folder");
    let said = train(&folder, "unit", &units());
    assert!(said.contains("top1") && said.contains("公交集团"), "{said}");
    let input = json!({"id": "a", "text": "人民路的公交车到站不停"}).to_string();
    let answer = done(folder.path(), &["analyse", "--model", "model.bin"], &input);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["units"], json!(["公交集团", "水务集团"]));
    assert!(answer["causes"].is_array() && answer["kind"].is_string(), "causes stay beside the units");
}

#[test]
fn explanations_are_for_people() {
    let folder = TempDir::new().expect("a folder");
    let input = json!({"id": 1, "text": "客服态度很好，就是物流太慢"}).to_string();
    let said = done(folder.path(), &["analyse", "--explain"], &input);
    for word in ["诉求类型", "根因", "分句", "命中规则", "转折", "模型", "阈值"] {
        assert!(said.contains(word), "{word} in {said}");
    }
}

#[test]
fn rows_that_cannot_be_learnt_from_are_refused_in_words() {
    let folder = TempDir::new().expect("a folder");
    let mut unknown = causes();
    unknown[7]["causes"] = json!(["fulfil.nonsense"]);
    let mut mixed = causes();
    mixed.push(json!({"text": "水管没人修", "unit": "水务集团"}));
    let mut single = units();
    single.retain(|row| row["unit"] == "公交集团");
    single.extend((0..30).map(|n| json!({"text": format!("{n}号路口的公交车不停"), "unit": "公交集团"})));
    single.push(json!({"text": "停水两天", "unit": "水务集团"}));
    for (what, rows, words) in [
        ("cause", unknown, vec!["row 8", "fulfil.nonsense"]),
        ("cause", mixed, vec!["line 61", "causes"]),
        ("cause", units(), vec!["labels unit"]),
        ("unit", causes(), vec!["labels causes"]),
        ("cause", causes()[..5].to_vec(), vec!["only 5"]),
        ("unit", single, vec!["single row", "水务集团"]),
        ("cause", vec![], vec!["no row"]),
    ] {
        file(&folder, "rows.jsonl", &rows);
        let error = refused(folder.path(), &["train", what, "--input", "rows.jsonl", "--output", "model.bin"]);
        assert!(words.iter().all(|word| error.contains(word)), "{words:?} in {error}");
        assert!(!folder.path().join("model.bin").exists(), "no model is left behind");
    }
    let error = refused(folder.path(), &["train", "cause", "--input", "none.jsonl", "--output", "model.bin"]);
    assert!(error.contains("none.jsonl"), "{error}");
}

#[test]
fn a_model_that_cannot_be_used_is_refused_in_words() {
    let folder = TempDir::new().expect("a folder");
    train(&folder, "unit", &units());
    let model = fs::read(folder.path().join("model.bin")).expect("the model");
    let mut other = model.clone();
    other[8] = 99;
    let mut flipped = model.clone();
    let last = flipped.len() - 100;
    flipped[last] ^= 1;
    for (bytes, word) in [
        (&b"PK\x03\x04"[..], "no Tingjian model"),
        (&model[..model.len() / 2], "truncated"),
        (&other, "format 99"),
        (&flipped, "damaged"),
    ] {
        fs::write(folder.path().join("bad.bin"), bytes).expect("written");
        let error = refused(folder.path(), &["analyse", "--model", "bad.bin"]);
        assert!(error.contains(word) && error.contains("bad.bin"), "{word} in {error}");
    }
    file(&folder, "gold.jsonl", &causes());
    let error = refused(folder.path(), &["evaluate", "--gold", "gold.jsonl", "--model", "model.bin"]);
    assert!(error.contains("unit") && error.contains("cause"), "{error}");
}
