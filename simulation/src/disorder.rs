//! Events as a transport delivers them: some days late, some twice, or in no order at all.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use crate::{
    clock::{DAY, MINUTE},
    dice::Dice,
    simulation::SimulatedEvent,
};

/// Purpose of these draws.
const ARRIVAL: u64 = 3;
/// Latest a late event arrives after it happened.
const LATEST: i64 = 5 * DAY;

/// How events go astray. None by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Disorder {
    /// Seed of these draws; the events stay the same.
    pub seed: u64,
    /// In no order at all. Holds every event in memory.
    pub shuffled: bool,
    /// Share of events delivered a second time, byte for byte, up to five days later.
    pub duplicate_share: f64,
    /// Share of events that arrive between a minute and five days after they happened.
    pub late_share: f64,
}

/// Events in the order in which they arrive. What is late or double waits in memory for at most five simulated days.
pub struct Arrivals<I> {
    events: I,
    dice: Dice,
    shuffled: bool,
    duplicate_per_million: u32,
    late_per_million: u32,
    /// Due by second of arrival, then in turn; shuffled: by a draw.
    waiting: BinaryHeap<Reverse<(i64, u64)>>,
    held: HashMap<u64, SimulatedEvent>,
    turn: u64,
    next: Option<SimulatedEvent>,
}

impl Disorder {
    /// Delivers `events` this way.
    pub fn deliver<I: Iterator<Item = SimulatedEvent>>(&self, mut events: I) -> Arrivals<I> {
        let per_million = |share: f64| (share.clamp(0.0, 1.0) * 1e6) as u32;
        let next = events.next();
        Arrivals {
            events,
            dice: Dice::new(self.seed, ARRIVAL, 0),
            shuffled: self.shuffled,
            duplicate_per_million: per_million(self.duplicate_share),
            late_per_million: per_million(self.late_share),
            waiting: BinaryHeap::new(),
            held: HashMap::new(),
            turn: 0,
            next,
        }
    }
}

impl<I: Iterator<Item = SimulatedEvent>> Arrivals<I> {
    fn hold(&mut self, event: SimulatedEvent, after: i64) {
        let drawn = self.dice.below_wide(1 << 62) as i64;
        let at = if self.shuffled { drawn } else { event.occurred_at.as_second() + after };
        self.turn += 1;
        self.waiting.push(Reverse((at, self.turn)));
        self.held.insert(self.turn, event);
    }

    fn delay(&mut self) -> i64 {
        self.dice.between(MINUTE, LATEST)
    }

    /// Takes the next event of the run and decides how it arrives.
    fn take(&mut self, event: SimulatedEvent) {
        if self.dice.below(1_000_000) < self.duplicate_per_million {
            let after = self.delay();
            self.hold(event.clone(), after);
        }
        let late = self.dice.below(1_000_000) < self.late_per_million;
        let after = if late { self.delay() } else { 0 };
        self.hold(event, after);
        self.next = self.events.next();
    }
}

impl<I: Iterator<Item = SimulatedEvent>> Iterator for Arrivals<I> {
    type Item = SimulatedEvent;

    fn next(&mut self) -> Option<SimulatedEvent> {
        // An event that has not happened cannot arrive before those due by now.
        while let Some(event) = self.next.take() {
            let now = event.occurred_at.as_second();
            let due = self.waiting.peek().is_some_and(|Reverse((at, _))| *at < now);
            if due && !self.shuffled {
                self.next = Some(event);
                break;
            }
            self.take(event);
        }
        let Reverse((_, turn)) = self.waiting.pop()?;
        self.held.remove(&turn)
    }
}
