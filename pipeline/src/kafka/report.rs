//! How far a store has come in every partition: for people who look, not for the flow.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use tingjian_schemas::{Partition, Positions, Stream};

use super::{KafkaError, KafkaOptions, arrival, client::Asking, ends::Asker};

/// One partition as a store stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionReport {
    /// Topic and number.
    pub partition: Partition,
    /// The offset the store wants next.
    pub held: u64,
    /// The offset the next record will get.
    pub end: u64,
    /// Records between the two.
    pub lag: u64,
    /// When the first of them came; `None`: there is none, or it could not be read in time.
    pub waiting_since: Option<Timestamp>,
}

/// Every partition of the streams' topics. Blocks.
///
/// # Errors
/// Brokers are away or refuse.
pub fn partition_reports(options: &KafkaOptions, held: &Positions) -> Result<Vec<PartitionReport>, KafkaError> {
    let asker = Asker::new(options)?;
    let (partitions, _) = asker.partitions(&Stream::ALL.map(Stream::topic))?;
    let (first, end) = (asker.beginnings(&partitions)?, asker.ends(&partitions)?);
    let report = |partition: Partition| {
        let (held, end) = (held.next(&partition), end.next(&partition));
        let lag = end.saturating_sub(held.max(first.next(&partition)));
        PartitionReport { partition, held, end, lag, waiting_since: None }
    };
    let mut reports: Vec<_> = partitions.into_iter().map(report).collect();
    look_at_first(options, &mut reports)?;
    Ok(reports)
}

/// Reads the first record that each partition still waits with, to tell since when.
fn look_at_first(options: &KafkaOptions, reports: &mut [PartitionReport]) -> Result<(), KafkaError> {
    let refused = |error| KafkaError::of_question("读取消息", &error);
    let mut list = TopicPartitionList::new();
    for report in reports.iter().filter(|report| report.lag > 0) {
        let number = i32::try_from(report.partition.number).unwrap_or(i32::MAX);
        let first = Offset::Offset((report.end - report.lag).cast_signed());
        list.add_partition_offset(&report.partition.source, number, first).map_err(refused)?;
    }
    let context = Asking::new(options);
    let consumer: BaseConsumer<Asking> = options.asking().create_with_context(context).map_err(refused)?;
    consumer.assign(&list).map_err(refused)?;
    let (until, mut open) = (Instant::now() + options.answer_timeout, list.count());
    while open > 0 && Instant::now() < until {
        let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else { continue };
        let number = message.partition().unsigned_abs();
        let is_of = |report: &&mut PartitionReport| {
            report.partition.number == number && &*report.partition.source == message.topic()
        };
        if let Some(report) = reports.iter_mut().find(is_of).filter(|report| report.waiting_since.is_none()) {
            report.waiting_since = Some(arrival::received_at(message.timestamp().to_millis()));
            open -= 1;
        }
    }
    Ok(())
}
