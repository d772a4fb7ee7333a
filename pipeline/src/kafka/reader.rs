//! The thread that polls: reads ahead within bounds, follows the group, and never stops polling, whatever the sinks do.

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, CommitMode, Consumer},
    error::{KafkaError as Report, KafkaResult, RDKafkaErrorCode},
    message::BorrowedMessage,
};
use tingjian_schemas::{Position, Stream};
use tokio::sync::watch;

use super::{
    KafkaError, KafkaOptions, arrival,
    buffer::Buffer,
    client::Asking,
    membership::{Change, Membership, stream_of},
    source::Acknowledged,
    starts::{Known, Wanted},
    tracked::{Partitions, Phase},
};
use crate::source::RawRecord;

/// Longest wait for a message before the rest of the loop has its turn.
const POLL: Duration = Duration::from_millis(50);
/// Messages taken from the client before they go into the buffer together.
const CHUNK: usize = 512;
/// How long a full buffer may hold up polling before the partitions are paused and polling goes on without them.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longest wait for the client to go to where a partition starts.
const GO_WITHIN: Duration = Duration::from_secs(2);

/// What the thread shares with the source.
pub(super) struct Shared {
    pub buffer: Buffer,
    pub acknowledged: Acknowledged,
    stop: AtomicBool,
}

impl Shared {
    pub fn new(options: &KafkaOptions) -> Self {
        let buffer = Buffer::new(options.batch_rows, options.batch_bytes);
        Self { buffer, acknowledged: Acknowledged::default(), stop: AtomicBool::new(false) }
    }

    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

pub(super) struct Reader {
    consumer: BaseConsumer<Membership>,
    state: State,
}

struct State {
    partitions: Partitions,
    shared: Arc<Shared>,
    wanted: watch::Sender<Wanted>,
    known: watch::Receiver<Known>,
    is_held_back: bool,
    commit_interval: Duration,
    next_commit_at: Instant,
}

impl Reader {
    pub fn join(
        options: &KafkaOptions,
        shared: Arc<Shared>,
        wanted: watch::Sender<Wanted>,
        known: watch::Receiver<Known>,
    ) -> Result<Self, KafkaError> {
        let wrong = |error: Report| KafkaError::Configuration { detail: error.to_string() };
        let context = Membership::new(Asking::new(options));
        let consumer: BaseConsumer<Membership> = options.consuming().create_with_context(context).map_err(wrong)?;
        consumer.subscribe(&Stream::ALL.map(Stream::topic)).map_err(wrong)?;
        let state = State {
            partitions: Partitions::default(),
            shared,
            wanted,
            known,
            is_held_back: false,
            commit_interval: options.commit_interval,
            next_commit_at: Instant::now(),
        };
        Ok(Self { consumer, state })
    }

    /// Until told to stop, or until the client is of no use any more, which the source then says.
    pub fn run(mut self) {
        let mut chunk = Vec::with_capacity(CHUNK);
        while !self.state.shared.stop.load(Ordering::Relaxed) {
            if let Err(error) = self.turn(&mut chunk) {
                self.state.shared.buffer.fail(error);
                return;
            }
        }
    }

    fn turn(&mut self, chunk: &mut Vec<RawRecord>) -> Result<(), KafkaError> {
        let Self { consumer, state } = self;
        state.hold_back_or_go_on(consumer)?;
        let mut polled = consumer.poll(POLL);
        while let Some(message) = polled {
            match message {
                Ok(message) => chunk.extend(state.take(&message)),
                Err(error) => state.note(&consumer.context().asking, &error)?,
            }
            // A change of the group comes first: what was read of a partition that is taken away is dropped with it.
            if chunk.len() >= CHUNK || state.follow(consumer, chunk) {
                break;
            }
            polled = consumer.poll(Duration::ZERO);
        }
        if !chunk.is_empty() {
            state.shared.buffer.push(chunk);
        }
        state.follow(consumer, chunk);
        state.start(consumer)?;
        state.commit(consumer);
        Ok(())
    }
}

impl State {
    /// A full buffer: first a short wait, since pausing throws away what was fetched; then pausing, and polling goes on.
    fn hold_back_or_go_on(&mut self, consumer: &BaseConsumer<Membership>) -> Result<(), KafkaError> {
        let patience = if self.is_held_back { Duration::ZERO } else { PATIENCE };
        let has_room = self.shared.buffer.wait_for_room(patience);
        if has_room != self.is_held_back {
            return Ok(());
        }
        let list = list(self.partitions.in_phase(|phase| matches!(phase, Phase::Reading(_))))?;
        let done = if has_room { consumer.resume(&list) } else { consumer.pause(&list) };
        done.map_err(|error| KafkaError::of_question("暂停或继续读取", &error))?;
        tracing::debug!(held_back = !has_room, "back-pressure");
        self.is_held_back = !has_room;
        Ok(())
    }

