//! Durations: a number and a unit, in all the ways that Chinese puts them together.

use super::{
    number::{Number, digit, number},
    text::Cursor,
};

/// A length of time, or a range of lengths, in minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Length {
    pub(super) low: f64,
    pub(super) high: f64,
    /// Not meant to the minute: 多, 来, 大半, 几 in it.
    pub(super) about: bool,
    /// Two neighbours for one number (一两个小时, 五六年), not a range that somebody set.
    pub(super) rough: bool,
    /// The coarsest unit in it.
    pub(super) unit: Unit,
    /// The byte after it.
    pub(super) end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Second,
    /// 分 without 钟: also points and parts, so only with a cue.
    BareMinute,
    Minute,
    Hour,
    Day,
    WorkingDay,
    Week,
    Month,
    Year,
}

impl Unit {
    fn minutes(self, working_day: u32) -> f64 {
        match self {
            Self::Second => 1.0 / 60.0,
            Self::BareMinute | Self::Minute => 1.0,
            Self::Hour => 60.0,
            Self::Day => 1440.0,
            Self::WorkingDay => working_day.into(),
            Self::Week => 7.0 * 1440.0,
            Self::Month => 30.0 * 1440.0,
            Self::Year => 365.0 * 1440.0,
        }
    }

    /// The unit that may follow it in 一小时二十分钟, 两天三小时, 一年零两个月.
    const fn is_followed_by(self, finer: Self) -> bool {
        matches!(
            (self, finer),
            (Self::Hour, Self::Minute | Self::BareMinute)
                | (Self::Minute | Self::BareMinute, Self::Second)
                | (Self::Day, Self::Hour)
                | (Self::Week | Self::Month, Self::Day)
                | (Self::Year, Self::Month | Self::Day)
        )
    }
}

/// Units as written, longer before shorter; those that need 个 before them are marked.
const UNITS: &[(&str, (Unit, bool))] = &[
    ("工作日", (Unit::WorkingDay, false)),
    ("工作天", (Unit::WorkingDay, false)),
    ("小时", (Unit::Hour, false)),
    ("钟头", (Unit::Hour, false)),
    ("钟", (Unit::Hour, true)),
    ("分钟", (Unit::Minute, false)),
    ("分种", (Unit::Minute, false)),
    ("分", (Unit::BareMinute, false)),
    ("秒钟", (Unit::Second, false)),
    ("秒", (Unit::Second, false)),
    ("天", (Unit::Day, false)),
    ("自然日", (Unit::Day, false)),
    ("日", (Unit::Day, false)),
    ("星期", (Unit::Week, false)),
    ("礼拜", (Unit::Week, false)),
    ("周", (Unit::Week, false)),
    ("月", (Unit::Month, true)),
    ("年头", (Unit::Year, false)),
    ("年", (Unit::Year, false)),
    ("hours", (Unit::Hour, false)),
    ("hour", (Unit::Hour, false)),
    ("hrs", (Unit::Hour, false)),
    ("hr", (Unit::Hour, false)),
    ("h", (Unit::Hour, false)),
    ("H", (Unit::Hour, false)),
    ("minutes", (Unit::Minute, false)),
    ("mins", (Unit::Minute, false)),
    ("min", (Unit::Minute, false)),
    ("days", (Unit::Day, false)),
    ("day", (Unit::Day, false)),
    ("weeks", (Unit::Week, false)),
    ("week", (Unit::Week, false)),
    ("months", (Unit::Month, false)),
];

/// Reads durations; a working day is as long as the calendar says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'t> {
    pub(super) text: Cursor<'t>,
    pub(super) working_day: u32,
}

/// What stands between the ends of a range.
const TO: &[(&str, ())] = &[("-", ()), ("~", ()), ("—", ()), ("–", ()), ("至", ()), ("到", ()), ("或", ()), ("/", ())];

