//! Who held a case as a bar that sums to the elapsed time.

use askama::Template;
use tingjian_query::HoldView;

use super::{
    format::{local_short, minutes},
    svg::{Piece, pieces},
    words::Language,
};

/// Colours there are; holders beyond share the last.
const COLOURS: usize = 6;

/// The bar and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/holds.html")]
pub struct HoldsBar {
    pieces: Vec<Piece>,
    rows: Vec<Row>,
    total_name: String,
    total: String,
    caption: String,
    columns: [String; 3],
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    class: String,
    name: String,
    span: String,
    minutes: String,
    exact: i64,
    open: bool,
}

impl HoldsBar {
    /// Of the intervals of a case.
    pub fn new(language: Language, zone: &jiff::tz::TimeZone, holds: &[HoldView], elapsed_min: i64) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for hold in holds {
            if !names.contains(&hold.holder.as_str()) {
                names.push(&hold.holder);
            }
        }
        let class = |holder: &str| {
            let place = names.iter().position(|name| *name == holder).unwrap_or(0);
            format!("hold-{}", place.min(COLOURS - 1) + 1)
        };
        let name = |holder: &str| language.name("holder", holder);
        let row = |hold: &HoldView| Row {
            class: class(&hold.holder),
            name: name(&hold.holder),
            span: format!("{} – {}", local_short(zone, hold.from), local_short(zone, hold.to)),
            minutes: minutes(language, hold.minutes),
            exact: hold.minutes,
            open: hold.open,
        };
        let piece = |hold: &HoldView| {
            let title = format!("{} {}", name(&hold.holder), minutes(language, hold.minutes));
            (u64::try_from(hold.minutes).unwrap_or(0), class(&hold.holder), title)
        };
        Self {
            pieces: pieces(holds.iter().map(piece)),
            rows: holds.iter().map(row).collect(),
            total_name: language.t("trace.elapsed").to_owned(),
            total: minutes(language, elapsed_min),
            caption: language.t("trace.holds").to_owned(),
            columns: ["column.holder", "column.span", "column.held"].map(|key| language.t(key).to_owned()),
        }
    }
}
