//! The fields of the index, and why each is as it is.

use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{RAW_TOKENIZER_NAME, TokenizerManager};

use crate::text::{Grams, Words};

/// Names of the columns (fast fields), which tantivy finds by name.
pub(crate) mod column {
    pub(crate) const OCCURRED_AT: &str = "occurred_at";
    pub(crate) const ARRIVAL: &str = "arrival";
    pub(crate) const ID_HASH: &str = "id_hash";
    pub(crate) const SHAPE: &str = "shape";
}

/// Handles of all fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// `record_id`: a term, to delete and look up by; stored.
    pub(crate) record_id: Field,
    /// The masked text: grams with positions (the substring guarantee and its ranking); stored for snippets.
    pub(crate) text: Field,
    /// The words analysis cut, each once per record: lifts records where the term is a word of its own.
    pub(crate) words: Field,
    /// 工号 of the record's agent, then of those praised; stored.
    pub(crate) agent_no: Field,
    /// Channel.
    pub(crate) channel: Field,
    /// Milliseconds since 1970.
    pub(crate) occurred_at: Field,
    /// The item's arrival: which of two versions of a record is the later.
    pub(crate) arrival: Field,
    /// XXH3 of `record_id`: breaks ties of time, so that every order is total.
    pub(crate) id_hash: Field,
    /// Stream, kind, causes and departments in one value: see [`crate::shape`].
    pub(crate) shape: Field,
}

/// The schema and the handles of its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        record_id: builder.add_text_field("record_id", term(RAW_TOKENIZER_NAME).set_stored()),
        text: builder.add_text_field("text", positions(Grams::NAME).set_stored()),
        words: builder.add_text_field("words", term(Words::NAME)),
        agent_no: builder.add_text_field("agent_no", term(RAW_TOKENIZER_NAME).set_stored()),
        channel: builder.add_text_field("channel", term(RAW_TOKENIZER_NAME)),
        occurred_at: builder.add_i64_field(column::OCCURRED_AT, FAST),
        arrival: builder.add_u64_field(column::ARRIVAL, FAST),
        id_hash: builder.add_u64_field(column::ID_HASH, FAST),
        shape: add_column(&mut builder, column::SHAPE),
    };
    (builder.build(), fields)
}

fn add_column(builder: &mut SchemaBuilder, name: &str) -> Field {
    builder.add_text_field(name, TextOptions::default().set_fast(RAW_TOKENIZER_NAME))
}

fn term(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::Basic))
}

fn positions(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_fieldnorms(true);
    TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::WithFreqsAndPositions))
}

/// Registers the tokenizers the schema names.
pub(crate) fn register(tokenizers: &TokenizerManager) {
    tokenizers.register(Grams::NAME, Grams::default());
    tokenizers.register(Words::NAME, Words::default());
}
