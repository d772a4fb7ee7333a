//! How often somebody may do something: a bucket per key that fills up over time. Pure but for the lock; time is passed in.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Keys remembered at most; full buckets are forgotten first, since they limit nothing.
const MAX_KEYS: usize = 50_000;

/// How often.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// One more after each.
    pub every: Duration,
}

/// Signing in, by address: passwords and tokens.
pub const SIGN_IN: Rate = Rate { burst: 20, every: Duration::from_secs(3) };
/// Commendations, by account.
pub const PRAISE: Rate = Rate { burst: 10, every: Duration::from_secs(6) };
/// Commendations over a link, by address of the customer.
pub const PRAISE_BY_LINK: Rate = Rate { burst: 5, every: Duration::from_secs(60) };
/// Commendations over one link, by link, whoever uses it.
pub const PRAISE_OF_LINK: Rate = Rate { burst: 30, every: Duration::from_secs(120) };

/// Buckets by key.
#[derive(Default)]
pub struct Limits {
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
    rate: Rate,
}

impl Bucket {
    fn refill(&mut self, now: Instant) {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() / self.rate.every.as_secs_f64();
        self.left = (self.left + gained).min(f64::from(self.rate.burst));
        self.at = now;
    }
}

impl Limits {
    /// Takes one from the bucket of `key`.
    ///
    /// # Errors
    /// It is empty: how long until there is one again.
    pub fn take(&self, key: &str, rate: Rate, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_KEYS && !buckets.contains_key(key) {
            buckets.retain(|_, bucket| {
                bucket.refill(now);
                bucket.left < f64::from(bucket.rate.burst)
            });
            // Nobody is full: whoever comes new waits, rather than that memory grows.
            if buckets.len() >= MAX_KEYS {
                return Err(rate.every);
            }
        }
        let fresh = || Bucket { left: f64::from(rate.burst), at: now, rate };
        let bucket = buckets.entry(key.to_owned()).or_insert_with(fresh);
        bucket.refill(now);
        if bucket.left < 1.0 {
            return Err(rate.every.mul_f64(1.0 - bucket.left));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_each_key_its_own() {
        let limits = Limits::default();
        let rate = Rate { burst: 2, every: Duration::from_secs(10) };
        let now = Instant::now();
        assert!(limits.take("a", rate, now).is_ok());
        assert!(limits.take("a", rate, now).is_ok());
        assert_eq!(limits.take("a", rate, now), Err(Duration::from_secs(10)));
        assert!(limits.take("b", rate, now).is_ok());
        let later = now + Duration::from_secs(10);
        assert!(limits.take("a", rate, later).is_ok());
        assert!(limits.take("a", rate, later).is_err());
    }
}
