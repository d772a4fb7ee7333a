//! One stream read again from a time on, up to where it ends now: beside the group, which goes on undisturbed.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use jiff::Timestamp;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use tingjian_schemas::{Partition, Position, Stream};

use super::{KafkaError, KafkaOptions, arrival, client::Asking, ends::Asker};
use crate::source::RawRecord;

const POLL: Duration = Duration::from_millis(100);
/// Longest time without any message.
const STALLED: Duration = Duration::from_secs(60);

/// Reads records again. Every call blocks.
pub struct Rereading {
    consumer: BaseConsumer<Asking>,
    stream: Stream,
    /// Partitions not read to their end yet.
    open: BTreeMap<u32, Span>,
    batch_rows: usize,
    records: u64,
}

struct Span {
    partition: Partition,
    end: u64,
    last_arrival: u64,
}

impl Rereading {
    /// Everything of `stream` that came at `from` or later.
    ///
    /// # Errors
    /// Brokers are away or refuse; the topic does not exist.
    pub fn open(options: &KafkaOptions, stream: Stream, from: Timestamp) -> Result<Self, KafkaError> {
        let refused = |error| KafkaError::of_question("重新读取", &error);
        let asker = Asker::new(options)?;
        let (partitions, missing) = asker.partitions(&[stream.topic()])?;
        if let Some(topic) = missing.first() {
            return Err(KafkaError::NoTopic { topic: (*topic).to_owned() });
        }
        let (start, end) = (asker.since(&partitions, from)?, asker.ends(&partitions)?);
        let mut list = TopicPartitionList::new();
        let (mut open, mut records) = (BTreeMap::new(), 0);
        for partition in partitions {
            // A partition without any record since then has no such offset.
            let (Some(first), end) = (start.get(&partition).copied(), end.next(&partition)) else { continue };
            if first < end {
                let number = i32::try_from(partition.number).unwrap_or(i32::MAX);
                let first_offset = Offset::Offset(first.cast_signed());
                list.add_partition_offset(stream.topic(), number, first_offset).map_err(refused)?;
                records += end - first;
                open.insert(partition.number, Span { partition, end, last_arrival: 0 });
            }
        }
        let context = Asking::new(options);
        let consumer: BaseConsumer<Asking> = options.consuming().create_with_context(context).map_err(refused)?;
        consumer.assign(&list).map_err(refused)?;
        Ok(Self { consumer, stream, open, batch_rows: options.batch_rows, records })
    }

    /// How many records there are to read again, by their offsets.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The next records in order; none at the end.
    ///
    /// # Errors
    /// Nothing came for a minute.
    pub fn next_batch(&mut self) -> Result<Vec<RawRecord>, KafkaError> {
        let (mut batch, mut since) = (Vec::new(), Instant::now());
        while batch.len() < self.batch_rows && !self.open.is_empty() {
            match self.consumer.poll(POLL) {
                Some(Ok(message)) => {
                    since = Instant::now();
                    let (number, offset) = (message.partition().unsigned_abs(), message.offset().unsigned_abs());
                    let Some(span) = self.open.get_mut(&number).filter(|span| offset < span.end) else { continue };
                    let ms = message.timestamp().to_millis();
                    span.last_arrival = arrival::arrival(span.last_arrival, ms, offset);
                    batch.push(RawRecord {
                        stream: self.stream,
                        position: Position { partition: span.partition.clone(), offset },
                        arrival: span.last_arrival,
                        received_at: arrival::received_at(ms),
                        bytes: Bytes::copy_from_slice(message.payload().unwrap_or_default()),
                    });
                    if offset + 1 >= span.end {
                        self.open.remove(&number);
                    }
                }
                Some(Err(error)) => self.consumer.context().tell("rereading", &error),
                None if since.elapsed() < STALLED => {}
                None => {
                    return Err(KafkaError::Away { detail: format!("{} 没有新消息到达", self.stream.topic()) });
                }
            }
        }
        Ok(batch)
    }
}
