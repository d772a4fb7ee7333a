//! Everything in a text that names a time, in order.

use serde::Deserialize;

use super::{
    duration::{Length, Reader, Unit},
    moment::{self, Day, Moment},
    number::{digit, number},
    text::Cursor,
};

/// Kinds of durations, as `rules/times.toml` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Minutes,
    Hours,
    Days,
    Workdays,
    Weeks,
    Months,
    Years,
    /// 次日, 第二天
    Nextday,
    /// 当日, 当天
    Sameday,
    /// 第三天
    Nth,
}

impl Kind {
    /// Of a length that one complains of without another word.
    pub(super) const fn is_short(self) -> bool {
        matches!(self, Self::Minutes | Self::Hours | Self::Days)
    }
}

/// A duration in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Duration {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Minutes, rounded, at least one.
    pub(super) low: u32,
    pub(super) high: u32,
    pub(super) about: bool,
    /// 一两个小时: two neighbours for one number.
    pub(super) rough: bool,
    pub(super) kind: Kind,
    /// 分 alone, which is a time only beside a cue.
    pub(super) bare: bool,
}

/// A moment in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) moment: Moment,
}

/// What a scan finds.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) durations: Vec<Duration>,
    pub(super) points: Vec<Point>,
}

/// Times to remember in one text: more are no feedback but a log, and would cost more than they tell.
const MOST: usize = 64;

pub(super) fn scan(text: &str, working_day: u32) -> Marks {
    let reader = Reader { text: Cursor(text), working_day };
    let mut marks = Marks::default();
    let mut at = 0;
    while let Some((skipped, c)) = text.get(at..).and_then(|rest| rest.char_indices().find(|(_, c)| starts(*c))) {
        at += skipped;
        let next = at + c.len_utf8();
        at = if goes_on(c, reader.text.rest(next)) { take(reader, at, &mut marks).unwrap_or(next) } else { next };
        if marks.durations.len() + marks.points.len() >= MOST {
            break;
        }
    }
    marks
}

/// Whether a time can start with `c`.
const fn starts(c: char) -> bool {
    match c {
        '0'..='9' => true,
        '\0'..='\u{4dff}' => false,
        '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '两' | '俩' | '仨' | '半' | '第'
        | '百' | '壹' | '贰' | '叁' => true,
        '大' | '多' | '小' | '次' | '当' | '隔' | '明' | '昨' | '前' | '今' | '上' | '这' | '本' | '周' | '星'
        | '礼' | '双' => true,
        '凌' | '清' | '早' | '中' | '正' | '下' | '午' | '傍' | '晚' | '夜' => true,
        _ => false,
    }
}

/// Whether what follows a start can make it a time: a look at one or two characters spares most texts the grammar.
fn goes_on(start: char, rest: &str) -> bool {
    let mut chars = rest.chars();
    let Some(next) = chars.next() else { return false };
    match start {
        '大' => matches!(next, '半' | '前'),
        '多' | '小' => next == '半',
        '次' => matches!(next, '日' | '晨'),
        '当' => matches!(next, '日' | '天' | '晚'),
        '隔' => matches!(next, '日' | '天'),
        '明' => next == '日',
        '昨' => matches!(next, '天' | '日' | '晚'),
        '前' => next == '天',
        '今' => matches!(next, '天' | '日' | '早' | '晚'),
        '上' => matches!(next, '上' | '个' | '周' | '星' | '礼' | '午'),
        '这' | '本' => matches!(next, '周' | '星' | '礼'),
        '周' => "一二三四五六日天末".contains(next),
        '星' => next == '期',
        '礼' => next == '拜',
        '双' => matches!(next, '1' | '十'),
        '凌' | '清' => next == '晨',
        '中' | '正' | '下' => next == '午',
        '午' => next == '后',
        '傍' => next == '晚',
        '夜' => next == '里',
        '半' if next == '个' => follows_piece(chars.next()),
        '半' => follows_number(next),
        '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '两' | '俩' | '仨' | '百' => {
            match next {
                '个' => follows_piece(chars.next()),
                _ => follows_number(next) || digit(next).is_some() || "十百千拾佰".contains(next),
            }
        }
        _ => true,
    }
}

