//! The texts are varied, of the lengths people write, say what the truth says, and cover every cause and kind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;
use tingjian_schemas::Kind;
use tingjian_simulation::{
    Options, Output, Simulation, labelled_rows,
    truth::{RecordTruth, Truth},
};

fn texts(events: u64) -> Vec<(String, RecordTruth)> {
    let options = Options::ending("2026-11-16T00:00:00+08:00".parse().unwrap(), 8, events, 3).unwrap();
    let (mut said, mut records) = (HashMap::new(), Vec::new());
    for output in Simulation::new(&options).unwrap() {
        match output {
            Output::Event(event) if event.stream.is_text() => {
                let value: Value = serde_json::from_str(&event.json).unwrap();
                said.insert(value["event_id"].as_str().unwrap().to_owned(), value["text"].as_str().unwrap().to_owned());
            }
            Output::Truth(Truth::Record(record)) => records.push(*record),
            _ => {}
        }
    }
    assert_eq!(said.len(), records.len(), "every text has its truth");
    records.into_iter().map(|record| (said.remove(&record.record_id).unwrap(), record)).collect()
}

#[test]
fn lengths_and_variety() {
    let texts = texts(60_000);
    let mut lengths: Vec<usize> = texts.iter().map(|(text, _)| text.chars().count()).collect();
    lengths.sort_unstable();
    let at = |share: f64| lengths[(lengths.len() as f64 * share) as usize];
    assert!((60..=100).contains(&at(0.5)), "median {}", at(0.5));
    assert!(at(0.995) >= 400 && at(0.05) <= 40, "5 %: {}, 99.5 %: {}", at(0.05), at(0.995));
    let distinct: HashSet<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
    assert!(distinct.len() * 100 > texts.len() * 95, "{} of {} distinct", distinct.len(), texts.len());
    assert!(texts.iter().all(|(text, _)| !text.contains('{') && !text.is_empty() && text.len() < 8_000));
}

#[test]
fn kinds_and_causes_are_all_there_in_sensible_shares() {
    let texts = texts(60_000);
    let share = |kind: Kind| texts.iter().filter(|(_, r)| r.kind == kind).count() as f64 / texts.len() as f64;
    assert!((0.7..0.9).contains(&share(Kind::Complaint)));
    for kind in [Kind::Inquiry, Kind::Commendation, Kind::Suggestion, Kind::Other] {
        assert!(share(kind) > 0.008, "{kind}: {}", share(kind));
    }
    let causes: BTreeSet<&str> = texts.iter().flat_map(|(_, r)| &r.causes).map(String::as_str).collect();
    assert_eq!(causes.len(), 36);
    let mixed = texts.iter().filter(|(_, r)| r.kind == Kind::Complaint && r.praised).count();
    let several = texts.iter().filter(|(_, r)| r.causes.len() > 1).count();
    assert!(mixed > 200 && several > 2_000, "{mixed} praise and blame, {several} with several causes");
    for (text, record) in &texts {
        assert_eq!(record.causes.is_empty(), record.kind != Kind::Complaint, "{text}");
        assert!(record.causes.len() <= 3);
    }
}

#[test]
fn what_is_said_is_what_the_facts_allow() {
    let (mut closed, mut open) = (0, 0);
    for (text, record) in texts(60_000) {
        assert_eq!(record.said.actual_min.is_some(), record.said.actual_open.is_some());
        for pii in &record.pii {
            let narrow: String = text.chars().map(narrow).collect();
            assert!(narrow.contains(pii.as_str()), "{pii} is not in {text}");
        }
        let (Some(delivery), Some(promise)) = (record.delivery, &record.promise) else { continue };
        let delay_named = record.causes.first().is_some_and(|cause| cause == "promise.eta_overpromise");
        let Some(said) = record.said.actual_min.filter(|_| delay_named) else { continue };
        assert_eq!(record.said.promised_min, Some(promise.promised_min), "{text}");
        assert!(said > promise.promised_min, "{text}: {record:?}");
        let until = delivery.finished_at.unwrap_or(record.occurred_at).min(record.occurred_at);
        let was = (until.as_second() - delivery.started_at.as_second()) / 60;
        assert!((i64::from(said) - was).abs() * 2 <= was, "{text}: {said} for {was}");
        assert_eq!(
            record.said.actual_open,
            Some(until == record.occurred_at && delivery.finished_at != Some(until)),
            "{text}"
        );
        closed += usize::from(record.said.actual_open == Some(false));
        open += usize::from(record.said.actual_open == Some(true));
    }
    assert!(closed > 200 && open > 200, "{closed} closed, {open} open");
}

/// Full-width letters and digits as ASCII.
fn narrow(c: char) -> char {
    match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap(),
        _ => c,
    }
}

#[test]
fn rows_to_learn_from_are_even_distinct_and_without_numbers_of_people() {
    let options = Options::ending("2026-11-16T00:00:00+08:00".parse().unwrap(), 8, 60_000, 3).unwrap();
    let rows = labelled_rows(Simulation::new(&options).unwrap(), 20).unwrap();
    let mut of: HashMap<&str, usize> = HashMap::new();
    for row in rows.iter().filter(|row| !row.abuse) {
        *of.entry(row.causes.first().map_or("", String::as_str)).or_default() += 1;
    }
    let without = of.remove("").unwrap();
    assert!((45..=80).contains(&without), "up to 20 of each of four kinds without a cause: {without}");
    assert_eq!(of.len(), 36);
    assert!(of.values().all(|count| (5..=20).contains(count)), "{of:?}");
    assert_eq!(rows.iter().filter(|row| row.abuse).count(), 20);
    let texts: HashSet<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts.len(), rows.len());
    let long_number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 11);
    assert!(!texts.iter().any(|text| long_number(text) || text.contains('@')));
}
