//! Whole minutes between times.

use jiff::{SignedDuration, Timestamp};

/// Whole minutes from one time to another, rounded down: 59 seconds are none, and so is a second before.
pub(crate) fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_millisecond() - from.as_millisecond()).div_euclid(60_000)
}

/// `time` and so many minutes; the far end of time where there is no such time.
pub(crate) fn after(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
}

/// `time` less so many days; the beginning of time where there is no such time.
pub(crate) fn days_before(time: Timestamp, days: i64) -> Timestamp {
    time.checked_sub(SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_whole_and_rounded_down() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (from, to, whole) in [
            ("2026-11-16T00:00:00Z", "2026-11-16T00:00:59.999Z", 0),
            ("2026-11-16T00:00:00Z", "2026-11-16T00:01:00Z", 1),
            ("2026-11-16T00:00:01Z", "2026-11-16T00:00:00Z", -1),
            ("2026-11-15T23:59:00+08:00", "2026-11-16T00:01:00+08:00", 2),
            ("2026-11-16T00:00:00+08:00", "2026-11-15T16:00:00Z", 0),
        ] {
            assert_eq!(minutes(at(from), at(to)), whole, "{from} to {to}");
        }
        assert_eq!(after(Timestamp::MAX, 1), Timestamp::MAX);
        assert_eq!(days_before(Timestamp::MIN, 1), Timestamp::MIN);
    }
}
