//! Bounded exponential back-off with jitter.

use std::{
    hash::{BuildHasher, RandomState},
    time::{Duration, Instant},
};

/// First wait.
const FIRST: Duration = Duration::from_millis(200);
/// Longest wait of our own choosing.
const LONGEST: Duration = Duration::from_secs(15);
/// Longest `Retry-After` that is honoured.
const LONGEST_ASKED_S: u64 = 60;

/// How long to go on trying one request.
pub struct Backoff {
    began: Instant,
    budget: Duration,
    next: Duration,
}

impl Backoff {
    /// Starts now; gives up once `budget` has passed.
    pub fn new(budget: Duration) -> Self {
        Self { began: Instant::now(), budget, next: FIRST }
    }

    /// How long to wait before the next try; `None`: give up. `asked_s` is the server's `Retry-After`, seconds.
    pub fn wait(&mut self, asked_s: Option<u64>) -> Option<Duration> {
        let left = self.budget.checked_sub(self.began.elapsed()).filter(|left| !left.is_zero())?;
        // Full jitter on the upper half: clients that fell together do not come back together.
        let own = self.next / 2 + self.next.mul_f64(fraction() / 2.0);
        self.next = (self.next * 2).min(LONGEST);
        let asked = Duration::from_secs(asked_s.unwrap_or(0).min(LONGEST_ASKED_S));
        Some(own.max(asked).min(left))
    }
}

/// 0 to 1, from the standard library's per-instance random hash keys: no quality needed.
fn fraction() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_a_bound_and_ends() {
        let mut backoff = Backoff::new(Duration::from_secs(3600));
        let mut upper = FIRST;
        for _ in 0..20 {
            let wait = backoff.wait(None).unwrap();
            assert!(wait >= upper / 2 && wait <= upper, "{wait:?} within half of {upper:?}");
            upper = (upper * 2).min(LONGEST);
        }
        assert_eq!(Backoff::new(Duration::ZERO).wait(None), None);
    }

    #[test]
    fn honours_what_the_server_asks_within_bounds() {
        assert_eq!(Backoff::new(Duration::from_secs(600)).wait(Some(7)), Some(Duration::from_secs(7)));
        assert_eq!(Backoff::new(Duration::from_secs(600)).wait(Some(86_400)), Some(Duration::from_secs(60)));
        assert!(Backoff::new(Duration::from_secs(2)).wait(Some(30)).unwrap() <= Duration::from_secs(2));
    }
}
