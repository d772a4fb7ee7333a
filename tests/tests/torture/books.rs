//! What was acknowledged, and what became of it.

use std::{collections::BTreeMap, ops::Add};

use serde_json::Value;

/// How a record was last acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// UTC, as the answers write it.
    pub occurred_at: String,
    /// Stream.
    pub stream: &'static str,
    /// Part of its text that only this version has.
    pub mark: String,
}

/// Kills that were done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Killed {
    pub server: u64,
    pub engine: u64,
    pub broker: u64,
}

/// Everything that was acknowledged.
#[derive(Debug, Default)]
pub struct Books {
    /// By `record_id`: the last acknowledged version.
    pub records: BTreeMap<String, Last>,
    /// Ids of facts.
    pub facts: Vec<String>,
    /// Posts that were acknowledged.
    pub posts: u64,
    /// Posts sent again because no answer came.
    pub resent: u64,
    pub killed: Killed,
}

/// Acknowledged records that a store does not show rightly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// Not there.
    pub lost: u64,
    /// There more than once.
    pub double: u64,
    /// There in an earlier version, or never sent.
    pub wrong: u64,
}

impl Add for Fate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { lost: self.lost + other.lost, double: self.double + other.double, wrong: self.wrong + other.wrong }
    }
}

impl Books {
    /// Both. Clients use ids of their own, so nothing overlaps.
    pub fn merge(mut self, other: Self) -> Self {
        self.records.extend(other.records);
        self.facts.extend(other.facts);
        self.posts += other.posts;
        self.resent += other.resent;
        self
    }

    /// What `store` made of the records; `rows` are all it holds.
    pub fn fate(&self, store: &str, rows: &[Value]) -> Fate {
        let mut found: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for row in rows {
            found.entry(row["record_id"].as_str().expect("an id")).or_default().push(row);
        }
        let mut fate = Fate::default();
        for (id, last) in &self.records {
            match found.remove(id.as_str()).as_deref() {
                None | Some([]) => {
                    eprintln!("{store} lost {id}: {last:?}");
                    fate.lost += 1;
                }
                Some([row]) if last.is(row) => {}
                Some([row]) => {
                    eprintln!("{store} has {row} for {id}: {last:?}");
                    fate.wrong += 1;
                }
                Some(rows) => {
                    eprintln!("{store} has {id} {} times: {rows:?}", rows.len());
                    fate.double += 1;
                }
            }
        }
        if !found.is_empty() {
            eprintln!("{store} holds what was never acknowledged: {:?}", found.keys());
        }
        Fate { wrong: fate.wrong + found.len() as u64, ..fate }
    }
}

impl Last {
    fn is(&self, row: &Value) -> bool {
        // The warehouse shows the whole text, the index the part that matters to a hit.
        let text = row.get("text").unwrap_or(&row["snippet"]["text"]);
        row["occurred_at"] == self.occurred_at.as_str()
            && row["stream"] == self.stream
            && text.as_str().is_some_and(|text| text.contains(&self.mark))
    }
}
