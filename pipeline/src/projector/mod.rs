//! Attribution kept up: what new facts touch is worked out again, and nothing else.
//!
//! Follows the warehouse, not the source: it reads what is stored and durable, slice by slice of the source's offsets, asks the
//! warehouse which records, orders and cases the slice touches, loads all facts of these, works them out by the pure
//! functions of `tingjian-attribution`, and writes them. How far it has come is noted last, so after a crash the same slice
//! is worked out again, with the same outcome. A row rests on facts alone, never on the row before it.

mod ground;
mod load;
mod measure;
mod pace;
mod rows;
mod trips;
mod void;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tingjian_attribution::{attribute, case_entries, chains, order_entries};
use tingjian_schemas::{LinkKey, Partition, Positions, Taxonomy};
use tingjian_warehouse::{LeftKey, LeftTrip, Projected, Slice, StoredRecord, Touched, Warehouse, WarehouseError};
use tokio::sync::watch;

use crate::current::Current;
use ground::Ground;
use measure::Pass;
use pace::Clock;
pub use pace::Pace;

/// Records, orders or cases loaded at a time.
const CHUNK: usize = 20_000;
/// Offsets of one look beyond which hours are not counted ahead: they would be touched again at once.
const QUIET_OFFSETS: u64 = 50_000;
/// Days whose hours are counted at a time.
const DAYS_AT_ONCE: u32 = 7;
/// Days counted after one look at most.
const DAYS_PER_LOOK: u32 = 28;
/// What was touched this lately may be touched by another process yet, whose mark is on its way.
const SETTLED: Duration = Duration::from_secs(2);

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
    /// For versions: of two rows of one unit the one worked out later counts.
    clock: fn() -> Timestamp,
    /// The last version given out; 0: none yet.
    version: Arc<AtomicU64>,
}

/// For which time what is open was last worked out; `None`: nobody knows.
type Seen = Option<Timestamp>;

impl Projector {
    /// A projector over a migrated warehouse.
    pub fn new(warehouse: Warehouse, taxonomy: impl Into<Current<Taxonomy>>, clock: fn() -> Timestamp) -> Self {
        Self { warehouse, taxonomy: taxonomy.into(), clock, version: Arc::default() }
    }

