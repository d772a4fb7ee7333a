//! Moves records from a source through analysis into both sinks, losing and doubling nothing.
//!
//! `flow.rs` is the whole way on one screen. This room never answers a question and never serves HTTP.

mod current;
mod flow;
mod id_filter;
mod indexer_sink;

mod journal;
mod kafka;
mod metrics;
mod projector;
mod reading_again;
mod sink;
mod source;
mod understanding;
mod warehouse_sink;

pub use current::Current;
pub use flow::{Flow, FlowError, FlowStatus, Running};
pub use id_filter::{IdFilter, SharedFilter};
pub use indexer_sink::IndexerSink;

pub use journal::{End, Incoming, Journal, JournalError, JournalOptions, JournalSource};
pub use kafka::{
    ANALYSED_TOPIC, AnalysedSource, AnalysedTopic, DEAD_LETTER_TOPIC, DeadLetterTopic, Ends, EndsReport, Finding,
    KafkaError, KafkaOptions, KafkaProducer, KafkaSource, Keyed, PartitionReport, ReadAnalysed, Rereading, Topics,
    WantedTopics, partition_reports,
};
pub use projector::{Pace, Projector, ProjectorError};
pub use reading_again::{read_again, reads_otherwise};
pub use sink::{Retry, Sink, SinkError, SinkStatus, Written};
pub use source::{RawRecord, Source};
pub use understanding::{RECORD_IDS, Understand, Understanding, mark_repeats};
pub use warehouse_sink::WarehouseSink;
