//! Durations and clock pairs of a text, in minutes, and what each of them is: promised, elapsed, or neither.
//!
//! # Grammar
//! ```text
//! duration   = length [ to length ]                      半小时到一小时, 二十天至一个月: the upper end
//! length     = half | quarter | counted { [零|又] counted }   一小时二十分钟, 两天零三小时
//! half       = (半|大半|小半) [个] [多] unit               半小时 30, 半个月 21 600, 大半个月 28 800 (two thirds)
//! quarter    = number 刻钟                                 三刻钟 45
//! counted    = number [to number] [个] [半|多|来] unit [半|多]  3-5个工作日, 两个半小时, 一小时半, 100多分钟
//! number     = digits [. digits] | Chinese numeral | neighbours    40, 1.5, 一百二十, 两三, 十几 (15), 10几 (15), 20多 (20)
//! unit       = 秒 | 分(钟) | 小时 | 钟头 | 天 | 日 | 工作日 | 周 | 星期 | 礼拜 | 月 | 年 | h | min | day …
//! from order = 次日 | 第二天 | 隔日 (1 440) | 当日 | 当天 (720) | 第N天 (N days)
//! moment     = [day] [clock]
//! clock      = [凌晨|早上|…|晚上] (H:MM | H点[半|一刻|MM分|多])
//! day        = [年] 月 日 | 日号 | 2018-04-05 | 6.18 | 双11 | 周一 … 周日 | 昨天 | 前天
//! ```
//! A week has 10 080 minutes, a month 43 200, a year 525 600, a working day what the calendar says. Vague amounts (几天,
//! 半天, 好久) say no minutes. Of two neighbours (一两个小时) the lower passed and the upper was promised.
//!
//! # Roles
//! The words around a duration decide, by the weights in `rules/times.toml`:
//! - **promised**: the company says it (承诺, 预计, 显示, 告知 …); the customer's wishes and fixed instructions are not.
//! - **actual**: it passed (等了, 才到, 还没 …). From clock to clock or day to day: from an order to its arrival.
//! - **late** (晚了, 超时): with a promise both add up to what passed; alone it says nothing.
//! - **neither**: lifetimes, distances, opening hours, prices, ages.
//!
//! Where a text states several, the outcome of the promise is preferred, then what is said most clearly.

mod choose;
mod cues;
mod duration;
mod moment;
mod number;
mod points;
mod scan;
mod text;
mod weigh;

use jiff::Timestamp;
use tingjian_schemas::Span;

/// What is known of a text besides the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimesContext {
    /// When it was said: 上周五到现在 counts from here.
    pub occurred_at: Option<Timestamp>,
    /// Minutes of a working day (工作日); 1 440 unless an organisation's calendar says otherwise.
    pub working_day_min: u32,
}

impl Default for TimesContext {
    fn default() -> Self {
        Self { occurred_at: None, working_day_min: 1440 }
    }
}

/// What a duration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The company said it would take that long.
    Promised,
    /// It took that long, or has taken that long so far.
    Actual,
    /// Neither.
    Other,
}

/// One duration a text states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Characters of the text.
    pub span: Span,
    /// Minutes.
    pub minutes: u32,
    /// What it is.
    pub role: Role,
}

/// Everything a text says about time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The duration promised, minutes, and where the text says so.
    pub promised: Option<(u32, Span)>,
    /// The duration elapsed, minutes, and where the text says so.
    pub actual: Option<(u32, Span)>,
    /// Whether that was still running; `None` exactly where `actual` is.
    pub open: Option<bool>,
    /// Every duration in the text, in order.
    pub mentions: Vec<Mention>,
}

/// Reads the durations of a normalised text. Never fails; linear in its length; see the [module](self) for the grammar.
pub fn read_times(text: &str, context: &TimesContext) -> Times {
    let marks = scan::scan(text, context.working_day_min);
    if marks.durations.is_empty() && marks.points.is_empty() {
        return Times::default();
    }
    choose::choose(text, &marks, context).unwrap_or_default()
}
