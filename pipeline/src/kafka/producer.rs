//! Producing: the intake's events, acknowledged by every in-sync replica before they count as accepted.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::join_all;
use rdkafka::{
    error::{KafkaError as Report, RDKafkaErrorCode},
    message::{Header, OwnedHeaders},
    producer::{DeliveryFuture, FutureProducer, FutureRecord},
};
use tingjian_schemas::{Partition, Positions};
use tokio::{sync::watch, time::Instant};

use super::{Ends, EndsReport, KafkaError, KafkaOptions, client::Asking};

/// Wait for room in the client's queue.
const QUEUE_WAIT: Duration = Duration::from_millis(5);

/// One message to produce.
pub struct Keyed {
    /// Where to.
    pub topic: &'static str,
    /// What keeps it in order with its like; none: any partition.
    pub key: Option<Vec<u8>>,
    /// Its bytes.
    pub payload: Bytes,
    /// What is said about it.
    pub headers: Option<OwnedHeaders>,
}

impl Keyed {
    /// The same, with something more said about it.
    #[must_use]
    pub fn with_header(mut self, key: &str, value: &str) -> Self {
        let headers = self.headers.take().unwrap_or_default();
        self.headers = Some(headers.insert(Header { key, value: Some(value) }));
        self
    }
}

/// Produces idempotently, with acknowledgement by all in-sync replicas. Cheap to clone.
#[derive(Clone)]
pub struct KafkaProducer {
    producer: FutureProducer<Asking>,
    ends: watch::Receiver<EndsReport>,
    /// Topics whose ends are looked at.
    watched: Arc<[&'static str]>,
    /// What was acknowledged to this producer, of those.
    produced: Arc<Mutex<Positions>>,
    produce_timeout: Duration,
}

impl KafkaProducer {
    /// A producer that refuses at once while `ends` sees no broker.
    ///
    /// # Errors
    /// The configuration is wrong. Brokers that are away are no error.
    pub fn new(options: &KafkaOptions, ends: &Ends) -> Result<Self, KafkaError> {
        options.check()?;
        let context = Asking::new(options);
        let producer = options.producing().create_with_context(context);
        let producer = producer.map_err(|error| KafkaError::Configuration { detail: error.to_string() })?;
        let (produced, watched) = (Arc::default(), ends.topics());
        Ok(Self { producer, ends: ends.report(), watched, produced, produce_timeout: options.produce_timeout })
    }

    /// Produces all messages and returns once every one is acknowledged.
    ///
    /// # Errors
    /// The first failure. Brokers known to be away fail it before anything is sent; when they go away in the middle some
    /// messages may be there: whoever sends again sends the same event ids, which count once.
    pub async fn produce(&self, messages: &[Keyed]) -> Result<(), KafkaError> {
        if let Some(trouble) = self.ends.borrow().trouble.clone() {
            return Err(trouble);
        }
        let until = Instant::now() + self.produce_timeout;
        let mut deliveries = Vec::with_capacity(messages.len());
        let mut outcome = Ok(());
        for message in messages {
            match self.send(message, until).await {
                Ok(delivery) => deliveries.push(self.settle(message.topic, delivery)),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        // Those sent are waited for in either case, so that after the answer nothing of it is still on its way.
        let settled = join_all(deliveries).await.into_iter().collect::<Result<Vec<()>, _>>();
        outcome.and(settled.map(|_| ()))
    }

    /// Waits for the bounded queue of the client to take the message.
    async fn send(&self, message: &Keyed, until: Instant) -> Result<DeliveryFuture, KafkaError> {
        loop {
            let mut record = FutureRecord::<[u8], [u8]>::to(message.topic).payload(&message.payload);
            if let Some(key) = &message.key {
                record = record.key(key);
            }
            if let Some(headers) = &message.headers {
                record = record.headers(headers.clone());
            }
            match self.producer.send_result(record) {
                Ok(delivery) => return Ok(delivery),
                Err((Report::MessageProduction(RDKafkaErrorCode::QueueFull), _)) if Instant::now() < until => {
                    tokio::time::sleep(QUEUE_WAIT).await;
                }
                Err((error, _)) => return Err(KafkaError::of_message(message.topic, &error)),
            }
        }
    }

    async fn settle(&self, topic: &'static str, delivery: DeliveryFuture) -> Result<(), KafkaError> {
        let away = |_| KafkaError::Away { detail: "生产者正在停止".into() };
        let done = delivery.await.map_err(away)?.map_err(|(error, _)| KafkaError::of_message(topic, &error))?;
        if !self.watched.contains(&topic) {
            return Ok(());
        }
        let partition = Partition { source: Arc::from(topic), number: done.partition.unsigned_abs() };
        let next = done.offset.unsigned_abs() + 1;
        self.produced.lock().unwrap_or_else(PoisonError::into_inner).advance(&partition, next);
        Ok(())
    }

    /// What is known of the topics: what brokers said last, and what they have acknowledged to this producer since.
    pub fn report(&self) -> EndsReport {
        let mut report = self.ends.borrow().clone();
        report.ends.advance_all(&self.produced.lock().unwrap_or_else(PoisonError::into_inner));
        report
    }
}
