//! Which records a question is about.

use clickhouse::query::Query;
use jiff::Timestamp;
use tingjian_schemas::{Kind, Stream};

/// Which records a question is about: those that match every filter given; within one filter any of its values. The same for
/// every question, and the same as the index's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filters {
    /// Not before; milliseconds count.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Text streams.
    pub streams: Vec<Stream>,
    /// 诉求类型.
    pub kinds: Vec<Kind>,
    /// A cause read in the record: leaves (`promise.eta_overpromise`) or groups (`promise`).
    pub causes: Vec<String>,
    /// A department responsible for a cause read in the record.
    pub departments: Vec<String>,
    /// 工号.
    pub agent_no: Option<String>,
    /// Channel the customer used.
    pub channel: Option<String>,
    /// Lane as answered by [`super::CausesBy::Lane`].
    pub lane: Option<String>,
}

/// Milliseconds since 1970 of the first and last moments that ClickHouse's `DateTime64` knows.
pub(super) const EARLIEST: i64 = -2_208_988_800_000;
pub(super) const LATEST: i64 = 10_413_791_999_000;

/// Milliseconds since 1970 of a time from which on records count: rounded up, so that none from before does.
pub(crate) fn since_millis(since: Option<Timestamp>) -> i64 {
    since.map_or(EARLIEST, ceil_millis).clamp(EARLIEST, LATEST)
}

/// Milliseconds since 1970 of a time from which on records no longer count.
pub(crate) fn until_millis(until: Option<Timestamp>) -> i64 {
    until.map_or(LATEST, ceil_millis).clamp(EARLIEST, LATEST)
}

fn ceil_millis(time: Timestamp) -> i64 {
    let millis = time.as_millisecond();
    let is_past = time.as_nanosecond() > i128::from(millis) * 1_000_000;
    millis.saturating_add(i64::from(is_past))
}

impl Filters {
    /// Binds every parameter of `filters.sql`.
    pub(crate) fn bind(&self, query: Query) -> Query {
        let streams: Vec<&str> = self.streams.iter().map(|stream| stream.name()).collect();
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
        query
            .param("since", since_millis(self.since))
            .param("until", until_millis(self.until))
            .param("streams", streams)
            .param("kinds", kinds)
            .param("causes", &self.causes)
            .param("departments", &self.departments)
            .param("agent_no", self.agent_no.as_deref().unwrap_or_default())
            .param("channel", self.channel.as_deref().unwrap_or_default())
            .param("lane", self.lane.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(time: &str, millis: i64) {
        assert_eq!(ceil_millis(time.parse().unwrap()), millis, "{time}");
    }

    #[test]
    fn limits_between_two_milliseconds_are_the_later_one() {
        check("1970-01-01T00:00:00.001Z", 1);
        check("1970-01-01T00:00:00.0010001Z", 2);
        check("1969-12-31T23:59:59.999Z", -1);
        check("1969-12-31T23:59:59.9991Z", 0);
    }

    #[test]
    fn no_limit_and_far_limits_stay_within_what_the_database_knows() {
        assert_eq!((since_millis(None), until_millis(None)), (EARLIEST, LATEST));
        assert_eq!(until_millis(Some(Timestamp::MAX)), LATEST);
        assert_eq!(since_millis(Some(Timestamp::MIN)), EARLIEST);
    }
}
