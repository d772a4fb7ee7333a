//! Everything that is configured about Kafka, and the librdkafka clients it gives.

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use rdkafka::ClientConfig;

use super::KafkaError;

/// Where dead letters are published.
pub const DEAD_LETTER_TOPIC: &str = "tingjian.dead-letters";

/// Where pipelines publish records for the indexes of other processes.
pub const ANALYSED_TOPIC: &str = "tingjian.analysed";

/// Set by this program: another value would break what it promises.
const OWNED: [&str; 15] = [
    "bootstrap.servers",
    "metadata.broker.list",
    "group.id",
    "enable.auto.commit",
    "auto.commit.enable",
    "enable.auto.offset.store",
    "auto.offset.reset",
    "partition.assignment.strategy",
    "group.protocol",
    "group.remote.assignor",
    "enable.idempotence",
    "acks",
    "request.required.acks",
    "message.timeout.ms",
    "delivery.timeout.ms",
];

/// What any client gets unless the configuration says otherwise.
const DEFAULTS: [(&str, &str); 4] = [
    ("client.id", "tingjian"),
    // New topics and partitions are noticed after this time.
    ("topic.metadata.refresh.interval.ms", "10000"),
    ("reconnect.backoff.max.ms", "2000"),
    // An event of the contract's full size, with its envelope.
    ("message.max.bytes", "2097152"),
];

/// What a member gets besides.
const CONSUMING_DEFAULTS: [(&str, &str); 2] = [
    // What is fetched ahead lies in memory.
    ("queued.max.messages.kbytes", "32768"),
    // The default of a second would leave the flow without records after each full queue.
    ("fetch.queue.backoff.ms", "50"),
];

/// What a producer gets besides.
const PRODUCING_DEFAULTS: [(&str, &str); 3] =
    [("compression.type", "lz4"), ("linger.ms", "2"), ("queue.buffering.max.kbytes", "131072")];

/// How to reach Kafka, and the bounds of what waits for it or from it.
#[derive(Clone)]
pub struct KafkaOptions {
    /// `host:port,host:port`.
    pub brokers: String,
    /// Consumer group.
    pub group: String,
    /// Whether brokers share the partitions out (KIP-848), rather than members among themselves.
    pub shares_by_brokers: bool,
    /// Any librdkafka setting; may hold secrets.
    pub properties: BTreeMap<String, String>,
    /// File with the token of SASL OAUTHBEARER, read again whenever a new one is needed.
    pub oauth_token_file: Option<PathBuf>,
    /// Records one read gives at most.
    pub batch_rows: usize,
    /// Bytes one read gives at most (one larger record is a read of its own).
    pub batch_bytes: usize,
    /// Shortest time between two reads, unless a whole batch is waiting.
    pub flush_interval: Duration,
    /// Between two commits of the group's offsets, which are for lag monitors.
    pub commit_interval: Duration,
    /// Between two looks at where the topics end.
    pub ends_interval: Duration,
    /// Longest wait for one answer about topics, offsets and the group.
    pub answer_timeout: Duration,
    /// Longest wait for the brokers to acknowledge what was produced.
    pub produce_timeout: Duration,
}

/// Without the values of properties: some are secrets.
impl fmt::Debug for KafkaOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaOptions")
            .field("brokers", &self.brokers)
            .field("group", &self.group)
            .field("properties", &self.properties.keys())
            .finish_non_exhaustive()
    }
}

impl KafkaOptions {
    /// Refuses what would break a promise of this program.
    ///
    /// # Errors
    /// [`KafkaError::Owned`], [`KafkaError::NoBrokers`].
    pub fn check(&self) -> Result<(), KafkaError> {
        if self.brokers.trim().is_empty() {
            return Err(KafkaError::NoBrokers);
        }
        match self.properties.keys().find(|key| OWNED.contains(&key.as_str())) {
            Some(key) => Err(KafkaError::Owned { key: key.clone() }),
            None => Ok(()),
        }
    }

    /// For questions; it belongs to the group's name but never joins it.
    pub fn asking(&self) -> ClientConfig {
        self.asking_with(&[])
    }

    fn asking_with(&self, defaults: &[(&str, &str)]) -> ClientConfig {
        let mut config = self.base(defaults);
        config.set("group.id", &self.group).set("enable.auto.commit", "false");
        config
    }

    /// A member of the group.
    pub(super) fn consuming(&self) -> ClientConfig {
        let mut config = self.asking_with(&CONSUMING_DEFAULTS);
        config
            .set("enable.auto.offset.store", "false")
            // A position that is not there any more is never skipped silently.
            .set("auto.offset.reset", "error");
        if self.shares_by_brokers {
            // By topic, so that every member has a part of the busiest one.
            config.set("group.protocol", "consumer").set("group.remote.assignor", "range");
        } else {
            config.set("partition.assignment.strategy", "cooperative-sticky");
        }
        config
    }

    /// Produces durably and without repeats of its own.
    pub(super) fn producing(&self) -> ClientConfig {
        let mut config = self.base(&PRODUCING_DEFAULTS);
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", self.produce_timeout.as_millis().to_string());
        // A topic that was just made is waited for no longer than a message.
        if !self.properties.contains_key("topic.metadata.propagation.max.ms") {
            config.set("topic.metadata.propagation.max.ms", self.produce_timeout.as_millis().to_string());
        }
        config
    }

    fn base(&self, more: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set_log_level(rdkafka::config::RDKafkaLogLevel::Info);
        for (key, value) in DEFAULTS.iter().chain(more) {
            config.set(*key, *value);
        }
        for (key, value) in &self.properties {
            config.set(key, value);
        }
        config.set("bootstrap.servers", &self.brokers);
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(properties: &[(&str, &str)]) -> KafkaOptions {
        KafkaOptions {
            brokers: "localhost:9092".into(),
            group: "g".into(),
            shares_by_brokers: false,
            properties: properties.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            oauth_token_file: None,
            batch_rows: 1,
            batch_bytes: 1,
            flush_interval: Duration::ZERO,
            commit_interval: Duration::ZERO,
            ends_interval: Duration::ZERO,
            answer_timeout: Duration::ZERO,
            produce_timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn any_property_passes_and_wins_over_a_default() {
        let config = options(&[("security.protocol", "SASL_SSL"), ("linger.ms", "50"), ("client.id", "x")]).producing();
        assert_eq!(config.get("security.protocol"), Some("SASL_SSL"));
        assert_eq!(config.get("linger.ms"), Some("50"));
        assert_eq!(config.get("client.id"), Some("x"));
    }

    #[test]
    fn what_the_program_promises_cannot_be_set() {
        for key in OWNED {
            assert_eq!(options(&[(key, "x")]).check(), Err(KafkaError::Owned { key: key.to_owned() }));
        }
    }

    #[test]
    fn a_secret_is_never_printed() {
        let shown = format!("{:?}", options(&[("sasl.password", "hunter2")]));
        assert!(shown.contains("sasl.password") && !shown.contains("hunter2"), "{shown}");
    }
}
