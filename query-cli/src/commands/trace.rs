//! `tingjian trace`.

mod sections;

use serde_json::Value;

use crate::{
    args::Format,
    client::segment,
    commands::{Context, or_absent},
    failure::{Failure, Outcome},
    output::{Cell, Column, Run, column, long_column, width_of},
};

static COLUMNS: [Column; 3] = [column("部分"), column("项"), long_column("值")];
/// Cells of a terminal that labels take.
const LABEL_CELLS: usize = 12;

/// One part of a trace: a heading and its lines.
pub struct Section {
    /// What it is about.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line of a section.
pub struct Line {
    /// What it says; may be empty for a further item of a list.
    pub label: String,
    /// The value.
    pub value: Vec<Run>,
}

/// Everything known of one record.
///
/// # Errors
/// The server, the output.
pub fn run(context: &Context, id: &str) -> Result<Outcome, Failure> {
    let path = format!("/api/v1/records/{}/trace", segment(id));
    let Some(bytes) = or_absent(context.client.get(&path, &[]))? else { return Ok(Outcome::Incomplete) };
    if context.wants_json() {
        context.output.raw(&bytes)?;
        return Ok(Outcome::Done);
    }
    let trace: Value = context.client.read(&bytes)?;
    let sections = sections::of(&trace, &context.output.zone, &context.causes());
    if context.output.format == Format::Table {
        context.output.text(&told(&sections, context))?;
    } else {
        let mut rows = context.output.rows(&COLUMNS)?;
        rows.page(&sections.into_iter().flat_map(cells).collect::<Vec<_>>())?;
        rows.finish(&[])?;
    }
    Ok(Outcome::Done)
}

fn told(sections: &[Section], context: &Context) -> String {
    let style = context.output.style();
    let mut text = String::new();
    for section in sections {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&style.strong(&format!("【{}】", section.title)));
        text.push('\n');
        for line in &section.lines {
            let pad = " ".repeat(LABEL_CELLS.saturating_sub(width_of(&line.label)).max(2));
            text.push_str(&format!("  {}{pad}", line.label));
            for run in &line.value {
                text.push_str(&if run.strong { style.strong(&run.text) } else { run.text.clone() });
            }
            text.push('\n');
        }
    }
    text
}

fn cells(section: Section) -> Vec<Vec<Cell>> {
    let title = section.title;
    let row = |line: Line| vec![Cell::Text(title.to_owned()), Cell::Text(line.label), Cell::Marked(line.value)];
    section.lines.into_iter().map(row).collect()
}
