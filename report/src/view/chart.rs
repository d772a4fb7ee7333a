//! Charts as SVG, told apart by shape and hatching, not by colour. Their numbers are in the table beside them.

use std::fmt;

use askama::Template;

use crate::{OverPromise, WeekVolume};

/// Width of a chart, as its template has it.
const WIDTH: f64 = 680.0;

/// A length or a place in a picture, with one digit after the point: the same text on every machine.
#[derive(Clone, Copy)]
struct Units(f64);

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

#[derive(Template)]
#[template(path = "chart_weeks.svg", escape = "html")]
struct Weeks {
    wide: Units,
    bars: Vec<Bar>,
}

struct Bar {
    week: String,
    left: Units,
    middle: Units,
    records_y: Units,
    records_tall: Units,
    complaints_y: Units,
    complaints_tall: Units,
    weight: &'static str,
}

/// Records and complaints by week: outlined and hatched bars.
pub fn weeks(weeks: &[WeekVolume]) -> Option<String> {
    const BASE: f64 = 78.0;
    let most = weeks.iter().map(|week| week.records).max().filter(|most| *most > 0)? as f64;
    let step = WIDTH / weeks.len().max(1) as f64;
    let wide = (step * 0.55).min(46.0);
    let bar = |(place, week): (usize, &WeekVolume)| {
        let left = step * place as f64 + (step - wide) / 2.0;
        let tall = |count: u64| (count as f64 / most * (BASE - 8.0)).max(0.5);
        let (records, complaints) = (tall(week.records), tall(week.complaints));
        Bar {
            week: week.week.rsplit('-').next().unwrap_or_default().to_owned(),
            left: Units(left),
            middle: Units(left + wide / 2.0),
            records_y: Units(BASE - records),
            records_tall: Units(records),
            complaints_y: Units(BASE - complaints),
            complaints_tall: Units(complaints),
            // The week of the report stands out.
            weight: if place + 1 == weeks.len() { "2.2" } else { "1" },
        }
    };
    Weeks { wide: Units(wide), bars: weeks.iter().enumerate().map(bar).collect() }.render().ok()
}

#[derive(Template)]
#[template(path = "chart_lanes.svg", escape = "html")]
struct Lanes {
    height: f64,
    rows: Vec<Row>,
}

struct Row {
    y: Units,
    name: String,
    promise: Units,
    capability: Units,
    suggested: Option<Units>,
}

/// What lanes promise, what they can do, and what they would keep: circle, square, diamond on one line per lane.
pub fn lanes(lanes: &[OverPromise]) -> Option<String> {
    const ROW: f64 = 22.0;
    // Right of the names, as the template has it.
    const LEFT: f64 = 236.0;
    let furthest =
        |lane: &OverPromise| lane.capability_min.max(lane.promised_min).max(i64::from(lane.suggested_min.unwrap_or(0)));
    let most = lanes.iter().map(furthest).max().filter(|most| *most > 0)? as f64;
    let at = |minutes: i64| Units(LEFT + minutes.max(0) as f64 / most * (WIDTH - LEFT - 16.0));
    let row = |(place, lane): (usize, &OverPromise)| Row {
        y: Units(ROW * place as f64 + ROW / 2.0 + 3.0),
        name: short(&lane.lane),
        promise: at(lane.promised_min),
        capability: at(lane.capability_min),
        suggested: lane.suggested_min.map(|minutes| at(i64::from(minutes))),
    };
    let rows = lanes.iter().enumerate().map(row).collect();
    Lanes { height: ROW * lanes.len() as f64 + 6.0, rows }.render().ok()
}

/// Longest name of a lane beside its line.
const NAME: usize = 18;

fn short(lane: &str) -> String {
    if lane.chars().count() <= NAME { lane.to_owned() } else { lane.chars().take(NAME - 1).chain(['…']).collect() }
}
