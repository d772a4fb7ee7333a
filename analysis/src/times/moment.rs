//! Moments: clock times, dates, weekdays and days counted from today, and the minutes between two of them.

use super::{number::number, text::Cursor};

/// A moment as far as the text names it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Moment {
    pub(super) day: Option<Day>,
    pub(super) clock: Option<Clock>,
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// Of the calendar, as far as it is named.
    Date { year: Option<i32>, month: Option<u32>, day: u32 },
    /// 周一 is 0; weeks before this one where that is said (上周: 1).
    Week { day: u32, ago: Option<u32> },
    /// Days from the day of writing: 昨天 is -1.
    Relative(i32),
}

/// A clock time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// Minutes of the day.
    pub(super) minute: u32,
    /// 多, 左右, 快: not meant to the minute.
    pub(super) about: bool,
    /// Morning or afternoon is said or follows (13:00).
    pub(super) certain: bool,
}

const DAY: i64 = 1440;

/// The clock time at `at` and the byte after it.
pub(super) fn clock(text: Cursor<'_>, at: usize) -> Option<(Clock, usize)> {
    let (from, part) = day_part(text, at);
    let hour = number(text, from).filter(|n| n.low == n.high && n.low.fract() == 0.0 && n.low <= 24.0 && !n.about)?;
    let (minute, end, about) =
        digital(text, hour.end, hour.arabic && hour.width <= 2).or_else(|| spoken(text, hour.end))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 24, checked above.
    let mut hour = hour.low as u32;
    if part.is_some_and(|part| part.is_late(hour)) {
        hour += 12;
    }
    (hour <= 24 && minute < 60)
        .then_some((Clock { minute: hour * 60 + minute, about, certain: part.is_some() || hour > 12 }, end))
}

#[derive(Clone, Copy)]
enum Part {
    Morning,
    Noon,
    Afternoon,
}

impl Part {
    /// Whether an hour of it is counted from noon.
    const fn is_late(self, hour: u32) -> bool {
        match self {
            Self::Morning => false,
            Self::Noon => hour < 10,
            Self::Afternoon => hour < 12,
        }
    }
}

const PARTS: &[(&str, Part)] = &[
    ("凌晨", Part::Morning),
    ("清晨", Part::Morning),
    ("早上", Part::Morning),
    ("早晨", Part::Morning),
    ("上午", Part::Morning),
    ("今早", Part::Morning),
    ("中午", Part::Noon),
    ("正午", Part::Noon),
    ("下午", Part::Afternoon),
    ("午后", Part::Afternoon),
    ("傍晚", Part::Afternoon),
    ("晚上", Part::Afternoon),
    ("今晚", Part::Afternoon),
    ("昨晚", Part::Afternoon),
    ("当晚", Part::Afternoon),
    ("夜里", Part::Afternoon),
    ("晚", Part::Afternoon),
    ("早", Part::Morning),
];

fn day_part(text: Cursor<'_>, at: usize) -> (usize, Option<Part>) {
    match text.after_any(at, PARTS) {
        Some((after, part)) => {
            let after = text
                .after_any(after, &[("的", ()), ("快", ()), ("近", ()), ("大约", ()), (" ", ())])
                .map_or(after, |(a, ())| a);
            (after, Some(part))
        }
        None => (at, None),
    }
}

/// What begins a clock time besides a number.
pub(super) fn is_day_part(text: Cursor<'_>, at: usize) -> bool {
    text.after_any(at, PARTS).is_some()
}

/// `:06`, `：06:30`
fn digital(text: Cursor<'_>, at: usize, arabic: bool) -> Option<(u32, usize, bool)> {
    let (from, ()) = text.after_any(at, &[(":", ()), ("：", ())]).filter(|_| arabic)?;
    let two = |at: usize| {
        let digits = text.slice(at, at + 2);
        (digits.len() == 2 && !text.rest(at + 2).starts_with(|c: char| c.is_ascii_digit()))
            .then(|| digits.parse::<u32>().ok())?
    };
    let minute = two(from)?;
    let end = from + 2;
    let seconds =
        text.after_any(end, &[(":", ()), ("：", ())]).filter(|(s, ())| two(*s).is_some()).map_or(end, |(s, ())| s + 2);
    let end = text.after(seconds, "分").unwrap_or(seconds);
    Some((minute, end, false))
}

