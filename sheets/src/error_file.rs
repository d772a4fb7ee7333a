//! The refused rows with their reasons, in a file of the kind that was sent.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::{Value, json};

use crate::{
    Progress, SheetsError,
    cell::Cell,
    formula::disarmed,
    mapping::ERROR_TITLES,
    reasons::reason_name,
    rows::{Content, InputFile, Row, Rows},
    shaper::{ERROR_KEY, Refused},
    sink::Sink,
    survey::Shape,
    workbook::{excel_time, failed as workbook_failed, fitting, save as save_workbook},
};

/// How many distinct reasons are counted apart.
const COUNTED_REASONS: usize = 50;

/// How often each reason came.
pub type Tally = BTreeMap<String, u64>;

/// Refused rows in the order of the file.
pub type Refusals = Box<dyn Iterator<Item = std::io::Result<Refused>>>;

/// Writes the refused rows, which come in the order of the file, to `path`, reading the input once more.
///
/// # Errors
/// The input or the error file.
pub fn write(input: &InputFile, refused: Refusals, path: &Path) -> Result<Tally, SheetsError> {
    let mut pairs = Pairs { rows: input.rows(Progress::default())?, refused, tally: Tally::new() };
    match input.survey.shape {
        Shape::Jsonl => json_lines(&mut pairs, path)?,
        Shape::Csv { delimiter } => csv_rows(&mut pairs, input, delimiter, path)?,
        Shape::Workbook => sheet(&mut pairs, input, path)?,
    }
    Ok(pairs.tally)
}

/// The error file's name where none is given: beside the input, never over a file that is there already.
pub fn default_path(input: &InputFile) -> PathBuf {
    let extension = extension(input);
    let name = input.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let numbered = (1..).map(|n| match n {
        1 => format!("{stem}.rejected.{extension}"),
        n => format!("{stem}.rejected-{n}.{extension}"),
    });
    let mut paths = numbered.map(|name| writable_folder(&input.path).join(name));
    paths.find(|path| !path.exists()).unwrap_or_else(|| PathBuf::from(format!("{stem}.rejected.{extension}")))
}

/// What the error file's name ends with: the kind of file that was sent.
pub fn extension(input: &InputFile) -> &'static str {
    match input.survey.shape {
        Shape::Jsonl => "jsonl",
        Shape::Csv { delimiter: b'\t' } => "tsv",
        Shape::Csv { .. } => "csv",
        Shape::Workbook => "xlsx",
    }
}

/// The input's folder, or the current one where that is read-only.
fn writable_folder(input: &Path) -> PathBuf {
    let folder = input.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let read_only = fs::metadata(folder).is_ok_and(|m| m.permissions().readonly());
    if read_only { PathBuf::from(".") } else { folder.to_owned() }
}

/// The refused rows with what was refused, in the order of the file.
struct Pairs {
    rows: Box<dyn Rows>,
    refused: Refusals,
    tally: Tally,
}

impl Pairs {
    fn next(&mut self) -> Result<Option<(Row, Refused)>, SheetsError> {
        let Some(refused) = self.refused.next().transpose()? else { return Ok(None) };
        self.count(&refused);
        while let Some(row) = self.rows.next()? {
            if row.line == refused.line {
                return Ok(Some((row, refused)));
            }
        }
        Ok(None)
    }

    fn count(&mut self, refused: &Refused) {
        let field = refused.field.as_ref().map(|f| format!("（{f}）")).unwrap_or_default();
        let key = format!("{}{field}", reason_name(&refused.reason));
        let key =
            if self.tally.len() < COUNTED_REASONS || self.tally.contains_key(&key) { key } else { "其他".to_owned() };
        *self.tally.entry(key).or_default() += 1;
    }
}

/// Why, in words, with the code by which it is counted.
fn reason_text(refused: &Refused) -> String {
    let name = refused.message.clone().unwrap_or_else(|| reason_name(&refused.reason));
    if name == refused.reason { name } else { format!("{name}（{}）", refused.reason) }
}

/// Line, reason and field, in the order of `ERROR_TITLES`.
fn why(refused: &Refused) -> [String; 3] {
    [refused.line.to_string(), reason_text(refused), refused.field.clone().unwrap_or_default()]
}

