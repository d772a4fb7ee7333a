//! Attribution kept up: what new facts touch is worked out again, and nothing else.
//!
//! Follows the warehouse, not the source: it reads what is stored and durable, slice by slice of the source's offsets, asks the
//! warehouse which records, orders and cases the slice touches, loads all facts of these, works them out by the pure
//! functions of `tingjian-attribution`, and writes them. How far it has come is noted last, so after a crash the same slice
//! is worked out again, with the same outcome. A row rests on facts alone, never on the row before it.

mod load;
mod rows;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tingjian_attribution::{attribute, case_entries, chains, order_entries};
use tingjian_schemas::Taxonomy;
use tingjian_warehouse::{Projected, Slice, StoredRecord, Touched, Warehouse, WarehouseError};
use tokio::sync::watch;

use crate::current::Current;

/// Offsets of one slice at most: bounds what one run loads.
const SLICE_OFFSETS: u64 = 100_000;
/// Records, orders or cases loaded at a time.
const CHUNK: usize = 20_000;

/// How often the projector looks for new facts, and how much of the time it may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Rest after a look that found nothing.
    pub idle: Duration,
    /// Rest after a run, in times of what the run took. The engine works on all cores for a run: 8 leaves the flow eight ninths of the machine.
    pub rest: u32,
    /// Longest rest: together with a run it must stay within a minute.
    pub longest_rest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { idle: Duration::from_secs(2), rest: 8, longest_rest: Duration::from_secs(20) }
    }
}

impl Pace {
    /// The rest after a run that took so long.
    fn after(self, run: Duration) -> Duration {
        (run * self.rest).min(self.longest_rest)
    }
}

/// Why nothing was worked out.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The warehouse is away or broken.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// A thread panicked: a defect.
    #[error("内部错误：{0}")]
    Thread(#[from] tokio::task::JoinError),
}

/// Works attributions out. Cheap to clone.
#[derive(Clone)]
pub struct Projector {
    warehouse: Warehouse,
    taxonomy: Current<Taxonomy>,
    /// Passes over everything that were asked for, and how many of them are done.
    asked: Arc<AtomicU64>,
    answered: watch::Sender<u64>,
    /// For versions: of two rows of one unit the one worked out later counts.
    clock: fn() -> Timestamp,
}

impl Projector {
    /// A projector over a migrated warehouse.
    pub fn new(warehouse: Warehouse, taxonomy: impl Into<Current<Taxonomy>>, clock: fn() -> Timestamp) -> Self {
        let (asked, (answered, _)) = (Arc::default(), watch::channel(0));
        Self { warehouse, taxonomy: taxonomy.into(), asked, answered, clock }
    }

    /// Has whoever follows the warehouse go over everything once more, and waits until that is done: for when readings or owners
    /// changed under facts that did not. What was worked out before stays until it is replaced, row by row.
    pub async fn go_over_again(&self) {
        let pass = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        // The sender is this projector's own: waiting ends with an answer.
        let _ = self.answered.subscribe().wait_for(|answered| *answered >= pass).await;
    }

