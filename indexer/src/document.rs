//! A record as tantivy takes it: the fields' values by reference, nothing copied twice.

use tantivy::schema::{
    Document, Field,
    document::{ReferenceValue, ReferenceValueLeaf, Value},
};
use tingjian_schemas::{Record, TextBody};
use xxhash_rust::xxh3::xxh3_64;

use crate::{fields::Fields, shape::Shape};

/// The values of one record.
pub(crate) struct RecordDocument {
    pub(crate) fields: Fields,
    pub(crate) record_id: String,
    pub(crate) text: String,
    pub(crate) words: String,
    pub(crate) agent_nos: Vec<String>,
    pub(crate) channel: Option<String>,
    pub(crate) occurred_at: i64,
    pub(crate) arrival: u64,
    pub(crate) shape: String,
}

impl RecordDocument {
    /// The document of `record`, which arrived as number `arrival`.
    pub(crate) fn new(fields: Fields, record: &Record, arrival: u64) -> Self {
        Self {
            fields,
            record_id: record.head.event_id.clone(),
            text: record.reading.text.clone(),
            words: record.reading.words.clone(),
            agent_nos: agent_nos(record),
            channel: record.head.channel.clone(),
            occurred_at: record.head.occurred_at.as_millisecond(),
            arrival,
            shape: Shape::write(record),
        }
    }
}

/// The record's agent, then those praised, each once.
fn agent_nos(record: &Record) -> Vec<String> {
    let praised = match &record.body {
        TextBody::Commendation(commendation) => commendation.praised.as_slice(),
        TextBody::Complaint(_) | TextBody::CallNote(_) => &[],
    };
    let mut numbers: Vec<String> = Vec::new();
    for number in record.head.agent_no.iter().chain(praised.iter().filter_map(|praised| praised.agent_no.as_ref())) {
        if !numbers.contains(number) {
            numbers.push(number.clone());
        }
    }
    numbers
}

/// The number a record id is ordered by where times are equal.
pub(crate) fn id_hash(record_id: &str) -> u64 {
    xxh3_64(record_id.as_bytes())
}

/// One value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Signed(i64),
    Unsigned(u64),
}

impl<'a> Value<'a> for Cell<'a> {
    type ArrayIter = std::iter::Empty<Self>;
    type ObjectIter = std::iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Self::Text(text) => ReferenceValueLeaf::Str(text),
            Self::Signed(number) => ReferenceValueLeaf::I64(number),
            Self::Unsigned(number) => ReferenceValueLeaf::U64(number),
        })
    }
}

impl Document for RecordDocument {
    type Value<'a> = Cell<'a>;
    type FieldsValuesIter<'a> = std::vec::IntoIter<(Field, Cell<'a>)>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let fields = &self.fields;
        let mut values = Vec::with_capacity(9 + self.agent_nos.len());
        values.push((fields.record_id, Cell::Text(&self.record_id)));
        values.push((fields.text, Cell::Text(&self.text)));
        values.push((fields.words, Cell::Text(&self.words)));
        values.extend(self.agent_nos.iter().map(|number| (fields.agent_no, Cell::Text(number))));
        values.extend(self.channel.iter().map(|channel| (fields.channel, Cell::Text(channel))));
        values.push((fields.occurred_at, Cell::Signed(self.occurred_at)));
        values.push((fields.arrival, Cell::Unsigned(self.arrival)));
        values.push((fields.id_hash, Cell::Unsigned(id_hash(&self.record_id))));
        values.push((fields.shape, Cell::Text(&self.shape)));
        values.into_iter()
    }
}
