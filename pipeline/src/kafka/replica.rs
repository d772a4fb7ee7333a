//! The source of an index replica: every partition of the analysed records, in no group, from where the index stands.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    message::{BorrowedMessage, Headers},
};
use tingjian_schemas::{Partition, Position, Positions, Stream};
use tokio::sync::watch;

use super::{
    ANALYSED_TOPIC, KafkaError, KafkaOptions, arrival,
    buffer::{Buffer, Waiting},
    client::Asking,
    ends::Asker,
    gather::Gather,
    starts,
};
use crate::source::{RawRecord, Source};

const POLL: Duration = Duration::from_millis(50);
const CHUNK: usize = 512;
/// How long a full buffer may hold up polling; nobody waits for this member's heartbeat, as it is in no group.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks for new partitions, and between two tries to reach brokers.
const RECOUNT: Duration = Duration::from_secs(10);
const RETRY: Duration = Duration::from_secs(1);
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Reads all analysed records, from where the index stands. Stops when dropped.
pub struct AnalysedSource {
    buffer: Arc<Buffer>,
    waiting: watch::Receiver<Waiting>,
    gather: Gather,
    stop: Arc<AtomicBool>,
    stopped: mpsc::Receiver<()>,
}

impl AnalysedSource {
    /// Starts reading where `held` ends.
    ///
    /// # Errors
    /// The configuration is wrong. Brokers that are away are no error.
    pub fn follow(options: &KafkaOptions, held: Positions) -> Result<Self, KafkaError> {
        let wrong = |error: rdkafka::error::KafkaError| KafkaError::Configuration { detail: error.to_string() };
        let context = Asking::new(options);
        let consumer = options.consuming().create_with_context(context).map_err(wrong)?;
        let buffer = Arc::new(Buffer::new(options.batch_rows, options.batch_bytes));
        let stop = Arc::new(AtomicBool::new(false));
        let reading = Reading {
            consumer,
            asker: Asker::new(options)?,
            buffer: Arc::clone(&buffer),
            stop: Arc::clone(&stop),
            held,
            read: Vec::new(),
            next_count_at: Instant::now(),
        };
        let (stopping, stopped) = mpsc::channel();
        let thread = std::thread::Builder::new().name("kafka-replica".into()).spawn(move || {
            reading.run();
            // Nobody may wait any more.
            let _ = stopping.send(());
        });
        thread.map_err(|error| KafkaError::Fatal { detail: error.to_string() })?;
        Ok(Self { waiting: buffer.watch(), buffer, gather: Gather::new(options), stop, stopped })
    }
}

impl Source for AnalysedSource {
    type Error = KafkaError;

    async fn next(&mut self) -> Result<Vec<RawRecord>, KafkaError> {
        self.gather.next(&self.buffer, &mut self.waiting).await
    }

    /// Every replica has its own position; the topic goes by its retention time.
    fn acknowledger(&self) -> impl Fn(&Positions) + Send + 'static {
        |_: &Positions| {}
    }
}

impl Drop for AnalysedSource {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if self.stopped.recv_timeout(STOP_WITHIN).is_err() {
            tracing::warn!("reading of {ANALYSED_TOPIC} did not stop in time");
        }
    }
}

struct Reading {
    consumer: BaseConsumer<Asking>,
    asker: Asker,
    buffer: Arc<Buffer>,
    stop: Arc<AtomicBool>,
    held: Positions,
    /// Partitions that are being read.
    read: Vec<Partition>,
    next_count_at: Instant,
}

impl Reading {
    fn run(mut self) {
        let mut chunk = Vec::with_capacity(CHUNK);
        while !self.stop.load(Ordering::Relaxed) {
            match self.count() {
                Ok(()) => {}
                Err(error) if error.is_recoverable() => self.consumer.context().tell("counting", &error),
                Err(error) => return self.buffer.fail(error),
            }
            if self.buffer.wait_for_room(PATIENCE)
                && let Err(error) = self.read(&mut chunk)
            {
                return self.buffer.fail(error);
            }
        }
    }

    /// Starts with partitions that are not read yet.
    fn count(&mut self) -> Result<(), KafkaError> {
        if Instant::now() < self.next_count_at {
            return Ok(());
        }
        self.next_count_at = Instant::now() + RETRY;
        let (found, missing) = self.asker.partitions(&[ANALYSED_TOPIC])?;
        if let Some(topic) = missing.first() {
            return Err(KafkaError::NoTopic { topic: (*topic).to_owned() });
        }
        let new: Vec<_> = found.into_iter().filter(|partition| !self.read.contains(partition)).collect();
        if !new.is_empty() {
            self.begin(new)?;
        }
        self.next_count_at = Instant::now() + RECOUNT;
        Ok(())
    }

    fn begin(&mut self, new: Vec<Partition>) -> Result<(), KafkaError> {
        let (first, end) = (self.asker.beginnings(&new)?, self.asker.ends(&new)?);
        let refused = |error| KafkaError::of_question("开始读取", &error);
        let mut list = TopicPartitionList::with_capacity(new.len());
        for partition in &new {
            let held = self.held.next(partition);
            let next = starts::start(partition, held, first.next(partition), end.next(partition))?;
            let number = i32::try_from(partition.number).unwrap_or(i32::MAX);
            list.add_partition_offset(&partition.source, number, Offset::Offset(next.cast_signed()))
                .map_err(refused)?;
        }
        self.consumer.incremental_assign(&list).map_err(refused)?;
        self.read.extend(new);
        Ok(())
    }

    fn read(&mut self, chunk: &mut Vec<RawRecord>) -> Result<(), KafkaError> {
        let mut polled = self.consumer.poll(POLL);
        while let Some(message) = polled {
            match message {
                Ok(message) => chunk.extend(take(&message, &self.read)),
                Err(error) => match KafkaError::of_question("读取消息", &error) {
                    fatal @ KafkaError::Fatal { .. } => return Err(fatal),
                    other => self.consumer.context().tell_report(&error, &other),
                },
            }
            if chunk.len() >= CHUNK {
                break;
            }
            polled = self.consumer.poll(Duration::ZERO);
        }
        if !chunk.is_empty() {
            self.buffer.push(chunk);
        }
        Ok(())
    }
}

fn take(message: &BorrowedMessage<'_>, read: &[Partition]) -> Option<RawRecord> {
    let number = message.partition().unsigned_abs();
    let partition = read.iter().find(|partition| partition.number == number)?.clone();
    let (offset, ms) = (message.offset().unsigned_abs(), message.timestamp().to_millis());
    let mut headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    let stream = headers.find(|header| header.key == "stream").and_then(|header| header.value);
    let stream = stream.and_then(|name| std::str::from_utf8(name).ok()?.parse::<Stream>().ok());
    Some(RawRecord {
        // Without it the message is of another program, and its bytes will say so, too.
        stream: stream.unwrap_or(Stream::Complaints),
        position: Position { partition, offset },
        arrival: arrival::arrival(0, ms, offset),
        received_at: arrival::received_at(ms),
        bytes: Bytes::copy_from_slice(message.payload().unwrap_or_default()),
    })
}
