//! Answers as tables for people, CSV and XLSX for spreadsheets, or the server's JSON untouched.

mod csv_file;
mod style;
mod table;
mod xlsx_file;

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

pub use style::{Run, Style, emphasised};
pub use table::{grouped, one_line, width_of};
pub use tingjian_sheets::Sink;

use tingjian_sheets::Zone;

use crate::{
    args::{Bom, Format, Global},
    failure::Failure,
};

/// One value. How it looks depends on where it goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not known.
    Empty,
    /// Text.
    Text(String),
    /// Text with some runs emphasised.
    Marked(Vec<Run>),
    /// Several texts; a table has room for the first.
    Several(Vec<String>),
    /// How many.
    Count(u64),
    /// A number shown with this many decimals.
    Number(f64, usize),
    /// A share, 0 to 1; shown in percent.
    Share(f64),
    /// A relative change; shown in percent with its sign.
    Change(f64),
    /// An RFC 3339 time.
    Time(String),
}

impl Cell {
    /// Text where there is one.
    pub fn text(value: Option<&str>) -> Self {
        value.map_or(Self::Empty, |v| Self::Text(v.to_owned()))
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Number(..) | Self::Share(_) | Self::Change(_))
    }
}

/// A column: its title, and whether it gives way first where the screen is too narrow.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What stands above it.
    pub title: &'static str,
    /// Long free text: shortened before any other column.
    pub yields: bool,
}

/// A column of short values.
pub const fn column(title: &'static str) -> Column {
    Column { title, yields: false }
}

/// A column of long texts.
pub const fn long_column(title: &'static str) -> Column {
    Column { title, yields: true }
}

/// Where answers go and how they look.
#[derive(Clone, Debug)]
pub struct Output {
    /// The format.
    pub format: Format,
    /// A file, or standard output.
    pub path: Option<PathBuf>,
    /// The zone in which times are shown.
    pub zone: Zone,
    bom: Bom,
}

impl Output {
    /// As the arguments say: the format named, else the one of the file's extension, else a table.
    pub fn new(global: &Global) -> Self {
        let path = global.output.clone().filter(|p| p.as_os_str() != "-");
        let format = global.format.or_else(|| path.as_deref().and_then(format_of)).unwrap_or(Format::Table);
        Self { format, path, zone: global.zone.clone(), bom: global.bom }
    }

    /// Writes the server's own bytes.
    ///
    /// # Errors
    /// The file or standard output cannot be written.
    pub fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut sink = Sink::open(self.path.as_deref())?;
        sink.write_all(bytes)?;
        if bytes.last().is_some_and(|b| *b != b'\n') {
            sink.write_all(b"\n")?;
        }
        Ok(sink.close()?)
    }

    /// Begins rows under `columns`; `raw` and JSON never come here.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn rows(&self, columns: &'static [Column]) -> Result<Rows, Failure> {
        let zone = self.zone.clone();
        let writer = match (self.format, &self.path) {
            (Format::Xlsx, Some(path)) => Writer::Xlsx(Box::new(xlsx_file::XlsxFile::new(path, columns, zone)?)),
            (Format::Xlsx, None) => return Err(Failure::usage("--format xlsx 要用 -o 给出文件名")),
            (Format::Csv, path) => {
                let bom = self.bom == Bom::Always || self.bom == Bom::Auto && path.is_some();
                Writer::Csv(Box::new(csv_file::CsvFile::new(Sink::open(path.as_deref())?, columns, bom, zone)?))
            }
            (Format::Table | Format::Json | Format::Html | Format::Pdf, path) => {
                let sink = Sink::open(path.as_deref())?;
                let style = Style::of(path.is_none());
                Writer::Table(Box::new(table::Table::new(sink, columns, zone, style)))
            }
        };
        Ok(Rows { writer })
    }

    /// Plain text for people (a trace, a summary).
    ///
    /// # Errors
    /// The file or standard output cannot be written.
    pub fn text(&self, text: &str) -> Result<(), Failure> {
        self.raw(text.as_bytes())
    }

    /// How text for people may be emphasised here.
    pub fn style(&self) -> Style {
        Style::of(self.path.is_none())
    }
}

/// Rows on their way out.
pub struct Rows {
    writer: Writer,
}

enum Writer {
    Table(Box<table::Table>),
    Csv(Box<csv_file::CsvFile>),
    Xlsx(Box<xlsx_file::XlsxFile>),
}

impl Rows {
    /// Writes one page of rows. A table's columns fit the page.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn page(&mut self, rows: &[Vec<Cell>]) -> Result<(), Failure> {
        match &mut self.writer {
            Writer::Table(table) => Ok(table.page(rows)?),
            Writer::Csv(file) => Ok(file.page(rows)?),
            Writer::Xlsx(file) => file.page(rows),
        }
    }

    /// Ends the output; `notes` are for people and stand below a table only.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(self, notes: &[String]) -> Result<(), Failure> {
        match self.writer {
            Writer::Table(table) => table.finish(notes),
            Writer::Csv(file) => file.finish(),
            Writer::Xlsx(file) => file.finish(),
        }
    }
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(Format::Csv),
        "xlsx" => Some(Format::Xlsx),
        "json" | "jsonl" | "ndjson" => Some(Format::Json),
        _ => None,
    }
}

/// Lines of a label and what it says, aligned.
pub fn labelled<'a>(lines: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let lines: Vec<(&str, String)> = lines.into_iter().collect();
    let width = lines.iter().map(|(label, _)| width_of(label)).max().unwrap_or(0);
    let line = |(label, value): &(&str, String)| format!("{label}{}  {value}\n", " ".repeat(width - width_of(label)));
    lines.iter().map(line).collect()
}

/// Whether a person reads standard output.
pub fn on_screen() -> bool {
    io::stdout().is_terminal()
}
