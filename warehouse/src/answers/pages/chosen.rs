//! The records behind a number.

use clickhouse::{Row, query::Query};
use serde::Deserialize;

use super::{Total, total};
use crate::{
    Filters, PageCursor, Warehouse, WarehouseError,
    questions::{FILTERS, Hours, attributed, with_parts},
};

/// Which records a list shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The filters of every question.
    pub filters: Filters,
    /// `judgement`, `facts`, `text` or `pending`; empty: any.
    pub basis: String,
    /// Undecided records whose text would name this department; empty: no such condition.
    pub pending_for: String,
    /// Only those too unsure to be counted under a cause.
    pub only_abstained: bool,
    /// As the texts were read, before facts and judgements, without those abstained: what weekly surprises count.
    pub as_read: bool,
}

/// One record of a list, with what counts of it. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct ChosenRecord {
    pub record_id: String,
    pub at: i64,
    pub stream_name: String,
    pub kind_name: String,
    pub agent: String,
    pub lane_name: String,
    pub basis_name: String,
    pub cause_codes: Vec<String>,
    pub departments: Vec<String>,
}

const ACTION: &str = "listing records";

impl Choice {
    fn sql(&self, sql: &str) -> String {
        let as_read = include_str!("../../../questions/pages/as_read.sql").to_owned();
        let choice = include_str!("../../../questions/pages/choice.sql");
        let records = if self.as_read { as_read } else { attributed(Hours::All) };
        with_parts(sql, &[("records", &records), ("choice", choice), FILTERS])
    }

    fn bind(&self, query: Query) -> Query {
        let query = self.filters.bind(query).param("basis", &self.basis).param("pending_for", &self.pending_for);
        query.param("only_abstained", u8::from(self.only_abstained))
    }
}

impl Warehouse {
    /// How many records a choice has.
    ///
    /// # Errors
    /// What the server says.
    pub async fn chosen_total(&self, choice: &Choice) -> Result<u64, WarehouseError> {
        let sql = choice.sql(include_str!("../../../questions/pages/chosen_total.sql"));
        let rows: Vec<Total> = self.fetch_all(ACTION, &sql, |query| choice.bind(query)).await?;
        Ok(total(&rows))
    }

    /// Records of a choice, the newest first, older than the last one of the page before.
    ///
    /// # Errors
    /// What the server says.
    pub async fn chosen(
        &self,
        choice: &Choice,
        before: Option<&PageCursor>,
        limit: u32,
    ) -> Result<Vec<ChosenRecord>, WarehouseError> {
        let sql = choice.sql(include_str!("../../../questions/pages/chosen.sql"));
        self.fetch_all(ACTION, &sql, |query| {
            let query = choice.bind(query).param("limit", limit);
            let (time, id) = before.map_or((i64::MAX, ""), |cursor| (cursor.time, cursor.id.as_str()));
            query.param("before", time).param("before_id", id)
        })
        .await
    }
}
