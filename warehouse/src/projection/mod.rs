//! What was worked out of events: which of it a slice of the source touches, and how it is stored.

pub(crate) mod hours;
pub(crate) mod key;
mod measured;
mod rows;
mod touched;

use std::sync::Arc;

use clickhouse::Row;
use serde::{Deserialize, Serialize};
use tingjian_schemas::{Partition, Positions};

pub use hours::UncountedDay;
pub use measured::{LaneChange, LanePast, Measured};
pub use rows::{AttributionRow, CaseTimesRow, ContactPlaceRow, LaneTripRow, PromiseEntriesRow};
pub use touched::{LeftKey, LeftTrip, Slice, Touched};

use crate::{Warehouse, WarehouseError};

/// The columns of a stored record, of which only those that attribution asks for are read.
const BARE: (&str, &str) = ("bare", include_str!("../../questions/projection/bare.sql"));

#[derive(Row, Deserialize, Serialize)]
struct ProjectedRow {
    source: String,
    number: u32,
    next: u64,
}

#[derive(Row, Deserialize)]
struct VersionRow {
    version: u64,
}

#[derive(Row, Deserialize)]
struct StaleRow {
    hour: u32,
}

#[derive(Serialize)]
struct NewProjectedRow<'a> {
    source: &'a str,
    number: u32,
    next: u64,
    version: u64,
}

/// Everything one run writes.
#[derive(Clone, Debug, Default)]
pub struct Projected {
    /// Records.
    pub attributions: Vec<AttributionRow>,
    /// Orders and cases.
    pub entries: Vec<PromiseEntriesRow>,
    /// Cases.
    pub cases: Vec<CaseTimesRow>,
    /// Contacts.
    pub places: Vec<ContactPlaceRow>,
    /// What orders were to their lanes.
    pub trips: Vec<LaneTripRow>,
}

impl Warehouse {
    /// How far the projection has come.
    ///
    /// # Errors
    /// What the server says.
    pub async fn projected(&self) -> Result<Positions, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/projected.sql");
        let rows: Vec<ProjectedRow> = self.fetch_all("reading how far the projection is", SQL, |query| query).await?;
        let partition = |row: &ProjectedRow| Partition { source: Arc::from(row.source.as_str()), number: row.number };
        Ok(rows.iter().map(|row| (partition(row), row.next)).collect())
    }

    /// Writes what was worked out. Run again after an error it writes the same again.
    ///
    /// # Errors
    /// What the server says.
    pub async fn write_projected(&self, projected: &Projected) -> Result<(), WarehouseError> {
        self.insert_rows("attributions", &projected.attributions).await?;
        self.insert_rows("promise_entries", &projected.entries).await?;
        self.insert_rows("case_times", &projected.cases).await?;
        self.insert_rows("contact_places", &projected.places).await?;
        self.insert_rows("lane_trips", &projected.trips).await
    }

    /// Notes how far the projection has come; after everything up to there is written.
    ///
    /// # Errors
    /// What the server says.
    pub async fn note_projected(&self, partition: &Partition, next: u64, version: u64) -> Result<(), WarehouseError> {
        let row = NewProjectedRow { source: &partition.source, number: partition.number, next, version };
        self.insert_rows("projected", [row]).await
    }

    /// The greatest version that the projection noted: later ones must be greater, whatever the clock says.
    ///
    /// # Errors
    /// What the server says.
    pub async fn projected_version(&self) -> Result<u64, WarehouseError> {
        const SQL: &str = include_str!("../../questions/projection/version.sql");
        let rows: Vec<VersionRow> = self.fetch_all("reading how far the projection is", SQL, |query| query).await?;
        Ok(rows.first().map_or(0, |row| row.version))
    }

    /// Drops what was worked out before `version` and not again since, and answers of which hours records lost their word.
    ///
    /// # Errors
    /// What the server says.
    pub async fn drop_projected_before(&self, version: u64) -> Result<Vec<u32>, WarehouseError> {
        const ACTION: &str = "dropping what is no longer told";
        const HOURS: &str = include_str!("../../questions/projection/stale_hours.sql");
        let rows: Vec<StaleRow> = self.fetch_all(ACTION, HOURS, |query| query.param("version", version)).await?;
        for sql in include_str!("../../statements/drop_projected.sql").split(';').map(str::trim) {
            if !sql.is_empty() {
                self.execute(ACTION, &sql.replace("{version}", &version.to_string())).await?;
            }
        }
        Ok(rows.into_iter().map(|row| row.hour).collect())
    }
}
