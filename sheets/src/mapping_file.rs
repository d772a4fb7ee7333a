//! Mapping files (TOML).

use std::{fmt::Write, fs, path::Path};

use toml::{Table, Value};

use crate::{SheetsError, cell::Cell, clock::TimeForm, error::local, mapping::Mapping};

/// A mapping file as written.
#[derive(Debug, Default)]
pub struct MappingFile {
    /// Field paths and where their values come from.
    pub fields: Vec<(String, Origin)>,
    /// Field paths and values that are the same in every row.
    pub constants: Vec<(String, Cell)>,
    /// Columns that feed no field are sent too.
    pub keep_unmapped: bool,
}

/// Where the values of a field come from.
#[derive(Debug)]
pub struct Origin {
    /// Title of the column.
    pub column: String,
    /// How times are written.
    pub format: Option<String>,
    /// Zone of times without offset.
    pub zone: Option<String>,
}

/// Reads the mapping file at `path`.
///
/// # Errors
/// It cannot be read or is not of the form.
pub fn read(path: &Path) -> Result<MappingFile, SheetsError> {
    let text = fs::read_to_string(path).map_err(|e| local("读不了映射文件", path, &e))?;
    parse(&text).map_err(|why| SheetsError::usage(format!("映射文件 {}：{why}", path.display())))
}

/// Reads a mapping.
///
/// # Errors
/// What of it is wrong.
pub fn parse(text: &str) -> Result<MappingFile, String> {
    let table: Table = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut file = MappingFile::default();
    for (name, value) in &table {
        match (name.as_str(), value) {
            ("fields", Value::Table(table)) => fields(table, "", &mut file.fields)?,
            ("constants", Value::Table(table)) => constants(table, "", &mut file.constants)?,
            ("options", Value::Table(table)) => file.keep_unmapped = options(table)?,
            (other, _) => return Err(format!("没有 [{other}] 这一节；可用的：[fields]、[constants]、[options]")),
        }
    }
    Ok(file)
}

/// `customer.phone` is the same quoted and bare: a nested table.
fn fields(table: &Table, prefix: &str, into: &mut Vec<(String, Origin)>) -> Result<(), String> {
    for (name, value) in table {
        let path = format!("{prefix}{name}");
        match value {
            Value::String(column) => into.push((path, Origin { column: column.clone(), format: None, zone: None })),
            Value::Table(inner) if inner.get("column").is_some_and(Value::is_str) => into.push(origin(path, inner)?),
            Value::Table(inner) => fields(inner, &format!("{path}."), into)?,
            _ => return Err(format!("{path} 要写成 \"列名\" 或 {{ column = \"列名\", format = …, zone = … }}")),
        }
    }
    Ok(())
}

fn origin(path: String, table: &Table) -> Result<(String, Origin), String> {
    let mut origin = Origin { column: String::new(), format: None, zone: None };
    for (name, value) in table {
        let text = value.as_str().map(str::to_owned).ok_or_else(|| format!("{path} 的 {name} 要是文字"))?;
        match name.as_str() {
            "column" => origin.column = text,
            "format" => origin.format = Some(text),
            "zone" => origin.zone = Some(text),
            other => return Err(format!("{path} 没有 {other}；可用的：column、format、zone")),
        }
    }
    Ok((path, origin))
}

fn constants(table: &Table, prefix: &str, into: &mut Vec<(String, Cell)>) -> Result<(), String> {
    for (name, value) in table {
        let path = format!("{prefix}{name}");
        match value {
            Value::Table(inner) => constants(inner, &format!("{path}."), into)?,
            Value::String(text) => into.push((path, Cell::Text(text.clone()))),
            Value::Datetime(time) => into.push((path, Cell::Text(time.to_string()))),
            other => {
                let json = serde_json::to_value(other).map_err(|e| format!("{path}：{e}"))?;
                into.push((path, Cell::of_json(&json)));
            }
        }
    }
    Ok(())
}

fn options(table: &Table) -> Result<bool, String> {
    let mut keep_unmapped = false;
    for (name, value) in table {
        match (name.as_str(), value) {
            ("keep_unmapped", Value::Boolean(yes)) => keep_unmapped = *yes,
            ("keep_unmapped", _) => return Err("keep_unmapped 要是 true 或 false".to_owned()),
            (other, _) => return Err(format!("[options] 没有 {other}；可用的：keep_unmapped")),
        }
    }
    Ok(keep_unmapped)
}

/// A mapping as a file that `read` reads back.
pub fn write(mapping: &Mapping, titles: &[String]) -> String {
    let quoted = |text: &str| Value::String(text.to_owned()).to_string();
    let mut text = String::from("[fields]\n");
    for assigned in &mapping.assigned {
        let title = titles.get(assigned.column).map(String::as_str).unwrap_or_default();
        let value = match format_name(&assigned.rule.form) {
            Some(format) => format!("{{ column = {}, format = {} }}", quoted(title), quoted(format)),
            None => quoted(title),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} = {value}", quoted(&assigned.field.path));
    }
    if !mapping.constants.is_empty() {
        text.push_str("\n[constants]\n");
    }
    for (field, value) in &mapping.constants {
        let value = toml::Value::try_from(value).map(|v| v.to_string()).unwrap_or_default();
        let _ = writeln!(text, "{} = {value}", quoted(&field.path));
    }
    if mapping.keep_unmapped {
        text.push_str("\n[options]\nkeep_unmapped = true\n");
    }
    text
}

fn format_name(form: &TimeForm) -> Option<&str> {
    match form {
        TimeForm::Any => None,
        TimeForm::Pattern(pattern) => Some(pattern),
        TimeForm::UnixSeconds => Some("unix"),
        TimeForm::UnixMillis => Some("unix_ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_field() {
        let file = parse(
            r#"
            [fields]
            event_id = "编号"
            "customer.phone" = "手机号"
            lane.origin = "始发"
            occurred_at = { column = "时间", format = "%Y-%m-%d %H:%M", zone = "Asia/Shanghai" }
            [constants]
            channel = "电话"
            occurred_at = 2026-05-01T08:00:00+08:00
            queue_wait_s = 3
            [options]
            keep_unmapped = true
            "#,
        )
        .unwrap();
        let paths: Vec<&str> = file.fields.iter().map(|(p, _)| p.as_str()).collect();
        assert_eq!(paths, ["customer.phone", "event_id", "lane.origin", "occurred_at"]);
        let time = &file.fields.last().unwrap().1;
        assert_eq!((time.column.as_str(), time.format.as_deref()), ("时间", Some("%Y-%m-%d %H:%M")));
        assert_eq!(file.constants.len(), 3);
        assert!(file.keep_unmapped);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, named) in [
            ("[field]\na=1", "[field]"),
            ("[fields]\ntext=3", "text"),
            ("[fields]\ntext={column=\"a\", formt=\"b\"}", "formt"),
            ("[options]\nkeep=true", "keep"),
            ("[fields", "line 1"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(named), "{why}");
        }
    }
}
