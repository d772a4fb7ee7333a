//! Where the topics begin and end: for lag, for starting, and to know whether brokers answer at all.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::RDKafkaErrorCode,
};
use tingjian_schemas::{Partition, Positions};
use tokio::sync::watch;

use super::{KafkaError, KafkaOptions, client::Asking};

/// Looks between two counts of a topic's partitions.
const RECOUNT_LOOKS: u32 = 10;
/// Events handled at one look.
const EVENTS_PER_LOOK: usize = 100;

/// Asks brokers. Every call blocks, no longer than the configured time.
pub(super) struct Asker {
    client: BaseConsumer<Asking>,
    answer_timeout: Duration,
}

impl Asker {
    pub fn new(options: &KafkaOptions) -> Result<Self, KafkaError> {
        options.check()?;
        let context = Asking::new(options);
        let client = options.asking().create_with_context(context);
        let client = client.map_err(|error| KafkaError::Configuration { detail: error.to_string() })?;
        Ok(Self { client, answer_timeout: options.answer_timeout })
    }

    /// All partitions of these topics, and the topics there are not.
    pub fn partitions(&self, topics: &[&'static str]) -> Result<(Vec<Partition>, Vec<&'static str>), KafkaError> {
        let (mut partitions, mut missing) = (Vec::new(), Vec::new());
        for topic in topics.iter().copied() {
            let found = self.client.fetch_metadata(Some(topic), self.answer_timeout);
            let found = found.map_err(|error| KafkaError::of_question("读取主题", &error))?;
            let numbers = found.topics().iter().filter(|found| found.name() == topic && found.error().is_none());
            let numbers: Vec<_> = numbers.flat_map(|found| found.partitions()).map(|found| found.id()).collect();
            if numbers.is_empty() {
                missing.push(topic);
            }
            let source: Arc<str> = Arc::from(topic);
            let numbers = numbers.into_iter().map(i32::unsigned_abs);
            partitions.extend(numbers.map(|number| Partition { source: Arc::clone(&source), number }));
        }
        Ok((partitions, missing))
    }

    /// The offset each partition's next record will get.
    pub fn ends(&self, partitions: &[Partition]) -> Result<Positions, KafkaError> {
        self.bounds(partitions, Offset::End)
    }

    /// The offset of the first record each partition still has.
    pub fn beginnings(&self, partitions: &[Partition]) -> Result<Positions, KafkaError> {
        self.bounds(partitions, Offset::Beginning)
    }

    /// The offset of the first record of each partition that came at a time or later; none where there is none.
    pub fn since(&self, partitions: &[Partition], from: Timestamp) -> Result<HashMap<Partition, u64>, KafkaError> {
        const WHAT: &str = "按时间查位移";
        let question = list(partitions, Offset::Offset(from.as_millisecond().max(0)))?;
        let answer = self.client.offsets_for_times(question, self.answer_timeout);
        let answer = answer.map_err(|error| KafkaError::of_question(WHAT, &error))?;
        let mut found = HashMap::new();
        for element in answer.elements() {
            element.error().map_err(|error| KafkaError::of_question(WHAT, &error))?;
            if let Offset::Offset(first) = element.offset() {
                found.insert(partition_of(element.topic(), element.partition()), first.unsigned_abs());
            }
        }
        Ok(found)
    }

    fn bounds(&self, partitions: &[Partition], which: Offset) -> Result<Positions, KafkaError> {
        const WHAT: &str = "读取主题位移";
        if partitions.is_empty() {
            return Ok(Positions::default());
        }
        let question = list(partitions, which)?;
        let answer = self.client.offsets_for_times(question, self.answer_timeout);
        let answer = answer.map_err(|error| KafkaError::of_question(WHAT, &error))?;
        answer
            .elements()
            .iter()
            .map(|element| {
                element.error().map_err(|error| KafkaError::of_question(WHAT, &error))?;
                match element.offset() {
                    Offset::Offset(next) => {
                        Ok((partition_of(element.topic(), element.partition()), next.unsigned_abs()))
                    }
                    other => Err(KafkaError::Away { detail: format!("{WHAT}：{} {other:?}", element.topic()) }),
                }
            })
            .collect()
    }

    /// The arrivals that were noted beside the group's offsets.
    pub fn last_arrivals(&self, partitions: &[Partition]) -> Result<HashMap<Partition, u64>, KafkaError> {
        let answer = self.client.committed_offsets(list(partitions, Offset::Invalid)?, self.answer_timeout);
        let answer = answer.map_err(|error| KafkaError::of_question("读取消费组位移", &error))?;
        let noted = answer.elements().into_iter().filter_map(|element| {
            let arrival = element.metadata().parse().ok()?;
            Some((partition_of(element.topic(), element.partition()), arrival))
        });
        Ok(noted.collect())
    }

    /// Lets the client handle what it was told meanwhile (tokens, errors, log lines).
    fn serve(&self) {
        // A poll handles one event, and does not tell whether there was one.
        for _ in 0..EVENTS_PER_LOOK {
            if let Some(Err(error)) = self.client.poll(Duration::ZERO)
                && error.rdkafka_error_code() != Some(RDKafkaErrorCode::AllBrokersDown)
            {
                tracing::debug!(%error, "kafka");
            }
        }
    }
}

fn list(partitions: &[Partition], offset: Offset) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::with_capacity(partitions.len());
    for partition in partitions {
        let number = i32::try_from(partition.number).unwrap_or(i32::MAX);
        list.add_partition_offset(&partition.source, number, offset)
            .map_err(|error| KafkaError::Configuration { detail: error.to_string() })?;
    }
    Ok(list)
}

