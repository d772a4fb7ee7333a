//! CSV and its kin: delimited columns under a heading.

use std::{
    io::{self, BufRead, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use csv::{ByteRecord, ReaderBuilder};

use super::{Content, ROW_BYTES, Row, Rows, line_count::LineCount, read_failed};
use crate::{
    SheetsError,
    cell::Cell,
    formula::rearmed,
    survey::Survey,
    text::{self, Progress, Text},
};

/// Read at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// Rows of a CSV file.
pub struct CsvRows {
    path: PathBuf,
    reader: csv::Reader<Bounded>,
    record: ByteRecord,
    flow: Arc<Mutex<Flow>>,
    line: u64,
    width: usize,
    decoded: bool,
}

impl CsvRows {
    /// After the heading, which stands on line `header_row` (default: the first).
    pub fn open(
        path: &Path,
        survey: &Survey,
        delimiter: u8,
        header_row: Option<u32>,
        progress: Progress,
    ) -> Result<Self, SheetsError> {
        let mut text = text::open(path, survey.gzip, survey.encoding, progress).map_err(|e| read_failed(path, &e))?;
        let first_line = u64::from(header_row.unwrap_or(1));
        for _ in 1..first_line {
            text.skip_until(b'\n').map_err(|e| read_failed(path, &e))?;
        }
        let flow = Arc::new(Mutex::new(Flow { lines: LineCount::new(first_line), since_row: 0 }));
        let bounded = Bounded { text, flow: Arc::clone(&flow) };
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER_BYTES)
            .from_reader(bounded);
        let decoded = survey.encoding != encoding_rs::UTF_8;
        let mut rows = Self {
            path: path.to_owned(),
            reader,
            record: ByteRecord::new(),
            flow,
            line: first_line,
            width: 0,
            decoded,
        };
        rows.read_record()?;
        rows.width = rows.record.len();
        Ok(rows)
    }

    /// Reads the next record: the line on which it begins; `None` at the end.
    fn read_record(&mut self) -> Result<Option<u64>, SheetsError> {
        lock(&self.flow).since_row = 0;
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {
                let start = self.record.position().map_or(0, csv::Position::byte);
                self.line = lock(&self.flow).lines.line_at(start);
                Ok(Some(self.line))
            }
            Ok(false) => Ok(None),
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    SheetsError::usage(format!(
                        "{} 第 {} 行之后的一行超过 {} MiB 还没有结束，多半是引号没有闭合",
                        self.path.display(),
                        self.line,
                        ROW_BYTES >> 20
                    ))
                }
                csv::ErrorKind::Io(error) => read_failed(&self.path, &error),
                other => SheetsError::usage(format!("{} 第 {} 行之后：{other:?}", self.path.display(), self.line)),
            }),
        }
    }

    fn content(&self) -> Content {
        let shown = || self.record.iter().map(|f| String::from_utf8_lossy(f).into_owned()).collect();
        if self.decoded && text::was_malformed(self.record.as_slice()) {
            return Content::Broken { reason: "invalid_encoding", shown: shown() };
        }
        // Columns beyond the heading are no matter while nothing is in them.
        let surplus_is_empty = self.record.iter().skip(self.width).all(<[u8]>::is_empty);
        if self.record.len() < self.width || !surplus_is_empty {
            return Content::Broken { reason: "column_count", shown: shown() };
        }
        let cells: Result<Vec<Cell>, _> = self.record.iter().take(self.width).map(cell).collect();
        cells.map_or_else(|_| Content::Broken { reason: "invalid_encoding", shown: shown() }, Content::Cells)
    }
}

impl Rows for CsvRows {
    fn next(&mut self) -> Result<Option<Row>, SheetsError> {
        while let Some(line) = self.read_record()? {
            // Spreadsheets leave rows of nothing but delimiters behind.
            if self.record.iter().any(|field| !field.trim_ascii().is_empty()) {
                return Ok(Some(Row { line, content: self.content() }));
            }
        }
        Ok(None)
    }
}

fn cell(field: &[u8]) -> Result<Cell, std::str::Utf8Error> {
    let text = std::str::from_utf8(field)?;
    Ok(if text.is_empty() { Cell::Empty } else { Cell::Text(rearmed(text).to_owned()) })
}

/// The titles, and the first row that can be read.
pub fn heading(
    path: &Path,
    survey: &Survey,
    delimiter: u8,
    header_row: Option<u32>,
) -> Result<(Vec<String>, Vec<Cell>), SheetsError> {
    let mut rows = CsvRows::open(path, survey, delimiter, header_row, Progress::default())?;
    let titles: Vec<String> = rows.record.iter().map(|f| String::from_utf8_lossy(f).trim().to_owned()).collect();
    if titles.iter().all(String::is_empty) {
        return Err(SheetsError::unsaid(
            &format!("{} 没有表头；", path.display()),
            "可用 --header-row 指出表头在第几行",
            "请在第一行写上各列的名称，再上传一次",
        ));
    }
    let first = match rows.next()?.map(|row| row.content) {
        Some(Content::Cells(cells)) => cells,
        _ => Vec::new(),
    };
    Ok((titles, first))
}

/// What is known of the bytes that went by.
struct Flow {
    lines: LineCount,
    since_row: usize,
}

/// The same thread reads and asks, so nothing is ever half done behind this lock.
fn lock(flow: &Mutex<Flow>) -> MutexGuard<'_, Flow> {
    flow.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts lines, and stops a record that grows beyond all bounds.
struct Bounded {
    text: Text,
    flow: Arc<Mutex<Flow>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        let mut flow = lock(&self.flow);
        flow.lines.pass(buffer.get(..read).unwrap_or_default());
        flow.since_row += read;
        if flow.since_row > ROW_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::survey::{EncodingChoice, Shape};

    fn rows_of(content: &str) -> Vec<Row> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        std::fs::write(&path, content).unwrap();
        let survey = Survey::of(&path, EncodingChoice::Auto).unwrap();
        let Shape::Csv { delimiter } = survey.shape else { panic!("{content:?} is CSV") };
        let mut rows = CsvRows::open(&path, &survey, delimiter, None, Progress::default()).unwrap();
        std::iter::from_fn(|| rows.next().unwrap()).collect()
    }

    proptest! {
        /// Ids are made of lines: each row has one of its own, and it is the one on which an editor shows the row.
        #[test]
        fn every_row_comes_whole_and_with_its_line(
            rows in prop::collection::vec((prop::collection::vec("[a字,\"\r\n ]{0,6}", 2), "\r\n|\n", 0_u8..3), 1..20),
        ) {
            let mut content = String::from("甲,乙\n");
            let mut expected = Vec::new();
            for (cells, end, blank_lines) in &rows {
                // A first cell with a letter, so that no row is one of nothing.
                let cells = [format!("x{}", cells[0]), cells[1].clone()];
                let line = content.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\r')).count() as u64 + 1;
                expected.push((line, cells.clone()));
                let quoted: Vec<String> = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
                content.push_str(&quoted.join(","));
                content.push_str(&end.repeat(usize::from(*blank_lines) + 1));
            }
            let got: Vec<(u64, [String; 2])> = rows_of(&content).into_iter().map(|row| {
                let Content::Cells(cells) = row.content else { panic!("{:?}", row.content) };
                (row.line, [cells[0].shown(), cells[1].shown()])
            }).collect();
            prop_assert_eq!(got, expected);
        }
    }
}
