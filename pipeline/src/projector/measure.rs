//! Records measured on a lane before something was known of it, measured again.
//!
//! What a delivery changes lies behind it: all that was measured on its lane since it began. So this is not done for each slice, which
//! then would cost more the more is stored, but for all slices since the last pass together, and a little at a time: what events touch
//! themselves goes first. A pass compares what is stored with what the lanes could do as they are known now, and works out again what
//! differs; how far it has come is noted when all of it is done, so after a crash it is done again.

use std::{
    collections::{BTreeSet, HashMap},
    time::Instant,
};

use jiff::Timestamp;
use tingjian_attribution::{Cohorts, Level};
use tingjian_schemas::{Lane, Positions};
use tingjian_warehouse::{LaneChange, Measured, Slice, Touched};

use super::{CHUNK, Projector, ProjectorError, ground::Ground};

/// Milliseconds of the times that are looked at together at first.
const SPAN_MS: i64 = 4 * 24 * 3_600_000;
/// With fewer records than this the next span is twice as long, with more than that half as long.
const RECORDS_OF_SPAN: std::ops::Range<usize> = 20_000..100_000;

/// What one pass has to look at.
pub(super) struct Pass {
    /// What was worked out when it began.
    upto: Positions,
    changes: Changes,
    /// Records measured later are done: milliseconds since 1970.
    next: i64,
    span_ms: i64,
}

/// Since when lanes and their wider families did something else.
#[derive(Default)]
struct Changes {
    lanes: Vec<Lane>,
    since: HashMap<(Level, Lane), i64>,
}

impl Changes {
    fn add(&mut self, change: LaneChange) {
        for level in Level::ALL {
            let since = self.since.entry((level, level.of(&change.lane))).or_insert(i64::MAX);
            *since = change.began.min(*since);
        }
        self.lanes.push(change.lane);
    }

    /// Whether what a record was measured by may have changed: its lane alone counts where that was enough, since deliveries that
    /// leave a lane change it as well.
    fn touch(&self, measured: &Measured) -> bool {
        let level = Level::ALL.into_iter().find(|level| level.name() == measured.level);
        let family = level.unwrap_or(Level::CarrierService);
        self.since.get(&(family, family.of(&measured.lane))).is_some_and(|since| measured.at >= *since)
    }

    fn first(&self) -> Option<i64> {
        self.since.values().min().copied()
    }
}

impl Projector {
    /// A pass over what was measured before lanes did what the source told between two positions; `None` where it told nothing.
    pub(super) async fn begin_pass(&self, from: &Positions, upto: Positions) -> Result<Option<Pass>, ProjectorError> {
        let mut changes = Changes::default();
        let mut is_new = false;
        for (partition, end) in upto.iter().filter(|(partition, end)| from.next(partition) < *end) {
            let (from, as_of) = (from.next(partition), Timestamp::UNIX_EPOCH);
            let run = Slice { partition: partition.clone(), from, upto: end, moved: false, back: false, as_of };
            self.warehouse.lane_changes(&run).await?.into_iter().for_each(|change| changes.add(change));
            is_new = true;
        }
        Ok(is_new.then_some(Pass { upto, changes, next: i64::MAX, span_ms: SPAN_MS }))
    }

    /// Begins a pass over what is worked out by now, unless there is one, and goes on with it until `deadline`; says how many rows were
    /// written. The pass is taken away when it is over.
    pub(super) async fn measure(
        &self,
        pass: &mut Option<Pass>,
        deadline: Option<Instant>,
    ) -> Result<usize, ProjectorError> {
        if pass.is_none() {
            let (from, upto) = (self.warehouse.lanes_measured().await?, self.warehouse.projected().await?);
            *pass = self.begin_pass(&from, upto).await?;
        }
        let Some(open) = pass.as_mut() else { return Ok(0) };
        let Some(as_of) = self.warehouse.newest_event_at().await? else { return Ok(0) };
        let mut written = 0;
        while open.changes.first().is_some_and(|first| first <= open.next) {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(written);
            }
            written += self.measure_span(open, as_of, deadline).await?;
        }
        self.warehouse.note_lanes_measured(&open.upto, self.version()).await?;
        *pass = None;
        Ok(written)
    }

    /// Measures again what was measured last of what is left.
    async fn measure_span(
        &self,
        pass: &mut Pass,
        as_of: Timestamp,
        deadline: Option<Instant>,
    ) -> Result<usize, ProjectorError> {
        let until = pass.next;
        let since = until.min(as_of.as_millisecond()).saturating_sub(pass.span_ms);
        let mut found = self.warehouse.measured(&pass.changes.lanes, (since, until)).await?;
        if found.len() < RECORDS_OF_SPAN.start {
            pass.span_ms = pass.span_ms.saturating_mul(2);
        } else if found.len() > RECORDS_OF_SPAN.end {
            pass.span_ms = (pass.span_ms / 2).max(1);
        }
        found.retain(|measured| pass.changes.touch(measured));
        let mut ground = Ground::default();
        let asked = found.iter().filter_map(|measured| Some((measured.lane.clone(), time(measured)?))).collect();
        let cohorts = ground.cohorts(&self.warehouse, asked).await?;
        found.retain(|measured| is_other(&cohorts, measured));
        found.sort_unstable_by_key(|measured| std::cmp::Reverse(measured.at));
        let mut written = 0;
        for chunk in found.chunks(CHUNK) {
            let keys: Vec<(i64, &str)> =
                chunk.iter().map(|measured| (measured.occurred_at, measured.record_id.as_str())).collect();
            let records = self.warehouse.bare_records(&keys).await?;
            let (part, mut hours) = (Touched { records, ..Touched::default() }, BTreeSet::new());
            written += self.write(part, &mut ground, as_of, &mut hours).await?;
            self.warehouse.touch_hours(hours, self.version()).await?;
            // Those of the same time are looked at again, and are as they should be.
            pass.next = chunk.last().map_or(pass.next, |measured| measured.at);
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(written);
            }
        }
        pass.next = since.saturating_sub(1);
        Ok(written)
    }
}

fn time(measured: &Measured) -> Option<Timestamp> {
    Timestamp::from_millisecond(measured.at).ok()
}

/// Whether the lane could do something else than is stored.
fn is_other(cohorts: &Cohorts, measured: &Measured) -> bool {
    let Some(at) = time(measured) else { return false };
    let now = cohorts.capability(&measured.lane, at);
    now.p90_min != measured.capability_min || now.level.map_or("", Level::name) != measured.level
}
