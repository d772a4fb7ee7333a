//! Measures against labelled rows, worked out by hand, and the reports made of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::sync::Arc;

use tingjian_analysis::evaluate::{Evaluation, GoldRow, Pair, html, text};
use tingjian_schemas::{CauseReading, Kind, Reading, Span};

/// A row labelled with `wanted` that was read as `read`: kinds, then causes with scores.
fn pair(id: u32, wanted: (Kind, &[&str]), read: (Kind, &[(&str, f32)])) -> Pair {
    let gold = GoldRow {
        id: id.into(),
        source: if id.is_multiple_of(2) { "even" } else { "odd" }.to_owned(),
        stratum: "kw:slow".to_owned(),
        text: "等了<两>个小时".to_owned(),
        kind: wanted.0,
        causes: wanted.1.iter().map(|c| (*c).to_owned()).collect(),
        promised_min: None,
        actual_min: Some(120),
        praised: id == 1,
        abuse: false,
    };
    let causes = read.1.iter().map(|(code, score)| CauseReading {
        code: Arc::from(*code),
        department: Arc::from("dept"),
        score: *score,
        evidence: vec![Span { start: 0, end: 2 }],
    });
    let reading = Reading {
        text: gold.text.clone(),
        words: String::new(),
        kind: read.0,
        kind_score: 0.9,
        causes: causes.collect(),
        promised_min: Some(60),
        actual_min: (id > 1).then_some(120),
        actual_open: None,
        praised: id <= 2,
        abuse: false,
        abstained: id == 4,
    };
    Pair { gold, reading }
}

fn pairs() -> Vec<Pair> {
    vec![
        pair(1, (Kind::Complaint, &["a", "b"]), (Kind::Complaint, &[("a", 0.95), ("c", 0.55)])),
        pair(2, (Kind::Complaint, &["b"]), (Kind::Complaint, &[("a", 0.95)])),
        pair(3, (Kind::Inquiry, &[]), (Kind::Inquiry, &[])),
        pair(4, (Kind::Commendation, &[]), (Kind::Complaint, &[("c", 0.55)])),
    ]
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

#[test]
fn measures_are_those_worked_out_by_hand() {
    let evaluation = Evaluation::new(&pairs());
    let all = evaluation.all;
    assert_eq!(all.rows, 4);
    assert!(near(all.kind_accuracy, 0.75));
    assert!(near(all.primary_top1, 0.5), "of two rows with causes one has its primary first");
    assert!(near(all.no_cause_kept_empty, 0.5));
    // One named right, three named wrongly, two missed.
    assert!(near(all.micro_f1, 2.0 / 7.0), "{}", all.micro_f1);
    assert!(near(all.macro_f1, 0.0), "no cause has fifteen rows");
    assert!(near(all.promised_f1, 0.0) && near(all.actual_f1, 6.0 / 7.0), "{all:?}");
    assert!(near(all.praised_f1, 2.0 / 3.0) && near(all.abuse_f1, 0.0) && near(all.abstained, 0.25));
    let a = evaluation.causes.iter().find(|c| c.code == "a").expect("named");
    assert_eq!((a.rows, near(a.precision, 0.5), near(a.recall, 1.0)), (1, true, true));
    assert_eq!(evaluation.confusion[0].2, 1);
    assert!(evaluation.confusion.contains(&("b".to_owned(), "a".to_owned(), 1)));
    // Of two with 0.95 one is right, of two with 0.55 none: |0.95 − 0.5| / 2 + |0.55 − 0| / 2.
    assert!((evaluation.calibration_error - 0.5).abs() < 1e-3, "{}", evaluation.calibration_error);
    let parts: Vec<&str> = evaluation.parts.iter().map(|p| p.0.as_str()).collect();
    assert_eq!(parts, ["抽样 kw", "来源 even", "来源 odd"]);
}

#[test]
fn rare_causes_are_measured_over_their_rows() {
    let (lost, gap, slow) = ("fulfil.lost", "system.kb_gap", "fulfil.transit_delay");
    let pairs = [
        pair(1, (Kind::Complaint, &[slow, lost]), (Kind::Complaint, &[(slow, 0.9), (lost, 0.4)])),
        pair(2, (Kind::Complaint, &[gap]), (Kind::Complaint, &[(lost, 0.5)])),
        // No row of theirs: what is wrongly named here does not count.
        pair(3, (Kind::Complaint, &[slow]), (Kind::Complaint, &[(gap, 0.6)])),
    ];
    let rare = Evaluation::new(&pairs).rare;
    assert_eq!(rare.rows, 2);
    // Lost: one right, one wrong; the gap: missed.
    assert!(near(rare.mean_f1, (2.0 / 3.0 + 0.0) / 2.0), "{rare:?}");
    // Two right, one wrong, one missed.
    assert!(near(rare.micro_f1, 4.0 / 6.0), "{rare:?}");
}

#[test]
fn mistakes_come_with_text_and_evidence_the_surest_first() {
    let evaluation = Evaluation::new(&pairs());
    let ids: Vec<&str> = evaluation.mistakes.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(ids, ["2", "4", "1"]);
    assert_eq!(evaluation.mistakes[0].evidence, ["等了"]);
    assert!(evaluation.mistakes[0].read.contains("a 0.95"));
}

#[test]
fn reports_show_everything_and_hide_no_markup() {
    let evaluation = Evaluation::new(&pairs());
    let said = text(&evaluation);
    for word in ["kind_accuracy          0.7500", "calibration_error", "来源 odd", "b → a"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let page = html(&evaluation, "质量 <1>");
    for word in ["<title>质量 &lt;1&gt;</title>", "等了&lt;两&gt;个小时", "<svg", "</html>"] {
        assert!(page.contains(word), "{word} in {page}");
    }
    assert!(!page.contains("<1>") && !page.contains("{{"), "{page}");
}

#[test]
fn nothing_to_measure_is_no_error() {
    let evaluation = Evaluation::new(&[]);
    assert_eq!(evaluation.all.rows, 0);
    assert!(text(&evaluation).contains("rows") && html(&evaluation, "x").ends_with("</html>\n"));
}
