//! The command writes what the library gives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{collections::BTreeSet, fs, process::Command};

use tingjian_schemas::Stream;
use tingjian_simulation::{Options, Simulation, Summary};

fn command(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tingjian-simulate")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const SMALL: [&str; 6] = ["--events", "3000", "--weeks", "4", "--seed", "9"];

fn library() -> Simulation {
    Simulation::new(&Options::ending("2026-11-16T00:00:00+08:00".parse().unwrap(), 4, 3_000, 9).unwrap()).unwrap()
}

#[test]
fn a_folder_holds_every_stream_the_truth_and_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("made/for/it");
    let (code, stdout, stderr) = command(&[&SMALL[..], &["--out", out.to_str().unwrap()]].concat());
    assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
    let names: BTreeSet<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), Stream::ALL.len() + 2);
    let mut run = library();
    let mut complaints = String::new();
    for output in run.by_ref() {
        if let tingjian_simulation::Output::Event(event) = output
            && event.stream == Stream::Complaints
        {
            complaints.push_str(&event.json);
            complaints.push('\n');
        }
    }
    assert_eq!(fs::read_to_string(out.join("complaints.jsonl")).unwrap(), complaints);
    let summary = fs::read_to_string(out.join("summary.json")).unwrap();
    assert_eq!(summary.trim_end(), serde_json::to_string_pretty(run.summary()).unwrap());
    let summary: Summary = serde_json::from_str(&summary).unwrap();
    let truths = fs::read_to_string(out.join("truth/records.jsonl")).unwrap();
    let texts: u64 = Stream::ALL.iter().filter(|s| s.is_text()).filter_map(|s| summary.events.get(s.name())).sum();
    assert_eq!(truths.lines().count() as u64, texts);
}

#[test]
fn one_stream_goes_to_standard_output() {
    let (code, stdout, _) = command(&[&SMALL[..], &["--stream", "call-notes", "--limit", "5"]].concat());
    let expected: Vec<String> =
        library().events().filter(|event| event.stream == Stream::CallNotes).take(5).map(|event| event.json).collect();
    assert_eq!((code, stdout.lines().collect::<Vec<_>>()), (Some(0), expected.iter().map(String::as_str).collect()));
    let (code, stdout, _) =
        command(&[&SMALL[..], &["--stream", "complaints", "--format", "csv", "--limit", "5"]].concat());
    assert_eq!(code, Some(0));
    let mut reader = csv::Reader::from_reader(stdout.as_bytes());
    assert_eq!(reader.records().map(Result::unwrap).filter(|row| row.len() == 9).count(), 5);
}

#[test]
fn wrong_usage_is_said_and_ends_with_2() {
    for (arguments, why) in [
        (&["--weeks", "4"][..], "--out"),
        (&["--stream", "complaint"][..], "unknown stream"),
        (&["--stream", "promises", "--format", "csv"][..], "complaints only"),
        (&["--stream", "promises", "--weeks", "0"][..], "weeks must be"),
        (&["--stream", "promises", "--rise", "no.such:1:3"][..], "unknown cause"),
        (&["--stream", "promises", "--rise", "no.such"][..], "CAUSE:WEEK:FACTOR"),
    ] {
        let (code, stdout, stderr) = command(arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.contains(why), "{arguments:?}: {stderr}");
    }
}
