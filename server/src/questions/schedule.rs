//! When a question is answered. Pure: the moment is passed in.

use jiff::{Span, Timestamp, civil::Time, tz::TimeZone};

/// Days that an answer is caught up after.
const CAUGHT_UP_DAYS: i64 = 7;

/// A day of the week, or every day, at a time in the organisation's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// 0: Monday; `None`: every day.
    pub day: Option<u8>,
    /// Time of that day.
    pub at: Time,
}

/// What an answer that is due is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it was due.
    pub at: Timestamp,
    /// From when on records are asked for, where the question does not say.
    pub since: Timestamp,
}

impl When {
    /// The newest moment at or before `now` at which it is due, where that is after `kept_at` and not too long ago. However many
    /// were missed, there is but one.
    pub fn due(&self, kept_at: Timestamp, now: Timestamp, zone: &TimeZone) -> Option<Due> {
        let today = now.to_zoned(zone.clone()).date();
        let moment = |back: i64| {
            let day = today.checked_sub(Span::new().days(back)).ok()?;
            let is_day = self
                .day
                .is_none_or(|wanted| day.weekday().to_monday_zero_offset() == i8::try_from(wanted).unwrap_or(-1));
            // A time that clocks leave out is the moment after.
            let at = day.to_datetime(self.at).to_zoned(zone.clone()).ok()?;
            is_day.then_some(at)
        };
        let at = (0..=CAUGHT_UP_DAYS).filter_map(moment).find(|at| at.timestamp() <= now)?;
        let days = if self.day.is_some() { 7 } else { 1 };
        let since = at.checked_sub(Span::new().days(days)).ok()?.timestamp();
        (at.timestamp() > kept_at).then_some(Due { at: at.timestamp(), since })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_once_however_many_were_missed() {
        let at = |day| When { day, at: jiff::civil::time(8, 0, 0, 0) };
        let shanghai = "Asia/Shanghai";
        for (when, kept, now, zone, due, since) in [
            (
                at(None),
                "2026-11-01T00:00:00Z",
                "2026-11-22T08:00:00+08:00",
                shanghai,
                "2026-11-22T00:00:00Z",
                "2026-11-21T00:00:00Z",
            ),
            (
                at(None),
                "2026-11-01T00:00:00Z",
                "2026-11-22T07:59:59+08:00",
                shanghai,
                "2026-11-21T00:00:00Z",
                "2026-11-20T00:00:00Z",
            ),
            // Fridays, on a Sunday.
            (
                at(Some(4)),
                "2026-11-01T00:00:00Z",
                "2026-11-22T12:00:00+08:00",
                shanghai,
                "2026-11-20T00:00:00Z",
                "2026-11-13T00:00:00Z",
            ),
            // Kept after it was due.
            (at(Some(4)), "2026-11-21T00:00:00Z", "2026-11-22T12:00:00+08:00", shanghai, "", ""),
            // The day on which clocks went back has 25 hours.
            (
                at(None),
                "2026-10-01T00:00:00Z",
                "2026-10-25T09:00:00+01:00",
                "Europe/Berlin",
                "2026-10-25T07:00:00Z",
                "2026-10-24T06:00:00Z",
            ),
        ] {
            let found = when.due(kept.parse().unwrap(), now.parse().unwrap(), &TimeZone::get(zone).unwrap());
            let found =
                found.map_or_else(|| (String::new(), String::new()), |due| (due.at.to_string(), due.since.to_string()));
            assert_eq!(found, (due.to_owned(), since.to_owned()), "{now}");
        }
    }
}
