//! Records by week, and pairs of cause and department.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;

use super::Span;
use crate::{
    Filters, Warehouse, WarehouseError,
    questions::{FILTERS, Hours, attributed, with_parts},
};

/// Records of one week and kind.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct WeekKind {
    /// `2026-W47`.
    pub week: String,
    pub kind: String,
    pub records: u64,
    /// Too unsure to be counted under a cause.
    pub unsure: u64,
    /// Responsibility undecided.
    pub undecided: u64,
}

/// Records of one cause that one department answers for.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct CauseDepartment {
    pub code: String,
    pub department: String,
    pub records: u64,
}

/// One text of a cause.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct CauseQuote {
    pub code: String,
    pub record_id: String,
    /// Masked.
    pub text: String,
}

#[derive(Row, Deserialize)]
struct At {
    at: i64,
}

/// Characters of a good quote.
const GOOD_LENGTH: i32 = 36;
/// Fewest and most characters of a quote.
const LENGTHS: (u32, u32) = (10, 90);

impl Warehouse {
    /// Records by week of `zone` and kind.
    ///
    /// # Errors
    /// What the server says.
    pub async fn volumes(&self, span: Span, zone: &str) -> Result<Vec<WeekKind>, WarehouseError> {
        let attributed = attributed(Hours::All);
        let sql = with_parts(include_str!("../../questions/weekly/volumes.sql"), &[("attributed", &attributed)]);
        self.fetch_all("counting records by week", &sql, |query| span.bind(query).param("zone", zone)).await
    }

    /// Time of the oldest record.
    ///
    /// # Errors
    /// What the server says.
    pub async fn first_record_at(&self) -> Result<Option<Timestamp>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/first_record.sql");
        let rows: Vec<At> = self.fetch_all("looking for the oldest record", SQL, |query| query).await?;
        Ok(rows.first().and_then(|row| Timestamp::from_millisecond(row.at).ok()))
    }

    /// Records by cause and responsible department.
    ///
    /// # Errors
    /// What the server says.
    pub async fn cause_departments(&self, filters: &Filters) -> Result<Vec<CauseDepartment>, WarehouseError> {
        let attributed = attributed(Hours::All);
        let parts = [("attributed", attributed.as_str()), FILTERS];
        let sql = with_parts(include_str!("../../questions/weekly/pairs.sql"), &parts);
        self.fetch_all("counting causes by department", &sql, |query| filters.bind(query)).await
    }

    /// One text per primary cause of the span's complaints, chosen by rule.
    ///
    /// # Errors
    /// What the server says.
    pub async fn quotes(&self, span: Span) -> Result<Vec<CauseQuote>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/quotes.sql");
        self.fetch_all("choosing quotes", SQL, |query| {
            let query = span.bind(query).param("length", GOOD_LENGTH);
            query.param("shortest", LENGTHS.0).param("longest", LENGTHS.1)
        })
        .await
    }
}
