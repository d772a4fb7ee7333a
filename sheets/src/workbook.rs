//! Workbooks being written.

use std::path::Path;

use jiff::civil;
use rust_xlsxwriter::{ExcelDateTime, Workbook, XlsxError};

use crate::{SheetsError, error::local, sink::part_of};

/// Excel's own bound for one cell.
const CELL_CHARS: usize = 32_767;

/// Saves a workbook under its name only once it is whole.
pub fn save(workbook: &mut Workbook, path: &Path) -> Result<(), SheetsError> {
    let part = part_of(path);
    let saved = workbook.save(&part).map_err(|e| failed(path, &e));
    saved.and_then(|()| std::fs::rename(&part, path).map_err(|e| local("写不了", path, &e))).inspect_err(|_| {
        // The failure itself is told; a leftover part is only untidy.
        let _ = std::fs::remove_file(&part);
    })
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
pub fn failed(path: &Path, error: &XlsxError) -> SheetsError {
    match error {
        XlsxError::IoError(error) => local("写不了", path, error),
        other => SheetsError::usage(format!("写不了 {}：{other}", path.display())),
    }
}
