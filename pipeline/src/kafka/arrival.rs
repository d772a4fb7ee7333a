//! When a Kafka record arrived, as a number that grows along its partition.

use jiff::Timestamp;

/// Low bits of an arrival that hold the end of the offset: order within a millisecond.
const OFFSET_BITS: u32 = 22;
/// First millisecond that is believed: 2000-01-01.
const FIRST_MS: i64 = 946_684_800_000;
/// First millisecond that is not believed any more: 2100-01-01; it still fits above the offset's bits.
const PAST_MS: i64 = 4_102_444_800_000;

/// The time of a record: its own, or where that is none, the earliest there is. Never “now”: a replay must find the same.
pub(super) fn received_at(timestamp_ms: Option<i64>) -> Timestamp {
    Timestamp::from_millisecond(believed(timestamp_ms)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The arrival of the record at `offset`, after one that arrived at `last`.
///
/// It depends on the record alone as long as times do not run backwards along the partition, so that a replay from anywhere
/// makes the same versions of the same rows. Where they do (a producer's clock was set back), the order of the log wins.
/// Greater than any arrival of a journal, so events of a journal that was left for Kafka never overrule later ones.
pub(super) fn arrival(last: u64, timestamp_ms: Option<i64>, offset: u64) -> u64 {
    let time = believed(timestamp_ms).unsigned_abs() << OFFSET_BITS;
    (time | (offset & ((1 << OFFSET_BITS) - 1))).max(last.saturating_add(1))
}

fn believed(timestamp_ms: Option<i64>) -> i64 {
    timestamp_ms.filter(|ms| (FIRST_MS..PAST_MS).contains(ms)).unwrap_or(FIRST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn in_order_an_arrival_depends_on_the_record_alone() {
        let times = [NOW, NOW, NOW + 1, NOW + 1, NOW + 7];
        let from = |first: usize| {
            let mut last = 0;
            let taken = times.iter().enumerate().skip(first);
            taken
                .map(|(offset, ms)| {
                    last = arrival(last, Some(*ms), offset as u64);
                    last
                })
                .collect::<Vec<_>>()
        };
        assert!(from(0).is_sorted_by(|a, b| a < b));
        assert_eq!(from(0)[2..], from(2));
    }

    #[test]
    fn the_log_wins_over_a_clock_that_runs_backwards() {
        let ahead = arrival(0, Some(NOW + DAY_MS), 4);
        let behind = arrival(ahead, Some(NOW - DAY_MS), 5);
        assert!(behind > ahead && arrival(behind, Some(NOW), 6) > behind);
    }

    #[test]
    fn times_nobody_can_mean_become_the_earliest_never_now() {
        for wrong in [None, Some(-1), Some(0), Some(i64::MAX), Some(i64::MIN)] {
            assert_eq!(received_at(wrong).to_string(), "2000-01-01T00:00:00Z", "{wrong:?}");
            assert!(arrival(0, wrong, 1) < arrival(0, Some(NOW), 0));
        }
    }

    #[test]
    fn an_arrival_comes_after_every_journals() {
        let journal_of_2090_us = 3_786_912_000_000_000;
        assert!(arrival(0, Some(NOW), 0) > journal_of_2090_us);
        assert!(arrival(0, Some(PAST_MS - 1), u64::MAX) < u64::MAX);
    }
}
