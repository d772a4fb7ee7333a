//! The report's sections, in the order in which they are read: each in the file of its noun.

mod asked;
mod campaigns;
mod causes;
mod check;
mod departments;
mod effort;
mod emerging;
mod followed;
mod over_promises;
mod people;
mod quality;
mod sentence;
mod volumes;

use jiff::Timestamp;

use super::{cell::Cell, links::Links};
use crate::{Edition, Objection};

pub use over_promises::heart;
pub use sentence::sentence;

/// One section.
#[derive(Debug, Default)]
pub struct Section {
    /// For links within the file.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// What it says in words.
    pub lead: Vec<Cell>,
    /// SVG.
    pub chart: Option<String>,
    /// What the chart's shapes mean.
    pub legend: &'static str,
    /// Names of columns, and whether numbers stand in them.
    pub head: Vec<(&'static str, bool)>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Single figures, each with its name.
    pub figures: Vec<(&'static str, Cell)>,
    /// In small print.
    pub notes: Vec<Cell>,
    /// Objections to the section as a whole.
    pub objections: Vec<Objection>,
}

/// One row.
#[derive(Debug, Default)]
pub struct Row {
    /// Cells.
    pub cells: Vec<Cell>,
    /// One customer's words.
    pub quote: Option<Cell>,
    /// Objections to it.
    pub objections: Vec<Objection>,
}

impl Row {
    fn of(cells: Vec<Cell>) -> Self {
        Self { cells, ..Self::default() }
    }
}

/// Objections to one thing.
pub fn objections<'e>(edition: &'e Edition, about: &str) -> Vec<&'e Objection> {
    edition.objections.iter().filter(|objection| objection.about == about).collect()
}

fn owned(edition: &Edition, about: &str) -> Vec<Objection> {
    objections(edition, about).into_iter().cloned().collect()
}

/// All sections.
pub fn all(edition: &Edition, links: &Links, local: &impl Fn(Timestamp) -> String) -> Vec<Section> {
    let report = &edition.report;
    let mut all = vec![
        over_promises::over_promises(edition, links),
        volumes::volumes(edition, links),
        causes::causes(edition, links),
        departments::departments(edition, links),
        effort::effort(edition, links),
        emerging::emerging(report, links),
        campaigns::campaigns(report, links, local),
        people::people(edition, links),
        followed::followed(report, links),
        quality::quality(edition, links),
    ];
    all.extend(asked::asked(report));
    all.push(check::check(edition));
    all
}

/// Counts of complaints under a cause, from `/causes`.
fn cause_records(links: &Links, code: &str, records: u64) -> Cell {
    if records == 0 {
        return Cell::nought();
    }
    let at = format!("/groups[key={code}]/records");
    let cell = Cell::number("count", records as f64, &links.api("causes", &[("kind", "complaint")]), &at);
    cell.linked(&links.records(&[("kind", "complaint"), ("cause", code)]))
}

fn cause_records_before(links: &Links, code: &str, records: u64) -> Cell {
    if records == 0 {
        return Cell::nought();
    }
    let at = format!("/groups[key={code}]/records");
    Cell::number("count", records as f64, &links.api_before("causes", &[("kind", "complaint")]), &at)
}

fn cause_department(links: &Links, code: &str, department: &str, records: u64) -> Cell {
    let api = links.api("causes", &[("by", "department"), ("kind", "complaint"), ("cause", code)]);
    let cell = Cell::number("count", records as f64, &api, &format!("/groups[key={department}]/records"));
    cell.linked(&links.records(&[("kind", "complaint"), ("cause", code), ("department", department)]))
}

fn changed(now: u64, before: Option<u64>, change: Option<f64>) -> Cell {
    match (before, change) {
        (Some(before), Some(change)) => Cell::change(change, now, before),
        (Some(0), None) if now > 0 => Cell::words("新出现"),
        _ => Cell::none(),
    }
}

fn of_or_nought(records: u64, cell: impl Fn() -> Cell) -> Cell {
    if records == 0 { Cell::nought() } else { cell() }
}