fn json_lines(pairs: &mut Pairs, path: &Path) -> Result<(), SheetsError> {
    let mut sink = Sink::open(Some(path))?;
    while let Some((row, refused)) = pairs.next()? {
        let [line_title, reason_title, field_title] = ERROR_TITLES;
        let reason = reason_text(&refused);
        let why = json!({ line_title: refused.line, reason_title: reason, field_title: refused.field });
        let original = match row.content {
            Content::Line(line) => line,
            Content::Broken { shown, .. } => shown.concat().into_bytes(),
            Content::Cells(_) => Vec::new(),
        };
        let line = match serde_json::from_slice::<serde_json::Map<String, Value>>(&original) {
            Ok(mut object) => {
                object.insert(ERROR_KEY.to_owned(), why);
                Value::Object(object)
            }
            Err(_) => json!({ ERROR_KEY: why, "_line": String::from_utf8_lossy(&original) }),
        };
        writeln!(sink, "{line}")?;
    }
    sink.close()
}

fn csv_rows(pairs: &mut Pairs, input: &InputFile, delimiter: u8, path: &Path) -> Result<(), SheetsError> {
    let mut sink = Sink::open(Some(path))?;
    // Spreadsheets take a CSV without this mark for another encoding.
    sink.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(sink);
    let failed = |e: csv::Error| SheetsError::Output(std::io::Error::other(e));
    let kept = |index: usize| input.titles.get(index).is_none_or(|t| !ERROR_TITLES.contains(&t.as_str()));
    let own = |values: Vec<String>| values.into_iter().enumerate().filter(|(i, _)| kept(*i)).map(|(_, v)| v);
    let titles = ERROR_TITLES.iter().map(|t| (*t).to_owned()).chain(own(input.titles.clone()));
    writer.write_record(titles).map_err(failed)?;
    while let Some((row, refused)) = pairs.next()? {
        let values = match row.content {
            Content::Cells(cells) => cells.iter().map(Cell::shown).collect(),
            Content::Broken { shown, .. } => shown,
            Content::Line(_) => Vec::new(),
        };
        let safe = why(&refused).into_iter().chain(own(values)).map(|value| disarmed(&value).into_owned());
        writer.write_record(safe).map_err(failed)?;
    }
    let sink = writer.into_inner().map_err(|e| SheetsError::Output(std::io::Error::other(e.to_string())))?;
    sink.close()
}

fn sheet(pairs: &mut Pairs, input: &InputFile, path: &Path) -> Result<(), SheetsError> {
    let failed = |e: XlsxError| workbook_failed(path, &e);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
    let kept: Vec<usize> = (0..input.titles.len())
        .filter(|i| input.titles.get(*i).is_none_or(|t| !ERROR_TITLES.contains(&t.as_str())))
        .collect();
    let titles = kept.iter().filter_map(|i| input.titles.get(*i)).map(|t| Cell::Text(t.clone()));
    let own_titles = ERROR_TITLES.iter().map(|t| Cell::Text((*t).to_owned()));
    write_row(sheet, 0, own_titles.chain(titles)).map_err(failed)?;
    let mut next = 1;
    while let Some((row, refused)) = pairs.next()? {
        let Content::Cells(cells) = row.content else { continue };
        let values = kept.iter().map(|i| cells.get(*i).cloned().unwrap_or(Cell::Empty));
        write_row(sheet, next, why(&refused).into_iter().map(Cell::Text).chain(values)).map_err(failed)?;
        next += 1;
    }
    save_workbook(&mut workbook, path)
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: impl Iterator<Item = Cell>) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Empty => continue,
            Cell::Number(number) => sheet.write_number(row, column, number)?,
            Cell::Bool(yes) => sheet.write_boolean(row, column, yes)?,
            Cell::Time(time) => match excel_time(time) {
                Some(date) => {
                    let format = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
                    sheet.write_datetime_with_format(row, column, date, &format)?
                }
                None => sheet.write_string(row, column, time.to_string())?,
            },
            other => sheet.write_string(row, column, fitting(&other.shown()))?,
        };
    }
    Ok(())
}
