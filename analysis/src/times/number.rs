//! Numbers as Chinese texts write them: 40, 1.5, 四十, 一百二, 两三, 十几, 100多, 3-5.

use super::text::Cursor;

/// A number, or a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    /// The number, or the lower end.
    pub(super) low: f64,
    /// The upper end; `low` where there is one number only.
    pub(super) high: f64,
    /// 多, 来, 几, 余 after it: somewhat more.
    pub(super) about: bool,
    /// In digits.
    pub(super) arabic: bool,
    /// Digits it is written with, for telling a year from a count.
    pub(super) width: usize,
    /// The byte after it.
    pub(super) end: usize,
}

/// Most characters of one number.
const LONGEST: usize = 9;

/// The number that starts at `at`; vague ones (几, 好几, 数, 若干) are none.
pub(super) fn number(text: Cursor<'_>, at: usize) -> Option<Number> {
    let one = arabic(text, at).or_else(|| chinese(text, at))?;
    Some(pair(text, one).unwrap_or(one))
}

fn arabic(text: Cursor<'_>, at: usize) -> Option<Number> {
    let digits = |from: usize| text.rest(from).bytes().take(LONGEST).take_while(u8::is_ascii_digit).count();
    let whole = digits(at);
    if whole == 0 || whole == LONGEST {
        return None;
    }
    let fraction = if text.rest(at + whole).starts_with('.') { digits(at + whole + 1) } else { 0 };
    let end = if fraction > 0 { at + whole + 1 + fraction } else { at + whole };
    let value: f64 = text.slice(at, end).parse().ok()?;
    let number = Number { low: value, high: value, about: false, arabic: true, width: whole, end };
    Some(if fraction == 0 { more(text, number, true) } else { number })
}

/// 100多, 10几, 20余: the number itself; 十几 and 10几 stand for the middle of the ten.
fn more(text: Cursor<'_>, mut number: Number, ten: bool) -> Number {
    match text.char(number.end) {
        Some(c @ ('多' | '来' | '余')) if number.low >= 10.0 => {
            number.about = true;
            number.end += c.len_utf8();
        }
        Some('几') if ten && number.low % 10.0 == 0.0 && number.low > 0.0 && number.low < 100.0 => {
            number.low += 5.0;
            number.high = number.low;
            number.about = true;
            number.end += '几'.len_utf8();
        }
        _ => {}
    }
    number
}

pub(super) const fn digit(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' | '俩' => 2,
        '三' | '叁' | '仨' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

const fn power(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' => 1000,
        _ => return None,
    })
}

/// Where a Chinese numeral stands while it is read.
#[derive(Default)]
struct Parse {
    total: u32,
    /// The digit waiting for its power, and one more where two stand side by side (两三, 四五).
    last: Option<u32>,
    beside: Option<u32>,
    /// The last power: those after it are smaller.
    power: u32,
    width: usize,
}

fn chinese(text: Cursor<'_>, at: usize) -> Option<Number> {
    let mut parse = Parse::default();
    let mut end = at;
    for c in text.rest(at).chars().take(LONGEST) {
        if !parse.take(c) {
            break;
        }
        end += c.len_utf8();
    }
    parse.number(end).map(|number| more(text, number, true))
}

impl Parse {
    fn take(&mut self, c: char) -> bool {
        if let Some(d) = digit(c) {
            match (self.last, self.beside) {
                (Some(0) | None, _) => self.last = Some(d),
                (Some(last), None) if is_pair(last, d) => self.beside = Some(d),
                _ => return false,
            }
        } else if let Some(p) = power(c) {
            if self.total > 0 && p >= self.power {
                return false;
            }
            let unit = self.last.take().unwrap_or(1);
            if let Some(beside) = self.beside {
                // 二三十: kept apart until the end.
                self.beside = Some(beside * p);
                self.last = Some(unit * p);
                self.power = p;
                self.width += 1;
                return self.total == 0;
            }
            self.total += unit * p;
            self.power = p;
        } else {
            return false;
        }
        self.width += 1;
        true
    }

    fn number(self, end: usize) -> Option<Number> {
        if self.width == 0 {
            return None;
        }
        let last = self.last.unwrap_or(0);
        // A pair after a power belongs to the ones: 十三四.
        let low = self.total + last;
        let high = self.beside.map_or(low, |beside| self.total + beside);
        let (low, high) = (f64::from(low.min(high)), f64::from(low.max(high)));
        Some(Number { low, high, about: false, arabic: false, width: self.width, end })
    }
}

/// Neighbours that name a small range: 一两, 两三, 三五, 七八.
const fn is_pair(a: u32, b: u32) -> bool {
    a > 0 && (b == a + 1 || a == 3 && b == 5)
}

/// 5,6 · 六、七 · 8、9 before a unit: a range of neighbours.
fn pair(text: Cursor<'_>, one: Number) -> Option<Number> {
    let mark = text.char(one.end).filter(|c| matches!(c, ',' | '，' | '、') || *c == '.' && !one.arabic)?;
    let from = one.end + mark.len_utf8();
    let two = arabic(text, from).or_else(|| chinese(text, from))?;
    (one.arabic == two.arabic && two.low == one.low + 1.0 && one.low < 10.0).then_some(Number {
        low: one.low,
        high: two.high,
        width: two.width,
        ..two
    })
}
