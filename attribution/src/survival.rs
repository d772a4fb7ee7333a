//! The curve of Kaplan and Meier: how many of ten are done by when, if some are still under way.

/// One duration as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Life {
    /// Whole minutes: the duration, or how long it has lasted.
    pub minutes: u32,
    /// Over; else at least that long.
    pub finished: bool,
}

/// P(duration ≤ x), a step at each duration that ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Minutes and share done by then, both growing.
    pub steps: Vec<(u32, f64)>,
}

/// Slack for products of fractions: a share of exactly 0.9 must count as reached.
const SLACK: f64 = 1e-9;

impl Curve {
    /// The curve of these lives. One that was under way when another of the same length ended was at risk with it.
    pub fn of(lives: &mut [Life]) -> Self {
        lives.sort_unstable();
        let (mut surviving, mut at_risk, mut steps) = (1.0, lives.len(), Vec::new());
        for same in lives.chunk_by(|a, b| a.minutes == b.minutes) {
            let ended = same.iter().filter(|life| life.finished).count();
            if ended > 0 {
                surviving *= (at_risk - ended) as f64 / at_risk as f64;
                steps.extend(same.first().map(|life| (life.minutes, 1.0 - surviving)));
            }
            at_risk -= same.len();
        }
        Self { steps }
    }

    /// The smallest x with P(duration ≤ x) ≥ `share`; `None` where the curve never gets there.
    pub fn quantile(&self, share: f64) -> Option<u32> {
        self.steps.iter().find(|(_, done)| *done >= share - SLACK).map(|(minutes, _)| *minutes)
    }

    /// P(duration ≤ `minutes`).
    pub fn share_within(&self, minutes: i64) -> f64 {
        let before = self.steps.partition_point(|(step, _)| i64::from(*step) <= minutes);
        before.checked_sub(1).and_then(|last| self.steps.get(last)).map_or(0.0, |(_, done)| *done)
    }
}

/// The smallest x with P(duration ≤ x) ≥ `share`, of durations that ended (each once, with how often, growing) and of how long others
/// have lasted (growing): what [`Curve`] says, without listing every life.
pub(crate) fn quantile(
    ended: impl IntoIterator<Item = (u32, usize)>,
    lasting: impl IntoIterator<Item = u32>,
    lives: usize,
    share: f64,
) -> Option<u32> {
    let mut lasting = lasting.into_iter().peekable();
    let (mut surviving, mut at_risk) = (1.0, lives);
    for (minutes, ended) in ended {
        while lasting.next_if(|lasted| *lasted < minutes).is_some() {
            at_risk -= 1;
        }
        surviving *= (at_risk - ended) as f64 / at_risk as f64;
        if 1.0 - surviving >= share - SLACK {
            return Some(minutes);
        }
        at_risk -= ended;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(finished: &[u32], open: &[u32], share: f64, expected: Option<u32>) {
        let ended = finished.iter().map(|minutes| Life { minutes: *minutes, finished: true });
        let running = open.iter().map(|minutes| Life { minutes: *minutes, finished: false });
        let mut lives: Vec<Life> = running.chain(ended).collect();
        assert_eq!(Curve::of(&mut lives).quantile(share), expected, "{finished:?} and open {open:?} at {share}");
    }

    #[test]
    fn worked_curves() {
        let ten: Vec<u32> = (1..=10).collect();
        check(&ten, &[], 0.9, Some(9));
        check(&ten[..9], &[500], 0.9, Some(9));
        check(&ten[..8], &[500, 501], 0.9, None);
        // S after 1, 2, 3 is .7; one leaves at 4; of six left five end by 9: S = .7 / 6.
        check(&[1, 2, 3, 5, 6, 7, 8, 9, 10], &[4], 0.9, Some(10));
        check(&[], &[100, 200], 0.9, None);
        check(&[], &[], 0.5, None);
        check(&[5], &[5], 0.5, Some(5));
        check(&[5, 5, 5], &[], 0.9, Some(5));
        check(&[0], &[], 0.9, Some(0));
        check(&ten, &[], 1.0, Some(10));
        check(&ten, &[], 0.0, Some(1));
    }

    #[test]
    fn shares_within() {
        let mut lives: Vec<Life> = (1..=10).map(|minutes| Life { minutes, finished: true }).collect();
        let curve = Curve::of(&mut lives);
        for (minutes, share) in [(-1, 0.0), (0, 0.0), (1, 0.1), (5, 0.5), (10, 1.0), (99, 1.0)] {
            assert!((curve.share_within(minutes) - share).abs() < 1e-12, "{minutes}");
        }
    }
}
