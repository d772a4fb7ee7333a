//! How often the projector works, and how long it rests: the flow goes first, but new facts are seen within a minute.

use std::time::{Duration, Instant};

/// Offsets of one slice while little is left: bounds what one run loads.
const SLICE_OFFSETS: u64 = 100_000;
/// Offsets of one slice while much is left: what a run costs besides its rows is paid once for all of them.
const LONG_SLICE_OFFSETS: u64 = 300_000;

/// For how long records are measured again between two looks.
const LONGEST_MEASURING: Duration = Duration::from_secs(10);
/// For how long at least: less than that would not get on.
const SHORTEST_MEASURING: Duration = Duration::from_secs(1);

/// How often the projector looks for new facts, and how much of the time it may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Rest after a look that found nothing.
    pub idle: Duration,
    /// Rest after a run, in times of what the run took. The engine works on all cores for a run: 8 leaves the flow eight ninths of the machine.
    pub rest: u32,
    /// Longest rest: together with a run it must stay within a minute.
    pub longest_rest: Duration,
    /// How old the oldest fact not yet worked out may be when the next run ends.
    pub oldest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(2),
            rest: 8,
            longest_rest: Duration::from_secs(20),
            oldest: Duration::from_secs(45),
        }
    }
}

/// What the rest depends on: how long runs take, and since when something may wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pace: Pace,
    /// The last look of which everything is worked out: whatever waits was stored after it.
    done: Instant,
    /// The longest of the last runs, forgotten slowly.
    run: Duration,
    /// When records were last measured again.
    measured: Instant,
}

impl Clock {
    pub(super) fn new(pace: Pace, now: Instant) -> Self {
        Self { pace, done: now, run: Duration::ZERO, measured: now }
    }

    /// Everything that was stored at `look` is worked out.
    pub(super) fn covered(&mut self, look: Instant) {
        self.done = look;
    }

    /// Until when records may be measured again from `now` on: while much comes in, for as small a part of the time as runs have that
    /// rest.
    pub(super) fn measure_until(&self, now: Instant, is_quiet: bool) -> Instant {
        let share = now.duration_since(self.measured) / self.pace.rest.max(1);
        now + if is_quiet { LONGEST_MEASURING } else { share.clamp(SHORTEST_MEASURING, LONGEST_MEASURING) }
    }

    /// Records were measured again until `now`.
    pub(super) fn measured(&mut self, now: Instant) {
        self.measured = now;
    }

    /// Offsets of the next slice, where so many are left.
    pub(super) fn slice(left: u64) -> u64 {
        left.min(if left > SLICE_OFFSETS { LONG_SLICE_OFFSETS } else { SLICE_OFFSETS })
    }

    /// The rest after a run that took `run`, where `more` such runs wait for what is stored already: so many times the run, but no
    /// longer than that these end in time.
    pub(super) fn rest(&mut self, now: Instant, run: Duration, more: u32) -> Duration {
        self.run = run.max(self.run - self.run / 4);
        let wanted = (run * self.pace.rest).min(self.pace.longest_rest);
        let runs = self.run * more.max(1);
        let left = self.pace.oldest.saturating_sub(now.duration_since(self.done)).saturating_sub(runs);
        // The rests between these runs share what is left.
        wanted.min(left / more.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn rests_give_way_to_the_age_of_what_waits() {
        let begun = Instant::now();
        let check = |waits: u64, run: u64, more: u32, rest: Duration| {
            let mut clock = Clock::new(Pace::default(), begun);
            assert_eq!(clock.rest(begun + s(waits), s(run), more), rest, "{waits} s, {run} s, {more} more");
        };
        check(1, 1, 0, s(8));
        check(1, 5, 0, s(20));
        check(20, 1, 1, s(8));
        check(40, 1, 1, s(4));
        check(10, 5, 5, s(2));
        check(44, 5, 1, s(0));
        check(300, 5, 1, s(0));
    }

    #[test]
    fn measuring_again_gets_a_part_of_the_time_while_much_comes_in() {
        let begun = Instant::now();
        let check = |since: u64, is_quiet: bool, lasts: Duration| {
            let mut clock = Clock::new(Pace::default(), begun);
            clock.measured(begun + s(7));
            let now = begun + s(7 + since);
            assert_eq!(clock.measure_until(now, is_quiet) - now, lasts, "{since} s, quiet: {is_quiet}");
        };
        check(0, false, s(1));
        check(40, false, s(5));
        check(4_000, false, s(10));
        check(0, true, s(10));
    }

    #[test]
    fn much_is_taken_in_long_slices() {
        for (left, slice) in [(1, 1), (100_000, 100_000), (250_000, 250_000), (5_000_000, 300_000)] {
            assert_eq!(Clock::slice(left), slice);
        }
    }
}
