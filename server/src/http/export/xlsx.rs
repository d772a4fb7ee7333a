//! The export as a workbook.

use rust_xlsxwriter::Workbook;
use tingjian_query::RecordPages;

use super::columns;
use crate::http::problem::Problem;

/// Rows a worksheet may have, its head included.
const SHEET_ROWS: u64 = 1_048_576;

/// A workbook of the selection. Rows go to a temporary file as they come, so that memory does not grow with them.
pub async fn workbook(mut pages: RecordPages, total: u64) -> Result<Vec<u8>, Problem> {
    if total >= SHEET_ROWS {
        let detail = format!("共 {total} 条，超过一张工作表的 {SHEET_ROWS} 行上限：请缩小范围，或用 format=csv");
        return Err(Problem::bad_request(detail));
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(|e| Problem::internal(&e))?;
    sheet.write_row(0, 0, columns::NAMES).map_err(|e| Problem::internal(&e))?;
    let mut row = 0;
    while let Some(page) = pages.next().await? {
        for record in page {
            row += 1;
            // Strings are written as strings: a spreadsheet does not run them as formulas.
            sheet.write_row(row, 0, columns::cells(&record)).map_err(|e| Problem::internal(&e))?;
        }
    }
    workbook.save_to_buffer().map_err(|e| Problem::internal(&e))
}
