//! Dead letters for other programs to follow: a topic beside the warehouse's table.

use std::sync::Arc;

use bytes::Bytes;
use rdkafka::message::{Header, OwnedHeaders};
use tingjian_schemas::{Batch, DeadLetter, Entry, Item, Positions};

use super::{DEAD_LETTER_TOPIC, KafkaError, KafkaProducer, Keyed};
use crate::sink::{Sink, SinkError, Written};

/// A sink that publishes dead letters before it stores a batch: so what the sink vouches for has been published. After a
/// crash between the two they are published again, under the same key.
pub struct DeadLetterTopic<K> {
    sink: K,
    producer: KafkaProducer,
    /// Of this process, so that a batch that is written again does not publish again.
    published: Positions,
}

impl<K: Sink> DeadLetterTopic<K> {
    /// Publishes what `sink` is about to store.
    pub fn before(sink: K, producer: KafkaProducer) -> Self {
        Self { published: sink.positions(), sink, producer }
    }

    async fn publish(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let dead = batch.items.iter().filter_map(|item| match &item.entry {
            Entry::Dead(letter) if !self.published.holds(&item.position) => Some((item, letter.as_ref())),
            _ => None,
        });
        let messages: Vec<_> = dead.map(|(item, letter)| message(item, letter)).collect();
        match self.producer.produce(&messages).await {
            Ok(()) => {}
            Err(error @ (KafkaError::Away { .. } | KafkaError::Fatal { .. })) => {
                return Err(SinkError { recoverable: error.is_recoverable(), message: error.to_string() });
            }
            // The table holds them. A topic that nobody made, or that takes no letter of that size, stops no partition.
            Err(error) => {
                tracing::warn!(%error, letters = messages.len(), "dead letters not published; the table has them");
                crate::metrics::unpublished(messages.len());
            }
        }
        self.published.advance_all(&batch.upto);
        Ok(())
    }
}

impl<K: Sink> Sink for DeadLetterTopic<K> {
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

/// The letter's bytes as they came; where from and why in the headers.
fn message(item: &Item, letter: &DeadLetter) -> Keyed {
    let position = &item.position;
    let (number, offset) = (position.partition.number.to_string(), position.offset.to_string());
    let received_at = item.received_at.to_string();
    let rejection = &letter.rejection;
    let known = [
        ("topic", Some(&*position.partition.source)),
        ("partition", Some(number.as_str())),
        ("offset", Some(offset.as_str())),
        ("reason", Some(rejection.reason.name())),
        ("field", rejection.field.as_deref()),
        ("detail", rejection.detail.as_deref()),
        ("event_id", rejection.event_id.as_deref()),
        ("received_at", Some(received_at.as_str())),
    ];
    let headers = known.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let headers =
        headers.fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: Some(value) }));
    Keyed {
        topic: DEAD_LETTER_TOPIC,
        key: Some(format!("{}/{number}/{offset}", position.partition.source).into_bytes()),
        payload: Bytes::copy_from_slice(&letter.bytes),
        headers: Some(headers),
    }
}
