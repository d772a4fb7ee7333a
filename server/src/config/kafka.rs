//! `[source.kafka]`.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

/// How members of the group share partitions; both move one partition at a time without stopping the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupProtocol {
    /// Members agree among themselves (cooperative-sticky): any broker. A busy topic may fall to one member as a whole.
    #[default]
    Classic,
    /// Brokers share every topic out among all members (KIP-848): brokers from 4.0 on.
    Consumer,
}

/// `[source.kafka]`.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct Kafka {
    /// `host:port,host:port`.
    pub brokers: String,
    /// Consumer group.
    pub group: String,
    /// How members share partitions.
    pub group_protocol: GroupProtocol,
    /// Any librdkafka setting.
    pub properties: BTreeMap<String, String>,
    /// Files that hold the values of further librdkafka settings: passwords and keys.
    pub secret_files: BTreeMap<String, PathBuf>,
    /// File with the token of SASL OAUTHBEARER; read again whenever a new one is needed.
    pub oauth_token_file: Option<PathBuf>,
    /// Whether a process that keeps an index of its own also publishes what it understood to `tingjian.analysed`; pipelines
    /// without an index always do.
    pub publish_analysed: bool,
    /// Partitions that `topics create` gives a topic: how many pipelines can share it.
    pub topic_partitions: i32,
    /// Replicas of a partition; 0: as brokers are configured.
    pub topic_replication: i32,
    /// How long topics keep events, hours.
    pub topic_retention_hours: u64,
    /// Between two commits of the group's offsets, which only feed lag monitors, milliseconds.
    pub commit_interval_ms: u64,
    /// Between two looks at where the topics end, milliseconds.
    pub ends_interval_ms: u64,
    /// Longest wait for one answer about topics, offsets and the group, milliseconds.
    pub answer_timeout_ms: u64,
    /// Longest wait for brokers to acknowledge an intake, milliseconds; then it is refused.
    pub produce_timeout_ms: u64,
}

impl Default for Kafka {
    fn default() -> Self {
        Self {
            brokers: String::new(),
            group: "tingjian".into(),
            group_protocol: GroupProtocol::default(),
            properties: BTreeMap::new(),
            secret_files: BTreeMap::new(),
            oauth_token_file: None,
            publish_analysed: false,
            topic_partitions: 12,
            topic_replication: 0,
            topic_retention_hours: 168,
            commit_interval_ms: 1_000,
            ends_interval_ms: 1_000,
            answer_timeout_ms: 5_000,
            produce_timeout_ms: 10_000,
        }
    }
}

/// Properties may hold secrets: only their names are shown.
impl std::fmt::Debug for Kafka {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kafka")
            .field("brokers", &self.brokers)
            .field("group", &self.group)
            .field("properties", &self.properties.keys())
            .finish_non_exhaustive()
    }
}
