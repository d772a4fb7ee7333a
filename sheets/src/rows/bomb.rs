//! Small files that would be huge in memory are refused before they are read.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use calamine::{Xlsx, XlsxError, open_workbook};
use zip::ZipArchive;

/// Bytes of a workbook once unpacked, at most.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;
/// Files in a workbook, at most.
const MAX_PARTS: usize = 10_000;
/// Cells of the rectangle that holds all of a sheet's cells, where nobody says another bound: it lies in memory whole.
const MAX_CELLS: u64 = 60_000_000;

/// Checks a workbook that is packed: how much comes out of it. What its parts say of themselves is not believed.
///
/// # Errors
/// In words.
pub fn check_unpacked(path: &Path) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(file).map_err(|error| error.to_string())?;
    if archive.len() > MAX_PARTS {
        return Err(format!("里面有 {} 个文件，不像表格", archive.len()));
    }
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| error.to_string())?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|error| error.to_string())?;
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| format!("解压后超过 {} MiB，已拒绝读取（可能是压缩炸弹）", MAX_UNPACKED_BYTES >> 20))?;
    }
    Ok(())
}

/// Checks the rectangle of a sheet's cells: two cells in far corners make it as large as a full one.
///
/// # Errors
/// In words.
pub fn check_rectangle(path: &Path, sheet: &str, max_cells: Option<u64>) -> Result<(), String> {
    if !is_xlsx(path)? {
        // Another kind of workbook, which only who owns the machine may read.
        return if max_cells.is_some() { Err("请另存为 XLSX".to_owned()) } else { Ok(()) };
    }
    let bound = max_cells.unwrap_or(MAX_CELLS);
    let mut book: Xlsx<_> = open_workbook(path).map_err(|error: XlsxError| error.to_string())?;
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
    let mut corners: Option<Corners> = None;
    while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
        let around = corners.map_or_else(|| Corners::of(cell.get_position()), |c| c.around(cell.get_position()));
        if around.cells() > bound {
            let (height, width) = around.size();
            return Err(format!("工作表“{sheet}”的范围有 {height} 行 × {width} 列，超过 {bound} 格，已拒绝读取"));
        }
        corners = Some(around);
    }
    Ok(())
}

fn is_xlsx(path: &Path) -> Result<bool, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let archive = ZipArchive::new(file).map_err(|error| error.to_string())?;
    Ok(archive.index_for_name("xl/workbook.xml").is_some())
}

/// The rows and columns that hold some cells.
#[derive(Clone, Copy)]
struct Corners {
    first: (u32, u32),
    last: (u32, u32),
}

impl Corners {
    fn of(cell: (u32, u32)) -> Self {
        Self { first: cell, last: cell }
    }

    fn around(self, (row, column): (u32, u32)) -> Self {
        Self {
            first: (self.first.0.min(row), self.first.1.min(column)),
            last: (self.last.0.max(row), self.last.1.max(column)),
        }
    }

    fn size(self) -> (u64, u64) {
        (u64::from(self.last.0 - self.first.0) + 1, u64::from(self.last.1 - self.first.1) + 1)
    }

    fn cells(self) -> u64 {
        let (height, width) = self.size();
        height * width
    }
}