/// Whether a character may stand between a Chinese numeral and the rest of a time: units, 个, 多, marks of ranges.
fn follows_number(c: char) -> bool {
    follows_piece(Some(c)) || "個余几刻点号年月日到至或、，,.:：-~—–/".contains(c)
}

/// Whether a character may follow 一个 in a time.
fn follows_piece(c: Option<char>) -> bool {
    c.is_some_and(|c| " 多半来余工小钟分秒天自日星礼周月年hHmdw".contains(c))
}

fn take(reader: Reader<'_>, at: usize, marks: &mut Marks) -> Option<usize> {
    let text = reader.text;
    if let Some(end) = point(text, at, marks) {
        return Some(end);
    }
    if let Some(duration) = named(text, at) {
        marks.durations.push(duration);
        return Some(duration.end);
    }
    let before = text.char_before(at);
    let Some(length) = reader.length(at) else {
        // The digits of a number that is no time are not looked at one by one.
        return number(text, at).map(|n| n.end);
    };
    if !is_part_of_another(text, at, before, &length) {
        marks.durations.push(duration(at, &length));
    }
    Some(length.end)
}

/// 第三天, 这两天, 每天, 2018年, v1.5小时
fn is_part_of_another(text: Cursor<'_>, at: usize, before: Option<char>, length: &Length) -> bool {
    let small = length.high <= 2.0 * 1440.0 && length.unit >= Unit::Day;
    match before {
        // [数字x]5个工作日: half of it was taken out.
        Some(']' | '】') => true,
        // 几十分钟, 数十天: nobody can say how many.
        Some('几' | '数') => true,
        // 最后一天, 最后一分钟: a moment before the end.
        Some('后') => text.before(at).ends_with("最后") && (length.unit >= Unit::Day || length.high <= 1.0),
        // 5号三天, but 车牌号一个月.
        Some('号') if length.unit >= Unit::Day => {
            text.before(at).chars().nth_back(1).is_some_and(|c| c.is_ascii_digit() || c == '十' || digit(c).is_some())
        }
        // 248元一天, 500多一天: a price.
        Some('元' | '块' | '多') if length.unit == Unit::Day && text.char(at) == Some('一') => true,
        Some('第' | '每' | '这' | '某' | '哪' | '头' | '同' | '年' | '月' | '满') if length.unit >= Unit::Day => {
            true
        }
        // 上半年 is a half of the calendar.
        Some('上' | '下') if length.unit == Unit::Year => true,
        // 有一天, 前两天, 过两天, 那一天: no stretch of time.
        Some('前' | '有' | '那' | '另' | '过') if small => true,
        Some('.' | ':' | '：') => text.before(at).chars().rev().nth(1).is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_ascii_alphanumeric() && text.char(at).is_some_and(|c| c.is_ascii_digit()),
        None => false,
    }
}

