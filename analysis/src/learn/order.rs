//! Which of several causes of one text is the primary one: what, if fixed, would have prevented the dissatisfaction.
//!
//! A conditional logit (McFadden, 1974) over the likeliest causes of each row: a cause's strength is what its kind is
//! worth, how sure it is, how sure it is that it is the main thing, and where in the text it is stated.

use serde::{Deserialize, Serialize};

/// What makes a cause the primary one, besides what each cause is worth by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Per unit of log-odds.
    pub odds: f32,
    /// Per unit of log-odds of being the primary one.
    pub lead: f32,
    /// From the beginning of the text to its end.
    pub place: f32,
    /// For being stated before all others.
    pub first: f32,
}

/// A cause that may be the primary one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Which cause.
    pub cause: usize,
    /// Calibrated log-odds.
    pub odds: f32,
    /// Calibrated log-odds of being the primary one; 0 where that was not learnt.
    pub lead: f32,
    /// Where the clause stands that states it most clearly: 0 the first, towards 1 the last.
    pub place: f32,
}

/// So many of the likeliest causes compete.
pub const RIVALS: usize = 5;

/// Steps of gradient descent.
const STEPS: usize = 600;
/// Size of a step, per row.
const STEP: f32 = 0.3;
/// Pull of all weights towards zero, in rows.
const PULL: f32 = 1.0;

impl Order {
    /// How strongly a cause claims to be the primary one among candidates of which the first stands at `earliest`.
    pub fn strength(&self, candidate: &Candidate, earliest: f32, worth: f32) -> f32 {
        let first = if candidate.place <= earliest { self.first } else { 0.0 };
        worth + self.odds * candidate.odds + self.lead * candidate.lead + self.place * candidate.place + first
    }

    /// Learns from rows of candidates of which the one at the given index is the primary. Returns besides what each of
    /// `causes` causes is worth.
    pub fn learn(rows: &[(Vec<Candidate>, usize)], causes: usize) -> (Self, Vec<f32>) {
        let mut order = Self { odds: 1.0, ..Self::default() };
        let mut worth = vec![0f32; causes];
        let size = STEP / rows.len().max(1) as f32;
        let mut strengths = Vec::new();
        for _ in 0..STEPS {
            let mut change = Self {
                odds: -PULL * order.odds,
                lead: -PULL * order.lead,
                place: -PULL * order.place,
                first: -PULL * order.first,
            };
            let mut worths: Vec<f32> = worth.iter().map(|w| -PULL * w).collect();
            for (candidates, primary) in rows {
                let earliest = earliest(candidates);
                strengths.clear();
                let worth_of = |c: &Candidate| worth.get(c.cause).copied().unwrap_or(0.0);
                strengths.extend(candidates.iter().map(|c| order.strength(c, earliest, worth_of(c)).exp()));
                let total: f32 = strengths.iter().sum();
                for (number, (candidate, strength)) in candidates.iter().zip(&strengths).enumerate() {
                    let error = f32::from(u8::from(number == *primary)) - strength / total;
                    change.odds += error * candidate.odds;
                    change.lead += error * candidate.lead;
                    change.place += error * candidate.place;
                    change.first += if candidate.place <= earliest { error } else { 0.0 };
                    worths.get_mut(candidate.cause).into_iter().for_each(|w| *w += error);
                }
            }
            order.odds += size * change.odds;
            order.lead += size * change.lead;
            order.place += size * change.place;
            order.first += size * change.first;
            // A cause occurs in few rows: its own worth may move faster.
            worth.iter_mut().zip(&worths).for_each(|(w, change)| *w += 8.0 * size * change);
        }
        (order, worth)
    }
}

/// Where the candidate stands that is stated first.
pub fn earliest(candidates: &[Candidate]) -> f32 {
    candidates.iter().map(|c| c.place).fold(f32::MAX, f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_worth_and_place() {
        let candidate = |cause, place| Candidate { cause, odds: 0.0, lead: 0.0, place };
        // Cause 1 is the primary whenever it is there; of causes 0 and 2 the one that stands first is.
        let mut rows = Vec::new();
        for i in 0..60 {
            let (early, late) = if i % 2 == 0 { (0, 2) } else { (2, 0) };
            rows.push((vec![candidate(early, 0.1), candidate(late, 0.8)], 0));
            rows.push((vec![candidate(0, 0.5), candidate(1, 0.5)], 1));
        }
        let (order, worth) = Order::learn(&rows, 3);
        for (candidates, primary) in rows {
            let first = earliest(&candidates);
            let strength = |c: &Candidate| order.strength(c, first, worth[c.cause]);
            let best = candidates.iter().max_by(|a, b| strength(a).total_cmp(&strength(b))).map(|c| c.cause);
            assert_eq!(best, candidates.get(primary).map(|c| c.cause));
        }
    }
}
