//! Capability of a lane, for the truth: P90 by Kaplan–Meier over the deliveries started in the 28 days before T, seen as
//! of T. The window is `[T − 28 d, T)`; a delivery finished at T itself is finished. Written from `FACTS`, apart from
//! the product's own code, so that each can catch the other's mistakes.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::{
    centre::LaneName,
    clock::{DAY, Seconds, minutes_between},
};

const WINDOW: i64 = 28 * DAY;
/// Fewest finished deliveries that say anything.
const LEAST_FINISHED: u32 = 20;
/// Slack for the rounding of a product of fractions: S = 0.1 exactly must count as reached.
const SLACK: f64 = 1e-9;

/// How wide the lane had to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Origin, destination, carrier and service.
    Lane,
    /// Origin, carrier and service.
    OriginCarrierService,
    /// Carrier and service.
    CarrierService,
}

/// What a lane could do at some time T.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// Nine of ten deliveries take at most this long, minutes; `None` where the curve never gets there.
    pub p90_min: Option<u32>,
    /// The deliveries it rests on; `None` where even the widest were too few.
    pub level: Option<Level>,
    /// Deliveries in the window, finished or not.
    pub deliveries: u32,
    /// Those finished by T.
    pub finished: u32,
}

/// Deliveries of one lane, or of a wider family of lanes, in the window.
#[derive(Default)]
pub(crate) struct Cohort {
    /// In order of start: start and duration.
    started: VecDeque<(Seconds, u32)>,
    /// Finished ones in the window by duration, minutes.
    finished: BTreeMap<u32, u32>,
    finished_count: u32,
    /// Open ones in the window by start, with how many began then.
    open: BTreeMap<Seconds, u32>,
    open_count: u32,
}

impl Cohort {
    pub(crate) fn start(&mut self, at: Seconds, minutes: u32) {
        self.forget(at);
        self.started.push_back((at, minutes));
        *self.open.entry(at).or_default() += 1;
        self.open_count += 1;
    }

    pub(crate) fn finish(&mut self, started: Seconds, minutes: u32) {
        if take(&mut self.open, &started) {
            self.open_count -= 1;
            *self.finished.entry(minutes).or_default() += 1;
            self.finished_count += 1;
        }
    }

    /// Drops what started before the window that ends at `now`.
    fn forget(&mut self, now: Seconds) {
        while let Some(&(at, minutes)) = self.started.front() {
            if at >= now - WINDOW {
                break;
            }
            self.started.pop_front();
            // What was open when its start left the window is not counted when it finishes later.
            if at + i64::from(minutes) * 60 <= now && take(&mut self.finished, &minutes) {
                self.finished_count -= 1;
            } else if take(&mut self.open, &at) {
                self.open_count -= 1;
            }
        }
    }

    /// The smallest duration x with P(duration ≤ x) ≥ `share`, as of `now`.
    pub(crate) fn quantile(&mut self, now: Seconds, share: f64) -> Option<u32> {
        self.forget(now);
        let mut at_risk = f64::from(self.finished_count + self.open_count);
        let mut surviving = 1.0;
        let mut censored = self.open.iter().rev().map(|(at, count)| (minutes_between(*at, now), *count)).peekable();
        for (&minutes, &count) in &self.finished {
            while let Some((_, gone)) = censored.next_if(|(after, _)| *after < minutes) {
                at_risk -= f64::from(gone);
            }
            surviving *= (at_risk - f64::from(count)) / at_risk;
            at_risk -= f64::from(count);
            if 1.0 - surviving >= share - SLACK {
                return Some(minutes);
            }
        }
        None
    }

    /// P(duration ≤ `limit`) as of `now`.
    pub(crate) fn share_within(&mut self, now: Seconds, limit: u32) -> f64 {
        self.forget(now);
        let mut at_risk = f64::from(self.finished_count + self.open_count);
        let mut surviving = 1.0;
        let mut censored = self.open.iter().rev().map(|(at, count)| (minutes_between(*at, now), *count)).peekable();
        for (&minutes, &count) in self.finished.range(..=limit) {
            while let Some((_, gone)) = censored.next_if(|(after, _)| *after < minutes) {
                at_risk -= f64::from(gone);
            }
            surviving *= (at_risk - f64::from(count)) / at_risk;
            at_risk -= f64::from(count);
        }
        1.0 - surviving
    }

    pub(crate) fn counts(&mut self, now: Seconds) -> (u32, u32) {
        self.forget(now);
        (self.finished_count + self.open_count, self.finished_count)
    }
}

/// Takes one from the count under `key`; whether there was one.
fn take<K: Ord>(counts: &mut BTreeMap<K, u32>, key: &K) -> bool {
    let Some(count) = counts.get_mut(key) else { return false };
    *count -= 1;
    if *count == 0 {
        counts.remove(key);
    }
    true
}

/// Origin and destination as far as they count, carrier and service.
type Family<'a> = (Option<&'a str>, Option<&'a str>, &'a str, &'a str);

