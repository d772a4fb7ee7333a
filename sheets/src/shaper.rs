//! A row of the file → the bytes of one event.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tingjian_schemas::{Rejection, Stream};

use crate::{
    SheetsError, Zone,
    cell::Cell,
    clock::{TimeForm, TimeRule},
    fields::{self, Field, Holds},
    mapping::{Columns, Mapping, Wishes},
    rows::{Content, InputFile, Row},
    survey::hex,
};

/// The key under which an error file keeps why a JSON row was rejected.
pub const ERROR_KEY: &str = "_rejected";

/// A row that is not sent, or that the server refused.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refused {
    /// Line of the file.
    pub line: u64,
    /// Why: a code.
    pub reason: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// Why, in the server's words.
    pub message: Option<String>,
}

impl Refused {
    /// A row that the contract's own reader refuses.
    pub fn of(line: u64, rejection: &Rejection) -> Self {
        let (reason, field) = (rejection.reason.name().to_owned(), rejection.field.clone());
        Self { line, reason, field, message: Some(rejection.message_zh()) }
    }
}

fn is_event(stream: Stream, titles: &[String]) -> bool {
    let has = |path: &str| titles.iter().any(|t| t == path);
    has("event_id") && has("occurred_at") && fields::of(stream).filter(|f| f.is_required(stream)).all(|f| has(&f.path))
}

/// An event, ready to be sent.
#[derive(Debug)]
pub struct Event {
    /// One JSON object on one line.
    pub bytes: Vec<u8>,
    /// Its id, where a column has it.
    pub id: Option<String>,
}

/// How rows become events.
pub enum Shaper {
    /// They are events already.
    AsIs,
    /// By a mapping.
    Mapped(Box<Mapped>),
}

/// What a mapping needs besides the row.
pub struct Mapped {
    /// Which column feeds which field.
    pub mapping: Mapping,
    /// Titles of the columns.
    pub titles: Vec<String>,
    /// What ids begin with where no column has them: stream and content, hashed.
    pub id_stem: String,
    /// Which fields there are.
    pub stream: Stream,
    /// How times under keys are written that come later than the guess.
    pub late_rule: TimeRule,
}

/// Characters of the hash with which made ids begin: 128 bits.
const STEM_CHARS: usize = 32;

impl Shaper {
    /// JSON rows that are events already go as they are; all others by a mapping.
    ///
    /// # Errors
    /// A mapping that does not fit the file or the stream.
    pub fn new(input: &InputFile, stream: Stream, wishes: &Wishes, zone: &Zone) -> Result<Self, SheetsError> {
        if input.is_json() && !wishes.are_stated() && is_event(stream, &input.titles) {
            return Ok(Self::AsIs);
        }
        let columns = Columns { titles: &input.titles, json: input.is_json() };
        let mapping = Mapping::new(stream, wishes, &columns, zone)?;
        let digest = Sha256::digest(format!("{stream}\n{}", input.survey.fingerprint));
        let id_stem = hex(&digest).chars().take(STEM_CHARS).collect();
        let titles = input.titles.clone();
        let late_rule = TimeRule { form: TimeForm::Any, zone: zone.clone() };
        Ok(Self::Mapped(Box::new(Mapped { stream, mapping, titles, id_stem, late_rule })))
    }

    /// The event in `row`.
    ///
    /// # Errors
    /// What only this side can know is wrong with it.
    pub fn event(&self, row: Row) -> Result<Event, Refused> {
        let refused = |reason: &str, field: Option<&str>| Refused {
            line: row.line,
            reason: reason.to_owned(),
            field: field.map(str::to_owned),
            message: None,
        };
        let unread = |bytes| Event { bytes, id: None };
        match (self, row.content) {
            (_, Content::Broken { reason, .. }) => Err(refused(reason, None)),
            (Self::AsIs, Content::Line(line)) => Ok(unread(without_error_key(line))),
            (Self::AsIs, Content::Cells(_)) => Err(refused("column_count", None)),
            (Self::Mapped(mapped), Content::Cells(cells)) => {
                let get = |index: usize| cells.get(index).cloned().unwrap_or(Cell::Empty);
                mapped.event(row.line, get, &Map::new()).map_err(|field| refused("invalid_time", Some(field)))
            }
            // A line that is no object goes as it is: the server says what is wrong with it.
            (Self::Mapped(mapped), Content::Line(line)) => match serde_json::from_slice::<Map<String, Value>>(&line) {
                Ok(object) => {
                    let get = |index: usize| mapped.titles.get(index).map_or(Cell::Empty, |t| lookup(&object, t));
                    mapped.event(row.line, get, &object).map_err(|field| refused("invalid_time", Some(field)))
                }
                Err(_) => Ok(unread(line)),
            },
        }
    }
}

