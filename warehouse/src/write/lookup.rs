//! What is stored already of the ids that may repeat.

use std::collections::HashMap;

use clickhouse::Row;
use serde::Deserialize;

use super::{Group, decide::Live};
use crate::{Warehouse, WarehouseError, rows::Table};

/// Ids asked for by one request: bounds the request's size (ids are at most 64 bytes) and the answer's.
const IDS_PER_REQUEST: usize = 5_000;

/// The live rows of some ids.
#[derive(Default)]
pub(super) struct LiveRows(HashMap<String, Vec<Live>>);

impl LiveRows {
    /// Those of one id; more than one only after a crash between two months.
    pub fn of(&self, id: &str) -> &[Live] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }
}

#[derive(Row, Deserialize)]
struct LiveRow {
    id: String,
    occurred_at: i64,
    content_hash: u64,
    version: u128,
}

impl Warehouse {
    /// The live rows of every group that is not certainly new.
    ///
    /// A repeat nearly always has the time it had before, so its key is asked for first, which reads only what lies at those
    /// times. What that does not settle (the id is new after all, moved, or was written by a write that was cut off) is asked
    /// for by id alone, which reads more.
    pub(super) async fn live_rows(&self, table: Table, groups: &[Group<'_>]) -> Result<LiveRows, WarehouseError> {
        let repeats: Vec<&Group<'_>> = groups.iter().filter(|group| !group.is_new).collect();
        let mut found = LiveRows::default();
        for chunk in repeats.chunks(IDS_PER_REQUEST) {
            let by_key = self.live_by_key(table, chunk).await?;
            let open: Vec<&str> = chunk.iter().filter(|g| !is_settled(g, by_key.of(g.id))).map(|g| g.id).collect();
            found.0.extend(by_key.0);
            if !open.is_empty() {
                found.0.extend(self.live_by_id(table, &open).await?.0);
            }
        }
        Ok(found)
    }

    async fn live_by_key(&self, table: Table, groups: &[&Group<'_>]) -> Result<LiveRows, WarehouseError> {
        const SQL: &str = include_str!("../../statements/live_by_key.sql");
        let keys = groups.iter().flat_map(|group| group.candidates().map(|new| (new.occurred_at, group.id)));
        let (times, ids): (Vec<i64>, Vec<&str>) = keys.unzip();
        let rows = self
            .fetch_all("looking up repeated ids", SQL, |query| {
                query
                    .param("table", table.name())
                    .param("id", table.id_column())
                    .param("ids", ids)
                    .param("times", times)
            })
            .await?;
        Ok(collect(rows))
    }

    async fn live_by_id(&self, table: Table, ids: &[&str]) -> Result<LiveRows, WarehouseError> {
        const SQL: &str = include_str!("../../statements/live_by_id.sql");
        let rows = self
            .fetch_all("looking up repeated ids", SQL, |query| {
                query.param("table", table.name()).param("id", table.id_column()).param("ids", ids)
            })
            .await?;
        Ok(collect(rows))
    }
}

/// Whether what lies under the keys of a group is all there is of its id. A vouched write leaves one live row, so a row of
/// another item settles it; a row of an item of this very group was left by a write that was cut off.
fn is_settled(group: &Group<'_>, live: &[Live]) -> bool {
    live.iter().any(|row| group.candidates().all(|new| new.version != row.version))
}

fn collect(rows: Vec<LiveRow>) -> LiveRows {
    let mut found = LiveRows::default();
    for LiveRow { id, occurred_at, content_hash, version } in rows {
        found.0.entry(id).or_default().push(Live { occurred_at, content_hash, version });
    }
    found
}
