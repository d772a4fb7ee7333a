//! The fields an event of each stream may have, and what organisations call them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde::Deserialize;
use tingjian_schemas::Stream;

/// One field of events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its path in the event: `customer.phone`.
    pub path: String,
    /// What it holds.
    #[serde(default, rename = "type")]
    pub holds: Holds,
    #[serde(default, rename = "in")]
    streams: Vec<Stream>,
    #[serde(default)]
    required: Vec<Stream>,
    titles: Vec<String>,
    #[serde(default)]
    titles_in: HashMap<Stream, Vec<String>>,
    /// Chinese words for its codes.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Text.
    #[default]
    Text,
    /// An instant.
    Time,
    /// A whole number.
    Integer,
    /// Yes or no.
    Bool,
    /// Several texts.
    List,
    /// An object or list as JSON has it.
    Json,
}

#[derive(Deserialize)]
struct File {
    field: Vec<Field>,
}

static FIELDS: LazyLock<Vec<Field>> =
    LazyLock::new(|| toml::from_str::<File>(include_str!("columns.toml")).map(|f| f.field).unwrap_or_default());

impl Field {
    /// Column titles for `stream`, the surest first; the path itself before all.
    pub fn titles(&self, stream: Stream) -> impl Iterator<Item = &str> {
        let own = self.titles_in.get(&stream).into_iter().flatten();
        std::iter::once(&self.path).chain(own).chain(&self.titles).map(String::as_str)
    }

    /// Whether an event of `stream` is refused without it.
    pub fn is_required(&self, stream: Stream) -> bool {
        self.required.contains(&stream)
    }
}

/// The fields of `stream`.
pub fn of(stream: Stream) -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(move |f| f.streams.is_empty() || f.streams.contains(&stream))
}

/// The field of `stream` at `path`.
pub fn find(stream: Stream, path: &str) -> Option<&'static Field> {
    of(stream).find(|f| f.path == path)
}

/// A title as it is compared: without case, spaces, joiners and remarks in brackets.
pub fn bare(title: &str) -> String {
    let end = title.find(['(', '（', '[', '【']).filter(|end| *end > 0).unwrap_or(title.len());
    let kept = title.get(..end).unwrap_or(title);
    let joiner =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '_' | '-' | '.' | '*' | '：' | ':' | '\u{feff}');
    kept.chars().filter(|c| !joiner(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_every_stream_can_be_fed() {
        toml::from_str::<File>(include_str!("columns.toml")).unwrap();
        for stream in Stream::ALL {
            assert!(find(stream, "event_id").is_some() && find(stream, "occurred_at").is_some());
        }
        assert!(find(Stream::Judgements, "verdict").unwrap().is_required(Stream::Judgements));
        assert!(find(Stream::Complaints, "verdict").is_none());
    }

    #[test]
    fn titles_are_compared_bare() {
        for title in ["手机号", " 手机号 ", "手机号（必填）", "手 机 号*", "\u{feff}手机号："] {
            assert_eq!(bare(title), "手机号", "{title:?}");
        }
        assert_eq!(bare("Event_ID"), "eventid");
        assert_eq!(bare("（备注）"), "（备注）");
    }
}
