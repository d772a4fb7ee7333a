//! The window that a capability looks back at, as its end goes on: what begins, ends and grows too old in it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

use jiff::Timestamp;

use crate::{
    cohorts::{Trip, WINDOW_DAYS, life},
    survival,
    time::days_before,
};

/// A window over deliveries in order of start.
pub(crate) struct Window<'a> {
    trips: &'a [Trip],
    /// So many of them have begun.
    begun: usize,
    /// So many of them began before the window does.
    old: usize,
    /// Of those in the window how many ended after so many minutes.
    ended: BTreeMap<u32, usize>,
    finished: usize,
    /// Numbers of those that are under way: the one that began last has lasted least.
    under_way: BTreeSet<usize>,
    /// When they will have ended.
    ends: BinaryHeap<Reverse<(Timestamp, usize)>>,
    at: Timestamp,
}

impl<'a> Window<'a> {
    /// A window before all of them.
    pub fn new(trips: &'a [Trip]) -> Self {
        Self {
            trips,
            begun: 0,
            old: 0,
            ended: BTreeMap::new(),
            finished: 0,
            under_way: BTreeSet::new(),
            ends: BinaryHeap::new(),
            at: Timestamp::MIN,
        }
    }

    /// Its end goes on to `at`, which is not before where it was.
    pub fn advance(&mut self, at: Timestamp) {
        self.at = at;
        while let Some(trip) = self.trips.get(self.begun).filter(|trip| trip.started_at < at) {
            self.under_way.insert(self.begun);
            self.ends.extend(trip.finished_at.map(|finished_at| Reverse((finished_at, self.begun))));
            self.begun += 1;
        }
        while let Some(Reverse((_, number))) = self.ends.peek().copied().filter(|Reverse((end, _))| *end <= at) {
            self.ends.pop();
            self.end(number);
        }
        let since = days_before(at, WINDOW_DAYS);
        while self.old < self.begun && self.trips.get(self.old).is_some_and(|trip| trip.started_at < since) {
            self.leave(self.old);
            self.old += 1;
        }
    }

    /// One that grew too old under way has left already.
    fn end(&mut self, number: usize) {
        if let Some(trip) = self.trips.get(number).filter(|_| self.under_way.remove(&number)) {
            *self.ended.entry(life(trip, self.at).minutes).or_default() += 1;
            self.finished += 1;
        }
    }

    fn leave(&mut self, number: usize) {
        if self.under_way.remove(&number) {
            return;
        }
        let Some(minutes) = self.trips.get(number).map(|trip| life(trip, self.at).minutes) else { return };
        if let Some(count) = self.ended.get_mut(&minutes) {
            *count -= 1;
            if *count == 0 {
                self.ended.remove(&minutes);
            }
            self.finished -= 1;
        }
    }

    /// Deliveries in it that have ended.
    pub const fn finished(&self) -> usize {
        self.finished
    }

    /// All deliveries in it.
    pub const fn deliveries(&self) -> usize {
        self.begun - self.old
    }

    /// The smallest duration that so great a share of them had at most.
    pub fn quantile(&self, share: f64) -> Option<u32> {
        let under_way = self.under_way.iter().rev().filter_map(|number| self.trips.get(*number));
        let lasting = under_way.map(|trip| life(trip, self.at).minutes);
        let ended = self.ended.iter().map(|(minutes, count)| (*minutes, *count));
        survival::quantile(ended, lasting, self.deliveries(), share)
    }
}
