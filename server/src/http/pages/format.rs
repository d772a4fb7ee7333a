//! Numbers, times and durations as readers of each language expect them.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};

use super::words::Language;

/// From here on Chinese readers expect 万.
const WAN: u64 = 10_000;
const MINUTES_PER_HOUR: i64 = 60;
const MINUTES_PER_DAY: i64 = 1_440;

/// A number that leads to what it counts.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/count.html")]
pub struct Count {
    /// As shown.
    pub text: String,
    /// Exactly.
    pub exact: u64,
    /// The list behind it; empty: none.
    pub href: String,
}

impl Count {
    /// Of a number and where it leads.
    pub fn new(language: Language, exact: u64, href: String) -> Self {
        Self { text: number(language, exact), exact, href }
    }
}

/// `12,345`; in Chinese from ten thousand on `1.23万`.
pub fn number(language: Language, n: u64) -> String {
    if language == Language::Chinese && n >= WAN {
        let wan = n as f64 / WAN as f64;
        return if wan >= 100.0 { format!("{wan:.0}万") } else { format!("{wan:.2}万").replace(".00万", "万") };
    }
    grouped(n)
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `12.3%`.
pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// `10.1–14.9%`.
pub fn interval(low: f64, high: f64) -> String {
    format!("{:.1}–{:.1}%", low * 100.0, high * 100.0)
}

/// `+12%`; a dash where there is nothing to compare with.
pub fn change(change: Option<f64>) -> String {
    change.map_or_else(|| "–".to_owned(), |change| format!("{:+.0}%", change * 100.0))
}

/// Class of a change in something unwelcome.
pub fn trend(change: Option<f64>) -> &'static str {
    match change {
        Some(change) if change >= 0.1 => "up",
        Some(change) if change <= -0.1 => "down",
        _ => "",
    }
}

/// `3 天 4 小时`, `2 小时 5 分`, `40 分钟`; with a sign where negative.
pub fn minutes(language: Language, minutes: i64) -> String {
    let sign = if minutes < 0 { "−" } else { "" };
    let minutes = minutes.saturating_abs();
    let (days, hours, rest) =
        (minutes / MINUTES_PER_DAY, minutes % MINUTES_PER_DAY / MINUTES_PER_HOUR, minutes % MINUTES_PER_HOUR);
    let text = |n: i64, key: &str| language.fill(key, &[&n.to_string()]);
    let parts = match (days, hours, rest) {
        (0, 0, rest) => vec![text(rest, "time.minutes")],
        (0, hours, 0) => vec![text(hours, "time.hours")],
        (0, hours, rest) => vec![text(hours, "time.hours"), text(rest, "time.minutes_short")],
        (days, 0, _) => vec![text(days, "time.days")],
        (days, hours, _) => vec![text(days, "time.days"), text(hours, "time.hours")],
    };
    format!("{sign}{}", parts.join(" "))
}

/// A time in the organisation's zone.
pub fn local(zone: &TimeZone, time: Timestamp) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The same, short: without the year.
pub fn local_short(zone: &TimeZone, time: Timestamp) -> String {
    time.to_zoned(zone.clone()).strftime("%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_each_reader_expects() {
        for (n, chinese, english) in [
            (0, "0", "0"),
            (9_999, "9,999", "9,999"),
            (10_000, "1万", "10,000"),
            (123_456, "12.35万", "123,456"),
            (12_345_678, "1235万", "12,345,678"),
        ] {
            assert_eq!(number(Language::Chinese, n), chinese);
            assert_eq!(number(Language::English, n), english);
        }
    }

    #[test]
    fn durations_name_their_two_largest_parts() {
        for (min, chinese) in [
            (0, "0 分钟"),
            (40, "40 分钟"),
            (60, "1 小时"),
            (125, "2 小时 5 分"),
            (1_440, "1 天"),
            (4_560, "3 天 4 小时"),
            (-90, "−1 小时 30 分"),
        ] {
            assert_eq!(minutes(Language::Chinese, min), chinese, "{min}");
        }
    }
}
