//! One value of a row, and what it becomes in an event.

use jiff::civil::DateTime;
use serde_json::Value;

use crate::{
    clock::TimeRule,
    fields::{Field, Holds},
};

/// One value of a row as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing there.
    Empty,
    /// Text.
    Text(String),
    /// A number of a workbook; may be a date.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A date and time of a workbook, without zone.
    Time(DateTime),
    /// A value of a JSON object that is none of the above.
    Json(Value),
}

/// A value that is not what its field holds, in a way only the file's own form shows.
#[derive(Debug, PartialEq, Eq)]
pub struct UnreadableTime;

/// Between the items of a list in one cell.
const LIST_JOINERS: [char; 8] = ['、', ',', '，', ';', '；', '|', '>', '→'];

impl Cell {
    /// A value of a JSON object.
    pub fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Empty,
            Value::String(text) => Self::Text(text.clone()),
            Value::Bool(yes) => Self::Bool(*yes),
            other => Self::Json(other.clone()),
        }
    }

    /// The value as people read it.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => plain_number(*number),
            Self::Bool(yes) => yes.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Json(value) => value.to_string(),
        }
    }

    /// What it becomes in `field`; `None` where there is nothing. What does not fit the field stays as it is: the server
    /// says what is wrong with it.
    ///
    /// # Errors
    /// A time that cannot be read: only this side knows how the file writes times.
    pub fn into_value(self, field: &Field, rule: &TimeRule) -> Result<Option<Value>, UnreadableTime> {
        let json = field.holds == Holds::Json;
        let cell = match self {
            Self::Text(text) if field.path == "text" => {
                return Ok((!text.trim().is_empty()).then_some(Value::String(text)));
            }
            Self::Text(text) => match unwrapped(&text) {
                "" => return Ok(None),
                text if json || text.starts_with(['[', '{']) && field.holds == Holds::List => {
                    return Ok(Some(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))));
                }
                text => Self::Text(text.to_owned()),
            },
            Self::Empty => return Ok(None),
            Self::Json(Value::Number(number)) if field.holds == Holds::Text => Self::Text(number.to_string()),
            other => other,
        };
        match field.holds {
            Holds::Time => cell.time(rule).map(|t| Some(Value::String(t))).ok_or(UnreadableTime),
            Holds::Text => Ok(Some(cell.coded(field))),
            Holds::Integer => Ok(Some(cell.integer())),
            Holds::Bool => Ok(Some(cell.boolean())),
            Holds::List => Ok(Some(cell.list())),
            Holds::Json => Ok(Some(cell.json())),
        }
    }

    fn time(&self, rule: &TimeRule) -> Option<String> {
        match self {
            Self::Text(text) => rule.read(text),
            Self::Time(time) => rule.zone.rfc3339(*time),
            Self::Number(days) => rule.read_serial(*days),
            Self::Json(Value::Number(number)) => rule.read_number(number.as_f64()?),
            _ => None,
        }
    }

    fn coded(self, field: &Field) -> Value {
        match self {
            Self::Json(value) => value,
            other => {
                let text = other.shown();
                Value::String(field.values.get(&text).cloned().unwrap_or(text))
            }
        }
    }

    fn integer(self) -> Value {
        match self {
            Self::Json(value) => value,
            other => {
                let text = other.shown();
                let digits = text.replace(',', "");
                digits.parse::<i64>().map_or(Value::String(text), Value::from)
            }
        }
    }

    fn boolean(self) -> Value {
        match self {
            Self::Bool(yes) => Value::Bool(yes),
            Self::Json(value) => value,
            other => match other.shown().to_lowercase().as_str() {
                "是" | "已解决" | "解决" | "true" | "yes" | "y" | "1" => Value::Bool(true),
                "否" | "未解决" | "没解决" | "false" | "no" | "n" | "0" => Value::Bool(false),
                unknown => Value::String(unknown.to_owned()),
            },
        }
    }

    fn list(self) -> Value {
        match self {
            Self::Json(value @ Value::Array(_)) => value,
            other => {
                let text = other.shown();
                let items = text.split(LIST_JOINERS).map(str::trim).filter(|item| !item.is_empty());
                Value::Array(items.map(Value::from).collect())
            }
        }
    }

    fn json(self) -> Value {
        match self {
            Self::Json(value) => value,
            other => Value::String(other.shown()),
        }
    }
}

