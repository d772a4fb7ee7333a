//! How far the warehouse vouches for each run of source records, and how far of it the projection has seen.

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::Deserialize;

use crate::{Warehouse, WarehouseError};

/// A run of source records up to an offset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    pub source: String,
    pub number: u32,
    /// The offset wanted next.
    pub next: u64,
}

/// What is stored, and what of it is worked out; each in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tide {
    /// Vouched for.
    pub stored: Vec<Run>,
    /// Seen by the projection.
    pub seen: Vec<Run>,
}

#[derive(Row, Deserialize)]
struct RunRow {
    source: String,
    number: u32,
    next: u64,
    is_seen: bool,
}

impl Tide {
    fn of(rows: Vec<RunRow>) -> Self {
        let mut tide = Self::default();
        for RunRow { source, number, next, is_seen } in rows {
            let runs = if is_seen { &mut tide.seen } else { &mut tide.stored };
            runs.push(Run { source, number, next });
        }
        tide.stored.sort();
        tide.seen.sort();
        tide
    }

    /// The condition of rows of events that are vouched for and that the projection has not seen: with constants, so that an index over
    /// offsets answers it. `None` where it has seen all.
    pub fn unseen(&self) -> Option<String> {
        let seen: BTreeMap<(&str, u32), u64> =
            self.seen.iter().map(|run| ((run.source.as_str(), run.number), run.next)).collect();
        let quoted = |source: &str| format!("'{}'", source.replace('\\', "\\\\").replace('\'', "\\'"));
        let behind = self.stored.iter().filter_map(|run| {
            let next = seen.get(&(run.source.as_str(), run.number)).copied().unwrap_or(0);
            let (source, number) = (quoted(&run.source), run.number);
            let rows =
                format!("(partition_source = {source} AND partition_number = {number} AND partition_offset >= {next})");
            (next < run.next).then_some(rows)
        });
        let behind: Vec<String> = behind.collect();
        (!behind.is_empty()).then(|| behind.join(" OR "))
    }
}

impl Warehouse {
    /// How far everything is now.
    pub(crate) async fn tide(&self) -> Result<Tide, WarehouseError> {
        const SQL: &str = include_str!("../questions/tide.sql");
        Ok(Tide::of(self.fetch_all("looking how far everything is", SQL, |query| query).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(source: &str, next: u64) -> Run {
        Run { source: source.to_owned(), number: 0, next }
    }

    #[test]
    fn what_was_seen_is_left_out() {
        let check = |stored: &[Run], seen: &[Run], expected: Option<&str>| {
            let tide = Tide { stored: stored.to_vec(), seen: seen.to_vec() };
            assert_eq!(tide.unseen().as_deref(), expected, "{tide:?}");
        };
        check(&[], &[], None);
        check(&[run("j", 7)], &[run("j", 7)], None);
        let behind = |name, next| {
            format!("(partition_source = '{name}' AND partition_number = 0 AND partition_offset >= {next})")
        };
        check(&[run("j", 7)], &[run("j", 5)], Some(&behind("j", 5)));
        check(&[run("a'b", 7), run("j", 7)], &[run("j", 7)], Some(&behind(r"a\'b", 0)));
        check(&[run("i", 1), run("j", 7)], &[], Some(&format!("{} OR {}", behind("i", 0), behind("j", 0))));
    }
}