/// 点半, 点一刻, 点零六, 点20分, 点整, 点多
fn spoken(text: Cursor<'_>, at: usize) -> Option<(u32, usize, bool)> {
    let (after, formal) = text.after_any(at, &[("点钟", false), ("点", false), ("时", true)])?;
    let after = text.after_any(after, &[(":", ()), ("：", ())]).map_or(after, |(a, ())| a);
    if let Some((end, minute)) =
        text.after_any(after, &[("半", 30), ("一刻", 15), ("三刻", 45), ("整", 0), ("过半", 30)])
    {
        return (!formal).then_some((minute, end, false));
    }
    if let Some(minute) = number(text, after).filter(|n| n.low == n.high && n.low < 60.0 && n.low.fract() == 0.0) {
        let named = text.after_any(minute.end, &[("分钟", ()), ("分", ())]).map(|(a, ())| a);
        let end = named.unwrap_or(minute.end);
        // 14时32分, but not 3时5天; 两点20个人 keeps to the hour.
        let other = text.char(end).is_some_and(|c| "个元块天月日号人次单份件年周小".contains(c));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Below 60, checked above.
        let value = minute.low as u32;
        if !other && (!formal || named.is_some()) {
            let more = text.after(end, "多");
            return Some((value, more.unwrap_or(end), more.is_some() || minute.about));
        }
    }
    if formal {
        return None;
    }
    let about = text.after_any(after, &[("多", ()), ("来钟", ()), ("左右", ())]);
    Some((0, about.map_or(after, |(a, ())| a), about.is_some()))
}

/// The day at `at` and the byte after it.
pub(super) fn day(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    relative(text, at)
        .or_else(|| weekday(text, at))
        .or_else(|| iso(text, at))
        .or_else(|| named(text, at))
        .or_else(|| festival(text, at))
}

fn relative(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    let words = [
        ("大前天", -3),
        ("前天", -2),
        ("昨天", -1),
        ("昨日", -1),
        ("昨晚", -1),
        ("今天", 0),
        ("今日", 0),
        ("今早", 0),
        ("今晚", 0),
    ];
    let (end, days) = text.after_any(at, &words)?;
    // 昨晚8点 and 今早9点 go on as clock times.
    let end = if text.slice(at, end).ends_with(['晚', '早']) { end - '晚'.len_utf8() } else { end };
    Some((Day::Relative(days), end))
}

fn weekday(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    let (from, ago) = text
        .after_any(at, &[("上上", 2), ("上个", 1), ("上", 1), ("这", 0), ("本", 0)])
        .map_or((at, None), |(a, w)| (a, Some(w)));
    let (from, ()) = text.after_any(from, &[("周", ()), ("星期", ()), ("礼拜", ())])?;
    let days = [("一", 0), ("二", 1), ("三", 2), ("四", 3), ("五", 4), ("六", 5), ("日", 6), ("天", 6), ("末", 5)];
    let (end, day) = text.after_any(from, &days)?;
    Some((Day::Week { day, ago }, end))
}

/// 2018-04-05, 2018/4/5, 2018.4.5
fn iso(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    let part = |at: usize, most: usize| {
        let width = text.rest(at).bytes().take(most + 1).take_while(u8::is_ascii_digit).count();
        (1..=most).contains(&width).then(|| text.slice(at, at + width).parse::<u32>().ok().map(|n| (n, at + width)))?
    };
    let (year, end) = part(at, 4).filter(|(year, _)| (1990..2100).contains(year))?;
    let mark = text.char(end).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (month, end) = part(end + 1, 2)?;
    text.char(end).filter(|c| *c == mark)?;
    let (day, end) = part(end + 1, 2)?;
    let year = i32::try_from(year).ok();
    is_date(Some(month), day)
        .then_some((Day::Date { year, month: Some(month), day }, text.after(end, "日").unwrap_or(end)))
}