/// Without surrounding space, and without the `="0012"` by which exports keep Excel from eating zeros.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"')).map_or(text, str::trim)
}

/// A number of a workbook without exponent: phone and order numbers are numbers there.
fn plain_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tingjian_schemas::Stream;

    use super::*;
    use crate::{clock::TimeForm, fields};

    fn check(stream: Stream, path: &str, cell: Cell, expected: Option<Value>) {
        let rule = TimeRule { form: TimeForm::Any, zone: "Asia/Shanghai".parse().unwrap() };
        let field = fields::find(stream, path).unwrap();
        assert_eq!(cell.clone().into_value(field, &rule), Ok(expected), "{path} {cell:?}");
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn values_of_every_kind_of_field() {
        use Stream::{CallNotes, CaseEvents, Commendations, Complaints, Corrections, Judgements};
        check(Complaints, "event_id", text(" =\"00123\" "), Some(json!("00123")));
        check(Complaints, "event_id", Cell::Number(2026050100123.0), Some(json!("2026050100123")));
        check(Complaints, "event_id", Cell::Json(json!(12)), Some(json!("12")));
        check(Complaints, "customer.phone", Cell::Number(13_800_138_000.0), Some(json!("13800138000")));
        check(Complaints, "text", text("  说好次日达\n没到 "), Some(json!("  说好次日达\n没到 ")));
        check(Complaints, "text", text("  "), None);
        check(Complaints, "occurred_at", text("2026/5/1 9:00"), Some(json!("2026-05-01T09:00:00+08:00")));
        check(Complaints, "occurred_at", Cell::Number(46_143.375), Some(json!("2026-05-01T09:00:00+08:00")));
        check(Complaints, "customer", Cell::Json(json!({"name":"甲"})), Some(json!({"name":"甲"})));
        check(CallNotes, "queue_wait_s", text("1,200"), Some(json!(1200)));
        check(CallNotes, "queue_wait_s", Cell::Number(95.0), Some(json!(95)));
        check(CallNotes, "queue_wait_s", text("三分钟"), Some(json!("三分钟")));
        check(CallNotes, "resolved", text("否"), Some(json!(false)));
        check(CallNotes, "resolved", text("或许"), Some(json!("或许")));
        check(CallNotes, "ivr_path", text("1 > 3 > 0"), Some(json!(["1", "3", "0"])));
        check(CallNotes, "ivr_path", text("[\"1\",\"2\"]"), Some(json!(["1", "2"])));
        check(CallNotes, "transfers", text("[{\"from\":\"甲\"}]"), Some(json!([{"from":"甲"}])));
        check(Commendations, "praised.agent_no", text("1001、1002"), Some(json!(["1001", "1002"])));
        check(Judgements, "verdict", text("部分有责"), Some(json!("partly")));
        check(CaseEvents, "kind", text("派单"), Some(json!("assigned")));
        check(CaseEvents, "holder", text("客户"), Some(json!("customer")));
        check(Corrections, "causes", Cell::Json(json!(["a", "b"])), Some(json!(["a", "b"])));
        check(Corrections, "note", Cell::Empty, None);
    }

    #[test]
    fn a_time_that_cannot_be_read_is_an_error_never_now() {
        let rule = TimeRule { form: TimeForm::Any, zone: "Asia/Shanghai".parse().unwrap() };
        let field = fields::find(Stream::Complaints, "occurred_at").unwrap();
        for cell in [text("前天"), Cell::Bool(true), Cell::Json(json!({})), Cell::Number(-1.0)] {
            assert_eq!(cell.into_value(field, &rule), Err(UnreadableTime));
        }
        assert_eq!(text(" ").into_value(field, &rule), Ok(None));
    }
}