/// Every cohort of the centre. Times given to it never go back.
pub(crate) struct Capabilities {
    /// Cohorts of each lane: its own and the two wider ones.
    of_lane: Vec<[usize; 3]>,
    cohorts: Vec<Cohort>,
}

const LEVELS: [Level; 3] = [Level::Lane, Level::OriginCarrierService, Level::CarrierService];

impl Capabilities {
    pub(crate) fn new<'a>(lanes: impl Iterator<Item = &'a LaneName>) -> Self {
        let mut numbers: HashMap<Family<'_>, usize> = HashMap::new();
        let mut of_lane = Vec::new();
        for lane in lanes {
            let (origin, destination) = (lane.origin.as_str(), lane.destination.as_str());
            of_lane.push([(Some(origin), Some(destination)), (Some(origin), None), (None, None)].map(|(from, to)| {
                let next = numbers.len();
                *numbers.entry((from, to, lane.carrier.as_str(), lane.service.as_str())).or_insert(next)
            }));
        }
        let cohorts = (0..numbers.len()).map(|_| Cohort::default()).collect();
        Self { of_lane, cohorts }
    }

    fn each(&mut self, lane: u16, mut act: impl FnMut(&mut Cohort)) {
        // Two levels of a lane never share a cohort: their keys differ in what they leave out.
        for number in self.of_lane.get(usize::from(lane)).into_iter().flatten().collect::<BTreeSet<_>>() {
            if let Some(cohort) = self.cohorts.get_mut(*number) {
                act(cohort);
            }
        }
    }

    pub(crate) fn start(&mut self, lane: u16, at: Seconds, minutes: u32) {
        self.each(lane, |cohort| cohort.start(at, minutes));
    }

    pub(crate) fn finish(&mut self, lane: u16, started: Seconds, minutes: u32) {
        self.each(lane, |cohort| cohort.finish(started, minutes));
    }

    /// What the lane can do as of `now`, by the narrowest cohort with enough finished deliveries.
    pub(crate) fn at(&mut self, lane: u16, now: Seconds) -> Capability {
        let numbers = self.of_lane.get(usize::from(lane)).copied().unwrap_or_default();
        for (number, level) in numbers.into_iter().zip(LEVELS) {
            let Some(cohort) = self.cohorts.get_mut(number) else { continue };
            let (deliveries, finished) = cohort.counts(now);
            if finished >= LEAST_FINISHED {
                return Capability { p90_min: cohort.quantile(now, 0.9), level: Some(level), deliveries, finished };
            }
        }
        Capability { p90_min: None, level: None, deliveries: 0, finished: 0 }
    }

    /// The lane's own cohort.
    pub(crate) fn own(&mut self, lane: u16) -> Option<&mut Cohort> {
        let number = *self.of_lane.get(usize::from(lane))?.first()?;
        self.cohorts.get_mut(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P90 of deliveries given as (start minute, duration minutes), seen at minute `now`.
    fn p90(deliveries: &[(i64, u32)], now: i64) -> Option<u32> {
        let mut cohort = Cohort::default();
        for &(start, minutes) in deliveries {
            cohort.start(start * 60, minutes);
        }
        for &(start, minutes) in deliveries {
            if start + i64::from(minutes) <= now {
                cohort.finish(start * 60, minutes);
            }
        }
        cohort.quantile(now * 60, 0.9)
    }

    #[test]
    fn capability_by_hand() {
        // Ten finished, 1..=10 minutes: S after 9 is exactly 0.1.
        assert_eq!(p90(&(1..=10).map(|d| (0, d)).collect::<Vec<_>>(), 100), Some(9));
        // The tenth is open at 100 minutes: S stays 0.1 after 9.
        assert_eq!(p90(&(1..=9).map(|d| (0, d)).chain([(0, 500)]).collect::<Vec<_>>(), 100), Some(9));
        // Two of ten open: S = 0.2 after the last: never.
        assert_eq!(p90(&(1..=8).map(|d| (0, d)).chain([(0, 500), (0, 501)]).collect::<Vec<_>>(), 100), None);
        // One censored at 4: 1,2,3 finished of 10 (S=.7), then 6 at risk: 5..=10. After 9: .7/6, after 10: 0.
        let early = [(0, 1), (0, 2), (0, 3), (96, 90), (0, 5), (0, 6), (0, 7), (0, 8), (0, 9), (0, 10)];
        assert_eq!(p90(&early, 100), Some(10));
        // Finished exactly now counts as finished; open ones alone say nothing.
        assert_eq!(p90(&[(0, 100)], 100), Some(100));
        assert_eq!(p90(&[(0, 101)], 100), None);
    }

    #[test]
    fn the_window_is_28_days() {
        let day = 24 * 60;
        let old =
            |start: i64| (0..20).map(|n| (start, 10 + n)).chain((0..20).map(|n| (27 * day, 1 + n))).collect::<Vec<_>>();
        assert_eq!(p90(&old(0), 28 * day), Some(25), "started exactly 28 days before: in");
        assert_eq!(p90(&old(0), 28 * day + 1), Some(18), "a minute more: out");
    }
}
