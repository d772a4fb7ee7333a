//! ISO weeks in the organisation's zone.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, ISOWeekDate, Weekday},
    tz::TimeZone,
};

/// An ISO 8601 week: begins on a Monday, belongs to the year its Thursday lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    monday: Date,
}

/// Not a week.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} 不是 ISO 周：请写 2026-W47（每年 52 或 53 周）")]
pub struct WeekError(pub String);

impl Week {
    /// The week a moment lies in.
    pub fn of(moment: Timestamp, zone: &TimeZone) -> Self {
        Self::of_date(moment.to_zoned(zone.clone()).date())
    }

    fn of_date(date: Date) -> Self {
        let back = i64::from(date.weekday().since(Weekday::Monday));
        Self { monday: date.checked_sub(back.days()).unwrap_or(date) }
    }

    /// So many weeks before.
    #[must_use]
    pub fn before(self, weeks: i64) -> Self {
        Self { monday: self.monday.checked_sub((weeks * 7).days()).unwrap_or(self.monday) }
    }

    /// The week after.
    #[must_use]
    pub fn next(self) -> Self {
        self.before(-1)
    }

    /// Its Monday.
    pub fn first_day(self) -> Date {
        self.monday
    }

    /// Its Sunday.
    pub fn last_day(self) -> Date {
        self.monday.checked_add(6.days()).unwrap_or(self.monday)
    }

    /// Its first moment (inclusive): where the day begins in the zone, were it not at midnight.
    pub fn begin(self, zone: &TimeZone) -> Timestamp {
        self.monday.to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// Its end (exclusive): the next week's first moment. A week in which clocks change has 167 or 169 hours.
    pub fn end(self, zone: &TimeZone) -> Timestamp {
        self.next().begin(zone)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = ISOWeekDate::from(self.monday);
        write!(f, "{:04}-W{:02}", date.year(), date.week())
    }
}

impl FromStr for Week {
    type Err = WeekError;

    fn from_str(name: &str) -> Result<Self, WeekError> {
        let read = || {
            let (year, week) = name.split_once("-W")?;
            let plain = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
            let (year, week) = (Some(year).filter(|y| plain(y, 4))?, Some(week).filter(|w| plain(w, 2))?);
            let date = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
            Some(Self { monday: date.date() })
        };
        read().ok_or_else(|| WeekError(name.to_owned()))
    }
}
