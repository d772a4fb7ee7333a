//! Every event is one the product accepts, says that it is synthetic, and has an id of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::collections::{BTreeMap, HashSet};

use tingjian_schemas::{Stream, decode};
use tingjian_simulation::{Options, Rise, Scenario, Simulation};

#[test]
fn every_event_is_accepted() {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let mut options = Options::ending(until, 8, 40_000, 11).unwrap();
    let rise = Some(Rise { cause: "system.data_silo".to_owned(), week: 5, factor: 3 });
    options.scenario = Scenario { rise, ..options.scenario };
    let (mut counts, mut ids, mut records) = (BTreeMap::new(), HashSet::new(), HashSet::new());
    for event in Simulation::new(&options).unwrap().events() {
        let read = decode(event.stream, event.json.as_bytes());
        let read = read.unwrap_or_else(|rejection| panic!("{rejection:?}\n{}", event.json));
        assert!(read.unknown_fields.is_empty(), "unknown fields: {}", event.json);
        assert_eq!(read.common.occurred_at, event.occurred_at);
        assert_eq!(read.common.source.as_deref(), Some("synthetic"));
        assert!(ids.insert((event.stream, read.common.event_id.clone())), "twice: {}", event.json);
        if event.stream.is_text() {
            assert!(records.insert(read.common.event_id), "two records of one id: {}", event.json);
        }
        *counts.entry(event.stream).or_insert(0u32) += 1;
    }
    for stream in Stream::ALL {
        assert!(counts.get(&stream).is_some_and(|count| *count > 50), "{stream}: {:?}", counts.get(&stream));
    }
}

/// One note in 11 117 of the demo's data came out empty and was refused at import.
#[test]
fn no_text_of_the_demo_is_empty() {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let options = Options::ending(until, 8, 60_000, 7).unwrap();
    for event in Simulation::new(&options).unwrap().events() {
        if let Err(rejection) = decode(event.stream, event.json.as_bytes()) {
            panic!("{rejection:?}\n{}", event.json);
        }
    }
}

#[test]
fn the_sample_file_is_one_the_generator_wrote() {
    let mut reader = csv::Reader::from_path("sample/complaints.csv").unwrap();
    let columns = ["编号", "时间", "内容", "分类", "手机号", "订单号", "工号", "部门", "来源"];
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), columns);
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 100);
    let mut ids = HashSet::new();
    for row in &rows {
        assert!(ids.insert(&row[0]));
        assert!(row[0].starts_with("sim") && !row[2].is_empty());
        assert_eq!(row[4].len(), 11);
        assert_eq!(&row[8], "synthetic");
    }
    let mapping: toml_mapping::Mapping =
        toml::from_str(&std::fs::read_to_string("sample/mapping.toml").unwrap()).unwrap();
    for (field, column) in &mapping.fields {
        assert!(columns.contains(&column.name()), "{field} maps to no column");
    }
}

mod toml_mapping {
    use std::collections::BTreeMap;

    #[derive(serde::Deserialize)]
    pub struct Mapping {
        pub fields: BTreeMap<String, Column>,
    }

    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    pub enum Column {
        Name(String),
        Time { column: String, format: String, zone: String },
    }

    impl Column {
        pub fn name(&self) -> &str {
            match self {
                Self::Name(name) => name,
                Self::Time { column, format, zone } => {
                    assert!(format.contains("%Y") && zone.contains('/'));
                    column
                }
            }
        }
    }
}