fn duration(start: usize, length: &Length) -> Duration {
    let kind = match length.unit {
        Unit::Second | Unit::BareMinute | Unit::Minute => Kind::Minutes,
        Unit::Hour => Kind::Hours,
        Unit::Day => Kind::Days,
        Unit::WorkingDay => Kind::Workdays,
        Unit::Week => Kind::Weeks,
        Unit::Month => Kind::Months,
        Unit::Year => Kind::Years,
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // Below 10⁹ years: numbers have 8 digits at most.
    let minutes = |m: f64| (m.round().max(1.0)) as u32;
    let bare = length.unit == Unit::BareMinute;
    Duration {
        start,
        end: length.end,
        low: minutes(length.low),
        high: minutes(length.high),
        about: length.about,
        rough: length.rough,
        kind,
        bare,
    }
}

/// Days that are durations from the order on: 次日达, 当天, 第三天.
fn named(text: Cursor<'_>, at: usize) -> Option<Duration> {
    let words = [
        ("次日", (1440, Kind::Nextday)),
        ("次晨", (1440, Kind::Nextday)),
        ("第二天", (1440, Kind::Nextday)),
        ("第2天", (1440, Kind::Nextday)),
        ("第二日", (1440, Kind::Nextday)),
        ("隔日", (1440, Kind::Nextday)),
        ("隔天", (1440, Kind::Nextday)),
        ("明日达", (1440, Kind::Nextday)),
        ("当日", (720, Kind::Sameday)),
        ("当天", (720, Kind::Sameday)),
    ];
    // 次日[时间x]前: half of it was taken out.
    if let Some((end, (minutes, kind))) = text.after_any(at, &words).filter(|(end, _)| text.char(*end) != Some('[')) {
        return Some(Duration {
            start: at,
            end,
            low: minutes,
            high: minutes,
            about: false,
            rough: false,
            kind,
            bare: false,
        });
    }
    let from = text.after(at, "第")?;
    let count = number(text, from).filter(|n| n.low == n.high && (3.0..1000.0).contains(&n.low))?;
    let (end, ()) = text.after_any(count.end, &[("天", ()), ("日", ())])?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 3 to 999.
    let minutes = count.low as u32 * 1440;
    Some(Duration {
        start: at,
        end,
        low: minutes,
        high: minutes,
        about: false,
        rough: false,
        kind: Kind::Nth,
        bare: false,
    })
}

/// A moment at `at`; a clock time beside a day belongs to it.
fn point(text: Cursor<'_>, at: usize, marks: &mut Marks) -> Option<usize> {
    // 南海大道8-8号, 龙昆南路5号: a place.
    let place = |c: char| c.is_ascii_alphanumeric() || "-路道街巷弄村区座栋幢楼".contains(c);
    if text.char_before(at).is_some_and(place) {
        return None;
    }
    if let Some((day, end)) = moment::day(text, at) {
        let from = text.skip_space(end);
        let clock = clock(text, from);
        let end = clock.map_or(end, |(_, end)| end);
        let moment = Moment { day: Some(day), clock: clock.map(|(clock, _)| clock) };
        marks.points.push(Point { start: at, end, moment });
        return Some(end);
    }
    let (clock, end) = clock(text, at)?;
    marks.points.push(Point { start: at, end, moment: Moment { day: None, clock: Some(clock) } });
    Some(end)
}

/// A clock time; 一点, 两点 and 三点 alone are ones only where the words around them say so.
fn clock(text: Cursor<'_>, at: usize) -> Option<(moment::Clock, usize)> {
    let (clock, end) = moment::clock(text, at)?;
    let words = text.slice(at, end);
    let few = matches!(words, "一点" | "两点" | "三点" | "二点" | "1点" | "2点" | "3点" | "四点" | "五点" | "几点");
    if !few || moment::is_day_part(text, at) {
        return Some((clock, end));
    }
    let rest = text.rest(end);
    let said = ["才", "还", "送", "到", "来", "下单", "订", "定", "前", "之前", "多", "左右", "取", "收"];
    let before = text.char_before(at);
    let little = words == "一点" && before.is_some_and(|c| "有早晚慢多少大小好差高低点".contains(c));
    // 快一点才送来 is a clock time, 快一点送来 is a wish.
    let quick = before == Some('快') && !rest.starts_with('才') && !rest.starts_with('还');
    (!little && !quick && said.iter().any(|word| rest.starts_with(word))).then_some((clock, end))
}

/// Whether the day of a point is one of the calendar or the week.
pub(super) const fn is_day(moment: &Moment) -> bool {
    matches!(moment.day, Some(Day::Date { .. } | Day::Week { .. } | Day::Relative(_)))
}
