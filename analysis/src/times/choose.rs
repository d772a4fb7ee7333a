//! Of all durations of a text, the one that was promised and the one that passed.

use jiff::tz::TimeZone;
use tingjian_schemas::Span;

use super::{
    Mention, Role, Times, TimesContext,
    cues::{LEXICON, Lexicon},
    points::{Stretch, stretches},
    scan::{Duration, Kind, Marks},
    weigh::{Scores, Surroundings, weigh},
};

/// A duration with what speaks for each role.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    duration: Duration,
    scores: Scores,
}

/// Minutes and the bytes that say so.
#[derive(Clone, Copy, Debug)]
struct Chosen {
    minutes: u32,
    start: usize,
    end: usize,
    open: bool,
}

pub(super) fn choose(text: &str, marks: &Marks, context: &TimesContext) -> Option<Times> {
    let lexicon = LEXICON.as_ref()?;
    let around = Surroundings::new(text, lexicon);
    let ends = [0].into_iter().chain(marks.durations.iter().map(|d| d.end));
    let candidates: Vec<Candidate> = marks
        .durations
        .iter()
        .zip(ends)
        .map(|(duration, last)| Candidate { duration: *duration, scores: weigh(&around, lexicon, duration, last) })
        .filter(|c| !c.duration.bare || is_time(text, c))
        .collect();
    let today = context.occurred_at.map(|at| at.to_zoned(TimeZone::fixed(jiff::tz::offset(8))).date());
    let clock = stretches(&around, lexicon, &marks.points, today);
    let choice = Choice { around: &around, lexicon, candidates: &candidates };
    let mut promised = choice.promised().or(clock.promised.map(chosen));
    let mut actual = choice.actual(promised, clock.actual);
    choice.shift(&mut promised, &mut actual);
    Some(times(text, &candidates, lexicon.least, promised, actual))
}

/// 分 without 钟: a time beside strong cues, where no noun or adjective follows (十分热情, 三分之一).
fn is_time(text: &str, candidate: &Candidate) -> bool {
    let next = text.get(candidate.duration.end..).and_then(|rest| rest.chars().next());
    let ends =
        next.is_none_or(|c| !c.is_alphanumeric() || matches!(c, '才' | '了' | '内' | '后' | '还' | '左' | '多' | '没'));
    let Scores { promised, actual, late } = candidate.scores;
    ends && (actual >= 2.5 || late > 0.0 || promised >= 2.0)
}

fn chosen(stretch: Stretch) -> Chosen {
    Chosen { minutes: stretch.minutes, start: stretch.start, end: stretch.end, open: stretch.open }
}

struct Choice<'c> {
    around: &'c Surroundings<'c>,
    lexicon: &'c Lexicon,
    candidates: &'c [Candidate],
}

impl Choice<'_> {
    fn promised(&self) -> Option<Chosen> {
        let fits = |c: &&Candidate| role(c, self.lexicon.least) == Role::Promised;
        let stronger = |best, c: &'_ Candidate| -> bool {
            let best: &Candidate = best;
            c.scores.promised > best.scores.promised
        };
        let best = self.candidates.iter().filter(fits).reduce(|best, c| if stronger(best, c) { c } else { best })?;
        let Duration { high, start, end, .. } = best.duration;
        Some(Chosen { minutes: high, start, end, open: false })
    }

    fn actual(&self, promised: Option<Chosen>, clock: Option<Stretch>) -> Option<Chosen> {
        let mut best: Option<(f32, &Candidate)> = None;
        for candidate in self.candidates.iter().filter(|c| role(c, self.lexicon.least) == Role::Actual) {
            let score =
                candidate.scores.actual + promised.map_or(0.0, |promised| answers(promised, &candidate.duration));
            let longer = |old: &Candidate| candidate.duration.high > old.duration.high;
            if best.is_none_or(|(top, old)| score > top || score == top && longer(old)) {
                best = Some((score, candidate));
            }
        }
        let said = best.map(|(_, candidate)| (candidate, self.elapsed(candidate, promised)));
        match (said, clock) {
            (Some((candidate, said)), Some(clock)) if agrees(candidate, &said, &clock) => Some(chosen(clock)),
            (Some((_, said)), _) => Some(said),
            (None, clock) => clock.map(chosen),
        }
    }

    fn elapsed(&self, candidate: &Candidate, promised: Option<Chosen>) -> Chosen {
        let Candidate { duration, .. } = candidate;
        let open = self.is_open(duration);
        // 次日达 … 第三天才到: the second day is the first one after the order.
        let nth = duration.kind == Kind::Nth && promised.is_some_and(|p| p.minutes == 1440);
        let minutes = if nth { duration.low.saturating_sub(1440) } else { duration.passed() };
        Chosen {
            minutes: minutes + if promised.is_none() { self.again(duration) } else { 0 },
            start: duration.start,
            end: duration.end,
            open,
        }
    }

    /// Whether the wait had not ended when the text was written.
    fn is_open(&self, duration: &Duration) -> bool {
        let (around, named) = (self.around, &self.lexicon.named);
        let ended =
            around.has_after(duration.end, named.then, 4, 0) || around.has_after(duration.end, named.closed, 12, 4);
        let lacking = around.has_after(duration.end, named.open, 4, 1);
        // 已经四天, 一个月了, 两个小时过去了: so far, where nothing came.
        let so_far = around.has_before(duration.start, named.sofar, 1, 0)
            || around.has_after(duration.end, named.elapsed, 0, 0)
            || around.has_after(duration.end, named.gone, 1, 0);
        !ended && (lacking || so_far && !around.has_after(duration.end, named.done, 4, 0))
    }

    /// 等了半小时 … 又等了半个小时: both were waited.
    fn again(&self, first: &Duration) -> u32 {
        let named = &self.lexicon.named;
        if self.around.has_before(first.start, named.total, 3, 0) {
            return 0;
        }
        let waited = |c: &&Candidate, cue| self.around.has_before(c.duration.start, cue, 1, 0);
        let mut others = self.candidates.iter().filter(|c| c.duration != *first);
        if self.around.has_before(first.start, named.again, 1, 0) {
            // The best was the second of the two: the first is the wait before it.
            let before = others.filter(|c| c.duration.end < first.start).rfind(|c| waited(c, named.waited));
            return before.map_or(0, |c| c.duration.passed());
        }
        // 再等十分钟就取消: that is still to come.
        let passed = |c: &&Candidate| !self.around.has_after(c.duration.end, named.future, 1, 0);
        let after = others.find(|c| c.duration.start > first.end && waited(c, named.again)).filter(passed);
        after.map_or(0, |c| c.duration.passed())
    }

    /// 晚了一个小时: counts on top of a promise, or tells it from what passed.
    fn shift(&self, promised: &mut Option<Chosen>, actual: &mut Option<Chosen>) {
        let least = self.lexicon.least;
        let Some(late) = self.candidates.iter().find(|c| is_late(c, least)) else { return };
        let (minutes, start, end) = (late.duration.low, late.duration.start, late.duration.end);
        let named = &self.lexicon.named;
        match (*promised, *actual) {
            (Some(p), None) => *actual = Some(Chosen { minutes: p.minutes + minutes, start, end, open: false }),
            // 晚了二十多分钟 tells nobody what was promised to the minute.
            (None, Some(a))
                if a.minutes > minutes && !late.duration.about && self.around.has_before(start, named.than, 10, 0) =>
            {
                *promised = Some(Chosen { minutes: a.minutes - minutes, start, end, open: false });
            }
            // 45分钟送餐也不说什么，还迟到10分钟: what is not called a wait was the offer.
            (None, Some(a)) if a.end < start && self.is_offer(&a) => {
                *promised = Some(a);
                *actual = Some(Chosen { minutes: a.minutes + minutes, start, end, open: false });
            }
            _ => {}
        }
    }

    fn is_offer(&self, chosen: &Chosen) -> bool {
        let named = &self.lexicon.named;
        let waited = self.around.has_before(chosen.start, named.waited, 2, 0);
        let then = self.around.has_after(chosen.end, named.then, 8, 1);
        !waited && !then && self.around.has_after(chosen.end, named.arrive, 1, 0)
    }
}

