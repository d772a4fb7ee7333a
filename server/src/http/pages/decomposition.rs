//! A delay as a picture: promise, capability and actual on one axis.

use askama::Template;

use super::{format::minutes, words::Language};

/// Where the axis begins and how long it is, in the picture's units.
const LEFT: i64 = 110;
const LENGTH: i64 = 470;
/// Height of a row.
const ROW: i64 = 34;
/// Steps between two marks of the axis, minutes: the first that gives few enough marks is taken.
const STEPS_MIN: [i64; 12] = [5, 10, 30, 60, 120, 360, 720, 1_440, 2_880, 4_320, 10_080, 43_200];
const MARKS_AT_MOST: i64 = 6;

/// The picture.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/decomposition.html")]
pub struct Picture {
    /// What it says to who cannot see it.
    pub label: String,
    /// One for each of promise, capability, actual that is known.
    pub rows: Vec<Row>,
    /// Marks of the axis.
    pub marks: Vec<Mark>,
    /// Where the axis is.
    pub axis_y: i64,
    /// Height of all.
    pub height: i64,
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its length in words.
    pub value: String,
    /// Top of the bar.
    pub y: i64,
    /// Where its words stand.
    pub text_y: i64,
    /// Where the words after it begin.
    pub end: i64,
    /// What it is made of.
    pub segments: Vec<Segment>,
}

/// A piece of a bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Left end.
    pub x: i64,
    /// Width.
    pub width: i64,
    /// Class.
    pub class: &'static str,
    /// In words.
    pub title: String,
}

/// A mark of the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where.
    pub x: i64,
    /// In words.
    pub text: String,
}

/// Minutes from the delivery's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    /// p.
    pub promised: i64,
    /// c.
    pub capability: Option<i64>,
    /// a.
    pub actual: i64,
    /// Still under way.
    pub open: bool,
}

/// From and to in minutes, and the class that colours it.
type Part = (i64, i64, &'static str);

impl Picture {
    /// Of a delay; what is negative (a promise due before the start) begins at the axis' start.
    pub fn new(language: Language, delay: Delay) -> Self {
        let furthest = delay.promised.max(delay.actual).max(delay.capability.unwrap_or(0)).max(1);
        let place = |min: i64| LEFT + min.clamp(0, furthest) * LENGTH / furthest;
        let shown = |min: i64| minutes(language, min);
        let mut rows = vec![(language.t("trace.promised"), delay.promised, vec![(0, delay.promised, "promised")])];
        if let Some(capability) = delay.capability {
            let mut parts = vec![(0, capability.min(delay.promised), "promised")];
            parts.push((delay.promised, capability, "over-promise"));
            rows.push((language.t("trace.capability"), capability, parts));
        }
        rows.push((language.t("trace.actual"), delay.actual, actual_parts(delay)));
        let row = |nth: i64, name: &str, value: i64, parts: Vec<Part>| {
            let segments = parts.into_iter().filter(|(from, to, _)| to > from).map(|(from, to, class)| Segment {
                x: place(from),
                width: (place(to) - place(from)).max(1),
                class,
                title: format!("{} {}", language.name("trace", class), shown(to - from)),
            });
            let open = if delay.open && nth > 0 && value == delay.actual { "+" } else { "" };
            Row {
                name: name.to_owned(),
                value: format!("{}{open}", shown(value)),
                y: nth * ROW + 6,
                text_y: nth * ROW + 22,
                end: place(value) + 6,
                segments: segments.collect(),
            }
        };
        let rows: Vec<Row> = (0..).zip(rows).map(|(nth, (name, value, parts))| row(nth, name, value, parts)).collect();
        let axis_y = rows.len() as i64 * ROW + 6;
        let label = rows.iter().map(|row| format!("{} {}", row.name, row.value)).collect::<Vec<_>>().join("；");
        Self { label, rows, marks: marks(language, furthest), axis_y, height: axis_y + 24 }
    }
}

/// What the actual time is made of: promised, beyond the promise what nobody could have kept, beyond that the overrun.
fn actual_parts(delay: Delay) -> Vec<Part> {
    let Delay { promised, actual, capability, .. } = delay;
    let mut parts = vec![(0, promised.min(actual), "promised")];
    match capability {
        Some(capability) => {
            let border = capability.clamp(promised, actual.max(promised));
            parts.push((promised, border.min(actual), "over-promise"));
            parts.push((border, actual, "overrun"));
        }
        None => parts.push((promised, actual, "late")),
    }
    parts
}

fn marks(language: Language, furthest: i64) -> Vec<Mark> {
    let step = STEPS_MIN.into_iter().find(|step| furthest / step <= MARKS_AT_MOST);
    let step = step.unwrap_or_else(|| (furthest / MARKS_AT_MOST).max(1));
    let mark = |nth: i64| Mark { x: LEFT + nth * step * LENGTH / furthest, text: minutes(language, nth * step) };
    (0..=furthest / step).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(promised: i64, capability: Option<i64>, actual: i64) -> Vec<Part> {
        let delay = Delay { promised, capability, actual, open: false };
        actual_parts(delay).into_iter().filter(|(from, to, _)| to > from).collect()
    }

    #[test]
    fn the_actual_time_is_cut_where_the_definitions_cut_it() {
        assert_eq!(parts(10, Some(30), 50), [(0, 10, "promised"), (10, 30, "over-promise"), (30, 50, "overrun")]);
        assert_eq!(parts(10, Some(30), 20), [(0, 10, "promised"), (10, 20, "over-promise")]);
        assert_eq!(parts(10, Some(5), 20), [(0, 10, "promised"), (10, 20, "overrun")]);
        assert_eq!(parts(10, None, 20), [(0, 10, "promised"), (10, 20, "late")]);
        assert_eq!(parts(10, Some(30), 8), [(0, 8, "promised")]);
    }

    #[test]
    fn the_picture_stays_within_its_frame() {
        for (promised, capability, actual) in [(1, Some(2), 3), (-50, Some(40), 90), (2_880, None, 400_000)] {
            let picture = Picture::new(Language::Chinese, Delay { promised, capability, actual, open: true });
            let segments = picture.rows.iter().flat_map(|row| &row.segments);
            assert!(segments.clone().all(|s| s.x >= LEFT && s.x + s.width <= LEFT + LENGTH + 1), "{picture:?}");
            assert!(picture.marks.len() as i64 <= MARKS_AT_MOST + 1);
        }
    }
}
