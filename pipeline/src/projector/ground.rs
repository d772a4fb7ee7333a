//! What everything that is worked out in one run rests on: standing promises, and what lanes did. Read once, for all its parts.

use jiff::Timestamp;
use tingjian_attribution::{Cohorts, Trip, WINDOW_DAYS};
use tingjian_schemas::{Fact, Lane};
use tingjian_warehouse::{LanePast, Warehouse, WarehouseError};

use super::ProjectorError;

/// Milliseconds of the window that a capability looks back at.
const WINDOW_MS: i64 = WINDOW_DAYS * 24 * 3_600_000;

/// Read as far as it was asked for.
#[derive(Default)]
pub(super) struct Ground {
    standing: Option<Vec<Fact>>,
    past: Option<Past>,
}

struct Past {
    /// Milliseconds since 1970.
    since: i64,
    /// Its end, not included.
    until: i64,
    cohorts: Cohorts,
}

impl Ground {
    /// Every standing promise.
    pub async fn standing(&mut self, warehouse: &Warehouse) -> Result<&[Fact], WarehouseError> {
        let standing = match self.standing.take() {
            Some(standing) => standing,
            None => warehouse.standing_promises().await?,
        };
        Ok(self.standing.insert(standing))
    }

    /// What these lanes could do as of these times.
    pub async fn cohorts(
        &mut self,
        warehouse: &Warehouse,
        measured: Vec<(Lane, Timestamp)>,
    ) -> Result<Cohorts, ProjectorError> {
        let times = || measured.iter().map(|(_, at)| at.as_millisecond());
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(Cohorts::default()) };
        let cohorts = self.past(warehouse, first.saturating_sub(WINDOW_MS), last.saturating_add(1)).await?;
        // Work, not waiting.
        Ok(tokio::task::spawn_blocking(move || cohorts.noting(measured)).await?)
    }

    /// What lanes did at least from `since` to `until`. Whoever asks for a later time than was read is taken to go on in the order of
    /// time, and gets everything there is.
    async fn past(&mut self, warehouse: &Warehouse, since: i64, until: i64) -> Result<Cohorts, WarehouseError> {
        if let Some(past) = self.past.as_ref().filter(|past| past.since <= since && until <= past.until) {
            return Ok(past.cohorts.clone());
        }
        let until = if self.past.is_some() { i64::MAX } else { until };
        let since = self.past.take().map_or(since, |past| past.since.min(since));
        let lanes = warehouse.lane_pasts((since, until)).await?;
        let cohorts = Cohorts::of_lanes(lanes.into_iter().map(trips));
        self.past = Some(Past { since, until, cohorts: cohorts.clone() });
        Ok(cohorts)
    }
}

fn trips(past: LanePast) -> (Lane, Vec<Trip>) {
    let trip = |(started, finished): (&i64, &i64)| {
        let started_at = Timestamp::from_millisecond(*started).ok()?;
        Some(Trip { started_at, finished_at: Timestamp::from_millisecond(*finished).ok() })
    };
    let trips = past.started.iter().zip(&past.finished).filter_map(trip).collect();
    (past.lane, trips)
}
