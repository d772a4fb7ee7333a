//! Where what is linked to an order, a case, a customer, a call, a record or a request lies: one table along the keys, since those that
//! hold events lie along time. A link says where to look; whoever looks there asks the row itself.

mod key;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use clickhouse::{Row, query::Query};
use jiff::Timestamp;
use serde::Deserialize;

pub(crate) use key::{of_id, of_key};
pub(crate) use row::LinkRow;

use crate::{Warehouse, WarehouseError, rows::Table};

/// More keys are looked for along the tables themselves.
pub(crate) const MOST_KEYS: usize = 200;

/// A link as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Row, Deserialize)]
pub(crate) struct Link {
    key: u64,
    kept_in: u8,
    /// Milliseconds since 1970.
    at: i64,
    /// Hash of the event's id.
    event: u64,
}

/// What is linked to the keys that were looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links(Vec<Link>);

impl Links {
    /// Where rows of a table may lie.
    pub(crate) fn places(&self, table: Table) -> Places {
        Places(self.in_table(table).map(|link| link.at).collect())
    }

    /// Where rows of a table may lie to which these keys lead, but for events that are known (hashes of ids).
    pub(crate) fn places_beyond(&self, table: Table, keys: &BTreeSet<u64>, known: &BTreeSet<u64>) -> Places {
        let beyond = |link: &&Link| keys.contains(&link.key) && !known.contains(&link.event);
        Places(self.in_table(table).filter(beyond).map(|link| link.at).collect())
    }

    /// The keys that lead to several events of a table.
    pub(crate) fn keys_of_several(&self, table: Table) -> BTreeSet<u64> {
        let mut events: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
        for link in self.in_table(table) {
            events.entry(link.key).or_default().insert(link.event);
        }
        events.into_iter().filter(|(_, events)| events.len() > 1).map(|(key, _)| key).collect()
    }

    fn in_table(&self, table: Table) -> impl Iterator<Item = &Link> {
        self.0.iter().filter(move |link| link.kept_in == table.number())
    }
}

/// Times at which rows may lie, milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places(BTreeSet<i64>);

impl Places {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Binds the parameter of `found_by_link.sql`.
    pub(crate) fn bind(&self, query: Query) -> Query {
        let text =
            |at: &i64| Timestamp::from_millisecond(*at).map(|at| at.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string());
        query.param("places", self.0.iter().flat_map(text).collect::<Vec<_>>())
    }
}

impl Warehouse {
    /// Where what is linked to some keys may lie.
    pub(crate) async fn links(&self, keys: &BTreeSet<u64>) -> Result<Links, WarehouseError> {
        const SQL: &str = include_str!("../../questions/links.sql");
        if keys.is_empty() {
            return Ok(Links::default());
        }
        let keys: Vec<u64> = keys.iter().copied().collect();
        Ok(Links(self.fetch_all("looking for what is linked", SQL, |query| query.param("keys", keys)).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_events_are_told_from_one_that_moved() {
        let link = |key, at, event| Link { key, kept_in: Table::Records.number(), at, event };
        let links = Links(vec![link(1, 5, 7), link(1, 6, 7), link(2, 8, 7), link(2, 8, 9)]);
        assert_eq!(links.places(Table::Records), Places([5, 6, 8].into()));
        assert_eq!(links.keys_of_several(Table::Records), [2].into());
        let beyond = |keys: &[u64], known: &[u64]| {
            let set = |numbers: &[u64]| numbers.iter().copied().collect();
            links.places_beyond(Table::Records, &set(keys), &set(known))
        };
        assert_eq!(beyond(&[1, 2], &[7]), Places([8].into()));
        assert!(beyond(&[1], &[7]).is_empty());
        assert!(links.places(Table::Appeals).is_empty());
    }
}
