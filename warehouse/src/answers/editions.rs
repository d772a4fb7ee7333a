//! Weekly reports as they were published.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::{Warehouse, WarehouseError};

/// One edition of a week's report. Time in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct StoredEdition {
    pub edition: u32,
    pub at: i64,
    pub published_by: String,
    /// `published`, `amended` or `objected`.
    pub why: String,
    /// Of the report without additions.
    pub sha256: String,
    /// JSON.
    pub document: String,
    pub html: String,
}

/// A week with a published report.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct PublishedWeek {
    pub week: String,
    /// The newest.
    pub edition: u32,
    pub at: i64,
}

#[derive(Serialize)]
struct NewEdition<'a> {
    week: &'a str,
    edition: u32,
    published_at: i64,
    published_by: &'a str,
    why: &'a str,
    sha256: &'a str,
    document: &'a str,
    html: &'a str,
}

/// Weeks listed.
const WEEKS: u32 = 520;

impl Warehouse {
    /// Editions of a week's report, the newest first, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn editions(&self, week: &str) -> Result<Vec<StoredEdition>, WarehouseError> {
        self.read_editions(week, 0, false).await
    }

    /// One edition with its texts, or the newest; `None`: there is none.
    ///
    /// # Errors
    /// What the server says.
    pub async fn edition(&self, week: &str, edition: Option<u32>) -> Result<Option<StoredEdition>, WarehouseError> {
        let wanted = match edition {
            Some(edition) => edition,
            None => match self.read_editions(week, 0, false).await?.first() {
                Some(newest) => newest.edition,
                None => return Ok(None),
            },
        };
        Ok(self.read_editions(week, wanted, true).await?.into_iter().find(|found| found.edition == wanted))
    }

    async fn read_editions(
        &self,
        week: &str,
        edition: u32,
        with_text: bool,
    ) -> Result<Vec<StoredEdition>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/editions.sql");
        let bind = |query: clickhouse::query::Query| {
            query.param("week", week).param("edition", edition).param("with_text", with_text)
        };
        self.fetch_all("reading a report", SQL, bind).await
    }

    /// Weeks with a published report, the newest first.
    ///
    /// # Errors
    /// What the server says.
    pub async fn published_weeks(&self) -> Result<Vec<PublishedWeek>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/published.sql");
        self.fetch_all("listing reports", SQL, |query| query.param("limit", WEEKS)).await
    }

    /// Keeps an edition; of two of one number the first counts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn keep_edition(&self, week: &str, edition: &StoredEdition) -> Result<(), WarehouseError> {
        let row = NewEdition {
            week,
            edition: edition.edition,
            published_at: edition.at,
            published_by: &edition.published_by,
            why: &edition.why,
            sha256: &edition.sha256,
            document: &edition.document,
            html: &edition.html,
        };
        self.insert_rows("weekly_reports", [row]).await
    }
}