/// How well a duration fits as the outcome of a promise: of its size, and after it.
fn answers(promised: Chosen, duration: &Duration) -> f32 {
    let ratio = f64::from(duration.high) / f64::from(promised.minutes.max(1));
    let follows = if duration.start > promised.end { 0.5 } else { 0.0 };
    if (0.25..=15.0).contains(&ratio) { 1.0 + follows } else { follows - 1.5 }
}

impl Duration {
    /// What passed: of 一两个小时 the lower, of 3-5天 the upper end.
    const fn passed(&self) -> u32 {
        if self.rough { self.low } else { self.high }
    }
}

/// Whether a clock pair says the same as a rough duration, only exactly.
fn agrees(candidate: &Candidate, said: &Chosen, clock: &Stretch) -> bool {
    let exact = candidate.duration.kind == Kind::Minutes && !candidate.duration.about;
    let apart = said.minutes.abs_diff(clock.minutes);
    !exact && clock.clocks && !clock.about && !clock.open && apart <= 30.max(said.minutes / 4)
}

fn is_late(candidate: &Candidate, least: f32) -> bool {
    let Scores { promised, actual, late } = candidate.scores;
    late >= least && late > actual && late > promised
}

fn role(candidate: &Candidate, least: f32) -> Role {
    let Scores { promised, actual, .. } = candidate.scores;
    if is_late(candidate, least) {
        Role::Other
    } else if promised >= least && promised >= actual {
        Role::Promised
    } else if actual >= least {
        Role::Actual
    } else {
        Role::Other
    }
}

fn times(text: &str, candidates: &[Candidate], least: f32, promised: Option<Chosen>, actual: Option<Chosen>) -> Times {
    let mut counter = Counter { text, byte: 0, chars: 0 };
    let mention = |c: &Candidate| Mention {
        span: counter.span(c.duration.start, c.duration.end),
        minutes: c.duration.high,
        role: role(c, least),
    };
    let mentions = candidates.iter().map(mention).collect();
    let span = |chosen: Chosen| (chosen.minutes, Counter { text, byte: 0, chars: 0 }.span(chosen.start, chosen.end));
    Times { promised: promised.map(span), actual: actual.map(span), open: actual.map(|a| a.open), mentions }
}

/// Turns growing byte offsets into character offsets.
struct Counter<'t> {
    text: &'t str,
    byte: usize,
    chars: usize,
}

impl Counter<'_> {
    fn at(&mut self, byte: usize) -> u32 {
        self.chars += self.text.get(self.byte..byte).map_or(0, |s| s.chars().count());
        self.byte = byte;
        u32::try_from(self.chars).unwrap_or(u32::MAX)
    }

    fn span(&mut self, start: usize, end: usize) -> Span {
        Span { start: self.at(start), end: self.at(end) }
    }
}
