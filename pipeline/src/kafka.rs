//! Apache Kafka: the streams as topics that a consumer group shares, and as topics that the intake produces to.
//!
//! **Offsets belong to the sinks.** Whatever partition this process is given, it starts where the sinks say they stand, asked
//! *after* it was given; what the group has committed trails behind and is for lag monitors only. So it does not matter
//! whether an earlier owner was killed, is frozen, or is still writing: its rows and ours are the same rows.

mod analysed;
mod arrival;
mod buffer;
mod client;
mod dead_letters;
mod ends;
mod error;
mod gather;
mod membership;
mod options;
mod producer;
mod reader;
mod replica;
mod report;
mod rereading;
mod source;
mod starts;
mod topics;
mod tracked;

pub use analysed::{AnalysedTopic, ReadAnalysed};
pub use dead_letters::DeadLetterTopic;
pub use ends::{Ends, EndsReport};
pub use error::KafkaError;
pub use options::{ANALYSED_TOPIC, DEAD_LETTER_TOPIC, KafkaOptions};
pub use producer::{KafkaProducer, Keyed};
pub use replica::AnalysedSource;
pub use report::{PartitionReport, partition_reports};
pub use rereading::Rereading;
pub use source::KafkaSource;
pub use topics::{Finding, Topics, WantedTopics};
