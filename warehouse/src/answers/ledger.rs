//! The promise ledger counted, and what was complained about as late.

use std::collections::BTreeSet;

use clickhouse::{Row, query::Query};
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::Lane;

use super::{MAX_GROUPS, Span};
use crate::{
    Warehouse, WarehouseError,
    facts::lane,
    questions::{large_part::PROMISE_ENTRIES, with_parts},
};

/// By what promises are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromisesBy {
    /// Who or what made them.
    MadeByKind,
    /// Who answers for them.
    OwnerDepartment,
    /// Lane of the delivery.
    Lane,
}

/// Entries of one group.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct PromiseGroup {
    pub key: String,
    pub kept: u64,
    pub broken: u64,
    pub open: u64,
    pub unknown: u64,
}

impl PromiseGroup {
    fn promises(&self) -> u64 {
        self.kept + self.broken + self.open + self.unknown
    }
}

const COUNTING: &str = "counting promises";

#[derive(Row, Deserialize)]
struct StandingRow {
    promise_id: String,
    key: String,
}

#[derive(Row, Deserialize)]
struct MetRow {
    promise_id: String,
}

#[derive(Row, Deserialize)]
struct Minutes {
    minutes: i64,
}

#[derive(Row, Deserialize)]
struct LaneRow {
    origin: String,
    destination: String,
    carrier: String,
    service: String,
}

impl Warehouse {
    /// The ledger's entries by group, of promises made in the span.
    ///
    /// # Errors
    /// What the server says.
    pub async fn promise_groups(&self, by: PromisesBy, span: Span) -> Result<Vec<PromiseGroup>, WarehouseError> {
        let group = match by {
            PromisesBy::MadeByKind => include_str!("../../questions/answers/by/made_by_kind.sql"),
            PromisesBy::OwnerDepartment => include_str!("../../questions/answers/by/owner_department.sql"),
            PromisesBy::Lane => include_str!("../../questions/answers/by/lane.sql"),
        };
        const ENTRIES: &str = include_str!("../../questions/answers/promises.sql");
        let sql = with_parts(ENTRIES, &[("group", group)]);
        let (mut groups, unmet) = tokio::try_join!(
            self.fetch_of_whole::<PromiseGroup>(COUNTING, PROMISE_ENTRIES, &sql, |query| span.bind(query)),
            self.unmet_promises(group, span),
        )?;
        for key in unmet {
            match groups.iter_mut().find(|found| found.key == key) {
                Some(found) => found.unknown += 1,
                None => groups.push(PromiseGroup { key, kept: 0, broken: 0, open: 0, unknown: 1 }),
            }
        }
        groups.sort_by(|a, b| (b.promises(), &a.key).cmp(&(a.promises(), &b.key)));
        groups.truncate(MAX_GROUPS as usize);
        Ok(groups)
    }

    /// The groups of standing promises without any entry: nobody can tell whether they were kept.
    async fn unmet_promises(&self, group: &str, span: Span) -> Result<Vec<String>, WarehouseError> {
        const STANDING: &str = include_str!("../../questions/answers/standing_promises.sql");
        const MET: &str = include_str!("../../questions/answers/promises_met.sql");
        let sql = with_parts(STANDING, &[("group", group)]);
        let standing: Vec<StandingRow> = self.fetch_all(COUNTING, &sql, |query| span.bind(query)).await?;
        if standing.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<&str> = standing.iter().map(|promise| promise.promise_id.as_str()).collect();
        let bind = |query: Query| query.param("promises", ids);
        let met: Vec<MetRow> = self.fetch_of_whole(COUNTING, PROMISE_ENTRIES, MET, bind).await?;
        let met: BTreeSet<String> = met.into_iter().map(|promise| promise.promise_id).collect();
        Ok(standing
            .into_iter()
            .filter(|promise| !met.contains(&promise.promise_id))
            .map(|promise| promise.key)
            .collect())
    }

    /// Minutes that the deliveries of a lane took which customers complained about as late, started in the span.
    ///
    /// # Errors
    /// What the server says.
    pub async fn late_complaints(
        &self,
        lane: &Lane,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<i64>, WarehouseError> {
        const TOLD: (&str, &str) = ("told", include_str!("../../questions/answers/late_on_lane.sql"));
        let sql = include_str!("../../questions/answers/late_complaints.sql");
        let sql = with_parts(sql, &[TOLD, crate::questions::DELAYS]);
        let span = Span { since: Some(since), until: Some(until) };
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let bind = |query: Query| {
            let query = span.bind(query).param("origin", part(&lane.origin));
            let query = query.param("destination", part(&lane.destination)).param("carrier", part(&lane.carrier));
            query.param("service", part(&lane.service))
        };
        let rows: Vec<Minutes> = self.fetch_all("counting late complaints", &sql, bind).await?;
        Ok(rows.into_iter().map(|row| row.minutes).collect())
    }

    /// The lane of that name; `None` where no delivery or promise names it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lane_named(&self, name: &str) -> Result<Option<Lane>, WarehouseError> {
        const ACTION: &str = "looking for a lane";
        const TRAVELLED: &str = include_str!("../../questions/answers/lanes_travelled.sql");
        // Also lanes that were only promised, or whose deliveries came a moment ago.
        const NAMED: &str = include_str!("../../questions/answers/lanes.sql");
        let [origins, destinations, carriers, services] = &named_parts(name);
        let bind = |query: Query| {
            let query = query.param("lane", name).param("origins", origins).param("destinations", destinations);
            query.param("carriers", carriers).param("services", services)
        };
        let mut rows: Vec<LaneRow> = self.fetch_all(ACTION, TRAVELLED, bind).await?;
        if rows.is_empty() {
            rows = self.fetch_all(ACTION, NAMED, |query| query.param("lane", name)).await?;
        }
        Ok(rows.into_iter().next().map(|row| lane([row.origin, row.destination, row.carrier, row.service])))
    }
}

/// What the parts of a lane of this name may be, origin first: names may hold the signs that stand between them.
fn named_parts(name: &str) -> [Vec<String>; 4] {
    let mut parts: [BTreeSet<&str>; 4] = Default::default();
    for (arrow, sign) in name.match_indices('→') {
        let rest = name.get(arrow + sign.len()..).unwrap_or_default();
        let slashes: Vec<usize> = rest.match_indices('/').map(|(at, _)| at).collect();
        for (place, first) in slashes.iter().enumerate() {
            for second in slashes.iter().skip(place + 1) {
                let found =
                    [name.get(..arrow), rest.get(..*first), rest.get(first + 1..*second), rest.get(second + 1..)];
                for (part, found) in parts.iter_mut().zip(found) {
                    part.extend(found);
                }
            }
        }
    }
    parts.map(|part| part.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: [&[&str]; 4]) {
        assert_eq!(named_parts(name), expected.map(|part| part.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()));
    }

    #[test]
    fn a_name_is_cut_wherever_it_may_be() {
        check("沪→蓉/云雀/次日达", [&["沪"], &["蓉"], &["云雀"], &["次日达"]]);
        check("→/云雀/", [&[""], &[""], &["云雀"], &[""]]);
        check("沪→蓉/云雀/a/b", [&["沪"], &["蓉", "蓉/云雀"], &["a", "云雀", "云雀/a"], &["a/b", "b"]]);
        check("沪→蓉", [&[], &[], &[], &[]]);
    }
}
