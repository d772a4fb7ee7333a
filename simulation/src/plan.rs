//! Who gets in touch when, and why: stories planned hour by hour.

mod case;
mod contact;
mod order;
mod orderless;
mod ruling;

pub(crate) use case::LATE_DEPARTMENT;
pub(crate) use ruling::UNFAIR_JUDGE;

use crate::{
    causes::{Cause, LEAVES},
    centre::Centre,
    clock::{HOUR, Seconds, WEEK, hour_of_day, weekday},
    dice::Dice,
    options::{Options, OptionsError},
    story::Story,
    text::{Catalogue, Domain},
};

/// Events of an average story, in thousandths; measured over long runs, so that `Options::events` is about met.
const EVENTS_PER_STORY_PER_MILLE: u64 = 2160;
/// Share of the stories that are about an order, per mille.
const ORDERED_PER_MILLE: u32 = 420;
/// Share of the day's stories by hour in Shanghai; sums to 2400.
const BY_HOUR: [u64; 24] =
    [30, 18, 12, 10, 10, 15, 30, 60, 110, 160, 180, 175, 165, 150, 155, 165, 165, 155, 150, 155, 150, 110, 65, 5];
/// Share of the week's stories by day from Monday; sums to 700.
const BY_DAY: [u64; 7] = [118, 108, 102, 100, 102, 90, 80];
/// Purposes of draws, so that none disturbs another.
const ARRIVALS: u64 = 1;

/// Plans stories. Holds nothing but counters, so an hour's stories depend on the seed and the hour alone.
pub(crate) struct Planner {
    options: Options,
    /// Customers who order; those who name no order are numbered above.
    customers: u64,
    /// Millionths of a story an average hour.
    per_hour: u64,
    rise: Option<(Cause, u32, u32)>,
    /// Domains in which each leaf has phrases.
    domains: Vec<Vec<Domain>>,
    lane_weights: Vec<u32>,
    next_number: u64,
}

/// What planning one story needs.
struct Desk<'a> {
    planner: &'a Planner,
    centre: &'a Centre,
    dice: &'a mut Dice,
    end: Seconds,
}

impl Planner {
    pub(crate) fn new(options: &Options, centre: &Centre, catalogue: &Catalogue) -> Result<Self, OptionsError> {
        let hours = u64::from(options.weeks) * 168;
        let per_hour = options.events * 1_000_000_000 / (EVENTS_PER_STORY_PER_MILLE * hours);
        let rise = options.scenario.rise.as_ref().map(|rise| {
            let cause = Cause::named(&rise.cause).ok_or_else(|| OptionsError::Cause(rise.cause.clone()))?;
            Ok((cause, rise.week, rise.factor))
        });
        Ok(Self {
            // As many as a third of the orders of eight weeks, so that some come back with another order.
            customers: per_hour * 8 * 168 / 3_000_000 + 10,
            per_hour,
            rise: rise.transpose()?,
            domains: (0..LEAVES.len()).map(|place| catalogue.domains(Cause(place as u8))).collect(),
            lane_weights: centre.lanes.iter().map(|lane| lane.weight).collect(),
            next_number: 0,
            options: options.clone(),
        })
    }

    /// The stories that begin in the hour from `from`.
    pub(crate) fn hour(&mut self, centre: &Centre, from: Seconds) -> Vec<Story> {
        let number = (from - self.options.start.as_second()) / HOUR;
        let mut dice = Dice::new(self.options.seed, ARRIVALS, number as u64);
        let at = |table: &[u64], place: u32| table.get(place as usize).copied().unwrap_or_default();
        let expected = self.per_hour * at(&BY_HOUR, hour_of_day(from)) * at(&BY_DAY, weekday(from)) / 10_000;
        let count = draw_count(&mut dice, expected);
        let mut stories: Vec<Story> = (0..count).map(|_| self.any(centre, &mut dice, from)).collect();
        for (lane, per_week) in centre.lanes.iter().map(|lane| lane.per_week).enumerate() {
            let expected =
                u64::from(per_week) * at(&BY_HOUR, hour_of_day(from)) * at(&BY_DAY, weekday(from)) * 100 / 168;
            for _ in 0..draw_count(&mut dice, expected) {
                stories.push(self.ordered(centre, &mut dice, from, lane as u16));
            }
        }
        stories
    }

    fn any(&mut self, centre: &Centre, dice: &mut Dice, from: Seconds) -> Story {
        if dice.chance(ORDERED_PER_MILLE) {
            let lane = dice.weighted(self.lane_weights.iter().copied()) as u16;
            return self.ordered(centre, dice, from, lane);
        }
        let (number, at) = (self.take_number(), from + i64::from(dice.below(3600)));
        let customer = self.customers + number;
        let mut desk = Desk { planner: self, centre, dice, end: self.options.end() };
        desk.orderless(Story { number, customer, ..Story::default() }, at)
    }

    fn ordered(&mut self, centre: &Centre, dice: &mut Dice, from: Seconds, lane: u16) -> Story {
        let (number, at) = (self.take_number(), from + i64::from(dice.below(60)) * 60);
        let customer = dice.below_wide(self.customers);
        let mut desk = Desk { planner: self, centre, dice, end: self.options.end() };
        desk.ordered(Story { number, customer, ..Story::default() }, at, lane)
    }

    fn take_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    /// How often `cause` occurs among others, given its usual weight.
    fn weight(&self, cause: Cause, usual: u32, at: Seconds) -> u32 {
        let week = (at - self.options.start.as_second()) / WEEK;
        match self.rise {
            Some((rising, when, factor)) if rising == cause && i64::from(when) == week => usual * factor,
            _ => usual,
        }
    }
}

/// A count whose expectation is `millionths` / 1 000 000.
fn draw_count(dice: &mut Dice, millionths: u64) -> u64 {
    millionths / 1_000_000 + u64::from(u64::from(dice.below(1_000_000)) < millionths % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_keep_their_sums() {
        assert_eq!(BY_HOUR.iter().sum::<u64>(), 2400);
        assert_eq!(BY_DAY.iter().sum::<u64>(), 700);
    }
}
