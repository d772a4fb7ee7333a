//! Charts as SVG, told apart by shape and hatching, not by colour. Their numbers are in the table beside them.

use std::fmt::Write;

use super::cell::escaped;
use crate::{OverPromise, WeekVolume};

/// Width of a chart; heights grow with what is in it.
const WIDTH: f64 = 680.0;

/// Records and complaints by week: outlined and hatched bars.
pub fn weeks(weeks: &[WeekVolume]) -> Option<String> {
    let most = weeks.iter().map(|week| week.records).max().filter(|most| *most > 0)? as f64;
    let (height, base) = (96.0, 78.0);
    let step = WIDTH / weeks.len().max(1) as f64;
    let wide = (step * 0.55).min(46.0);
    let mut svg = open(height, "每周记录数（框）与其中的投诉（斜线）");
    for (place, week) in weeks.iter().enumerate() {
        let left = step * place as f64 + (step - wide) / 2.0;
        let tall = |count: u64| (count as f64 / most * (base - 8.0)).max(0.5);
        let (all, complaints) = (tall(week.records), tall(week.complaints));
        let is_last = place + 1 == weeks.len();
        let weight = if is_last { 2.2 } else { 1.0 };
        let _ = write!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{all:.1}\" class=\"box\" stroke-width=\"{weight}\"/>\
             <rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{complaints:.1}\" fill=\"url(#hatch)\" class=\"part\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            base - all,
            base - complaints,
            left + wide / 2.0,
            height - 4.0,
            escaped(week.week.rsplit('-').next().unwrap_or_default()),
        );
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// What lanes promise, what they can do, and what they would keep: circle, square, diamond on one line per lane.
pub fn lanes(lanes: &[OverPromise]) -> Option<String> {
    let furthest =
        |lane: &OverPromise| lane.capability_min.max(lane.promised_min).max(i64::from(lane.suggested_min.unwrap_or(0)));
    let most = lanes.iter().map(furthest).max().filter(|most| *most > 0)? as f64;
    let (row, left) = (22.0, 236.0);
    let height = row * lanes.len() as f64 + 6.0;
    let mut svg = open(height, "各线路的承诺（圆）、能力（方）与应改的承诺（菱形）");
    let at = |minutes: i64| left + minutes.max(0) as f64 / most * (WIDTH - left - 16.0);
    for (place, lane) in lanes.iter().enumerate() {
        let y = row * place as f64 + row / 2.0 + 3.0;
        let (promise, capability) = (at(lane.promised_min), at(lane.capability_min));
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{:.1}\">{}</text>\
             <line x1=\"{left}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" class=\"axis\"/>\
             <line x1=\"{promise:.1}\" y1=\"{y:.1}\" x2=\"{capability:.1}\" y2=\"{y:.1}\" class=\"gap\"/>\
             <circle cx=\"{promise:.1}\" cy=\"{y:.1}\" r=\"5\" class=\"open\"/>\
             <rect x=\"{:.1}\" y=\"{:.1}\" width=\"9\" height=\"9\" class=\"full\"/>",
            y + 4.0,
            escaped(&short(&lane.lane)),
            WIDTH - 8.0,
            capability - 4.5,
            y - 4.5,
        );
        if let Some(suggested) = lane.suggested_min {
            let x = at(i64::from(suggested));
            let _ = write!(
                svg,
                "<path d=\"M{x:.1} {:.1} L{:.1} {y:.1} L{x:.1} {:.1} L{:.1} {y:.1} Z\" class=\"open\"/>",
                y - 6.5,
                x + 6.5,
                y + 6.5,
                x - 6.5,
            );
        }
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// Longest name of a lane beside its line.
const NAME: usize = 18;

fn short(lane: &str) -> String {
    if lane.chars().count() <= NAME { lane.to_owned() } else { lane.chars().take(NAME - 1).chain(['…']).collect() }
}

fn open(height: f64, title: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\">\
         <defs><pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\" class=\"stripe\"/></pattern></defs>",
        escaped(title),
    )
}
