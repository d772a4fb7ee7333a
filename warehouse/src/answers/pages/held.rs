//! Cases that a party held.

use clickhouse::{Row, query::Query};
use serde::Deserialize;

use super::{Part, Total, total};
use crate::{Span, Warehouse, WarehouseError, questions::with_parts};

/// A case and how long a party held it. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct HeldCase {
    /// Keyed hash of its number.
    pub work_order: String,
    pub held_min: i64,
    pub open_now: bool,
    /// When it got it first.
    pub at: i64,
}

const ACTION: &str = "listing cases";

fn sql(sql: &str) -> String {
    with_parts(sql, &[("held", include_str!("../../../questions/pages/held.sql"))])
}

fn bind(query: Query, holder: &str, only_open: bool, span: Span) -> Query {
    span.bind(query).param("holder", holder).param("only_open", u8::from(only_open))
}

impl Warehouse {
    /// How many cases it held.
    ///
    /// # Errors
    /// What the server says.
    pub async fn held_total(&self, holder: &str, only_open: bool, span: Span) -> Result<u64, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/held_total.sql"));
        let rows: Vec<Total> = self.fetch_all(ACTION, &sql, |query| bind(query, holder, only_open, span)).await?;
        Ok(total(&rows))
    }

    /// The cases, those held longest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn held(
        &self,
        holder: &str,
        only_open: bool,
        span: Span,
        part: Part,
    ) -> Result<Vec<HeldCase>, WarehouseError> {
        let sql = sql(include_str!("../../../questions/pages/held_page.sql"));
        let bind = |query| bind(query, holder, only_open, span).param("limit", part.limit).param("offset", part.offset);
        self.fetch_all(ACTION, &sql, bind).await
    }
}
