//! The rows of a file, one at a time: the same to their reader whatever the file is.

mod bomb;
mod csv_rows;
mod json_rows;
mod line_count;
mod sheet_rows;

use std::path::{Path, PathBuf};

use crate::{
    SheetsError,
    cell::Cell,
    survey::{EncodingChoice, Shape, Survey},
    text::Progress,
};

/// How a file is to be read, where it does not tell by itself.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// How its text is encoded.
    pub encoding: EncodingChoice,
    /// The line of the heading, from 1.
    pub header_row: Option<u32>,
    /// The sheet of a workbook; the first where none is named.
    pub sheet: Option<String>,
    /// Only kinds of files that are bounded before they are read: CSV, JSONL, and XLSX up to so many cells; nothing packed twice.
    pub max_cells: Option<u64>,
}

/// Largest row. A quote that is never closed would otherwise take the whole file for one.
pub const ROW_BYTES: usize = 16 << 20;

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Line of the file (row of the sheet) on which it begins, from 1.
    pub line: u64,
    /// What is there.
    pub content: Content,
}

/// What a row is.
#[derive(Debug)]
pub enum Content {
    /// One line of JSON, not read yet.
    Line(Vec<u8>),
    /// Values in the order of the columns.
    Cells(Vec<Cell>),
    /// It cannot be read.
    Broken {
        /// Why: a code.
        reason: &'static str,
        /// What is there, as far as it can be shown.
        shown: Vec<String>,
    },
}

/// Rows in the order of the file.
pub trait Rows: Send {
    /// The next row.
    ///
    /// # Errors
    /// The file cannot be read on.
    fn next(&mut self) -> Result<Option<Row>, SheetsError>;
}

/// A file whose rows can be read, as often as needed.
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// What the first look found; of a workbook the fingerprint is that of its cells.
    pub survey: Survey,
    /// Titles of its columns; of JSON the keys of its first objects.
    pub titles: Vec<String>,
    /// Its first row, in the order of the titles.
    pub first: Vec<Cell>,
    header_row: Option<u32>,
    sheet: Option<sheet_rows::Sheet>,
}

impl InputFile {
    /// Looks at the file and reads its heading.
    ///
    /// # Errors
    /// It cannot be read, or has no heading.
    pub fn open(path: &Path, options: &Reading) -> Result<Self, SheetsError> {
        let path = path.to_owned();
        let mut survey = Survey::of(&path, options.encoding)?;
        if options.max_cells.is_some() && survey.gzip {
            return Err(SheetsError::usage("请先解压：只接受 CSV、XLSX、JSONL 文件"));
        }
        let mut sheet = None;
        let (titles, first) = match survey.shape {
            Shape::Jsonl => json_rows::heading(&path, &survey)?,
            Shape::Csv { delimiter } => csv_rows::heading(&path, &survey, delimiter, options.header_row)?,
            Shape::Workbook => {
                let loaded = sheet_rows::Sheet::load(&path, options)?;
                survey.fingerprint = loaded.fingerprint();
                let heading = loaded.heading();
                sheet = Some(loaded);
                heading
            }
        };
        if options.sheet.is_some() && sheet.is_none() {
            return Err(SheetsError::usage("--sheet 只用于 XLSX、XLS"));
        }
        Ok(Self { path, survey, titles, first, header_row: options.header_row, sheet })
    }

    /// Whether its rows are JSON.
    pub fn is_json(&self) -> bool {
        self.survey.shape == Shape::Jsonl
    }

    /// Its rows from the first; `progress` counts bytes on disk (of a workbook: its rows).
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn rows(&self, progress: Progress) -> Result<Box<dyn Rows>, SheetsError> {
        match (self.survey.shape, &self.sheet) {
            (Shape::Csv { delimiter }, _) => {
                Ok(Box::new(csv_rows::CsvRows::open(&self.path, &self.survey, delimiter, self.header_row, progress)?))
            }
            (Shape::Workbook, Some(sheet)) => Ok(Box::new(sheet.rows(progress))),
            (Shape::Jsonl | Shape::Workbook, _) => {
                Ok(Box::new(json_rows::JsonRows::open(&self.path, &self.survey, progress)?))
            }
        }
    }

    /// What `progress` counts to.
    pub fn length(&self) -> u64 {
        self.sheet.as_ref().map_or(self.survey.bytes, sheet_rows::Sheet::length)
    }
}

fn read_failed(path: &Path, error: &std::io::Error) -> SheetsError {
    crate::error::local("读不了", path, error)
}
