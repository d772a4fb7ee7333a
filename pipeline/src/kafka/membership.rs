//! What the group gives to this process and takes from it.

use std::{
    error::Error,
    sync::{Mutex, PoisonError},
};

use rdkafka::{
    ClientContext, Offset, TopicPartitionList,
    client::OAuthToken,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
    error::{KafkaError as Report, KafkaResult},
    types::RDKafkaRespErr,
};
use tingjian_schemas::Stream;

use super::client::Asking;

/// Something the group did.
pub(super) enum Change {
    Given(Vec<(Stream, i32)>),
    Taken(Vec<(Stream, i32)>),
}

/// The context of the member: notes changes for the thread that polls, which is the one that calls it.
pub(super) struct Membership {
    pub asking: Asking,
    changes: Mutex<Vec<Change>>,
}

impl Membership {
    pub fn new(asking: Asking) -> Self {
        Self { asking, changes: Mutex::default() }
    }

    /// What happened since the last call.
    pub fn changes(&self) -> Vec<Change> {
        std::mem::take(&mut *self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, change: Change) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }
}

impl ClientContext for Membership {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.asking.log(level, facility, message);
    }

    fn error(&self, error: Report, reason: &str) {
        self.asking.error(error, reason);
    }

    fn generate_oauth_token(&self, config: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        self.asking.generate_oauth_token(config)
    }
}

impl ConsumerContext for Membership {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, what: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let partitions = partitions(list);
        let is_given = what == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        tracing::info!(given = is_given, partitions = partitions.len(), "group changed");
        let done = if is_given { give(consumer, list) } else { consumer.incremental_unassign(list) };
        if let Err(error) = done {
            tracing::error!(%error, "group change failed");
        }
        self.note(if is_given { Change::Given(partitions) } else { Change::Taken(partitions) });
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            // For lag monitors only; the next commit says it again.
            tracing::debug!(%error, "group offsets not committed");
        }
    }
}

/// Accepts partitions, paused: where to start is asked of the sinks, which may take its time, while polling goes on.
fn give(consumer: &BaseConsumer<Membership>, list: &TopicPartitionList) -> KafkaResult<()> {
    let mut paused = TopicPartitionList::with_capacity(list.count());
    for element in list.elements() {
        paused.add_partition_offset(element.topic(), element.partition(), Offset::Beginning)?;
    }
    consumer.incremental_assign(&paused)?;
    consumer.pause(&paused)
}

fn partitions(list: &TopicPartitionList) -> Vec<(Stream, i32)> {
    list.elements().iter().filter_map(|element| Some((stream_of(element.topic())?, element.partition()))).collect()
}

/// The stream of a topic.
pub(super) fn stream_of(topic: &str) -> Option<Stream> {
    Stream::ALL.into_iter().find(|stream| stream.topic() == topic)
}