impl Mapped {
    /// # Errors
    /// The field whose time cannot be read.
    fn event(
        &self,
        line: u64,
        get: impl Fn(usize) -> Cell,
        object: &Map<String, Value>,
    ) -> Result<Event, &'static str> {
        let mut event = Map::new();
        if self.mapping.keep_unmapped {
            for (index, title) in self.mapping.unmapped(&self.titles) {
                let value = match get(index) {
                    Cell::Empty => continue,
                    Cell::Json(value) => value,
                    other => Value::String(other.shown()),
                };
                event.insert(title.to_owned(), value);
            }
        }
        for (field, value) in &self.mapping.constants {
            put(&mut event, field, value.clone());
        }
        for assigned in &self.mapping.assigned {
            match get(assigned.column).into_value(assigned.field, &assigned.rule) {
                Ok(Some(value)) => put(&mut event, assigned.field, value),
                Ok(None) => {}
                Err(_) => return Err(&assigned.field.path),
            }
        }
        if self.mapping.guessed {
            self.add_late(&mut event, object)?;
        }
        let id = event.get("event_id").and_then(Value::as_str).map(str::to_owned);
        if !self.mapping.feeds("event_id") {
            event.insert("event_id".to_owned(), Value::String(format!("{}-{line}", self.id_stem)));
        }
        Ok(Event { bytes: Value::Object(event).to_string().into_bytes(), id })
    }
}

impl Mapped {
    /// Keys of a JSON row that none of the first rows had. A field of the contract counts though nobody has seen it
    /// before; any other is kept or dropped as the others are.
    fn add_late(&self, event: &mut Map<String, Value>, object: &Map<String, Value>) -> Result<(), &'static str> {
        for (key, value) in object.iter().filter(|(key, _)| *key != ERROR_KEY && !self.titles.contains(key)) {
            match fields::find(self.stream, key) {
                Some(field) if !self.mapping.feeds(key) => {
                    match Cell::of_json(value).into_value(field, &self.late_rule) {
                        Ok(Some(value)) => put(event, field, value),
                        Ok(None) => {}
                        Err(_) => return Err(&field.path),
                    }
                }
                None if self.mapping.keep_unmapped => {
                    event.insert(key.clone(), value.clone());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Puts a value at its path; those of `praised` into a list of objects.
fn put(event: &mut Map<String, Value>, field: &Field, value: Value) {
    match field.path.split_once('.') {
        None => {
            event.insert(field.path.clone(), value);
        }
        Some(("praised", part)) if field.holds == Holds::List => praise(event, part, value),
        Some((whole, part)) => {
            if let Value::Object(object) = event.entry(whole).or_insert_with(|| Value::Object(Map::new())) {
                object.insert(part.to_owned(), value);
            }
        }
    }
}

/// One agent and one department in a row are one who is praised: an agent of that department.
fn praise(event: &mut Map<String, Value>, part: &str, value: Value) {
    let names = match value {
        Value::Array(names) => names,
        other => vec![other],
    };
    let Value::Array(praised) = event.entry("praised").or_insert_with(|| Value::Array(Vec::new())) else { return };
    if let ([Value::Object(one)], [name]) = (praised.as_mut_slice(), names.as_slice())
        && !one.contains_key(part)
    {
        one.insert(part.to_owned(), name.clone());
        return;
    }
    praised.extend(names.into_iter().map(|name| Value::Object(Map::from_iter([(part.to_owned(), name)]))));
}

/// The value at a key, or at a path of keys.
pub fn lookup(object: &Map<String, Value>, title: &str) -> Cell {
    if let Some(value) = object.get(title) {
        return Cell::of_json(value);
    }
    let mut parts = title.split('.');
    let first = parts.next().and_then(|key| object.get(key));
    parts.try_fold(first, |value, key| value.map(|v| v.get(key))).flatten().map_or(Cell::Empty, Cell::of_json)
}

/// A row of an error file that was mended and comes again.
fn without_error_key(line: Vec<u8>) -> Vec<u8> {
    if memchr::memmem::find(&line, b"\"_rejected\"").is_none() {
        return line;
    }
    let Ok(mut object) = serde_json::from_slice::<Map<String, Value>>(&line) else { return line };
    object.remove(ERROR_KEY);
    Value::Object(object).to_string().into_bytes()
}
