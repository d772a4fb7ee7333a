//! What every question about facts begins with, remembered as long as it holds: until the warehouse vouches for more, or the projection
//! has seen more. Both are asked for every time, so an answer is never behind what is vouched for.

use jiff::Timestamp;
use tingjian_schemas::Fact;
use tokio::sync::Mutex;

use super::TripsTold;
use crate::{
    Warehouse, WarehouseError,
    tide::{Run, Tide},
};

/// What questions about facts begin with.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Time of the newest event; `None` where there is none.
    pub newest: Option<Timestamp>,
    /// Every standing promise.
    pub standing: Vec<Fact>,
    /// Where to read what lanes did.
    pub told: TripsTold,
}

/// A value, and what it holds for.
struct Kept<K, V>(Mutex<Option<(K, V)>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + PartialEq, V: Clone> Kept<K, V> {
    /// The value for `key`; who comes while it is being asked for waits for it. Whoever asks has read the key before: the value may be
    /// newer than its key, never older.
    async fn get<E>(&self, key: &K, ask: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let mut kept = self.0.lock().await;
        if let Some((_, value)) = kept.as_ref().filter(|(held, _)| held == key) {
            return Ok(value.clone());
        }
        let value = ask.await?;
        *kept = Some((key.clone(), value.clone()));
        Ok(value)
    }
}

/// What was asked for last.
#[derive(Default)]
pub(crate) struct Remembered {
    newest: Kept<Vec<Run>, Option<Timestamp>>,
    standing: Kept<Vec<Run>, Vec<Fact>>,
    told: Kept<Tide, TripsTold>,
}

impl Warehouse {
    /// What questions about facts begin with now.
    ///
    /// # Errors
    /// What the server says.
    pub async fn moment(&self) -> Result<Moment, WarehouseError> {
        let (tide, kept) = (self.tide().await?, self.remembered());
        let (newest, standing, told) = tokio::try_join!(
            kept.newest.get(&tide.stored, self.look_for_newest()),
            kept.standing.get(&tide.stored, self.standing_promises()),
            kept.told.get(&tide, self.trips_told_at(&tide)),
        )?;
        Ok(Moment { newest, standing, told })
    }

    /// Time of the newest event of all streams: the `as_of` of a question that names none.
    ///
    /// # Errors
    /// What the server says.
    pub async fn newest_event_at(&self) -> Result<Option<Timestamp>, WarehouseError> {
        let tide = self.tide().await?;
        self.remembered().newest.get(&tide.stored, self.look_for_newest()).await
    }

    /// Where to read what lanes did now.
    ///
    /// # Errors
    /// What the server says.
    pub async fn trips_told(&self) -> Result<TripsTold, WarehouseError> {
        let tide = self.tide().await?;
        self.remembered().told.get(&tide, self.trips_told_at(&tide)).await
    }
}