    fn take(&mut self, message: &BorrowedMessage<'_>) -> Option<RawRecord> {
        let stream = stream_of(message.topic())?;
        let (offset, ms) = (message.offset().unsigned_abs(), message.timestamp().to_millis());
        let (partition, arrival) = self.partitions.came(stream, message.partition(), offset, ms)?;
        let position = Position { partition: partition.clone(), offset };
        // No value at all (a tombstone) is refused by the flow like any other empty event.
        let bytes = Bytes::copy_from_slice(message.payload().unwrap_or_default());
        Some(RawRecord { stream, position, arrival, received_at: arrival::received_at(ms), bytes })
    }

    /// Errors that the client mends by itself are logged; the others end reading.
    fn note(&mut self, asking: &Asking, error: &Report) -> Result<(), KafkaError> {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AutoOffsetReset) {
            // Somewhere a position is not in the log any more, and the report does not say where: ask for all again.
            tracing::warn!(%error, "a position is not in the log");
            for (stream, number, _) in self.partitions.in_phase(|phase| matches!(phase, Phase::Reading(_))) {
                self.partitions.ask_again(stream, number);
            }
            self.ask();
            return Ok(());
        }
        match KafkaError::of_question("读取消息", error) {
            fatal @ KafkaError::Fatal { .. } => Err(fatal),
            other => {
                asking.tell_report(error, &other);
                Ok(())
            }
        }
    }

    /// Follows what the group did; whether it did anything.
    fn follow(&mut self, consumer: &BaseConsumer<Membership>, chunk: &mut Vec<RawRecord>) -> bool {
        let changes = consumer.context().changes();
        for change in &changes {
            match change {
                Change::Given(partitions) => self.partitions.give(partitions.iter().copied()),
                Change::Taken(partitions) => {
                    let taken = self.partitions.take_away(partitions.iter().copied());
                    chunk.retain(|record| !taken.contains(&record.position.partition));
                    self.shared.buffer.forget(&taken);
                }
            }
        }
        if !changes.is_empty() {
            metrics::gauge!("tingjian_kafka_partitions").set(self.partitions.in_phase(|_| true).len() as f64);
            self.ask();
        }
        !changes.is_empty()
    }

    fn ask(&self) {
        let (asked, partitions) = self.partitions.asking();
        self.wanted.send_replace(Wanted { asked, partitions });
    }

    /// Goes to where the sinks said, and reads from there.
    fn start(&mut self, consumer: &BaseConsumer<Membership>) -> Result<(), KafkaError> {
        if self.known.has_changed().unwrap_or(false) {
            let known = self.known.borrow_and_update().clone();
            self.partitions.answered(known.asked, &known.starts?);
        }
        let going = self.partitions.in_phase(|phase| matches!(phase, Phase::Going(_)));
        if going.is_empty() {
            return Ok(());
        }
        let gone = consumer.seek_partitions(list(going)?, GO_WITHIN);
        // Right after they were given the client may not be ready to go there: then the next turn tries again.
        let Ok(gone) = gone else { return Ok(()) };
        let mut there = TopicPartitionList::new();
        for element in gone.elements().iter().filter(|element| element.error().is_ok()) {
            if let Some(stream) = stream_of(element.topic()) {
                self.partitions.arrived(stream, element.partition());
                there.add_partition(element.topic(), element.partition());
            }
        }
        if self.is_held_back || there.count() == 0 {
            return Ok(());
        }
        consumer.resume(&there).map_err(|error| KafkaError::of_question("开始读取", &error))
    }

    /// Tells the group what both sinks hold: for lag monitors, and as a note of the last arrival.
    fn commit(&mut self, consumer: &BaseConsumer<Membership>) {
        if Instant::now() < self.next_commit_at {
            return;
        }
        self.next_commit_at = Instant::now() + self.commit_interval;
        let held = self.shared.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let moved = self.partitions.take_moved(&held);
        if moved.is_empty() {
            return;
        }
        let committed = commitment(&moved).and_then(|list| consumer.commit(&list, CommitMode::Async));
        if let Err(error) = committed {
            tracing::debug!(%error, "group offsets not committed");
        }
    }
}

fn commitment(moved: &[(&str, i32, u64, u64)]) -> KafkaResult<TopicPartitionList> {
    let mut list = TopicPartitionList::with_capacity(moved.len());
    for (topic, number, next, arrival) in moved {
        let mut element = list.add_partition(topic, *number);
        element.set_offset(Offset::Offset(next.cast_signed()))?;
        element.set_metadata(arrival.to_string());
    }
    Ok(list)
}

fn list(partitions: Vec<(Stream, i32, Phase)>) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::with_capacity(partitions.len());
    for (stream, number, phase) in partitions {
        let offset = match phase {
            Phase::Going(next) | Phase::Reading(next) => Offset::Offset(next.cast_signed()),
            Phase::Asking(_) => Offset::Invalid,
        };
        list.add_partition_offset(stream.topic(), number, offset)
            .map_err(|error| KafkaError::of_question("位移", &error))?;
    }
    Ok(list)
}
