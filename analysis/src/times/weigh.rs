//! What the words around a duration say it is.

use super::{
    cues::{Classes, Hit, Lexicon, Side},
    scan::Duration,
};

/// How far from a duration cues are looked for, in bytes: some twenty characters.
const WINDOW: usize = 66;

/// Evidence for each role.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Scores {
    pub(super) promised: f32,
    pub(super) actual: f32,
    pub(super) late: f32,
}

/// A text with its cues and where its clauses end.
pub(super) struct Surroundings<'t> {
    text: &'t str,
    pub(super) hits: Vec<Hit>,
    /// Where a clause ends, and how strongly.
    breaks: Vec<(usize, u8)>,
    filler: Classes,
}

impl<'t> Surroundings<'t> {
    pub(super) fn new(text: &'t str, lexicon: &Lexicon) -> Self {
        let strength = |c| match c {
            '，' | ',' | '、' | '：' | ' ' => Some(1),
            '。' | '！' | '？' | '；' | '\n' | '!' | '?' | ';' => Some(2),
            _ => None,
        };
        let breaks = text.char_indices().filter_map(|(at, c)| Some((at, strength(c)?))).collect();
        Self { text, hits: lexicon.hits(text), breaks, filler: lexicon.named.filler }
    }

    /// Clause ends between two places, weighed.
    pub(super) fn breaks_between(&self, from: usize, to: usize) -> u8 {
        let first = self.breaks.partition_point(|(at, _)| *at < from);
        let inside = self.breaks.iter().skip(first).take_while(|(at, _)| *at < to);
        inside.fold(0u8, |sum, (_, strength)| sum.saturating_add(*strength))
    }

    /// Characters between two places that no filler covers.
    pub(super) fn gap(&self, from: usize, to: usize) -> usize {
        let first = self.hits.partition_point(|hit| hit.start < from);
        let inside = self.hits.iter().skip(first).take_while(|hit| hit.end <= to);
        let fillers: usize = inside.filter(|hit| hit.classes.meets(self.filler)).map(|hit| hit.end - hit.start).sum();
        let breaks =
            self.breaks.partition_point(|(at, _)| *at < to) - self.breaks.partition_point(|(at, _)| *at < from);
        (to.saturating_sub(from).saturating_sub(fillers + 3 * breaks)).div_ceil(3)
    }

    /// Whether nothing but fillers stands between a duration and the ends of its clause.
    fn is_alone(&self, start: usize, end: usize) -> bool {
        let index = self.breaks.partition_point(|(at, _)| *at < start);
        let from = index.checked_sub(1).and_then(|i| self.breaks.get(i)).map_or(0, |(at, _)| *at);
        let to = self.breaks.get(index).map_or(self.text.len(), |(at, _)| *at);
        to >= end && self.gap(from, start) == 0 && self.gap(end, to) == 0
    }

    /// Cues that end before `at`, nearest first, no farther than `window` bytes.
    pub(super) fn before(&self, at: usize, window: usize) -> impl Iterator<Item = &Hit> {
        let end = self.hits.partition_point(|hit| hit.end <= at);
        self.hits.iter().take(end).rev().take_while(move |hit| hit.end + window >= at)
    }

    /// Cues that start after `at`, nearest first, no farther than `window` bytes.
    pub(super) fn after(&self, at: usize, window: usize) -> impl Iterator<Item = &Hit> {
        let first = self.hits.partition_point(|hit| hit.start < at);
        self.hits.iter().skip(first).take_while(move |hit| hit.start <= at + window)
    }

    /// Where the last cue of `classes` within `gap` characters and `breaks` clause ends before `at` ends.
    pub(super) fn last_before(&self, at: usize, classes: Classes, gap: usize, breaks: u8) -> Option<usize> {
        let fits = |hit: &&Hit| self.gap(hit.end, at) <= gap && self.breaks_between(hit.end, at) <= breaks;
        self.before(at, 3 * gap + WINDOW).filter(|hit| hit.classes.meets(classes)).find(fits).map(|hit| hit.end)
    }

