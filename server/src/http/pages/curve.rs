//! The share of deliveries done by a time, as a curve with today's promise and the wanted one.

use askama::Template;

use super::{format::minutes, words::Language};

/// The frame of the curve, in the picture's units.
const LEFT: f64 = 44.0;
const TOP: f64 = 12.0;
const WIDTH: f64 = 620.0;
const HEIGHT: f64 = 200.0;
/// Steps drawn at most: more would not be seen.
const STEPS_AT_MOST: usize = 200;

/// The picture.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "parts/curve.html")]
pub struct Curve {
    label: String,
    path: String,
    area: String,
    now: Option<Line>,
    now_side: Side,
    wanted: Option<Line>,
    level_y: String,
    marks: Vec<Line>,
    shares: Vec<Line>,
}

/// Where the words beside a line stand: where the curve is not.
#[derive(Clone, Debug, PartialEq)]
struct Side {
    dx: i32,
    y: f64,
    anchor: &'static str,
}

impl Side {
    /// Left of the middle the curve is below, right of it above; near the right edge words go to the left.
    fn of(place: f64) -> Self {
        let y = if place < 0.5 { TOP + 12.0 } else { TOP + HEIGHT - 8.0 };
        let (dx, anchor) = if place < 0.75 { (6, "start") } else { (-6, "end") };
        Self { dx, y, anchor }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    at: String,
    text: String,
}

impl Curve {
    /// Of the steps of the curve; `None` where there are none.
    pub fn new(
        language: Language,
        steps: &[(u32, f64)],
        promise_min: Option<i64>,
        wanted_min: Option<i64>,
        share: f64,
    ) -> Option<Self> {
        let longest = f64::from(steps.last()?.0.max(1));
        let longest = promise_min.map_or(longest, |promise| longest.max(promise as f64));
        let x = |min: f64| format!("{:.1}", LEFT + min.clamp(0.0, longest) / longest * WIDTH);
        let y = |share: f64| format!("{:.1}", TOP + (1.0 - share.clamp(0.0, 1.0)) * HEIGHT);
        let every = steps.len().div_ceil(STEPS_AT_MOST).max(1);
        let last = steps.len() - 1;
        let drawn = steps.iter().enumerate().filter(|(place, _)| place % every == 0 || *place == last);
        let mut path = format!("M{} {}", x(0.0), y(0.0));
        for (_, (min, share)) in drawn {
            path.push_str(&format!("H{}V{}", x(f64::from(*min)), y(*share)));
        }
        path.push_str(&format!("H{}", x(longest)));
        let area = format!("{path}V{}H{}Z", y(0.0), x(0.0));
        let line = |min: i64, key: &str| Line {
            at: x(min as f64),
            text: format!("{} {}", language.t(key), minutes(language, min)),
        };
        let mark = |nth: u32| {
            let min = longest * f64::from(nth) / 4.0;
            Line { at: x(min), text: minutes(language, min.round() as i64) }
        };
        let level = |percent: u32| Line { at: y(f64::from(percent) / 100.0), text: format!("{percent}%") };
        Some(Self {
            label: language.t("promises.curve").to_owned(),
            area,
            path,
            now_side: Side::of(promise_min.map_or(0.0, |min| min as f64 / longest)),
            now: promise_min.map(|min| line(min, "promises.today")),
            wanted: wanted_min.map(|min| line(min, "promises.suggested")),
            level_y: y(share),
            marks: (0..=4).map(mark).collect(),
            shares: [0, 25, 50, 75, 100].map(level).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_is_thinned_and_keeps_its_end() {
        let steps: Vec<(u32, f64)> = (1..=5_000).map(|n| (n, f64::from(n) / 5_000.0)).collect();
        let curve = Curve::new(Language::Chinese, &steps, Some(100), Some(4_750), 0.95).unwrap();
        assert!(curve.path.matches('H').count() <= STEPS_AT_MOST + 2);
        assert!(curve.path.ends_with("H664.0V12.0H664.0"), "{}", curve.path);
        assert_eq!(Curve::new(Language::Chinese, &[], None, None, 0.95), None);
    }
}
