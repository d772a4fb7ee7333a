//! The sink: a batch becomes rows, each event counts once, and positions vouch for what is durable.
//!
//! # Why counts are right at every moment
//! A row's key is `(occurred_at, id)`; its `version` grows with the arrival of its item, and every reader reads `FINAL`: of the
//! rows of one key only the greatest version counts, merged or not. So:
//! - *Replay.* The same item gives the same key and version. Its rows may lie there ten times and count once.
//! - *Replacement under the same key.* One row appears by one insert: before it the old one counts, after it the new one.
//! - *Replacement that moves* (`occurred_at` changed): a replacing table replaces neither across partitions nor across keys,
//!   so the insert that brings the new row also brings one that voids the old key (`is_deleted`). Within a month both are one
//!   part, which appears at once. Across months they are two parts, which one insert makes visible directly after another.
//! - *Crash.* Positions are inserted last, so what they vouch for is there. What a killed insert left (all tables, some, one
//!   month of two) is written again by the replay, under the same keys and versions. The replay looks such an item up (its id
//!   is in the filter by then, or the old row is), finds every live row of the id, and voids all but the winner's.
//! - *Links.* What leads from an order, case, customer, call or record to a row (`links`) is written beside the rows and before the
//!   positions. A link that leads to a row which is told anew stays: whoever follows it asks the row.
//! - *Told anew.* Before a row takes the place of another, the other's links are kept in `retold`, under the offset of the new
//!   one: attribution has to leave what is no longer spoken about.
//! - *Read again.* A record that is analysed again is written under its key with the next generation in its version. It needs no
//!   look-up: what came under that key since has a greater arrival, and therefore a greater version.
//! - *Late older item* (from another partition): its version is smaller than the stored one; it is not written.
//! - *An answer that was lost* (the insert is done, nobody knows): the same rows go in again. On a cluster the token of an insert
//!   (`token`) names its rows by position and version, so that replicas leave out what they have; without, they count once anyway.
//!
//! # Why it is durable
//! Every insert is synced before it is answered (table settings), so when the positions row is written, what it vouches for
//! survives a power cut; merges sync what they make before they drop what it was made of.

mod decide;
mod insert;
mod lookup;
mod plan;
mod retold;
mod token;

use tingjian_schemas::{Batch, Positions};
use tokio::sync::Mutex;

use crate::{
    Warehouse, WarehouseError,
    links::LinkRow,
    rows::{DeadLetterRow, PositionRow, Table},
};
use decide::decide;
use insert::Put;
use plan::{Group, Plan};
use token::Token;

/// The table of what could not be read.
const DEAD_LETTERS: &str = "dead_letters";
/// The table that leads from keys to events.
const LINKS: &str = "links";

/// What became of the items of a batch: each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Stored under an id that was not there. A replay after a crash counts what it finds of itself here, too.
    pub stored: u64,
    /// Same id and content as what is stored, or as an earlier item of the batch: nothing was written.
    pub duplicates: u64,
    /// Same id, other content: the later one is stored, the earlier one no longer counts.
    pub replaced: u64,
    /// Kept as dead letters.
    pub dead: u64,
    /// Passed by the positions before this write.
    pub skipped: u64,
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, more: Self) {
        self.stored += more.stored;
        self.duplicates += more.duplicates;
        self.replaced += more.replaced;
        self.dead += more.dead;
        self.skipped += more.skipped;
    }
}

/// The state of the one writer of this process.
#[derive(Default)]
pub(crate) struct Sink {
    /// As stored; unknown before the first write and after a failed one.
    positions: Mutex<Option<Positions>>,
}

