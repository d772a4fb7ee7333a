//! What to simulate.

use jiff::{Timestamp, Zoned, civil::Weekday, tz::TimeZone};

use crate::{causes::Cause, clock};

/// Most weeks one run may cover.
pub const MAX_WEEKS: u32 = 520;
/// Most events one run may aim at: beyond it telephone numbers would no longer be different for every customer.
pub const MAX_EVENTS: u64 = 30_000_000;

/// One run: the same options give the same bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Seed of every draw. It is part of every id, so runs of different seeds can be loaded side by side.
    pub seed: u64,
    /// First instant (inclusive). Weeks are counted from here, so it should be a Monday's midnight.
    pub start: Timestamp,
    /// How many weeks.
    pub weeks: u32,
    /// About how many events in all (within a few per cent for runs of several weeks).
    pub events: u64,
    /// Which truths are planted.
    pub scenario: Scenario,
}

/// Switches for what is planted. Lanes, agents and departments with their habits are always there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Three campaigns: agents told days late, never, and in time.
    pub promotions: bool,
    /// Week (0 = first) from which three lanes promise a third of what they used to.
    pub over_promise_wave: Option<u32>,
    /// A rare cause that becomes frequent for a week.
    pub rise: Option<Rise>,
    /// Whether customers who name no order come back; their chains rest on the cause group, so they can only be
    /// told exactly by one who knows the causes.
    pub orderless_chains: bool,
    /// Fixed weekly numbers of orders on the two lanes with too few deliveries.
    pub rare_lanes: bool,
}

/// A cause that occurs `factor` times as often as usual for one week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rise {
    /// Leaf code.
    pub cause: String,
    /// Week, 0 = first.
    pub week: u32,
    /// How many times the usual.
    pub factor: u32,
}

/// Options nobody can simulate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// `weeks` out of range.
    #[error("weeks must be 1 to {MAX_WEEKS}, not {0}")]
    Weeks(u32),
    /// `events` out of range.
    #[error("events must be 1 to {MAX_EVENTS}, not {0}")]
    Events(u64),
    /// A scenario names a week that is not simulated.
    #[error("{what} begins in week {week}, but there are only {weeks} weeks (the first is 0)")]
    Week {
        /// Which switch.
        what: &'static str,
        /// The week it names.
        week: u32,
        /// How many there are.
        weeks: u32,
    },
    /// A rise of something that is not a leaf.
    #[error("unknown cause {0:?}")]
    Cause(String),
    /// A rise by nothing or beyond measure.
    #[error("a rise is by a factor of 2 to 50, not {0}")]
    Factor(u32),
    /// `start` cannot be written as a date between the years 1970 and 9999.
    #[error("start {0} is out of range")]
    Start(Timestamp),
    /// A bundled data file is wrong.
    #[error("bundled file {file}: {reason}")]
    Data {
        /// Which file.
        file: &'static str,
        /// What is wrong in it.
        reason: String,
    },
}

impl Default for Scenario {
    fn default() -> Self {
        Self { promotions: true, over_promise_wave: None, rise: None, orderless_chains: true, rare_lanes: true }
    }
}

impl Scenario {
    /// Nothing changes from week to week: no campaign, no wave, no rise.
    pub fn quiet() -> Self {
        Self { promotions: false, ..Self::default() }
    }
}

impl Options {
    /// `weeks` whole ISO weeks (of Shanghai), the last of them the one before the week `until` lies in, with
    /// campaigns and, where there are at least four weeks, an over-promise wave in the last quarter.
    ///
    /// # Errors
    /// [`OptionsError::Start`] where the weeks would begin before 1970.
    pub fn ending(until: Timestamp, weeks: u32, events: u64, seed: u64) -> Result<Self, OptionsError> {
        let local: Zoned = until.to_zoned(TimeZone::fixed(jiff::tz::offset(8)));
        let monday = if local.weekday() == Weekday::Monday {
            local.start_of_day()
        } else {
            local.nth_weekday(-1, Weekday::Monday).and_then(|day| day.start_of_day())
        };
        let monday = monday.map_err(|_| OptionsError::Start(until))?.timestamp();
        let start = Timestamp::from_second(monday.as_second() - i64::from(weeks) * clock::WEEK)
            .map_err(|_| OptionsError::Start(until))?;
        let over_promise_wave = (weeks >= 4).then(|| weeks - weeks.div_ceil(4));
        let scenario = Scenario { over_promise_wave, ..Scenario::default() };
        Ok(Self { seed, start, weeks, events, scenario })
    }

    /// The first instant that is no longer simulated.
    pub fn end(&self) -> clock::Seconds {
        self.start.as_second() + i64::from(self.weeks) * clock::WEEK
    }

    /// # Errors
    /// The first thing that is wrong.
    pub(crate) fn check(&self) -> Result<(), OptionsError> {
        if !(1..=MAX_WEEKS).contains(&self.weeks) {
            return Err(OptionsError::Weeks(self.weeks));
        }
        if !(1..=MAX_EVENTS).contains(&self.events) {
            return Err(OptionsError::Events(self.events));
        }
        if !(0..250_000_000_000).contains(&self.start.as_second()) {
            return Err(OptionsError::Start(self.start));
        }
        let week = |what, week| {
            let fits = week < self.weeks;
            fits.then_some(()).ok_or(OptionsError::Week { what, week, weeks: self.weeks })
        };
        if let Some(wave) = self.scenario.over_promise_wave {
            week("over_promise_wave", wave)?;
        }
        if let Some(rise) = &self.scenario.rise {
            week("rise", rise.week)?;
            Cause::named(&rise.cause).ok_or_else(|| OptionsError::Cause(rise.cause.clone()))?;
            if !(2..=50).contains(&rise.factor) {
                return Err(OptionsError::Factor(rise.factor));
            }
        }
        Ok(())
    }
}
