//! Times as files have them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    fmt::strtime,
};

use crate::Zone;

/// How the times of one column are written.
#[derive(Clone, Debug)]
pub struct TimeRule {
    /// The form.
    pub form: TimeForm,
    /// The zone of those without an offset of their own.
    pub zone: Zone,
}

/// The form of a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// Any form in which year, month and day come in this order; or RFC 3339.
    Any,
    /// As `strptime` has it.
    Pattern(String),
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
}

impl TimeForm {
    /// From the `format` of a mapping.
    pub fn named(format: &str) -> Self {
        match format {
            "unix" => Self::UnixSeconds,
            "unix_ms" => Self::UnixMillis,
            pattern => Self::Pattern(pattern.to_owned()),
        }
    }
}

impl TimeRule {
    /// The time in `text` as RFC 3339 with offset; `None` where it cannot be read for certain.
    pub fn read(&self, text: &str) -> Option<String> {
        let text = text.trim();
        match &self.form {
            TimeForm::Any if text.parse::<Timestamp>().is_ok() => Some(text.to_owned()),
            TimeForm::Any => self.read_any(text),
            TimeForm::Pattern(pattern) => self.read_pattern(pattern, text),
            TimeForm::UnixSeconds => self.read_unix(text.parse().ok()?, Timestamp::from_second),
            TimeForm::UnixMillis => self.read_unix(text.parse().ok()?, Timestamp::from_millisecond),
        }
    }

    /// A number: seconds or milliseconds since 1970 where the rule says so.
    pub fn read_number(&self, number: f64) -> Option<String> {
        let whole = (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)?;
        self.read(&whole.to_string())
    }

    /// A serial number of Excel: days since 1899-12-30.
    pub fn read_serial(&self, days: f64) -> Option<String> {
        const LAST_DAY: f64 = 2_958_466.0; // 10000-01-01
        if !(1.0..LAST_DAY).contains(&days) {
            return None;
        }
        let base = Date::new(1899, 12, 30).ok()?.at(0, 0, 0, 0);
        let seconds = (days * 86_400.0).round() as i64;
        self.zone.rfc3339(base.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?)
    }

    fn read_any(&self, text: &str) -> Option<String> {
        let (civil, offset_s) = parts_of(text)?;
        let zone = match offset_s {
            Some(seconds) => Zone(jiff::tz::Offset::from_seconds(seconds).ok()?.to_time_zone()),
            None => self.zone.clone(),
        };
        zone.rfc3339(civil)
    }

    fn read_pattern(&self, pattern: &str, text: &str) -> Option<String> {
        let broken = strtime::parse(pattern, text).ok()?;
        if let Some(offset) = broken.offset() {
            return Zone(offset.to_time_zone()).rfc3339(broken.to_datetime().ok()?);
        }
        // A pattern without a time of day means midnight, as a date does everywhere here.
        let civil = broken.to_datetime().or_else(|_| broken.to_date().map(|d| d.at(0, 0, 0, 0))).ok()?;
        self.zone.rfc3339(civil)
    }

    fn read_unix(&self, count: i64, from: fn(i64) -> Result<Timestamp, jiff::Error>) -> Option<String> {
        Some(from(count).ok()?.display_with_offset(self.zone.0.to_offset(from(count).ok()?)).to_string())
    }
}

/// Year, month, day, then perhaps hour, minute, second, fraction; then perhaps an offset.
fn parts_of(text: &str) -> Option<(DateTime, Option<i32>)> {
    let (text, afternoon) = half_of_day(text);
    let (text, offset_s) = split_offset(&text);
    let numbers = numbers_of(text)?;
    let get = |i: usize| numbers.get(i).copied();
    let small = |i: usize| get(i).map_or(Some(0), |n| i8::try_from(n).ok());
    if numbers.len() < 3 || numbers.len() > 7 || numbers.len() == 4 && !text.contains('时') {
        return None;
    }
    let date = Date::new(i16::try_from(get(0)?).ok().filter(|y| *y >= 1900)?, small(1)?, small(2)?).ok()?;
    let hour = match (small(3)?, afternoon) {
        (hour, None) => hour,
        (hour @ 0..=11, Some(true)) => hour + 12,
        (12, Some(false)) => 0,
        (hour @ 0..=12, Some(_)) => hour,
        _ => return None,
    };
    let time = jiff::civil::Time::new(hour, small(4)?, small(5)?, 0).ok()?;
    Some((date.to_datetime(time), offset_s))
}

/// Takes out 上午 and 下午 (AM, PM): whether it is the afternoon.
fn half_of_day(text: &str) -> (String, Option<bool>) {
    for (word, afternoon) in
        [("上午", false), ("下午", true), (" AM", false), (" PM", true), (" am", false), (" pm", true)]
    {
        if text.contains(word) {
            return (text.replacen(word, " ", 1), Some(afternoon));
        }
    }
    (text.to_owned(), None)
}

