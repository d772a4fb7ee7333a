//! From moment to moment: 11:06 下单 … 预计 12:15 … 12:40 收到; 周日下的单，周五才到; 7点40等到8点11.

use super::{
    cues::{Classes, Hit, Lexicon},
    moment::{Clock, Day, Moment, on_calendar},
    scan::{Point, is_day},
    weigh::Surroundings,
};

/// The part a moment plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Start,
    Due,
    End,
    /// Seen at that moment, and still not there.
    Seen,
}

/// A stretch of time between two moments of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) minutes: u32,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Not meant to the minute.
    pub(super) about: bool,
    pub(super) open: bool,
    /// From clock to clock, not from day to day.
    pub(super) clocks: bool,
}

/// What the moments of a text add up to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stretches {
    pub(super) promised: Option<Stretch>,
    pub(super) actual: Option<Stretch>,
}

/// A moment with its part, and the bytes around it that no other moment has.
#[derive(Clone, Copy, Debug)]
struct Placed {
    point: Point,
    from: usize,
    to: usize,
    part: Option<Part>,
    /// 才 follows: surely an end.
    then: bool,
}

/// Most bytes between the day something was ordered and the day it was due or came.
const APART: usize = 270;
/// Most bytes of an office's answer that are read for a day it promises.
const ANSWER: usize = 600;
/// Most minutes that an office promises ahead by a date: what seems later was said of a day long past.
const PUT_OFF: u32 = 120 * 1440;

pub(super) fn stretches(
    around: &Surroundings<'_>,
    lexicon: &Lexicon,
    points: &[Point],
    today: Option<jiff::civil::Date>,
) -> Stretches {
    let placed = place(around, lexicon, points);
    let mut found = range(around, lexicon, &placed);
    for (index, start) in placed.iter().enumerate().filter(|(_, placed)| placed.part == Some(Part::Start)) {
        let day = placed.iter().take(index).rev().find_map(|p| p.point.moment.day);
        for end in placed.iter().skip(index + 1) {
            let Some(stretch) = between(start, end, day) else { continue };
            match end.part {
                Some(Part::Due) => found.promised = found.promised.or(Some(stretch)),
                Some(Part::End | Part::Seen) => found.actual = better(found.actual, stretch),
                Some(Part::Start) | None => {}
            }
        }
        if found.actual.is_some() || found.promised.is_some() {
            break;
        }
    }
    found.promised = found.promised.or_else(|| replied(around, &placed));
    found.actual =
        found.actual.or_else(|| arrived_late(&placed)).or_else(|| until_now(around, lexicon, &placed, today));
    found
}

/// An end beats “still not there at”; the later of two ends is the end.
fn better(old: Option<Stretch>, new: Stretch) -> Option<Stretch> {
    match old {
        Some(old) if !old.open && new.open || old.open == new.open && old.minutes >= new.minutes => Some(old),
        _ => Some(new),
    }
}

fn between(start: &Placed, end: &Placed, day: Option<Day>) -> Option<Stretch> {
    let (mut from, mut to) = (start.point.moment, end.point.moment);
    // 3月8日10:00 … 12:30: the second is of the same day.
    if from.day.is_some() && to.day.is_none() && from.clock.is_some() {
        from.day = None;
    }
    if from.day.is_none() && to.day.is_some() && to.clock.is_some() && (day.is_none() || day == to.day) {
        to.day = None;
    }
    let minutes = from.until(to)?;
    let clocks = from.clock.is_some() && to.clock.is_some();
    let about = |m: Moment| m.clock.is_some_and(|c: Clock| c.about);
    // Within a day from clock to clock, within a year from day to day.
    let sane = if clocks && from.day.is_none() { minutes <= 900 } else { minutes <= 400 * 1440 };
    // Yesterday to today is praise or chance, no wait.
    let wait = !matches!((from.day, to.day), (Some(Day::Relative(_)), Some(Day::Relative(_))));
    let near = clocks || end.point.start - start.point.end <= APART;
    (sane && near && wait).then_some(Stretch {
        minutes,
        start: start.point.start,
        end: end.point.end,
        about: about(from) || about(to),
        open: end.part == Some(Part::Seen),
        clocks,
    })
}

/// 4月9日到5月24日 after 施工时间为; 10:04~10:54 都在等; 7点40等到8点11.
fn range(around: &Surroundings<'_>, lexicon: &Lexicon, placed: &[Placed]) -> Stretches {
    let named = &lexicon.named;
    let mut found = Stretches::default();
    for (start, end) in placed.iter().zip(placed.iter().skip(1)) {
        let joined = around.is_joined(start.point.end, end.point.start);
        let until = around.has_between(start.point.end, end.point.start, named.until);
        let waited = until && end.point.start - start.point.end <= 24;
        if joined && around.has_before(start.point.start, named.promise, 8, 0) {
            // 说是7点到9点有早餐 are hours of service.
            found.promised = found.promised.or_else(|| between(start, end, None).filter(|stretch| !stretch.clocks));
            continue;
        }
        let Some(stretch) = between(start, end, None).filter(|_| start.part != Some(Part::Due)) else { continue };
        let wait = || {
            around.has_between(start.point.end, end.point.end, named.waited)
                || end.then
                || around.has_between(start.point.end, end.point.start, named.waituntil)
        };
        // 10:04~10:54拨打热线
        let spent = joined && around.has_after(end.point.end, named.check, 4, 0)
            || joined && stretch.clocks && around.has_after(end.point.end, named.waiting, 2, 0);
        if waited && wait() || spent {
            found.actual = found.actual.or(Some(stretch));
        }
    }
    found
}

