//! RFC 3339 with an offset, and nothing else: a time that leaves its zone to be guessed would falsify a report.

use jiff::{Timestamp, civil};

use super::take::Wrong;
use crate::{Reason, limits};

/// 2000-01-01T00:00:00Z.
const FIRST_SECOND: i64 = 946_684_800;
/// 2099-12-31T23:59:59Z.
const LAST_SECOND: i64 = 4_102_444_799;

/// Reads a time.
pub(super) fn timestamp(text: &str) -> Result<Timestamp, Wrong> {
    if !has_shape(text.as_bytes()) {
        let local = text.trim().parse::<civil::DateTime>().is_ok() && !has_offset(text.trim());
        return Err(Wrong::new(if local { Reason::TimeWithoutOffset } else { Reason::UnreadableTime }));
    }
    match text.parse::<Timestamp>() {
        Ok(time) if (FIRST_SECOND..=LAST_SECOND).contains(&time.as_second()) => Ok(time),
        Ok(_) => Err(out_of_range()),
        // 9999-12-31, often written for “never”, is past what the parser can hold.
        Err(_) if text.starts_with("9999-12-31") => Err(out_of_range()),
        Err(_) => Err(Wrong::new(Reason::UnreadableTime)),
    }
}

fn out_of_range() -> Wrong {
    Wrong::with(Reason::TimeOutOfRange, format_args!("{}–{}", limits::FIRST_YEAR, limits::LAST_YEAR))
}

/// `YYYY-MM-DDTHH:MM:SS`, a fraction or none, `Z` or `±HH:MM`. The numbers themselves are the parser's to judge.
fn has_shape(text: &[u8]) -> bool {
    const FORM: &[u8; 19] = b"0000-00-00T00:00:00";
    let Some((head, tail)) = text.split_at_checked(FORM.len()) else { return false };
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        _ => byte == form,
    };
    if !head.iter().zip(FORM).all(fits) {
        return false;
    }
    let zone = match tail.split_first() {
        Some((b'.', fraction)) => match fraction.iter().position(|b| !b.is_ascii_digit()) {
            Some(digits) if digits > 0 => fraction.get(digits..).unwrap_or_default(),
            _ => return false,
        },
        _ => tail,
    };
    match zone {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Whether something after the date looks like a zone: then the time is not without one, only unreadable.
fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-', '[']))
}

#[cfg(test)]
mod tests {
    use super::{FIRST_SECOND, LAST_SECOND, timestamp};
    use crate::{Reason, limits};

    #[test]
    fn rfc_3339_with_offset_is_read() {
        for (text, utc) in [
            ("2026-11-22T09:30:00+08:00", "2026-11-22T01:30:00Z"),
            ("2026-11-22T01:30:00Z", "2026-11-22T01:30:00Z"),
            ("2026-11-22t01:30:00z", "2026-11-22T01:30:00Z"),
            ("2026-11-22 01:30:00Z", "2026-11-22T01:30:00Z"),
            ("2026-11-22T09:30:00.125+08:00", "2026-11-22T01:30:00.125Z"),
            ("2026-11-22T09:30:00.123456789-11:30", "2026-11-22T21:00:00.123456789Z"),
            ("2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z"),
            ("2024-02-29T23:59:59+00:00", "2024-02-29T23:59:59Z"),
            ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z"),
            ("2099-12-31T23:59:59.999Z", "2099-12-31T23:59:59.999Z"),
            ("2100-01-01T07:59:59+08:00", "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(timestamp(text).expect(text).to_string(), utc, "{text}");
        }
    }

    #[test]
    fn what_is_not_is_told_apart() {
        let check = |reason, texts: &[&str]| {
            for text in texts {
                assert_eq!(timestamp(text).expect_err(text).reason, reason, "{text}");
            }
        };
        check(
            Reason::TimeWithoutOffset,
            &["2026-11-22T09:30:00", "2026-11-22 09:30:00", "2026-11-22", "2026-11-22 09:30"],
        );
        check(Reason::TimeWithoutOffset, &["2026-11-22T09:30:00.5", "20261122T093000", " 2026-11-22T09:30:00 "]);
        check(
            Reason::UnreadableTime,
            &["", " ", "now", "昨天", "1763775000", "2026-11-22T09:30:00+0800", "2026-11-22T09:30+08:00"],
        );
        check(Reason::UnreadableTime, &["2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T25:00:00Z"]);
        check(
            Reason::UnreadableTime,
            &["2026-11-22T09:30:00+08:00[Asia/Shanghai]", "2026-11-22T09:30:00.Z", "２０２６-11-22T09:30:00Z"],
        );
        check(
            Reason::UnreadableTime,
            &["2026/11/22 09:30:00+08:00", "2026-11-22T09:30:00+99:99", "+002026-11-22T09:30:00Z"],
        );
        check(Reason::TimeOutOfRange, &["1999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]);
        check(Reason::TimeOutOfRange, &["0000-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2000-01-01T07:59:59+08:00"]);
    }

    #[test]
    fn the_seconds_are_those_of_the_years() {
        let year =
            |second| jiff::Timestamp::from_second(second).expect("in range").to_zoned(jiff::tz::TimeZone::UTC).year();
        assert_eq!((year(FIRST_SECOND - 1), year(FIRST_SECOND)), (limits::FIRST_YEAR - 1, limits::FIRST_YEAR));
        assert_eq!((year(LAST_SECOND), year(LAST_SECOND + 1)), (limits::LAST_YEAR, limits::LAST_YEAR + 1));
    }
}
