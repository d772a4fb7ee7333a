//! One process at a time changes tables: others that start in the same moment wait for their turn.
//!
//! A turn is a table that `CREATE TABLE` without `IF NOT EXISTS` makes for one of them only, on one server and, since statements
//! `ON CLUSTER` are done in one order everywhere, on a cluster. Whoever holds it touches it; one that is no longer touched was left
//! behind by a process that ended, and the next number is taken.

use std::time::Duration;

use clickhouse::Row;
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::{Warehouse, WarehouseError};

/// Between two looks at a turn that another holds.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Between two touches by its holder.
const TOUCH_EVERY: Duration = Duration::from_secs(5);
/// Without a touch for longer than this, in seconds of the server's clock, its holder has ended.
const LEFT_BEHIND_AFTER_S: i64 = 30;
/// `TABLE_ALREADY_EXISTS`: another was quicker.
const TAKEN: u32 = 57;

#[derive(Row, Deserialize)]
struct Turn {
    number: u32,
    silent_s: i64,
}

impl Warehouse {
    /// Does `work` while no other process changes tables.
    ///
    /// # Errors
    /// Those of `work`, and what the server says.
    pub(crate) async fn in_turn<T>(
        &self,
        work: impl Future<Output = Result<T, WarehouseError>>,
    ) -> Result<T, WarehouseError> {
        if self.is_ours_alone() {
            return work.await;
        }
        let number = self.take_turn().await?;
        let mut touches = interval(TOUCH_EVERY);
        touches.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut work = std::pin::pin!(work);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                _ = touches.tick() => self.touch_turn(number).await,
            }
        };
        self.end_turn(number).await;
        done
    }

    /// Those that are held or were left behind, the last first.
    async fn turns(&self, action: &'static str) -> Result<Vec<Turn>, WarehouseError> {
        const SQL: &str = include_str!("../../statements/migration_turns.sql");
        self.fetch_all(action, SQL, |query| query).await
    }

    /// Waits until nobody holds a turn, and takes the next.
    async fn take_turn(&self) -> Result<u32, WarehouseError> {
        const ACTION: &str = "waiting for the turn to change tables";
        let mut was_told = false;
        loop {
            let turns = self.turns(ACTION).await?;
            let last = turns.first();
            if last.is_none_or(|turn| turn.silent_s > LEFT_BEHIND_AFTER_S) {
                let number = last.map_or(0, |turn| turn.number.wrapping_add(1));
                let on_cluster = self.on_cluster();
                let sql = format!("CREATE TABLE {} {on_cluster} (nothing UInt8) ENGINE = Memory", name(number));
                match self.execute(ACTION, &sql).await {
                    Ok(()) => return Ok(number),
                    Err(WarehouseError::Refused { code: TAKEN, .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            if !was_told {
                tracing::info!("another process is changing tables; waiting for it");
                was_told = true;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// One that fails is made good by the next.
    async fn touch_turn(&self, number: u32) {
        let sql = format!("ALTER TABLE {} {} MODIFY COMMENT 'still at it'", name(number), self.on_cluster());
        if let Err(error) = self.execute("keeping the turn to change tables", &sql).await {
            tracing::warn!(%error, "the turn to change tables was not touched");
        }
    }

    /// Gives the turn up, with those that were left behind before it. One that cannot be given up counts as left behind soon.
    async fn end_turn(&self, number: u32) {
        const ACTION: &str = "giving up the turn to change tables";
        let ended = async {
            let turns = self.turns(ACTION).await?;
            // Its own last: as long as it is there nobody begins.
            for turn in turns.iter().rev().filter(|turn| turn.number <= number) {
                let sql = format!("DROP TABLE IF EXISTS {} {} SYNC", name(turn.number), self.on_cluster());
                self.execute(ACTION, &sql).await?;
            }
            Ok::<_, WarehouseError>(())
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, "the turn to change tables was not given up");
        }
    }
}

fn name(number: u32) -> String {
    format!("migration_turn_{number}")
}
