//! XLSX with typed cells.

use std::path::{Path, PathBuf};

use jiff::civil;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Column, part_of, table::width_of};
use crate::{failure::Failure, local, when::Zone};

/// Excel's own bound for one cell.
const CELL_CHARS: usize = 32_767;
/// Excel's own bound for one sheet.
const SHEET_ROWS: u32 = 1_048_576;

/// A workbook of one sheet being written; rows already written are on disk, not in memory.
pub struct XlsxFile {
    path: PathBuf,
    workbook: Workbook,
    next: u32,
    zone: Zone,
    formats: Formats,
}

struct Formats {
    date: Format,
    share: Format,
}

impl XlsxFile {
    /// Begins a sheet under `columns`.
    pub fn new(path: &Path, columns: &[Column], zone: Zone) -> Result<Self, Failure> {
        let mut workbook = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(|e| failed(path, &e))?;
        let titles = || -> Result<(), XlsxError> {
            sheet.set_freeze_panes(1, 0)?;
            for (index, column) in (0_u16..).zip(columns) {
                let width = if column.yields { 80.0 } else { 18.0_f64.max(width_of(column.title) as f64) };
                sheet.set_column_width(index, width)?;
                sheet.write_string_with_format(0, index, column.title, &bold)?;
            }
            Ok(())
        };
        let mut titles = titles;
        titles().map_err(|e| failed(path, &e))?;
        let formats = Formats {
            date: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            share: Format::new().set_num_format("0.0%"),
        };
        Ok(Self { path: path.to_owned(), workbook, next: 1, zone, formats })
    }

    /// Writes rows.
    pub fn page(&mut self, rows: &[Vec<Cell>]) -> Result<(), Failure> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(|e| failed(&self.path, &e))?;
        for row in rows {
            if self.next >= SHEET_ROWS {
                return Err(Failure::usage("XLSX 一个工作表最多 1,048,576 行，请改用 csv，或缩小筛选"));
            }
            for (index, cell) in (0_u16..).zip(row) {
                write(sheet, self.next, index, cell, &self.zone, &self.formats).map_err(|e| failed(&self.path, &e))?;
            }
            self.next += 1;
        }
        Ok(())
    }

    /// Saves the file.
    pub fn finish(mut self) -> Result<(), Failure> {
        save(&mut self.workbook, &self.path)
    }
}

/// Saves a workbook under its name only once it is whole.
pub fn save(workbook: &mut Workbook, path: &Path) -> Result<(), Failure> {
    let part = part_of(path);
    let saved = workbook.save(&part).map_err(|e| failed(path, &e));
    saved.and_then(|()| std::fs::rename(&part, path).map_err(|e| local("写不了", path, &e))).inspect_err(|_| {
        // The failure itself is told; a leftover part is only untidy.
        let _ = std::fs::remove_file(&part);
    })
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    zone: &Zone,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, fitting(text))?,
        Cell::Marked(runs) => {
            sheet.write_string(row, column, fitting(&runs.iter().map(|r| r.text.as_str()).collect::<String>()))?
        }
        Cell::Several(texts) => sheet.write_string(row, column, fitting(&texts.join("、")))?,
        Cell::Count(number) => sheet.write_number(row, column, *number as f64)?,
        Cell::Number(number, _) => sheet.write_number(row, column, *number)?,
        Cell::Share(share) | Cell::Change(share) => {
            sheet.write_number_with_format(row, column, *share, &formats.share)?
        }
        Cell::Time(time) => match zone.civil(time).and_then(excel_time) {
            Some(date) => sheet.write_datetime_with_format(row, column, date, &formats.date)?,
            None => sheet.write_string(row, column, fitting(time))?,
        },
    };
    Ok(())
}

/// A civil time as Excel counts it; `None` before 1900.
pub fn excel_time(time: civil::DateTime) -> Option<ExcelDateTime> {
    let year = u16::try_from(time.year()).ok()?;
    let part = |n: i8| u8::try_from(n).ok();
    let date = ExcelDateTime::from_ymd(year, part(time.month())?, part(time.day())?).ok()?;
    date.and_hms(part(time.hour())?.into(), part(time.minute())?, f64::from(time.second())).ok()
}

/// At most what one cell holds.
pub fn fitting(text: &str) -> &str {
    text.char_indices().nth(CELL_CHARS).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Why a workbook could not be written.
pub fn failed(path: &Path, error: &XlsxError) -> Failure {
    match error {
        XlsxError::IoError(error) => local("写不了", path, error),
        other => Failure::usage(format!("写不了 {}：{other}", path.display())),
    }
}