fn partition_of(topic: &str, number: i32) -> Partition {
    Partition { source: Arc::from(topic), number: number.unsigned_abs() }
}

/// Where the topics end, as far as known.
#[derive(Clone, Debug, Default)]
pub struct EndsReport {
    /// Per partition the offset of the next record.
    pub ends: Positions,
    /// Per partition the offset of the first record that is still there.
    pub beginnings: Positions,
    /// Topics that do not exist.
    pub missing: Vec<&'static str>,
    /// When brokers answered last; `None`: never yet.
    pub answered_at: Option<Instant>,
    /// Why they do not answer now.
    pub trouble: Option<KafkaError>,
}

impl EndsReport {
    /// Per partition how many records a sink that stands at `held` has yet to take.
    pub fn lag<'r>(&'r self, held: &'r Positions) -> impl Iterator<Item = (&'r Partition, u64)> {
        self.ends.iter().map(|(partition, end)| {
            let passed = held.next(partition).max(self.beginnings.next(partition));
            (partition, end.saturating_sub(passed))
        })
    }
}

/// Looks regularly where the topics end. Stops when dropped.
pub struct Ends {
    report: watch::Receiver<EndsReport>,
    topics: Arc<[&'static str]>,
    asker: Arc<Asker>,
    stop: Arc<AtomicBool>,
}

impl Ends {
    /// Starts looking at these topics.
    ///
    /// # Errors
    /// The configuration is wrong. Brokers that are away are no error.
    pub fn watch(options: &KafkaOptions, topics: Vec<&'static str>) -> Result<Self, KafkaError> {
        let asker = Arc::new(Asker::new(options)?);
        let topics: Arc<[&'static str]> = topics.into();
        let (sender, report) = watch::channel(EndsReport::default());
        let stop = Arc::new(AtomicBool::new(false));
        let looking = Look {
            asker: Arc::clone(&asker),
            topics: Arc::clone(&topics),
            sender,
            stop: Arc::clone(&stop),
            interval: options.ends_interval,
        };
        let thread = std::thread::Builder::new().name("kafka-ends".into()).spawn(move || looking.run());
        thread.map_err(|error| KafkaError::Fatal { detail: error.to_string() })?;
        Ok(Self { report, topics, asker, stop })
    }

    /// What is known.
    pub fn report(&self) -> watch::Receiver<EndsReport> {
        self.report.clone()
    }

    pub(super) fn topics(&self) -> Arc<[&'static str]> {
        Arc::clone(&self.topics)
    }

    pub(super) fn asker(&self) -> Arc<Asker> {
        Arc::clone(&self.asker)
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

struct Look {
    asker: Arc<Asker>,
    topics: Arc<[&'static str]>,
    sender: watch::Sender<EndsReport>,
    stop: Arc<AtomicBool>,
    interval: Duration,
}

impl Look {
    fn run(self) {
        let mut partitions = Vec::new();
        let mut looks = 0_u32;
        while !self.stop.load(Ordering::Relaxed) {
            self.asker.serve();
            let is_recount = partitions.is_empty() || looks.is_multiple_of(RECOUNT_LOOKS) || self.has_missing();
            looks = looks.wrapping_add(1);
            if let Err(trouble) = self.look(&mut partitions, is_recount) {
                self.asker.serve();
                let trouble = trouble.because(self.asker.client.context().reason());
                self.sender.send_modify(|report| report.trouble = Some(trouble));
                // Whatever was counted may be out of date.
                partitions.clear();
            } else {
                // Whatever one broker of several said meanwhile, all is well.
                self.asker.client.context().forget_reason();
            }
            std::thread::sleep(self.interval);
        }
    }

    fn has_missing(&self) -> bool {
        !self.sender.borrow().missing.is_empty()
    }

    fn look(&self, partitions: &mut Vec<Partition>, is_recount: bool) -> Result<(), KafkaError> {
        let mut recounted = None;
        if is_recount {
            let (found, missing) = self.asker.partitions(&self.topics)?;
            recounted = Some((missing, self.asker.beginnings(&found)?));
            *partitions = found;
        }
        let ends = self.asker.ends(partitions)?;
        self.sender.send_modify(|report| {
            report.ends = ends;
            if let Some((missing, beginnings)) = recounted {
                report.missing = missing;
                report.beginnings = beginnings;
            }
            report.answered_at = Some(Instant::now());
            report.trouble = None;
        });
        Ok(())
    }
}
