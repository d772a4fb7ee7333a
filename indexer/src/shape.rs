//! Stream, kind, causes and departments of a record, in one dictionary-coded column.
//!
//! Few combinations occur, so one small number per record stands for all four: a filter is a table of accepted
//! numbers, facets are one count per number, and a hit needs no stored copy.

use std::{collections::HashMap, sync::Arc};

use tingjian_schemas::{Kind, Record, Stream};

const PART: char = '\u{1f}';
const LIST: char = '\u{1e}';

/// What a record is counted and filtered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) stream: Stream,
    pub(crate) kind: Kind,
    /// Primary first.
    pub(crate) causes: Vec<Arc<str>>,
    /// Responsible departments, of the primary cause first, each once.
    pub(crate) departments: Vec<Arc<str>>,
    /// What [`Names`] numbers the causes by, to count by.
    pub(crate) cause_numbers: Vec<usize>,
    /// The same of the departments.
    pub(crate) department_numbers: Vec<usize>,
}

impl Shape {
    /// The column's value for `record`.
    pub(crate) fn write(record: &Record) -> String {
        let mut out = String::with_capacity(64);
        out.push_str(record.head.stream.name());
        out.push(PART);
        out.push_str(record.reading.kind.name());
        out.push(PART);
        let causes = &record.reading.causes;
        push_list(&mut out, causes.iter().map(|cause| &*cause.code));
        out.push(PART);
        let owners = causes
            .iter()
            .enumerate()
            .filter(|(at, cause)| causes.iter().take(*at).all(|earlier| earlier.department != cause.department));
        push_list(&mut out, owners.map(|(_, cause)| &*cause.department));
        out
    }

    /// Reads the column's value; none if it is no shape.
    pub(crate) fn read(value: &str, names: &mut Names) -> Option<Self> {
        let mut parts = value.split(PART);
        let (stream, kind) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let (causes, cause_numbers) = names.causes.read_list(parts.next()?);
        let (departments, department_numbers) = names.departments.read_list(parts.next()?);
        Some(Self { stream, kind, causes, departments, cause_numbers, department_numbers })
    }
}

/// All causes and departments met in any shape.
#[derive(Clone, Default)]
pub(crate) struct Names {
    pub(crate) causes: NameList,
    pub(crate) departments: NameList,
}

/// Names, numbered as they come. Never shorter: there are as many as an organisation's taxonomies ever had.
#[derive(Clone, Default)]
pub(crate) struct NameList {
    numbers: HashMap<Arc<str>, usize>,
    pub(crate) names: Vec<Arc<str>>,
}

impl NameList {
    fn read_list(&mut self, part: &str) -> (Vec<Arc<str>>, Vec<usize>) {
        part.split(LIST).filter(|item| !item.is_empty()).map(|item| self.name(item)).unzip()
    }

    fn name(&mut self, text: &str) -> (Arc<str>, usize) {
        if let Some((name, number)) = self.numbers.get_key_value(text) {
            return (name.clone(), *number);
        }
        let (name, number): (Arc<str>, usize) = (text.into(), self.names.len());
        self.numbers.insert(name.clone(), number);
        self.names.push(name.clone());
        (name, number)
    }
}

fn push_list<'a>(out: &mut String, items: impl Iterator<Item = &'a str>) {
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(LIST);
        }
        out.push_str(item);
    }
}