/// 2026-03-04 某公司：预计10日前完成修复: an office promises in a reply that bears its date.
fn replied(around: &Surroundings<'_>, placed: &[Placed]) -> Option<Stretch> {
    let stamped = |p: &Placed| {
        matches!(p.point.moment.day, Some(Day::Date { year: Some(_), .. })) && around.is_heading(p.point.end)
    };
    placed.iter().enumerate().filter(|(_, reply)| stamped(reply)).find_map(|(index, reply)| {
        let mut answer =
            placed.iter().skip(index + 1).take_while(|p| !stamped(p) && p.point.start < reply.point.end + ANSWER);
        let due = answer.find(|p| p.part == Some(Part::Due) && p.point.moment.clock.is_none())?;
        let minutes = reply.point.moment.until(due.point.moment).filter(|minutes| *minutes <= PUT_OFF)?;
        let (start, end) = (due.point.start, due.point.end);
        Some(Stretch { minutes, start, end, about: false, open: false, clocks: false })
    })
}

/// 明明18号就到了，21号才送过来.
fn arrived_late(placed: &[Placed]) -> Option<Stretch> {
    let (start, end) =
        placed.iter().zip(placed.iter().skip(1)).find(|(start, end)| start.part == Some(Part::End) && end.then)?;
    between(start, end, None).filter(|stretch| !stretch.clocks)
}

/// 上周五下的单到现在还没到, where the day of writing is known; 前天 needs no calendar.
fn until_now(
    around: &Surroundings<'_>,
    lexicon: &Lexicon,
    placed: &[Placed],
    today: Option<jiff::civil::Date>,
) -> Option<Stretch> {
    let start = placed.iter().find(|p| p.part == Some(Part::Start) && is_day(&p.point.moment))?;
    let days = match (start.point.moment.day?, today) {
        (Day::Relative(days), _) => -days,
        (day, Some(today)) => today.since(on_calendar(day, today)?).ok()?.get_days(),
        _ => return None,
    };
    let named = &lexicon.named;
    let open = around.has_after(start.point.end, named.open, 24, 3);
    // “Yesterday” is too near to be called a wait, unless today is named against it.
    let against = placed.iter().any(|p| p.point.moment.day == Some(Day::Relative(0)) && p.part == Some(Part::Seen));
    (open && (days > 1 || days == 1 && against)).then_some(())?;
    let minutes = u32::try_from(days).ok()? * 1440;
    let (start, end) = (start.point.start, start.point.end);
    Some(Stretch { minutes, start, end, about: true, open: true, clocks: false })
}

fn place(around: &Surroundings<'_>, lexicon: &Lexicon, points: &[Point]) -> Vec<Placed> {
    let starts = points.iter().skip(1).map(|p| p.start).chain([usize::MAX]);
    let ends = [0].into_iter().chain(points.iter().map(|p| p.end));
    let placed = points.iter().zip(ends.zip(starts)).map(|(point, (from, to))| {
        let mut placed = Placed { point: *point, from, to, part: None, then: false };
        placed.then = placed.followed(around, lexicon.named.then, 3);
        placed.part = placed.part(around, lexicon);
        placed
    });
    placed.collect()
}

impl Placed {
    /// Whether one of `classes` follows in the same clause, before the next moment.
    fn followed(&self, around: &Surroundings<'_>, classes: Classes, gap: usize) -> bool {
        around.first_after(self.point.end, classes, gap, 0).is_some_and(|at| at < self.to)
    }

    /// Whether one of `classes` stands before in the same clause, after the moment before.
    fn preceded(&self, around: &Surroundings<'_>, classes: Classes, gap: usize) -> bool {
        around.last_before(self.point.start, classes, gap, 0).is_some_and(|at| at >= self.from)
    }

    /// Whether 下单, 从 or the like stands right before, and is not the word after the moment before (11点下单12点到).
    fn begun(&self, around: &Surroundings<'_>, since: Classes) -> bool {
        let free = |hit: &Hit| self.from == 0 || hit.start < self.from || around.gap(self.from, hit.start) > 3;
        let mut near = around.before(self.point.start, 24).filter(|hit| hit.classes.meets(since));
        near.any(|hit| {
            let start = self.point.start;
            free(hit) && around.gap(hit.end, start) <= 1 && around.breaks_between(hit.end, start) == 0
        })
    }

    fn part(&self, around: &Surroundings<'_>, lexicon: &Lexicon) -> Option<Part> {
        let named = &lexicon.named;
        let day = self.point.moment.clock.is_none();
        if self.preceded(around, named.wish, 4) {
            return None;
        }
        if !self.then && (self.preceded(around, named.promise, 8) || self.followed(around, named.due, 2)) {
            return Some(Part::Due);
        }
        if self.then {
            return Some(Part::End);
        }
        if self.followed(around, named.start, 3) || self.begun(around, named.since) {
            return Some(Part::Start);
        }
        if self.followed(around, named.open, 5) {
            return Some(Part::Seen);
        }
        if self.followed(around, named.arrive, 3)
            || around.comes(self.point.end)
            || self.preceded(around, named.reach, 1)
        {
            return Some(Part::End);
        }
        if self.followed(around, named.check, 3) {
            return Some(Part::Seen);
        }
        let far = if day { 45 } else { 12 };
        self.followed(around, named.start, far).then_some(Part::Start)
    }
}
