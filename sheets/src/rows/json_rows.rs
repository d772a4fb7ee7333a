//! JSONL: an object a line.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Content, ROW_BYTES, Row, Rows, read_failed};
use crate::{
    SheetsError,
    cell::Cell,
    lines::{Line, Lines},
    shaper::{ERROR_KEY, lookup},
    survey::Survey,
    text::{self, Progress, Text},
};

/// How many objects tell the keys.
const SAMPLE_ROWS: usize = 100;
/// How much of a line that is too large is shown.
const SHOWN_BYTES: usize = 1024;

/// Rows of a JSONL file.
pub struct JsonRows {
    path: PathBuf,
    lines: Lines<Text>,
    decoded: bool,
}

impl JsonRows {
    /// From the first line.
    pub fn open(path: &Path, survey: &Survey, progress: Progress) -> Result<Self, SheetsError> {
        let text = text::open(path, survey.gzip, survey.encoding, progress).map_err(|e| read_failed(path, &e))?;
        let decoded = survey.encoding != encoding_rs::UTF_8;
        Ok(Self { path: path.to_owned(), lines: Lines::new(text, ROW_BYTES), decoded })
    }
}

impl Rows for JsonRows {
    fn next(&mut self) -> Result<Option<Row>, SheetsError> {
        let mut line = Vec::new();
        loop {
            let kind = self.lines.next_into(&mut line).map_err(|e| read_failed(&self.path, &e))?;
            let broken = match kind {
                Line::End => return Ok(None),
                Line::TooLong => Some("row_too_large"),
                // The server counts rows without blank ones: so must we.
                Line::Whole if is_blank(&line) => continue,
                Line::Whole if self.decoded && text::was_malformed(&line) => Some("invalid_encoding"),
                Line::Whole => None,
            };
            let content = match broken {
                Some(reason) => Content::Broken { reason, shown: vec![beginning(&line)] },
                None => Content::Line(line),
            };
            return Ok(Some(Row { line: self.lines.number(), content }));
        }
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).iter().all(u8::is_ascii_whitespace)
}

fn beginning(line: &[u8]) -> String {
    String::from_utf8_lossy(line.get(..line.len().min(SHOWN_BYTES)).unwrap_or_default()).into_owned()
}

/// The keys of the first objects, in the order in which they come, and the first object's values. Keys within an object
/// that is itself no field of the contract are named `outer.inner`.
pub fn heading(path: &Path, survey: &Survey) -> Result<(Vec<String>, Vec<Cell>), SheetsError> {
    let mut rows = JsonRows::open(path, survey, Progress::default())?;
    let mut titles: Vec<String> = Vec::new();
    let mut first = None;
    for _ in 0..SAMPLE_ROWS {
        let Some(row) = rows.next()? else { break };
        let Content::Line(line) = row.content else { continue };
        let Ok(object) = serde_json::from_slice::<Map<String, Value>>(&line) else { continue };
        for (key, value) in object.iter().filter(|(key, _)| *key != ERROR_KEY) {
            let inner = value.as_object().filter(|_| !matches!(key.as_str(), "customer" | "lane"));
            let keys = inner.map(|o| o.keys().map(|k| format!("{key}.{k}")).collect::<Vec<_>>());
            for title in std::iter::once(key.clone()).chain(keys.into_iter().flatten()) {
                if !titles.contains(&title) {
                    titles.push(title);
                }
            }
        }
        first.get_or_insert(object);
    }
    let first =
        first.ok_or_else(|| SheetsError::usage(format!("{} 的前 {SAMPLE_ROWS} 行没有 JSON 对象", path.display())))?;
    let cells = titles.iter().map(|t| lookup(&first, t)).collect();
    Ok((titles, cells))
}