    /// Where the first cue of `classes` within `gap` characters and `breaks` clause ends after `at` starts.
    pub(super) fn first_after(&self, at: usize, classes: Classes, gap: usize, breaks: u8) -> Option<usize> {
        let fits = |hit: &&Hit| self.gap(at, hit.start) <= gap && self.breaks_between(at, hit.start) <= breaks;
        self.after(at, 3 * gap + WINDOW).filter(|hit| hit.classes.meets(classes)).find(fits).map(|hit| hit.start)
    }

    pub(super) fn has_before(&self, at: usize, classes: Classes, gap: usize, breaks: u8) -> bool {
        self.last_before(at, classes, gap, breaks).is_some()
    }

    pub(super) fn has_after(&self, at: usize, classes: Classes, gap: usize, breaks: u8) -> bool {
        self.first_after(at, classes, gap, breaks).is_some()
    }

    /// Whether a cue of `classes` lies between two places.
    pub(super) fn has_between(&self, from: usize, to: usize, classes: Classes) -> bool {
        self.after(from, to.saturating_sub(from)).any(|hit| hit.end <= to && hit.classes.meets(classes))
    }

    /// Whether 到 stands at `at` as a verb: 16号到，; 1月2日到市政务中心 goes somewhere.
    pub(super) fn comes(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or_default();
        let after = rest.strip_prefix('到').and_then(|rest| rest.chars().next());
        rest == "到" || after.is_some_and(|c| !c.is_alphanumeric() || "的货了家手账站结".contains(c))
    }

    /// Whether a name and a colon follow: 2026-03-04 10:28 某公司：…
    pub(super) fn is_heading(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = rest.chars().take(30).find(|c| "：；，。！？\n;,".contains(*c));
        end.is_some_and(|c| matches!(c, '：' | '；' | ';'))
    }

    /// Whether only 到, 至, `-` or the like stands between two places.
    pub(super) fn is_joined(&self, from: usize, to: usize) -> bool {
        matches!(self.text.get(from..to).map(str::trim), Some("到" | "至" | "-" | "~" | "—" | "–" | "--" | "～"))
    }
}

/// The sums of the weights of all cues around `duration`; `last` is where the duration before it ends.
pub(super) fn weigh(around: &Surroundings<'_>, lexicon: &Lexicon, duration: &Duration, last: usize) -> Scores {
    let near = |hit: &Hit, from, to| Near {
        classes: hit.classes,
        gap: around.gap(from, to),
        breaks: around.breaks_between(from, to),
        taken: hit.start >= last && last > 0 && around.gap(last, hit.start) == 0,
    };
    let before = around.before(duration.start, WINDOW).map(|hit| near(hit, hit.end, duration.start));
    let after = around.after(duration.end, WINDOW).map(|hit| near(hit, duration.end, hit.start));
    let (before, after): (Vec<Near>, Vec<Near>) = (before.collect(), after.collect());
    let prior = lexicon.priors.get(&duration.kind).copied().unwrap_or_default();
    let mut scores = Scores { promised: prior.promised, actual: prior.actual, late: 0.0 };
    for weight in &lexicon.weights {
        if !weight.only.is_empty() && !weight.only.contains(&duration.kind) {
            continue;
        }
        let side = if weight.side == Side::Before { &before } else { &after };
        let holds = |near: &Near| {
            near.classes.meets(weight.classes)
                && near.gap <= weight.gap
                && near.breaks <= weight.breaks
                && !(weight.own && near.taken)
        };
        if side.iter().any(holds) {
            scores.promised += weight.promised;
            scores.actual += weight.actual;
            scores.late += weight.late;
        }
    }
    // 两个小时！ is a complaint by itself, 一个月 needs its 了.
    let said = duration.kind.is_short() || around.has_after(duration.end, lexicon.named.elapsed, 0, 0);
    if said && around.is_alone(duration.start, duration.end) {
        scores.actual += lexicon.alone;
    }
    scores
}

/// A cue and how far from the duration it stands.
struct Near {
    classes: Classes,
    gap: usize,
    breaks: u8,
    /// It stands right after the duration before.
    taken: bool,
}
