//! Labelled rows as people keep them: JSON lines, or labels by id beside the texts.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use tingjian_schemas::Kind;

use super::{CauseRow, UnitRow};
use crate::evaluate::GoldRow;

/// Why a file of rows cannot be used; lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum RowsError {
    #[error("line {line}: {reason}")]
    Unreadable { line: usize, reason: String },
    #[error("line {line}: no field {field:?}, which the rows before it have; one file holds rows of one form")]
    Mixed { line: usize, field: &'static str },
    #[error("line {line}: neither {0:?} nor {1:?} says what the text is", .fields.0, .fields.1)]
    NoLabel { line: usize, fields: (&'static str, &'static str) },
    #[error("line {line}: this file labels {found}, rows labelled with {wanted} are wanted")]
    OtherLabels { line: usize, found: &'static str, wanted: &'static str },
    #[error("there is no row in it")]
    Empty,
    #[error("line {line}: no text with the id {id:?} is among the texts given")]
    NoText { line: usize, id: String },
}

/// Rows with `text`, `kind` and `causes` (and `praised`, `abuse`), one JSON object a line; blank lines are passed over.
///
/// # Errors
/// The first line that is no such row.
pub fn cause_rows(jsonl: &str, input: usize) -> Result<Vec<CauseRow>, RowsError> {
    let rows = rows(jsonl, "causes", "unit")?;
    Ok(rows.into_iter().map(|row| CauseRow { input, ..row }).collect())
}

/// Rows with `text` and `unit`, one JSON object a line; blank lines are passed over.
///
/// # Errors
/// The first line that is no such row.
pub fn unit_rows(jsonl: &str) -> Result<Vec<UnitRow>, RowsError> {
    rows(jsonl, "unit", "causes")
}

/// Rows to evaluate against: those of [`cause_rows`] with ids, times and where they come from.
///
/// # Errors
/// The first line that is no such row.
pub fn gold_rows(jsonl: &str) -> Result<Vec<GoldRow>, RowsError> {
    rows(jsonl, "causes", "unit")
}

fn rows<R: for<'d> Deserialize<'d>>(
    jsonl: &str,
    wanted: &'static str,
    other: &'static str,
) -> Result<Vec<R>, RowsError> {
    let mut out = Vec::new();
    for (number, text) in jsonl.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let line = number + 1;
        let unreadable = |e: serde_json::Error| RowsError::Unreadable { line, reason: e.to_string() };
        let value: Value = serde_json::from_str(text).map_err(unreadable)?;
        if value.get(wanted).is_none() {
            return Err(match (out.is_empty(), value.get(other).is_some()) {
                (true, true) => RowsError::OtherLabels { line, found: other, wanted },
                (true, false) => RowsError::NoLabel { line, fields: (wanted, other) },
                (false, _) => RowsError::Mixed { line, field: wanted },
            });
        }
        out.push(serde_json::from_value(value).map_err(unreadable)?);
    }
    if out.is_empty() { Err(RowsError::Empty) } else { Ok(out) }
}

/// The texts of JSON lines by their ids; lines without either are passed over.
///
/// # Errors
/// The first line that is no JSON.
pub fn texts_by_id(jsonl: &str, into: &mut HashMap<String, String>) -> Result<(), RowsError> {
    for (number, line) in jsonl.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let unreadable = |e: serde_json::Error| RowsError::Unreadable { line: number + 1, reason: e.to_string() };
        let row: Value = serde_json::from_str(line).map_err(unreadable)?;
        let id = row.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        if let (Some(id), Some(text)) = (id, row.get("text").and_then(Value::as_str)) {
            into.insert(id, text.to_owned());
        }
    }
    Ok(())
}

/// Labels by id: lines of `id`, kind (`c` complaint, `m` commendation, `i` inquiry, `s` suggestion, `o` other), causes
/// joined by commas or `-`, flags `p` (praised) and `a` (abuse) or `-`, separated by tabs; `#` begins a comment.
///
/// # Errors
/// The first line of another form, or whose text is not among `texts`.
pub fn labels_by_id(labels: &str, texts: &HashMap<String, String>, input: usize) -> Result<Vec<CauseRow>, RowsError> {
    let mut out = Vec::new();
    for (number, text) in labels.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with('#')) {
        let line = number + 1;
        let unreadable = |reason: &str| RowsError::Unreadable { line, reason: reason.to_owned() };
        let mut fields = text.split('\t');
        let (Some(id), Some(kind), Some(causes), Some(flags), None) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(unreadable("not four fields: id, kind, causes, flags"));
        };
        let place = ["c", "m", "i", "s", "o"].iter().position(|k| *k == kind);
        let kind = place.and_then(|at| Kind::ALL.get(at)).ok_or_else(|| unreadable("the kind is none of c m i s o"))?;
        let text = texts.get(id).ok_or_else(|| RowsError::NoText { line, id: id.to_owned() })?;
        out.push(CauseRow {
            text: text.clone(),
            kind: *kind,
            causes: causes.split(',').filter(|c| *c != "-").map(str::to_owned).collect(),
            praised: flags.contains('p'),
            abuse: flags.contains('a'),
            input,
        });
    }
    if out.is_empty() { Err(RowsError::Empty) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_find_their_texts() {
        let mut texts = HashMap::new();
        let file = "{\"id\":7,\"text\":\"等了一天\"}\n\n{\"id\":\"b\",\"text\":\"小哥很好\"}\n{\"note\":1}\n";
        texts_by_id(file, &mut texts).expect("JSON");
        let labels = "# id kind causes flags\n7\tc\tfulfil.transit_delay,people.attitude\ta\nb\tm\t-\tp\n";
        let rows = labels_by_id(labels, &texts, 2).expect("labels");
        let said: Vec<_> = rows.iter().map(|r| (r.text.as_str(), r.kind, r.causes.len(), r.praised, r.abuse)).collect();
        let wanted =
            vec![("等了一天", Kind::Complaint, 2, false, true), ("小哥很好", Kind::Commendation, 0, true, false)];
        assert_eq!(said, wanted);
        for (labels, reason) in [
            ("7\tc\t-", "four fields"),
            ("7\tz\t-\t-", "none of c m i s o"),
            ("9\tc\t-\t-", "\"9\""),
            ("# nothing", "no row"),
        ] {
            let error = labels_by_id(labels, &texts, 0).expect_err("refused").to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn rows_of_other_forms_are_refused_in_words() {
        let cause = "{\"text\":\"慢\",\"kind\":\"complaint\",\"causes\":[]}\n";
        let unit = "{\"text\":\"慢\",\"unit\":\"公交集团\"}\n";
        assert_eq!(cause_rows(cause, 1).expect("a row").len(), 1);
        assert_eq!(unit_rows(unit).expect("a row").len(), 1);
        for (file, reason) in [
            ("", "no row"),
            ("{", "line 1"),
            (unit, "labels unit"),
            ("{\"text\":\"慢\"}", "neither"),
            (&format!("{cause}{unit}"), "line 2: no field \"causes\""),
            ("{\"text\":\"慢\",\"kind\":\"投诉\",\"causes\":[]}", "投诉"),
        ] {
            let error = cause_rows(file, 0).expect_err("refused").to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(unit_rows(cause).expect_err("refused").to_string().contains("labels causes"));
    }
}
