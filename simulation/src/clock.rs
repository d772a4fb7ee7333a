//! Time inside the simulation: whole seconds since 1970 (UTC), written with the offset of Shanghai.

use serde::{Serialize, Serializer};

/// Seconds since 1970-01-01T00:00:00Z.
pub(crate) type Seconds = i64;

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const WEEK: i64 = 7 * DAY;
/// Shanghai keeps UTC+8 all year.
const OFFSET: i64 = 8 * HOUR;

/// The minute a second lies in.
pub(crate) const fn to_minute(at: Seconds) -> Seconds {
    at - at.rem_euclid(MINUTE)
}

/// Whole minutes from one time to another, never negative.
pub(crate) fn minutes_between(from: Seconds, to: Seconds) -> u32 {
    ((to - from).max(0) / MINUTE).min(i64::from(u32::MAX)) as u32
}

/// A time on the wall in Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wall {
    pub(crate) year: i64,
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
}

impl Wall {
    /// What the wall shows at `at` (days to dates after Howard Hinnant's `civil_from_days`).
    pub(crate) fn at(at: Seconds) -> Self {
        let local = at + OFFSET;
        let (days, rest) = (local.div_euclid(DAY) + 719_468, local.rem_euclid(DAY));
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as u32,
            day: (day_of_year - (153 * shifted + 2) / 5 + 1) as u32,
            hour: (rest / HOUR) as u32,
            minute: (rest % HOUR / MINUTE) as u32,
            second: (rest % MINUTE) as u32,
        }
    }
}

/// Hour of the day in Shanghai, 0–23.
pub(crate) const fn hour_of_day(at: Seconds) -> u32 {
    ((at + OFFSET).rem_euclid(DAY) / HOUR) as u32
}

/// Day of the week in Shanghai, 0 = Monday.
pub(crate) const fn weekday(at: Seconds) -> u32 {
    (((at + OFFSET).div_euclid(DAY) + 3).rem_euclid(7)) as u32
}

/// A time as RFC 3339 with Shanghai's offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(pub(crate) Seconds);

impl Stamp {
    pub(crate) fn text(self) -> String {
        let wall = Wall::at(self.0);
        let mut text = String::with_capacity(25);
        let year = wall.year.clamp(0, 9999) as u32;
        two(&mut text, year / 100);
        two(&mut text, year % 100);
        for (mark, number) in
            [('-', wall.month), ('-', wall.day), ('T', wall.hour), (':', wall.minute), (':', wall.second)]
        {
            text.push(mark);
            two(&mut text, number);
        }
        text.push_str("+08:00");
        text
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// Two decimal digits.
pub(crate) fn two(text: &mut String, number: u32) {
    let digit = |value: u32| char::from_digit(value % 10, 10).unwrap_or('0');
    text.push(digit(number / 10));
    text.push(digit(number));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_agrees_with_jiff() {
        for at in (0..4_000_000_000_i64).step_by(86_413 * 37) {
            let zoned =
                jiff::Timestamp::from_second(at).unwrap().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
            assert_eq!(Stamp(at).text(), zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
            assert_eq!(weekday(at) as i8, zoned.weekday().to_monday_zero_offset());
            assert_eq!(hour_of_day(at) as i8, zoned.hour());
        }
    }
}
