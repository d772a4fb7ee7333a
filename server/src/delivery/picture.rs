//! What a lane is promised, can do and should promise, as a picture inside a letter.

use std::sync::Arc;

use askama::Template;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};
use tingjian_report::{OverPromise, shown};

/// Where minute 0 stands, and where the longest of all stands; as the template has them.
const FROM: f64 = 8.0;
const TO: f64 = 172.0;
/// Pixels per unit: sharp on the screens of telephones.
const SCALE: f32 = 2.0;

#[derive(Template)]
#[template(path = "mail_lane.svg", escape = "html")]
struct Lane {
    promise: f64,
    capability: f64,
    suggested: Option<f64>,
}

/// A picture, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// PNG.
    pub png: Arc<[u8]>,
    /// In words, for whoever does not see it.
    pub alt: String,
}

/// The longest time that any of these lanes is about, in minutes.
pub fn longest(lanes: &[OverPromise]) -> i64 {
    let of_one =
        |lane: &OverPromise| lane.capability_min.max(lane.promised_min).max(lane.suggested_min.map_or(0, i64::from));
    lanes.iter().map(of_one).max().unwrap_or(0).max(1)
}

/// A lane's picture, on the scale of the longest time of all lanes; `None` where nothing can be drawn.
pub fn of_lane(lane: &OverPromise, longest: i64) -> Option<Picture> {
    let at = |minutes: i64| FROM + minutes.max(0) as f64 / longest.max(1) as f64 * (TO - FROM);
    let drawn = Lane {
        promise: at(lane.promised_min),
        capability: at(lane.capability_min),
        suggested: lane.suggested_min.map(|minutes| at(i64::from(minutes))),
    };
    let words = |minutes: i64| shown::duration(minutes as f64);
    let advice = lane.suggested_min.map_or_else(String::new, |minutes| format!("，应改为 {}", words(minutes.into())));
    let alt = format!("承诺 {}，能做到 {}{advice}", words(lane.promised_min), words(lane.capability_min));
    Some(Picture { png: png(&drawn.render().ok()?)?.into(), alt })
}

fn png(svg: &str) -> Option<Vec<u8>> {
    let tree = Tree::from_str(svg, &Options::default()).ok()?;
    let size = tree.size().to_int_size().scale_by(SCALE)?;
    let mut pixels = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().ok()
}