impl Warehouse {
    /// Stores a batch durably and advances the positions to `batch.upto`. Writes of one process go one after another.
    ///
    /// # Errors
    /// After a recoverable error send the same batch again: nothing of it is vouched for, and what is there counts once.
    pub async fn write(&self, batch: &Batch) -> Result<Written, WarehouseError> {
        let mut held = self.sink().positions.lock().await;
        // Taken out and put back at the end only: after an error, or if this future is dropped, the next write asks again.
        let mut positions = match held.take() {
            Some(positions) => positions,
            None => self.positions().await?,
        };
        let plan = Plan::new(batch, &positions);
        let written = self.carry_out(&plan).await?;
        self.vouch(&positions, &batch.upto).await?;
        positions.advance_all(&batch.upto);
        *held = Some(positions);
        Ok(written)
    }

    /// Stores the items of a batch whatever the positions say, and leaves these alone: for records that are read again on
    /// purpose. What is stored already counts once as before.
    ///
    /// # Errors
    /// As [`Warehouse::write`].
    pub async fn write_again(&self, batch: &Batch) -> Result<Written, WarehouseError> {
        let _one_at_a_time = self.sink().positions.lock().await;
        self.carry_out(&Plan::new(batch, &Positions::default())).await
    }

    async fn carry_out(&self, plan: &Plan<'_>) -> Result<Written, WarehouseError> {
        let mut written = Written { skipped: plan.skipped, ..Written::default() };
        let mut tables = Vec::with_capacity(plan.tables.len());
        for (table, groups) in &plan.tables {
            let live = self.live_rows(*table, groups).await?;
            let mut puts = Vec::with_capacity(groups.len());
            let mut leaving = Vec::new();
            for group in groups {
                let decision = decide(group, live.of(group.id));
                written += decision.written;
                leaving.extend(decision.leaving(group.id));
                puts.extend(decision.puts());
            }
            self.keep_retold(*table, &leaving).await?;
            tables.push((*table, puts));
        }
        tokio::try_join!(self.insert_links(&tables), self.insert_tables(&tables))?;
        let again: Vec<Put<'_>> =
            plan.again.iter().map(|(item, version)| Put { item, version: *version, buried_at: None }).collect();
        self.insert_puts(Table::Records, &again).await?;
        written.replaced += again.len() as u64;
        if !plan.dead.is_empty() {
            let rows = plan.dead.iter().map(|dead| DeadLetterRow::new(dead.item, dead.letter, dead.version));
            let mut token = Token::of(DEAD_LETTERS);
            plan.dead.iter().for_each(|dead| token.add(&dead.item.position, dead.version, None));
            self.insert_rows_once(DEAD_LETTERS, rows, Some(&token.text())).await?;
            written.dead += plan.dead.len() as u64;
        }
        Ok(written)
    }

    async fn insert_tables(&self, tables: &[(Table, Vec<Put<'_>>)]) -> Result<(), WarehouseError> {
        for (table, puts) in tables {
            self.insert_puts(*table, puts).await?;
        }
        Ok(())
    }

    /// Inserts the links of all rows that are stored. Nobody is led by them before positions vouch for the rows.
    async fn insert_links(&self, tables: &[(Table, Vec<Put<'_>>)]) -> Result<(), WarehouseError> {
        let stored = || tables.iter().flat_map(|(_, puts)| puts).filter(|put| put.buried_at.is_none());
        let mut token = Token::of(LINKS);
        stored().for_each(|put| token.add(&put.item.position, put.version, None));
        self.insert_rows_once(LINKS, stored().flat_map(|put| LinkRow::of(put.item)), Some(&token.text())).await
    }

    /// Inserts the positions that have advanced, all in one part.
    async fn vouch(&self, held: &Positions, upto: &Positions) -> Result<(), WarehouseError> {
        let advanced: Vec<PositionRow<'_>> = upto
            .iter()
            .filter(|(partition, next)| *next > held.next(partition))
            .map(|(partition, next)| PositionRow { source: &partition.source, number: partition.number, next })
            .collect();
        if advanced.is_empty() {
            return Ok(());
        }
        self.insert_rows("positions", advanced).await
    }
}
