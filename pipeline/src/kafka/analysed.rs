//! Understood records for the indexes of other processes: pipelines publish them, index replicas read them.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use rdkafka::message::{Header, OwnedHeaders};
use serde::{Deserialize, Serialize};
use tingjian_schemas::{Batch, DeadLetter, Entry, Item, Position, Positions, Reason, Record, Rejection};

use super::{ANALYSED_TOPIC, KafkaProducer, Keyed};
use crate::{
    sink::{Sink, SinkError, Written},
    source::RawRecord,
    understanding::{Understand, batch},
};

/// One message: a masked record and where it came from. JSON, so that other programs may read it, too.
#[derive(Serialize, Deserialize)]
struct Analysed<R> {
    position: Position,
    arrival: u64,
    received_at: Timestamp,
    /// Left out by programs that never read anything again.
    #[serde(default)]
    generation: u32,
    record: R,
}

/// A sink that publishes records before it stores a batch: so what the sink vouches for has been published. After a crash
/// between the two they are published again; an index leaves out what it holds.
pub struct AnalysedTopic<K> {
    sink: K,
    producer: KafkaProducer,
    /// Of this process, so that a batch that is written again does not publish again.
    published: Positions,
}

impl<K: Sink> AnalysedTopic<K> {
    /// Publishes what `sink` is about to store.
    pub fn before(sink: K, producer: KafkaProducer) -> Self {
        Self { published: sink.positions(), sink, producer }
    }

    async fn publish(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError> {
        let (making, published) = (Arc::clone(batch), self.published.clone());
        let defect = |message: String| SinkError { recoverable: false, message };
        let made = tokio::task::spawn_blocking(move || messages(&making, &published));
        let made = made.await.map_err(|error| defect(error.to_string()))?;
        let made = made.map_err(|error| defect(error.to_string()))?;
        let refused = |error: super::KafkaError| SinkError {
            recoverable: error.is_recoverable(),
            message: format!("发布到 {ANALYSED_TOPIC}：{error}"),
        };
        self.producer.produce(&made).await.map_err(refused)?;
        self.published.advance_all(&batch.upto);
        Ok(())
    }
}

impl<K: Sink> Sink for AnalysedTopic<K> {
    fn name(&self) -> &'static str {
        self.sink.name()
    }

    fn positions(&self) -> Positions {
        self.sink.positions()
    }

    async fn write(&mut self, batch: &Arc<Batch>) -> Result<Written, SinkError> {
        self.publish(batch).await?;
        self.sink.write(batch).await
    }
}

/// Keyed by record, so that versions of one record keep their order.
fn messages(batch: &Batch, published: &Positions) -> Result<Vec<Keyed>, serde_json::Error> {
    let records = batch.items.iter().filter_map(|item| match &item.entry {
        Entry::Record(record) if item.generation > 0 || !published.holds(&item.position) => {
            Some((item, record.as_ref()))
        }
        _ => None,
    });
    let message = |(item, record): (&Item, &Record)| {
        let Item { position, arrival, received_at, generation, .. } = item;
        let (position, arrival, received_at, generation) = (position.clone(), *arrival, *received_at, *generation);
        let payload = serde_json::to_vec(&Analysed { position, arrival, received_at, generation, record })?;
        let stream = Header { key: "stream", value: Some(record.head.stream.name()) };
        Ok(Keyed {
            topic: ANALYSED_TOPIC,
            key: Some(record.head.event_id.as_bytes().to_vec()),
            payload: Bytes::from(payload),
            headers: Some(OwnedHeaders::new().insert(stream)),
        })
    };
    records.map(message).collect()
}

/// The middle of an index replica's flow: everything is understood already.
#[derive(Clone, Copy)]
pub struct ReadAnalysed;

impl Understand for ReadAnalysed {
    fn batch(&self, raw: Vec<RawRecord>) -> Batch {
        batch(raw, item)
    }
}

fn item(raw: RawRecord) -> Item {
    let RawRecord { stream, position, arrival, received_at, bytes } = raw;
    let (arrival, received_at, generation, entry) = match serde_json::from_slice::<Analysed<Box<Record>>>(&bytes) {
        Ok(read) => (read.arrival, read.received_at, read.generation, Entry::Record(read.record)),
        // Of another program, or of another version: an index ignores it, and the count of dead letters tells.
        Err(error) => {
            let reason = Reason::InvalidJson;
            let rejection = Rejection { reason, field: None, detail: Some(error.to_string()), event_id: None };
            let letter = DeadLetter { stream, rejection, bytes: bytes.to_vec() };
            (arrival, received_at, 0, Entry::Dead(Box::new(letter)))
        }
    };
    Item { position, arrival, received_at, content_hash: 0, generation, maybe_repeat: false, entry }
}