/// `+08:00`, `+0800` or `Z` at the end, after a time of day.
fn split_offset(text: &str) -> (&str, Option<i32>) {
    if let Some(before) = text.strip_suffix(['Z', 'z']) {
        return (before, Some(0));
    }
    let Some(at) = text.rfind(['+', '-']).filter(|at| text.get(..*at).is_some_and(|t| t.contains(':'))) else {
        return (text, None);
    };
    let (before, offset) = text.split_at(at);
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok(), Some(0)),
        4 => (digits.get(..2).and_then(|d| d.parse().ok()), digits.get(2..).and_then(|d| d.parse::<i32>().ok())),
        _ => return (text, None),
    };
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    match (hours, minutes) {
        (Some(hours), Some(minutes)) => (before, Some(sign * (hours * 3600 + minutes * 60))),
        _ => (text, None),
    }
}

/// The runs of digits of a date and time; `20260501` and `20260501083000` are taken apart. Anything that is neither
/// digit nor known joiner makes it unreadable. A fraction of a second is passed over.
fn numbers_of(text: &str) -> Option<Vec<u32>> {
    let known = |c: char| c.is_ascii_digit() || c.is_whitespace() || "-/.:T年月日号时分秒点,，".contains(c);
    if !text.chars().all(known) || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|r| !r.is_empty()).collect();
    let first = *runs.first()?;
    let mut numbers = Vec::new();
    match first.len() {
        4 => numbers.push(first.parse().ok()?),
        8 | 14 => {
            for (start, end) in [(0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)] {
                numbers.extend(first.get(start..end).and_then(|d| d.parse::<u32>().ok()));
            }
        }
        _ => return None,
    }
    for run in runs.iter().skip(1) {
        // The seventh number is a fraction of a second: any length, no weight.
        let short = run.len() <= 2 || numbers.len() == 6;
        numbers.push(run.get(..run.len().min(6)).filter(|_| short)?.parse().ok()?);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(form: TimeForm) -> TimeRule {
        TimeRule { form, zone: "Asia/Shanghai".parse().unwrap() }
    }

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(rule(TimeForm::Any).read(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn any_form_in_which_the_year_comes_first() {
        let noon = Some("2026-05-01T12:05:00+08:00");
        for text in [
            "2026-05-01 12:05",
            "2026/5/1 12:05",
            "2026.05.01 12:05:00",
            "2026年5月1日 12:05",
            "2026年05月01日12时05分00秒",
            "2026-05-01T12:05:00.123",
            "20260501120500",
            "2026/5/1 下午 0:05",
            "2026/5/1 下午12:05",
            " 2026-05-01 12:05:00 ",
        ] {
            check(text, noon);
        }
        check("2026-05-01T12:05:00+08:00", noon);
        check("2026-05-01T04:05:00Z", Some("2026-05-01T04:05:00Z"));
        check("2026-05-01 12:05:00 +0900", Some("2026-05-01T12:05:00+09:00"));
        check("2026-05-01", Some("2026-05-01T00:00:00+08:00"));
        check("20260501", Some("2026-05-01T00:00:00+08:00"));
        check("2026年5月1日", Some("2026-05-01T00:00:00+08:00"));
        check("2026/5/1 下午 3:20", Some("2026-05-01T15:20:00+08:00"));
        check("2026/5/1 上午 12:20", Some("2026-05-01T00:20:00+08:00"));
        check("2026年5月1日9时", Some("2026-05-01T09:00:00+08:00"));
    }

    #[test]
    fn what_is_not_certain_is_not_read() {
        for text in [
            "",
            "昨天",
            "5/1/2026",
            "01-05-2026",
            "26-05-01",
            "2026-13-01",
            "2026-02-30",
            "2026-05-01 25:00",
            "2026-05-01 12",
            "12:05",
            "1714536000",
            "2026-05",
            "2026-05-01 12:05:00 CST",
            "2026-05-01 下午 13:05",
            "1899-01-01",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn stated_forms() {
        let pattern = |p: &str, t: &str| rule(TimeForm::named(p)).read(t);
        assert_eq!(pattern("%m/%d/%Y %H:%M", "05/01/2026 12:05").as_deref(), Some("2026-05-01T12:05:00+08:00"));
        assert_eq!(pattern("%d.%m.%Y", "01.05.2026").as_deref(), Some("2026-05-01T00:00:00+08:00"));
        assert_eq!(
            pattern("%Y-%m-%d %H:%M %z", "2026-05-01 12:05 +0000").as_deref(),
            Some("2026-05-01T12:05:00+00:00")
        );
        assert_eq!(pattern("%Y-%m-%d %H:%M", "2026-05-01"), None);
        assert_eq!(pattern("unix", "1777608300").as_deref(), Some("2026-05-01T12:05:00+08:00"));
        assert_eq!(pattern("unix_ms", "1777608300000").as_deref(), Some("2026-05-01T12:05:00+08:00"));
        assert_eq!(
            rule(TimeForm::UnixSeconds).read_number(1_777_608_300.0).as_deref(),
            Some("2026-05-01T12:05:00+08:00")
        );
    }

    #[test]
    fn serial_numbers_of_excel() {
        let serial = |days| rule(TimeForm::Any).read_serial(days);
        assert_eq!(serial(46_143.503_472_222).as_deref(), Some("2026-05-01T12:05:00+08:00"));
        assert_eq!(serial(46_143.0).as_deref(), Some("2026-05-01T00:00:00+08:00"));
        assert_eq!((serial(0.5), serial(-3.0), serial(9e9), serial(f64::NAN)), (None, None, None, None));
    }
}
