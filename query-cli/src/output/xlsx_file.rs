//! XLSX with typed cells.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tingjian_sheets::{
    Zone,
    workbook::{excel_time, failed, fitting, save},
};

use super::{Cell, Column, table::width_of};
use crate::failure::Failure;

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
        Ok(save(&mut self.workbook, &self.path)?)
    }
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