    /// Follows the warehouse until `stop` turns true; waits while it is away.
    pub async fn run(self, pace: Pace, mut stop: watch::Receiver<bool>) {
        let (mut seen, mut pass, mut clock) = (None, None, Clock::new(pace, Instant::now()));
        loop {
            let begun = Instant::now();
            let rest = match self.look(&mut seen, &mut pass, &mut clock).await {
                Ok(0) => pace.idle,
                Ok(_) => clock.rest(Instant::now(), begun.elapsed().min(pace.longest_rest), 0).max(pace.idle),
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

    /// Works out what is stored by now, then goes on measuring again.
    async fn look(&self, seen: &mut Seen, pass: &mut Option<Pass>, clock: &mut Clock) -> Result<usize, ProjectorError> {
        let (look, is_quiet) = (Instant::now(), self.is_quiet().await?);
        let mut written = self.advance(seen, Some(clock)).await?;
        clock.covered(look);
        let begun = Instant::now();
        written += self.measure(pass, Some(clock.measure_until(begun, is_quiet))).await?;
        clock.measured(Instant::now());
        if is_quiet {
            self.count_ahead(SETTLED, DAYS_PER_LOOK).await?;
            self.warehouse.merge_wholes().await?;
        }
        Ok(written)
    }

    /// Whether little waits.
    async fn is_quiet(&self) -> Result<bool, ProjectorError> {
        let (stored, done) = (self.warehouse.positions().await?, self.warehouse.projected().await?);
        Ok(waiting(&stored, &done) <= QUIET_OFFSETS)
    }

    /// Works out everything that is stored by now; says how many rows were written. `seen` is the moment for which what is
    /// open was last worked out.
    ///
    /// # Errors
    /// The warehouse is away; what was noted as done is done.
    pub async fn catch_up(&self, seen: &mut Seen) -> Result<usize, ProjectorError> {
        let written = self.advance(seen, None).await? + self.measure(&mut None, None).await?;
        self.count_ahead(Duration::ZERO, u32::MAX).await?;
        Ok(written)
    }

    /// The same, resting after each slice: the flow, which has just stored a lot, goes first.
    async fn advance(&self, seen: &mut Seen, mut clock: Option<&mut Clock>) -> Result<usize, ProjectorError> {
        self.begin_versions().await?;
        let (stored, done) = (self.warehouse.positions().await?, self.warehouse.projected().await?);
        let Some(as_of) = self.warehouse.newest_event_at().await? else { return Ok(0) };
        let back = seen.is_none_or(|seen| as_of < seen);
        let (mut written, mut moved) = (0, *seen != Some(as_of));
        let mut left = waiting(&stored, &done);
        for (partition, upto) in stored.iter() {
            let mut from = done.next(partition);
            while from < upto {
                let (begun, end) = (Instant::now(), from + Clock::slice(upto - from));
                left -= end - from;
                // What is open is worked out once, with the last slice.
                let last = moved && left == 0;
                let slice =
                    Slice { partition: partition.clone(), from, upto: end, moved: last, back: last && back, as_of };
                written += self.project(&slice).await?;
                moved &= !last;
                self.warehouse.note_projected(partition, end, self.version()).await?;
                from = end;
                if let Some(clock) = clock.as_deref_mut().filter(|_| left > 0) {
                    let more = u32::try_from(left.div_ceil(Clock::slice(left).max(1))).unwrap_or(u32::MAX);
                    tokio::time::sleep(clock.rest(Instant::now(), begun.elapsed(), more)).await;
                }
            }
        }
        if moved && let Some((partition, upto)) = stored.iter().next() {
            let slice = Slice { partition: partition.clone(), from: upto, upto, moved, back, as_of };
            written += self.project(&slice).await?;
        }
        *seen = Some(as_of);
        Ok(written)
    }

    /// Works everything out from nothing, telling how many offsets are done of how many. What was worked out before stays until
    /// its place is taken; what nobody tells any more is dropped at the end. So it can be asked meanwhile, and a projector that
    /// follows beside does no harm.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn rebuild(&self, mut told: impl FnMut(u64, u64)) -> Result<usize, ProjectorError> {
        self.begin_versions().await?;
        let begun = self.version();
        let stored = self.warehouse.positions().await?;
        let Some(as_of) = self.warehouse.newest_event_at().await? else { return Ok(0) };
        let total = waiting(&stored, &Positions::default());
        let (mut written, mut done) = (0, 0);
        for (partition, upto) in stored.iter() {
            let mut from = 0;
            while from < upto {
                let end = from + Clock::slice(upto - from);
                let slice = Slice { partition: partition.clone(), from, upto: end, moved: false, back: false, as_of };
                written += self.project(&slice).await?;
                done += end - from;
                from = end;
                told(done, total);
            }
            self.advance_to(partition, upto).await?;
        }
        let hours = self.warehouse.drop_projected_before(begun).await?;
        self.warehouse.touch_hours(hours, self.version()).await?;
        let mut pass = self.begin_pass(&Positions::default(), stored).await?;
        written += self.measure(&mut pass, None).await?;
        self.count_ahead(Duration::ZERO, u32::MAX).await?;
        Ok(written)
    }

    /// What was counted ahead of the hours of these times counts no more.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn touch(&self, times: &[Timestamp]) -> Result<(), ProjectorError> {
        self.begin_versions().await?;
        let hours: BTreeSet<u32> = times.iter().filter_map(|time| hour(time.as_millisecond())).collect();
        Ok(self.warehouse.touch_hours(hours, self.version()).await?)
    }

    /// Notes how far it has come, unless somebody has come farther.
    async fn advance_to(&self, partition: &Partition, upto: u64) -> Result<(), ProjectorError> {
        if self.warehouse.projected().await?.next(partition) < upto {
            self.warehouse.note_projected(partition, upto, self.version()).await?;
        }
        Ok(())
    }

    /// Works one slice out.
    async fn project(&self, slice: &Slice) -> Result<usize, ProjectorError> {
        let touched = self.warehouse.touched(slice).await?;
        let mut hours: BTreeSet<u32> = self.warehouse.hours_of(slice).await?.into_iter().collect();
        let (mut written, mut ground) = (0, Ground::default());
        for part in parts(touched) {
            written += self.write(part, &mut ground, slice.as_of, &mut hours).await?;
        }
        // After everything that touches them: whoever counts them before this counts them again.
        self.warehouse.touch_hours(hours, self.version()).await?;
        if written > 0 {
            tracing::debug!(source = %slice.partition.source, slice.from, slice.upto, written, "worked out");
        }
        Ok(written)
    }

    /// Works a part out and writes it; says how many rows, and adds the hours it touches, which are to be marked.
    async fn write(
        &self,
        part: Touched,
        ground: &mut Ground,
        as_of: Timestamp,
        hours: &mut BTreeSet<u32>,
    ) -> Result<usize, ProjectorError> {
        let projected = self.work_out(part, ground, as_of).await?;
        self.warehouse.write_projected(&projected).await?;
        hours.extend(projected.attributions.iter().filter_map(|row| hour(row.occurred_at)));
        let told = projected.attributions.len() + projected.entries.len();
        Ok(told + projected.cases.len() + projected.places.len())
    }

    async fn work_out(
        &self,
        touched: Touched,
        ground: &mut Ground,
        as_of: Timestamp,
    ) -> Result<Projected, ProjectorError> {
        let loaded = load::load(&self.warehouse, &self.taxonomy.get(), touched, ground, as_of).await?;
        // Work, not waiting.
        let version = self.version();
        Ok(tokio::task::spawn_blocking(move || project(&loaded, as_of, version)).await?)
    }

    /// Counts hours ahead that were touched, the newest days first.
    async fn count_ahead(&self, settled: Duration, most_days: u32) -> Result<(), ProjectorError> {
        let mut counted = 0;
        while counted < most_days {
            let version = self.version();
            let before = version.saturating_sub(u64::try_from(settled.as_micros()).unwrap_or(u64::MAX));
            let days = self.warehouse.uncounted_days(before, DAYS_AT_ONCE).await?;
            if days.is_empty() {
                break;
            }
            self.warehouse.count_days(&days, version).await?;
            counted += u32::try_from(days.len()).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    /// Versions grow, whatever the clock says and whoever gave the last one out.
    async fn begin_versions(&self) -> Result<(), ProjectorError> {
        if self.version.load(Ordering::Relaxed) == 0 {
            let last = self.warehouse.projected_version().await?;
            self.version.fetch_max(last, Ordering::Relaxed);
        }
        Ok(())
    }

    fn version(&self) -> u64 {
        let now = u64::try_from((self.clock)().as_microsecond()).unwrap_or(0);
        let next = |last: u64| Some(now.max(last + 1));
        self.version.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).map_or(now, |last| now.max(last + 1))
    }
}

/// Offsets stored and not worked out.
fn waiting(stored: &Positions, done: &Positions) -> u64 {
    stored.iter().map(|(partition, upto)| upto.saturating_sub(done.next(partition))).sum()
}

/// The hour in which a time in milliseconds lies, in seconds since 1970.
fn hour(millis: i64) -> Option<u32> {
    u32::try_from(millis.div_euclid(3_600_000) * 3_600).ok()
}

/// Everything touched, worked out. Pure.
fn project(loaded: &load::Loaded, as_of: Timestamp, version: u64) -> Projected {
    let facts = &loaded.facts;
    let contacts = loaded.records.iter().filter_map(|id| facts.contact(id));
    let told = contacts.map(|contact| (contact, attribute(facts, contact, as_of)));
    let spoken = told.filter(|(contact, told)| rows::rests_on_facts(facts, contact, told));
    let orders = loaded.orders.iter().map(|order| {
        rows::entries("order", *order, &order_entries(facts, order, as_of), facts.awaits(order, as_of), version)
    });
    let cases = loaded.cases.iter().map(|case| {
        rows::entries("case", *case, &case_entries(facts, case, as_of), facts.awaits_callback(case, as_of), version)
    });
    let counts = void::contacts(facts);
    let places = chains(facts, as_of).into_iter().flat_map(|chain| chain.contacts);
    let mut projected = Projected {
        attributions: spoken.map(|(contact, told)| rows::attribution(contact, &told, version)).collect(),
        entries: orders.chain(cases).collect(),
        cases: loaded.cases.iter().map(|case| rows::case_times(facts, *case, as_of, version)).collect(),
        places: places
            .filter_map(|place| {
                let customer = facts.contact(&place.record_id)?.customer?;
                let chained = loaded.customers.contains(&customer) && counts.get(&customer).is_some_and(|n| *n > 1);
                chained.then(|| rows::place(&place, customer, version))
            })
            .collect(),
        trips: loaded.orders.iter().flat_map(|order| trips::of(loaded, *order, version)).collect(),
    };
    void::untold(loaded, &mut projected, version);
    projected
}

/// Cuts what is touched into parts that fit into memory: orders, cases and customers, then records in order of time, which are measured
/// by what the orders did. A record's facts are loaded with it wherever it is.
fn parts(touched: Touched) -> Vec<Touched> {
    let mut parts: Vec<Touched> = Vec::new();
    let mut left_trips: std::collections::HashMap<LinkKey, Vec<LeftTrip>> = std::collections::HashMap::new();
    for left in touched.left_trips {
        left_trips.entry(left.order).or_default().push(left);
    }
    let mut orders = touched.orders.into_iter().peekable();
    let mut cases = touched.cases.into_iter().peekable();
    let mut customers = touched.customers.into_iter().peekable();
    while orders.peek().is_some() || cases.peek().is_some() || customers.peek().is_some() {
        let orders: BTreeSet<LinkKey> = orders.by_ref().take(CHUNK).collect();
        parts.push(Touched {
            left_trips: orders.iter().filter_map(|order| left_trips.remove(order)).flatten().collect(),
            orders,
            cases: cases.by_ref().take(CHUNK).collect(),
            customers: customers.by_ref().take(CHUNK).collect(),
            ..Touched::default()
        });
    }
    parts.extend(parts_of_records(touched.records, touched.left));
    parts
}

fn parts_of_records(mut records: Vec<StoredRecord>, left: Vec<LeftKey>) -> impl Iterator<Item = Touched> {
    let mut of_record: std::collections::HashMap<String, Vec<LeftKey>> = std::collections::HashMap::new();
    for key in left {
        of_record.entry(key.record_id.clone()).or_default().push(key);
    }
    records.sort_unstable_by_key(|stored| stored.record.head.occurred_at);
    let mut records = records.into_iter();
    std::iter::from_fn(move || {
        let records: Vec<StoredRecord> = records.by_ref().take(CHUNK).collect();
        // With the record as it is now.
        let left = records.iter().filter_map(|stored| of_record.remove(&stored.record.head.event_id)).flatten();
        let left = left.collect();
        (!records.is_empty()).then_some(Touched { records, left, ..Touched::default() })
    })
}
