//! XLSX, XLS, ODS: one sheet of a workbook. A sheet has at most 1,048,576 rows and is held in memory.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use calamine::{Data, Range, Reader as _, open_workbook_auto};
use jiff::{Unit, civil::Date};
use sha2::{Digest, Sha256};

use super::{Content, Reading, Row, Rows, bomb};
use crate::{SheetsError, cell::Cell, survey::hex, text::Progress};

/// Among how many rows the heading is looked for.
const HEADING_ROWS: usize = 10;

/// A sheet in memory.
pub struct Sheet {
    range: Arc<Range<Data>>,
    heading: usize,
}

impl Sheet {
    /// Loads the sheet that is named (default: the first) of the workbook at `path`.
    pub fn load(path: &Path, options: &Reading) -> Result<Self, SheetsError> {
        let (name, header_row) = (options.sheet.as_deref(), options.header_row);
        let failed =
            |why: String| -> SheetsError { SheetsError::usage(format!("读不了 {}：{why}", path.display())) };
        let is_packed = starts_with(path, b"PK").map_err(|e| failed(e.to_string()))?;
        if is_packed {
            bomb::check_unpacked(path).map_err(failed)?;
        } else if options.max_cells.is_some() {
            return Err(failed("请另存为 XLSX".to_owned()));
        }
        let mut book = open_workbook_auto(path).map_err(|e| failed(e.to_string()))?;
        let names = book.sheet_names();
        let name = match name {
            Some(name) if names.iter().any(|n| n == name) => name.to_owned(),
            Some(name) => return Err(failed(format!("没有工作表“{name}”；现有的：{}", names.join("、")))),
            None => names.first().cloned().ok_or_else(|| failed("没有工作表".to_owned()))?,
        };
        if is_packed {
            bomb::check_rectangle(path, &name, options.max_cells).map_err(failed)?;
        }
        let range = book.worksheet_range(&name).map_err(|e| failed(e.to_string()))?;
        let above = range.start().map_or(0, |(row, _)| row);
        let heading = match header_row {
            Some(row) => (row - 1).checked_sub(above).and_then(|r| usize::try_from(r).ok()).unwrap_or(usize::MAX),
            None => heading_row(&range),
        };
        if heading >= range.height() {
            return Err(SheetsError::unsaid(
                &format!("读不了 {}：工作表“{name}”没有表头；", path.display()),
                "可用 --sheet、--header-row 指出",
                "请把数据放在第一个工作表，第一行写上各列的名称，再上传一次",
            ));
        }
        Ok(Self { range: Arc::new(range), heading })
    }

    /// The titles and the first row with anything in it.
    pub fn heading(&self) -> (Vec<String>, Vec<Cell>) {
        let titles = self.range.rows().nth(self.heading).unwrap_or_default();
        let titles = titles.iter().map(|c| cell(c).shown().trim().to_owned()).collect();
        let first = self.rows(Progress::default()).read().map(|row| row.content);
        match first {
            Some(Content::Cells(cells)) => (titles, cells),
            _ => (titles, Vec::new()),
        }
    }

    /// Its rows below the heading.
    pub fn rows(&self, progress: Progress) -> SheetRows {
        let above = self.range.start().map_or(0, |(row, _)| u64::from(row));
        SheetRows { range: Arc::clone(&self.range), next: self.heading + 1, above, progress }
    }

    /// How many rows it has, heading and all.
    pub fn length(&self) -> u64 {
        self.range.height() as u64
    }

    /// SHA-256 of its cells: saving a workbook again changes its bytes, but not these.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for row in self.range.rows() {
            for value in row {
                match value {
                    Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => hash.update(text),
                    Data::Float(number) => hash.update(number.to_bits().to_le_bytes()),
                    Data::DateTime(time) => hash.update(time.as_f64().to_bits().to_le_bytes()),
                    other => hash.update(other.to_string()),
                }
                hash.update([0x1f]);
            }
            hash.update([0x1e]);
        }
        hex(&hash.finalize())
    }
}

fn starts_with(path: &Path, magic: &[u8]) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(magic.len() as u64).read_to_end(&mut head)?;
    Ok(head == magic)
}

/// The first row that fills at least half of the columns: titles above the heading fill one or two.
fn heading_row(range: &Range<Data>) -> usize {
    let filled = |row: &[Data]| row.iter().filter(|c| !matches!(c, Data::Empty)).count();
    range.rows().take(HEADING_ROWS).position(|row| filled(row) * 2 >= range.width().max(1)).unwrap_or(0)
}

/// Rows of a sheet.
pub struct SheetRows {
    range: Arc<Range<Data>>,
    next: usize,
    above: u64,
    progress: Progress,
}

impl SheetRows {
    fn read(&mut self) -> Option<Row> {
        while self.next < self.range.height() {
            let index = self.next;
            self.next += 1;
            self.progress.store(self.next as u64, Ordering::Relaxed);
            let at = |column| self.range.get((index, column)).map_or(Cell::Empty, cell);
            let cells: Vec<Cell> = (0..self.range.width()).map(at).collect();
            if cells.iter().any(|c| *c != Cell::Empty) {
                return Some(Row { line: self.above + index as u64 + 1, content: Content::Cells(cells) });
            }
        }
        None
    }
}

impl Rows for SheetRows {
    fn next(&mut self) -> Result<Option<Row>, SheetsError> {
        Ok(self.read())
    }
}

fn cell(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::String(text) if text.trim().is_empty() => Cell::Empty,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::Bool(yes) => Cell::Bool(*yes),
        Data::DateTime(time) if time.is_datetime() => {
            civil(time.to_ymd_hms_milli()).map_or_else(|| Cell::Number(time.as_f64()), Cell::Time)
        }
        Data::DateTime(time) => Cell::Number(time.as_f64()),
        Data::Error(error) => Cell::Text(error.to_string()),
    }
}

/// Serial numbers are fractions of a day: to the second they are right, beyond it they are noise.
fn civil(
    (year, month, day, hour, minute, second, milli): (u16, u8, u8, u8, u8, u8, u16),
) -> Option<jiff::civil::DateTime> {
    let small = |n: u8| i8::try_from(n).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let nanos = i32::from(milli) * 1_000_000;
    let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanos).ok()?;
    date.to_datetime(time).round(Unit::Second).ok()
}
