//! The rows that count of a table, without merging all of it.
//!
//! Rows are replaced by key, and `FINAL` merges every key of a table, however few were replaced. But where one merged part holds nearly
//! all rows, its rows count unless another part speaks of their keys, and only those keys are to be merged. The parts are named, so
//! that all steps see the same rows; where the engine merged some of them away meanwhile, it is asked again, at last by `FINAL`.

use clickhouse::{Row, RowOwned, RowRead, query::Query};
use serde::Deserialize;

use super::with_parts;
use crate::{Warehouse, WarehouseError};

const ACTION: &str = "looking at the parts of a table";
/// How often parts may be merged away before everything is merged for the question.
const MAX_TRIES: usize = 3;
/// With more rows than one of so many beside the large part, everything is merged: that is no slower.
const SMALL_SHARE: u64 = 4;
/// Rows below which a table is merged quickly enough for every question.
const WORTH_MERGING: u64 = 100_000;
/// Larger sets of keys are not held against marks: they would touch nearly all of them.
const MOST_BY_INDEX: (&str, &str) = ("use_index_for_in_with_subqueries_max_values", "1000");

/// A table without partitions whose rows are replaced by key and voided by `is_deleted`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole {
    table: &'static str,
    /// A column of its key that hardly any two keys share.
    key: &'static str,
}

/// The promise ledger.
pub(crate) const PROMISE_ENTRIES: Whole = Whole { table: "promise_entries", key: "unit_key" };
/// Time lines of cases.
pub(crate) const CASE_TIMES: Whole = Whole { table: "case_times", key: "case_key" };

#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
struct PartRow {
    name: String,
    rows: u64,
    level: u32,
}

/// A part that holds nearly all rows, and the others.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    large: String,
    small: Vec<String>,
}

impl Parts {
    /// `None` where there is no such part, or nothing beside it: `FINAL` does not merge a single part.
    fn of(rows: Vec<PartRow>) -> Option<Self> {
        let total: u64 = rows.iter().map(|part| part.rows).sum();
        // What was never merged may hold a key twice.
        let large = rows.iter().filter(|part| part.level > 0).max_by_key(|part| part.rows)?.clone();
        let small: Vec<String> = rows.into_iter().map(|part| part.name).filter(|name| *name != large.name).collect();
        let is_worth = !small.is_empty() && (total - large.rows) * SMALL_SHARE <= large.rows;
        is_worth.then_some(Self { large: large.name, small })
    }

    fn are_among(&self, rows: &[PartRow]) -> bool {
        let is_there = |name: &String| rows.iter().any(|part| part.name == *name);
        is_there(&self.large) && self.small.iter().all(is_there)
    }
}

impl Warehouse {
    /// Asks one question about all rows of a table, which stand for `{{rows}}` in it.
    pub(crate) async fn fetch_of_whole<R: RowOwned + RowRead>(
        &self,
        action: &'static str,
        whole: Whole,
        sql: &str,
        bind: impl FnOnce(Query) -> Query + Clone,
    ) -> Result<Vec<R>, WarehouseError> {
        const MERGED: &str = include_str!("../../questions/rows_merged.sql");
        const BESIDE: &str = include_str!("../../questions/rows_beside_large_part.sql");
        let filled = |rows| with_parts(sql, &[("rows", rows), ("table", whole.table), ("key", whole.key)]);
        // Of several servers the next one asked may hold other parts.
        let tries = if self.is_single() { MAX_TRIES } else { 0 };
        for _ in 0..tries {
            let Some(parts) = Parts::of(self.parts(whole).await?) else { break };
            let bind = bind.clone();
            let named = |query: Query| {
                let query = bind(query).with_setting(MOST_BY_INDEX.0, MOST_BY_INDEX.1);
                query.param("large_part", &parts.large).param("small_parts", &parts.small)
            };
            let found = self.fetch_all(action, &filled(BESIDE), named).await?;
            if parts.are_among(&self.parts(whole).await?) {
                return Ok(found);
            }
        }
        self.fetch_all(action, &filled(MERGED), bind).await
    }

    /// Merges tables that are read as a whole, where too much lies beside the large part. For when nothing else is to be done.
    ///
    /// # Errors
    /// What the server says.
    pub async fn merge_wholes(&self) -> Result<(), WarehouseError> {
        const SQL: &str = include_str!("../../statements/merge_whole.sql");
        if !self.is_single() {
            return Ok(());
        }
        for whole in [PROMISE_ENTRIES, CASE_TIMES] {
            let parts = self.parts(whole).await?;
            let is_large = parts.iter().map(|part| part.rows).sum::<u64>() >= WORTH_MERGING;
            if is_large && parts.len() > 1 && Parts::of(parts).is_none() {
                self.work_through("merging what was worked out", &with_parts(SQL, &[("table", whole.table)])).await?;
            }
        }
        Ok(())
    }

    async fn parts(&self, whole: Whole) -> Result<Vec<PartRow>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/large_part.sql");
        self.fetch_all(ACTION, SQL, |query| query.param("table", whole.table)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, rows: u64, level: u32) -> PartRow {
        PartRow { name: name.to_owned(), rows, level }
    }

    fn check(rows: &[PartRow], expected: Option<(&str, &[&str])>) {
        let expected = expected.map(|(large, small)| Parts {
            large: large.to_owned(),
            small: small.iter().map(|name| (*name).to_owned()).collect(),
        });
        assert_eq!(Parts::of(rows.to_vec()), expected, "{rows:?}");
    }

    #[test]
    fn one_part_must_hold_nearly_everything() {
        check(&[], None);
        check(&[part("a", 100, 1)], None);
        check(&[part("a", 100, 1), part("b", 25, 0)], Some(("a", &["b"])));
        check(&[part("a", 100, 1), part("b", 26, 0)], None);
        check(&[part("b", 5, 0), part("a", 100, 3), part("c", 6, 1)], Some(("a", &["b", "c"])));
        // It may hold a key twice.
        check(&[part("a", 100, 0), part("b", 5, 1)], None);
    }

    #[test]
    fn parts_that_were_merged_away_are_noticed() {
        let before = [part("a", 100, 1), part("b", 5, 0)];
        let parts = Parts::of(before.to_vec()).unwrap();
        assert!(parts.are_among(&before));
        assert!(parts.are_among(&[before.to_vec(), vec![part("c", 5, 0)]].concat()), "later rows are not asked for");
        assert!(!parts.are_among(&[part("a", 100, 1), part("b_c", 10, 1)]));
        assert!(!parts.are_among(&[part("a_b", 105, 2)]));
    }
}