impl Reader<'_> {
    /// The duration or range of durations that starts at `at`.
    pub(super) fn length(self, at: usize) -> Option<Length> {
        if let Some(length) = self.range(at) {
            return Some(length);
        }
        let first = self.half(at).or_else(|| self.quarter(at)).or_else(|| self.counted(at, None))?;
        let whole = self.compound(first);
        // 半小时到一小时, 二十天至一个月
        let (to, ()) = self.text.after_any(whole.end, TO).unwrap_or((0, ()));
        let second = if to > 0 { self.half(to).or_else(|| self.counted(to, None)) } else { None };
        Some(match second.filter(|second| second.high >= whole.high) {
            Some(second) => Length { low: whole.low, rough: false, unit: second.unit.max(whole.unit), ..second },
            None => whole,
        })
    }

    /// 3-5天, 十到十五个工作日, 2~3h
    fn range(self, at: usize) -> Option<Length> {
        let from = number(self.text, at)?;
        let (mut to, ()) = self.text.after_any(from.end, TO)?;
        while let Some((more, ())) = self.text.after_any(to, TO) {
            to = more; // 3--5
        }
        let upper = number(self.text, to)?;
        (upper.high >= from.low && from.arabic == upper.arabic || upper.high > from.low).then_some(())?;
        self.counted(to, Some(from.low))
    }

    /// A number with its unit; `low` replaces its lower end.
    fn counted(self, at: usize, low: Option<f64>) -> Option<Length> {
        let count = number(self.text, at)?;
        let mut at = self.text.skip_space(count.end);
        let mut count = count;
        let piece = self.text.after_any(at, &[("个", ()), ("個", ())]);
        if let Some((after, ())) = piece {
            at = self.text.skip_space(after);
        }
        let mut half = 0.0;
        if let Some((after, ())) = self.text.after_any(at, &[("多半", ()), ("半", ())]).filter(|_| piece.is_some()) {
            (at, half) = (after, 0.5);
        } else if let Some((after, ())) = self.text.after_any(at, &[("多", ()), ("来", ()), ("余", ())]) {
            (at, count.about) = (self.text.after(after, "个").unwrap_or(after), true);
        }
        let (end, unit) = self.unit(at, piece.is_some(), &count)?;
        let (end, more) = self.trailing(end, unit, piece.is_some());
        let minutes = unit.minutes(self.working_day);
        let half = (half + more.unwrap_or(0.0)) * minutes;
        let rough = low.is_none() && count.low < count.high;
        let low = low.unwrap_or(count.low) * minutes + half;
        let about = count.about || more == Some(0.0);
        Some(Length { low, high: count.high * minutes + half, about, rough, unit, end })
    }

    /// 一小时半, 两天半; 一年多, 三个小时多
    fn trailing(self, end: usize, unit: Unit, piece: bool) -> (usize, Option<f64>) {
        if unit == Unit::BareMinute {
            return (end, None);
        }
        match self.text.after_any(end, &[("半多", 0.5), ("半", 0.5), ("多", 0.0), ("有余", 0.0)]) {
            // 两个月半 is no word; 三天半夜 is “three days, at night”.
            Some((after, half))
                if half == 0.0
                    || !(piece && unit == Unit::Month || self.text.rest(after).starts_with(['夜', '路'])) =>
            {
                (after, Some(half))
            }
            _ => (end, None),
        }
    }

    fn unit(self, at: usize, piece: bool, count: &Number) -> Option<(usize, Unit)> {
        let (end, (unit, needs_piece)) = self.text.after_any(at, UNITS)?;
        let next = self.text.char(end);
        let unfit = match unit {
            Unit::Month if !piece && needs_piece => count.arabic || !self.is_long(end),
            _ if needs_piece && !piece => true,
            // 15日 is a date unless it is counted: 15日内, 3日达.
            Unit::Day if self.text.slice(at, end) == "日" && !piece => !self.is_counted_day(end),
            Unit::Year => is_year_count(count, next, piece),
            Unit::Hour | Unit::Minute if next.is_some_and(|c| c.is_ascii_alphabetic()) => {
                self.text.slice(at, end).is_ascii()
            }
            // 三周年, 五周岁; 一天天
            Unit::Week => matches!(next, Some('年' | '岁' | '末' | '边')),
            // 百分之二十
            Unit::BareMinute => matches!(next, Some('之')),
            _ => false,
        };
        (!unfit).then_some((end, unit))
    }

    /// 一月已久, 三月有余: months without 个.
    fn is_long(self, end: usize) -> bool {
        ["已久", "之久", "有余", "多了", "余", "没", "未"].iter().any(|word| self.text.after(end, word).is_some())
    }

    fn is_counted_day(self, end: usize) -> bool {
        ["内", "之内", "以内", "后", "之后", "以后", "达", "左右"]
            .iter()
            .any(|word| self.text.after(end, word).is_some())
    }

    /// 半小时, 半个多月, 大半个月, 大半年
    fn half(self, at: usize) -> Option<Length> {
        let (from, share) =
            self.text.after_any(at, &[("大半", 2.0 / 3.0), ("多半", 2.0 / 3.0), ("小半", 1.0 / 3.0), ("半", 0.5)])?;
        let start = self.text.skip_space(from);
        let (after, ()) =
            self.text.after_any(start, &[("个多", ()), ("来个", ()), ("个", ()), ("多", ())]).unwrap_or((start, ()));
        let about = share != 0.5 || self.text.slice(start, after).contains(['多', '来']);
        let (end, (unit, _)) = self.text.after_any(after, UNITS)?;
        // 半天 means “a long while”, 半日 and 半分 are rare, 半夜 is no unit.
        let counted = matches!(unit, Unit::Hour | Unit::Week | Unit::Month | Unit::Year | Unit::WorkingDay);
        let clock = self.text.slice(after, end) == "钟" && after == start;
        let minutes = unit.minutes(self.working_day) * share;
        let more = self.text.after(end, "多");
        let length = Length {
            low: minutes,
            high: minutes,
            about: about || more.is_some(),
            rough: false,
            unit,
            end: more.unwrap_or(end),
        };
        (counted && !clock).then_some(length)
    }

    /// 一刻钟, 三刻钟
    fn quarter(self, at: usize) -> Option<Length> {
        let count = number(self.text, at)?;
        let end = self.text.after(count.end, "刻钟")?;
        let minutes = count.high * 15.0;
        Some(Length { low: minutes, high: minutes, about: false, rough: false, unit: Unit::Minute, end })
    }

    /// 一小时二十分钟, 两天零三小时, 6年9个月
    fn compound(self, first: Length) -> Length {
        let (from, ()) =
            self.text.after_any(first.end, &[("零", ()), ("又", ()), ("加", ()), (" ", ())]).unwrap_or((first.end, ()));
        let finer = if first.about { None } else { self.quarter(from).or_else(|| self.counted(from, None)) };
        match finer {
            Some(finer)
                if first.unit.is_followed_by(finer.unit) && finer.high < first.unit.minutes(self.working_day) =>
            {
                let rest = self.compound(finer);
                Length {
                    low: first.low + rest.low,
                    high: first.high + rest.high,
                    about: rest.about,
                    rough: first.rough,
                    unit: first.unit,
                    end: rest.end,
                }
            }
            // 一小时二十 (送到): minutes may go unnamed.
            _ => first,
        }
    }
}

/// 2018年, 18年买的: a year, not a number of years.
fn is_year_count(count: &Number, next: Option<char>, piece: bool) -> bool {
    let dated = next.is_some_and(|c| {
        c.is_ascii_digit() || digit(c).is_some() || matches!(c, '初' | '底' | '末' | '度' | '级' | '代' | '份' | '十')
    });
    let two = count.arabic && count.width == 2 && count.low >= 10.0 && !count.about;
    let lasting = next.is_some_and(|c| {
        matches!(c, '了' | '来' | '多' | '以' | '之' | '没' | '未' | '内' | '前' | '后' | '的' | '时' | '半' | '还')
    });
    !piece && (count.high >= 100.0 || dated || two && !lasting)
}
