//! The document → one HTML file that needs nothing else.

mod cell;
mod chart;
mod links;
mod sections;
pub mod shown;

use askama::Template;

use crate::{Edition, EditionError, Objection, view::sections::Section};
use cell::Cell;
use links::Links;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    edition: &'a Edition,
    days: String,
    as_of: String,
    sentence: Vec<Cell>,
    heart: Option<Heart>,
    sections: Vec<Section>,
    objections_to_sentence: Vec<&'a Objection>,
    amendments: Vec<Amended>,
    embedded: String,
    style: &'static str,
}

/// The worst over-promise, for whoever reads nothing else.
struct Heart {
    lane: String,
    owner: String,
    promised: Cell,
    capability: Cell,
    records: Cell,
    suggested: Option<Cell>,
    late: Cell,
    avoided: Cell,
}

/// A later recomputation, as it is shown.
struct Amended {
    at: String,
    by: String,
    as_of: String,
    rows: Vec<[String; 3]>,
    more: usize,
}

/// Differences of one amendment shown; the JSON has all.
const DIFFERENCES_SHOWN: usize = 40;

/// The report as one HTML file.
///
/// # Errors
/// Never for what [`compose`](crate::compose) made.
pub fn html(edition: &Edition) -> Result<String, EditionError> {
    let report = &edition.report;
    let links = Links::of(report);
    let zone = jiff::tz::TimeZone::get(&report.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let local = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let time = |at: Option<jiff::Timestamp>| at.map_or_else(|| "无数据".to_owned(), local);
    let amendments = edition.amendments.iter().map(|amendment| Amended {
        at: local(amendment.at),
        by: amendment.by.clone(),
        as_of: time(amendment.as_of),
        rows: amendment
            .differences
            .iter()
            .take(DIFFERENCES_SHOWN)
            .map(|d| [d.at.clone(), d.said.to_string(), d.now.to_string()])
            .collect(),
        more: amendment.differences.len().saturating_sub(DIFFERENCES_SHOWN),
    });
    let page = Page {
        edition,
        days: format!("{} 至 {}", report.first_day, report.last_day),
        as_of: time(report.as_of),
        sentence: sections::sentence(report, &links),
        heart: sections::heart(report, &links),
        sections: sections::all(edition, &links, &local),
        objections_to_sentence: sections::objections(edition, "sentence"),
        amendments: amendments.collect(),
        embedded: edition.embedded(),
        style: include_str!("../../templates/report.css"),
    };
    page.render().map_err(|error| EditionError::Form(error.to_string()))
}