/// 2018年4月5日, 4月5号, 5号, 11.11号
fn named(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    let whole =
        |at: usize| number(text, at).filter(|n| n.low == n.high && n.low.fract() == 0.0 && !n.about && n.low < 2100.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Whole and below 2100, checked above.
    let value = |n: f64| n as u32;
    let mut first = whole(at);
    let mut year = None;
    if let Some(from) = first.and_then(|n| text.after(n.end, "年")) {
        year = first.map(|n| value(n.low)).filter(|y| (10..100).contains(y) || (1990..2100).contains(y));
        year = year.map(|y| if y < 100 { 2000 + y } else { y });
        year?;
        first = whole(from);
    }
    let Some(first) = first else { return dotted(text, at) };
    let (month, day) = match text.after(first.end, "月") {
        Some(from) => (Some(value(first.low)), whole(text.skip_space(from))?),
        None => (None, first),
    };
    let end = match text.after_any(day.end, &[("号", true), ("日", false)]) {
        Some((end, spoken))
            if month.is_some() || spoken && !is_address(text, end) || !spoken && is_arrival(text, end) =>
        {
            end
        }
        Some(_) => return None,
        None if month.is_some() && day.arabic => day.end,
        None => return dotted(text, at),
    };
    let year = year.and_then(|y| i32::try_from(y).ok());
    is_date(month, value(day.low)).then_some((Day::Date { year, month, day: value(day.low) }, end))
}

/// 26日才到, 18日前完成: a day without its month.
fn is_arrival(text: Cursor<'_>, end: usize) -> bool {
    const GOES_ON: [&str; 16] = [
        "才", "到货", "收到", "送到", "下单", "下的", "还没", "之前", "买", "订", "前", "完成", "修复", "恢复", "解决",
        "到位",
    ];
    GOES_ON.iter().any(|word| text.after(end, word).is_some())
}

/// 97号, 2号楼: a place.
fn is_address(text: Cursor<'_>, end: usize) -> bool {
    text.char(end).is_some_and(|c| "楼栋店线路单元房院门厅窗机车码桌床仓库厂院铺馆柜段巷弄室层工客文字称".contains(c))
}

/// 11.11, 6.18号: a month and a day with a point, before a word of buying.
fn dotted(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    let digits = |at: usize| text.rest(at).bytes().take(3).take_while(u8::is_ascii_digit).count();
    let month = digits(at);
    let day = if text.rest(at + month).starts_with('.') { digits(at + month + 1) } else { 0 };
    let end = at + month + 1 + day;
    let value = |from: usize, to: usize| text.slice(from, to).parse::<u32>().ok();
    let (m, d) = (value(at, at + month)?, value(at + month + 1, end)?);
    let named = text.after_any(end, &[("号", ()), ("日", ())]).map(|(e, ())| e);
    let end = named.unwrap_or(end);
    let dated = named.is_some() || text.char(end).is_some_and(|c| "买下拍抢订付购活号日到才的".contains(c));
    ((1..=2).contains(&month) && (1..=2).contains(&day) && dated && is_date(Some(m), d))
        .then_some((Day::Date { year: None, month: Some(m), day: d }, end))
}

/// 618, 双11
fn festival(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    let words = [("双十一", (11, 11)), ("双11", (11, 11)), ("双十二", (12, 12)), ("双12", (12, 12)), ("618", (6, 18))];
    let Some((end, (month, day))) = text.after_any(at, &words) else { return run_together(text, at) };
    (!text.rest(end).starts_with(|c: char| c.is_ascii_digit()))
        .then_some((Day::Date { year: None, month: Some(month), day }, end))
}

/// 626才收到: month and day without a point, before a word of arriving.
fn run_together(text: Cursor<'_>, at: usize) -> Option<(Day, usize)> {
    let end = at + text.rest(at).bytes().take(4).take_while(u8::is_ascii_digit).count();
    let number: u32 = text.slice(at, end).parse().ok().filter(|_| end == at + 3)?;
    let arrives = ["才到", "才收", "才送", "收到", "送到", "到货"].iter().any(|word| text.after(end, word).is_some());
    let (month, day) = (number / 100, number % 100);
    (arrives && is_date(Some(month), day)).then_some((Day::Date { year: None, month: Some(month), day }, end))
}

fn is_date(month: Option<u32>, day: u32) -> bool {
    month.is_none_or(|month| (1..=12).contains(&month)) && (1..=31).contains(&day)
}

impl Moment {
    /// Minutes from here to `end`; `None` where the two cannot be compared or `end` does not come after.
    pub(super) fn until(self, end: Self) -> Option<u32> {
        let days = match (self.day, end.day) {
            (Some(from), Some(to)) => Some(days_between(from, to)?),
            (None, None) => None,
            // 3月8日10:00 … 12:00: the same day unless another is named.
            (Some(_), None) if end.clock.is_some() => None,
            (None, Some(Day::Relative(0))) if self.clock.is_some() && end.clock.is_some() => None,
            _ => return None,
        };
        let minutes = match (self.clock, end.clock, days) {
            (Some(from), Some(to), None) => Some(clock_between(from, to)),
            (Some(from), Some(to), Some(days)) => Some(days * DAY + i64::from(to.minute) - i64::from(from.minute)),
            (_, _, Some(days)) => Some(days * DAY),
            _ => None,
        };
        minutes.filter(|minutes| *minutes > 0).and_then(|minutes| u32::try_from(minutes).ok())
    }
}

/// From clock to clock within a day; an hour that may be of the afternoon is, where it would lie before.
fn clock_between(from: Clock, to: Clock) -> i64 {
    let minutes = i64::from(to.minute) - i64::from(from.minute);
    match minutes {
        // 10点 … 2点 is four hours; 12:15 … 11:45 is half an hour early, not half a day late.
        -719..=-240 if !to.certain || !from.certain => minutes + 720,
        ..=-240 => minutes + DAY,
        // 1点到13点: the first was of the afternoon too.
        600.. if !from.certain && to.certain && from.minute < 720 => minutes - 720,
        _ => minutes,
    }
}

fn days_between(from: Day, to: Day) -> Option<i64> {
    match (from, to) {
        (Day::Relative(from), Day::Relative(to)) => Some(i64::from(to - from)),
        (Day::Week { day: from, ago: a }, Day::Week { day: to, ago: b }) => {
            let weeks = i64::from(a.unwrap_or(0)) - i64::from(b.unwrap_or(0));
            let days = i64::from(to) - i64::from(from) + 7 * weeks;
            Some(if days <= 0 && b.is_none() { days + 7 } else { days })
        }
        (Day::Date { year: y1, month: m1, day: d1 }, Day::Date { year: y2, month: m2, day: d2 }) => {
            dates_between((y1, m1, d1), (y2, m2, d2))
        }
        _ => None,
    }
}

type Ymd = (Option<i32>, Option<u32>, u32);

fn dates_between(from: Ymd, to: Ymd) -> Option<i64> {
    let (from_month, to_month) = match (from.1, to.1) {
        (None, None) if to.2 >= from.2 => return Some(i64::from(to.2) - i64::from(from.2)),
        // 28号 … 3号: the next month, whichever.
        (None, None) => return Some(i64::from(to.2) + 30 - i64::from(from.2)),
        (Some(month), None) if to.2 >= from.2 => (month, month),
        (Some(month), None) => (month, month % 12 + 1),
        (Some(from), Some(to)) => (from, to),
        (None, Some(_)) => return None,
    };
    let year = from.0.or(to.0).unwrap_or(2023);
    let next = match (from.0, to.0) {
        (Some(_), Some(to)) => to,
        _ if to_month < from_month || to_month == from_month && to.2 < from.2 => year + 1,
        _ => year,
    };
    Some(day_number(next, to_month, to.2)? - day_number(year, from_month, from.2)?)
}

fn day_number(year: i32, month: u32, day: u32) -> Option<i64> {
    let date =
        jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    Some(i64::from(date.since(epoch).ok()?.get_days()))
}

/// The calendar day of a [`Day`], where the day of writing is known.
pub(super) fn on_calendar(day: Day, today: jiff::civil::Date) -> Option<jiff::civil::Date> {
    use jiff::ToSpan;
    match day {
        Day::Relative(days) => today.checked_add(days.days()).ok(),
        Day::Week { day, ago } => {
            let this = i64::from(today.weekday().to_monday_zero_offset());
            let back = this - i64::from(day) + 7 * i64::from(ago.unwrap_or(0));
            let back = if back < 0 && ago.is_none() { back + 7 } else { back };
            today.checked_sub(back.days()).ok()
        }
        Day::Date { year, month, day } => {
            let month = month.map_or(Some(today.month()), |m| i8::try_from(m).ok())?;
            let year = year.map_or(Some(today.year()), |y| i16::try_from(y).ok())?;
            let date = jiff::civil::Date::new(year, month, i8::try_from(day).ok()?).ok()?;
            if date <= today { Some(date) } else { date.checked_sub(1.year()).ok() }
        }
    }
}
