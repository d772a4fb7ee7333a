//! Contacts one by one: whether another followed within a window.

use clickhouse::query::Query;
use jiff::Timestamp;

use super::{Id, Part, Total, total};
use crate::{Span, Warehouse, WarehouseError, questions::with_parts};

/// What is told of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactTold {
    /// Nothing: all of them.
    Any,
    /// Older than the window.
    Old,
    /// Older, and none followed within it.
    Resolved,
    /// Older, and one followed within it.
    Followed,
}

/// Which contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactChoice {
    /// When they happened.
    pub span: Span,
    /// 工号; empty: any.
    pub agent_no: String,
    /// What is told of them.
    pub told: ContactTold,
    /// Hours of the window.
    pub hours: u32,
    /// The time it is told for.
    pub as_of: Timestamp,
}

const ACTION: &str = "listing contacts";

impl ContactChoice {
    fn bind(&self, query: Query) -> Query {
        let what = match self.told {
            ContactTold::Any => "",
            ContactTold::Old => "old",
            ContactTold::Resolved => "resolved",
            ContactTold::Followed => "followed",
        };
        let query = self.span.bind(query).param("agent_no", &self.agent_no).param("what", what);
        let query = query.param("as_of", self.as_of.as_millisecond());
        query.param("window_ms", i64::from(self.hours) * 3_600_000)
    }
}

fn sql(sql: &str) -> String {
    with_parts(sql, &[("ids", include_str!("../../../questions/pages/contacts_told.sql"))])
}

impl Warehouse {
    /// How many there are.
    ///
    /// # Errors
    /// What the server says.
    pub async fn contacts_total(&self, choice: &ContactChoice) -> Result<u64, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/ids_total.sql"));
        let rows: Vec<Total> = self.fetch_all(ACTION, &sql, |query| choice.bind(query)).await?;
        Ok(total(&rows))
    }

    /// Their ids, the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn contact_ids(&self, choice: &ContactChoice, part: Part) -> Result<Vec<String>, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/ids_page.sql"));
        let bind = |query| choice.bind(query).param("limit", part.limit).param("offset", part.offset);
        let rows: Vec<Id> = self.fetch_all(ACTION, &sql, bind).await?;
        Ok(rows.into_iter().map(|row| row.record_id).collect())
    }
}
