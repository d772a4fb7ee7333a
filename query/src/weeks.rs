//! Weeks of the organisation: from Monday's midnight in its zone.

use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use tingjian_schemas::Week as IsoWeek;

use crate::FilterError;

/// A week, or the part of it that has been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    begin: Zoned,
    until: Zoned,
    whole: IsoWeek,
}

impl Week {
    /// The week of `as_of` up to it; the week before where less than a day of it has been.
    pub fn of(as_of: Timestamp, zone: &TimeZone) -> Option<Self> {
        let young = as_of.to_zoned(zone.clone()).checked_sub(1.days()).ok()?;
        Self::up_to(IsoWeek::of(young.timestamp(), zone), as_of, zone)
    }

    /// The week of a name like `2026-W47`, up to `as_of`.
    ///
    /// # Errors
    /// Not a week's name.
    pub fn named(name: &str, as_of: Timestamp, zone: &TimeZone) -> Result<Self, FilterError> {
        let wrong = || FilterError {
            name: "week".into(),
            value: name.to_owned(),
            problem: "不是 ISO 周：请写 2026-W47".into(),
        };
        let whole: IsoWeek = name.parse().map_err(|_| wrong())?;
        Self::up_to(whole, as_of, zone).ok_or_else(wrong)
    }

    /// A week that has not begun by `as_of` is whole: nothing of it is told apart.
    fn up_to(whole: IsoWeek, as_of: Timestamp, zone: &TimeZone) -> Option<Self> {
        let (begin, end) = (whole.begin(zone).to_zoned(zone.clone()), whole.end(zone).to_zoned(zone.clone()));
        // As of the end of time nothing comes after it.
        let after = as_of.checked_add(std::time::Duration::from_millis(1)).unwrap_or(as_of).to_zoned(zone.clone());
        let until = if begin < after && after < end { after } else { end };
        Some(Self { begin, until, whole })
    }

    /// `2026-W47`.
    pub fn name(&self) -> String {
        self.whole.to_string()
    }

    /// Inclusive.
    pub fn since(&self) -> Timestamp {
        self.begin.timestamp()
    }

    /// Exclusive.
    pub fn until(&self) -> Timestamp {
        self.until.timestamp()
    }

    /// Whether all seven days have been.
    pub fn is_whole(&self) -> bool {
        self.whole.end(self.begin.time_zone()) <= self.until.timestamp()
    }

    /// The same part of the week so many weeks before (after, where negative), by the calendar of the zone.
    pub fn before(&self, weeks: i32) -> Option<Self> {
        let back = |time: &Zoned| time.checked_sub((i64::from(weeks) * 7).days()).ok();
        let whole = self.whole.before(weeks.into());
        Some(Self { begin: back(&self.begin)?, until: back(&self.until)?, whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(as_of: &str, name: &str, since: &str, until: &str) {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let week = Week::of(as_of.parse().unwrap(), &zone).unwrap();
        let shown = (week.name(), week.since().to_string(), week.until().to_string());
        assert_eq!(shown, (name.to_owned(), since.to_owned(), until.to_owned()), "{as_of}");
    }

    #[test]
    fn a_week_lasts_from_monday_to_now_and_a_young_one_gives_way_to_the_one_before() {
        check("2026-11-18T10:00:00+08:00", "2026-W47", "2026-11-15T16:00:00Z", "2026-11-18T02:00:00.001Z");
        check("2026-11-16T10:00:00+08:00", "2026-W46", "2026-11-08T16:00:00Z", "2026-11-15T16:00:00Z");
        check("2026-11-15T23:59:59.999+08:00", "2026-W46", "2026-11-08T16:00:00Z", "2026-11-15T16:00:00Z");
    }

    #[test]
    fn a_named_week_is_whole_unless_it_is_now() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let as_of = "2026-11-18T10:00:00+08:00".parse().unwrap();
        assert!(Week::named("2026-W46", as_of, &zone).unwrap().is_whole());
        assert!(!Week::named("2026-W47", as_of, &zone).unwrap().is_whole());
        assert!(Week::named("2026-W47", Timestamp::MAX, &zone).unwrap().is_whole());
        assert!(Week::named("last", as_of, &zone).unwrap_err().to_string().contains("2026-W47"));
    }

    #[test]
    fn weeks_before_follow_the_calendar_over_a_change_of_clocks() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let as_of = "2026-10-28T12:00:00+01:00".parse().unwrap();
        let before = Week::of(as_of, &zone).unwrap().before(1).unwrap();
        assert_eq!(before.since().to_string(), "2026-10-18T22:00:00Z");
        assert_eq!(before.until().to_string(), "2026-10-21T10:00:00.001Z");
    }
}
