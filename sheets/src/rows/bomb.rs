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
    check_within(path, MAX_UNPACKED_BYTES)
}

fn check_within(path: &Path, bound: u64) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(file).map_err(|error| error.to_string())?;
    if archive.len() > MAX_PARTS {
        return Err(format!("里面有 {} 个文件，不像表格", archive.len()));
    }
    let mut left = bound;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| error.to_string())?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|error| error.to_string())?;
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| format!("解压后超过 {} MiB，已拒绝读取（可能是压缩炸弹）", bound >> 20))?;
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rust_xlsxwriter::Workbook;
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    #[test]
    fn what_unpacks_to_more_than_the_bound_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.xlsx");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![b' '; 4 << 20]).unwrap();
        zip.finish().unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 64 << 10, "small on disk");
        assert!(check_within(&path, 1 << 20).unwrap_err().contains("1 MiB"));
        assert_eq!(check_within(&path, 8 << 20), Ok(()));
    }

    #[test]
    fn two_cells_in_far_corners_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wide.xlsx");
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.set_name("一").unwrap();
        sheet.write_string(0, 0, "编号").unwrap();
        sheet.write_string(1_048_575, 16_383, "x").unwrap();
        workbook.save(&path).unwrap();
        assert!(check_rectangle(&path, "一", Some(8_000_000)).unwrap_err().contains("16384 列"));
        assert!(check_rectangle(&path, "一", None).is_err());
        assert_eq!(check_rectangle(&path, "一", Some(u64::MAX)), Ok(()));
    }
}