    /// Follows the warehouse until `stop` turns true; waits while it is away.
    pub async fn run(self, pace: Pace, mut stop: watch::Receiver<bool>) {
        let mut seen = None;
        loop {
            let begun = tokio::time::Instant::now();
            let rest = match self.advance(&mut seen, Some(pace)).await {
                Ok(0) => pace.idle,
                Ok(_) => pace.after(begun.elapsed()),
                Err(error) => {
                    tracing::warn!(%error, "attribution falls behind, will retry");
                    pace.longest_rest
                }
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Works out everything that is stored by now; says how many rows were written. `seen` is the moment for which what is
    /// open was last worked out.
    ///
    /// # Errors
    /// The warehouse is away; what was noted as done is done.
    pub async fn catch_up(&self, seen: &mut Option<Timestamp>) -> Result<usize, ProjectorError> {
        self.advance(seen, None).await
    }

    /// The same, resting after each slice: the flow, which has just stored a lot, goes first.
    async fn advance(&self, seen: &mut Option<Timestamp>, pace: Option<Pace>) -> Result<usize, ProjectorError> {
        let asked = self.asked.load(Ordering::SeqCst);
        if asked > *self.answered.borrow() {
            for (partition, _) in self.warehouse.projected().await?.iter() {
                self.warehouse.note_projected(partition, 0, self.version()).await?;
            }
        }
        let (stored, done) = (self.warehouse.positions().await?, self.warehouse.projected().await?);
        let Some(as_of) = self.warehouse.newest_event_at().await? else {
            self.answered.send_replace(asked);
            return Ok(0);
        };
        let mut written = 0;
        let mut moved = seen.is_none_or(|seen| seen < as_of);
        for (partition, upto) in stored.iter() {
            let mut from = done.next(partition);
            while from < upto {
                let (begun, end) = (tokio::time::Instant::now(), upto.min(from + SLICE_OFFSETS));
                // What is open is worked out once, with the last slice.
                let slice = Slice { partition: partition.clone(), from, upto: end, moved: moved && end == upto };
                written += self.project(&slice, as_of).await?;
                moved &= end != upto;
                self.warehouse.note_projected(partition, end, self.version()).await?;
                from = end;
                if let Some(pace) = pace.filter(|_| from < upto) {
                    tokio::time::sleep(pace.after(begun.elapsed())).await;
                }
            }
        }
        if moved && let Some((partition, upto)) = stored.iter().next() {
            let slice = Slice { partition: partition.clone(), from: upto, upto, moved };
            written += self.project(&slice, as_of).await?;
        }
        *seen = Some(as_of);
        self.answered.send_replace(asked);
        Ok(written)
    }

    /// Forgets everything and works it out from nothing.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn rebuild(&self) -> Result<usize, ProjectorError> {
        self.warehouse.forget_projected().await?;
        self.catch_up(&mut None).await
    }

    /// Works one slice out.
    async fn project(&self, slice: &Slice, as_of: Timestamp) -> Result<usize, ProjectorError> {
        let touched = self.warehouse.touched(slice).await?;
        let mut written = 0;
        for part in parts(touched) {
            let projected = self.work_out(part, as_of).await?;
            written += projected.attributions.len() + projected.entries.len();
            written += projected.cases.len() + projected.places.len();
            self.warehouse.write_projected(&projected).await?;
        }
        if written > 0 {
            tracing::debug!(source = %slice.partition.source, slice.from, slice.upto, written, "worked out");
        }
        Ok(written)
    }

    async fn work_out(&self, touched: Touched, as_of: Timestamp) -> Result<Projected, ProjectorError> {
        let loaded = load::load(&self.warehouse, &self.taxonomy.get(), touched, as_of).await?;
        // Work, not waiting.
        let version = self.version();
        Ok(tokio::task::spawn_blocking(move || project(&loaded, as_of, version)).await?)
    }

    fn version(&self) -> u64 {
        u64::try_from((self.clock)().as_microsecond()).unwrap_or(0)
    }
}

/// Everything touched, worked out. Pure.
fn project(loaded: &load::Loaded, as_of: Timestamp, version: u64) -> Projected {
    let facts = &loaded.facts;
    let contacts = loaded.records.iter().filter_map(|id| facts.contact(id));
    let told = contacts.map(|contact| (contact, attribute(facts, contact, as_of)));
    let spoken = told.filter(|(contact, told)| rows::rests_on_facts(facts, contact, told));
    let orders = loaded.orders.iter().map(|order| ("order", order, order_entries(facts, order, as_of)));
    let cases = loaded.cases.iter().map(|case| ("case", case, case_entries(facts, case, as_of)));
    let places = chains(facts, as_of).into_iter().flat_map(|chain| chain.contacts);
    Projected {
        attributions: spoken.map(|(contact, told)| rows::attribution(contact, &told, version)).collect(),
        entries: orders.chain(cases).map(|(unit, key, found)| rows::entries(unit, *key, &found, version)).collect(),
        cases: loaded.cases.iter().map(|case| rows::case_times(facts, *case, as_of, version)).collect(),
        places: places
            .filter_map(|place| {
                let customer = facts.contact(&place.record_id)?.customer?;
                loaded.customers.contains(&customer).then(|| rows::place(&place, customer, version))
            })
            .collect(),
    }
}

/// Cuts what is touched into parts that fit into memory. A record's facts are loaded with it wherever it is.
fn parts(touched: Touched) -> Vec<Touched> {
    let mut parts: Vec<Touched> = Vec::new();
    let mut records = touched.records.into_iter().peekable();
    let mut orders = touched.orders.into_iter().peekable();
    let mut cases = touched.cases.into_iter().peekable();
    let mut customers = touched.customers.into_iter().peekable();
    while records.peek().is_some() || orders.peek().is_some() || cases.peek().is_some() || customers.peek().is_some() {
        parts.push(Touched {
            records: records.by_ref().take(CHUNK).collect::<Vec<StoredRecord>>(),
            orders: orders.by_ref().take(CHUNK).collect(),
            cases: cases.by_ref().take(CHUNK).collect(),
            customers: customers.by_ref().take(CHUNK).collect(),
        });
    }
    parts
}
