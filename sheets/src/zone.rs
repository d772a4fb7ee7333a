//! Times as people write and read them.

use std::str::FromStr;

use jiff::{Span, Timestamp, Unit, Zoned, civil, fmt::temporal::DateTimeParser, tz::TimeZone};

/// The zone in which times without one are read, and in which times are shown.
#[derive(Clone, Debug)]
pub struct Zone(pub TimeZone);

impl FromStr for Zone {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let hint = || format!("不认识时区“{name}”；例：Asia/Shanghai、+08:00、UTC");
        DateTimeParser::new().parse_time_zone(name).map(Self).map_err(|_| hint())
    }
}

impl Zone {
    /// An instant from what a user typed for a filter, as RFC 3339: a date or a time, with or without offset;
    /// `today`, `yesterday`; or how long ago: `7d`, `24h`, `30m`, `4w`.
    ///
    /// # Errors
    /// What cannot be read, with examples.
    pub fn moment(&self, text: &str) -> Result<String, String> {
        self.moment_at(text, &Timestamp::now().to_zoned(self.0.clone()))
    }

    fn moment_at(&self, text: &str, now: &Zoned) -> Result<String, String> {
        let text = text.trim();
        let midnight = now.start_of_day().ok();
        let zoned = match text {
            "now" | "现在" => Some(now.clone()),
            "today" | "今天" => midnight,
            "yesterday" | "昨天" => midnight.and_then(|m| m.checked_sub(Span::new().days(1)).ok()),
            _ => ago(text).and_then(|span| now.checked_sub(span).ok()),
        };
        if let Some(zoned) = zoned.or_else(|| self.stated(text)) {
            return zoned.round(Unit::Second).map(|z| rfc3339(&z)).map_err(|e| e.to_string());
        }
        Err(format!("看不懂时间“{text}”；例：2026-05-01、2026-05-01T08:00:00+08:00、7d、today"))
    }

    fn stated(&self, text: &str) -> Option<Zoned> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(instant.to_zoned(self.0.clone()));
        }
        let local = text.parse::<civil::DateTime>().or_else(|_| text.parse::<civil::Date>().map(|d| d.at(0, 0, 0, 0)));
        local.ok()?.to_zoned(self.0.clone()).ok()
    }

    /// An RFC 3339 time as people read it in this zone; anything else as it stands.
    pub fn shown(&self, rfc3339: &str) -> String {
        match rfc3339.parse::<Timestamp>() {
            Ok(instant) => instant.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            Err(_) => rfc3339.to_owned(),
        }
    }

    /// The same RFC 3339 time with the offset of this zone.
    pub fn local(&self, rfc3339_time: &str) -> Option<String> {
        Some(rfc3339(&rfc3339_time.parse::<Timestamp>().ok()?.to_zoned(self.0.clone())))
    }

    /// The civil time of an RFC 3339 time in this zone.
    pub fn civil(&self, rfc3339: &str) -> Option<civil::DateTime> {
        Some(rfc3339.parse::<Timestamp>().ok()?.to_zoned(self.0.clone()).datetime())
    }

    /// A civil time of this zone as RFC 3339 with offset; `None` beyond the calendar.
    pub fn rfc3339(&self, civil: civil::DateTime) -> Option<String> {
        civil.to_zoned(self.0.clone()).ok().map(|z| rfc3339(&z))
    }
}

/// RFC 3339 with the offset of that zone at that time, fractions only where there are any.
fn rfc3339(zoned: &Zoned) -> String {
    zoned.timestamp().display_with_offset(zoned.offset()).to_string()
}

fn ago(text: &str) -> Option<Span> {
    let unit = text.chars().last()?;
    let count: i64 = text.get(..text.len() - unit.len_utf8())?.parse().ok().filter(|n| (0..100_000).contains(n))?;
    match unit {
        'm' => Span::new().try_minutes(count).ok(),
        'h' => Span::new().try_hours(count).ok(),
        'd' => Span::new().try_days(count).ok(),
        'w' => Span::new().try_weeks(count).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> Zone {
        "Asia/Shanghai".parse().unwrap()
    }

    fn check(text: &str, expected: &str) {
        let now: Zoned = "2026-05-08T10:30:20.7+08:00[Asia/Shanghai]".parse().unwrap();
        assert_eq!(zone().moment_at(text, &now).unwrap(), expected, "{text}");
    }

    #[test]
    fn moments() {
        check("2026-05-01", "2026-05-01T00:00:00+08:00");
        check("2026-05-01T08:15", "2026-05-01T08:15:00+08:00");
        check("2026-05-01 08:15:30", "2026-05-01T08:15:30+08:00");
        check("2026-05-01T00:15:00Z", "2026-05-01T08:15:00+08:00");
        check("today", "2026-05-08T00:00:00+08:00");
        check("昨天", "2026-05-07T00:00:00+08:00");
        check("7d", "2026-05-01T10:30:21+08:00");
        check("90m", "2026-05-08T09:00:21+08:00");
        for wrong in ["", "soon", "7y", "-3d", "2026-13-01", "05/01/2026", "７天"] {
            assert!(zone().moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn zones() {
        assert!("Mars/Base".parse::<Zone>().unwrap_err().contains("Asia/Shanghai"));
        let fixed: Zone = "+08:00".parse().unwrap();
        assert_eq!(fixed.moment("2026-05-01").unwrap(), "2026-05-01T00:00:00+08:00");
        assert_eq!(fixed.shown("2026-05-01T00:15:00Z"), "2026-05-01 08:15");
        assert_eq!(fixed.shown("未知"), "未知");
    }
}
