//! All stored ids, to seed a filter that tells new ids from possible repeats.

use std::time::Duration;

use clickhouse::{Row, query::Query};
use serde::Deserialize;
use tingjian_schemas::Stream;

use crate::{Warehouse, WarehouseError, rows::Table};

/// Within what an id is unique: the text streams together, each fact stream by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdScope {
    /// Ids of records.
    Records,
    /// Ids of one fact stream.
    Facts(Stream),
}

impl IdScope {
    /// The scope of ids of `stream`.
    pub const fn of(stream: Stream) -> Self {
        if stream.is_text() { Self::Records } else { Self::Facts(stream) }
    }

    fn table(self) -> Table {
        match self {
            Self::Records => Table::Records,
            Self::Facts(stream) => Table::of(stream),
        }
    }

    /// Every scope once.
    pub fn all() -> impl Iterator<Item = Self> {
        let facts = Stream::ALL.into_iter().filter(|stream| !stream.is_text()).map(Self::Facts);
        std::iter::once(Self::Records).chain(facts)
    }
}

#[derive(Row, Deserialize)]
struct IdRow<'a> {
    id: &'a str,
}

impl Warehouse {
    /// Gives every id of a scope to `take`, in no order, some of them several times; the answer is how many it gave.
    /// Holds one block of ids in memory at a time.
    ///
    /// # Errors
    /// What the server says. Ids given before the error were right.
    pub async fn for_each_id(&self, scope: IdScope, mut take: impl FnMut(&str)) -> Result<u64, WarehouseError> {
        let table = scope.table();
        const SQL: &str = include_str!("../statements/ids.sql");
        let bind = |query: Query| query.param("table", table.name()).param("id", table.id_column());
        self.for_each::<IdRow<'_>>("reading all ids", SQL, bind, |row| take(row.id)).await
    }

    /// Like [`Warehouse::for_each_id`], for ids that were stored within the last `age`, by the server's clock, and some others.
    ///
    /// # Errors
    /// What the server says. Ids given before the error were right.
    pub async fn for_each_recent_id(
        &self,
        scope: IdScope,
        age: Duration,
        mut take: impl FnMut(&str),
    ) -> Result<u64, WarehouseError> {
        let table = scope.table();
        const SQL: &str = include_str!("../statements/recent_ids.sql");
        let bind = |query: Query| {
            let query = query.param("table", table.name()).param("table_name", table.name());
            query.param("id", table.id_column()).param("age_s", age.as_secs())
        };
        self.for_each::<IdRow<'_>>("reading recent ids", SQL, bind, |row| take(row.id)).await
    }
}
