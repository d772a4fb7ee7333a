//! Weeks 52 and 53, new year, and clocks that change.

#![allow(clippy::unwrap_used)] // Tests fail by panicking.

use jiff::tz::TimeZone;
use tingjian_report::Week;

#[test]
fn weeks_begin_and_end_where_the_zone_says() {
    // Week, zone, first day, last day, begin and end in UTC, hours.
    for (name, zone, first, last, begin, end, hours) in [
        ("2026-W47", "Asia/Shanghai", "2026-11-16", "2026-11-22", "2026-11-15T16:00:00Z", "2026-11-22T16:00:00Z", 168),
        // A year of 53 weeks, and the new year inside a week.
        ("2026-W53", "Asia/Shanghai", "2026-12-28", "2027-01-03", "2026-12-27T16:00:00Z", "2027-01-03T16:00:00Z", 168),
        ("2027-W01", "Asia/Shanghai", "2027-01-04", "2027-01-10", "2027-01-03T16:00:00Z", "2027-01-10T16:00:00Z", 168),
        ("2020-W53", "UTC", "2020-12-28", "2021-01-03", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z", 168),
        ("2025-W01", "UTC", "2024-12-30", "2025-01-05", "2024-12-30T00:00:00Z", "2025-01-06T00:00:00Z", 168),
        ("2025-W52", "UTC", "2025-12-22", "2025-12-28", "2025-12-22T00:00:00Z", "2025-12-29T00:00:00Z", 168),
        // Clocks go back and forward.
        ("2026-W43", "Europe/Berlin", "2026-10-19", "2026-10-25", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z", 169),
        ("2026-W13", "Europe/Berlin", "2026-03-23", "2026-03-29", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z", 167),
        // A Monday without a midnight: clocks go forward at it.
        ("2026-W17", "Africa/Cairo", "2026-04-20", "2026-04-26", "2026-04-19T22:00:00Z", "2026-04-26T21:00:00Z", 167),
    ] {
        let (week, zone): (Week, _) = (name.parse().unwrap(), TimeZone::get(zone).unwrap());
        let told = [week.first_day().to_string(), week.last_day().to_string()];
        assert_eq!(told, [first, last], "{name}");
        assert_eq!([week.begin(&zone).to_string(), week.end(&zone).to_string()], [begin, end], "{name}");
        assert_eq!(week.end(&zone).duration_since(week.begin(&zone)).as_hours(), hours, "{name}");
        assert_eq!(week.to_string(), name);
        assert_eq!(week.next().before(1), week, "{name}");
        assert_eq!(Week::of(week.begin(&zone), &zone), week, "{name}: its first moment");
        assert_eq!(Week::of(week.end(&zone), &zone), week.next(), "{name}: its end is the next one's");
    }
}

#[test]
fn a_year_ends_with_its_own_last_week() {
    for (name, before) in [("2027-W01", "2026-W53"), ("2026-W01", "2025-W52"), ("2021-W01", "2020-W53")] {
        let week: Week = name.parse().unwrap();
        assert_eq!(week.before(1).to_string(), before);
    }
}

#[test]
fn what_is_no_week_is_refused() {
    for name in ["", "2026", "2026-W54", "2025-W53", "2026-W0", "2026-W00", "2026-W7", "2026W47", "26-W47", "2026-W+7"]
    {
        assert!(name.parse::<Week>().is_err(), "{name}");
    }
}
