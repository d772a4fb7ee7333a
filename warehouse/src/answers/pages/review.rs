//! What wants a person's look, and how far looks agree.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;

use super::Id;
use crate::{Span, Warehouse, WarehouseError};

/// A record that wants a look. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct ReviewRow {
    pub record_id: String,
    pub at: i64,
    /// Its lowest score.
    pub lowest: f32,
    pub abstained: bool,
    /// Of how many it is one.
    pub total: u64,
}

/// Two looks at the same records, for one cause.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct AgreementRow {
    pub cause: String,
    pub both: u64,
    pub first_only: u64,
    pub second_only: u64,
    /// Records looked at twice.
    pub looked: u64,
}

/// Whose looks are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// Two people's.
    People,
    /// The system's and the last person's.
    System,
}

const ACTION: &str = "looking for what to review";

impl Warehouse {
    /// Records that want a look, the least sure first: abstained, or with a score below `threshold`, and not corrected. And how many
    /// these are in all.
    ///
    /// # Errors
    /// What the server says.
    pub async fn review_queue(
        &self,
        span: Span,
        threshold: f64,
        limit: u32,
    ) -> Result<(u64, Vec<ReviewRow>), WarehouseError> {
        const SQL: &str = include_str!("../../../questions/pages/review_queue.sql");
        let bind = |query| span.bind(query).param("threshold", threshold).param("limit", limit);
        let rows: Vec<ReviewRow> = self.fetch_all(ACTION, SQL, bind).await?;
        Ok((rows.first().map_or(0, |row| row.total), rows))
    }

    /// A record that others corrected since a time and `me` did not, drawn by `seed`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn drawn_for(&self, me: &str, since: Timestamp, seed: u64) -> Result<Option<String>, WarehouseError> {
        const SQL: &str = include_str!("../../../questions/pages/review_drawn.sql");
        let since = since.as_millisecond();
        let bind = |query: clickhouse::query::Query| query.param("me", me).param("since", since).param("seed", seed);
        let rows: Vec<Id> = self.fetch_all(ACTION, SQL, bind).await?;
        Ok(rows.into_iter().next().map(|row| row.record_id))
    }

    /// How two looks agree, by cause; causes that neither named are left out.
    ///
    /// # Errors
    /// What the server says.
    pub async fn agreement(&self, looks: Looks, causes: &[&str]) -> Result<Vec<AgreementRow>, WarehouseError> {
        let sql = match looks {
            Looks::People => include_str!("../../../questions/pages/second_looks.sql"),
            Looks::System => include_str!("../../../questions/pages/system_looks.sql"),
        };
        self.fetch_all(ACTION, sql, |query| query.param("causes", causes)).await
    }
}
