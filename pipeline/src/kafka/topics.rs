//! The topics this program needs, made and held against what the configuration wants.

use std::time::Duration;

use rdkafka::{
    admin::{AdminClient, AdminOptions, ConfigResource, NewTopic, ResourceSpecifier, TopicReplication},
    error::RDKafkaErrorCode,
};
use tingjian_schemas::Stream;

use super::{ANALYSED_TOPIC, DEAD_LETTER_TOPIC, KafkaError, KafkaOptions, client::Asking};

/// Room for an event of the contract's full size with its envelope, and for a record with its reading.
const MAX_MESSAGE_BYTES: u64 = 2 << 20;

/// What topics shall be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedTopics {
    /// Partitions of every topic: how many pipelines can share the work.
    pub partitions: i32,
    /// Replicas of every partition; `None`: as brokers are configured.
    pub replication: Option<i32>,
    /// How long events are kept.
    pub retention: Duration,
}

/// A topic as it is or as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The topic.
    pub topic: &'static str,
    /// What differs, in Chinese; empty: as wanted.
    pub problems: Vec<String>,
}

/// Makes and looks at topics.
pub struct Topics {
    client: AdminClient<Asking>,
    answer_timeout: Duration,
    wanted: WantedTopics,
}

impl Topics {
    /// # Errors
    /// The configuration is wrong.
    pub fn new(options: &KafkaOptions, wanted: WantedTopics) -> Result<Self, KafkaError> {
        options.check()?;
        let context = Asking::new(options);
        let client = options.asking().create_with_context(context);
        let client = client.map_err(|error| KafkaError::Configuration { detail: error.to_string() })?;
        Ok(Self { client, answer_timeout: options.answer_timeout, wanted })
    }

    /// Every topic of the contract.
    pub fn all() -> impl Iterator<Item = &'static str> {
        Stream::ALL.map(Stream::topic).into_iter().chain([ANALYSED_TOPIC, DEAD_LETTER_TOPIC])
    }

    /// Makes those that are not there, and tells which it made. Changes none that is.
    ///
    /// # Errors
    /// Brokers are away or refuse.
    pub async fn create(&self) -> Result<Vec<(String, bool)>, KafkaError> {
        let settings = self.settings();
        let replication = self.wanted.replication.unwrap_or(-1);
        let topics: Vec<_> = Self::all()
            .map(|name| {
                let topic = NewTopic::new(name, self.wanted.partitions, TopicReplication::Fixed(replication));
                settings.iter().fold(topic, |topic, (key, value)| topic.set(key, value))
            })
            .collect();
        let made = self.client.create_topics(&topics, &self.options()).await;
        let made = made.map_err(|error| KafkaError::of_question("创建主题", &error))?;
        made.into_iter()
            .map(|made| match made {
                Ok(topic) => Ok((topic, true)),
                Err((topic, RDKafkaErrorCode::TopicAlreadyExists)) => Ok((topic, false)),
                Err((topic, code)) => Err(KafkaError::Refused { detail: format!("创建主题 {topic}：{code}") }),
            })
            .collect()
    }

    /// Holds every topic against what is wanted.
    ///
    /// # Errors
    /// Brokers are away or refuse.
    pub async fn check(&self) -> Result<Vec<Finding>, KafkaError> {
        let mut findings = Vec::new();
        for topic in Self::all() {
            let found = self.client.inner().fetch_metadata(Some(topic), self.answer_timeout);
            let found = found.map_err(|error| KafkaError::of_question("读取主题", &error))?;
            let layout = found.topics().iter().find(|found| found.name() == topic && !found.partitions().is_empty());
            let problems = match layout {
                None => vec!["不存在".to_owned()],
                Some(layout) => {
                    let replicas = layout.partitions().iter().map(|partition| partition.replicas().len()).min();
                    let mut problems = self.layout_problems(layout.partitions().len(), replicas.unwrap_or(0));
                    problems.extend(self.setting_problems(topic).await?);
                    problems
                }
            };
            findings.push(Finding { topic, problems });
        }
        Ok(findings)
    }

    /// Fewer is a problem; more is somebody's decision.
    fn layout_problems(&self, partitions: usize, replicas: usize) -> Vec<String> {
        let mut problems = Vec::new();
        let is_less = |found: usize, wanted: i32| i32::try_from(found).is_ok_and(|found| found < wanted);
        if is_less(partitions, self.wanted.partitions) {
            problems.push(format!("只有 {partitions} 个分区，配置要求 {}", self.wanted.partitions));
        }
        if let Some(wanted) = self.wanted.replication.filter(|wanted| is_less(replicas, *wanted)) {
            problems.push(format!("只有 {replicas} 个副本，配置要求 {wanted}"));
        }
        problems
    }

    async fn setting_problems(&self, topic: &'static str) -> Result<Vec<String>, KafkaError> {
        let described = self.client.describe_configs(&[ResourceSpecifier::Topic(topic)], &self.options()).await;
        let described = described.map_err(|error| KafkaError::of_question("读取主题设置", &error))?;
        let refused = |code| KafkaError::Refused { detail: format!("读取主题 {topic} 的设置：{code}") };
        let Some(found) = described.into_iter().next() else { return Ok(Vec::new()) };
        Ok(settings_below(&found.map_err(refused)?, &self.settings()))
    }

    fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("retention.ms", self.wanted.retention.as_millis().to_string()),
            ("max.message.bytes", MAX_MESSAGE_BYTES.to_string()),
            // The order of arrival then never depends on producers' clocks.
            ("message.timestamp.type", "LogAppendTime".to_owned()),
        ]
    }

    fn options(&self) -> AdminOptions {
        AdminOptions::new().request_timeout(Some(self.answer_timeout)).operation_timeout(Some(self.answer_timeout))
    }
}

/// Numbers may be larger than wanted (or −1: without bound); texts must be the same.
fn settings_below(found: &ConfigResource, wanted: &[(&'static str, String)]) -> Vec<String> {
    let below = wanted.iter().filter_map(|(key, wanted)| {
        let value = found.get(key)?.value.clone()?;
        let is_fine = match (value.parse::<i64>(), wanted.parse::<i64>()) {
            (Ok(value), Ok(wanted)) => value < 0 || value >= wanted,
            _ => value == *wanted,
        };
        (!is_fine).then(|| format!("{key} = {value}，配置要求 {wanted}"))
    });
    below.collect()
}
