//! Durations and clock pairs of a text, in minutes, and what each of them is: promised, elapsed, or neither.

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

/// Reads the durations of a normalised text.
pub fn read_times(text: &str, context: &TimesContext) -> Times {
    let marks = scan::scan(text, context.working_day_min);
    if marks.durations.is_empty() && marks.points.is_empty() {
        return Times::default();
    }
    choose::choose(text, &marks, context).unwrap_or_default()
}
